"""Shares against their beta-binomial predictions: exact sums for small denominators, the beta distribution for large ones."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaincc

from cfanalysis.signals.unusual.level import TINY
from cfanalysis.signals.unusual.small import Predictions, log_mass
from cfanalysis.signals.unusual.tails import USUAL_RANGE, Judged, tails_to_z

EXACT_UP_TO = 60
"""Denominators up to which beta-binomial sums are exact; above, the beta distribution with the same mean and variance stands in."""
NEGLIGIBLE = 1e-4
"""Grid points that count for less are left out of exact sums."""

EDGE = (1 - USUAL_RANGE) / 2


def judge_shares(predictions: Predictions, numerator: np.ndarray, denominator: np.ndarray) -> Judged:
    """Every month's share against its prediction; expected number and range are in percent."""
    judged = Judged.blank(len(numerator))
    large = denominator > EXACT_UP_TO
    for t in np.flatnonzero((denominator > 0) & ~large):
        row = np.array([t])
        judged.put(row, _judge_exactly(predictions.rows(row), numerator[t], int(denominator[t])))
    if large.any():
        judged.put(large, _judge_closely(predictions.rows(large), numerator[large], np.floor(denominator[large])))
    return judged


def _judge_exactly(one: Predictions, y: float, n: int) -> Judged:
    chosen = one.weight[0] > NEGLIGIBLE
    mean, spread, weight = one.mean[0, chosen], one.spread[0, chosen], one.weight[0, chosen] / one.weight[0, chosen].sum()
    masses = np.exp(log_mass(np.arange(n + 1.0)[:, None], n, mean, spread, shares=True)) @ weight
    below = np.minimum(np.cumsum(masses), 1.0)
    at = int(y) if np.isfinite(y) else 0
    z, p = _tails(masses[: at + 1].sum(keepdims=True), masses[at:].sum(keepdims=True), np.array([y]))
    low, high = (np.array([100 * np.argmax(below >= min(share, below[-1])) / n]) for share in (EDGE, 1 - EDGE))
    return Judged(np.array([100 * float(weight @ mean)]), low, high, z, p)


def _judge_closely(some: Predictions, y: np.ndarray, n: np.ndarray) -> Judged:
    at = np.where(np.isfinite(y), y, 0.0)
    z, p = _tails(_up_to(some, at, n), _from(some, at, n), y)
    low, high = (100 * _quantile(some, share, n) / n for share in (EDGE, 1 - EDGE))
    return Judged(100 * (some.weight * some.mean).sum(axis=1), low, high, z, p)


def _tails(lower: np.ndarray, upper: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    z, p = tails_to_z(*(np.log(np.clip(tail, TINY, 1.0)) for tail in (lower, upper)))
    known = np.isfinite(y)
    return np.where(known, z, np.nan), np.where(known, p, np.nan)


def _shape(some: Predictions, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alpha and beta of the beta distribution with the mean and variance of y / n, which is p(1-p)(1 + (n-1) alike) / n."""
    total = n[:, None] / (1 + (n[:, None] - 1) / (some.spread + 1)) - 1
    return some.mean * total, (1 - some.mean) * total


def _up_to(some: Predictions, y: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Probability of at most y of n."""
    edge = np.clip((y + 0.5) / n, 0, 1)[:, None]
    return np.asarray((some.weight * betainc(*_shape(some, n), edge)).sum(axis=1))


def _from(some: Predictions, y: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Probability of at least y of n."""
    edge = np.clip((y - 0.5) / n, 0, 1)[:, None]
    return np.asarray((some.weight * betaincc(*_shape(some, n), edge)).sum(axis=1))


def _quantile(some: Predictions, share: float, n: np.ndarray) -> np.ndarray:
    """The least number of n that holds a share of the predictions at or below it, by bisection on whole numbers."""
    low, high = np.full(len(n), -1.0), n.copy()
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = (_up_to(some, middle, n) >= share) & (middle >= 0)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)
