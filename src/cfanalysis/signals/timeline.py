"""A series on an even time axis: what the Farrington methods and XmR charts need to know about its dates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError, SeriesError

MONTHS_A_YEAR = 12
WEEKS_A_YEAR = 52
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Timeline:
    """Values one period apart; periods the series skips are there as missing.

    ``numbers`` are the values, ``dates`` the first days of the periods (datetime64[D]), or None for a series without dates.
    """

    index: pd.Index
    numbers: np.ndarray
    per_year: int
    dates: np.ndarray | None

    @property
    def label(self) -> str:
        """What a period is called, and the name of its column: month, week or period."""
        if self.dates is None:
            return "period"
        return "month" if self.per_year == MONTHS_A_YEAR else "week"


def timeline(series: pd.Series, *, freq: int | None = None) -> Timeline:
    """The series on an even time axis, months or weeks; ``freq`` (periods a year) says what a series without dates is made of.

    Raises SeriesError for an index that is unsorted, repeated, or neither monthly nor weekly, and for negative values or text.

    >>> gap = pd.Series([3, 5], index=pd.PeriodIndex(["2024-01", "2024-03"], freq="M"))
    >>> timeline(gap).numbers.tolist()
    [3.0, nan, 5.0]
    """
    if not isinstance(series, pd.Series):
        raise SeriesError(f"found a {type(series).__name__}, want a series of numbers, one a month or week")
    values = _numbers(series)
    if not isinstance(series.index, pd.PeriodIndex | pd.DatetimeIndex):
        if freq is None:
            raise ParameterError("this series has no dates: give freq=12 for months or freq=52 for weeks, or a monthly index")
        return Timeline(series.index, values, _per_year(freq), None)
    periods = _periods(series.index)
    _check_order(periods)
    full = pd.period_range(periods[0], periods[-1], freq=periods.freq) if len(periods) else periods
    even = pd.Series(values, index=periods).reindex(full).to_numpy()
    monthly = periods.freqstr == "M"
    days = full.to_timestamp(how="start").to_numpy().astype("datetime64[D]")
    return Timeline(full, even, MONTHS_A_YEAR if monthly else WEEKS_A_YEAR, days)


def _numbers(series: pd.Series) -> np.ndarray:
    try:
        values = pd.to_numeric(series).to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        found = next(value for value in series if pd.isna(pd.to_numeric(value, errors="coerce")) and not pd.isna(value))
        raise SeriesError(f"found {found!r}, want numbers; a flag such as 'c' or 'x' must be a missing value here") from None
    if np.isinf(values).any():
        raise SeriesError("found an infinite value, want numbers or missing values")
    return values


def _per_year(freq: int) -> int:
    if isinstance(freq, bool) or int(freq) != freq or freq < 2:
        raise ParameterError(f"freq: found {freq!r}, want the number of periods a year: 12 for months, 52 for weeks")
    return int(freq)


def _periods(index: pd.PeriodIndex | pd.DatetimeIndex) -> pd.PeriodIndex:
    if index.hasnans:
        raise SeriesError("found a missing date in the index, want one month or week for each value")
    if isinstance(index, pd.PeriodIndex):
        if index.freqstr != "M" and not index.freqstr.startswith("W-"):
            raise SeriesError(f"found periods of frequency {index.freqstr!r}, want months (M) or weeks (W)")
        return index
    if (index.day == 1).all() or index.is_month_end.all():
        return index.to_period("M")
    days = index.to_numpy().astype("datetime64[D]").astype(int)
    if (np.diff(days) % DAYS_A_WEEK == 0).all():
        ends = (index[0] + pd.Timedelta(days=DAYS_A_WEEK - 1)).strftime("%a").upper()
        return index.to_period(f"W-{ends}")
    raise SeriesError("found dates that are neither months (first or last days) nor weeks (the same weekday), want one or the other")


def _check_order(periods: pd.PeriodIndex) -> None:
    if not periods.is_unique:
        raise SeriesError(f"found {periods[periods.duplicated()][0]} twice, want each period once")
    if not periods.is_monotonic_increasing:
        raise SeriesError("found periods out of order, want them from the oldest to the newest (series.sort_index())")
