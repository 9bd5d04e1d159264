"""Small numbers and shares: discounted gamma-Poisson and beta-binomial predictions with exact tails.

The level of a count is a gamma distribution whose past is discounted every month; a month is then negative binomial, exactly. A grid of
discounts and overdispersions is averaged by how well each predicted so far. As for larger numbers (unusual_level), every point stands
twice: after a surprise one twin damps it, the other forgets its past. Shares (numerator of denominator) are the same with a beta level and
beta-binomial months. (West and Harrison 1997, chapter 14; Harvey and Fernandes 1989.)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import betainc, betaln, gammaln

from cfanalysis.signals.unusual.level import DAMPED_BEYOND, SETTLING_MONTHS, SURPRISE, TINY, WEIGHT_DISCOUNT
from cfanalysis.signals.unusual.tails import USUAL_RANGE, Judged, tails_to_z

DISCOUNTS = (0.7, 0.8, 0.9, 0.97)
OVERDISPERSIONS = (1.0, 1.5, 2.5, 4.0, 8.0)
"""Variance of a month over a Poisson's. DfE's referrals show 2 to 2.5 where a month has fewer than 100."""
INTRACLASS = (0.0, 0.003, 0.01, 0.03, 0.1)
"""How much children of one month are alike in the share: 0 is plain binomial."""
FORGETTING = 0.3
"""What the twin that believes a step keeps of its past."""
START = 0.5
"""Events in the vague first level (Jeffreys)."""
LEAST_LIKELY = -20.0
"""A grid point is never put further than this behind the best by one month."""

_POINTS = np.array(list(product(DISCOUNTS, range(len(OVERDISPERSIONS)), (0.0, 1.0))))
_DISCOUNT, _STEPS = _POINTS[:, 0], _POINTS[:, 2] > 0
_DISPERSION = np.array(OVERDISPERSIONS)[_POINTS[:, 1].astype(int)]
_INTRACLASS = np.array(INTRACLASS)[_POINTS[:, 1].astype(int)]


@dataclass(frozen=True)
class Predictions:
    """Months x grid points: mean (of the count, or of the share), the second parameter, the weights.

    ``spread`` is the negative binomial's size, or the beta-binomial's alpha + beta.
    """

    mean: np.ndarray
    spread: np.ndarray
    weight: np.ndarray

    def rows(self, chosen: np.ndarray) -> Predictions:
        """The predictions of some months."""
        return Predictions(self.mean[chosen], self.spread[chosen], self.weight[chosen])


def predict_counts(values: np.ndarray, exposure: np.ndarray, learnt: np.ndarray, breaks: np.ndarray) -> Predictions:
    """Negative binomial one-step predictions of counts."""
    return _pass(values, exposure, learnt, breaks, shares=False)


def predict_shares(numerator: np.ndarray, denominator: np.ndarray, learnt: np.ndarray, breaks: np.ndarray) -> Predictions:
    """Beta-binomial one-step predictions of numerators, given each month's denominator."""
    return _pass(numerator, denominator, learnt, breaks, shares=True)


def _pass(values: np.ndarray, size: np.ndarray, learnt: np.ndarray, breaks: np.ndarray, *, shares: bool) -> Predictions:
    length, points = len(values), len(_DISCOUNT)
    mean, spread, weights = (np.empty((length, points)) for _ in range(3))
    events, trials = np.full(points, START), np.full(points, 2 * START if shares else START / _first_rate(values, size, learnt))
    log_weight, seen = np.zeros(points), 0
    for t in range(length):
        if breaks[t]:
            scale = START / np.maximum(events, START)
            events, trials, seen = events * scale, trials * scale, 0
        mean[t], spread[t] = _share(events, trials) if shares else _count(events, trials, size[t])
        weights[t] = log_weight
        if not learnt[t]:
            continue
        y, n = values[t], size[t]
        trust, kept = np.ones(points), _DISCOUNT
        if seen:
            gain = log_mass(y, n, mean[t], spread[t], shares=shares)
            log_weight = WEIGHT_DISCOUNT * log_weight + np.maximum(gain - gain.max(), LEAST_LIKELY)
        if seen >= SETTLING_MONTHS:
            away = np.abs(y - (n * mean[t] if shares else mean[t])) / np.sqrt(_variance(n, mean[t], spread[t], shares=shares))
            moved = _STEPS & (away > SURPRISE)
            trust = np.where(moved, 1.0, np.minimum(1.0, (DAMPED_BEYOND / np.maximum(away, 1e-9)) ** 2))
            kept = np.where(moved, FORGETTING, kept)
        alike = 1 + _INTRACLASS * max(n - 1, 0) if shares else _DISPERSION
        events, trials = kept * events + trust * y / alike, kept * trials + trust * n / alike
        seen += 1
    weight = np.exp(weights - weights.max(axis=1, keepdims=True))
    return Predictions(mean, spread, weight / weight.sum(axis=1, keepdims=True))


