"""A series as it was handed over, checked: by month or by calendar quarter, in order, each period once, nothing negative."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import COVID_MONTHS, MONTHS_OF_A_QUARTER, covered_by, is_quarterly, month, months_of, period_label

Kind = Literal["count", "stock", "percent"]
KINDS = ("count", "stock", "percent")

SHORTEST = 12
"""Months with a value below which there is no forecast (DESIGN section 5)."""

Missing = str | Iterable[pd.Period | str]


@dataclass(frozen=True)
class Checked:
    """A checked series: one value a month (or a quarter) from the first known one on, NaN where missing."""

    name: str
    months: pd.PeriodIndex
    observed: np.ndarray
    excluded: np.ndarray
    """Months that have a value which is not learnt from."""
    lockdown_left_out: bool = False
    """Whether lockdown is not to be learnt from; what it took from part of a quarter is put back (transform)."""

    @property
    def learnt(self) -> np.ndarray:
        """Months learnt from."""
        return np.asarray(np.isfinite(self.observed) & ~self.excluded)

    @property
    def span(self) -> int:
        """Months in a period: 1, or 3 of a series by quarter."""
        return span_of(self.months)

    @property
    def whole(self) -> bool:
        """Whether every value is a whole number."""
        known = self.observed[np.isfinite(self.observed)]
        return bool(np.all(known == np.rint(known)))


def span_of(periods: pd.PeriodIndex) -> int:
    """Months in a period of an index: 1, or 3 where it is by quarter."""
    return MONTHS_OF_A_QUARTER if is_quarterly(periods) else 1


def check_series(series: pd.Series, *, kind: Kind = "count", missing: Missing = "covid", quarters: bool = False) -> Checked:
    """The series on a complete index of months, or where ``quarters`` may be of calendar quarters.

    Months left out become missing; leading missing months are dropped. Raises SeriesError for anything that cannot be
    read in one way only: an index of anything else, out of order or with a month twice; a value that is not a number,
    is negative or infinite; a percentage over 100.
    """
    if kind not in KINDS:
        raise SeriesError(f"found kind={kind!r}, want one of {', '.join(KINDS)}")
    if not isinstance(series, pd.Series):
        raise SeriesError(f"found a {type(series).__name__}, want a pandas Series with one value a month")
    name = "series" if series.name is None else str(series.name)
    months = period_index(series.index, name, quarters=quarters)
    values = _numbers(series, months, name)
    if len(months) == 0 or not np.isfinite(values).any():
        raise SeriesError(f"{name}: no month has a value, want at least {SHORTEST}")
    full = months
    if months[-1].ordinal - months[0].ordinal >= len(months):  # months left out of the index are missing months
        full = pd.period_range(months[0], months[-1], freq=months.freq)
        values = pd.Series(values, index=months).reindex(full).to_numpy(float)
    start = int(np.argmax(np.isfinite(values)))
    full, values = full[start:] if start else full, values[start:]
    if kind == "percent" and np.nanmax(values) > 100:
        worst = int(np.nanargmax(values))
        raise SeriesError(f"{name}, {period_label(full[worst])}: found {values[worst]:g}, want a percentage from 0 to 100")
    left_out = kind == "count" and isinstance(missing, str) and missing == "covid"
    return Checked(name, full, values, _excluded(full, kind, missing) & np.isfinite(values), left_out)


LONGEST_HISTORY = 144
LONGEST_STOCK = 240
"""Twelve years: older months say nothing of the next ones that newer months do not, and work grows with the cube of the length.
Of a stock twenty: how it drifts over many years helps (2 % on long simulated stocks)."""

FEWEST_QUARTERS = 6
"""Quarters with a value below which there is no forecast: with four hardly anything is known of how they stray."""


def enough(checked: Checked, kind: Kind = "count") -> Checked:
    """The newest 12 years of a series (of a stock 20), if it is long enough to be forecast.

    Raises SeriesError under 12 months, or 6 quarters, learnt from.
    """
    checked = _newest(checked, (LONGEST_STOCK if kind == "stock" else LONGEST_HISTORY) // checked.span)
    known = int(checked.learnt.sum())
    fewest, what = (SHORTEST, "months") if checked.span == 1 else (FEWEST_QUARTERS, "quarters")
    if known < fewest:
        raise SeriesError(f"{checked.name}: {known} {what} with a value to learn from, want at least {fewest} for a forecast")
    return checked


def period_index(index: pd.Index, name: str, *, quarters: bool = False) -> pd.PeriodIndex:
    """The index as months, or as calendar quarters where they are taken, or SeriesError saying what is wrong with it."""
    if isinstance(index, pd.DatetimeIndex):
        index = index.tz_localize(None).to_period("M")
    if not isinstance(index, pd.PeriodIndex) or not (index.freqstr == "M" or (quarters and is_quarterly(index))):
        found = index.dtype if len(index) else "an empty index"
        also = ", or of calendar quarters" if quarters else ""
        raise SeriesError(f"{name}: found an index of {found}, want months: a PeriodIndex of frequency M{also}, or dates")
    if is_quarterly(index) and index.freqstr not in CALENDAR_QUARTERS:
        raise SeriesError(f"{name}: found quarters of {index.freqstr}, want calendar quarters (January to March, ...)")
    if index.hasnans:
        raise SeriesError(f"{name}: the index has a missing month, want a month on every row")
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise SeriesError(
            f"{name}: {period_label(twice)} is there more than once, want one value a month; add up or choose before forecasting"
        )
    if not index.is_monotonic_increasing:
        late = index[1:][np.diff(index.asi8) < 0][0]
        raise SeriesError(f"{name}: {period_label(late)} is out of order, want months in order; use .sort_index()")
    return index


CALENDAR_QUARTERS = ("Q-DEC", "Q-MAR", "Q-JUN", "Q-SEP")
"""Years that end in these months have the same quarters."""


def _numbers(series: pd.Series, months: pd.PeriodIndex, name: str) -> np.ndarray:
    try:
        values = series.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise SeriesError(f"{name}: found values of type {series.dtype}, want numbers") from None
    for bad, wanted in ((np.isinf(values), "a finite number"), (values < 0, "a number that is not negative")):
        if bad.any():
            first = int(np.argmax(bad))
            raise SeriesError(f"{name}, {period_label(months[first])}: found {values[first]:g}, want {wanted}")
    return values


def _excluded(months: pd.PeriodIndex, kind: Kind, missing: Missing) -> np.ndarray:
    """Months not learnt from. The lockdown months are left out of flows only: a stock or a percentage runs through them."""
    if isinstance(missing, str):
        if missing == "none" or (missing == "covid" and kind != "count"):
            return np.zeros(len(months), dtype=bool)
        if missing not in ("covid", "none"):
            raise SeriesError(f"found missing={missing!r}, want 'covid', 'none' or a list of months")
        return lockdown(months)
    return covered_by(months, pd.PeriodIndex([one for each in missing for one in _months_named(each)], freq="M"))


def _months_named(period: pd.Period | str) -> Iterable[pd.Period]:
    """The month that is named, or the three of a quarter."""
    if isinstance(period, pd.Period) and period.freqstr.startswith("Q"):
        return months_of(pd.PeriodIndex([period]))[0]
    return [month(period)]


def lockdown(months: pd.PeriodIndex) -> np.ndarray:
    """True for the lockdown months, and for quarters that were all lockdown."""
    if is_quarterly(months):
        return covered_by(months, COVID_MONTHS, NEARLY_ALL)
    return np.isin(months.asi8, COVID_MONTHS.asi8)


NEARLY_ALL = 0.9


def check_horizon(horizon: int) -> int:
    """The horizon as a whole number of months, 1 to 60."""
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or not 1 <= horizon <= LONGEST_HORIZON:
        raise SeriesError(f"found horizon={horizon!r}, want a whole number of months from 1 to {LONGEST_HORIZON}")
    return int(horizon)


LONGEST_HORIZON = 60
"""Five years: nothing learnt from monthly data speaks of more."""


def _newest(checked: Checked, longest: int) -> Checked:
    """The newest months, from one with a value on."""
    start = max(len(checked.observed) - longest, 0)
    start += int(np.argmax(np.isfinite(checked.observed[start:]))) if start else 0
    if start == 0:
        return checked
    return replace(checked, months=checked.months[start:], observed=checked.observed[start:], excluded=checked.excluded[start:])
