"""Two years compared like with like: a direction only where it is more than chance and ordinary straying."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import compare_years

MONTHS = pd.period_range("2021-04", periods=48, freq="M")


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
    assert compare_years(stock, kind="stock", last="2025-02").direction == "about the same"


def test_months_missing_in_one_year_are_left_out_of_both():
    counts = series(np.full(48, 100.0))
    counts["2024-05":"2024-06"] = np.nan
    found = compare_years(counts)
    assert (found.now, found.before, found.months) == (1000.0, 1000.0, 10)
    counts["2024-05":"2024-09"] = np.nan
    assert compare_years(counts).because == "too few months are known in both years"


def test_nothing_is_compared_across_a_break_or_without_a_year_before():
    events = pd.DataFrame({"month": ["2024-01"], "kind": ["break"], "label": ["a new system"]})
    found = compare_years(series(np.full(48, 100.0)), events=events)
    assert (found.direction, found.because) == ("not known", "the counting changed between the two years")
    assert compare_years(series(np.full(12, 9.0), MONTHS[:12])).because == "there is no year before"
    with pytest.raises(SeriesError, match="want a period from 2021-04 to 2025-03"):
        compare_years(series(np.full(48, 100.0)), last="2025-04")


def test_quarters_and_percentages_without_parts():
    quarters = pd.period_range("2022Q1", periods=8, freq="Q-DEC")
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


def test_a_year_before_in_lockdown_is_shown_and_not_judged():
    months = pd.period_range("2019-04", "2022-03", freq="M")
    found = compare_years(series(np.r_[np.full(12, 100.0), np.full(12, 60.0), np.full(12, 100.0)], months))
    assert (found.direction, found.now, found.before) == ("not known", 1200.0, 720.0)
    assert found.because == "the year before holds lockdown months"
    assert compare_years(series(np.full(36, 60.0), months), missing="none").direction == "about the same"
    stock = series(np.full(36, 300.0), months)
    assert compare_years(stock, kind="stock", last="2022-02").direction == "about the same", "a stock is no flow"


def test_an_event_that_excludes_months_leaves_both_figures_and_no_verdict():
    events = pd.DataFrame({"month": ["2021-01"], "until": ["2021-02"], "kind": ["exclude"], "label": ["Third lockdown"]})
    months = pd.period_range("2019-04", "2022-02", freq="M")
    plans = compare_years(series(np.linspace(280, 350, 35), months), kind="stock", events=events)
    assert (plans.direction, plans.because) == ("not known", "the date a year before was in lockdown")
    assert np.isfinite([plans.now, plans.before]).all()
    other = pd.DataFrame({"month": ["2023-06"], "kind": ["exclude"], "label": ["Files lost"]})
    lost = compare_years(series(np.full(48, 100.0)), last="2024-06", events=other)
    assert lost.because == "the year before holds months that an event leaves out"


def test_a_share_at_a_date_is_compared_date_with_date():
    agency = [31.1, 32.4, 33.8, 31.3, 31.7, 32.4, 32.2, 28.5, 27.1, 26.3, 24.5, 22.8, 22.0]
    percent = np.r_[np.full(35, 31.0) + np.random.default_rng(3).normal(0, 0.5, 35), agency]
    below = series(np.full(48, 110.0))
    found = compare_years(series(percent * 1.1), denominator=below, at_date=True)
    assert (found.direction, round(found.now, 1), round(found.before, 1), found.months) == ("down", 22.0, 31.1, 1)
    assert compare_years(series(percent * 1.1), denominator=below).direction == "about the same", "twelve months hide it"


def test_shares_at_a_date_that_nothing_moves_have_no_direction():
    rng, told = np.random.default_rng(8), 0
    for _ in range(120):
        found = compare_years(series(rng.binomial(115, 0.2, 48)), denominator=series(np.full(48, 115.0)), at_date=True)
        told += found.direction in ("up", "down")
    assert told <= 0.10 * 120
