"""Judgements made sharper where a series has kept well inside what was foretold for it.

Predictions start from how restless other series are, and whole numbers make exact tails cautious. For shares and for series by quarter,
which have few periods to unlearn that from, each period's z is divided by how far the z of earlier periods spread, where that is less
than it should be. A series is never judged more gently for it.
"""

from __future__ import annotations

import numpy as np

from cfanalysis.signals.unusual_tails import Judged, z_to_p

WORTH = 12.0
"""Periods that spread as they should, which stand beside the earlier ones."""
NARROWEST = 0.7
"""A spread is taken for no less than this."""
CAPPED, CAPPED_MEAN = 4.0, 0.92
"""The square of a z counts up to four, for what is unusual says nothing of the rest; its mean is then 0.92, were z normal."""


def sharpen(judged: Judged, learnt: np.ndarray, *, narrowest: float = NARROWEST) -> Judged:
    """Each period's z and range by the spread of the periods before it."""
    spread = earlier_spread(judged.z, learnt, narrowest)
    z = judged.z / spread
    low = judged.expected - (judged.expected - judged.low) * spread
    high = judged.expected + (judged.high - judged.expected) * spread
    return Judged(judged.expected, low, high, z, z_to_p(z))


def earlier_spread(z: np.ndarray, learnt: np.ndarray, narrowest: float) -> np.ndarray:
    """How far the z of earlier periods spread, no more than 1 and no less than ``narrowest``.

    >>> earlier_spread(np.array([0.1, 0.1, 0.1]), np.array([True] * 3), 0.2).round(2).tolist()
    [1.0, 0.96, 0.93]
    """
    counted = learnt & np.isfinite(z)
    squares = np.where(counted, np.minimum(np.nan_to_num(z) ** 2, CAPPED) / CAPPED_MEAN, 0.0)
    before = WORTH + np.concatenate([[0.0], np.cumsum(squares)[:-1]])
    periods = WORTH + np.concatenate([[0.0], np.cumsum(counted)[:-1]])
    return np.asarray(np.clip(np.sqrt(before / periods), narrowest, 1.0))
