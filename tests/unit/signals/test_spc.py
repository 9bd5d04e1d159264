"""XmR charts worked out by hand, each rule on the smallest series that breaks it, and on everything that is awkward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.signals.classic.spc import icons, spc
from cfanalysis.signals.classic.spc_rules import careful_mean, point_types, special_cause, xmr_limits

VALUES = st.lists(st.one_of(st.none(), st.floats(-1000, 1000)), min_size=0, max_size=40)


def months(values: Any, first: str = "2020-04") -> pd.Series:
    numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
    return pd.Series(numbers, index=pd.period_range(first, periods=len(numbers), freq="M"))


def rules(values: Any, **options: Any) -> list[str]:
    return list(spc(months(values), **options)["rule"])


def test_limits_worked_out_by_hand() -> None:
    # Mean 11; moving ranges 2, 1, 2, 4, mean 2.25; 2.66 x 2.25 = 5.985.
    chart = spc(months([10, 12, 11, 13, 9]))
    assert chart["mean"].unique().tolist() == [11]
    assert chart["lower"].iloc[0] == pytest.approx(5.015)
    assert chart["upper"].iloc[0] == pytest.approx(16.985)
    assert chart["trial"].all()


def test_an_outlying_moving_range_is_screened_out() -> None:
    # Moving ranges: nineteen of 1, two of 50. Their mean is 5.67, and 50 is more than 3.267 times that.
    values = np.r_[np.arange(10) % 2, 50.5, np.arange(11) % 2 + 0.5]
    screened, plain = (xmr_limits(values, screen_outliers=screen) for screen in (True, False))
    assert screened.upper - screened.mean == pytest.approx(2.66 * 1)
    assert plain.upper - plain.mean > 10


def test_beyond_a_limit_above_and_below() -> None:
    steady = [10, 11] * 7
    assert rules([*steady, 30])[-1] == "Above UCL"
    assert rules([*steady, -10])[-1] == "Below LCL"


def test_seven_rising_points_are_a_trend_and_six_are_not() -> None:
    noise = [20, 10, 22, 8, 20, 12, 21, 19] * 2
    assert rules([*noise, 10, 11, 12, 13, 14, 15, 16])[-7:] == ["7 Point Trend (Increasing)"] * 7
    assert "7 Point Trend (Increasing)" not in rules([*noise, 10, 11, 12, 13, 14, 15])
    assert rules([*noise, 20, 19, 18, 17, 16, 15, 14])[-7:] == ["7 Point Trend (Decreasing)"] * 7


def test_seven_points_on_one_side_are_a_run_and_six_are_not() -> None:
    side = np.array([1.0, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, 1])
    none = np.zeros(len(side), dtype=bool)
    found = special_cause(np.tile([1.0, 2.0], 7), side, none, none)
    assert found.tolist() == ["7 Points Above CL"] * 7 + ["Common Cause"] * 7


def test_a_point_on_the_mean_ends_a_run() -> None:
    side = np.array([1.0, 1, 1, 0, 1, 1, 1, 1])
    none = np.zeros(len(side), dtype=bool)
    assert set(special_cause(np.tile([1.0, 2.0], 4), side, none, none)) == {"Common Cause"}


def test_two_in_three_marks_the_two_that_are_close() -> None:
    side = np.array([1.0, -1, -1, -1, 1])
    close = np.array([False, True, False, True, False])
    none = np.zeros(5, dtype=bool)
    found = special_cause(np.array([5.0, 1, 3, 1, 5]), side, close, none)
    assert found.tolist() == ["Common Cause", "2 in 3 Below CL", "Common Cause", "2 in 3 Below CL", "Common Cause"]
    other_side = np.array([1.0, -1, 1, -1, 1])
    assert set(special_cause(np.array([5.0, 1, 6, 1, 5]), other_side, close, none)) == {"Common Cause"}


def test_a_limit_comes_before_a_trend_before_a_run() -> None:
    side = np.ones(8)
    rising, none, beyond = np.arange(8.0), np.zeros(8, dtype=bool), np.arange(8) == 7
    found = special_cause(rising, side, none, beyond)
    assert found.tolist() == ["7 Point Trend (Increasing)"] * 7 + ["Above UCL"]


def test_what_a_point_means_depends_on_the_direction_of_improvement() -> None:
    broken = np.array(["Above UCL", "7 Point Trend (Decreasing)", "Common Cause"], dtype=object)
    assert point_types(broken, 1).tolist() == ["special_cause_improvement", "special_cause_concern", "common_cause"]
    assert point_types(broken, -1).tolist() == ["special_cause_concern", "special_cause_improvement", "common_cause"]
    assert point_types(broken, 0).tolist() == ["special_cause_neutral_high", "special_cause_neutral_low", "common_cause"]


@pytest.mark.parametrize(
    ("improvement", "target", "wanted"),
    [
        ("increase", 100, "consistent_fail"),
        ("increase", -100, "consistent_pass"),
        ("decrease", 100, "consistent_pass"),
        ("decrease", -100, "consistent_fail"),
        ("increase", 11, "inconsistent"),
        (None, 100, ""),
        ("increase", None, ""),
    ],
)
def test_the_assurance_icon(improvement: Any, target: float | None, wanted: str) -> None:
    chart = spc(months([10, 12, 11, 13, 9, 11]), improvement=improvement, target=target)
    assert icons(chart).assurance == wanted


def test_the_variation_icon_is_of_the_newest_value() -> None:
    chart = spc(months([*[10, 11] * 7, 30, None]), improvement="decrease")
    assert icons(chart).variation == "special_cause_concern"
    with pytest.raises(ParameterError, match="no values"):
        icons(spc(months([None, None])))


def test_limits_start_afresh_at_a_named_event() -> None:
    values = [10, 12, 11, 13] * 4 + [20, 22, 21, 23] * 4
    plain, fresh = spc(months(values)), spc(months(values), rebase={"2021-08": "New front door"})
    assert (plain["rule"] != "Common Cause").any()
    assert fresh["mean"].unique().tolist() == [11.5, 21.5]
    assert (fresh["rule"] == "Common Cause").all()
    assert fresh["stretch"].tolist() == [0] * 16 + [1] * 16
    assert fresh.loc[fresh["event"] != "", ["month", "event"]].astype(str).to_numpy().tolist() == [["2021-08", "New front door"]]


@pytest.mark.parametrize(
    "rebase", ["2021-08", ["2021-08"], {"2021-08": ""}, {"2021-08": " "}, [("2021-08", None)], [pd.Period("2021-08", "M")]]
)
def test_never_without_a_named_event(rebase: Any) -> None:
    with pytest.raises(ParameterError, match="event"):
        spc(months(range(32)), rebase=rebase)


@pytest.mark.parametrize(("rebase", "message"), [({"2031-08": "Move"}, "2020-04 to 2022-11"), ({"August": "Move"}, "like 2024-03")])
def test_a_rebase_outside_the_series_says_so(rebase: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        spc(months(range(32)), rebase=rebase)


def test_limits_can_be_fixed_after_the_first_points() -> None:
    values = [10, 12, 11, 13] * 3 + [30, 32, 31, 33]
    chart = spc(months(values), fix_after=12)
    assert chart["mean"].iloc[-1] == 11.5
    assert chart["rule"].tolist()[-4:] == ["Above UCL"] * 4
    assert chart["used"].tolist() == [True] * 12 + [False] * 4
    with pytest.raises(ParameterError, match="12 points or more"):
        spc(months(values), fix_after=6)


def test_missing_months_stay_missing_and_end_a_run() -> None:
    values: list[float | None] = [1, 6] * 6 + [8, 7, 8, None, 7, 8, 7, 8]
    chart = spc(months(values))
    assert not chart["rule"].str.startswith("7 Points Above").any()
    assert chart["reason"].iloc[15] == "no value for this month"
    skipped = months(values).dropna()
    pd.testing.assert_frame_equal(spc(skipped), chart)
    assert rules([1, 6] * 6 + [8, 7, 8, 7, 8, 7, 8])[-1] == "7 Points Above CL"


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5], [0.1] * 14, [None] * 11, [None, 3, None]], ids=str)
def test_awkward_series_have_no_limits_and_no_special_cause(values: list[float | None]) -> None:
    chart = spc(months(values), improvement="increase", target=3)
    assert chart["upper"].isna().all()
    assert (chart["rule"] == "Common Cause").all()
    assert (chart["assurance"] == "").all()
    assert (chart["reason"] != "").all()


def test_a_signal_that_is_only_the_season_says_so() -> None:
    rng = np.random.default_rng(5)
    season = np.tile([0, 0, 0, 0, -25, 0, 0, 0, 0, 0, 0, 0], 8)
    values = 100 + season + rng.normal(0, 2, 96)
    values[60] = 130  # a real one
    chart = spc(months(values))
    augusts = chart[chart["month"].dt.month == 8]
    assert (augusts["rule"] == "Below LCL").all()
    assert augusts["seasonal"].all()
    assert augusts["reason"].str.contains("this may be the season").all()
    assert chart["rule"].iloc[60] == "Above UCL"
    assert not chart["seasonal"].iloc[60]


def test_without_a_season_nothing_is_put_down_to_it() -> None:
    chart = spc(months(np.random.default_rng(6).normal(100, 5, 96)))
    assert not chart["seasonal"].any()


def test_weeks_and_series_without_dates() -> None:
    weekly = pd.Series([1.0, 2, 3], index=pd.date_range("2024-01-01", periods=3, freq="7D"))
    assert spc(weekly, rebase={"2024-01-08": "Move"})["stretch"].tolist() == [0, 1, 1]
    plain = spc(pd.Series([1.0, 2, 3]), rebase={1: "Move"})  # type: ignore[dict-item]
    assert plain.columns[0] == "period"
    assert plain["stretch"].tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"improvement": "up"}, "'increase', 'decrease'"), ({"target": float("nan")}, "target"), ({"fix_after": 3}, "fix_after")],
)
def test_an_option_that_cannot_be_used_says_why(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        spc(months(range(14)), **options)


def test_text_is_refused() -> None:
    with pytest.raises(SeriesError, match="found 'c'"):
        spc(pd.Series(["1", "c"], index=pd.period_range("2024-01", periods=2, freq="M")))


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30))
def test_equal_values_are_never_beside_their_mean(numbers: list[int]) -> None:
    value = numbers[0] / 7
    assert careful_mean(np.full(len(numbers), value)) == value


@settings(max_examples=40)
@given(VALUES)
def test_turning_the_chart_over_turns_every_verdict_over(values: list[float | None]) -> None:
    upright = spc(months(values), improvement="increase")
    turned = spc(months([None if value is None else -value for value in values]), improvement="decrease")
    assert upright["point_type"].tolist() == turned["point_type"].tolist()
    np.testing.assert_allclose(upright["upper"], -turned["lower"], rtol=1e-9, atol=1e-9)


@settings(max_examples=40)
@given(VALUES)
def test_a_missing_month_is_common_cause_and_a_marked_one_has_a_value(values: list[float | None]) -> None:
    chart = spc(months(values))
    assert chart.loc[chart["observed"].isna(), "rule"].isin(["Common Cause"]).all()
    assert (chart.loc[chart["outside"], "rule"].isin(["Above UCL", "Below LCL"])).all()
    assert not (chart["outside"] & chart["close"]).any()
