"""Measured rates lie within stated bands of published figures (docs/design.md section 5; DfE tables C1 to C6, B1, D1 to D5)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.reference.working_days import working_days
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.demand import MONTH_PROFILE
from cfanalysis.sample.plans import path

STEMS = ("solentwick", "wealdshire", "moorshire", "itchenport", "marchfordshire")
CALM = {"solentwick": ("2010-04", "2018-06"), "wealdshire": ("2009-10", "2016-10"), "moorshire": ("2016-04", "2020-02"),
        "itchenport": ("2014-04", "2019-01"), "marchfordshire": ("2010-10", "2017-03")}  # fmt: skip
"""Months before anything is planted in referrals (Solentwick's passing rise apart), and outside lockdown."""


def _calm(series: pd.Series, stem: str) -> pd.Series:
    return series[CALM[stem][0] : CALM[stem][1]]


@pytest.mark.parametrize("stem", STEMS)
def test_referrals_stand_at_the_planned_level(measured, stem: str) -> None:
    """Within 15 %: the level wanders as real ones do."""
    assert _calm(measured[stem].count("referral"), stem).mean() == pytest.approx(measured[stem].plan.base["referrals"], rel=0.15)


@pytest.mark.parametrize("stem", STEMS)
def test_rereferrals_are_about_the_planned_share(measured, stem: str) -> None:
    """England 21.5 to 24.7 %; within 2 points of what is planned, planted changes included."""
    found = measured[stem]
    rate = found.rereferred()[12:]
    assert rate.mean() == pytest.approx(path(found.plan, "rereferral", rate.index).mean(), abs=0.02)


def test_months_follow_the_published_profile_per_working_day(measured) -> None:
    """Pooled over the five: each month within .08 of England's profile (thrice the scatter of thirty years), August the lowest."""
    parts = []
    for stem in STEMS:
        series = _calm(measured[stem].count("referral"), stem)
        z = np.log(series / working_days(series.index))
        parts.append((z - z.rolling(13, center=True, min_periods=7).mean()).groupby(series.index.month).mean())
    found = np.exp(pd.concat(parts, axis=1).mean(axis=1))[[4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]].to_numpy()
    assert found / found.mean() == pytest.approx(MONTH_PROFILE / MONTH_PROFILE.mean(), abs=0.08)
    assert found.argmin() == 4


def test_monthly_counts_scatter_as_published_ones(measured) -> None:
    """Variance about the local level 2 to 8 times the mean (C6: 3.5 to 7.6 in the middle half of authorities), and months
    hang together (their autocorrelation is .39 to .76)."""
    together = []
    for stem in STEMS:
        series = _calm(measured[stem].count("referral"), stem)
        profile = MONTH_PROFILE[(series.index.month.to_numpy() - 4) % 12] * working_days(series.index)
        level = (series / profile).rolling(13, center=True, min_periods=13).median() * profile
        assert 1.8 < ((series - level) ** 2 / level).mean() < 8, stem
        together.append((series / profile).autocorr(1))
    assert 0.2 < np.mean(together) < 0.8


@pytest.mark.parametrize("stem", STEMS)
def test_no_office_event_falls_on_a_day_when_the_office_is_closed(measured, stem: str) -> None:
    found = measured[stem]
    for name, column in (("referral", "start_first"), ("assessment", "start"), ("assessment", "end"), ("s47", "start"), ("s47", "end")):
        days = found.world.tables[name].query("removed == @NEVER and put_right == 0")[column]
        days = days[(days < NEVER) & (days >= found.first)].to_numpy().astype("datetime64[D]")
        assert np.is_busday(days, holidays=found.clock.closed).all(), (name, column)


def test_some_contacts_come_out_of_hours(measured) -> None:
    days = measured["solentwick"].shown("contact")["start"].to_numpy().astype("datetime64[D]")
    assert 0.01 < 1 - np.is_busday(days, holidays=measured["solentwick"].clock.closed).mean() < 0.08


@pytest.mark.parametrize("stem", STEMS)
def test_referrals_without_further_action_and_not_in_need(measured, stem: str) -> None:
    found = measured[stem]
    rows = found.shown("referral")
    wanted = path(found.plan, "nfa", found.clock.months)[found.clock.month_of(rows["start"].to_numpy())]
    assert rows["nfa"].mean() == pytest.approx(wanted.mean(), abs=0.01)
    not_in_need = (~found.shown("cin")["in_need"]).sum() / len(rows)
    planned = path(found.plan, "not_in_need", found.clock.months)[found.clock.month_of(rows["start"].to_numpy())].mean()
    assert not_in_need == pytest.approx(planned, abs=0.03)


@pytest.mark.parametrize("stem", STEMS)
def test_starts_are_referrals_less_no_further_action_less_not_in_need(measured, stem: str) -> None:
    """DfE's published identity (tables B1 and C1), to the unit on the truth."""
    found = measured[stem]
    referrals, episodes = found.world.tables["referral"], found.world.tables["cin"]
    known = episodes[episodes["removed"] == NEVER]
    true = referrals[(referrals["removed"] == NEVER) & (referrals["start"] >= found.first)]
    assert (known["in_need"] & (known["start"] >= found.first)).sum() == len(true) - true["nfa"].sum() - (
        (~known["in_need"]) & (known["start"] >= found.first)
    ).sum()


def test_sources_have_their_published_shares(measured) -> None:
    """England 2024: police 28.5 %, schools 20.3 %, health 14.7 %; within 2.5 points. Schools fall silent in August."""
    rows = measured["solentwick"].shown("referral")
    share = rows["source"].value_counts(normalize=True)
    assert share["6"] == pytest.approx(0.285, abs=0.025)
    assert share["2A"] == pytest.approx(0.203, abs=0.025)
    assert share[share.index.str.startswith("3")].sum() == pytest.approx(0.147, abs=0.025)
    august = measured["solentwick"].clock.months.month[measured["solentwick"].clock.month_of(rows["start"].to_numpy())] == 8
    assert (rows["source"][august] == "2A").mean() < 0.06


@pytest.mark.parametrize("stem", STEMS)
def test_assessments_and_conferences_are_in_time_as_planned(measured, stem: str) -> None:
    found = measured[stem]
    assessments = found.shown("assessment")
    done = assessments[assessments["end"] < found.clock.starts[-1] - 120]
    month = found.clock.month_of(done["start"].to_numpy())
    in_time = found.working_days(done["start"], done["end"]) <= 45
    assert in_time.mean() == pytest.approx(path(found.plan, "assess_in_time", found.clock.months)[month].mean(), abs=0.02)
    enquiries = found.shown("s47")
    held = enquiries[enquiries["end"] < NEVER]
    wanted = path(found.plan, "icpc_in_time", found.clock.months)[found.clock.month_of(held["start"].to_numpy())].mean()
    assert (found.working_days(held["start"], held["end"]) <= 15).mean() == pytest.approx(wanted, abs=0.04)


@pytest.mark.parametrize("stem", STEMS)
def test_stocks_stand_at_the_planned_rates_before_anything_is_planted(measured, stem: str) -> None:
    """Children in need within 15 % of the planned rate over the first three years, looked after within 30 %."""
    found = measured[stem]
    early = {name: found.stock(name)[:36].mean() / found.plan.population * 10_000 for name in ("cin", "cla")}
    assert early["cin"] == pytest.approx(found.plan.base["cin_rate"], rel=0.15)
    assert early["cla"] == pytest.approx(found.plan.base["cla_rate"], rel=0.30)


@pytest.mark.parametrize("stem", STEMS)
def test_the_open_stock_is_in_equilibrium(measured, stem: str) -> None:
    """Over the calm years ends are within 4 % of starts."""
    found = measured[stem]
    starts, ends = (_calm(found.count("cin", column), stem).sum() for column in ("start", "end"))
    assert ends == pytest.approx(starts, rel=0.04)


def test_protection_figures_are_near_the_country_s(measured) -> None:
    """Pooled: conferences 33 % of enquiries, plans 86 % of those, second plans 24.7 %, two years and more 2.3 %, neglect half (2024)."""
    enquiries = pd.concat([measured[stem].shown("s47") for stem in STEMS])
    plans = pd.concat([measured[stem].shown("cp") for stem in STEMS])
    assert (enquiries["end"] < NEVER).mean() == pytest.approx(0.33, abs=0.04)
    assert (enquiries["plan_start"] < NEVER).sum() / (enquiries["end"] < NEVER).sum() == pytest.approx(0.86, abs=0.03)
    assert (plans["previous"] > 0).mean() == pytest.approx(0.247, abs=0.03)
    assert (plans["abuse"] == "NEG").mean() == pytest.approx(0.51, abs=0.06)
    long = [_two_years(measured[stem]) for stem in STEMS]
    assert np.mean(long) == pytest.approx(0.023, abs=0.012)


def _two_years(found) -> float:
    cp, ends = found.tables["cp"], found.clock.starts[-60::12] - 1
    shares = [((cp["start"] <= day - 730) & (cp["end"] > day)).sum() / ((cp["start"] <= day) & (cp["end"] > day)).sum() for day in ends]
    return float(np.mean(shares))


@pytest.mark.parametrize("stem", STEMS)
def test_the_newest_count_of_open_cases_is_too_high_by_what_england_loses(measured, stem: str) -> None:
    """England loses 9.5 to 13 % of each 31 March count once the next return is in; here 6 to 16 %."""
    found = measured[stem]
    cin = found.tables["cin"]
    for day in found.clock.starts[-37::12][:3] - 1:
        begun = (cin["start"] <= day) & (cin["recorded"] <= day)
        first_seen = (begun & ((cin["end"] > day) | (cin["end_recorded"] > day))).sum()
        settled = ((cin["start"] <= day) & (cin["end"] > day) & cin["in_need"]).sum()
        assert 0.06 < 1 - settled / first_seen < 0.16
