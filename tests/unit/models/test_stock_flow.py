"""Stock and flow: it adds up on every path, carries what history leaves over, and answers why and what if."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.attribution import why_changed
from cfanalysis.models.closures import months_open, split_ends
from cfanalysis.models.scenarios import Scenario, to_reach, what_if
from cfanalysis.models.stock_flow import forecast_stock, reconcile
from cfanalysis.reference.working_days import working_days


def history(
    seed: int = 0,
    months: int = 60,
    level: float = 120,
    stay: float = 8,
    starts_change: float = 0,
    closures_change: float = 0,
    left_over: int = 0,
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """A true stock-flow history; a planted change holds in its last twelve months."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("2018-04", periods=months, freq="M")
    days = working_days(index) / 21
    late = np.arange(months) >= months - 12
    starts = rng.poisson(level * days * (1 + starts_change * late))
    rate = 1 - np.exp(-days / stay * (1 + closures_change * late))
    stock, ends, open_now = [], [], int(level * stay)
    for started, chance in zip(starts, rate, strict=True):
        ended = rng.binomial(open_now, chance) + rng.binomial(started, chance / 2)
        open_now += started - ended + left_over
        stock.append(open_now)
        ends.append(ended)
    return tuple(pd.Series(np.array(each, float), index, name=name) for each, name in ((stock, "open"), (starts, "in"), (ends, "out")))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def ahead():
    return forecast_stock(*history(), paths=400)


def identity_holds(forecast) -> bool:
    before = np.column_stack([np.full(len(forecast.stock.paths), forecast.draws.opening), forecast.stock.paths[:, :-1]])
    made = before + forecast.starts.paths - forecast.ends.paths + forecast.draws.difference
    return bool((forecast.stock.paths == made).all())


def test_it_adds_up_to_the_unit_on_every_path(ahead):
    assert identity_holds(ahead)
    for each in (ahead.stock, ahead.starts, ahead.ends):
        assert (each.paths == np.rint(each.paths)).all()
        assert (each.paths >= 0).all()
        assert each.paths.shape == (400, 12)
    assert (ahead.draws.difference == 0).all()


def test_history_is_reconciled_and_what_is_left_over_is_carried():
    stock, starts, ends = history(left_over=5)
    frame = reconcile(stock, starts, ends)
    assert (frame["difference"].dropna() == 5).all()
    assert np.isnan(frame["before"].iloc[0])
    forecast = forecast_stock(stock, starts, ends, 6, paths=200)
    assert (forecast.draws.difference == 5).all()
    assert identity_holds(forecast)
    assert any("+5.0 a month" in note for note in forecast.notes)


def test_differences_that_come_and_go_are_drawn_again():
    stock, starts, ends = history()
    bumped = stock + np.where(np.arange(len(stock)) % 6 == 5, 8, 0)
    forecast = forecast_stock(bumped, starts, ends, 12, paths=300)
    assert set(np.unique(forecast.draws.difference)) <= {-8.0, 0.0, 8.0}
    assert (forecast.draws.difference != 0).any()
    assert identity_holds(forecast)


def test_the_same_seed_gives_the_same_futures_and_another_does_not(ahead):
    again, other = forecast_stock(*history(), paths=400), forecast_stock(*history(), paths=400, seed=1)
    assert (again.stock.paths == ahead.stock.paths).all()
    assert (other.stock.paths != ahead.stock.paths).any()


def test_starts_and_the_rate_of_closing_do_not_share_their_luck(ahead):
    rate = ahead.draws.closing_rate.mean(axis=1)
    assert abs(np.corrcoef(ahead.starts.paths.mean(axis=1), rate)[0, 1]) < 0.3


def test_a_stock_out_of_balance_goes_where_starts_and_closures_take_it():
    _, starts, _ = history(months=72)
    rate, open_now = 0.1, 4000.0  # far more open than 120 starts a month keep up at this rate
    stock, ends = [], []
    for started in starts:
        ended = round(rate * open_now)
        open_now += started - ended
        stock.append(open_now)
        ends.append(ended)
    made, closed = (pd.Series(each, starts.index, dtype=float) for each in (stock, ends))
    early = [each.iloc[:14] for each in (made, starts, closed)]
    forecast = forecast_stock(*early, 12, season="none", season_ends="none", calendar=False, paths=300)
    low, high = forecast.stock.interval(0.95).iloc[-1]
    assert low < made.iloc[25] < high
    assert high < made.iloc[13]  # still on its way down


def test_nothing_open_and_nothing_closing_stays_possible():
    index = pd.period_range("2020-04", periods=36, freq="M")
    none = pd.Series(0.0, index)
    some = pd.Series([float(n % 2) for n in range(36)], index)
    forecast = forecast_stock(10 + some.cumsum(), some, none, 6, paths=200)
    assert identity_holds(forecast)
    assert (forecast.stock.paths >= 10).mean() > 0.5
    with pytest.raises(SeriesError, match="no month has children open"):
        forecast_stock(none, none, none)


