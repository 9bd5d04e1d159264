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
    """Random numbers for ``paths`` futures of ``horizon`` months; futures come in mirrored pairs, which steadies medians."""

    order: np.ndarray
    normal: np.ndarray
    chi_square: np.ndarray
    shifts: np.ndarray


@lru_cache(maxsize=8)
def draw(paths: int, horizon: int, degrees: float, shift_rate: float, seed: int) -> Draws:
    """Random numbers that depend on these five only."""
    rng = np.random.default_rng(seed)
    half = (paths + 1) // 2
    order = (rng.permutation(half) + rng.random(half)) / half
    normal = rng.standard_normal((half, horizon))
    steps = rng.laplace(size=(half, horizon)) * (rng.random((half, horizon)) < shift_rate)
    chi_square = rng.chisquare(degrees, half) / degrees
    return Draws(_twice(order, 1)[:paths], _twice(normal, -1)[:paths], _twice(chi_square, 1)[:paths], _twice(steps, -1)[:paths])


def _twice(values: np.ndarray, sign: int) -> np.ndarray:
    return np.concatenate([values, sign * values])


def mixture_paths(
    weights: np.ndarray, mean: np.ndarray, factor: np.ndarray, scale: np.ndarray, draws: Draws, width: float, shift_size: float
) -> np.ndarray:
    """Paths x horizon on the additive scale, from grid points' weights, means, Cholesky factors and noise scales."""
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), draws.order), len(weights) - 1)
    noise = np.empty_like(draws.normal)
    for point in np.unique(chosen):
        rows = chosen == point
        noise[rows] = draws.normal[rows] @ (factor[point].T * scale[point])
    noise *= width / np.sqrt(draws.chi_square)[:, None]
    noise += np.cumsum(draws.shifts, axis=1) * shift_size
    paths = mean[chosen] + noise
    middle = np.median(paths, axis=0)
    return np.asarray(np.clip(paths, middle - FURTHEST, middle + FURTHEST))
