"""The quasi-Poisson log-linear model of the Farrington methods, fitted to the baselines of all judged periods at once.

log(mean) = season group + slope x time + log(population). Within a group the weighted means are known in closed form, and
the slope is what is left after taking them out; so a step of iteratively reweighted least squares is a few sums a group,
with no matrix to factorise.
Starting values, floor and stopping rule are those of R's ``glm``, so that both stop at the same step.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import special

from cfanalysis.signals.classic.farrington_baseline import Baseline
from cfanalysis.signals.classic.farrington_options import MIN_YEARS_FOR_TREND, Options

MAX_STEPS = 25
TOLERANCE = 1e-8
START = 0.1
FLOOR = np.finfo(float).eps
"""Settings of R's glm.control and its poisson family: steps, relative change of deviance, what is added to counts, the least mean."""

EXACT = 1e-20
"""A dispersion this small is rounding: the model goes through every value, and nothing can be said for or against a trend."""

SATURATED = 1 - 10 * np.finfo(float).eps
"""From this leverage on a value is fitted by itself alone: its residual says nothing, and it keeps its weight."""


@dataclass(frozen=True)
class Fit:
    """One fit of every row. Entries: ``mean`` fitted, ``weight`` of the last step, ``leverage``. Rows: the rest."""

    mean: np.ndarray
    weight: np.ndarray
    leverage: np.ndarray
    converged: np.ndarray
    slope: np.ndarray
    slope_variance: np.ndarray
    link: np.ndarray
    link_variance: np.ndarray


@dataclass(frozen=True)
class Model:
    """What is predicted for each judged period: on the log scale, before dispersion is taken into the standard error.

    ``phi`` is the dispersion, at least 1; ``trend`` whether a slope is in; ``slope_p`` its p-value; ``n`` the values learnt from.
    """

    fitted: np.ndarray
    link: np.ndarray
    se: np.ndarray
    phi: np.ndarray
    trend: np.ndarray
    slope: np.ndarray
    slope_p: np.ndarray
    n: np.ndarray


def fit_models(base: Baseline, options: Options) -> Model:
    """Models of every judged period: with a trend where it is wanted, significant and does not run away, else without.

    Farrington et al. 1996: a slope stays only where three years or more are looked back on, its p-value is below ``p_threshold_trend``,
    and the prediction is no higher than the highest value of the baseline.
    """
    if not options.trend:
        return _model(base, options, trend=False)
    sloped = _model(base, options, trend=True)
    highest = np.full(base.rows, -np.inf)
    np.maximum.at(highest, base.row, base.count)
    with np.errstate(over="ignore", invalid="ignore"):
        modest = np.maximum(np.exp(sloped.link), FLOOR) <= highest
        keep = sloped.fitted & modest & (sloped.slope_p < options.p_threshold_trend) & (options.b >= MIN_YEARS_FOR_TREND)
    if keep.all():
        return sloped
    level = np.flatnonzero(~keep)
    return _put(sloped, level, _model(base.take(level), options, trend=False))


def _put(model: Model, rows: np.ndarray, other: Model) -> Model:
    """The model with some rows replaced."""
    merged = {}
    for part in fields(Model):
        merged[part.name] = getattr(model, part.name).copy()
        merged[part.name][rows] = getattr(other, part.name)
    return replace(model, **merged)


def _model(base: Baseline, options: Options, *, trend: bool) -> Model:
    n = np.bincount(base.row, minlength=base.rows)
    filled = np.bincount(base.cell, minlength=base.rows * base.groups).reshape(base.rows, base.groups) > 0
    freedom = n - filled.sum(axis=1) - trend
    possible = (freedom > 0) & filled[:, -1] & np.isfinite(base.offset_now)
    first = fit = irls(base, np.ones(len(base.row)), trend=trend)
    phi = np.maximum(_dispersion(base, fit.mean, fit.weight, freedom), 1)
    if options.reweight:
        omega = outlier_weights(base, first, phi, n, options.weights_threshold)
        fit = irls(base, omega, trend=trend)
        spread = _dispersion(base, fit.mean, fit.weight, freedom)
        phi = np.maximum(spread, 1)
        if options.variant == "upstream":
            spread = _dispersion(base, fit.mean, omega, freedom)
    else:
        spread = _dispersion(base, fit.mean, fit.weight, freedom)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(fit.slope) / np.sqrt(spread * fit.slope_variance)
        slope_p = np.where(spread > EXACT, 2 * special.stdtr(freedom, -t), np.nan)
        se = np.sqrt(spread * fit.link_variance)
    fitted = possible & first.converged & np.isfinite(fit.link) & np.isfinite(phi)
    return Model(fitted, fit.link, se, phi, np.full(base.rows, trend), fit.slope, slope_p, n)


