"""Two years compared like with like: a direction only where it is more than chance and ordinary straying."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import compare_years

MONTHS = pd.period_range("2020-04", periods=48, freq="M")


def series(values, months: pd.PeriodIndex = MONTHS) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), index=months)


def test_shares_are_pooled_and_one_month_does_not_speak_for_twelve():
    # the last month is 3.4 points lower than the same a year before, the twelve months are higher: 25.7 against 23.1 %
    below = series(np.full(48, 307.0))
    above = series(np.r_[np.full(35, 70.0), 80.0, np.full(11, 79.5), 71.0])
    found = compare_years(above, denominator=below)
    assert found.direction == "up"
    assert found.now == pytest.approx(100 * above[-12:].sum() / 3684)
    assert found.change == pytest.approx(found.now - found.before)
    assert found.low < found.change < found.high
    assert above.iloc[-1] < above.iloc[-13]


def test_counts_are_added_up_and_a_little_more_is_about_the_same():
    rng = np.random.default_rng(1)
    assert compare_years(series(rng.poisson(100, 48))).direction == "about the same"
    found = compare_years(series(np.r_[rng.poisson(100, 36), rng.poisson(140, 12)]))
    assert (found.direction, found.months) == ("up", 12)
    assert found.change == pytest.approx(0.4, abs=0.08)


def test_stocks_are_compared_date_with_date():
    stock = series(np.linspace(2353, 2353, 48))
    stock.iloc[-1] = 2756
    found = compare_years(stock, kind="stock")
    assert (found.direction, found.before, found.now, found.months) == ("up", 2353.0, 2756.0, 1)
    assert found.change == pytest.approx(2756 / 2353 - 1)
    assert compare_years(stock, kind="stock", last="2024-02").direction == "about the same"


def test_months_missing_in_one_year_are_left_out_of_both():
    counts = series(np.full(48, 100.0))
    counts["2023-05":"2023-06"] = np.nan
    found = compare_years(counts)
    assert (found.now, found.before, found.months) == (1000.0, 1000.0, 10)
    counts["2023-05":"2023-09"] = np.nan
    assert compare_years(counts).because == "too few months are known in both years"


def test_nothing_is_compared_across_a_break_or_without_a_year_before():
    events = pd.DataFrame({"month": ["2023-01"], "kind": ["break"], "label": ["a new system"]})
    found = compare_years(series(np.full(48, 100.0)), events=events)
    assert (found.direction, found.because) == ("not known", "the counting changed between the two years")
    assert compare_years(series(np.full(12, 9.0), MONTHS[:12])).because == "there is no year before"
    with pytest.raises(SeriesError, match="want a period from 2020-04 to 2024-03"):
        compare_years(series(np.full(48, 100.0)), last="2024-04")


def test_quarters_and_percentages_without_parts():
    quarters = pd.period_range("2021Q1", periods=8, freq="Q-DEC")
    found = compare_years(series([300] * 4 + [420] * 4, quarters))
    assert (found.direction, found.now, found.months) == ("up", 1680.0, 4)
    percent = compare_years(series(np.r_[np.full(36, 60.0), np.full(12, 70.0)]), kind="percent")
    assert (percent.direction, percent.change) == ("up", 10.0)


def test_the_direction_is_hardly_ever_wrong_and_steady_series_are_about_the_same():
    rng, told, wrong = np.random.default_rng(5), 0, 0
    for _ in range(120):
        true = rng.normal(0, 0.12)
        levels = np.r_[np.full(12, 40.0), np.full(12, 40.0 * np.exp(true))]
        found = compare_years(series(rng.poisson(levels), MONTHS[:24]))
        wrong += found.direction == ("down" if true > 0 else "up")
        steady = compare_years(series(rng.poisson(40.0, 24), MONTHS[:24]))
        told += steady.direction in ("up", "down")
    assert wrong <= 0.02 * 120
    assert told <= 0.10 * 120
