"""Joint paths from the mixture. The same draws serve every series, so that an authority's forecast never depends on its neighbours'
order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

FURTHEST = 6.0
"""Paths stay within a factor of e^6 (about 400) of the median: nothing becomes infinite."""


@dataclass(frozen=True)
class Draws:
    """Random numbers for ``paths`` futures of ``horizon`` months; futures come in mirrored pairs, which steadies medians: half are kept."""

    paths: int
    order: np.ndarray
    """Spread evenly over 0 to 1: which grid point a future comes from."""
    student: np.ndarray
    """Multivariate t, one row a future."""
    shifts: np.ndarray
    """Sums of level shifts of unit size."""


@lru_cache(maxsize=8)
def draw(paths: int, horizon: int, degrees: float, shift_rate: float, seed: int, span: int = 1) -> Draws:
    """Random numbers that depend on these six only. Shifts come by month: of quarters (``span`` of 3) the mean of their months."""
    rng = np.random.default_rng(seed)
    half = (paths + 1) // 2
    order = (np.arange(half) + rng.random(half)) / half
    normal = rng.standard_normal((half, horizon))
    shape = half, horizon * span
    shifts = np.cumsum(rng.laplace(size=shape) * (rng.random(shape) < shift_rate), axis=1)
    shifts = shifts.reshape(half, horizon, span).mean(axis=2) if span > 1 else shifts
    return Draws(paths, order, normal / np.sqrt(rng.chisquare(degrees, half) / degrees)[:, None], shifts)


def mixture_paths(
    weights: np.ndarray, mean: np.ndarray, factor: np.ndarray, scale: np.ndarray, draws: Draws, width: float, shift_size: float
) -> np.ndarray:
    """Paths x horizon on the additive scale, from grid points' weights, means, Cholesky factors and noise scales."""
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), draws.order), len(weights) - 1)
    scaled = draws.student * (width * scale[chosen])[:, None]
    away = np.matmul(factor[chosen], scaled[:, :, None])[:, :, 0] + draws.shifts * shift_size
    middle = weights @ mean
    apart = mean[chosen] - middle
    mirrored = np.concatenate([apart + away, apart - away])[: draws.paths]
    return np.asarray(middle + np.clip(mirrored, -FURTHEST, FURTHEST))
