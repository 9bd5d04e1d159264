"""How months settle by the published figures of 31 March, where no editions teach it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.indicators.settling import (
    ASSUMED,
    OPEN_CASES,
    PART_ASSUMED,
    PUBLISHED_FIGURES,
    learn_settling,
    settle,
    settling_table,
)
from cfanalysis.indicators.settling_published import CENSUS_AGE, settle_by_published

DEFAULT = learn_settling([], "cin_open", default=OPEN_CASES)


def recorded(last: str, level: float = 2000.0) -> pd.Series:
    months = pd.period_range("2012-04", last, freq="M")
    return pd.Series(level, months)


def published(series: pd.Series, ratios: dict[int, float]) -> pd.Series:
    """What is published of each March, as a share of what is recorded of it now."""
    marches = series[series.index.month == 3]
    return marches * [ratios.get(month.year, 1.0) for month in marches.index]


def test_a_published_figure_overrides_the_default():
    """Wealdshire: March 2017 recorded as 2,045, published as 2,043, was said to settle at 1,953."""
    series = recorded("2017-09", 2045.0)
    found = settle_by_published(series, published(series, {2017: 2043 / 2045}), DEFAULT)
    assert found.source == PART_ASSUMED
    assert found.provisional == CENSUS_AGE
    said = settle(series, found).set_index("month")
    assert said.loc["2017-03", "settled"] == 2045, "a month that hardly moves is as recorded"
    assert said.loc["2017-06", "low"] < said.loc["2017-06", "settled"] < 2045
    assert said.loc["2017-09", "settled"] == 2045 * OPEN_CASES[1], "of the newest nothing is known"
    assert "by a stated default" in settling_table(said.reset_index(), "Open").note


def test_the_newest_month_published_is_where_it_settles():
    """Itchenport: March 2022, the newest month, 2,574 recorded, 2,417 published."""
    series = recorded("2022-03", 2574.0)
    found = settle_by_published(series, published(series, {2022: 2417 / 2574}), DEFAULT)
    assert (found.source, found.assumed) == (PUBLISHED_FIGURES, False)
    assert round(settle(series, found).set_index("month").loc["2022-03", "settled"]) == 2417


def test_another_way_of_counting_is_not_taken_for_late_recording():
    series = recorded("2018-12")
    always = published(series, dict.fromkeys(range(2013, 2019), 0.9))
    found = settle_by_published(series, always, DEFAULT)
    at = found.ratios.set_index("age")["middle"]
    assert round(at[9], 6) == 1, "a tenth less in every year, settled or not"
    assert at[4] < 1, "but nobody knows when a month has settled"


def test_what_cannot_be_a_correction_teaches_nothing():
    series = recorded("2018-12")
    never = published(series, {2018: 0.5} | dict.fromkeys(range(2013, 2018), np.nan))
    assert settle_by_published(series, never, DEFAULT).source == ASSUMED
    nothing = pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"))
    assert settle_by_published(series, nothing, DEFAULT).source == ASSUMED


def test_few_years_leave_the_range_wide():
    series = recorded("2014-12")
    found = settle_by_published(series, published(series, {2014: 0.98}), DEFAULT)
    row = found.ratios.set_index("age").loc[9]
    assert (round(row["middle"], 3), row["high"] - row["low"] > 0.019) == (0.98, True)
