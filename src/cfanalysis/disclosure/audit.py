"""The proof, written as an attacker would: from release files alone, how closely each hidden figure can be worked out.

Shares no code with what hides: only the policy model and the solver. The attacker knows every file of the authority, oldest first, all
sums, nestings and stock identities, that numerators are within denominators, that hidden counts are at least 1 where zeros are shown,
and which series are one under two names. He takes a hidden figure for unchanged from one file to the next, until a sum says it is not.

A file does not say which hidden figures are small. So every one must be as wide as a guard (``min_width``), or could be anything from 1
to the largest small count: either is enough, since a small one has the whole range, and a guard has the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.disclosure.audit_names import Same, other_names
from cfanalysis.disclosure.audit_sheet import CLOSE, Address, Sheet, Sum, blur, known_part, read_sheet, said_of
from cfanalysis.disclosure.audit_sums import closed_lists, write_equations
from cfanalysis.disclosure.audit_system import Picture, Row, System
from cfanalysis.errors import ReleaseError
from cfanalysis.release.policy import Policy

DRAWS = 40
"""Tables drawn at random before the cells that are still in doubt are looked at one by one."""

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
) -> int:
    """How many hidden figures were proved wide enough, over all files (figures, policy) of an authority, oldest first.

    Raises ReleaseError naming the first that is not, or a shown figure that should have been hidden.
    """
    picture = Picture()
    known = Known(tuple(stocks), frozenset(rest), frozenset(percents) | frozenset(rest), dict(published or {}), tuple(same))
    _write_down(picture, files, known)
    if not picture.names:
        return 0
    return _prove(picture)


@dataclass(frozen=True)
class Known:
    """What the attacker knows beside the files."""

    stocks: tuple[tuple[str, str, str], ...]
    rest: frozenset[str]
    percents: frozenset[str]
    published: Mapping[Address, float]
    same: Same


def _write_down(picture: Picture, files: Sequence[tuple[pd.DataFrame, Policy]], known: Known) -> None:
    """Every file in turn: its hidden figures as unknowns, and every equation any of them stands in."""
    names = other_names(files[-1][0], known.same, rounded=files[-1][1].round_to > 1)
    live: dict[Address, int] = {}
    first: dict[Address, Policy] = {}
    shown_under: dict[Address, tuple[float, int]] = {}
    before: dict[tuple[str, ...], tuple[frozenset[Address], float]] = {}
    earlier_shown: Mapping[Address, float] = {}
    for number, (frame, policy) in enumerate(files):
        sheet = read_sheet(frame, policy, names, known.published, shown_under)
        sums = write_equations(sheet, known.stocks, known.rest, known.percents)
        hides = {key: (frozenset(a for a in each.members if a in sheet.hidden), known_part(sheet, each)) for key, each in sums.items()}
        slack = blur(policy)
        for key, (members, constant) in hides.items():
            if key in before and _contradicts(before[key], (members, constant), sums[key], earlier_shown, 2 * slack):
                for address in members:
                    live.pop(address, None)
        closed = closed_lists(sheet)
        for address in sheet.hidden:
            if address not in live:
                live[address] = _unknown(picture, address, first.setdefault(address, policy), least=0.0)
            if address not in closed:
                picture.lowest[live[address]] = float(picture.policies[live[address]].smallest_hidden)
        for key, each in sums.items():
            _row(picture, sheet, each, hides[key][1], live, (number, slack, policy))
        for address, value in sheet.shown.items():
            live.pop(address, None)
            if policy.round_to == 1:
                shown_under[address] = (value, policy.hide_below)
        before, earlier_shown = hides, sheet.shown


def _contradicts(
    before: tuple[frozenset[Address], float], now: tuple[frozenset[Address], float], each: Sum, shown: Mapping[Address, float], blur: float
) -> bool:
    """Whether a sum of this file and the one before says that something hidden in both has changed.

    It does where the same figures are hidden and the shown ones come to something else; and where a figure that was shown is hidden
    now, and would be what it was if nothing else had changed: then it would have stayed shown.
    """
    noise = CLOSE + blur * len(each.members)
    new = now[0] - before[0]
    if not before[0] <= now[0] or len(new) > 1 or not new <= set(shown):
        return False
    moved = sum(each.members[name] * shown[name] for name in new)
    same = abs(before[1] - moved - now[1]) <= noise
    return same if new else not same


def _unknown(picture: Picture, address: Address, policy: Policy, *, least: float, rest: bool = False) -> int:
    picture.names.append(address)
    picture.policies.append(policy)
    picture.lowest.append(least)
    picture.rests.append(rest)
    return len(picture.names) - 1


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
        unknowns.append(_unknown(picture, address, policy, least=0.0, rest=True))
        weights.append(-1.0)
        most = least
    picture.rows[key] = Row(tuple(unknowns), tuple(weights), least, most, number)


def _prove(picture: Picture) -> int:
    """Look for tables in which each unknown is low and high enough; those not found are bounded one by one."""
    system = System.of(picture)
    start = system.start()
    seen = [start.copy(), start.copy()]
    rng = np.random.default_rng(20240331)
    for _ in range(DRAWS):
        doubt = np.flatnonzero(~_wide(picture, *seen))
        if not len(doubt):
            return len(start)
        aim = np.zeros(len(start))
        aim[doubt] = rng.choice([-1.0, 1.0], len(doubt)) * rng.uniform(0.2, 1.0, len(doubt))
        found = system.solve(aim, start + 30.0)
        if found is not None:
            seen = [np.minimum(seen[0], found), np.maximum(seen[1], found)]
        if len(doubt) - int((~_wide(picture, *seen)).sum()) < min(FEW, len(doubt) / 10):
            break
    for place in np.flatnonzero(~_wide(picture, *seen)):
        _bound(picture, system, int(place), seen)
    return len(start)


def _wide(picture: Picture, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether a reader is left with the policy's whole range, or with the width of a guard."""
    low, high = np.ceil(low - CLOSE), np.floor(high + CLOSE)
    top = np.array([policy.largest_hidden for policy in picture.policies], float)
    bottom = np.array([policy.smallest_hidden for policy in picture.policies], float)
    width = np.array([policy.min_width for policy in picture.policies], float)
    rests = np.array(picture.rests, bool)
    enough: np.ndarray = ((low <= bottom) & (high >= top)) | (high - low >= width) | (rests & ((low < 1) | (high > top)))
    return enough


def _bound(picture: Picture, system: System, place: int, seen: list[np.ndarray]) -> None:
    """The lowest and highest value of one unknown; raises ReleaseError where they are too close."""
    for sign in (1.0, -1.0):
        found = system.extreme(place, sign)
        if found is not None:
            inside, values = found
            seen[0][inside] = np.minimum(seen[0][inside], values)
            seen[1][inside] = np.maximum(seen[1][inside], values)
    if not _wide(picture, *seen)[place]:
        low, high = (float(each[place]) for each in seen)
        what = "what is left of it" if picture.rests[place] else "a hidden figure"
        raise ReleaseError(
            f"{said_of(picture.names[place])}: {what} can be worked out to lie between {np.ceil(low - CLOSE):g} and "
            f"{np.floor(high + CLOSE):g}; this release must not be passed on"
        )
