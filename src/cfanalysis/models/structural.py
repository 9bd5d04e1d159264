"""The forecast core: a structural model in closed form, averaged over a grid (DESIGN section 5, Harvey 1989; Roberts et al. 2013).

On a scale where effects add (logs), a series is a constant + a random walk + a mean-reverting part + slopes that fade + a season of its
own + noise, all Gaussian, every variance a multiple of one unit. For one point of the grid the unit is integrated out (inverse
gamma), so that likelihood and predictions are multivariate t. The matrices depend on the months alone: one factorisation serves every
series with the same missing months. Row t of a Cholesky factor depends on rows up to t only, which is why nothing here can look ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtri

from cfanalysis.models.prior import NOISE_SHAPE, Point, Prior

VAGUE = 1e6
"""Variance of the constant, in units of a point: the data alone place the level."""

EVENT_VARIANCE = 100.0
"""Variance of a dated step or pulse: ten times what a month is apart by chance, either way."""

MOMENTUM_MEMORY, TREND_MEMORY = 0.9, 0.99
"""What is left of a slope a month later: of one from a push that wears off (a stock whose starts rise settles at a new level as fast as
it turns over), and of one that goes on for years."""


@dataclass(frozen=True)
class Design:
    """Which periods there are: rows learnt from, rows judged but not learnt from, periods ahead, columns of dated events.

    A period is a month, or a quarter (``span`` of 3): the model is that of the months, seen by their mean over a quarter
    or, where ``ends``, by the last of them (of a stock). Events are dated by month.
    """

    first_month: int
    """Calendar month of the first row, 1 to 12."""
    length: int
    learnt: tuple[int, ...]
    judged: tuple[int, ...] = ()
    horizon: int = 0
    events: tuple[tuple[int, str], ...] = ()
    span: int = 1
    ends: bool = False

    def months(self, rows: np.ndarray) -> np.ndarray:
        """The months of periods, counted from the first month."""
        if self.ends:
            return np.asarray(rows * self.span + self.span - 1)
        return np.asarray((rows[:, None] * self.span + np.arange(self.span)).ravel())

    def mean(self, by_month: np.ndarray, axis: int) -> np.ndarray:
        """What is laid out by month along an axis, as the periods show it."""
        if self.span == 1 or self.ends:
            return by_month
        shape = [*by_month.shape[:axis], -1, self.span, *by_month.shape[axis + 1 :]]
        return np.asarray(by_month.reshape(shape).mean(axis=axis + 1))


@dataclass(frozen=True)
class Factor:
    """A design worked out for every grid point (first axis)."""

    whiten: np.ndarray
    """Inverse Cholesky factors of the months learnt from, so that innovations are ``whiten @ z``."""
    log_scale: np.ndarray
    """Logs of the one-step standard deviations, in units of a point."""
    ahead: np.ndarray
    """Months ahead x months learnt from: the conditional mean is ``ahead @ z``."""
    ahead_factor: np.ndarray
    """Cholesky factors of the months ahead given the months learnt from."""
    judged: np.ndarray
    """As ``ahead`` but in innovations, for months judged: each from earlier months alone."""
    judged_scale: np.ndarray
    season: np.ndarray
    """12 calendar months x months learnt from: mean of the own season is ``season @ z``."""
    season_scale: np.ndarray


SEASON_MEMORY = 0.99
"""What a month's own season keeps of itself a year later: seasons drift, and long series show it. Of 0.97, 0.99 and 1 the middle one
does as well as either on hospital counts, M3 and referrals, and best on long stocks."""


@lru_cache(maxsize=8)
def factorise(design: Design, points: tuple[Point, ...]) -> Factor:
    """Work out a design for each grid point. The last few are kept: one authority's indicators mostly share their months."""
    rows = np.array([*design.learnt, *design.judged, *range(design.length, design.length + design.horizon)])
    parts = make_parts(design, rows, frozenset(point.memory for point in points))
    season_rows = _season_cross(design, rows[: len(design.learnt)])
    earlier = np.less.outer(np.array(design.learnt), np.array(design.judged, dtype=int))
    first = _factorise_point(points[0], parts, season_rows, earlier, design)
    worked = tuple(np.empty((len(points), *part.shape)) for part in first)
    for place, point in enumerate(points):
        of_point = _factorise_point(point, parts, season_rows, earlier, design) if place else first
        for held, part in zip(worked, of_point, strict=True):
            held[place] = part
    return Factor(*worked)


