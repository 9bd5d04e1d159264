"""The proof, written as an attacker would: from release files alone, how closely each hidden figure can be worked out.

Shares no code with what hides: only the policy model and the solver. The attacker knows every file of the authority, oldest first, all
sums, nestings and stock identities, that numerators are within denominators, that hidden counts are at least 1 where zeros are shown,
and which series are one under two names. He takes a hidden figure for unchanged from one file to the next, until a sum says it is not.

A file does not say which hidden figures are small. So every one must be as wide as a guard (``min_width``), or could be anything from 1
to the largest small count: either is enough, since a small one has the whole range, and a guard has the width.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.disclosure.audit_names import Same, other_names
from cfanalysis.disclosure.audit_sheet import CLOSE, Address, Sheet, Sum, blur, known_part, read_sheet, said_of
from cfanalysis.disclosure.audit_sums import closed_lists, write_equations
from cfanalysis.disclosure.audit_system import NO_END, Extreme, Picture, Row, System
from cfanalysis.errors import ReleaseError
from cfanalysis.release.policy import Policy


class TooNarrowError(ReleaseError):
    """A hidden figure that can be worked out too closely: ``address`` says which."""

    def __init__(self, address: Address, low: float, high: float, *, rest: bool = False) -> None:
        self.address = address
        what = "what is left of it" if rest else "a hidden figure"
        super().__init__(
            f"{said_of(address)}: {what} can be worked out to lie between {np.ceil(low - CLOSE):g} and {np.floor(high + CLOSE):g}; "
            "this release must not be passed on"
        )


DRAWS = 40
"""Tables drawn at random before the cells that are still in doubt are looked at one by one."""

TIE = -0.5
"""How late a tie is among rows that contradict each other: before all files, so that it goes first."""

FEW = 30
"""A draw that settles fewer than this many is the last one."""


def audit(
    files: Sequence[tuple[pd.DataFrame, Policy]],
    *,
    stocks: Sequence[tuple[str, str, str]] = (),
    rest: frozenset[str] = frozenset(),
    percents: frozenset[str] = frozenset(),
    published: Mapping[tuple[str, str, str, str], float] | None = None,
    same: Same = (),
    offered: Sequence[Collection[tuple[str, str]]] = (),
) -> int:
    """How many hidden figures were proved wide enough, over all files (figures, policy) of an authority, oldest first.

    offered: of each file every (indicator, breakdown) that it says it offers, at whatever grain.

    Raises ReleaseError naming the first that is not, or a shown figure that should have been hidden.
    """
    known = Known(tuple(stocks), frozenset(rest), frozenset(percents) | frozenset(rest), dict(published or {}), tuple(same), tuple(offered))
    changed: frozenset[Change] = frozenset()
    while True:
        picture = _write_down(files, known, changed)
        found = _prove(picture) if picture.names else frozenset()
        if not found:
            return len(picture.names)
        if found <= changed:
            raise ReleaseError(NO_END)
        changed |= found


Change = tuple[int, Address]
"""A file, and what has another value in it than in the files before."""


@dataclass(frozen=True)
class Known:
    """What the attacker knows beside the files."""

    stocks: tuple[tuple[str, str, str], ...]
    rest: frozenset[str]
    percents: frozenset[str]
    published: Mapping[Address, float]
    same: Same
    offered: tuple[Collection[tuple[str, str]], ...]


def _write_down(files: Sequence[tuple[pd.DataFrame, Policy]], known: Known, changed: frozenset[Change]) -> Picture:
    """Every file in turn: its hidden figures as unknowns, and every equation any of them stands in."""
    picture = Picture()
    names = other_names(files[-1][0], known.same, rounded=files[-1][1].round_to > 1)
    live: dict[Address, int] = {}
    first: dict[Address, Policy] = {}
    shown_under: dict[Address, tuple[float, int]] = {}
    before: dict[tuple[str, ...], tuple[frozenset[Address], float]] = {}
    earlier_shown: Mapping[Address, float] = {}
    for number, (frame, policy) in enumerate(files):
        sheet = read_sheet(frame, policy, names, known.published, shown_under, known.offered[number] if known.offered else ())
        sums = write_equations(sheet, known.stocks, known.rest, known.percents)
        hides = {key: (frozenset(a for a in each.members if a in sheet.hidden), known_part(sheet, each)) for key, each in sums.items()}
        slack = blur(policy)
        for key, (members, constant) in hides.items():
            if key in before and _contradicts(before[key], (members, constant), sums[key], earlier_shown, 2 * slack):
                for address in members:
                    live.pop(address, None)
        for _, address in (each for each in changed if each[0] == number):
            live.pop(address, None)
        closed = closed_lists(sheet)
        for address in sorted(sheet.hidden):
            if address not in live:
                live[address] = _unknown(picture, address, first.setdefault(address, policy), number)
                if address in shown_under:
                    picture.revised[live[address]] = shown_under[address][0]
            if address not in closed:
                picture.lowest[live[address]] = float(picture.policies[live[address]].smallest_hidden)
        for key, each in sums.items():
            _row(picture, sheet, each, hides[key][1], live, (number, slack, policy))
        for address, value in sheet.shown.items():
            if address in live:
                _tie(picture, live.pop(address), value, slack)
            if policy.round_to == 1:
                shown_under[address] = (value, policy.hide_below)
        before, earlier_shown = hides, sheet.shown
    return picture


def _contradicts(
    before: tuple[frozenset[Address], float], now: tuple[frozenset[Address], float], each: Sum, shown: Mapping[Address, float], blur: float
) -> bool:
    """Whether a sum of this file and the one before says that something hidden in both has changed.

    It does where the same figures are hidden and the shown ones come to something else; and where a figure that was shown is hidden
    now, and would be what it was if nothing else had changed: then it would have stayed shown.
    """
    noise = CLOSE + blur * len(each.members)
    new = now[0] - before[0]
    if not before[0] <= now[0] or len(new) > 1 or not new <= shown.keys():
        return False
    moved = sum(each.members[name] * shown[name] for name in new)
    same = abs(before[1] - moved - now[1]) <= noise
    return same if new else not same


def _unknown(picture: Picture, address: Address, policy: Policy, file: int, *, rest: bool = False) -> int:
    picture.names.append(address)
    picture.policies.append(policy)
    picture.lowest.append(0.0)
    picture.rests.append(rest)
    picture.born.append(file)
    return len(picture.names) - 1


def _tie(picture: Picture, unknown: int, value: float, blur: float) -> None:
    """What was hidden before and is shown now is taken for unchanged, for want of better: the first to go where it contradicts."""
    if value + blur >= picture.lowest[unknown]:
        picture.ties[unknown] = ("tie", unknown)
        picture.rows["tie", unknown] = Row((unknown,), (1.0,), value - blur, value + blur, TIE)


def _row(picture: Picture, sheet: Sheet, each: Sum, constant: float, live: Mapping[Address, int], about: tuple[int, float, Policy]) -> None:
    """An equation of one file, unless it has been written down before."""
    number, blur, policy = about
    inside = sorted((live[name], weight) for name, weight in each.members.items() if name in sheet.hidden)
    if not inside:
        return
    blurred = blur * sum(name not in sheet.hidden and sheet.shown[name] != 0 for name in each.members)
    least, most = -constant - blurred, np.inf if each.left else -constant + blurred
    key = (tuple(inside), round(least, 3), round(most, 3), bool(each.rest))
    if key in picture.rows:
        return
    unknowns, weights = [place for place, _ in inside], [weight for _, weight in inside]
    if each.rest and policy.round_to == 1:
        address = next(iter(each.members))
        unknowns.append(_unknown(picture, address, policy, number, rest=True))
        weights.append(-1.0)
        most = least
    picture.rows[key] = Row(tuple(unknowns), tuple(weights), least, most, number)


def _prove(picture: Picture) -> frozenset[Change]:
    """Look for tables in which each unknown is low and high enough; those not found are bounded one by one.

    What is too narrow only because something is taken for unchanged that cannot be is no proof: then that is given back.
    """
    system = System.of(picture)
    start = system.start()
    told = _told_later(picture, system)
    seen = [start.copy(), start.copy()]
    rng = np.random.default_rng(20240331)
    for _ in range(DRAWS):
        doubt = np.flatnonzero(~(told | _wide(picture, *seen)))
        if not len(doubt):
            return frozenset()
        aim = np.zeros(len(start))
        aim[doubt] = rng.choice([-1.0, 1.0], len(doubt)) * rng.uniform(0.2, 1.0, len(doubt))
        found = system.solve(aim, start + 30.0)
        if found is not None:
            seen = [np.minimum(seen[0], found), np.maximum(seen[1], found)]
        if len(doubt) - int((~(told | _wide(picture, *seen))).sum()) < min(FEW, len(doubt) / 10):
            break
    changed: frozenset[Change] = frozenset()
    for place in np.flatnonzero(~(told | _wide(picture, *seen))):
        _bound(system, int(place), seen)
        if not _wide(picture, *seen)[place]:
            changed |= _must_have_changed(picture, system, int(place), seen)
    return changed


def _told_later(picture: Picture, system: System) -> np.ndarray:
    """Unknowns that a later file shows, and that are not known to have changed before it did."""
    told = np.zeros(len(picture.names), bool)
    if picture.ties:
        rows = list(picture.rows)
        kept = {rows[each] for each in system.kept}
        told[[unknown for unknown, tie in picture.ties.items() if tie in kept]] = True
    return told


def _must_have_changed(picture: Picture, system: System, place: int, seen: list[np.ndarray]) -> frozenset[Change]:
    """What is taken for unchanged, and cannot all be: it would leave a figure that is hidden since it was shown what it was.

    Raises TooNarrowError for an unknown that is too narrow without that.
    """
    found: set[Change] = set()
    for unknown in _as_before(picture, system, place, seen):
        bounds = _bound(system, unknown, seen)
        if unknown in _as_before(picture, system, place, seen):
            holding = frozenset[int]().union(*(each.holding for each in bounds if each))
            file = picture.born[unknown]
            found |= {(file, picture.names[each]) for each in holding if picture.born[each] < file}
    if not found:
        raise TooNarrowError(picture.names[place], *(float(each[place]) for each in seen), rest=picture.rests[place])
    return frozenset(found)


def _as_before(picture: Picture, system: System, place: int, seen: list[np.ndarray]) -> list[int]:
    """What hangs together with an unknown, was shown before, and has been seen at nothing but what it was."""
    return [
        each
        for each, value in picture.revised.items()
        if system.part[each] == system.part[place] and all(abs(side[each] - value) < CLOSE for side in seen)
    ]


def _wide(picture: Picture, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether a reader is left with the policy's whole range, or with the width of a guard."""
    low, high = np.ceil(low - CLOSE), np.floor(high + CLOSE)
    top = np.array([policy.largest_hidden for policy in picture.policies], float)
    bottom = np.array([policy.smallest_hidden for policy in picture.policies], float)
    width = np.array([policy.min_width for policy in picture.policies], float)
    rests = np.array(picture.rests, bool)
    enough: np.ndarray = ((low <= bottom) & (high >= top)) | (high - low >= width) | (rests & ((low < 1) | (high > top)))
    return enough


def _bound(system: System, place: int, seen: list[np.ndarray]) -> list[Extreme | None]:
    """Widen what has been seen by the tables in which one unknown is lowest and highest."""
    found = [system.extreme(place, sign) for sign in (1.0, -1.0)]
    for each in found:
        if each is not None:
            seen[0][each.cells] = np.minimum(seen[0][each.cells], each.values)
            seen[1][each.cells] = np.maximum(seen[1][each.cells], each.values)
    return found
