"""Judgements made sharper where a series has kept well inside what was foretold for it.

Predictions start from how restless other series are, and whole numbers make exact tails cautious. For shares and counts each period's z
is divided by how far the z of earlier periods spread, where that is less than it should be. A series is never judged more gently for it.
Of counts only those are sharpened that have strayed hardly more than chance: DfE's referrals stray more, and what is said of them stays.
"""

from __future__ import annotations

import numpy as np

from cfanalysis.signals.unusual.tails import Judged, z_to_p

WORTH = 16.0
"""Periods that spread as they should, which stand beside the earlier ones."""
COUNTS_WORTH, QUARTERLY_COUNTS_WORTH = 24.0, 6.0
"""The same for counts: the noise of larger ones is learnt along the way, of quarters there are few."""
NARROWEST = 0.65
"""A spread is taken for no less than this."""
BY_CHANCE, BEYOND_CHANCE = 1.2, 1.6
"""Variance of earlier counts over their mean: up to the first they are sharpened, from the second on they are not."""
DISPERSION_START, DISPERSION_WORTH = 1.3, 12.0
DISPERSION_CAP = 9.0
"""One count adds no more than three standard deviations' worth to what is known of straying."""
CAPPED, CAPPED_MEAN = 4.0, 0.92
"""The square of a z counts up to four, for what is unusual says nothing of the rest; its mean is then 0.92, were z normal."""


def sharpen(judged: Judged, learnt: np.ndarray) -> Judged:
    """Each period's z and range by the spread of the periods before it."""
    return _narrow(judged, earlier_spread(judged.z, learnt, NARROWEST, WORTH))


def sharpen_counts(judged: Judged, figures: np.ndarray, learnt: np.ndarray, worth: float) -> Judged:
    """The same for counts, as far as those before strayed hardly more than chance."""
    spread = earlier_spread(judged.z, learnt, NARROWEST, worth)
    part = (BEYOND_CHANCE - _earlier_dispersion(judged, figures, learnt)) / (BEYOND_CHANCE - BY_CHANCE)
    return _narrow(judged, 1 - np.clip(part, 0.0, 1.0) * (1 - spread))


def _narrow(judged: Judged, spread: np.ndarray) -> Judged:
    z = judged.z / spread
    low = judged.expected - (judged.expected - judged.low) * spread
    high = judged.expected + (judged.high - judged.expected) * spread
    return Judged(judged.expected, low, high, z, z_to_p(z))


def _earlier_dispersion(judged: Judged, figures: np.ndarray, learnt: np.ndarray) -> np.ndarray:
    """The variance of earlier counts about what was foretold, over the mean: 1 where only chance is at work."""
    expected = np.maximum(judged.expected, 0.5)
    squares = np.minimum((figures - judged.expected) ** 2 / expected, DISPERSION_CAP)
    return _running(squares, learnt & np.isfinite(squares), DISPERSION_WORTH, DISPERSION_START)


def _running(values: np.ndarray, counted: np.ndarray, worth: float, start: float) -> np.ndarray:
    """The mean of earlier values, beside so many at a start."""
    total = worth * start + np.concatenate([[0.0], np.cumsum(np.where(counted, values, 0.0))[:-1]])
    return np.asarray(total / (worth + np.concatenate([[0.0], np.cumsum(counted)[:-1]])))


def earlier_spread(z: np.ndarray, learnt: np.ndarray, narrowest: float, worth: float) -> np.ndarray:
    """How far the z of earlier periods spread, no more than 1 and no less than ``narrowest``.

    >>> earlier_spread(np.array([0.1, 0.1, 0.1]), np.array([True] * 3), 0.2, 12).round(2).tolist()
    [1.0, 0.96, 0.93]
    """
    counted = learnt & np.isfinite(z)
    squares = np.minimum(np.nan_to_num(z) ** 2, CAPPED) / CAPPED_MEAN
    return np.asarray(np.clip(np.sqrt(_running(squares, counted, worth, 1.0)), narrowest, 1.0))