@pytest.mark.parametrize("short", ["stock", "starts", "ends"])
def test_the_three_must_end_together(short):
    parts = dict(zip(("stock", "starts", "ends"), history(), strict=True))
    parts[short] = parts[short].iloc[:-1]
    with pytest.raises(SeriesError, match="want the three to end in the same month"):
        forecast_stock(**parts)


def test_starts_known_for_longer_are_taken_as_they_came():
    stock, starts, ends = history()
    ahead = forecast_stock(stock.iloc[:-3], starts.iloc[:-1], ends.iloc[:-3], 8, paths=200)
    assert (str(ahead.months[0]), len(ahead.months)) == (str(stock.index[-3]), 8)
    assert (ahead.starts.paths[:, :2] == starts.iloc[-3:-1].to_numpy()).all()
    assert ahead.starts.paths[:, 2].std() > 0
    assert identity_holds(ahead)
    assert (forecast_stock(stock.iloc[:-3], starts, ends.iloc[:-3], 2, paths=200).starts.paths == starts.iloc[-3:-1].to_numpy()).all()
    dated = starts.set_axis(starts.index.to_timestamp())
    assert forecast_stock(stock.iloc[:-3], dated, ends.iloc[:-3], 8, paths=200).starts.paths[0, 2] == starts.iloc[-1]


def test_a_dated_step_in_starts_or_in_closing_is_allowed_for():
    stock, starts, ends = history(months=72, starts_change=0.5)
    cut = [each.iloc[:-9] for each in (stock, starts, ends)]  # three months after the step
    told = forecast_stock(*cut, 6, events=[(starts.index[-12], "step")], paths=300)
    untold = forecast_stock(*cut, 6, paths=300)
    assert told.starts.median.mean() > untold.starts.median.mean()
    assert forecast_stock(*cut, 6, events_ends=[(starts.index[-12], "step")], paths=300).ends.paths.shape == (300, 6)


def test_missing_months_are_not_zero():
    stock, starts, ends = history()
    ends.iloc[20] = np.nan
    frame = reconcile(stock, starts, ends)
    assert np.isnan(frame["difference"].iloc[20])
    full, holed = forecast_stock(*history(), paths=300), forecast_stock(stock, starts, ends, paths=300)
    assert abs(holed.stock.median.iloc[-1] / full.stock.median.iloc[-1] - 1) < 0.05


def test_what_happens_later_changes_nothing_before():
    stock, starts, ends = history()
    cut = [each.iloc[:-12] for each in (stock, starts, ends)]
    assert (forecast_stock(*cut, paths=200).stock.paths == forecast_stock(*[each.copy() for each in cut], paths=200).stock.paths).all()


def test_a_what_if_is_the_change_alone_and_says_that_it_is_one(ahead):
    first = ahead.months[2]
    shown = what_if(ahead, Scenario("20 more closures a month from June", first, more_closures=20))
    assert shown.label == "What if: 20 more closures a month from June"
    assert shown.baseline is ahead.stock
    assert (shown.result.paths[:, :2] == ahead.stock.paths[:, :2]).all()
    assert (shown.difference["high"].iloc[2:] < 0).all()
    assert shown.difference["median"].iloc[2] == pytest.approx(-20, abs=1)
    assert any(note.startswith("What if") for note in shown.result.notes)
    assert identity_holds(shown.parts)
    assert list(shown.to_frame()) == ["baseline", "baseline_low", "baseline_high", "what_if", "what_if_low", "what_if_high"]


def test_fewer_starts_and_faster_closing_bring_the_stock_down(ahead):
    for change in ({"starts": -0.1}, {"closures": 0.1}, {"more_starts": -10}):
        shown = what_if(ahead, Scenario("a try", ahead.months[0], **change))
        assert (shown.difference["median"] < 0).all()
        assert (shown.result.paths >= 0).all()
    none = what_if(ahead, Scenario("nothing at all", ahead.months[0]))
    assert (none.result.paths == ahead.stock.paths).all()


def test_what_ifs_that_make_no_sense_are_refused(ahead):
    start = ahead.months[0]
    with pytest.raises(SeriesError, match="outside the forecast"):
        what_if(ahead, Scenario("too late", start + 40, starts=-0.1))
    with pytest.raises(SeriesError, match="through starts and closures"):
        what_if(ahead, Scenario("directly", start, change=-0.1))
    with pytest.raises(SeriesError, match="changes a count"):
        what_if(ahead.starts, Scenario("closures of a flow", start, closures=0.1))
    with pytest.raises(SeriesError, match="needs a label"):
        Scenario(" ", start)
    with pytest.raises(SeriesError, match="more than all of it"):
        Scenario("all gone", start, starts=-1.5)
    with pytest.raises(SeriesError, match="before it starts"):
        Scenario("backwards", start + 3, start)


