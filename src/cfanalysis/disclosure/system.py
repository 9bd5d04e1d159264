"""The board as one linear system over the cells that could still differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cfanalysis.disclosure.cells import Board
from cfanalysis.disclosure.complete import complete
from cfanalysis.disclosure.equations import SUM
from cfanalysis.disclosure.history import SHOWN, History, Rows, joined, present
from cfanalysis.disclosure.structure import ALL, period_parts
from cfanalysis.disclosure.withhold import Cells
from cfanalysis.foundation.policy import Policy

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOTAL_COST, NEWEST_COST, PRIORITY_COST = 6.0, 2.0, 3.0
"""A whole series tells readers more than a category, a new month more than an old one; priority 0 is worth
so much more than the highest."""

GRAIN_COST = {"month": 1.0, "date": 1.0, "quarter": 1.5, "year": 3.0}


@dataclass(frozen=True)
class Whole:
    """matrix: equations x columns, changes add up to 0. cells: the columns. column_address: -1 where a column is no figure of today's."""

    matrix: csr_array
    cells: Cells
    column_address: np.ndarray
    columns: np.ndarray
    """Which address each of the first columns is; beyond ``size`` a figure of earlier files."""
    size: int

    def of_addresses(self, mask: np.ndarray) -> np.ndarray:
        """A mask over columns as one over addresses."""
        found = np.zeros(self.size, bool)
        found[self.column_address[mask & (self.column_address >= 0)]] = True
        return found

    def concerned(self, mask: np.ndarray, history: History) -> np.ndarray:
        """The addresses of some columns, those of figures of earlier files included."""
        before = np.flatnonzero(mask[: len(self.columns)] & (self.columns >= self.size))
        found = self.of_addresses(mask)
        found[history.old[self.columns[before] - self.size]] = True
        return found


def build_system(board: Board, history: History, stays: np.ndarray, lowest: np.ndarray, policy: Policy) -> Whole:
    """Everything that could still differ, and every equation of today and of earlier files that it stands in.

    lowest: what a reader knows each hidden cell to be at least.
    """
    from scipy.sparse import csr_array

    size, old = len(board.today.value), history.old
    known = board.today.state == SHOWN
    free = known & ~history.fixed & ~board.given & (np.nan_to_num(board.today.value) >= lowest)
    least = np.concatenate([lowest, lowest[old]])
    hidden = (board.small | stays) & free
    rows = _with_earlier(_todays(board, free), history.rows, free)
    value = np.concatenate([np.nan_to_num(board.today.value), _guessed(board.today.value[old], lowest[old])])
    moving = np.concatenate([free, np.ones(len(old), bool)])
    loose = np.concatenate([np.where(hidden, 5.0, np.inf), np.where(history.sure, 1.0, 0.1)])
    value, rows = complete(rows, value, loose, least)
    weights, slack = _matrix(rows, len(moving)), np.flatnonzero(rows.slack)
    left = np.maximum(rows.constant + weights @ np.where(moving, value, 0.0), 0.0)[slack]
    own = csr_array((-np.ones(len(slack)), (slack, np.arange(len(slack)))), shape=(len(rows.slack), len(slack)))
    columns = np.flatnonzero(moving)
    from scipy.sparse import hstack

    matrix = hstack([weights[:, columns], own]).tocsr()
    matrix.eliminate_zeros()
    some = np.diff(weights[:, columns].indptr)[slack] > 0
    cells = _cells(board, history, policy, columns, value, least, hidden, (left, rows.watched[slack] & some))
    address = np.concatenate([np.where(columns < size, columns, -1), np.full(len(slack), -1)])
    return Whole(matrix[np.diff(matrix.indptr) > 0], cells, address, columns, size)


