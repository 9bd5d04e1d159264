"""Which further cells to hide so that no hidden one can be worked out, over a whole base at once.

Every hidden cell needs two other tables that a reader could not tell from the true one: one in which it is high enough, one in which
it is low enough (Kelly, Golden and Assad, Networks 22, 1992). A linear programme looks for a table in which as many cells as possible
are so at the same time, first among hidden cells alone, then with others hidden at the least cost. Each table found is a witness: it
stays possible whatever else is hidden, so when every cell has its witnesses the whole is proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOLERANCE = 1e-6
"""Rounding noise of the solver, far below one child."""

NO_WAY = 3e5
"""What it costs not to let a cell differ: chosen only where there is no way."""

ENOUGH = 0.05
"""A round among hidden cells alone is worth another while it settles this share of what is open."""

HOPS = (2, 4, None)
"""How many equations away from a cell its guards are looked for; None is everywhere."""

SHARES = (1.0, 0.5, 0.25, 0.1, 0.1)
"""Which share of the open cells is asked at once: fewer after a round that settled nothing, for they stand in each other's way."""

UNEQUAL = 5.0
"""Cells that stand in each other's way are not worth the same, so that one gets its way; which one is drawn by lot."""


@dataclass
class Cells:
    """Columns of one system, all free to differ: what is known of them, and what is wanted.

    value: a table that fits everything a reader sees (the true one wherever it is known). low: what he knows a cell to be at least.
    hidden: hidden already. small: must keep the range from ``bottom`` to ``top``; else ``width`` is wanted. watched: matters at all.
    cost: of hiding it. spared: a shown count that is revised, hidden only where nothing else is left.
    """

    value: np.ndarray
    low: np.ndarray
    hidden: np.ndarray
    watched: np.ndarray
    small: np.ndarray
    bottom: np.ndarray
    top: np.ndarray
    width: np.ndarray
    cost: np.ndarray
    spared: np.ndarray


@dataclass(frozen=True)
class Withheld:
    """hidden: by column. late: hidden only because nothing nearer was left. exposed: what no hiding makes safe."""

    hidden: np.ndarray
    late: np.ndarray
    exposed: np.ndarray


def withhold(matrix: csr_array, cells: Cells) -> Withheld:
    """Grow what is hidden until every watched hidden cell has its witnesses, or nothing more can be done for it.

    Where three hidden parts are at least 1 each, none can be as low as that: then the width of a guard has to do.
    """
    work = _Work(matrix, cells)
    for hops in HOPS[:-1]:
        work.grow(hops)
    before = cells.hidden.copy()
    work.grow(None)
    for last in (False, True):
        cells.small = cells.small & ~work.open().any(axis=0)
        cells.spared = cells.spared & (not last)
        work.grow(None)
    return Withheld(cells.hidden, cells.hidden & ~before, np.asarray(work.open().any(axis=0)))


