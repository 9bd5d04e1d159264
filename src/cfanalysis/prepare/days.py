"""The largest day of each month, of what is counted one by one: where many carry one date they may have been entered together."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cfanalysis.foundation.contracts import empty
from cfanalysis.foundation.periods import month_period


def largest_days(indicator: str, dates: pd.Series, months: Iterable[pd.Period]) -> pd.DataFrame:
    """Of each month the day with the most, and how many: indicator, period, day, value, flag.

    >>> dates = pd.Series(pd.to_datetime(["2024-03-01", "2024-03-04", "2024-03-04"]))
    >>> largest_days("referrals", dates, [pd.Period("2024-03", "M")])[["day", "value"]].to_numpy().tolist()
    [['2024-03-04', 2.0]]
    """
    days = pd.to_datetime(dates).dt.normalize()
    days = days[days.dt.to_period("M").isin(list(months))]
    if days.empty:
        return empty("largest_days")
    counts = days.value_counts().rename_axis("date").reset_index(name="value")
    counts = counts.sort_values(["value", "date"], ascending=[False, True])
    first = counts.assign(month=counts["date"].dt.to_period("M")).drop_duplicates("month").sort_values("month")
    return pd.DataFrame(
        {
            "indicator": indicator,
            "period": [month_period(month) for month in first["month"]],
            "day": first["date"].dt.strftime("%Y-%m-%d").to_numpy(),
            "value": first["value"].to_numpy(float),
            "flag": "",
        }
    )