def _guessed(value: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """A hidden figure of an earlier file is what it is today, where that can be."""
    usual = lowest + 2.0
    return np.where(np.nan_to_num(value, nan=-1.0) >= lowest, np.nan_to_num(value), usual)


def _todays(board: Board, free: np.ndarray) -> Rows:
    """Today's equations over the cells that could differ."""
    equations, value = board.equations, np.nan_to_num(board.today.value)
    there = present(equations, board.today.state) & (board.holds | ~equations.slack)
    matrix = equations.matrix[np.flatnonzero(there)]
    exact = (board.exact & (equations.kind == SUM))[there]
    held = matrix.tocoo()
    kept = free[held.coords[1]]
    slack = equations.slack[there] & ~exact
    constant = np.where(slack, matrix @ np.where(free, 0.0, value), -(matrix @ np.where(free, value, 0.0)))
    return Rows(
        held.coords[0][kept], held.coords[1][kept], held.data[kept], constant, slack, equations.watched[there],
        np.full(matrix.shape[0], np.inf), np.zeros(matrix.shape[0], bool),
    )  # fmt: skip


def _with_earlier(now: Rows, before: Rows, free: np.ndarray) -> Rows:
    """Today's rows, then those of earlier files that say something else."""
    width = int(max(now.column.max(initial=0), before.column.max(initial=0), len(free) - 1)) + 1
    keys = np.random.default_rng(1).integers(1, 2**62, width)
    marks = [_marks(rows, keys) for rows in (now, before)]
    new = ~pd.MultiIndex.from_frame(marks[1]).isin(pd.MultiIndex.from_frame(marks[0])) if len(before.slack) else np.empty(0, bool)
    return joined(now, before.of(new))


def _marks(rows: Rows, keys: np.ndarray) -> pd.DataFrame:
    hashes = np.zeros(len(rows.slack), np.int64)
    np.add.at(hashes, rows.row, rows.weight.astype(np.int64) * keys[rows.column])
    return pd.DataFrame({"hash": hashes, "slack": rows.slack, "left": np.where(rows.slack, np.round(rows.constant, 3), 0.0)})


def _matrix(rows: Rows, width: int) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((rows.weight, (rows.row, rows.column)), shape=(len(rows.slack), width))


def _cells(
    board: Board, history: History, policy: Policy, columns: np.ndarray, value: np.ndarray, least: np.ndarray,
    hidden: np.ndarray, slack: tuple[np.ndarray, np.ndarray],
) -> Cells:  # fmt: skip
    """What is wanted of each column: by the policy of the file that hid it first, else by today's."""
    size, old = len(hidden), len(history.old)
    left, watched = slack
    small_left = (left > 0) & (left < policy.hide_below)
    which = history.first[np.concatenate([np.arange(size), history.old])[columns]]
    rules = [*(state.policy for state in board.earlier), policy]
    top, width = (
        np.concatenate([np.array([float(getattr(rule, name)) for rule in rules])[which], np.full(len(left), float(getattr(policy, name)))])
        for name in ("largest_hidden", "min_width")
    )
    every = np.concatenate([value[columns], left])
    lowest = float(policy.smallest_hidden)
    sure = np.concatenate([np.ones(size, bool), history.sure])[columns]
    small = np.concatenate([sure & (value[columns] <= top[: len(columns)]), small_left])
    return Cells(
        value=every,
        low=np.concatenate([least[columns], np.zeros(len(left))]),
        hidden=np.concatenate([np.concatenate([hidden, np.ones(old, bool)])[columns], np.ones(len(left), bool)]),
        watched=np.concatenate([np.ones(len(columns), bool), watched & small_left]),
        small=small, bottom=np.full(len(every), lowest), top=top, width=width,
        cost=np.concatenate([_cost(board, size, old)[columns], np.zeros(len(left))]),
        spared=np.concatenate([np.concatenate([history.revised, np.zeros(old, bool)])[columns], np.zeros(len(left), bool)]),
    )  # fmt: skip


def _cost(board: Board, size: int, old: int) -> np.ndarray:
    """Oldest category cells of the least wanted indicators go first, the newest months of whole series last."""
    value, addresses = np.nan_to_num(board.today.value), board.addresses
    cost = 1.0 + np.log1p(np.abs(value))
    cost *= np.where(addresses["breakdown"] == ALL, TOTAL_COST, 1.0)
    told = {period: GRAIN_COST[period_parts(period)[0]] for period in addresses["period"].unique()}
    cost *= addresses["period"].map(told).to_numpy(float)
    cost *= 1.0 + (NEWEST_COST - 1.0) * addresses["period"].str[:7].rank(pct=True).to_numpy()
    span = max(float(np.ptp(board.priority)), 1.0)
    cost *= 1.0 + (PRIORITY_COST - 1.0) * (board.priority.max(initial=0.0) - board.priority) / span
    return np.concatenate([cost, np.ones(old)])
