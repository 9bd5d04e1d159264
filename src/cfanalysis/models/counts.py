"""Small counts: the discounted gamma-Poisson model (West & Harrison 1997, ch. 14; Smith 1979), averaged over discount and overdispersion.

The rate per working day and season has a gamma belief that fades by a discount each month and never below what was believed at the
start, so that a run of zeros stays a small rate and not an impossible one. No fitting: a grid, weighed by how well each point foretold
each month from earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammaln

DISCOUNTS = (0.8, 0.9, 0.95, 0.98, 1.0)
DISPERSIONS = (1.0, 1.3, 2.0, 3.5)
"""Variance over what chance alone gives."""

PRIOR_COUNT = 0.5
"""Jeffreys' half a count; also what the belief fades back to."""

LEAST_RATE = 0.05
"""A series of zeros starts from one event in twenty months."""

SMALL, LARGE = 10.0, 30.0
"""Below ``SMALL`` a month the gamma-Poisson alone, above ``LARGE`` the structural core alone, in between a mixture (DESIGN section 5:
about 30)."""

RECENT_DISCOUNT = 0.9


@dataclass(frozen=True)
class GammaPoisson:
    """Beliefs before each month, the one after the last included: grid points x (months + 1)."""

    discounts: np.ndarray
    dispersions: np.ndarray
    shape: np.ndarray
    rate: np.ndarray
    weights: np.ndarray


def learn_counts(values: np.ndarray, learnt: np.ndarray, exposure: np.ndarray, span: int = 1) -> GammaPoisson:
    """Filter a series (one value a period of ``span`` months; periods not ``learnt`` only fade the belief)."""
    faded = np.array(DISCOUNTS) ** span
    discount, dispersion = (axis.ravel() for axis in np.meshgrid(faded, DISPERSIONS, indexing="ij"))
    first = np.flatnonzero(learnt)[: 12 // span]
    start = max(float(values[first].sum() / exposure[first].sum()), LEAST_RATE)
    shape0, rate0 = PRIOR_COUNT, PRIOR_COUNT / start
    shape, rate, score = np.full(len(discount), shape0), np.full(len(discount), rate0), np.zeros(len(discount))
    shapes, rates, scores = [shape], [rate], [score]
    for value, use, days in zip(values, learnt, exposure, strict=True):
        if use:
            score = score + _log_mass(value, shape, rate, dispersion, days)
            shape, rate = shape + value / dispersion, rate + days / dispersion
        shape = discount * shape + (1 - discount) * shape0
        rate = discount * rate + (1 - discount) * rate0
        shapes, rates, scores = [*shapes, shape], [*rates, rate], [*scores, score]
    total = np.array(scores).T
    weights = np.exp(total - total.max(0))
    return GammaPoisson(discount, dispersion, np.array(shapes).T, np.array(rates).T, weights / weights.sum(0))


def _size(mean: np.ndarray, shape: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Size of the negative binomial whose variance is chance x dispersion plus what is not known of the rate."""
    return np.asarray(mean / (dispersion - 1 + mean / shape))


def _log_mass(value: float, shape: np.ndarray, rate: np.ndarray, dispersion: np.ndarray, exposure: float) -> np.ndarray:
    mean = shape / rate * exposure
    size = _size(mean, shape, dispersion)
    chance = gammaln(value + size) - gammaln(size) - gammaln(value + 1)
    return np.asarray(chance + size * np.log(size / (size + mean)) + value * np.log(mean / (size + mean)))


def one_negative_binomial(model: GammaPoisson, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and size of the one negative binomial with the mixture's mean and variance, for each month from earlier months alone."""
    months = slice(0, len(exposure))
    shape, weights = model.shape[:, months], model.weights[:, months]
    means = shape / model.rate[:, months] * exposure
    variances = means * model.dispersions[:, None] + means**2 / shape
    mean = (weights * means).sum(0)
    variance = (weights * (variances + (means - mean) ** 2)).sum(0)
    return mean, mean**2 / np.maximum(variance - mean, 1e-9 * mean)


def cumulative(mean: np.ndarray, size: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Probability that a negative binomial count is at most ``values``."""
    below = betainc(size, np.maximum(np.floor(values), 0.0) + 1, size / (size + mean))
    return np.asarray(np.where(values < 0, 0.0, below))


def count_paths(model: GammaPoisson, exposure: np.ndarray, paths: int, whole: bool, seed: int) -> np.ndarray:
    """Joint futures: a rate drawn from the belief, wandering as the discount says, and counts around it."""
    rng = np.random.default_rng([seed, 1])
    point = np.searchsorted(np.cumsum(model.weights[:, -1])[:-1], rng.permutation(np.arange(paths) + 0.5) / paths)
    shape, rate = model.shape[point, -1], model.rate[point, -1]
    discount, dispersion = model.discounts[point], model.dispersions[point]
    level = rng.gamma(shape) / rate
    firmness = np.where(discount < 1, np.maximum(shape, 1.0) * discount / np.maximum(1 - discount, 1e-12), np.inf)
    steps = rng.gamma(np.minimum(firmness, STEADY)[:, None], size=(paths, len(exposure))) / np.minimum(firmness, STEADY)[:, None]
    mean = np.maximum(level[:, None] * np.cumprod(np.where(discount[:, None] < 1, steps, 1.0), axis=1) * exposure, 1e-9)
    spread = np.maximum(dispersion - 1, 1e-6)[:, None]
    rates = rng.gamma(mean / spread) * spread
    return np.asarray(rng.poisson(np.minimum(rates, 1e15)).astype(float) if whole else rng.gamma(np.maximum(rates, 1e-9)))


STEADY = 1e9


def share_of_small(values: np.ndarray, learnt: np.ndarray, span: int = 1) -> np.ndarray:
    """How much the gamma-Poisson counts for in each period (and after the last), from the discounted mean of earlier ones."""
    discount = RECENT_DISCOUNT**span
    total, weight, share = 0.0, 0.0, []
    for value, use in zip([*values.tolist(), 0.0], [*learnt.tolist(), False], strict=True):
        mean = total / weight if weight else SMALL
        share.append(min(max((LARGE - mean) / (LARGE - SMALL), 0.0), 1.0))
        if use:
            total, weight = discount * total + value, discount * weight + 1
    return np.array(share)


def mix(small: np.ndarray, large: np.ndarray, share: float) -> np.ndarray:
    """Whole paths of both models in the given share, spread evenly, so that nothing jumps where one model takes over."""
    turn = (np.arange(len(large)) * GOLDEN) % 1.0
    return np.where((turn < share)[:, None], small, large)


GOLDEN = 0.6180339887498949