def test_a_flow_can_be_changed_too(ahead):
    shown = what_if(ahead.starts, Scenario("10 % down", ahead.months[0], change=-0.1))
    assert shown.result.paths.mean() == pytest.approx(0.9 * ahead.starts.paths.mean(), rel=0.01)


def test_what_it_takes_brings_the_middle_path_to_the_target(ahead):
    month = ahead.months[-1]
    target = round(ahead.stock.median.iloc[-1] * 0.9)
    needs = to_reach(ahead, target, month)
    assert needs.probability < 0.3
    for change in ({"starts": needs.starts}, {"closures": needs.closures}, {"more_closures": needs.more_closures}):
        reached = what_if(ahead, Scenario("as asked", ahead.months[0], **change)).result.median.iloc[-1]
        assert reached == pytest.approx(target, abs=4)
    assert needs.starts < 0 < needs.closures
    assert needs.fewer_starts > 0


def test_what_it_takes_is_nothing_where_it_comes_anyway_and_nan_where_it_cannot_be_had(ahead):
    easy = to_reach(ahead, ahead.draws.opening * 2, ahead.months[-1])
    assert easy.starts > 0  # to go up takes more starts
    anyway = to_reach(ahead, max(ahead.draws.opening - 1, ahead.stock.paths.max()), ahead.months[-1])
    assert anyway.probability <= 1
    impossible = to_reach(ahead, 0, ahead.months[0])
    assert np.isnan(impossible.starts)
    with pytest.raises(SeriesError, match="outside the forecast"):
        to_reach(ahead, 100, ahead.months[-1] + 1)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"starts_change": -0.35}, "fewer starts"),
        ({"starts_change": 0.35}, "more starts"),
        ({"closures_change": 0.4}, "more closures"),
        ({"closures_change": -0.3}, "fewer closures"),
    ],
)
def test_a_planted_change_is_attributed_to_where_it_was_planted(change, cause):
    found = why_changed(*history(seed=11, months=72, **change), "2023-04", paths=400)
    assert found.cause == cause
    assert found.parts["children"].sum() == pytest.approx(found.change, abs=1e-6)
    assert found.opening + found.change == found.closing


def test_no_cause_is_named_for_noise():
    causes = [why_changed(*history(seed=seed, months=72), "2023-04", paths=300).cause for seed in range(6)]
    assert sum(cause in ("cannot tell", "a backlog clearing", "a backlog building") for cause in causes) >= 4


def test_a_change_cannot_be_taken_apart_across_a_hole():
    stock, starts, ends = history(months=72)
    ends["2023-06"] = np.nan
    with pytest.raises(SeriesError, match="a month is missing"):
        why_changed(stock, starts, ends, "2023-04")
    with pytest.raises(SeriesError, match="holds no month"):
        why_changed(*history(), "2040-01")


def test_the_what_if_label_survives_replacing_the_scenario(ahead):
    scenario = Scenario("starts 10 % down from January", ahead.months[0], starts=-0.1)
    assert what_if(ahead, replace(scenario, label="the other way")).label == "What if: the other way"


def test_reasons_for_closure_add_up_to_the_ends_on_every_path(ahead):
    _, _, ends = history()
    reasons = pd.DataFrame({"No longer in need": (ends * 0.9).round(), "Moved away": ends - (ends * 0.9).round(), "Adopted": 0.0})
    parts = split_ends(ahead, reasons)
    assert (sum(part.paths for part in parts.values()) == ahead.ends.paths).all()
    assert parts["No longer in need"].paths.sum() / ahead.ends.paths.sum() == pytest.approx(0.9, abs=0.03)
    assert 0 < parts["Adopted"].paths.sum() < 0.02 * ahead.ends.paths.sum()
    with pytest.raises(SeriesError, match="no case that ended has a reason"):
        split_ends(ahead, reasons * 0)


def test_months_open_is_the_stay_that_was_planted():
    stock, starts, ends = history(stay=8)
    stay = months_open(forecast_stock(stock, starts, ends, paths=300))
    assert stay["kind"].value_counts().to_dict() == {"recorded": 49, "expected": 12}
    assert stay["months"].between(7, 9).all()
    expected = stay[stay["kind"] == "expected"]
    assert (expected["low"] < expected["high"]).all()


def test_intervals_hold_about_what_they_promise():
    inside = []
    for seed in range(20):
        stock, starts, ends = history(seed=seed, months=72)
        ahead = forecast_stock(*[each.iloc[:-12] for each in (stock, starts, ends)], paths=300, missing="none")
        came, band = stock.iloc[-12:], ahead.stock.interval(0.8)
        inside.append(((came >= band["low"]) & (came <= band["high"])).mean())
    assert 0.68 <= np.mean(inside) <= 0.95  # 80 % is promised; benchmarks/projections.py measures it closely
