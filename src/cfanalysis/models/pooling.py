"""What a panel of series has in common: grid weights, the monthly profile, the width of its forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.models.checked import Checked
from cfanalysis.models.core import Fitted, Setting, choose_prior, fit
from cfanalysis.models.prior import POOLING_POWER, Constants, Prior
from cfanalysis.models.structural import weigh
from cfanalysis.models.transform import make_transform

SHIPPED_WORTH = 20.0
"""How many series the shipped weights count for beside those of the panel."""

LEAST_PANEL = 20
"""Series a panel needs before it teaches a profile or a width of its own."""

PROFILE_WORTH = 4.0
"""How many years the shipped profile counts for beside those of the panel."""

LOCAL_MONTHS = 13
LOCAL_LEAST = 8
"""The local level against which a month is set: a centred mean of 13 months, of which 8 must be known."""

WIDTH_ORIGINS = (12, 24)
"""Months back of the origins whose errors set the width (DESIGN section 5)."""

WIDTH_QUANTILE, NORMAL_AT_QUANTILE = 0.8, 1.2816
"""Widths go by the size of error that four in five stay under: shifts are drawn apart and own the tails."""

LEAST_HISTORY = 24


def learn_together(members: Sequence[Checked], setting: Setting) -> list[Fitted]:
    """Fit every member with the grid weighed by what the whole panel shows; the order of members changes nothing."""
    monthly = all(each.span == 1 for each in members)  # a profile by calendar month cannot be learnt from quarters
    if setting.season == "reference" and setting.kind == "count" and len(members) >= LEAST_PANEL and monthly:
        setting = replace(setting, constants=replace(setting.constants, profile=pooled_profile(members, setting)))
    fits = [fit(group, setting, prior=_prior_of(group[0], setting)) for group in _groups(members)]
    pooled = {one.prior.points: _pooled_prior([other for other in fits if other.prior.points == one.prior.points]) for one in fits}
    fits = [_reweigh(one, pooled[one.prior.points]) for one in fits]
    if len(members) < LEAST_PANEL:
        return fits
    width = float(np.sqrt(error_ratio(fits)))
    return [replace(one, prior=replace(one.prior, width=one.prior.width * width)) for one in fits]


def _prior_of(one: Checked, setting: Setting) -> Prior:
    return choose_prior(setting, int(one.learnt.sum()) * one.span)


def _groups(members: Sequence[Checked]) -> list[list[Checked]]:
    """Members that share first month, length and months learnt from."""
    found: dict[tuple[object, ...], list[Checked]] = {}
    for each in members:
        found.setdefault((each.months[0], len(each.observed), each.learnt.tobytes()), []).append(each)
    return list(found.values())


def _pooled_prior(fits: list[Fitted]) -> Prior:
    prior = fits[0].prior
    shown = mean_weights(fits, prior if prior.trust == 1 else replace(prior, power=0.0, trust=1.0))
    count = sum(len(one.members) for one in fits)
    share = count / (count + SHIPPED_WORTH)
    weights = share * shown + (1 - share) * np.asarray(prior.mean_weights)
    return replace(prior, mean_weights=tuple(weights.tolist()), power=share * POOLING_POWER + (1 - share) * prior.power)


def _reweigh(one: Fitted, prior: Prior) -> Fitted:
    return replace(one, prior=prior, posterior=replace(one.posterior, weights=weigh(one.posterior.log_likelihood, prior)))


def mean_weights(fits: Sequence[Fitted], prior: Prior) -> np.ndarray:
    """Mean posterior weights of the grid points over all members, under one prior."""
    return np.asarray(np.concatenate([weigh(one.posterior.log_likelihood, prior) for one in fits], axis=1).mean(1))


def pooled_profile(members: Sequence[Checked], setting: Setting, worth: float = PROFILE_WORTH) -> tuple[float, ...]:
    """The profile by calendar month (January first): each month against its local level, the middle authority taken, the mean over years.

    The profile in ``setting`` counts for ``worth`` years, so that a short panel moves it little.
    """
    columns = {at: pd.Series(np.where(each.learnt, each.observed, np.nan), index=each.months) for at, each in enumerate(members)}
    frame = pd.DataFrame(columns)
    months = pd.PeriodIndex(frame.index, freq="M")
    start = np.log(np.asarray(setting.constants.profile))
    offset = make_transform("count", "reference", setting.calendar, months, setting.constants.profile).offset
    logs = pd.DataFrame(np.log1p(frame.to_numpy()) - offset[:, None], index=months)
    apart = logs - logs.rolling(LOCAL_MONTHS, center=True, min_periods=LOCAL_LEAST).mean()
    middle = apart.dropna(how="all").median(axis=1)
    sums = middle.groupby(pd.PeriodIndex(middle.index).month).agg(["sum", "count"]).reindex(range(1, 13), fill_value=0.0)
    profile = np.exp(start + (sums["sum"] / np.maximum(sums["count"] + worth, 1.0)).to_numpy())
    return tuple((profile / profile.mean()).tolist())


def error_ratio(fits: Sequence[Fitted], origins: Sequence[int] = WIDTH_ORIGINS) -> float:
    """Size of the errors made from earlier origins over the size promised; 1 where there are too few to tell.

    Errors over the next 12 months in terms of innovations: the block of the Cholesky factor of those months times their innovations.
    """
    found = [sizes for one in fits for back in origins if (sizes := _error_sizes(one, back)).size]
    if not found:
        return 1.0
    ratio = np.quantile(np.concatenate(found), WIDTH_QUANTILE) / NORMAL_AT_QUANTILE
    return float(np.clip(ratio, 0.5, 2.0))


def _error_sizes(one: Fitted, back: int) -> np.ndarray:
    rows, span = np.asarray(one.design.learnt), one.design.span
    begins = one.design.length - back // span
    first, last = np.searchsorted(rows, [begins, begins + 12 // span])
    if first * span < LEAST_HISTORY or last - first < 2:
        return np.empty(0)
    block = np.linalg.inv(one.factor.whiten[:, first:last, first:last])
    innovations = one.factor.whiten[:, first:last] @ (one.z - one.posterior.centre)
    errors = block @ innovations
    weights = one.posterior.weights
    mean = np.einsum("gk,ghk->hk", weights, errors)
    spread = (np.sqrt((block**2).sum(2))[:, :, None] * one.posterior.scale[:, None, :]) ** 2
    variance = np.einsum("gk,ghk->hk", weights, spread + (errors - mean) ** 2)
    return np.asarray(np.abs(mean) / np.sqrt(variance)).ravel()


def pooled_constants(members: Sequence[Checked], setting: Setting) -> Constants:
    """Everything a panel teaches, nothing borrowed: how reference/panel_constants.yml is made."""
    constants = replace(setting.constants, profile=pooled_profile(members, setting, worth=0.0))
    setting = replace(setting, constants=constants)
    fits = [fit(group, setting, prior=_prior_of(group[0], setting)) for group in _groups(members)]
    flat = replace(fits[0].prior, power=0.0, trust=1.0)  # every point equally likely beforehand, the likelihood taken at its word
    weights, points = mean_weights(fits, flat), flat.points
    dynamics: dict[tuple[float, float, float], float] = {}
    season: dict[float, float] = {}
    for point, weight in zip(points, weights.tolist(), strict=True):
        dynamics[point[1:4]] = dynamics.get(point[1:4], 0.0) + weight
        season[point.own] = season.get(point.own, 0.0) + weight
    return replace(constants, dynamics=tuple(dynamics.items()), season=tuple(season.items()))
