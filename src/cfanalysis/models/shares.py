"""Percentages with denominators: shares and denominators forecast together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import period_label
from cfanalysis.models.checked import Checked, Missing, check_series, enough
from cfanalysis.models.core import Setting, core_paths, fit, season_evidence, season_table
from cfanalysis.models.counts import RECENT_DISCOUNT, mix
from cfanalysis.models.finishing import excluded_months, finish, make_notes
from cfanalysis.models.proportions import BetaBinomial, learn_shares, share_of_few, share_paths
from cfanalysis.models.result import Forecast


@dataclass(frozen=True)
class Shares:
    """Cases out of trials, month by month. ``percent`` is missing where there are no trials."""

    percent: Checked
    cases: np.ndarray
    trials: np.ndarray
    denominators: Checked


def check_shares(numerator: pd.Series, denominator: pd.Series, missing: Missing, *, quarters: bool = False) -> Shares:
    """Numerator and denominator put on the same months; a month counts where both are known and the denominator is not 0.

    Raises SeriesError where a numerator is larger than its denominator.
    """
    above = check_series(numerator, kind="stock", missing="none", quarters=quarters)
    below = check_series(denominator, kind="count", missing=missing, quarters=quarters)
    if above.span != below.span:
        one, other = ("quarter" if each.span > 1 else "month" for each in (above, below))
        raise SeriesError(f"{above.name}: found values by {one} and denominators by {other}, want both by the same")
    cases = pd.Series(above.observed, index=above.months).reindex(below.months).to_numpy(float)
    trials = below.observed
    more = cases > trials
    if more.any():
        at = int(np.argmax(more))
        where = period_label(below.months[at])
        raise SeriesError(
            f"{above.name}, {where}: found {cases[at]:g} out of {trials[at]:g}, want a numerator no larger than its denominator"
        )
    known = np.isfinite(cases) & (trials > 0)
    percent = np.where(known, 100 * cases / np.where(trials > 0, trials, 1.0), np.nan)
    share = pd.Series(percent, index=below.months, name=above.name)
    checked = check_series(share, kind="percent", missing=missing, quarters=quarters)
    start = len(below.months) - len(checked.months)
    return Shares(checked, cases[start:], trials[start:], below)


def learn(shares: Shares) -> BetaBinomial:
    """The beta-binomial beliefs of a share."""
    learnt = shares.percent.learnt
    cases, trials = np.where(learnt, shares.cases, 0.0), np.where(learnt, shares.trials, 1.0)
    return learn_shares(cases, trials, learnt, shares.percent.span)


def few(shares: Shares) -> np.ndarray:
    """How much the beta-binomial counts for, month by month."""
    learnt = shares.percent.learnt
    cases, trials = np.where(learnt, shares.cases, 0.0), np.where(learnt, shares.trials, 0.0)
    return share_of_few(cases, trials, learnt, RECENT_DISCOUNT**shares.percent.span)


def forecast_share(shares: Shares, setting: Setting, paths: int, seed: int) -> Forecast:
    """Futures of a percentage, its denominators forecast too."""
    percent = enough(shares.percent)
    below = finish(fit([enough(shares.denominators)], replace(setting, kind="count", events=())), 0, paths, seed + APART)
    fitted = fit([percent], setting, [shares.trials[-len(percent.observed) :]])
    large = core_paths(fitted, 0, paths, seed)
    share = float(few(shares)[-1])
    small = share_paths(learn(shares), below.paths, seed) if share > 0 else large
    return Forecast(
        name=percent.name,
        kind="percent",
        months=below.months,
        paths=mix(small, large, share),
        season=season_table(fitted, 0),
        season_evidence=season_evidence(fitted, 0),
        excluded=excluded_months(percent),
        notes=make_notes(percent, setting),
        method=_method(share),
        step=100 / max(float(np.median(below.paths)), 1.0),
        facts={"denominator": below},
    )


APART = 1_000_003
"""Added to the seed of denominators, so that shares and denominators are not drawn alike."""


def _method(share: float) -> str:
    core, small = "structural model of log odds averaged over a grid", "discounted beta-binomial"
    return core if share == 0 else small if share == 1 else f"{small} ({share:.0%}) and {core}"
