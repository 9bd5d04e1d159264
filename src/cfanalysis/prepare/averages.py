"""What is no count of anything: medians, and percentages that a file gives without the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import AS_GIVEN, COLUMNS, MEDIAN, TARGET
from cfanalysis.foundation.periods import date_period, month_period
from cfanalysis.indicators import Indicator
from cfanalysis.prepare.grains import Key


def read_averages(series: pd.DataFrame, known: Mapping[str, Indicator], grains: Mapping[Key, str]) -> pd.DataFrame:
    """Averages by month with the number of cases they rest on: indicator, breakdown, period, what, value, cases, flag.

    A median whose cases are offered by quarter or by year only, or together with others (small teams), is not offered: the middle of
    a month would rest on too few, and its row alone would name the team.
    """
    kinds = series["indicator"].map({name: each.kind for name, each in known.items()})
    bare = series["numerator"].isna() & series["value"].notna() & ~kinds.isin(("count", "stock"))
    rows = series[bare & (series["breakdown"] != TARGET)]
    middle = (rows["indicator"].map({name: each.kind for name, each in known.items()}) == "measure") & rows["denominator"].notna()
    monthly = [grains.get(key) == "month" for key in zip(rows["indicator"], rows["breakdown"], strict=True)]
    rows = rows[~middle | np.array(monthly, dtype=bool)]
    middle = middle[rows.index]
    frame = rows.assign(
        period=_periods(rows, known), what=np.where(middle, MEDIAN, AS_GIVEN), cases=rows["denominator"].where(middle), flag=""
    )
    return frame[list(COLUMNS["averages"])].reset_index(drop=True)


def _periods(rows: pd.DataFrame, known: Mapping[str, Indicator]) -> list[str]:
    return [
        date_period(month) if known[name].on_a_day else month_period(month)
        for name, month in zip(rows["indicator"], rows["month"], strict=True)
    ]
