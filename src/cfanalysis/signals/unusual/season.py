"""A season of a series' own, learnt from its earlier years only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import is_quarterly

BORROW_YEARS = 1.0
"""A month's own departure is drawn towards none as if a year without any stood beside the earlier years."""
FULL_YEARS = 3
"""Years of months learnt from before an own season is used (DESIGN section 5: own season from 36 months)."""


def own_season(values: np.ndarray, months: pd.PeriodIndex, learnt: np.ndarray) -> np.ndarray:
    """What each calendar month adds, on the additive scale, from earlier years alone: 0 until there are three years.

    A month's departure is taken from the mean of the 12 months that end with it, so that a moving level does not look like a season.
    """
    known = np.where(learnt, values, np.nan)
    year = 4 if is_quarterly(months) else 12
    trailing = pd.Series(known).rolling(year, min_periods=year // 2).mean().to_numpy()
    departures = pd.Series(known - trailing)
    calendar = pd.Series(months.month.to_numpy())
    earlier = departures.groupby(calendar).shift(1)
    total, years = (each.groupby(calendar).cumsum() for each in (earlier.fillna(0.0), earlier.notna().astype(float)))
    season = (total / (years + BORROW_YEARS)).to_numpy()
    enough = np.concatenate([[0], np.cumsum(learnt)[:-1]]) >= year * FULL_YEARS
    return np.asarray(np.where(enough, season, 0.0))
