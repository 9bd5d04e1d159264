"""Which further cells to hide so that no hidden one can be worked out.

For a cell that is not safe yet, a linear programme finds the cheapest way in which the table could have been different
(Kelly, Golden and Assad, Networks 22, 1992): the cells that would have to differ are hidden with it. Costs make inner cells go first,
then totals, zeros last. Cells that turn out not to be needed are shown again. Parts that share no equation are worked on at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfanalysis.disclosure.own.bounds import TOLERANCE, cell_bounds, rank_within
from cfanalysis.disclosure.own.system import System, linked
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOTAL_COST, ZERO_COST = 5.0, 8.0
"""A total tells readers more than a part, and a zero is hardly ever hidden by others: both only where it must be."""

NO_WAY = 1e5
"""What it costs not to let a cell differ at all: chosen only where there is no way."""

MOST_TIDYING = 3
"""Rounds of showing guards again. Stopping early leaves more hidden than needed, never less."""


def sensitive(values: np.ndarray, policy: Policy) -> np.ndarray:
    """Which values are small enough that the policy hides them."""
    size = np.abs(values)
    small: np.ndarray = (size > 0) & (size < policy.hide_below)
    found: np.ndarray = small | ((values == 0) & policy.hide_zeros)
    return found


def unsafe(low: np.ndarray, high: np.ndarray, small: np.ndarray, hidden: np.ndarray, policy: Policy) -> np.ndarray:
    """Hidden cells whose bounds say too much: the policy's whole range for a small one, ``min_width`` for a guard."""
    narrow_small = small & ((low > policy.smallest_hidden + TOLERANCE) | (high < policy.largest_hidden - TOLERANCE))
    with np.errstate(invalid="ignore"):
        narrow_guard = ~small & (high - low < policy.min_width - TOLERANCE)
    narrow: np.ndarray = hidden & (narrow_small | narrow_guard)
    return narrow


NO_SAFE_WAY = (
    "a small count could be worked out whatever else is hidden with it: columns or rows of the table say the same thing twice; "
    "leave one of them out, or what the table says follows from them (implied)"
)


def suppress(
    system: System,
    policy: Policy,
    *,
    hidden: np.ndarray | None = None,
) -> np.ndarray:
    """Which published cells to hide: a mask over the cells of the system.

    hidden: cells that must be hidden whatever their value.
    Raises ReleaseError where hiding everything would not be enough.
    """
    values, published = np.array(system.numbers), np.array(system.published, dtype=bool)
    small = sensitive(values, policy)
    first = (small & published) if hidden is None else (small & published) | hidden
    if not policy.hides:
        return np.zeros(len(values), dtype=bool)
    if not system.equations:
        return np.asarray(first)
    rows = system.rows()
    work = _Work(rows, linked(rows)[0], values, small, small | published, _cost(values, system.totals()), policy)
    mask = work.tidied(work.grown(first | ~published), first | ~published)
    return np.asarray(mask & published)


def _cost(values: np.ndarray, totals: np.ndarray) -> np.ndarray:
    cost = 1.0 + np.log1p(np.abs(values))
    return np.asarray(np.where(totals, cost * TOTAL_COST, np.where(values == 0, ZERO_COST, cost)))


