"""Whether a chart's signal may only be the season: XmR limits know nothing of the calendar."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from cfanalysis.signals.timeline import MONTHS_A_YEAR, Timeline

SEASON_P = 0.01
"""A series has a season where calendar months differ at this p-value (Kruskal-Wallis on what is left beside a 12-month mean)."""

YEARS_NEEDED = 3
"""Years of one calendar month that it takes to say where it usually lies."""


def usual_season(line: Timeline) -> np.ndarray:
    """For each month how far its calendar month usually lies from the level around it, in the units of the series.

    All 0 for a series without months, without a season, or with too few years to tell.

    >>> months = pd.period_range("2020-04", periods=48, freq="M")
    >>> low_augusts = Timeline(months, np.where(months.month == 8, 5.0, 10.0) + np.arange(48) % 2, 12, months.to_timestamp().to_numpy())
    >>> bool(usual_season(low_augusts)[4] < -4)
    True
    """
    none = np.zeros(len(line.numbers))
    if line.label != "month":
        return none
    level = pd.Series(line.numbers).rolling(MONTHS_A_YEAR + 1, center=True, min_periods=MONTHS_A_YEAR // 2).mean().to_numpy()
    apart = line.numbers - level
    calendar = pd.PeriodIndex(line.index).month.to_numpy()
    groups = [apart[(calendar == number) & ~np.isnan(apart)] for number in range(1, MONTHS_A_YEAR + 1)]
    if min(map(len, groups)) < YEARS_NEEDED or not _differ(groups):
        return none
    return np.asarray(np.array([np.median(group) for group in groups])[calendar - 1])


def _differ(groups: list[np.ndarray]) -> bool:
    from scipy import stats

    if np.ptp(np.concatenate(groups)) == 0:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return bool(stats.kruskal(*groups).pvalue < SEASON_P)
