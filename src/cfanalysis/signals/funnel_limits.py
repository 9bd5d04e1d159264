"""Control limits of proportions and rates about one centre, exact for small numbers, with overdispersion.

Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202: interpolated exact limits, winsorised z-scores, multiplicative and
additive overdispersion. The additive kind is carried into the exact limits as a beta-binomial or gamma-Poisson count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from cfanalysis.signals.count_quantiles import count_cdf, count_quantile

Kind = Literal["proportion", "rate"]
Overdispersion = Literal["additive", "multiplicative", "none"]

WINSORISED = 0.1
"""The lowest and highest tenth of z-scores are pulled in, so that real outliers do not widen the limits (Spiegelhalter 2005)."""

UNITS_NEEDED = 5
"""Fewer units than this say nothing about how much units differ."""

EXACT_UP_TO = 5000
MANY = 200
"""A proportion takes normal limits where the denominator is above the first and the rarer outcome is expected more often than the second."""


@dataclass(frozen=True)
class Spread:
    """How much units differ beyond chance: ``phi`` (ratio of variances, at least 1 when used) and ``tau`` (sd of true values)."""

    phi: float
    tau: float
    kind: Overdispersion


def chance_variance(n: np.ndarray, centre: float, kind: Kind) -> np.ndarray:
    """Variance of a unit's value about the centre by chance alone."""
    return np.asarray(centre * (1 - centre) / n if kind == "proportion" else centre / n)


def spread_of(values: np.ndarray, variance: np.ndarray, centre: float, kind: Overdispersion) -> Spread:
    """Overdispersion of units about the centre, from winsorised z-scores.

    >>> spread_of(np.array([0.5, 0.5, 0.5, 0.5, 0.5]), np.full(5, 0.01), 0.5, "additive")
    Spread(phi=0.0, tau=0.0, kind='additive')
    """
    units = len(values)
    if units < UNITS_NEEDED or (variance <= 0).any():
        return Spread(float("nan"), 0.0, "none")
    z = (values - centre) / np.sqrt(variance)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    weight = 1 / variance
    room = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = max(units * phi - (units - 1), 0) / room
    return Spread(phi, float(np.sqrt(tau2)) if kind == "additive" else 0.0, kind)


def limits_at(p: float, n: np.ndarray, centre: float, kind: Kind, spread: Spread) -> np.ndarray:
    """The value that a unit of size ``n`` stays below with probability p, on the scale of the centre (a share, or events a head)."""
    if kind == "rate":
        mean = centre * n
        phi = 1 + n * spread.tau**2 / centre if centre > 0 else np.ones_like(mean)
        limit = _interpolated(p, mean, phi) / n
    else:
        limit = np.array([_share_limit(p, size, centre, spread.tau) for size in n])
    if spread.kind == "multiplicative":
        limit = centre + np.sqrt(max(spread.phi, 1)) * (limit - centre)
    return np.asarray(np.clip(limit, 0, 1 if kind == "proportion" else None))


def _interpolated(p: float, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Quantiles of counts, moved back between two counts as far as the probability at the upper one overshoots."""
    count = count_quantile(p, mean, phi)
    reached, before = count_cdf(count, mean, phi), count_cdf(count - 1, mean, phi)
    return np.asarray(count - (reached - p) / (reached - before))


def _share_limit(p: float, n: float, centre: float, tau: float) -> float:
    """The same for one share of n: binomial, beta-binomial with a spread, or normal where n is large."""
    if not 0 < centre < 1:
        return centre
    variance = centre * (1 - centre)
    large = n > EXACT_UP_TO and n * min(centre, 1 - centre) > MANY
    if large or n != int(n) or tau**2 >= variance:
        return float(centre + special.ndtri(p) * np.sqrt(variance / n + tau**2))
    counts = np.arange(int(n) + 1.0)
    ways = -special.betaln(n - counts + 1, counts + 1) - np.log(n + 1)
    if tau > 0:
        total = variance / tau**2 - 1
        a, b = centre * total, (1 - centre) * total
        log_chance = ways + special.betaln(counts + a, n - counts + b) - special.betaln(a, b)
    else:
        log_chance = ways + counts * np.log(centre) + (n - counts) * np.log1p(-centre)
    chance = np.exp(log_chance)
    below = np.cumsum(chance)
    count = min(int(np.searchsorted(below, p * (1 - 1e-12))), int(n))
    return float((count - (below[count] - p) / chance[count]) / n)
