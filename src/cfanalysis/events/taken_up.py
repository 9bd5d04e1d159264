"""What a later extract takes up of an earlier one without repeating it, and what it should hold and does not.

A period open on the last day of one extract is open on the first day of the one that begins the day after: the row there that was
open then is the same period, though its start was put right. And a later list that lacks most of what it should hold was cut
down on the way: the children have not all been deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.events.revisions import PERIODS, Stack
from cfanalysis.sources.annex_a.reading import Extract
from cfanalysis.sources.problems import Problem

DAY = np.timedelta64(1, "D")

CORRECTED_DAYS = np.timedelta64(31, "D")
"""How far the start of an enquiry may have been put right."""

FEWEST_PERIODS, FEWEST_ROWS = 8, 20
"""Rows that an extract must share with a later list before anything is said of what that list lacks."""

CUT_DOWN = 0.5
"""A later list that lacks more than this share of an earlier one's rows, in days that both cover, was cut down."""

OPEN_ONLY, OPEN_ONLY_ROWS = 0.1, 3
"""Where it ends nothing in all its window, this share is enough: it holds the cases open on its day and no others."""


def taken_up(stack: Stack, alive: np.ndarray, new: np.ndarray, later: int) -> np.ndarray:
    """Earlier rows that a later extract holds under another start: one each for a row of the same child it cannot have known otherwise."""
    listed = np.isin(stack.key, stack.key[new])
    fresh = new & ~np.isin(stack.key, stack.key[alive])
    if stack.kind in PERIODS:
        touching = stack.last[stack.extract] + DAY == stack.first[later]
        old = alive & ~listed & touching & np.isnat(stack.end)
        fresh &= (stack.anchor < stack.first[later]) & (np.isnat(stack.end) | (stack.end >= stack.first[later]))
        return _matched(stack, old, fresh, None)
    if stack.kind == "s47":  # listed for its conference, though it began before the window
        old = alive & ~listed & ~stack.inside(later) & np.isnat(stack.end)
        fresh &= stack.anchor < stack.first[later]
        return _matched(stack, old, fresh, CORRECTED_DAYS)
    return np.zeros(len(alive), dtype=bool)


def _matched(stack: Stack, old: np.ndarray, fresh: np.ndarray, within: np.timedelta64 | None) -> np.ndarray:
    """Which old rows have a fresh one of the same child, one for one."""
    result = np.zeros(len(old), dtype=bool)
    if not old.any() or not fresh.any():
        return result
    child = stack.frame["child_id"]
    left, right = (pd.DataFrame({"row": np.flatnonzero(side), "child": child[side].to_numpy()}) for side in (old, fresh))
    left, right = (side.assign(n=side.groupby("child").cumcount()) for side in (left, right))
    pairs = left.merge(right, on=["child", "n"])
    rows, others = pairs["row_x"].to_numpy(), pairs["row_y"].to_numpy()
    near = np.ones(len(rows), dtype=bool) if within is None else np.abs(stack.anchor[rows] - stack.anchor[others]) <= within
    result[rows[near]] = True
    return result


def lacking(stack: Stack, extracts: Sequence[Extract], gone: np.ndarray, new: np.ndarray, later: int) -> tuple[np.ndarray, list[Problem]]:
    """Rows that a list cut down does not hold although it should: they stay. And what is said of such a list."""
    kept = np.zeros(len(gone), dtype=bool)
    problems = []
    fewest = FEWEST_PERIODS if stack.kind in PERIODS else FEWEST_ROWS
    ended = new & (stack.end >= stack.first[later]) & (stack.end <= stack.last[later])
    for number in np.unique(stack.extract[gone]):
        own = gone & (stack.extract == number)
        missing = own & ~np.isin(stack.key, stack.key[new])
        share = missing.sum() / own.sum()
        open_only = bool(stack.kind in PERIODS and not ended.any() and new.any() and share >= OPEN_ONLY and missing.sum() >= OPEN_ONLY_ROWS)
        if own.sum() < fewest or not (open_only or share > CUT_DOWN) or extracts[number].as_at == extracts[later].as_at:
            continue
        kept |= missing
        problems.append(_cut_down(stack, extracts, int(number), later, int(missing.sum()), int(own.sum()), open_only))
    return kept, problems


def _cut_down(stack: Stack, extracts: Sequence[Extract], number: int, later: int, missing: int, of: int, open_only: bool) -> Problem:
    kind = stack.kind.replace("_", " ")
    only = ", and nothing that ended in its window: it seems to hold open cases only" if open_only else ""
    found = f"{missing:,} of {of:,} {kind} rows of {extracts[number].name} that are not in {extracts[later].name}{only}"
    wanted = "everything of its window; export the list again without a filter (the earlier rows were kept; check the figures since then)"
    return Problem(extracts[later].name, "", None, "", found, wanted, "kept", "list_cut_down", missing, list=stack.kind)