class _Work:
    """One system on its way: the lowest and highest each cell has been seen at."""

    def __init__(self, matrix: csr_array, cells: Cells) -> None:
        from scipy.sparse import csr_array

        self.matrix, self.cells = csr_array(matrix), cells
        self.across = csr_array(abs(self.matrix).T)
        self.lowest, self.highest = cells.value.copy(), cells.value.copy()
        self.rng = np.random.default_rng(len(cells.value))
        self.idle = 0

    def open(self) -> np.ndarray:
        """Two masks: cells that have not been seen high enough, and not low enough."""
        cells, asked = self.cells, self.cells.watched & self.cells.hidden
        low, high = np.ceil(self.lowest - TOLERANCE), np.floor(self.highest + TOLERANCE)  # counts are whole
        narrow = asked & ~cells.small & (high - low < cells.width)
        up = (asked & cells.small & (high < cells.top)) | narrow
        down = (asked & cells.small & (low > cells.bottom)) | (narrow & self._sinks())
        return np.vstack([up, down])

    def _sinks(self) -> np.ndarray:
        """Large cells may be seen low instead of high where there is room below."""
        found: np.ndarray = self.cells.value - self.cells.low >= self.cells.width - TOLERANCE
        return found

    def grow(self, hops: int | None) -> None:
        """Rounds at one distance until all is settled, or nothing moves any more."""
        self.idle = 0
        while self.idle < len(SHARES):
            self._among_hidden()
            left = int(self.open().any(axis=0).sum())
            if not left:
                return
            count = int(self.cells.hidden.sum())
            self._round(hops, among=False)
            settled = left > int(self.open().any(axis=0).sum()) or count < int(self.cells.hidden.sum())
            self.idle = 0 if settled else self.idle + 1

    def _among_hidden(self) -> None:
        while True:
            left = int(self.open().sum())
            if not left:
                return
            self._round(None, among=True)
            self._round(None, among=True)
            if left - int(self.open().sum()) < max(ENOUGH * left, 1):
                return

    def _round(self, hops: int | None, *, among: bool) -> None:
        """One programme: each open cell is asked to differ one way, chosen by lot where it needs both."""
        up, down = self.open()
        lot = self.rng.random(len(up)) < 0.5
        rises = up & (lot | ~down)
        targets = np.flatnonzero(up | down)
        if not len(targets):
            return
        asked = max(int(np.ceil(SHARES[min(self.idle, len(SHARES) - 1)] * len(targets))), 1)
        targets = np.sort(self.rng.choice(targets, asked, replace=False))
        steps = np.where(rises, self._rise(), -self._fall())[targets]
        moving = self.cells.hidden.copy() if among else self._near(targets, hops) & (self.cells.hidden | ~self.cells.spared)
        change = self._elsewhere(targets, steps, moving)
        if change is None:
            return
        self.cells.hidden |= np.abs(change) > TOLERANCE
        self.lowest = np.minimum(self.lowest, self.cells.value + change)
        self.highest = np.maximum(self.highest, self.cells.value + change)

    def _rise(self) -> np.ndarray:
        cells = self.cells
        return np.maximum(np.where(cells.small, cells.top - cells.value, 0), cells.width).astype(float)

    def _fall(self) -> np.ndarray:
        cells = self.cells
        return np.where(cells.small, cells.value - cells.bottom, np.minimum(cells.width, cells.value - cells.low)).astype(float)

    def _near(self, targets: np.ndarray, hops: int | None) -> np.ndarray:
        """Cells at most so many equations away from any of these, and every hidden one."""
        if hops is None:
            return np.ones(len(self.cells.value), bool)
        reach = np.zeros(len(self.cells.value))
        reach[targets] = 1.0
        for _ in range(hops):
            reach = np.minimum(reach + self.across @ np.minimum(abs(self.matrix) @ reach, 1.0), 1.0)
        near: np.ndarray = (reach > 0) | self.cells.hidden
        return near

    def _elsewhere(self, targets: np.ndarray, steps: np.ndarray, moving: np.ndarray) -> np.ndarray | None:
        """The cheapest table in which the targets differ as far as they can: the change of every cell."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, hstack

        columns = np.flatnonzero(moving)
        sub = self.matrix[:, columns]
        sub = sub[np.diff(sub.indptr) > 0]
        new = ~self.cells.hidden[columns]
        place, count = np.searchsorted(columns, targets), len(targets)
        size, extra = len(columns), int(new.sum())
        # variables: change (hidden) or rise (not yet hidden) | fall of those not yet hidden | how far each target falls short
        equal = hstack([sub, -sub[:, np.flatnonzero(new)], csr_array((sub.shape[0], count))]).tocsr()
        sign = np.sign(steps)
        pick = csr_array((sign, (np.arange(count), place)), shape=(count, size))
        short = csr_array((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
        asked = hstack([-pick, pick[:, np.flatnonzero(new)], -short]).tocsr()
        floor = self.cells.low[columns] - self.cells.value[columns]
        price = self.cells.cost[columns] * new
        bounds = np.vstack(
            [
                np.column_stack([np.where(new, 0.0, floor), np.full(size, np.inf)]),
                np.column_stack([np.zeros(extra), -floor[new]]),
                np.column_stack([np.zeros(count), np.full(count, np.inf)]),
            ]
        )
        cost = np.concatenate([price, price[new], NO_WAY * self.rng.uniform(1.0, UNEQUAL, count)])
        solved = linprog(
            cost,
            A_ub=asked,
            b_ub=-np.abs(steps),
            A_eq=equal,
            b_eq=np.zeros(equal.shape[0]),
            bounds=bounds,
            method="highs",
        )
        if solved.status != 0:
            return None
        change = np.zeros(len(moving))
        change[columns] = solved.x[:size]
        change[columns[new]] -= solved.x[size : size + extra]
        return change
