"""``one_step``: every month judged against what earlier months alone foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from cfanalysis.models.checked import SHORTEST, Checked, Kind, Missing, check_series
from cfanalysis.models.core import Events, Setting, choose_prior, design_of
from cfanalysis.models.counts import cumulative, learn_counts, one_negative_binomial, share_of_small
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.proportions import masses
from cfanalysis.models.shares import Shares, check_shares, few, learn
from cfanalysis.models.structural import factorise, learn_in_turn
from cfanalysis.models.transform import Transform, make_transform, noise_guess, season_opens

QUANTILES = (0.5, 0.1, 0.9, 0.025, 0.975)
COLUMNS = ("expected", "low", "high", "low95", "high95")

LEAST_TAIL = 1e-15
"""Tails are not told apart beyond this: z stays within about 8."""

HALVINGS = 45

LEAST_DEGREES, MOST_DEGREES = 2.5, 8.0
"""Months have heavier tails than years of data make a t: with 8 degrees of freedom 0.4 and 0.6 % of months lie beyond either 99.5 % limit,
2.1 and 2.4 % beyond either 97.5 % (every second authority, referrals April 2015 to March 2022)."""


def one_step(
    series: pd.Series,
    *,
    kind: Kind = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: str | Sequence[float] = "reference",
    missing: Missing = "covid",
    events: Events | None = None,
) -> pd.DataFrame:
    """Each month's forecast made one month before, and how far out the month turned out to be.

    Arguments are those of ``forecast``. A row a month from the first known one, indexed by month: ``observed``; ``expected`` (median),
    ``low`` and ``high`` (80 %), ``low95`` and ``high95``; ``pit`` (probability of less, half of equal counted); ``z`` (the same as a
    normal deviate, positive when higher than expected); ``p`` (both tails); ``learnt`` (false for months that later months do not learn
    from). Months with fewer than 12 known months before them, and months without a value, have NaN in what cannot be told. Later months
    never change a row. No future shift is allowed for: a shift is what this is there to find.

    With ``denominator`` everything is in percent, given that month's own denominator. Method: the innovations of the structural core
    (docs/methods/forecasting.md).

    >>> months = pd.period_range("2020-01", periods=30, freq="M")
    >>> referrals = pd.Series([100.0 + 5 * (m % 3) for m in range(29)] + [200.0], index=months)
    >>> judged = one_step(referrals, season="none", calendar=False, missing="none")
    >>> bool(judged["z"].iloc[-1] > 4), int(judged["z"].isna().sum())
    (True, 12)
    """
    setting = make_setting(kind, calendar, season, 1, events, denominator)
    if denominator is not None:
        return _judge_shares(check_shares(series, denominator, missing), setting)
    checked = check_series(series, kind=setting.kind, missing=missing)
    foretold = _foretell(checked, setting)
    foretold = _with_small(foretold, checked) if setting.kind == "count" else foretold
    half = 0.5 if checked.whole and setting.kind != "percent" else 0.0
    observed = checked.observed
    pit = (foretold.below(observed, half) + foretold.below(observed, -half)) / 2
    bands = np.stack([foretold.quantile(q) for q in QUANTILES], axis=1)
    return _frame(checked, foretold.ready, pit, np.rint(bands) if half else bands)


@dataclass(frozen=True)
class Foretold:
    """The distribution of each month from earlier months: a t on the additive scale, mixed with a negative binomial where counts are
    small."""

    transform: Transform
    mean: np.ndarray
    scale: np.ndarray
    degrees: np.ndarray
    ready: np.ndarray
    small_share: np.ndarray
    small_mean: np.ndarray
    small_size: np.ndarray
    trials: np.ndarray | None = None

    def below(self, values: np.ndarray, half: float = 0.0) -> np.ndarray:
        """Probability of at most ``values`` (whole counts: of at most a half more, or less)."""
        core = self._core(np.maximum(values + half, LEAST_LOG), None)
        core = np.where(values + half < 0, 0.0, core)
        if not self.small_share.any():
            return core
        small = cumulative(self.small_mean, self.small_size, values - (half < 0))
        return np.asarray(self.small_share * small + (1 - self.small_share) * core)

    def _core(self, values: np.ndarray, trials: np.ndarray | None) -> np.ndarray:
        return np.asarray(stdtr(self.degrees, (self.transform.forward(values, trials) - self.mean) / self.scale))

    def quantile(self, q: float) -> np.ndarray:
        """The value of each month not exceeded with probability ``q``."""
        reach = np.where(self.ready, self.scale * stdtrit(self.degrees, q), 0.0)
        core = self.transform.back(self.mean + reach, slice(0, len(self.mean)))
        if not self.small_share.any():
            return core
        low, high = np.zeros_like(core), np.maximum(core, self.small_mean * 4 + 50)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            enough = self.below(middle) >= q
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.where(self.small_share > 0, high, core)


LEAST_LOG = -0.5
"""Half below a count of 0, which log(count + 1) can still take."""


def _foretell(checked: Checked, setting: Setting, trials: np.ndarray | None = None) -> Foretold:
    """One-step distributions of the core for every month, matched in mean and variance by one t each."""
    design = design_of(checked, setting, judged=True)
    prior = choose_prior(setting).pruned()
    transform = make_transform(setting.kind, setting.season, setting.calendar, checked.months, setting.constants.profile)
    z = transform.forward(checked.observed, trials)
    factor = factorise(design, prior.points)
    guess = noise_guess(checked, transform, trials)
    found = learn_in_turn(factor, design, z[list(design.learnt)], prior, guess, season_opens(setting.season))
    known = np.maximum(found.degrees, LEAST_DEGREES)
    mean = (found.weights * found.mean).sum(0)
    variance = (found.weights * (found.scale**2 * known / (known - 2) + (found.mean - mean) ** 2)).sum(0)
    degrees = np.minimum(known, MOST_DEGREES)
    scale = np.sqrt(variance * (degrees - 2) / degrees)
    rows = [*design.learnt, *design.judged]
    values = np.full((3, len(z)), np.nan)
    values[:, rows] = mean, scale, degrees
    earlier = np.cumsum(checked.learnt) - checked.learnt
    none = np.zeros(len(z))
    mean, scale, degrees = values
    return Foretold(transform, mean, scale, degrees, earlier >= SHORTEST, none, none + 1, none + 1, trials)


def _with_small(foretold: Foretold, checked: Checked) -> Foretold:
    share = share_of_small(checked.observed, checked.learnt)[:-1]
    if not share.any():
        return foretold
    exposure = np.exp(foretold.transform.offset)
    mean, size = one_negative_binomial(learn_counts(checked.observed, checked.learnt, exposure), exposure)
    return replace(foretold, small_share=share, small_mean=mean, small_size=size)


def _judge_shares(shares: Shares, setting: Setting) -> pd.DataFrame:
    """Percentages, each given its month's own denominator."""
    checked, share = shares.percent, few(shares)[:-1]
    foretold, model = _foretell(checked, setting, shares.trials), learn(shares)
    pit, bands = np.full(len(share), np.nan), np.full((len(share), len(QUANTILES)), np.nan)
    for at in np.flatnonzero(foretold.ready & np.isfinite(checked.observed)).tolist():
        trials = int(shares.trials[at])
        total = share[at] * np.cumsum(masses(model, at, trials)) + (1 - share[at]) * _core_shares(foretold, at, trials)
        case = round(shares.cases[at])
        pit[at] = (total[case] + (total[case - 1] if case else 0.0)) / 2
        bands[at] = 100 * np.minimum(np.searchsorted(total, QUANTILES), trials) / trials
    return _frame(checked, foretold.ready, pit, bands)


def _core_shares(foretold: Foretold, at: int, trials: int) -> np.ndarray:
    """Probability of at most 0, 1, ... ``trials`` cases in one month, by the core on log odds."""
    share = np.minimum((np.arange(trials + 1) + 1.0) / (trials + 1), 1 - 1e-9)
    odds = np.log(share / (1 - share)) - foretold.transform.offset[at]
    found = stdtr(foretold.degrees[at], (odds - foretold.mean[at]) / foretold.scale[at])
    return np.asarray(np.append(found[:-1], 1.0))


def _frame(checked: Checked, ready: np.ndarray, pit: np.ndarray, bands: np.ndarray) -> pd.DataFrame:
    pit = np.where(ready, pit, np.nan)
    columns = {"observed": checked.observed, **dict(zip(COLUMNS, np.where(ready[:, None], bands, np.nan).T, strict=True))}
    inside = np.clip(pit, LEAST_TAIL, 1 - LEAST_TAIL)
    columns |= {"pit": pit, "z": ndtri(inside), "p": np.minimum(2 * np.minimum(pit, 1 - pit), 1.0), "learnt": checked.learnt}
    return pd.DataFrame(columns, index=checked.months)
