"""Larger numbers: a level that follows slowly, averaged over a small grid, with a step after every surprise read both ways.

A series on a scale where effects add (logs of counts per working day and season) is a random walk + a part that comes back (or a damped
slope) + noise. Every point of the grid fixes their variances as multiples of the noise's; one pass of the Kalman filter serves all points,
and each predicts the next month as a Student t. Points weigh by how well they predicted so far (as the forecast core does, DESIGN section
5; Harvey 1989; West and Harrison 1997). Two things are added for judging months:

- the noise is discounted, so that a series that has calmed down, or has not, is judged by its recent years;
- every point stands twice in the grid. After a surprise one twin damps it (it was an outlier), the other moves its level (it was a step),
  and next month is judged by both, until the months say which was right.

Prediction of a month uses earlier months only, by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtri, stdtr

from cfanalysis.signals.unusual.tails import USUAL_RANGE, Judged, tails_to_z

SURPRISE = 2.0
"""Beyond this many predictive standard deviations a month is damped by one twin and believed by the other."""
DAMPED_BEYOND = 3.0
"""The damping twin weighs a month by (3 / its z) squared."""
NOISE_DISCOUNT = 0.96
"""What a month's evidence about the noise is worth a month later: a memory of about two years."""
WEIGHT_DISCOUNT = 0.98
"""The same for the evidence for grid points: a memory of about four years."""
NOISE_PRIOR_MONTHS = 8.0
"""The prior on the noise counts for as many months."""
SETTLING_MONTHS = 6
"""Months before any is called a surprise: the level is still being found."""
VAGUE = 1e4
"""Variance of the first level, and of a level after a break, in units of the noise."""


@dataclass(frozen=True)
class Grid:
    """Variances in units of the noise, of the level's walk and of the second part, and the second part's monthly memory."""

    walk: np.ndarray
    second: np.ndarray
    memory: np.ndarray
    steps: np.ndarray
    """Which twin: True moves its level after a surprise."""
    slope: bool
    """The second part is a damped slope of the level, not a departure that comes back."""

    @classmethod
    def of(cls, walks: tuple[float, ...], seconds: tuple[float, ...], memory: float, *, slope: bool) -> Grid:
        """Every combination, twice."""
        points = np.array(list(product(walks, seconds, (0.0, 1.0))))
        return cls(points[:, 0], points[:, 1], np.full(len(points), memory), points[:, 2] > 0, slope)


FLOW = Grid.of((0.0, 0.02, 0.1, 0.3), (0.0, 0.5, 2.0), 0.85, slope=False)
"""Flows: the level wanders little and departures come back (DESIGN section 5: slopes hurt)."""
STOCK = Grid.of((0.3, 3.0, 30.0), (0.0, 0.3, 3.0), 0.9, slope=True)
"""Stocks: the level stays where it was taken and drifts; nothing pulls it back."""
QUARTERLY_FLOW = Grid.of((0.0, 0.06, 0.3, 0.9), (0.0, 0.5, 2.0), 0.6, slope=False)
QUARTERLY_STOCK = Grid.of((0.3, 3.0, 30.0), (0.0, 0.3, 3.0), 0.73, slope=True)
"""The same by quarter: three months' walk, what three months leave of what comes back."""


@dataclass(frozen=True)
class Mixture:
    """One-step predictions, months x grid points: centres, scales and weights; and degrees of freedom by month."""

    centre: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    freedom: np.ndarray

    def lower(self, at: np.ndarray) -> np.ndarray:
        """Probability of a value up to ``at``, one for each month."""
        return np.asarray((self.weight * stdtr(self.freedom[:, None], (at[:, None] - self.centre) / self.scale)).sum(axis=1))

    def quantiles(self, shares: tuple[float, ...]) -> tuple[np.ndarray, ...]:
        """The values below which each share of the predictions lies: the mixture's normal scores at a ladder of values, joined up."""
        mean = (self.weight * self.centre).sum(axis=1)
        spread = np.sqrt((self.weight * (self.scale**2 + (self.centre - mean[:, None]) ** 2)).sum(axis=1))
        rungs = mean[:, None] + spread[:, None] * LADDER
        scores = ndtri(np.stack([self.lower(rung) for rung in rungs.T], axis=1))
        wanted = ndtri(np.asarray(shares))
        found = np.array([np.interp(wanted, score, rung) for score, rung in zip(scores, rungs, strict=True)]).reshape(-1, len(shares))
        return tuple(found.T)

    def rows(self, chosen: np.ndarray) -> Mixture:
        """The predictions of some months."""
        return Mixture(self.centre[chosen], self.scale[chosen], self.weight[chosen], self.freedom[chosen])

    def widened(self, times: np.ndarray) -> Mixture:
        """The predictions of each month, spread so many times wider."""
        return Mixture(self.centre, self.scale * times[:, None], self.weight, self.freedom)


