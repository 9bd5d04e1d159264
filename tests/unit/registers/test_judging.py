"""Verdicts on series whose truth is known: each of the five, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.claims.promise import promise_of
from cfanalysis.judging.projections import judge
from cfanalysis.judging.verdicts import verdicts_table
from cfanalysis.judging.year_ends import judge_year_ends
from cfanalysis.registers.entries import DatedEvent, Projection
from cfanalysis.words.verdicts import promise_line, verdict_sentence


def claim(**changes) -> Projection:
    given = {
        "id": "a", "said_on": "2017-11-16", "where": "panel", "who": "Officers", "indicator": "referrals", "direction": "down",
        "window": {"from": "2018-01", "to": "2018-02"}, "reason": "a new service", "source": "minutes",
    }  # fmt: skip
    return Projection(**{**given, **changes})


def steady(last: str = "2018-04", level: float = 300, seed: int = 3) -> pd.Series:
    months = pd.period_range("2014-04", last, freq="M")
    return pd.Series(np.random.default_rng(seed).poisson(level, len(months)).astype(float), index=months)


OPTIONS = {"season": "none", "calendar": False, "paths": 500}


def changed(by: float, first: str = "2018-01") -> pd.Series:
    series = steady()
    series[first:] = (series[first:] * (1 + by)).round()
    return series


def test_a_clear_fall_is_met():
    verdict = judge(claim(), changed(-0.4), **OPTIONS)
    assert verdict.verdict == "met"
    assert verdict.observed.value < verdict.edge < verdict.low + 1
    assert verdict.probability < 0.7
    assert (str(verdict.known_to), str(verdict.judged_to), verdict.months_seen) == ("2017-10", "2018-04", 2)


def test_a_rise_is_not_met_and_a_fall_too_small_falls_short():
    assert judge(claim(), changed(0.3), **OPTIONS).because == "it did not fall"
    short = judge(claim(size=0.6), changed(-0.4), **OPTIONS)
    assert (short.verdict, short.because) == ("not met", "the fall fell short of what was said")
    assert judge(claim(target=100), changed(-0.4), **OPTIONS).verdict == "not met"
    assert judge(claim(target=200), changed(-0.4), **OPTIONS).verdict == "met"


def test_a_size_may_be_a_number_or_a_share_or_both():
    fallen = changed(-0.4)
    for said, wanted in (
        ({"number": 60}, "met"),
        ({"number": 200}, "not met"),
        ({"number": 60, "size": 0.3}, "met"),
        ({"number": 60, "target": 20}, "not met"),
    ):
        assert judge(claim(**said), fallen, **OPTIONS).verdict == wanted
    row = verdicts_table([judge(claim(number=60), fallen, **OPTIONS)]).frame.iloc[0]
    assert "would fall by 60, January" in verdict_sentence(promise_of(row))


def test_a_small_fall_cannot_be_told_from_noise_and_the_smallest_change_says_so():
    series = steady()
    base = series["2017-08":"2017-10"].mean()
    series["2018-01":"2018-02"] = np.floor(base) - 2
    verdict = judge(claim(), series, **OPTIONS)
    assert verdict.verdict in ("cannot tell", "met, but expected anyway")
    assert (series["2018-01"] / verdict.expected - 1) > -verdict.smallest_change


def test_what_the_season_brings_is_met_but_expected_anyway():
    season = {1: 0.6, 2: 0.6}
    months = pd.period_range("2012-04", "2018-04", freq="M")
    level = [300 * season.get(month.month, 1.08) for month in months]
    series = pd.Series(np.round(level), index=months) + np.tile([-9.0, 4.0, 11.0, 2.0, -8.0], len(months))[: len(months)]
    series["2018-01":"2018-02"] = [183.0, 178.0]  # as in an ordinary year
    verdict = judge(claim(), series, season="own", calendar=False, paths=500)
    assert verdict.verdict == "met, but expected anyway"
    assert verdict.probability > 0.9


@pytest.mark.parametrize(("last", "provisional"), [("2017-12", 0), ("2018-01", 0), ("2018-02", 1)])
def test_too_early_while_the_window_is_not_over_or_not_settled(last, provisional):
    verdict = judge(claim(), changed(-0.4)[:last], provisional=provisional, **OPTIONS)
    assert verdict.verdict == "too early"
    assert np.isfinite(verdict.expected)


def test_the_verdict_knows_nothing_of_what_came_after_the_claim():
    early, late = (judge(claim(), changed(by), **OPTIONS) for by in (-0.4, 0.4))
    assert (early.expected, early.probability, early.edge) == (late.expected, late.probability, late.edge)


def test_across_a_break_nothing_is_compared():
    broken = DatedEvent(date="2017-12-01", kind="break", indicators=["referrals"], label="New system", said_by="IT")
    elsewhere = broken.model_copy(update={"indicators": ("contacts",)})
    assert judge(claim(), changed(-0.4), events=[broken], **OPTIONS).because.startswith("the counting changed (New system)")
    assert judge(claim(), changed(-0.4), events=[elsewhere], **OPTIONS).verdict == "met"


def test_nothing_before_an_earlier_break_is_learnt_from():
    series = changed(-0.4)
    series[:"2015-12"] *= 5
    broken = DatedEvent(date="2016-01-01", kind="break", indicators="all", label="New system", said_by="IT")
    clean = judge(claim(), changed(-0.4)["2016-01":], **OPTIONS)
    assert judge(claim(), series, events=[broken], **OPTIONS).expected == clean.expected


def test_months_to_be_left_out_do_not_count():
    series = changed(-0.4)
    series["2018-01"] = 5000.0
    out = DatedEvent(date="2018-01-01", kind="exclude", indicators="all", label="Backlog keyed in", said_by="team")
    assert judge(claim(), series, **OPTIONS).verdict == "not met"
    verdict = judge(claim(), series, events=[out], **OPTIONS)
    assert (verdict.verdict, verdict.months_seen) == ("met", 1)


def test_two_ways_of_counting_that_disagree_cannot_tell():
    series = changed(-0.4)
    other = changed(0.4)
    verdict = judge(claim(), series, other_bases={"as later recorded": other}, **OPTIONS)
    assert (verdict.verdict, "as later recorded" in verdict.because) == ("cannot tell", True)
    assert judge(claim(), series, other_bases={"as later recorded": series * 0.9}, **OPTIONS).verdict == "met"


def test_a_short_history_leaves_the_direction_only():
    series = changed(-0.4)["2017-06":]
    verdict = judge(claim(), series, **OPTIONS)
    assert (verdict.verdict, np.isnan(verdict.probability)) == ("met", True)
    assert "direction only" in verdict.because
    assert verdict.spoken == "cannot tell"


def test_missing_months_cannot_tell():
    series = changed(-0.4)
    series["2018-01":"2018-02"] = np.nan
    assert judge(claim(), series, **OPTIONS).verdict == "cannot tell"
    series = changed(-0.4)
    series["2017-08":"2017-10"] = np.nan
    assert judge(claim(), series, **OPTIONS).because == "the level when it was said is not known"


def test_a_percentage_is_judged_in_points_and_carries_its_counts():
    months = pd.period_range("2014-04", "2018-04", freq="M")
    below = pd.Series(200.0, index=months)
    above = pd.Series(np.random.default_rng(0).binomial(200, 0.6, len(months)).astype(float), index=months)
    above["2018-01":] = 170.0
    verdict = judge(claim(direction="up"), above, denominator=below, paths=500)
    assert (verdict.verdict, verdict.kind) == ("met", "percent")
    assert verdict.observed.value == pytest.approx(85.0)
    assert (verdict.observed.numerator, verdict.observed.denominator) == (340.0, 400.0)
    assert 1 < verdict.smallest_change < 15
    table = verdicts_table([verdict])
    assert table.derived["observed_value"] == ("observed_numerator", "observed_denominator")
    assert np.isnan(table.frame["observed"].iloc[0])
    assert "to 85%" in verdict_sentence(promise_of(table.frame.iloc[0]))


def test_a_stock_is_judged_at_the_end_of_the_window():
    months = pd.period_range("2014-04", "2018-04", freq="M")
    stock = pd.Series(np.round(2000 + np.random.default_rng(2).normal(0, 15, len(months)).cumsum()), index=months)
    stock["2018-02"] = round(stock["2017-10"] * 0.7)
    stock["2018-01"] = stock["2017-10"] * 2
    verdict = judge(claim(indicator="cin_open"), stock, kind="stock", paths=500)
    assert (verdict.verdict, verdict.base.value) == ("met", stock["2017-10"])


def test_what_nothing_measures_cannot_be_told():
    verdict = judge(
        claim(indicator=None, measure="Savings"), pd.Series([], index=pd.PeriodIndex([], freq="M"), dtype=float), kind="measure"
    )
    assert (verdict.verdict, verdict.because) == ("cannot tell", "nothing in these files measures it")
    said = verdict_sentence(promise_of(verdicts_table([verdict]).frame.iloc[0]))
    assert "savings would fall" in said
    assert "Cannot tell: nothing in these files measures it." in said


def flows_of(level: float = 100, stay: float = 8, change: float = 0.0, months: int = 60):
    """A stock with its starts and ends; starts change a year before the end."""
    rng = np.random.default_rng(5)
    index = pd.period_range("2013-06", periods=months, freq="M")
    starts = rng.poisson(level * (1 + change * (np.arange(months) >= months - 12))).astype(float)
    stock, ends, now = [], [], level * stay
    for started in starts:
        ended = float(rng.binomial(int(now), 1 / stay))
        now += started - ended
        stock.append(now)
        ends.append(ended)
    return tuple(pd.Series(each, index) for each in (stock, starts, ends))


def test_a_stock_is_judged_by_the_forecast_made_together_with_its_flows():
    stock, starts, ends = flows_of()
    options = {"season": "none", "season_ends": "none", "calendar": False}
    alone = judge(claim(indicator="cin_open"), stock, kind="stock", paths=500)
    both = judge(claim(indicator="cin_open"), stock, kind="stock", flows=(starts, ends), flow_options=options, paths=500)
    assert both.base == alone.base
    assert both.expected != alone.expected
    from cfanalysis.models import forecast_stock

    known = [each[:"2017-10"] for each in (stock, starts, ends)]
    assert both.expected == forecast_stock(*known, 4, paths=500, **options).stock.median.iloc[-1]
    gap = starts.copy()
    gap["2017-10"] = np.nan  # no joint forecast without the newest month: the stock by itself is taken
    assert (
        judge(claim(indicator="cin_open"), stock, kind="stock", flows=(gap, ends), flow_options=options, paths=500).expected
        == alone.expected
    )


def test_the_level_when_it_was_said_is_taken_from_settled_months():
    stock, _, _ = flows_of()
    late = stock.copy()
    late[-3:] += 200.0  # closures of the newest months are still to come
    said = claim(indicator="cin_open", said_on="2018-06-05", window={"from": "2018-09", "to": "2018-10"})
    verdict = judge(said, late, kind="stock", provisional=3, paths=500)
    assert verdict.verdict == "too early"
    assert str(verdict.known_to) == "2018-02"
    assert verdict.base.value == stock["2018-02"]
    assert verdict.expected < late.iloc[-1] - 100
    assert judge(said, late, kind="stock", provisional=0, paths=500).base.value == late["2018-05"]


def test_a_break_in_the_counting_is_a_step_to_the_forecast():
    from cfanalysis.judging.projections import with_events

    broke = DatedEvent(date="2017-04-01", kind="break", indicators="all", label="new counting", said_by="head of service")
    assert with_events({}, [broke], pd.Period("2017-10", "M"), "count") == {"events": [(pd.Period("2017-04", "M"), "step")]}
    assert with_events({}, [broke], pd.Period("2017-03", "M"), "count") == {}


def test_figures_that_round_alike_are_told_apart_and_one_point_is_one_point():
    row = {"said_on": "2021-02-11", "who": "officers", "direction": "down", "title": "Vacant posts", "breakdown": "all",
           "window": "May 2021",
           "size": 0.05, "target": 15.0, "kind": "percent", "base_value": 17.4, "observed_value": 17.2, "expected_value": 17.6,
           "probability": 0.4, "smallest_change": 1.1, "verdict": "cannot tell", "because": "x"}  # fmt: skip
    said = verdict_sentence(promise_of(row))
    assert "vacant posts would fall by 5% and to 15%, May 2021." in said
    assert "It went from 17.4% to 17.2%." in said
    assert "It went from 17.4% (February to April 2021) to 17.2%." in verdict_sentence(
        promise_of(row | {"base_months": "February to April 2021"})
    )
    assert "By itself it comes out 1 percentage point or more below that about 1 time in 10" in said
    assert "Rounded, both are 17.4%." in verdict_sentence(promise_of(row | {"observed_value": 17.4}))
    assert "It stayed at 17." in verdict_sentence(promise_of(row | {"kind": "stock", "base": 17.0, "observed": 17.0}))
    part = row | {"breakdown": "provider: Own provision", "smallest_change": 0.3}
    assert "vacant posts (Own provision) would fall" in verdict_sentence(promise_of(part))
    placed = verdict_sentence(promise_of(part | {"title": "Where looked after children are placed"}))
    assert "looked after children placed with provider Own provision would fall" in placed
    assert "0.3 percentage points or more below that" in verdict_sentence(promise_of(part))


def test_a_level_that_moved_is_said_beside_a_verdict_that_nobody_can_tell():
    verdict = judge(claim(), changed(-0.02), **OPTIONS)
    table = verdicts_table([replace(verdict, verdict="cannot tell")], moved=["the level moved in October 2023, inside the window"])
    row = table.frame.iloc[0]
    assert promise_line(promise_of(row)).endswith(": cannot tell. The level moved in October 2023, inside the window.")
    assert "The level moved in October 2023, inside the window." in verdict_sentence(promise_of(row))
    met = verdicts_table([replace(verdict, verdict="met")], moved=["the level moved in October 2023, inside the window"])
    assert "level moved" not in promise_line(promise_of(met.frame.iloc[0]))


def test_a_hidden_figure_is_left_out_of_the_sentence():
    verdict = judge(claim(), changed(-0.4), **OPTIONS)
    row = verdicts_table([verdict], {"referrals": "referrals"}).frame.iloc[0].copy()
    full = verdict_sentence(promise_of(row))
    assert "It went from" in full
    row["base"] = np.nan
    assert "It went from" not in verdict_sentence(promise_of(row))


RETROSPECTIVE = pd.Series({2017: 2209.0, 2018: 2300.0, 2019: 2054.0})
COUNTED = pd.Series({2017: 2287.0, 2018: 2394.0, 2019: 2657.0})


def test_year_ends_judge_the_direction_only():
    bases = {"as counted": COUNTED, "as later recorded": RETROSPECTIVE}
    first, second = (judge_year_ends(claim(indicator="cin_open"), bases, year) for year in (2018, 2019))
    assert first.verdict == "not met"
    assert "only the direction" in first.because
    assert second.verdict == "cannot tell"
    assert "disagree about the direction" in second.because
    assert judge_year_ends(claim(), {"retrospective": RETROSPECTIVE}, 2019).verdict == "met"
    assert judge_year_ends(claim(), bases, 2017).verdict == "too early"
    assert judge_year_ends(claim(), bases, 2030).verdict == "cannot tell"


def test_a_measure_is_judged_like_a_level_and_is_no_count():
    months = pd.period_range("2014-04", "2018-04", freq="M")
    caseload = pd.Series(18 + np.random.default_rng(4).normal(0, 0.3, len(months)), index=months)
    caseload["2018-01":] = 12.0
    verdict = judge(claim(indicator="caseload_average"), caseload, kind="measure", paths=500)
    assert verdict.verdict == "met"
    frame = verdicts_table([verdict]).frame
    assert (frame["observed_value"].iloc[0], np.isnan(frame["observed"].iloc[0])) == (12.0, True)
    assert "to 12.0" in verdict_sentence(promise_of(frame.iloc[0]))


def test_a_figure_that_is_not_known_cannot_tell():
    nothing = pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"))
    assert judge(claim(), nothing).verdict == "cannot tell"
    assert judge(claim(), steady() * np.nan).because == "the figure is not known for any month"
    late = judge(claim(), steady()["2018-01":], **OPTIONS)
    assert late.because == "the level when it was said is not known"
