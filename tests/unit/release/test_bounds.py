"""Bounds of hidden cells where one part of what is known does not fit together."""

import numpy as np
from scipy.sparse import csr_array

from cfanalysis.disclosure.own.bounds import cell_bounds


def test_figures_that_disagree_leave_the_bounds_of_other_parts_as_they_are():
    # two hidden cells that add up to 14 and of which one is also in a sum of 9; beside them one cell said to be 5 and 7 at once
    values = np.array([14.0, np.nan, np.nan, 9.0, np.nan, 5.0, 7.0, np.nan, 12.0])
    equations = np.zeros((5, 9))
    equations[0, [0, 1, 2]] = 1, -1, -1
    equations[1, [3, 2, 4]] = 1, -1, -1
    equations[2, [5, 7]] = 1, -1
    equations[3, [6, 7]] = 1, -1
    equations[4, [8, 5, 6]] = 1, -1, -1
    low, high = cell_bounds(csr_array(equations), np.nan_to_num(values), np.isnan(values))
    assert (low[1], high[1]) == (5, 14)
    assert (low[2], high[2]) == (0, 9)
    assert (low[4], high[4]) == (0, 9)