LADDER = np.linspace(-4.0, 4.0, 17)
"""Half a standard deviation apart the normal scores of a mixture are nearly straight: limits hold to about a hundredth."""


def predict(
    values: np.ndarray,
    learnt: np.ndarray,
    breaks: np.ndarray,
    noise: float,
    floor: np.ndarray,
    grid: Grid,
    worth: float = NOISE_PRIOR_MONTHS,
) -> Mixture:
    """One-step predictions of every month from the months before it.

    ``values`` on the additive scale, NaN where missing; ``learnt`` the months learnt from; ``breaks`` the months whose level starts anew;
    ``noise`` the prior variance of a month, worth so many; ``floor`` the least variance a month can have (months long).
    """
    length, points = len(values), len(grid.walk)
    centre, variance, weights = (np.empty((length, points)) for _ in range(3))
    freedom = np.empty(length)
    reach, carry = (0.0, grid.memory) if grid.slope else (1.0, np.zeros(points))
    first = values[learnt][0] if learnt.any() else 0.0
    level, second = np.full(points, first), np.zeros(points)
    p11, p12, p22 = np.full(points, VAGUE), np.zeros(points), grid.second.copy()
    squares, months = np.full(points, worth * noise), worth
    log_weight, seen = np.zeros(points), 0
    for t in range(length):
        level, second = level + carry * second, grid.memory * second
        p11 = p11 + 2 * carry * p12 + carry**2 * p22 + grid.walk
        p12 = grid.memory * (p12 + carry * p22)
        p22 = grid.memory**2 * p22 + grid.second * (1 - grid.memory**2)
        if breaks[t]:
            p11, seen = p11 + VAGUE, 0
        total = p11 + 2 * reach * p12 + reach**2 * p22 + 1
        unit = squares / months
        centre[t], variance[t], freedom[t] = level + reach * second, np.maximum(total * unit, floor[t]), months
        weights[t] = log_weight
        if not learnt[t]:
            continue
        error = values[t] - centre[t]
        size = np.abs(error) / np.sqrt(variance[t])
        trust = np.ones(points)
        if seen:
            gain = -0.5 * np.log(variance[t]) - (months + 1) / 2 * np.log1p(size**2 / months)
            log_weight = WEIGHT_DISCOUNT * log_weight + gain - gain.max()
            damped = np.minimum(1.0, (DAMPED_BEYOND / np.maximum(size, 1e-9)) ** 2) if seen >= SETTLING_MONTHS else trust
            squares = NOISE_DISCOUNT * squares + damped * error**2 / total
            months = NOISE_DISCOUNT * months + 1
            if seen >= SETTLING_MONTHS:
                moved = grid.steps & (size > SURPRISE)
                p11 = np.where(moved, p11 + total * size**2 / 2, p11)
                total = p11 + 2 * reach * p12 + reach**2 * p22 + 1
                trust = np.where(moved, 1.0, damped)
        c1, c2 = p11 + reach * p12, p12 + reach * p22
        k1, k2 = c1 * trust / total, c2 * trust / total
        level, second = level + k1 * error, second + k2 * error
        p11, p12, p22 = p11 - k1 * c1, p12 - k1 * c2, p22 - k2 * c2
        seen += 1
    weight = np.exp(weights - weights.max(axis=1, keepdims=True))
    return Mixture(centre, np.sqrt(variance), weight / weight.sum(axis=1, keepdims=True), freedom)


def judge(mixture: Mixture, values: np.ndarray) -> Judged:
    """Every month against its prediction, on the additive scale."""
    known = np.isfinite(values)
    at = np.where(known, values, 0.0)
    lower = mixture.lower(at)
    mirrored = Mixture(-mixture.centre, mixture.scale, mixture.weight, mixture.freedom)
    with np.errstate(divide="ignore"):
        z, p = tails_to_z(np.log(np.maximum(lower, TINY)), np.log(np.maximum(mirrored.lower(-at), TINY)))
    z, p = np.where(known, z, np.nan), np.where(known, p, np.nan)
    edge = (1 - USUAL_RANGE) / 2
    expected, low, high = mixture.quantiles((0.5, edge, 1 - edge))
    return Judged(expected, low, high, z, p)


TINY = 1e-300
