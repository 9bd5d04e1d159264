"""What the expected change of a winter is made of, and what winters have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.judging.winter_question import january_february
from cfanalysis.judging.winters import Parts, shake
from cfanalysis.models.prior import shipped
from cfanalysis.reference.working_days import working_days

MONTHS = pd.period_range("2011-04", "2017-12", freq="M")
OPTIONS = {"season": "none", "paths": 500}


def steady(rate: float = 200.0, months: pd.PeriodIndex = MONTHS) -> pd.Series:
    """Poisson months by working days."""
    made = np.random.default_rng(6).poisson(rate * working_days(months) / 21)
    return pd.Series(made.astype(float), index=months)


def test_the_parts_add_up_to_the_change_that_was_expected():
    for options in (OPTIONS, {"paths": 500}, {"calendar": False, "paths": 500}):
        answer = january_february(steady(), year=2018, **options)
        assert answer.parts.total == pytest.approx(np.log(answer.expected / answer.base))


def test_a_short_winter_is_put_down_to_working_days():
    answer = january_february(steady()[:"2014-12"], year=2015, **OPTIONS)  # 41 working days against 64
    assert answer.parts.largest == "working days"
    assert answer.parts.working_days == pytest.approx(np.log((41 / 2) / (64 / 3)))
    assert january_february(steady()[:"2014-12"], year=2015, calendar=False, **OPTIONS).parts.working_days == 0


def test_after_a_high_autumn_the_way_back_is_the_largest_part():
    series = steady()
    series["2017-10":"2017-12"] = (series["2017-10":"2017-12"] * 1.5).round()
    answer = january_february(series, year=2018, **OPTIONS)
    assert answer.parts.largest == "return to the mean"
    assert answer.parts.return_to_mean < -0.05
    assert abs(answer.parts.trend) < 0.05


def test_a_winter_lower_by_season_is_put_down_to_it():
    series = steady()
    series[series.index.month.isin([1, 2])] *= 0.6
    answer = january_february(series, year=2018, season="own", paths=500)
    assert answer.parts.largest == "season"
    assert answer.parts.season < -0.2


def test_of_a_stock_only_trend_and_season_are_told():
    stock = pd.Series(1000.0 + 12 * np.arange(len(MONTHS)), MONTHS)
    parts = january_february(stock, year=2018, kind="stock", season="none", paths=500).parts
    assert (parts.working_days, parts.return_to_mean) == (0, 0)
    assert parts.largest == "trend"


def test_a_percentage_is_not_taken_apart():
    below = pd.Series(200.0, MONTHS)
    above = pd.Series(np.random.default_rng(0).binomial(200, 0.6, len(MONTHS)).astype(float), MONTHS)
    answer = january_february(above, year=2018, denominator=below, paths=500)
    assert answer.parts.largest == ""
    assert np.isnan(answer.parts.total)
    assert Parts().largest == ""


def test_autumns_of_none_count_as_no_fall():
    months = pd.period_range("2014-04", "2019-12", freq="M")
    rng, said = np.random.default_rng(0), []
    for _ in range(60):
        series = pd.Series(rng.poisson(0.3, len(months)).astype(float), months)
        said.append(january_february(series, calendar=False, missing="none", **OPTIONS).raw.probability)
    # truth: of Poisson autumns of 0.9 and winters of 0.6, 40 % fall by the month
    assert np.mean(said) == pytest.approx(0.40, abs=0.08)
    none = pd.Series(np.r_[np.tile([0.0, 1.0], 33), 0.0, 0.0, 0.0], months)
    assert january_february(none, calendar=False, **OPTIONS).raw.probability == 0


def test_all_winters_move_together_and_counts_stay_whole():
    after = np.random.default_rng(1).poisson(100, (4000, 2)).astype(float)
    shaken = shake(after, 0)
    assert (shaken == np.rint(shaken)).all()
    assert shaken.sum() == pytest.approx(after.sum(), rel=0.01)
    assert shaken.sum(axis=1).std() > 1.15 * after.sum(axis=1).std()
    both = np.corrcoef(shaken.T)[0, 1]
    assert both > np.corrcoef(after.T)[0, 1] + 0.1
    np.testing.assert_array_equal(shake(after, 0, replace(shipped(), winters=())), after)
    few = np.random.default_rng(1).poisson(3, (500, 2)).astype(float)
    np.testing.assert_array_equal(shake(few, 0), few)