class _Work:
    """One system under one policy: what does not change while cells are hidden and shown again."""

    def __init__(
        self, rows: csr_array, part: np.ndarray, values: np.ndarray, small: np.ndarray, watched: np.ndarray, cost: np.ndarray,
        policy: Policy,
    ) -> None:  # fmt: skip
        self.rows, self.part, self.values, self.small = rows, part, values, small
        self.watched, self.cost, self.policy = watched, cost, policy  # what is large and unpublished is nobody's secret

    def unsafe(self, hidden: np.ndarray, parts: np.ndarray) -> np.ndarray:
        """Cells of these parts that are hidden and not safe."""
        cells = np.flatnonzero(np.isin(self.part, parts))
        found = np.zeros(len(hidden), dtype=bool)
        low, high = cell_bounds(self._rows_of(cells), self.values[cells], hidden[cells])
        found[cells] = unsafe(low, high, self.small[cells], (hidden & self.watched)[cells], self.policy)
        return found

    def _rows_of(self, cells: np.ndarray) -> csr_array:
        sub = self.rows[:, cells]
        return sub[np.diff(sub.indptr) > 0]

    def grown(self, hidden: np.ndarray) -> np.ndarray:
        """Hidden cells with as many added as it takes until all are safe.

        Every other table found on the way is kept as a witness: a cell that has been seen low enough and high enough is safe, because
        what is hidden only grows.
        """
        low, high, tried = self.values.copy(), self.values.copy(), np.zeros(len(hidden), dtype=bool)
        while True:
            targets, steps = self._wanting(hidden, low, high, tried)
            if not len(targets):
                return hidden
            change, short = self._elsewhere(hidden, targets, steps)
            grown = hidden | (np.abs(change) > TOLERANCE)
            stuck = targets[short & (self.small[targets] | tried[targets])]
            tried[targets[steps > 0]] = True
            if len(stuck):  # there is no cheap way: everything in the part that can still be hidden is
                grown |= np.isin(self.part, self.part[stuck])
                if not np.isin(self.part[stuck], self.part[grown & ~hidden]).all():
                    raise ReleaseError(NO_SAFE_WAY)
                tried[:] = False
            low, high = np.minimum(low, self.values + change), np.maximum(high, self.values + change)
            hidden = grown

    def _wanting(self, hidden: np.ndarray, low: np.ndarray, high: np.ndarray, tried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The smallest cell of every part that has not been seen far enough apart yet, and by how much it should differ.

        A guard is first moved up; as far as that does not go (``tried``), down.
        """
        policy, watched = self.policy, hidden & self.watched
        up = watched & self.small & (high < policy.largest_hidden - TOLERANCE)
        down = watched & self.small & (low > policy.smallest_hidden + TOLERANCE)
        guard = watched & ~self.small & (high - low < policy.min_width - TOLERANCE)
        cells = np.flatnonzero(up | down | guard)
        cells = cells[np.argsort(self.values[cells], kind="stable")]
        targets = cells[rank_within(self.part[cells]) == 0]
        rise = np.where(self.small[targets], policy.largest_hidden - self.values[targets], float(policy.min_width))
        fall = np.where(
            self.small[targets], policy.smallest_hidden - self.values[targets], high[targets] - self.values[targets] - policy.min_width
        )
        return targets, np.where(up[targets] | (guard & ~tried)[targets], rise, fall)

    def _elsewhere(self, hidden: np.ndarray, targets: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The cheapest other table in which each target differs by its step: the change of every cell, and which targets have none."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, hstack, vstack

        cells = np.flatnonzero(np.isin(self.part, self.part[targets]))
        rows, size, count = self._rows_of(cells), len(cells), len(targets)
        signs, each = np.sign(steps), np.arange(count)
        # change = rise - fall; each target: rise - fall + sign * short = step, where falling short costs more than anything else
        pick = csr_array((np.ones(count), (each, np.searchsorted(cells, targets))), shape=(count, size))
        equal = vstack([hstack([rows, -rows, csr_array((rows.shape[0], count))]), hstack([pick, -pick, csr_array((signs, (each, each)))])])
        price = np.where(hidden[cells], 0.0, self.cost[cells]) + 1e-3
        ceiling = np.concatenate([np.full(size, np.inf), np.maximum(self.values[cells], 0.0), np.abs(steps)])
        solved = linprog(
            np.concatenate([price, price, np.full(count, NO_WAY)]), A_eq=equal.tocsr(),
            b_eq=np.concatenate([np.zeros(rows.shape[0]), steps]),
            bounds=np.column_stack([np.zeros(len(ceiling)), ceiling]), method="highs",
        )  # fmt: skip
        change = np.zeros(len(hidden))
        if solved.status != 0:
            return change, np.ones(count, dtype=bool)
        change[cells] = solved.x[:size] - solved.x[size : 2 * size]
        return change, solved.x[2 * size :] > TOLERANCE

    def tidied(self, hidden: np.ndarray, first: np.ndarray) -> np.ndarray:
        """Guards that turn out not to be needed are shown again, dearest first, one of every part at a time."""
        guards = np.flatnonzero(hidden & ~first)
        guards = guards[np.argsort(-self.cost[guards], kind="stable")]
        rank = rank_within(self.part[guards])
        alone = np.bincount(self.part[guards], minlength=int(self.part.max()) + 1)[self.part[guards]] < 2 if len(guards) else rank > 0
        for place in range(min(int(rank.max(initial=-1)) + 1, MOST_TIDYING)):
            chosen = guards[(rank == place) & ~alone]
            if not len(chosen):
                continue
            trial = hidden.copy()
            trial[chosen] = False
            bad = np.unique(self.part[self.unsafe(trial, self.part[chosen])])
            trial[chosen[np.isin(self.part[chosen], bad)]] = True
            hidden = trial
        return hidden
