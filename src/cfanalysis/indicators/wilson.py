"""How far a percentage made of few cases can be trusted."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from cfanalysis.foundation.errors import SeriesError


def wilson(numerator: ArrayLike, denominator: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The Wilson score interval of a proportion, in percent: lower and upper ends, as arrays of the inputs' shape.

    Missing where either input is missing or the denominator is 0. Wilson (1927); used for percentages by PHE and ONS.
    Raises SeriesError where a numerator is negative or larger than its denominator, or level is not between 0 and 1.

    >>> low, high = wilson([8], [10])
    >>> round(float(low[0]), 1), round(float(high[0]), 1)
    (49.0, 94.3)
    """
    top, bottom = np.broadcast_arrays(np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float))
    if not 0 < level < 1:
        raise SeriesError(f"level: found {level}, want a number between 0 and 1, such as 0.95")
    if np.any((top < 0) | (top > bottom)):
        raise SeriesError("a numerator is negative or larger than its denominator; want a count out of a total")
    z = NormalDist().inv_cdf((1 + level) / 2)
    total = np.where(bottom > 0, bottom, np.nan)
    share = top / total
    centre = share + z**2 / (2 * total)
    spread = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    scale = 100 / (1 + z**2 / total)
    low = np.where(top == 0, 0 * total, scale * (centre - spread))  # the ends are exact where rounding would leave a trace
    high = np.where(top == bottom, 100 + 0 * total, scale * (centre + spread))
    return low, high