def irls(base: Baseline, prior: np.ndarray, *, trend: bool) -> Fit:
    """Iteratively reweighted least squares on every row, each stopping at its own step."""
    fit = _blank(base)
    live, at, place, weights = base, np.arange(base.rows), np.arange(len(base.row)), prior
    mean = live.count + START
    link = np.log(mean)
    before = _deviance(live, mean, weights)
    for step in range(1, MAX_STEPS + 1):
        weight = weights * mean
        rough = link - live.offset + (live.count - mean) / mean
        line = _least_squares(live, weight, rough, trend=trend)
        with np.errstate(over="ignore", invalid="ignore"):
            link = line.link + live.offset
            mean = np.maximum(np.exp(link), FLOOR)
        deviance = _deviance(live, mean, weights)
        with np.errstate(invalid="ignore"):
            converged = np.abs(deviance - before) / (np.abs(deviance) + START) < TOLERANCE
        done = converged | ~np.isfinite(deviance) | (step == MAX_STEPS)
        if done.any():
            ended = done[live.row]
            _record(fit, place[ended], mean=mean[ended], weight=weight[ended], leverage=line.leverage[ended])
            _record(fit, at[done], converged=converged[done], slope=line.slope[done], slope_variance=line.slope_variance[done])
            _record(fit, at[done], link=line.now[done] + live.offset_now[done], link_variance=line.now_variance[done])
            if done.all():
                break
            live, at, place = live.take(np.flatnonzero(~done)), at[~done], place[~ended]
            weights, mean, link, deviance = weights[~ended], mean[~ended], link[~ended], deviance[~done]
        before = deviance
    return fit


def _record(fit: Fit, where: np.ndarray, **parts: np.ndarray) -> None:
    """Put the results of rows or entries that are done in their places."""
    for name, values in parts.items():
        getattr(fit, name)[where] = values


def _blank(base: Baseline) -> Fit:
    entry, row = np.full(len(base.row), np.nan), np.full(base.rows, np.nan)
    settled = np.zeros(base.rows, dtype=bool)
    return Fit(entry, entry.copy(), entry.copy(), settled, row, row.copy(), row.copy(), row.copy())


@dataclass(frozen=True)
class _Line:
    """Weighted least squares of one step: entries ``link`` (without offset) and ``leverage``, rows the rest."""

    link: np.ndarray
    leverage: np.ndarray
    slope: np.ndarray
    slope_variance: np.ndarray
    now: np.ndarray
    now_variance: np.ndarray


def _least_squares(base: Baseline, weight: np.ndarray, rough: np.ndarray, *, trend: bool) -> _Line:
    """Group means of the working response and, with a trend, the slope left within groups."""
    cell, cells = base.cell, base.rows * base.groups
    own = slice(base.groups - 1, None, base.groups)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        total = np.bincount(cell, weight, cells)
        level = np.bincount(cell, weight * rough, cells) / total
        link, leverage = level[cell], weight / total[cell]
        nothing = np.full(base.rows, np.nan)
        if not trend:
            return _Line(link, leverage, nothing, nothing, level[own], 1 / total[own])
        centre = np.bincount(cell, weight * base.time, cells) / total
        time = base.time - centre[cell]
        pull = weight * time
        squares = np.bincount(base.row, pull * time, base.rows)
        slope = np.bincount(base.row, pull * rough, base.rows) / squares
        ahead = base.time_now - centre[own]
        return _Line(
            link + slope[base.row] * time,
            leverage + pull * time / squares[base.row],
            slope,
            1 / squares,
            level[own] + slope * ahead,
            1 / total[own] + ahead**2 / squares,
        )


def _deviance(base: Baseline, mean: np.ndarray, weights: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        parts = base.count * np.log(np.where(base.count > 0, base.count / mean, 1.0)) - (base.count - mean)
        return np.asarray(2 * np.bincount(base.row, weights * parts, base.rows))


def _dispersion(base: Baseline, mean: np.ndarray, weight: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Pearson's estimate: weighted squared working residuals over the degrees of freedom."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(np.bincount(base.row, weight * ((base.count - mean) / mean) ** 2, base.rows) / freedom)


def outlier_weights(base: Baseline, fit: Fit, phi: np.ndarray, n: np.ndarray, threshold: float) -> np.ndarray:
    """Weights that play down past outbreaks: 1/s^2 where the standardised Anscombe residual s is above the threshold, else 1; mean 1 a row.

    Farrington et al. 1996, section 3.6 (threshold 1); Noufaily et al. 2013 (threshold 2.58).
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        residual = 1.5 * (base.count ** (2 / 3) * fit.mean ** (-1 / 6) - np.sqrt(fit.mean))
        residual = residual / np.sqrt(phi[base.row] * (1 - fit.leverage))
        residual = np.where(fit.leverage < SATURATED, residual, 0.0)
        raw = np.where(residual > threshold, residual**-2.0, 1.0)
        return np.asarray(raw * (n / np.bincount(base.row, raw, base.rows))[base.row])
