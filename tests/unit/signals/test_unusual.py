"""``unusual``: what it must find, what it must leave alone, and what it says where it cannot judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import not_judged, unusual
from cfanalysis.signals.unusual.inputs import exposure, reference_profile
from cfanalysis.signals.unusual.months import COLUMNS
from cfanalysis.signals.unusual.tails import ALERT, SEVERITIES

ALERTS = ("alert", "strong", "extreme")


def months(number: int, first: str = "2013-04") -> pd.PeriodIndex:
    return pd.period_range(first, periods=number, freq="M")


def seasonal_flow(mean: float, number: int = 72, seed: int = 1) -> pd.Series:
    """Poisson months with England's season and working days in them."""
    index = months(number)
    expected = mean * exposure(index, calendar=True, profile=reference_profile())
    return pd.Series(np.random.default_rng(seed).poisson(expected).astype(float), index)


def test_one_row_a_month_with_the_agreed_columns_and_severities() -> None:
    judged = unusual(seasonal_flow(200))
    assert tuple(judged.columns) == COLUMNS
    assert judged["month"].tolist() == months(72).tolist()
    assert set(judged["severity"]) <= set(SEVERITIES)
    known = judged[judged["z"].notna()]
    assert ((known["low"] < known["expected"]) & (known["expected"] < known["high"])).all()


@pytest.mark.parametrize("mean", [4, 25, 60, 400])
@pytest.mark.parametrize(("times", "way"), [(2.5, 1), (0.1, -1)])
def test_a_month_far_out_is_an_alert_on_its_side(mean: float, times: float, way: int) -> None:
    flow = seasonal_flow(mean)
    flow.iloc[-1] = np.round(flow.iloc[-13] * times)
    last = unusual(flow).iloc[-1]
    if mean == 4 and way < 0:
        assert last["severity"] == "usual"
        assert last["reason"] == "numbers too small to tell a fall from chance"
    else:
        assert last["severity"] in ALERTS
        assert np.sign(last["z"]) == way


def test_august_and_december_of_a_seasonal_flow_are_usual_and_are_not_without_the_season() -> None:
    flow = seasonal_flow(400)
    quiet = flow.index.month.isin([8, 12]) & (flow.index >= "2015-04")
    assert unusual(flow)["severity"][quiet].isin(ALERTS).sum() == 0
    plain = unusual(flow, season="none", calendar=False)
    assert plain["z"][quiet].mean() < unusual(flow)["z"][quiet].mean() - 0.5


def test_two_working_days_fewer_are_allowed_for() -> None:
    index = months(48, "2014-04")
    days = exposure(index, calendar=True, profile=None)
    flow = pd.Series(np.round(600 * days), index)
    assert np.nanmax(np.abs(unusual(flow, season="none")["z"])) < 1


def test_a_later_month_never_changes_an_earlier_row() -> None:
    flow = seasonal_flow(90)
    flow.iloc[50:] *= 2
    whole, part = unusual(flow), unusual(flow.iloc[:55])
    same = ["observed", "expected", "low", "high", "z", "p", "severity", "reason"]
    pd.testing.assert_frame_equal(whole.iloc[:55][same], part[same])


def test_after_a_step_the_new_level_becomes_usual_within_half_a_year() -> None:
    flow = seasonal_flow(300)
    flow.iloc[40:] = np.round(flow.iloc[40:] * 1.8)
    judged = unusual(flow)
    assert judged["severity"].iloc[40] in ALERTS
    assert not judged["severity"].iloc[46:52].isin(ALERTS).any()
    assert judged["expected"].iloc[50] > 1.5 * judged["expected"].iloc[38]


def test_a_past_outlier_is_damped() -> None:
    flow = seasonal_flow(300)
    spiked = flow.copy()
    spiked.iloc[40] *= 4
    before, after = unusual(flow)["expected"], unusual(spiked)["expected"]
    assert (after / before - 1).iloc[44:50].abs().max() < 0.15


def test_lockdown_is_judged_and_not_learnt_from() -> None:
    flow = seasonal_flow(300, 100)
    flow["2020-04":"2020-06"] = np.round(flow["2020-04":"2020-06"] * 0.4)
    judged = unusual(flow).set_index("month")
    assert (judged["severity"]["2020-04":"2020-06"].isin(ALERTS)).all()
    assert judged["expected"]["2020-09"] > 240
    learnt = unusual(flow, missing="none").set_index("month")
    assert learnt["expected"]["2020-07"] < judged["expected"]["2020-07"]


