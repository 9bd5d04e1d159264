"""What a later extract says differently about days an earlier one had covered: added, removed and changed records, counted by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cfanalysis.sources.annex_a.reading import Extract

PERIODS = (
    "cin_episode", "cp_plan", "cla_period", "cin_plan", "pre_proceedings", "involvement", "placement", "legal_status", "missing",
)  # fmt: skip
"""Lists that hold whatever was open at any time in the window."""

FINISHED_LATER = (*PERIODS, "assessment", "early_help", "s47")
"""Kinds that are open for a while: what is filled in when they end is not a revision."""

STATES = ("end_date", "source", "outcome", "category")
LASTING = ("clock_start", "birth_date")
"""What makes a record a changed one. Team, area and worker move with the child: they are not revisions."""

Change = tuple[str, str, str, int, int, int]


@dataclass(frozen=True)
class Stack:
    """All rows of one event kind from all extracts, in the order of the extracts; one array entry a row, ``first`` and ``last``
    one an extract.

    ``key`` is the same for the same child and day; ``anchor`` is the day that decides whether a window holds the row.
    """

    kind: str
    frame: pd.DataFrame
    extract: np.ndarray
    key: np.ndarray
    anchor: np.ndarray
    end: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @cached_property
    def numbered(self) -> dict[str, np.ndarray]:
        """What may change of a record, each value as a number, and nothing as -1: compared many times, worked out once."""
        return {column: pd.factorize(self.frame[column])[0] for column in (*STATES, *LASTING)}

    def inside(self, number: int) -> np.ndarray:
        """Which rows lie in the window of an extract: their day does, or, for a period, any day it is known to have been open."""
        if self.kind not in PERIODS:
            return np.asarray((self.anchor >= self.first[number]) & (self.anchor <= self.last[number]))
        known_to = np.where(np.isnat(self.end), self.last[self.extract], self.end)
        return np.asarray((self.anchor <= self.last[number]) & (known_to >= self.first[number]))


def revisions(stack: Stack, extracts: Sequence[Extract], later: int, gone: np.ndarray, new: np.ndarray) -> list[Change]:
    """One row for each earlier extract whose days a later one covers again: event, earlier, later, added, removed, changed."""
    again = [number for number in range(later) if stack.first[later] <= stack.last[number]]
    old, fresh = np.flatnonzero(gone), np.flatnonzero(new)
    removed = old[~np.isin(stack.key[old], stack.key[fresh])]
    added = fresh[~np.isin(stack.key[fresh], stack.key[old])]
    changed = _changed(stack, old, fresh)
    seen_by = _latest_that_covers(stack, added, again)
    return [
        (
            stack.kind,
            extracts[number].name,
            extracts[later].name,
            int((seen_by == number).sum()),
            int((stack.extract[removed] == number).sum()),
            int((stack.extract[changed] == number).sum()),
        )
        for number in again
        if extracts[number].name != extracts[later].name
    ]


def _latest_that_covers(stack: Stack, rows: np.ndarray, earlier: Sequence[int]) -> np.ndarray:
    """For every row the last earlier extract that should have held it; -1 for none (a conference after an extract's date was not
    there to see)."""
    found = np.full(len(rows), -1)
    happened = stack.frame["date"].to_numpy().astype("datetime64[D]")[rows]
    for number in earlier:
        found[stack.inside(number)[rows] & (happened <= stack.last[number])] = number
    return found


def _changed(stack: Stack, old: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """The rows gone whose repeat in the later extract says something else."""
    if not len(old) or not len(fresh):
        return old[:0]
    place = pd.Series(fresh, index=stack.key[fresh])
    both = old[np.isin(stack.key[old], stack.key[fresh])]
    repeat = place.reindex(stack.key[both]).to_numpy(dtype=int)
    moved_on = np.isnat(stack.end[both]) & ~(stack.end[repeat] <= stack.last[stack.extract[both]])
    moved_on &= stack.kind in FINISHED_LATER
    kept: np.ndarray = both[_differ(stack, both, repeat, LASTING) | (_differ(stack, both, repeat, STATES) & ~moved_on)]
    return kept


def _differ(stack: Stack, left: np.ndarray, right: np.ndarray, columns: Sequence[str]) -> np.ndarray:
    unlike = np.zeros(len(left), dtype=bool)
    for column in columns:
        values = stack.numbered[column]
        unlike |= values[left] != values[right]
    return unlike