def _first_rate(values: np.ndarray, size: np.ndarray, learnt: np.ndarray) -> float:
    if not learnt.any():
        return START
    first = int(np.argmax(learnt))
    return float(max(values[first], START) / size[first])


def _count(events: np.ndarray, trials: np.ndarray, exposure: float) -> tuple[np.ndarray, np.ndarray]:
    mean = np.maximum(events, 1e-6) / trials * exposure
    excess = mean * (_DISPERSION - 1) + mean**2 / np.maximum(events, 1e-6)
    return mean, mean**2 / excess


def _share(events: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    share = np.clip(events / trials, 1e-6, 1 - 1e-6)
    alike = np.minimum(_INTRACLASS + 1 / (trials + 1), 0.5)
    return share, 1 / alike - 1


def _variance(n: float, mean: np.ndarray, spread: np.ndarray, *, shares: bool) -> np.ndarray:
    if shares:
        return np.asarray(n * mean * (1 - mean) * (1 + (n - 1) / (spread + 1)) + 1e-9)
    return np.asarray(mean + mean**2 / spread)


def log_mass(y: float | np.ndarray, n: float, mean: np.ndarray, spread: np.ndarray, *, shares: bool) -> np.ndarray:
    """Log probability of y: beta-binomial of n for shares, negative binomial for counts."""
    if shares:
        alpha, beta = mean * spread, (1 - mean) * spread
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        return np.asarray(choose + betaln(y + alpha, n - y + beta) - betaln(alpha, beta))
    chance = spread / (spread + mean)
    return np.asarray(gammaln(y + spread) - gammaln(spread) - gammaln(y + 1) + spread * np.log(chance) + y * np.log1p(-chance))


def _count_tails(predictions: Predictions, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(count <= at) and P(count >= at), one of each for every month."""
    chance = predictions.spread / (predictions.spread + predictions.mean)
    lower = betainc(predictions.spread, at[:, None] + 1, chance)
    upper = np.where(at[:, None] > 0, betainc(np.maximum(at, 1)[:, None], predictions.spread, 1 - chance), 1.0)
    return (predictions.weight * lower).sum(axis=1), (predictions.weight * upper).sum(axis=1)


def judge_counts(predictions: Predictions, values: np.ndarray) -> Judged:
    """Every month's count against its prediction."""
    known = np.isfinite(values)
    lower, upper = _count_tails(predictions, np.where(known, np.rint(values), 0.0))
    z, p = tails_to_z(np.log(np.maximum(lower, TINY)), np.log(np.maximum(upper, TINY)))
    edge = (1 - USUAL_RANGE) / 2
    return Judged(
        (predictions.weight * predictions.mean).sum(axis=1),
        _count_quantile(predictions, edge),
        _count_quantile(predictions, 1 - edge),
        np.where(known, z, np.nan),
        np.where(known, p, np.nan),
    )


def _count_quantile(predictions: Predictions, share: float) -> np.ndarray:
    """The least count that holds a share of the predictions at or below it, by bisection on whole numbers."""
    deviation = np.sqrt(predictions.mean + predictions.mean**2 / predictions.spread)
    low, high = np.full(len(deviation), -1.0), np.ceil((predictions.mean + 12 * deviation).max(axis=1)) + 1
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = _count_tails(predictions, np.maximum(middle, 0.0))[0] >= share
        enough &= middle >= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)


def least_fall_z(predictions: Predictions) -> np.ndarray:
    """The z that no events at all would have: where it is not beyond the alert line, a fall cannot be told from chance."""
    lower, upper = _count_tails(predictions, np.zeros(len(predictions.mean)))
    return np.asarray(tails_to_z(np.log(np.maximum(lower, TINY)), np.log(upper))[0])