def test_provisional_means_a_short_history_or_a_new_month() -> None:
    provisional = unusual(seasonal_flow(100, 40), provisional_months=3)["provisional"].to_numpy()
    assert provisional[:24].all()
    assert not provisional[24:37].any()
    assert provisional[37:].all()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([50.0] * 11, "earlier months to judge from, and 12 are needed"),
        ([np.nan] * 30, "no figure for this month"),
        ([0.0] * 40, "numbers too small to tell a fall from chance"),
    ],
)
def test_a_month_that_cannot_be_judged_says_why(values: list[float], reason: str) -> None:
    last = unusual(pd.Series(values, months(len(values)))).iloc[-1]
    assert reason in last["reason"]
    assert last["severity"] == "usual"
    assert np.isnan(last["z"])
    assert np.isnan(last["p"])


def test_flags_are_missing_with_their_reason_and_gaps_are_rows() -> None:
    flow = seasonal_flow(100, 40).astype(object)
    flow.iloc[20] = "c"
    judged = unusual(flow.drop(flow.index[[30, 31]])).set_index("month")
    assert len(judged) == 40
    assert judged["reason"].iloc[20] == "suppressed (c)"
    assert judged["reason"].iloc[30] == "no figure for this month"
    assert judged["z"].iloc[-1] == judged["z"].iloc[-1]


def test_an_empty_series_gives_an_empty_table() -> None:
    assert len(unusual(pd.Series([], dtype=float))) == 0


def test_out_of_nothing_twelve_is_an_alert() -> None:
    flow = pd.Series([0.0] * 40 + [12.0], months(41))
    assert unusual(flow).iloc[-1]["severity"] in ALERTS


def test_constants_have_a_range_of_their_own_and_a_jump_is_seen() -> None:
    flow = pd.Series([200.0] * 40 + [400.0], months(41))
    judged = unusual(flow, season="none", calendar=False)
    assert judged["severity"].iloc[:-1].eq("usual").all()
    assert judged["high"].iloc[-1] > judged["low"].iloc[-1] + 20
    assert judged["severity"].iloc[-1] in ALERTS


def test_a_stock_is_judged_from_where_it_stands() -> None:
    steps = np.random.default_rng(3).normal(0, 6, 60)
    stock = pd.Series(np.round(1000 + np.cumsum(steps)), months(60))
    judged = unusual(stock, kind="stock")
    assert not judged["severity"].isin(("strong", "extreme")).any()
    assert (judged["expected"] - stock.shift(1).to_numpy()).iloc[24:].abs().max() < 20
    stock.iloc[-1] += 80
    assert unusual(stock, kind="stock").iloc[-1]["severity"] in ALERTS


def test_shares_use_their_denominator() -> None:
    generator = np.random.default_rng(4)
    below = pd.Series(generator.poisson(40, 50).astype(float), months(50))
    above = pd.Series(generator.binomial(below.astype(int), 0.8).astype(float), months(50))
    above.iloc[-1], below.iloc[-1] = 16, 40
    judged = unusual(above, denominator=below)
    assert judged["observed"].iloc[-1] == 40.0
    assert 75 < judged["expected"].iloc[-1] < 85
    assert judged["severity"].iloc[-1] in ALERTS
    small = below.copy()
    above.iloc[-1], small.iloc[-1] = 2, 5
    assert unusual(above, denominator=small).iloc[-1]["severity"] == "usual", "2 of 5 is the same 40 % and says little"


def test_a_share_of_large_numbers_is_as_sharp_as_its_binomial() -> None:
    generator = np.random.default_rng(5)
    below = pd.Series(np.full(50, 900.0), months(50))
    above = pd.Series(generator.binomial(900, 0.3, 50).astype(float), months(50))
    above.iloc[-1] = 900 * 0.4
    judged = unusual(above, denominator=below)
    assert judged["severity"].iloc[-1] in ALERTS
    assert judged["high"].iloc[-1] - judged["low"].iloc[-1] < 14


def test_no_denominator_is_nothing_to_take_a_share_of() -> None:
    below = pd.Series([20.0] * 29 + [0.0], months(30))
    last = unusual(pd.Series([10.0] * 29 + [0.0], months(30)), denominator=below).iloc[-1]
    assert last["reason"] == "nothing to take a share of in this month"
    assert np.isnan(last["observed"])


