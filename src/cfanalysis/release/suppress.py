"""Which further cells to hide so that no hidden one can be worked out.

For a cell that is not safe yet, a linear programme finds the cheapest way in which the table could have been different
(Kelly, Golden and Assad, Networks 22, 1992): the cells that would have to differ are hidden with it. Costs make inner cells go first,
then totals, zeros last. Cells that turn out not to be needed are shown again. Parts that share no equation are worked on at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from cfanalysis.errors import ReleaseError
from cfanalysis.release.bounds import TOLERANCE, cell_bounds, rank_within
from cfanalysis.release.policy import Policy
from cfanalysis.release.system import System, linked

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


NO_SAFE_WAY = "what has been shown already lets a small count be worked out; release these tables together (release_together)"


class NoWayError(ReleaseError):
    """Nothing more can be hidden, and something is not safe: ``cells`` are those that hang together with it."""

    def __init__(self, cells: np.ndarray) -> None:
        super().__init__(NO_SAFE_WAY)
        self.cells = cells


def suppress(
    system: System,
    policy: Policy,
    *,
    hidden: np.ndarray | None = None,
    fixed: np.ndarray | None = None,
    quiet: np.ndarray | None = None,
    proven: set[bytes] | None = None,
) -> np.ndarray:
    """Which published cells to hide: a mask over the cells of the system.

    hidden: cells that must be hidden whatever their value. fixed: cells that have been shown elsewhere and cannot be hidden any more.
    quiet: cells nobody publishes that are no secret of their own. proven: parts that have been found safe before; it is added to.
    Raises NoWayError where what has been shown elsewhere leaves no safe way.
    """
    values, published = np.array(system.numbers), np.array(system.published, dtype=bool)
    small = sensitive(values, policy)
    first = (small & published) if hidden is None else (small & published) | hidden
    if not policy.hides:
        return np.zeros(len(values), dtype=bool)
    if not system.equations:
        return np.asarray(first)
    rows = system.rows()
    shown = np.zeros(len(values), dtype=bool) if fixed is None else fixed & ~first
    watched = (small | published) if quiet is None else (small | published) & ~quiet
    work = _Work(rows, linked(rows)[0], values, small, watched, shown, _cost(values, system.totals()), policy)
    known = work.parts(first | ~published) & proven if proven else set()
    if known:
        work.watched = watched & ~work.of_parts(first | ~published, known)
    mask = work.tidied(work.grown(first | ~published), first | ~published)
    if proven is not None:
        work.watched = watched
        proven |= work.parts(mask | ~published)
    return np.asarray(mask & published)


def _cost(values: np.ndarray, totals: np.ndarray) -> np.ndarray:
    cost = 1.0 + np.log1p(np.abs(values))
    return np.asarray(np.where(totals, cost * TOTAL_COST, np.where(values == 0, ZERO_COST, cost)))


class _Work:
    """One system under one policy: what does not change while cells are hidden and shown again."""

    def __init__(
        self, rows: csr_array, part: np.ndarray, values: np.ndarray, small: np.ndarray, watched: np.ndarray, fixed: np.ndarray,
        cost: np.ndarray, policy: Policy,
    ) -> None:  # fmt: skip
        self.rows, self.part, self.values, self.small = rows, part, values, small
        self.watched, self.fixed, self.cost, self.policy = watched, fixed, cost, policy  # what is large and unpublished is nobody's secret

    def parts(self, hidden: np.ndarray) -> set[bytes]:
        """What each part in which anything is hidden looks like: two that look the same are equally safe."""
        return {look for _, look in self._looks(hidden)}

    def of_parts(self, hidden: np.ndarray, looks: set[bytes]) -> np.ndarray:
        """The cells of the parts that look like this."""
        return np.isin(self.part, [part for part, look in self._looks(hidden) if look in looks])

    def _looks(self, hidden: np.ndarray) -> Iterator[tuple[int, bytes]]:
        """The equations of every part with its cells and equations numbered from 0, their values, and what is hidden and watched."""
        held = self.rows.tocoo()
        equation, cell = held.coords
        of_equation = np.zeros(self.rows.shape[0], dtype=int)
        of_equation[equation] = self.part[cell]
        weights = np.column_stack([rank_within(of_equation)[equation], rank_within(self.part)[cell], held.data])
        entries, cells = np.argsort(self.part[cell], kind="stable"), np.argsort(self.part, kind="stable")
        first_entry, first_cell = (
            np.searchsorted(of, np.arange(self.part.max() + 2)) for of in (self.part[cell][entries], self.part[cells])
        )
        about = np.column_stack([self.values, hidden, self.watched])
        for part in np.unique(self.part[hidden & self.watched]):
            lines = weights[entries[first_entry[part] : first_entry[part + 1]]]
            lines = lines[np.lexsort(lines.T)]
            if len(lines):
                cells_of = about[cells[first_cell[part] : first_cell[part + 1]]]
                yield int(part), hashlib.sha256(lines.tobytes() + b"|" + cells_of.tobytes()).digest()

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
                grown |= np.isin(self.part, self.part[stuck]) & ~self.fixed
                if not np.isin(self.part[stuck], self.part[grown & ~hidden]).all():
                    raise NoWayError(np.isin(self.part, self.part[stuck]))
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
        free = ~(self.fixed & ~hidden)[cells]
        down = np.where(free, np.maximum(self.values[cells], 0.0), 0.0)
        ceiling = np.concatenate([np.where(free, np.inf, 0.0), down, np.abs(steps)])
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
