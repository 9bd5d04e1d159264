"""Exact quantiles and tails of counts: Poisson, or negative binomial where the variance is phi times the mean."""

from __future__ import annotations

import numpy as np
from scipy import special

FUZZ = 8 * np.finfo(float).eps
"""A quantile's probability is lowered by so much: rounding must not skip a count whose probability is reached exactly (R does the same)."""

WHOLE = 1e-7
"""A count this close below a whole number is that number."""


def count_cdf(x: np.ndarray, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """P(count <= x) of a count with this mean and variance phi x mean; phi of 1 or less is Poisson.

    >>> count_cdf(np.array([0.0]), np.array([2.0]), np.array([1.0])).round(4).tolist()  # exp(-2)
    [0.1353]
    """
    x, mean, phi = np.broadcast_arrays(np.asarray(x, dtype=float), mean, phi)
    whole = np.floor(x + WHOLE)
    over = phi > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(over, mean / np.where(over, phi - 1, 1), 1.0)
        negative_binomial = special.betainc(size, whole + 1, 1 / np.where(over, phi, 2.0))
        poisson = special.gammaincc(whole + 1, mean)
    found = np.where(over & (size > 0), negative_binomial, poisson)
    return np.where(whole < 0, 0.0, np.where(mean == 0, 1.0, found))


def count_tail(x: np.ndarray, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """P(count >= x), small tails kept to full relative accuracy.

    >>> count_tail(np.array([1.0]), np.array([2.0]), np.array([1.0])).round(4).tolist()  # 1 - exp(-2)
    [0.8647]
    """
    x, mean, phi = np.broadcast_arrays(np.asarray(x, dtype=float), mean, phi)
    least = np.ceil(x - WHOLE)
    over = phi > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(over, mean / np.where(over, phi - 1, 1), 1.0)
        negative_binomial = special.betainc(least, size, 1 - 1 / np.where(over, phi, 2.0))
        poisson = special.gammainc(least, mean)
    found = np.where(over & (size > 0), negative_binomial, poisson)
    return np.where(least <= 0, 1.0, np.where(mean == 0, 0.0, found))


def count_quantile(p: float, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """The smallest count with P(count <= it) of at least p; NaN where the mean is not a finite number.

    >>> count_quantile(0.995, np.array([2.0, 10.0]), np.array([1.0, 2.0])).tolist()
    [6.0, 24.0]
    """
    mean, phi = np.broadcast_arrays(np.asarray(mean, dtype=float), phi)
    known = np.isfinite(mean) & np.isfinite(phi) & (mean >= 0)
    m, f = np.where(known, mean, 0.0), np.where(known, phi, 1.0)
    wanted = p * (1 - FUZZ)
    low = np.full(m.shape, -1.0)
    high = np.ceil(m + 4 * np.sqrt(m) * np.sqrt(np.maximum(f, 1))) + 1
    short = count_cdf(high, m, f) < wanted
    while short.any():
        with np.errstate(over="ignore"):
            low, high = np.where(short, high, low), np.where(short, 2 * high, high)
        short = np.isfinite(high) & (count_cdf(high, m, f) < wanted)
    middle = np.floor(low / 2 + high / 2)
    while ((low < middle) & (middle < high)).any():  # beyond 2^53 neighbouring floats are further apart than counts
        reached = count_cdf(middle, m, f) >= wanted
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        middle = np.floor(low / 2 + high / 2)
    return np.where(known, high, np.nan)
