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
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.disclosure.audit.blame import TooNarrowError, Trial, keys_of
from cfanalysis.disclosure.audit.ledger import Change, Known, write_down
from cfanalysis.disclosure.audit.names import Same
from cfanalysis.disclosure.audit.sheet import CLOSE
from cfanalysis.disclosure.audit.system import NO_END, Picture, System, bound, wide
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy


@dataclass(frozen=True)
class Audited:
    """How many hidden figures were proved wide enough, and how many follow from what others have told, whatever these files show."""

    wide: int
    given_away: int = 0


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
) -> Audited:
    """How many hidden figures were proved wide enough, over all files (figures, policy) of an authority, oldest first.

    offered: of each file every (indicator, breakdown) that it says it offers, at whatever grain. since: the first file that is on
    trial; those before it were proved when they were made.

    Raises ReleaseError naming the first that is not, or a shown figure that should have been hidden.
    """
    known = Known(tuple(stocks), frozenset(rest), frozenset(percents) | frozenset(rest), dict(published or {}), tuple(same), tuple(offered))
    trial = Trial(files, known, since)
    while True:
        picture = write_down(files, known, trial.changed)
        found = _prove(picture, trial) if picture.names else frozenset[Change]()
        if not found:
            break
        if found <= trial.changed:
            raise ReleaseError(NO_END)
        trial.changed |= found
    given_away = sum(key in trial.cleared for key in keys_of(picture))
    return Audited(len(picture.names) - given_away, given_away)


AT_ONCE = 8
"""How many figures that are too narrow are held against the files at once."""


def _prove(picture: Picture, trial: Trial) -> frozenset[Change]:
    """Look for tables in which each unknown is low and high enough; those not found are bounded one by one.

    What is too narrow only because something is taken for unchanged that cannot be is no proof: then that is given back. What is too
    narrow without it goes on trial.
    """
    system = System.of(picture)
    start = system.start()
    told = _told_later(picture, system) | np.array([key in trial.cleared for key in keys_of(picture)], bool)
    seen = [start.copy(), start.copy()]
    rng = np.random.default_rng(20240331)
    for _ in range(DRAWS):
        doubt = np.flatnonzero(~(told | wide(picture, *seen)))
        if not len(doubt):
            return frozenset()
        aim = np.zeros(len(start))
        aim[doubt] = rng.choice([-1.0, 1.0], len(doubt)) * rng.uniform(0.2, 1.0, len(doubt))
        found = system.solve(aim, start + 30.0)
        if found is not None:
            seen = [np.minimum(seen[0], found), np.maximum(seen[1], found)]
        if len(doubt) - int((~(told | wide(picture, *seen))).sum()) < min(FEW, len(doubt) / 10):
            break
    changed: frozenset[Change] = frozenset()
    narrow: list[TooNarrowError] = []
    for place in np.flatnonzero(~(told | wide(picture, *seen))):
        bound(system, int(place), seen)
        if not wide(picture, *seen)[place]:
            moved = _must_have_changed(picture, system, int(place), seen)
            changed |= moved
            if not moved:
                bounds = (float(each[place]) for each in seen)
                narrow.append(TooNarrowError(picture.names[place], *bounds, born=picture.born[place], rest=picture.rests[place]))
        if len(narrow) == AT_ONCE:
            trial.judge(narrow)
            narrow = []
    trial.judge(narrow)
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

    Nothing for an unknown that is too narrow without that.
    """
    found: set[Change] = set()
    for unknown in _as_before(picture, system, place, seen):
        bounds = bound(system, unknown, seen)
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