def test_a_break_starts_the_level_anew_and_an_excluded_month_is_set_aside() -> None:
    flow = seasonal_flow(200)
    flow.iloc[50:] *= 2.5
    flow.iloc[30] = 5000
    events = pd.DataFrame({"month": [flow.index[50], flow.index[30]], "kind": ["break", "exclude"], "label": ["New system", "Load error"]})
    judged = unusual(flow, events=events)
    assert not judged["severity"].iloc[50:].isin(ALERTS).any()
    assert judged["reason"].iloc[30] == "set aside by a dated event"
    assert np.isnan(judged["z"].iloc[30])
    assert judged["expected"].iloc[31] < 300
    assert unusual(flow)["severity"].iloc[50] in ALERTS


def test_a_season_of_its_own_is_learnt_from_earlier_years() -> None:
    index = months(84)
    shape = np.where(index.month == 2, 1.6, 1.0)
    flow = pd.Series(np.random.default_rng(6).poisson(300 * shape).astype(float), index)
    own = unusual(flow, season="own", calendar=False).set_index("month")["z"]
    none = unusual(flow, season="none", calendar=False).set_index("month")["z"]
    last = pd.Period("2020-02", freq="M")
    assert none[last] > ALERT
    assert abs(own[last]) < ALERT


@pytest.mark.parametrize(
    ("series", "told", "wanted"),
    [
        (pd.Series([1.0, 2.0]), {}, "want months"),
        (pd.Series([1.0, -2.0], months(2)), {}, "April|May 2013: found -2"),
        (pd.Series([1.0, np.inf], months(2)), {}, "finite"),
        (pd.Series([1.0, "many"], months(2)), {}, "found 'many'"),
        (pd.Series([1.0, 2.0], months(2)[::-1]), {}, "out of order"),
        (pd.Series([1.0, 2.0], months(1).repeat(2)), {}, "more than once"),
        (pd.Series([3.0, 2.0], months(2)), {"denominator": pd.Series([2.0, 2.0], months(2))}, "more than the denominator"),
        (pd.Series([3.0, 2.0], months(2)), {"kind": "flow"}, "found kind='flow'"),
        (pd.Series([3.0, 2.0], months(2)), {"season": [1.0] * 11}, "twelve values"),
        (pd.Series([3.0, 2.0], months(2)), {"season": "spring"}, "found season='spring'"),
        (pd.Series([3.0, 2.0], months(2)), {"missing": "all"}, "found missing='all'"),
        (
            pd.Series([3.0, 2.0], months(2)),
            {"events": pd.DataFrame({"month": ["2013-04"], "kind": ["party"], "label": ["x"]})},
            "found kind 'party'",
        ),
    ],
)
def test_what_cannot_be_read_in_one_way_only_is_an_error(series: pd.Series, told: dict[str, object], wanted: str) -> None:
    with pytest.raises(SeriesError, match=wanted):
        unusual(series, **told)


def test_not_judged_keeps_every_month_and_says_why() -> None:
    table = not_judged(pd.Series([4.0, np.nan], months(2)), "an average of few")
    assert table["reason"].tolist() == ["an average of few", "no figure for this month"]
    assert tuple(table.columns) == COLUMNS


def test_the_names_mean_functions_however_the_modules_were_imported() -> None:
    import importlib

    import cfanalysis
    import cfanalysis.signals as room

    for name in ("unusual", "shifts", "explain"):
        importlib.import_module(f"cfanalysis.signals.{name}")
        assert callable(getattr(room, name)), name
    assert cfanalysis.unusual is room.unusual
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = room.nothing_like_it


def test_a_month_is_unusual_usual_or_not_judged_and_never_usual_without_a_z() -> None:
    flow = seasonal_flow(200)
    flow.iloc[-1] *= 3
    flow.iloc[-5] = np.nan
    judged = unusual(flow)
    assert judged["state"].iloc[-1] == "unusual"
    assert judged["state"].iloc[-5] == "not judged"
    assert judged["state"].iloc[:12].eq("not judged").all()
    assert (judged["state"].eq("not judged") == judged["z"].isna()).all()
    assert judged.loc[judged["state"].eq("not judged"), "reason"].ne("").all()


def test_a_percentage_without_parts_is_judged_from_its_own_history() -> None:
    steady = pd.Series(90 + 3 * np.random.default_rng(1).standard_normal(40), months(40)).clip(0, 100)
    steady.iloc[-1] = 35
    last = unusual(steady, kind="percent").iloc[-1]
    assert (last["severity"], last["state"], last["reason"]) == ("extreme", "unusual", "")
    assert last["low"] > 70
