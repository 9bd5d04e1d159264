"""Values for hidden figures of earlier files that are no longer known: any that fit what those files show.

What a reader can work out depends only on what he sees, so any table that fits serves as well as the one that was true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfanalysis.disclosure.history import NOISE, Rows

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MISFIT = 1e4
"""What it costs to leave an equation of an earlier file unfulfilled: a reader drops what contradicts, and so do we."""

REACH = 6
"""How many equations away values may be changed for the sake of one that does not fit."""


def complete(rows: Rows, value: np.ndarray, loose: np.ndarray, lowest: np.ndarray) -> tuple[np.ndarray, Rows]:
    """Values that fit every row, changed as little as can be, and the rows without those that nothing fits.

    loose: what it costs to change a column by one; not finite where it is known.
    """
    from scipy.sparse import csr_array

    width = len(value)
    matrix = csr_array((rows.weight, (rows.row, rows.column)), shape=(len(rows.slack), width))
    bad = _misfit(rows, matrix, value)
    if not bad.any():
        return value, rows
    near, size = bad.astype(float), abs(matrix)
    for _ in range(REACH):
        near = np.minimum(near + size @ np.minimum((size.T @ near) * np.isfinite(loose), 1.0), 1.0)
    columns = np.flatnonzero(((size.T @ near) > 0) & np.isfinite(loose))
    chosen = np.flatnonzero((size[:, columns] @ np.ones(len(columns))) > 0)
    value = _fitted(rows, matrix, value, loose, lowest, columns, chosen)
    return value, rows.of(~_in_doubt(rows, size, _misfit(rows, matrix, value)))


def _misfit(rows: Rows, matrix: csr_array, value: np.ndarray) -> np.ndarray:
    left = rows.constant + matrix @ value
    strict = np.isfinite(rows.noise)
    wrong: np.ndarray = strict & np.where(rows.slack, left < -rows.noise - NOISE, np.abs(left) > rows.noise + NOISE)
    return wrong


def _fitted(
    rows: Rows, matrix: csr_array, value: np.ndarray, loose: np.ndarray, lowest: np.ndarray, columns: np.ndarray, chosen: np.ndarray
) -> np.ndarray:
    """The nearest values that fit: changes up and down, what is left over, and misfits that cost most."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack

    sub, count, size = matrix[chosen][:, columns], len(chosen), len(columns)
    slack = np.flatnonzero(rows.slack[chosen])
    own = csr_array((-np.ones(len(slack)), (slack, np.arange(len(slack)))), shape=(count, len(slack)))
    miss = eye_array(count, format="csr")
    equal = hstack([sub, -sub, own, miss, -miss]).tocsr()
    right = -(rows.constant[chosen] + (matrix[chosen] @ value))
    price = loose[columns]
    weight = np.where(np.isfinite(rows.noise[chosen]), np.where(rows.tie[chosen], MISFIT / 100, MISFIT), MISFIT * 100)
    cost = np.concatenate([price, price, np.zeros(len(slack)), weight, weight])
    room = np.maximum(value[columns] - lowest[columns], 0.0)
    top = np.concatenate([np.full(size, np.inf), room, np.full(len(slack) + 2 * count, np.inf)])
    solved = linprog(cost, A_eq=equal, b_eq=right, bounds=np.column_stack([np.zeros(len(top)), top]), method="highs")
    if solved.status != 0:
        return value
    fitted = value.copy()
    fitted[columns] += solved.x[:size] - solved.x[size : 2 * size]
    return fitted


def _in_doubt(rows: Rows, size: csr_array, wrong: np.ndarray) -> np.ndarray:
    """Rows that do not fit, and ties that might as well be those: they share an equation with one, and no other confirms them.

    An equation confirms its columns where all of them are tied and none is wrong.
    """
    broken = rows.tie & wrong
    if not broken.any():
        return wrong
    old = _tied_column(rows, size.shape[1])
    at = np.zeros(size.shape[1], bool), np.zeros(size.shape[1], bool)
    at[0][old[broken & (old >= 0)]] = True
    at[1][old[rows.tie & ~wrong & (old >= 0)]] = True
    doubtful = ~rows.tie & (size @ at[0].astype(float) > 0)
    sure = ~rows.tie & ~doubtful & (size @ (~at[1]).astype(float) == 0)
    loose = (size.T @ doubtful.astype(float) > 0) & ~(size.T @ sure.astype(float) > 0)
    found: np.ndarray = wrong | (rows.tie & (old >= 0) & loose[old])
    return found


def _tied_column(rows: Rows, width: int) -> np.ndarray:
    """The column of the earlier figure that each tie is about; -1 for other rows."""
    found = np.full(len(rows.slack), -1)
    mine = rows.tie[rows.row] & (rows.weight > 0)
    found[rows.row[mine]] = rows.column[mine]
    return found
