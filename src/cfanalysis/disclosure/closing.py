"""Lists of categories that are closed whole, zeros included, where nothing less protects a small count in them.

A reader knows that hidden figures are at least 1, since zeros are shown. Where the whole of a list is known to everybody and only just
larger than its parts, that alone gives them away: three hidden figures that come to 6 are 1 to 4 each. A list that shows none of its
categories may hold zeros as well, and says no more than its whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfanalysis.disclosure.equations import SUM, Equations
from cfanalysis.disclosure.history import HIDDEN, SHOWN, present
from cfanalysis.foundation.policy import Policy

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from cfanalysis.disclosure.cells import Board


def closed_before(board: Board) -> np.ndarray:
    """Cells of lists that an earlier file has closed, and in which something is 0 today: they stay closed.

    A list is seen to be closed where none of its categories is shown, and its whole, which everybody knows, is too small for all of
    them to be hidden for themselves.
    """
    found = np.zeros(len(board.today.value), bool)
    nothing = (board.today.state == SHOWN) & (board.today.value == 0)
    inner, total = _inner(board.equations), _total(board.equations)
    for state in board.earlier:
        hidden = state.state == HIDDEN
        known = np.where(board.given, board.today.value, np.where(state.state == SHOWN, state.value, np.nan))
        shut = _lists(board.equations) & present(board.equations, state.state)
        shut &= (inner @ (~hidden).astype(float) == 0) & (total @ np.isnan(known).astype(float) == 0)
        shut &= total @ np.nan_to_num(known) - inner @ hidden.astype(float) + 1 < state.policy.largest_hidden
        shut &= inner @ (hidden & nothing).astype(float) > 0
        found |= (inner.T @ shut.astype(float) > 0) & hidden
    return found


def too_narrow(board: Board, known: np.ndarray, hidden: np.ndarray, policy: Policy) -> np.ndarray:
    """Cells of lists that would give a small count away whatever else of them is hidden, as everybody knows their whole.

    known: what can no longer be hidden. hidden: what has to be. Counts of lists that leave something over are protected by that.
    """
    if policy.hide_zeros:
        return np.zeros(len(known), bool)
    equations, value = board.equations, np.nan_to_num(board.today.value)
    rows = _lists(equations) & present(equations, board.today.state) & board.exact
    inner, total = _inner(equations), _total(equations)
    rows &= total @ (~known).astype(float) == 0
    free = (~known & (value >= 1)).astype(float)
    largest = inner @ (free * value) - inner @ free + 1
    rows &= (largest < policy.largest_hidden) & (inner @ hidden.astype(float) > 0)
    return np.asarray(inner.T @ rows.astype(float) > 0)


def _lists(equations: Equations) -> np.ndarray:
    return np.asarray(equations.kind == SUM)


def _inner(equations: Equations) -> csr_array:
    """Which cells are the parts of each equation."""
    matrix = equations.matrix.copy()
    matrix.data = (matrix.data < 0).astype(float)
    return matrix


def _total(equations: Equations) -> csr_array:
    """Which cells are the whole of each equation."""
    matrix = equations.matrix.copy()
    matrix.data = (matrix.data > 0).astype(float)
    return matrix
