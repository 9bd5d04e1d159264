"""The proof, written as an attacker would: from release files alone, how closely each hidden figure can be worked out.

Shares no code with what hides: only the policy model and the solver. The attacker knows every file of the authority, oldest first, all
sums, nestings and stock identities, that numerators are within denominators, that hidden counts are at least 1 where zeros are shown,
and which series are one under two names. He takes a hidden figure for unchanged from one file to the next, until a sum says it is not.

A figure that follows from earlier files and the Department's figures alone, whatever the newest file shows, is not given away by that
file: no file could help it (blame.py).

A file does not say which hidden figures are small. So every one must be as wide as a guard (``min_width``), or could be anything from 1
to the largest small count: either is enough, since a small one has the whole range, and a guard has the width.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from cfanalysis.disclosure.audit.blame import bare
from cfanalysis.disclosure.audit.ledger import Change, Files, Known, write_down
from cfanalysis.disclosure.audit.names import Same
from cfanalysis.disclosure.audit.sheet import CLOSE, Address, said_of
from cfanalysis.disclosure.audit.system import NO_END, Extreme, Picture, System
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy


class TooNarrowError(ReleaseError):
    """A hidden figure that can be worked out too closely: ``address`` says which, ``born`` the file that hid it first."""

    def __init__(self, address: Address, low: float, high: float, *, born: int = 0, rest: bool = False) -> None:
        self.address, self.born, self.rest = address, born, rest
        what = "what is left of it" if rest else "a hidden figure"
        super().__init__(
            f"{said_of(address)}: {what} can be worked out to lie between {np.ceil(low - CLOSE):g} and {np.floor(high + CLOSE):g}; "
            "this release must not be passed on"
        )


Unknown = tuple[int, Address, bool]
"""The file that hid a figure first, its address, and whether it is what is left of a denominator."""

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
    offered: Sequence[Collection[tuple[str, str]]] = (),
    since: int = 0,
) -> int:
    """How many hidden figures were proved wide enough, over all files (figures, policy) of an authority, oldest first.

    offered: of each file every (indicator, breakdown) that it says it offers, at whatever grain. since: the first file that is on
    trial; those before it were proved when they were made.

    Raises ReleaseError naming the first that is not, or a shown figure that should have been hidden.
    """
    known = Known(tuple(stocks), frozenset(rest), frozenset(percents) | frozenset(rest), dict(published or {}), tuple(same), tuple(offered))
    changed: frozenset[Change] = frozenset()
    while True:
        picture = write_down(files, known, changed)
        found, narrow = _prove(picture) if picture.names else (frozenset[Change](), [])
        if not found:
            break
        if found <= changed:
            raise ReleaseError(NO_END)
        changed |= found
    _refuse_given_away(files, known, changed, narrow, since)
    return len(picture.names) - len(narrow)


def _refuse_given_away(files: Files, known: Known, changed: frozenset[Change], narrow: Sequence[TooNarrowError], since: int) -> None:
    """Raises the first of what is too narrow that one of the files on trial gives away."""
    left = {(each.born, each.address, each.rest): each for each in narrow}
    for number in range(since, len(files)):
        held = {key for key in left if key[0] <= number}
        if not held:
            continue
        left = {key: each for key, each in left.items() if key not in _narrow_in(bare(files, number, known), known, changed, held)}
        guilty = held & left.keys()
        guilty &= guilty if number + 1 == len(files) else _narrow_in(files[: number + 1], known, changed, guilty)
        if guilty:
            raise next(each for key, each in left.items() if key in guilty)


def _narrow_in(files: Files, known: Known, changed: frozenset[Change], asked: Collection[Unknown]) -> set[Unknown]:
    """Which of some unknowns are too narrow by these files."""
    if not asked:
        return set()
    picture = write_down(files, known, changed)
    system = System.of(picture)
    start = system.start()
    seen = [start.copy(), start.copy()]
    places = {(picture.born[at], name, picture.rests[at]): at for at, name in enumerate(picture.names)}
    for place in (places[each] for each in asked if each in places):
        _bound(system, place, seen)
    wide = _wide(picture, *seen)
    return {each for each in asked if each in places and not wide[places[each]]}


def _prove(picture: Picture) -> tuple[frozenset[Change], list[TooNarrowError]]:
    """Look for tables in which each unknown is low and high enough; those not found are bounded one by one.

    What is too narrow only because something is taken for unchanged that cannot be is no proof: then that is given back, with what is
    too narrow without it.
    """
    system = System.of(picture)
    start = system.start()
    told = _told_later(picture, system)
    seen = [start.copy(), start.copy()]
    rng = np.random.default_rng(20240331)
    for _ in range(DRAWS):
        doubt = np.flatnonzero(~(told | _wide(picture, *seen)))
        if not len(doubt):
            return frozenset(), []
        aim = np.zeros(len(start))
        aim[doubt] = rng.choice([-1.0, 1.0], len(doubt)) * rng.uniform(0.2, 1.0, len(doubt))
        found = system.solve(aim, start + 30.0)
        if found is not None:
            seen = [np.minimum(seen[0], found), np.maximum(seen[1], found)]
        if len(doubt) - int((~(told | _wide(picture, *seen))).sum()) < min(FEW, len(doubt) / 10):
            break
    changed: frozenset[Change] = frozenset()
    narrow = []
    for place in np.flatnonzero(~(told | _wide(picture, *seen))):
        _bound(system, int(place), seen)
        if not _wide(picture, *seen)[place]:
            moved = _must_have_changed(picture, system, int(place), seen)
            changed |= moved
            if not moved:
                bounds = (float(each[place]) for each in seen)
                narrow.append(TooNarrowError(picture.names[place], *bounds, born=picture.born[place], rest=picture.rests[place]))
    return changed, narrow


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

    Nothing for an unknown that is too narrow without that.
    """
    found: set[Change] = set()
    for unknown in _as_before(picture, system, place, seen):
        bounds = _bound(system, unknown, seen)
        if unknown in _as_before(picture, system, place, seen):
            holding = frozenset[int]().union(*(each.holding for each in bounds if each))
            file = picture.born[unknown]
            found |= {(file, picture.names[each]) for each in holding if picture.born[each] < file}
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
