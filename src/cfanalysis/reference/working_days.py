"""Working days: Monday to Friday less England's bank holidays (bank_holidays.csv)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.reference import bank_holidays

Weekends = Literal["next", "previous"]
"""Which working day stands for one that is none, where working days are counted between two dates."""


def working_days(months: pd.PeriodIndex) -> np.ndarray:
    """Working days in each month, as floats of the same length (18 to 23).

    >>> working_days(pd.period_range("2024-03", "2024-04", freq="M")).tolist()
    [20.0, 21.0]
    """
    first = months.to_timestamp(how="start").to_numpy().astype("datetime64[D]")
    after = (months + 1).to_timestamp(how="start").to_numpy().astype("datetime64[D]")
    return np.busday_count(first, after, holidays=bank_holidays()).astype(float)


def working_days_between(start: pd.Series, end: pd.Series, *, weekends: Weekends = "next") -> pd.Series:
    """Working days from start to end, the same day being 0; missing where either date is missing.

    The convention of DfE's published bins (REFERENCE 2.1): Monday to the next Monday is 5. A day that is no working day counts as
    the next one, or with ``weekends="previous"`` as the one before: what begins on a Saturday then has its first working day on Monday.

    >>> saturday, monday = (pd.Series(pd.to_datetime([day])) for day in ("2024-03-09", "2024-03-11"))
    >>> working_days_between(saturday, monday).tolist(), working_days_between(saturday, monday, weekends="previous").tolist()
    ([0.0], [1.0])
    """
    known = start.notna() & end.notna()
    days = np.full(len(start), np.nan)
    later = np.timedelta64(int(weekends == "previous"), "D")  # the days after the first up to the last, or from it up to before the last
    first, last = (dates[known].to_numpy().astype("datetime64[D]") + later for dates in (start, end))
    days[known.to_numpy()] = np.busday_count(first, last, holidays=bank_holidays())
    return pd.Series(days, index=start.index)
