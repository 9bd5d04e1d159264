"""How closely a hidden cell can be worked out: the lowest and highest value it could have, given everything that is shown.

The attacker of the literature (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001): knows every shown
cell and every equation, and that counts are not negative. Bounds by linear programming (HiGHS through scipy).

Parts of a system that share no equation do not touch one another, so one programme moves one cell of every part at once:
a table of ninety months takes as many programmes as its worst month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfanalysis.disclosure.own.system import linked

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOLERANCE = 1e-6
"""Rounding noise of the solver, far below one child."""

ROOM = 1000.0
"""How far above everything in the system a count is still thought possible: as good as without limit, and it keeps programmes bounded."""


def cell_bounds(rows: csr_array, values: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of every cell: the value itself where it is shown.

    rows: equations x cells, each adding up to 0. values: read only where a cell is shown. hidden: which cells the attacker does not see.
    """
    low, high = values.astype(float).copy(), values.astype(float).copy()
    low[hidden], high[hidden] = 0.0, np.inf
    unknown = np.flatnonzero(hidden)
    left = rows[:, unknown]
    used = np.flatnonzero(np.diff(left.indptr) > 0)
    if not len(unknown) or not len(used):
        return low, high
    left, right = left[used], -(rows[used][:, ~hidden] @ values[~hidden])
    cell_part, equation_part = linked(left)
    easy = _one_sum(left, equation_part)
    lows, highs = low[unknown], high[unknown]
    for equation in easy:
        members = left.indices[left.indptr[equation] : left.indptr[equation + 1]]
        most = right[equation] / left.data[left.indptr[equation]]
        highs[members], lows[members] = most, most if len(members) == 1 else 0.0
    hard = np.setdiff1d(np.arange(len(used)), easy)
    cells = np.flatnonzero(np.isin(cell_part, equation_part[hard]))
    if len(cells):
        most = np.minimum(highs[cells], _most(values, hidden))
        lows[cells], highs[cells] = _solved(left[hard][:, cells], right[hard], cell_part[cells], lows[cells], most)
    low[unknown], high[unknown] = lows, highs
    return _whole(low, high)


def _most(values: np.ndarray, hidden: np.ndarray) -> float:
    return float(np.abs(values[~hidden]).max(initial=0.0)) + ROOM


def _one_sum(left: csr_array, part: np.ndarray) -> np.ndarray:
    """Equations that stand alone and whose hidden cells all weigh the same: each can hold anything from nothing to all of it."""
    size = np.diff(left.indptr)
    alone = np.bincount(part)[part] == 1
    first = left.data[left.indptr[:-1]]
    same = np.add.reduceat(left.data, left.indptr[:-1]) == first * size
    return np.flatnonzero(alone & same)


def _solved(left: csr_array, right: np.ndarray, part: np.ndarray, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of cells whose equations hang together, the first cell of every part at once, then the second, and so on."""
    rank = rank_within(part)
    low, high = least.copy(), most.copy()
    for place in range(int(rank.max()) + 1):
        kept = np.flatnonzero(np.isin(part, part[rank == place]))
        sub = left[:, kept]
        used = np.diff(sub.indptr) > 0
        aim, limits = (rank[kept] == place).astype(float), np.column_stack([least[kept], most[kept]])
        target = aim > 0
        low[kept[target]] = _extreme(aim, sub[used], right[used], limits, part[kept])[target]
        high[kept[target]] = _extreme(-aim, sub[used], right[used], limits, part[kept])[target]
    return np.maximum(low, 0.0), np.where(high >= most - TOLERANCE, np.inf, high)


def _extreme(aim: np.ndarray, left: csr_array, right: np.ndarray, limits: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Where the aim is least. Where nothing fits a part at all (two figures of the same month that differ, say) the attacker's picture
    of it is wrong: its cells are taken to be known exactly, and the other parts are looked at by themselves."""
    found = _least(aim, left, right, limits)
    if found is not None:
        return found
    one_by_one = limits[:, 0].copy()
    for each in np.unique(part):
        inside = part == each
        own = left[:, inside]
        used = np.diff(own.indptr) > 0
        alone = _least(aim[inside], own[used], right[used], limits[inside])
        one_by_one[inside] = limits[inside, 0] if alone is None else alone
    return one_by_one


def _least(aim: np.ndarray, left: csr_array, right: np.ndarray, limits: np.ndarray) -> np.ndarray | None:
    from scipy.optimize import linprog

    found = linprog(aim, A_eq=left, b_eq=right, bounds=limits, method="highs")
    return np.asarray(found.x, dtype=float) if found.status == 0 else None


def rank_within(part: np.ndarray) -> np.ndarray:
    """0 for the first member of every part, 1 for the second ...

    >>> rank_within(np.array([5, 7, 5, 5, 7])).tolist()
    [0, 0, 1, 2, 1]
    """
    order = np.argsort(part, kind="stable")
    _, start, count = np.unique(part[order], return_index=True, return_counts=True)
    rank = np.empty(len(part), dtype=int)
    rank[order] = np.arange(len(part)) - np.repeat(start, count)
    return rank


def _whole(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts are whole numbers, which narrows a fractional bound to the next whole one."""
    return np.ceil(low - TOLERANCE), np.where(np.isfinite(high), np.floor(high + TOLERANCE), high)
