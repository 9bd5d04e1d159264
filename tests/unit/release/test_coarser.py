"""What coarser cells tell of hidden months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE, NUMERATOR
from cfanalysis.release.coarser import spread_hidden

QUARTER = ["2017-04", "2017-05", "2017-06", "2017-Q2"]


def cells(part: str, periods: list[str], values: list[float]) -> pd.DataFrame:
    flags = ["c" if np.isnan(value) else "" for value in values]
    return pd.DataFrame({"period": periods, "part": part, "value": values, "flag": flags})


def year(values: list[float], quarters: list[float], total: float) -> pd.DataFrame:
    months = pd.period_range("2017-04", "2018-03", freq="M")
    names = ["2017-Q2", "2017-Q3", "2017-Q4", "2018-Q1"]
    periods = [*(str(month) for month in months), *names, "2017/18"]
    return cells(FIGURE, periods, [*values, *quarters, total])


def test_a_quarter_less_its_shown_months_is_shared_out():
    told = spread_hidden(cells(FIGURE, QUARTER, [15, np.nan, np.nan, 27]))
    assert told[FIGURE].tolist() == [6, 6]
    assert [str(month) for month in told.index] == ["2017-05", "2017-06"]


def test_a_year_tells_what_a_hidden_quarter_does_not():
    values = [10.0, 10, np.nan, *[10.0] * 6, np.nan, 10, 10]
    told = spread_hidden(year(values, [np.nan, 30, 30, 26], 110.0))[FIGURE]
    assert told["2018-01"] == 6, "the quarter first: it knows which month"
    assert told["2017-06"] == 4, "then what the year leaves"


def test_where_no_coarser_cell_is_shown_nothing_is_told():
    assert spread_hidden(cells(FIGURE, QUARTER, [15, np.nan, np.nan, np.nan])).empty


def test_a_quarter_with_a_month_that_is_not_there_tells_nothing():
    part = cells(FIGURE, QUARTER, [15, np.nan, np.nan, 27])
    part.loc[2, "flag"] = "x"
    assert spread_hidden(part).empty


def test_a_numerator_is_shared_out_as_its_denominator_is():
    below = cells(DENOMINATOR, QUARTER, [40, 10, 30, 80])
    above = cells(NUMERATOR, QUARTER, [20, np.nan, np.nan, 40])
    told = spread_hidden(pd.concat([above, below]))[NUMERATOR]
    assert told.tolist() == [5, 15]
