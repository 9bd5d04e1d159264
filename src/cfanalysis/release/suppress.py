"""Which further cells to hide so that no hidden one can be worked out.

For every cell that is not safe yet, a linear programme finds the cheapest way in which the table could have been different
(Kelly, Golden and Assad, Networks 22, 1992): the cells that would have to differ are hidden with it. Costs make inner cells go first,
then totals, zeros last. Cells that turn out not to be needed are shown again.
"""

from __future__ import annotations

import numpy as np

from cfanalysis.errors import ReleaseError
from cfanalysis.release.bounds import TOLERANCE, cell_bounds
from cfanalysis.release.policy import Policy
from cfanalysis.release.system import System, matrix

TOTAL_COST, ZERO_COST = 5.0, 8.0
"""A total tells readers more than a part, and a zero is hardly ever hidden by others: both only where it must be."""

HIGHEST_TO_TIDY = 40
"""Above this many guards in one block, none is tried without: the result is safe, only less sparing."""


def sensitive(values: np.ndarray, policy: Policy) -> np.ndarray:
    """Which values are small enough that the policy hides them."""
    size = np.abs(values)
    small = (size > 0) & (size < policy.hide_below)
    return small | ((values == 0) & policy.hide_zeros)


def unsafe(low: np.ndarray, high: np.ndarray, small: np.ndarray, hidden: np.ndarray, policy: Policy) -> np.ndarray:
    """Hidden cells whose bounds say too much: the policy's whole range for a small one, ``min_width`` for a guard."""
    narrow_small = small & ((low > policy.smallest_hidden + TOLERANCE) | (high < policy.largest_hidden - TOLERANCE))
    narrow_guard = ~small & (high - low < policy.min_width - TOLERANCE)
    return hidden & (narrow_small | narrow_guard)


def suppress(system: System, policy: Policy, *, hidden: np.ndarray | None = None, fixed: np.ndarray | None = None) -> np.ndarray:
    """Which published cells to hide: a mask over the cells of the system.

    hidden: cells that are hidden already. fixed: cells that have been shown elsewhere and can no longer be hidden.
    Raises ReleaseError where what has been shown elsewhere leaves no safe way.
    """
    values = np.array(system.values)
    published = np.array(system.published, dtype=bool)
    small = sensitive(values, policy)
    mask = (small & published) if hidden is None else hidden | (small & published)
    if not policy.hides:
        return mask & False
    shown = np.zeros(len(values), dtype=bool) if fixed is None else fixed
    totals = {equation.total for equation in system.equations if equation.total is not None}
    for cells, equations in system.blocks():
        if not np.any(mask[cells] | (small & ~published)[cells]):
            continue
        cost = _cost(values[cells], np.isin(cells, list(totals)))
        mask[cells] = _block(
            matrix(equations, cells),
            values[cells],
            mask[cells] | ~published[cells],
            small[cells],
            shown[cells],
            cost,
            policy,
            published[cells],
        )
    return mask & published


def _cost(values: np.ndarray, totals: np.ndarray) -> np.ndarray:
    cost = 1.0 + np.log1p(np.abs(values))
    return np.where(totals, cost * TOTAL_COST, np.where(values == 0, ZERO_COST, cost))


def _block(
    rows: np.ndarray,
    values: np.ndarray,
    hidden: np.ndarray,
    small: np.ndarray,
    fixed: np.ndarray,
    cost: np.ndarray,
    policy: Policy,
    published: np.ndarray,
) -> np.ndarray:
    first = hidden.copy()
    watched = small | published  # what follows from others but is large is nobody's secret
    for _ in range(len(values) + 1):
        bad = unsafe(*cell_bounds(rows, values, hidden), small, hidden & watched, policy)
        if not bad.any():
            return _tidied(rows, values, hidden, first, small, watched, cost, policy)
        worst = int(np.flatnonzero(bad)[np.argmin(values[bad])])
        grown = _grown(rows, values, hidden, fixed, cost, worst, bool(small[worst]), policy)
        if np.array_equal(grown, hidden):
            grown = hidden | ~fixed  # no cheap way: everything in the block that can still be hidden is
            if np.array_equal(grown, hidden):
                raise ReleaseError(
                    "what has been shown already lets a small count be worked out: release these tables together (release_together)"
                )
        hidden = grown
    raise ReleaseError("no safe way of hiding small counts was found")


def _grown(
    rows: np.ndarray, values: np.ndarray, hidden: np.ndarray, fixed: np.ndarray, cost: np.ndarray, cell: int, small: bool, policy: Policy
) -> np.ndarray:
    """Hidden cells with those added that let this one differ by as much as the policy wants."""
    if small:
        steps = [float(policy.largest_hidden - values[cell]), float(policy.smallest_hidden - values[cell])]
    else:
        steps = [float(max(policy.min_width, 1))]
    grown = hidden.copy()
    for step in steps:
        if step:
            pattern = _pattern(rows, values, np.where(grown, 0.0, cost), fixed & ~grown, cell, step)
            grown |= pattern if pattern is not None else False
    return grown


def _pattern(rows: np.ndarray, values: np.ndarray, cost: np.ndarray, fixed: np.ndarray, cell: int, step: float) -> np.ndarray | None:
    """The cells that differ in the cheapest other table in which this cell differs by the step."""
    from scipy.optimize import linprog

    size = len(values)
    limits: list[tuple[float, float | None]] = [(0.0, 0.0 if fixed[one] else None) for one in range(size)]
    limits += [(0.0, 0.0 if fixed[one] else max(float(values[one]), 0.0)) for one in range(size)]
    limits[cell] = (max(step, 0.0),) * 2
    limits[size + cell] = (max(-step, 0.0),) * 2
    price = np.concatenate([cost, cost])
    found = linprog(price, A_eq=np.hstack([rows, -rows]), b_eq=np.zeros(len(rows)), bounds=limits, method="highs")
    if found.status != 0:
        return None
    return np.asarray(np.abs(found.x[:size] - found.x[size:]) > TOLERANCE)


def _tidied(
    rows: np.ndarray,
    values: np.ndarray,
    hidden: np.ndarray,
    first: np.ndarray,
    small: np.ndarray,
    watched: np.ndarray,
    cost: np.ndarray,
    policy: Policy,
) -> np.ndarray:
    """Show again what turns out not to be needed, dearest first."""
    guards = np.flatnonzero(hidden & ~first)
    if len(guards) < 2 or len(guards) > HIGHEST_TO_TIDY:
        return hidden
    for guard in sorted(guards, key=lambda one: -cost[one]):
        trial = hidden.copy()
        trial[guard] = False
        if not unsafe(*cell_bounds(rows, values, trial), small, trial & watched, policy).any():
            hidden = trial
    return hidden
