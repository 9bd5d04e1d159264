"""Control limits of proportions and rates about one centre, exact for small numbers, with overdispersion.

Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202: interpolated exact limits, winsorised z-scores, multiplicative and
additive overdispersion. The additive kind is carried into the exact limits as a beta-binomial or gamma-Poisson count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from cfanalysis.signals.unusual.count_quantiles import FUZZ, count_cdf, count_quantile

Kind = Literal["proportion", "rate"]
Overdispersion = Literal["additive", "multiplicative", "none"]

WINSORISED = 0.1
"""The lowest and highest tenth of z-scores are pulled in, so that real outliers do not widen the limits (Spiegelhalter 2005)."""

UNITS_NEEDED = 5
"""Fewer units than this say nothing about how much units differ."""

EXACT_UP_TO = 5000
"""Above this denominator a proportion takes a beta distribution of the same mean and variance: steps between counts no longer show."""

HARDLY_ANY = 1e7
"""A beta-binomial whose beta is this concentrated is a binomial."""


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


def limits_at(chances: Sequence[float], n: np.ndarray, centre: float, kind: Kind, spread: Spread) -> np.ndarray:
    """The values that units of size ``n`` stay below with these chances: units x chances, as a share or as events a head."""
    if kind == "rate":
        phi = 1 + n * spread.tau**2 / centre if centre > 0 else np.ones_like(n)
        limit = np.column_stack([_count_limit(p, centre * n, phi) / n for p in chances])
    else:
        p = np.asarray(chances)
        limit = np.array([_share_limits(p, size, centre, spread.tau) for size in n]).reshape(len(n), len(p))
    if spread.kind == "multiplicative":
        limit = centre + np.sqrt(max(spread.phi, 1)) * (limit - centre)
    return np.asarray(np.clip(limit, 0, 1 if kind == "proportion" else None))


def _count_limit(p: float, mean: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Quantiles of counts, moved back between two counts as far as the chance of the upper one overshoots."""
    count = count_quantile(p, mean, phi)
    reached, before = count_cdf(count, mean, phi), count_cdf(count - 1, mean, phi)
    return np.asarray(count - (reached - p) / (reached - before))


def _share_limits(p: np.ndarray, n: float, centre: float, tau: float) -> np.ndarray:
    """The same for shares of n: binomial, beta-binomial with a spread, or beta where n is large."""
    if not 0 < centre < 1:
        return np.full(len(p), centre)
    variance = centre * (1 - centre)
    if n > EXACT_UP_TO or n != int(n) or tau**2 >= variance:
        total = max(variance / (variance / n + tau**2) - 1, 1 / HARDLY_ANY)
        return np.asarray(special.betaincinv(centre * total, (1 - centre) * total, p))
    chance = _share_chances(int(n), centre, variance / tau**2 - 1 if tau > 0 else np.inf)
    below = np.cumsum(chance)
    count = np.minimum(np.searchsorted(below, p * (1 - FUZZ)), int(n))
    return np.asarray((count - (below[count] - p) / chance[count]) / n)


def _share_chances(n: int, centre: float, total: float) -> np.ndarray:
    """The chance of each count from 0 to n; ``total`` is how concentrated the true shares are (a + b of their beta distribution)."""
    counts = np.arange(n + 1.0)
    ways = -special.betaln(n - counts + 1, counts + 1) - np.log(n + 1)
    if total > HARDLY_ANY:
        return np.asarray(np.exp(ways + counts * np.log(centre) + (n - counts) * np.log1p(-centre)))
    a, b = centre * total, (1 - centre) * total
    return np.asarray(np.exp(ways + special.betaln(counts + a, n - counts + b) - special.betaln(a, b)))
