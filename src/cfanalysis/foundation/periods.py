"""Periods as a release writes them: each says its own grain, and finer ones nest in coarser ones.

``2024-03`` is a month, ``2024-Q1`` a calendar quarter, ``2023/24`` a year to March, ``2024-03-31`` a date (the end of a month, of a stock).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import financial_year

Grain = Literal["month", "quarter", "year"]

GRAINS: tuple[Grain, ...] = ("month", "quarter", "year")
"""From the finest to the coarsest."""

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def month_period(month: pd.Period) -> str:
    """A month as a period of a release.

    >>> month_period(pd.Period("2024-03", "M"))
    '2024-03'
    """
    return f"{month.year:04d}-{month.month:02d}"


def quarter_period(month: pd.Period) -> str:
    """The calendar quarter that a month lies in.

    >>> quarter_period(pd.Period("2024-03", "M"))
    '2024-Q1'
    """
    return f"{month.year:04d}-Q{(month.month - 1) // 3 + 1}"


def year_period(month: pd.Period) -> str:
    """The year to March that a month lies in.

    >>> year_period(pd.Period("2024-03", "M")), year_period(pd.Period("2024-04", "M"))
    ('2023/24', '2024/25')
    """
    ends = financial_year(month)
    return f"{ends - 1:04d}/{ends % 100:02d}"


def date_period(month: pd.Period) -> str:
    """The last day of a month: when a stock is counted.

    >>> date_period(pd.Period("2024-02", "M"))
    '2024-02-29'
    """
    return f"{month.year:04d}-{month.month:02d}-{month.days_in_month:02d}"


def periods(months: Iterable[pd.Period], grain: Grain) -> np.ndarray:
    """The period of a grain that each month lies in."""
    name = {"month": month_period, "quarter": quarter_period, "year": year_period}[grain]
    return np.array([name(month) for month in months], dtype=object)


def ends_period(month: pd.Period, grain: Grain) -> bool:
    """Whether a month is the last of its quarter or of its year to March; every month is the last of itself.

    >>> ends_period(pd.Period("2024-03", "M"), "year"), ends_period(pd.Period("2024-05", "M"), "quarter")
    (True, False)
    """
    return bool(month.month % MONTHS_IN[grain] == (3 if grain == "year" else 0))


def months_of(period: str) -> tuple[pd.Period, pd.Period]:
    """The first and the last month of a period; of a date its month, twice.

    >>> [str(month) for month in months_of("2024-Q1")], [str(month) for month in months_of("2023/24")]
    (['2024-01', '2024-03'], ['2023-04', '2024-03'])
    """
    if "/" in period:
        year = int(period[:4])
        return pd.Period(year=year, month=4, freq="M"), pd.Period(year=year + 1, month=3, freq="M")
    if "Q" in period:
        last = pd.Period(year=int(period[:4]), month=3 * int(period[-1]), freq="M")
        return last - 2, last
    month = pd.Period(period[:7], freq="M")
    return month, month


def grain_of(period: str) -> Grain:
    """The grain of a period; a date is as fine as a month.

    >>> grain_of("2024-03"), grain_of("2024-Q1"), grain_of("2023/24"), grain_of("2024-03-31")
    ('month', 'quarter', 'year', 'month')
    """
    return "year" if "/" in period else "quarter" if "Q" in period else "month"