@dataclass(frozen=True)
class Parts:
    """Covariances of each component between the rows, one unit of variance each."""

    fixed: np.ndarray
    noise: np.ndarray
    walk: np.ndarray
    reverting: dict[float, np.ndarray]
    """By memory from month to month."""
    momentum: np.ndarray
    trend: np.ndarray
    season: np.ndarray


def make_parts(design: Design, rows: np.ndarray, memories: frozenset[float]) -> Parts:
    """The components between the rows of a design."""
    parts = _parts_by_month(design, design.months(rows), memories)
    if design.span == 1:
        return parts

    def seen(part: np.ndarray) -> np.ndarray:
        return design.mean(design.mean(part, 0), 1)

    reverting = {memory: seen(part) for memory, part in parts.reverting.items()}
    fixed, noise, walk, momentum, trend, season = (
        seen(part) for part in (parts.fixed, parts.noise, parts.walk, parts.momentum, parts.trend, parts.season)
    )
    return Parts(fixed, noise, walk, reverting, momentum, trend, season)


def _parts_by_month(design: Design, rows: np.ndarray, memories: frozenset[float]) -> Parts:
    t = rows.astype(float)
    fixed = np.full((len(t), len(t)), VAGUE)
    for at, kind in design.events:
        column = (rows >= at) if kind == "step" else (rows == at)
        fixed += EVENT_VARIANCE * np.outer(column, column)
    walk = np.minimum.outer(t, t)
    gap = np.abs(np.subtract.outer(rows, rows))
    reverting = {memory: (memory ** np.arange(gap.max() + 1))[gap] for memory in memories if memory}
    calendar = (design.first_month - 1 + rows) % 12
    own = ((calendar[:, None] == calendar[None, :]) - 1 / 12) * SEASON_MEMORY ** (gap / 12)
    return Parts(fixed, np.eye(len(t)), walk, reverting, _slope(rows, MOMENTUM_MEMORY), _slope(rows, TREND_MEMORY), own)


def _slope(rows: np.ndarray, memory: float) -> np.ndarray:
    """Covariance of the sum of a slope that fades and is pushed about each month by a unit variance; it was so before the first month."""
    n = int(rows.max()) + 1
    gap = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    slope = memory**gap / (1 - memory**2)
    summed = np.zeros((n + 1, n + 1))
    summed[1:, 1:] = slope.cumsum(0).cumsum(1)
    return np.asarray(summed[np.ix_(rows, rows)])


def _season_cross(design: Design, rows: np.ndarray) -> np.ndarray:
    """Covariance of the season as it stands after the last period (12 calendar months, or 4 quarters) with the periods learnt from."""
    months = design.months(rows)
    calendar = (design.first_month - 1 + months) % 12
    faded = SEASON_MEMORY ** ((design.length * design.span - months) / 12)
    by_month = ((np.arange(12)[:, None] == calendar[None, :]) - 1 / 12) * faded
    return design.mean(_calendar_periods(design, by_month), 1)


def _calendar_periods(design: Design, by_month: np.ndarray) -> np.ndarray:
    """Rows by calendar month, January first, as rows by calendar month or quarter."""
    return design.mean(by_month[design.span - 1 :: design.span] if design.ends else by_month, 0)


def _season_variance(design: Design) -> float:
    """Variance of one period's own season, in units of a month's: 11/12, of a quarter's mean 1/4."""
    return 11 / 12 if design.span == 1 or design.ends else 1 / design.span - 1 / 12


def covariance(point: Point, parts: Parts) -> np.ndarray:
    """The covariance between rows at one grid point."""
    total = parts.fixed + point.noise * parts.noise + point.walk * parts.walk
    if point.own:
        total += point.own * parts.season
    if point.reverting:
        total += point.reverting * parts.reverting[point.memory]
    if point.momentum:
        total += point.momentum * parts.momentum
    if point.trend:
        total += point.trend * parts.trend
    return np.asarray(total)


