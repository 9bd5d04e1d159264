"""How closely a hidden cell can be worked out: the lowest and highest value it could have, given everything that is shown.

The attacker of the literature (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001): knows every shown
cell and every equation, and that counts are not negative. Bounds by linear programming (HiGHS through scipy).
"""

from __future__ import annotations

import numpy as np

TOLERANCE = 1e-6
"""Rounding noise of the solver, far below one child."""


def cell_bounds(rows: np.ndarray, values: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Low and high of every cell of one block: the value itself where it is shown.

    rows: equations x cells. values: true values. hidden: which cells the attacker does not see.
    """
    low, high = values.astype(float).copy(), values.astype(float).copy()
    unknown = np.flatnonzero(hidden)
    if not len(unknown):
        return low, high
    left = rows[:, unknown]
    used = np.any(left != 0, axis=1)
    left = left[used]
    right = left @ values[unknown]  # what the shown cells leave for the hidden ones
    for members, equations in _linked(left):
        part, rest = left[np.ix_(equations, members)], right[equations]
        found = _one_sum(part[0], rest[0]) if len(equations) == 1 else None
        lows, highs = found if found is not None else _solved(part, rest)
        low[unknown[members]], high[unknown[members]] = lows, highs
    return _whole(low, high, values)


def _linked(left: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Hidden cells that share an equation, directly or through others, with those equations."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count, size = left.shape
    row, column = np.nonzero(left)
    graph = coo_array((np.ones(len(row)), (row, column + count)), shape=(count + size, count + size))
    total, label = connected_components(graph, directed=False)
    return [(np.flatnonzero(label[count:] == one), np.flatnonzero(label[:count] == one)) for one in range(total)]


def _one_sum(coefficients: np.ndarray, right: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Hidden cells that only share one sum: each can hold anything from nothing to all of it."""
    if not (np.all(coefficients > 0) or np.all(coefficients < 0)):
        return None
    most = right / coefficients
    return (most if len(most) == 1 else np.zeros(len(most))), most


def _solved(rows: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import linprog

    size = rows.shape[1]
    if not rows.shape[0]:
        return np.zeros(size), np.full(size, np.inf)
    low, high = np.zeros(size), np.full(size, np.inf)
    for cell in range(size):
        aim = np.zeros(size)
        aim[cell] = 1.0
        least = linprog(aim, A_eq=rows, b_eq=right, bounds=(0, None), method="highs")
        most = linprog(-aim, A_eq=rows, b_eq=right, bounds=(0, None), method="highs")
        low[cell] = least.fun if least.status == 0 else 0.0
        high[cell] = -most.fun if most.status == 0 else np.inf
    return low, high


def _whole(low: np.ndarray, high: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts are whole numbers, which narrows a fractional bound to the next whole one."""
    whole = np.isclose(values, np.round(values))
    up = np.where(whole, np.ceil(low - TOLERANCE), low)
    down = np.where(whole & np.isfinite(high), np.floor(high + TOLERANCE), high)
    return up, down
