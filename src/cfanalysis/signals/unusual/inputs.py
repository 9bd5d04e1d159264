"""What is handed to the detector, checked: a monthly series in which flags are missing values that keep their reason, and dated events."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import COVID_MONTHS, covered_by, is_quarterly, month, months_of, period_label
from cfanalysis.foundation.table import FLAGS
from cfanalysis.models.prior import shipped
from cfanalysis.reference.working_days import working_days

KINDS = ("count", "stock", "percent", "rate", "measure")

FLAG_REASONS = {
    "c": "suppressed",
    "x": "not available",
    "z": "not applicable",
    "u": "too unreliable to publish",
    ":": "not available",
    "low": "rounds to nought",
    "k": "rounds to nought",
}

NO_FIGURE = "no figure for this month"

MARKS = ("break", "exclude", "flag", "step", "pulse")
"""Kinds of dated event: those of the events register."""


MONTHS, QUARTERS = 12, 4
"""Periods a year."""


@dataclass(frozen=True)
class Monthly:
    """Every month (or quarter) from the first row to the last, its value (NaN where missing) and why it is missing ("" where it is not)."""

    name: str
    months: pd.PeriodIndex
    figures: np.ndarray
    missing: np.ndarray

    @property
    def per_year(self) -> int:
        """Periods a year: 12, or 4 of a quarterly series."""
        return QUARTERS if is_quarterly(self.months) else MONTHS


@dataclass(frozen=True)
class Mark:
    """A dated event: the months it covers, its kind and what it was."""

    months: pd.PeriodIndex
    kind: str
    label: str


def read_monthly(series: pd.Series, *, what: str = "series") -> Monthly:
    """The series on a complete index of months, or of quarters where it is quarterly.

    Raises SeriesError for an index that is neither, out of order or repeated, for a negative or infinite value and for a text that is
    not a flag.
    """
    if not isinstance(series, pd.Series):
        raise SeriesError(f"found a {type(series).__name__}, want a pandas Series with one value a month")
    name = what if series.name is None else str(series.name)
    months = _months(series.index, name)
    values, missing = _values(series, months, name)
    if not len(months):
        return Monthly(name, months, values, missing)
    full = pd.period_range(months[0], months[-1], freq=months.freq)
    place = full.get_indexer(months)
    all_values, all_missing = np.full(len(full), np.nan), np.full(len(full), NO_FIGURE, dtype=object)
    all_values[place], all_missing[place] = values, missing
    return Monthly(name, full, all_values, all_missing)


def _months(index: pd.Index, name: str) -> pd.PeriodIndex:
    if isinstance(index, pd.DatetimeIndex):
        index = index.to_period("M")
    if not len(index):
        return pd.PeriodIndex([], freq="M")
    if not isinstance(index, pd.PeriodIndex) or (index.freqstr != "M" and not is_quarterly(index)):
        raise SeriesError(f"{name}: found an index of {index.dtype}, want months or quarters: a PeriodIndex of frequency M or Q")
    if index.hasnans:
        raise SeriesError(f"{name}: the index has a missing month, want a month on every row")
    if index.has_duplicates:
        raise SeriesError(f"{name}: {period_label(index[index.duplicated()][0])} is there more than once, want one value a month")
    if not index.is_monotonic_increasing:
        raise SeriesError(f"{name}: the months are out of order; use .sort_index()")
    return index


def _values(series: pd.Series, months: pd.PeriodIndex, name: str) -> tuple[np.ndarray, np.ndarray]:
    if pd.api.types.is_numeric_dtype(series):
        values = series.to_numpy(dtype=float, na_value=np.nan)
        missing = np.where(np.isnan(values), NO_FIGURE, "").astype(object)
    else:
        values, missing = np.full(len(series), np.nan), np.full(len(series), "", dtype=object)
        for place, found in enumerate(series.tolist()):
            if isinstance(found, str) and found in FLAGS:
                missing[place] = f"{FLAG_REASONS[found]} ({found})"
            elif found is None or found is pd.NA or pd.isna(found):
                missing[place] = NO_FIGURE
            else:
                values[place] = _number(found, months[place], name)
    wrong = np.flatnonzero(np.isinf(values) | (values < 0))
    if len(wrong):
        found, at = values[wrong[0]], period_label(months[wrong[0]])
        raise SeriesError(f"{name}, {at}: found {found:g}, want a finite number that is not negative")
    return values, missing


def _number(found: Any, month: pd.Period, name: str) -> float:
    if not isinstance(found, str):
        with suppress(TypeError, ValueError):
            return float(found)
    wanted = f"a number or one of {' '.join(FLAGS)}" if isinstance(found, str) else "a number"
    raise SeriesError(f"{name}, {period_label(month)}: found {found!r}, want {wanted}")


def not_learnt(months: pd.PeriodIndex, missing: str | Iterable[pd.Period | str], *, flow: bool) -> np.ndarray:
    """Months that are judged but not learnt from: for flows the lockdown months, unless told otherwise."""
    if isinstance(missing, str):
        if missing not in ("covid", "none"):
            raise SeriesError(f"found missing={missing!r}, want 'covid', 'none' or a list of months")
        chosen = COVID_MONTHS if missing == "covid" and flow else COVID_MONTHS[:0]
    else:
        chosen = pd.PeriodIndex([month(each) for each in missing], freq="M")
    return covered_by(months, chosen)


def read_marks(events: Any) -> tuple[Mark, ...]:
    """Dated events from a frame (month or date, kind, label, optionally until) or from entries of the events register.

    Raises SeriesError for a kind that is not known or a frame without the columns.
    """
    if events is None:
        return ()
    if isinstance(events, pd.DataFrame):
        return tuple(_mark_of_row(row) for row in events.to_dict("records"))
    return tuple(_mark(pd.PeriodIndex(event.months, freq="M"), event.kind, event.label) for event in events)


def _mark_of_row(row: dict[Any, Any]) -> Mark:
    start = row.get("month", row.get("date"))
    if start is None or "kind" not in row:
        raise SeriesError("dated events: want the columns month (or date), kind and label")
    end = row.get("until")
    first, last = (pd.Period(each, freq="M") for each in (start, start if end is None or pd.isna(end) else end))
    return _mark(pd.period_range(first, last, freq="M"), str(row["kind"]), str(row.get("label", "")))


def _mark(months: pd.PeriodIndex, kind: str, label: str) -> Mark:
    if kind not in MARKS:
        raise SeriesError(f"dated event {label!r}: found kind {kind!r}, want one of {', '.join(MARKS)}")
    return Mark(months, kind, label)


def exposure(months: pd.PeriodIndex, *, calendar: bool, profile: np.ndarray | None) -> np.ndarray:
    """What each month offers: working days and the month's place in the season, 1 on average; of a quarter the mean of its months."""
    if is_quarterly(months):
        each = [exposure(part, calendar=calendar, profile=profile).mean() for part in months_of(months)]
        return np.array(each, dtype=float)
    days = working_days(months) / MEAN_WORKING_DAYS if calendar else np.ones(len(months))
    return days if profile is None else days * profile[months.month.to_numpy() - 1]


@cache
def reference_profile() -> np.ndarray:
    """England's referrals per working day by calendar month, January first, 1 on average: the panel constants of the forecast core."""
    values = np.asarray(shipped().profile, dtype=float)
    return np.asarray(values / values.mean())


MEAN_WORKING_DAYS = 21.0
"""About the working days of an average month (20.9): sets the scale only."""
