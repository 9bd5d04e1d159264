"""What is no count of anything: medians, and percentages that a file gives without the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.indicators import Indicator
from cfanalysis.periods import date_period, month_period
from cfanalysis.prepare.grains import Key
from cfanalysis.release.content import COLUMNS, TARGET

MEDIAN, AS_GIVEN = "median", "as given"
"""What an average is: the middle of its cases, or a figure whose parts nobody gave."""


def read_averages(series: pd.DataFrame, known: Mapping[str, Indicator], grains: Mapping[Key, str]) -> pd.DataFrame:
    """Averages by month with the number of cases they rest on: indicator, breakdown, period, what, value, cases, flag.

    One whose cases are offered by quarter or by year only is not offered: the middle of a month rests on too few.
    """
    kinds = series["indicator"].map({name: each.kind for name, each in known.items()})
    bare = series["numerator"].isna() & series["value"].notna() & ~kinds.isin(("count", "stock"))
    rows = series[bare & (series["breakdown"] != TARGET)]
    monthly = [grains.get(key, "month") == "month" for key in zip(rows["indicator"], rows["breakdown"], strict=True)]
    rows = rows[np.array(monthly, dtype=bool)]
    middle = (rows["indicator"].map({name: each.kind for name, each in known.items()}) == "measure") & rows["denominator"].notna()
    frame = rows.assign(
        period=_periods(rows, known), what=np.where(middle, MEDIAN, AS_GIVEN), cases=rows["denominator"].where(middle), flag=""
    )
    return frame[list(COLUMNS["averages"])].reset_index(drop=True)


def _periods(rows: pd.DataFrame, known: Mapping[str, Indicator]) -> list[str]:
    return [
        date_period(month) if known[name].on_a_day else month_period(month)
        for name, month in zip(rows["indicator"], rows["month"], strict=True)
    ]