def _factorise_point(point: Point, parts: Parts, season_cross: np.ndarray, earlier: np.ndarray, design: Design) -> tuple[np.ndarray, ...]:
    """``earlier``: which months learnt from (rows) come before which months judged."""
    n, q = len(design.learnt), len(design.judged)
    total = covariance(point, parts)
    lower, bad = dpotrf(total[:n, :n], lower=1, clean=1)
    if bad:
        raise np.linalg.LinAlgError(f"the covariance at grid point {point} is not positive definite")
    whiten, _ = dtrtri(lower, lower=1)
    cross = whiten @ total[:n, n + q :]
    left = total[n + q :, n + q :] - cross.T @ cross
    ahead_factor = np.linalg.cholesky(left) if len(left) else left
    judged = np.where(earlier, whiten @ total[:n, n : n + q], 0.0).T
    judged_scale = np.sqrt(np.diag(total)[n : n + q] - (judged**2).sum(1))
    season = whiten @ (point.own * season_cross).T
    season_scale = np.sqrt(np.maximum(point.own * _season_variance(design) - (season**2).sum(0), 0.0))
    return whiten, np.log(np.diag(lower)), cross.T @ whiten, ahead_factor, judged, judged_scale, season.T @ whiten, season_scale


@dataclass(frozen=True)
class Posterior:
    """What is left to believe of one or more series (last axis) at each grid point (first axis)."""

    weights: np.ndarray
    log_likelihood: np.ndarray
    scale: np.ndarray
    """Noise standard deviation of the t distributions."""
    degrees: float
    centre: np.ndarray
    """What was taken off each series before."""


def learn(factor: Factor, z: np.ndarray, prior: Prior, noise_sd: np.ndarray) -> Posterior:
    """Weigh the grid points by the marginal likelihood of ``z`` (months learnt from x series)."""
    blocks = [((factor.whiten[:, 1:] @ block) ** 2).sum(1) for block in _blocks(z - z[0])]
    squares = np.concatenate(blocks, axis=1)
    n = len(z) - 1
    rate = NOISE_SHAPE * noise_sd**2 + squares / 2
    shape = NOISE_SHAPE + n / 2
    likelihood = -factor.log_scale[:, 1:].sum(1)[:, None] - shape * np.log(rate)
    return Posterior(weigh(likelihood, prior), likelihood, np.sqrt(rate / shape), 2 * shape, z[0])


def _blocks(z: np.ndarray) -> list[np.ndarray]:
    """A few series at a time: memory stays small however many there are, and products stay too small for BLAS to share out among threads,
    which costs twice the processor time and saves none."""
    return [z[:, start : start + BLOCK] for start in range(0, z.shape[1], BLOCK)]


BLOCK = 16


def weigh(log_likelihood: np.ndarray, prior: Prior) -> np.ndarray:
    """Weights of the grid points (first axis), adding up to 1."""
    score = prior.trust * log_likelihood + prior.log_weights[:, None]
    weights = np.exp(score - score.max(0))
    return np.asarray(weights / weights.sum(0))


@dataclass(frozen=True)
class Sequential:
    """One-step-ahead mixtures of t for a single series: grid points x months."""

    weights: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    degrees: np.ndarray


def learn_in_turn(factor: Factor, design: Design, z: np.ndarray, prior: Prior, noise_sd: float, season_opens: int = 0) -> Sequential:
    """The mixture for each month of the design (learnt, then judged) from earlier months alone, for all months at once.

    Grid points with an own season count from ``season_opens`` known months on.
    """
    centred = z - z[0]
    innovations = factor.whiten @ centred
    innovations[:, 0] = 0.0
    squares = np.cumsum(innovations**2, axis=1)
    squares = np.concatenate([np.zeros((len(squares), 1)), squares], axis=1)  # column t: months before t
    count = np.maximum(np.arange(len(z) + 1) - 1, 0)
    shape = NOISE_SHAPE + count / 2
    rate = NOISE_SHAPE * noise_sd**2 + squares / 2
    spread = np.exp(factor.log_scale)
    logs = np.concatenate([np.zeros((len(spread), 1)), np.cumsum(np.where(np.arange(len(z)) > 0, factor.log_scale, 0.0), axis=1)], axis=1)
    likelihood = -logs - shape * np.log(rate)
    seasonal = np.array([point.own > 0 for point in prior.points])
    likelihood[np.ix_(seasonal, np.arange(len(z) + 1) < season_opens)] = -np.inf
    weights = weigh(likelihood, prior)
    position = np.concatenate([np.arange(len(z)), np.searchsorted(np.array(design.learnt), np.array(design.judged, dtype=int))])
    mean = np.concatenate([centred - innovations * spread, np.einsum("gqn,gn->gq", factor.judged, innovations)], axis=1) + z[0]
    scale = np.sqrt(rate / shape)[:, position] * np.concatenate([spread, factor.judged_scale], axis=1)
    return Sequential(weights[:, position], mean, scale, 2 * shape[position])
