"""Months, financial years and working days.

A month is a pandas monthly ``Period``. A financial year is named by the year it ends in, as DfE does: 2024 is April 2023 to March 2024.
A working day is Monday to Friday less England's bank holidays (reference/bank_holidays.csv).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError

FINANCIAL_YEAR_STARTS = 4
"""April."""

# Months of lockdown in which flows are not learnt from (DESIGN section 5): they are still shown and judged.
COVID_MONTHS = pd.PeriodIndex(
    [*pd.period_range("2020-03", "2020-07", freq="M"), *pd.period_range("2021-01", "2021-02", freq="M")], freq="M"
)


_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


def month(text: str | pd.Period) -> pd.Period:
    """Read a month written as ``2024-03``.

    Raises ParameterError for anything else, a month that does not exist included.

    >>> month("2024-03")
    Period('2024-03', 'M')
    """
    if isinstance(text, pd.Period):
        return text.asfreq("M")
    found = _MONTH.match(text) if isinstance(text, str) else None
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1900:
        raise ParameterError(f"found {text!r}, want a month that exists, written like 2024-03")
    return pd.Period(text, freq="M")


def financial_year(period: pd.Period) -> int:
    """The financial year a month belongs to, named by the year it ends in.

    >>> financial_year(month("2023-04")), financial_year(month("2024-03"))
    (2024, 2024)
    """
    return int(period.year + (period.month >= FINANCIAL_YEAR_STARTS))


def financial_year_label(year: int) -> str:
    """How a financial year is written on a page.

    >>> financial_year_label(2024)
    '2023-24'
    """
    return f"{year - 1}-{year % 100:02d}"


@lru_cache(maxsize=4096)
def month_label(period: pd.Period) -> str:
    """How a month is written on a page.

    >>> month_label(month("2024-03"))
    'March 2024'
    """
    return period.strftime("%B %Y")


def day_label(day: str) -> str:
    """How a day is written on a page.

    >>> day_label("2018-06-30")
    '30 June 2018'
    """
    known = date.fromisoformat(day)
    return f"{known.day} {known:%B %Y}"


def is_quarterly(index: pd.Index) -> bool:
    """Whether an index is of quarters.

    >>> is_quarterly(pd.period_range("2024Q1", periods=2, freq="Q-DEC")), is_quarterly(pd.period_range("2024-03", periods=2, freq="M"))
    (True, False)
    """
    return isinstance(index, pd.PeriodIndex) and index.freqstr.startswith("Q")


def months_of(periods: pd.PeriodIndex) -> list[pd.PeriodIndex]:
    """The months of each period: itself where it is a month, the three of a quarter.

    >>> [str(each) for each in months_of(pd.PeriodIndex(["2024Q1"], freq="Q-DEC"))[0]]
    ['2024-01', '2024-02', '2024-03']
    """
    first, last = periods.asfreq("M", how="S"), periods.asfreq("M", how="E")
    return [pd.period_range(start, end, freq="M") for start, end in zip(first, last, strict=True)]


MONTHS_OF_A_QUARTER = 3

MOSTLY = 0.5
"""A quarter is one of some months where more than half of its months are."""


def covered_by(periods: pd.PeriodIndex, chosen: pd.PeriodIndex, more_than: float = MOSTLY) -> np.ndarray:
    """Which periods are among some months: of quarters those with more than a share of their months there.

    >>> covered_by(pd.period_range("2020Q1", periods=3, freq="Q-DEC"), COVID_MONTHS).tolist()
    [False, True, False]
    """
    if not is_quarterly(periods):
        return np.asarray(periods.isin(chosen))
    return np.array([each.isin(chosen).mean() > more_than for each in months_of(periods)], dtype=bool)


@lru_cache(maxsize=4096)
def period_label(period: pd.Period) -> str:
    """How a month or a quarter is written on a page.

    >>> period_label(month("2024-03")), period_label(pd.Period("2024Q1", freq="Q-DEC"))
    ('March 2024', 'January to March 2024')
    """
    first, last = month(period.start_time.strftime("%Y-%m")), month(period.end_time.strftime("%Y-%m"))
    return month_label(last) if first == last else f"{first.strftime('%B')} to {month_label(last)}"


def span_label(first: pd.Period, last: pd.Period) -> str:
    """Some months in a row as they are written.

    >>> span_label(month("2016-11"), month("2017-02")), span_label(month("2017-01"), month("2017-03"))
    ('November 2016 to February 2017', 'January to March 2017')
    """
    begins = month_label(first) if first.year != last.year else f"{first:%B}"
    return f"{begins} to {month_label(last)}"


def month_range(first: pd.Period, last: pd.Period) -> pd.PeriodIndex:
    """Every month from first to last, both included."""
    return pd.period_range(first, last, freq="M")


def covid_months(months: Iterable[pd.Period]) -> np.ndarray:
    """True where a month is one of the lockdown months not learnt from."""
    return np.asarray(pd.PeriodIndex(list(months), freq="M").isin(COVID_MONTHS))
