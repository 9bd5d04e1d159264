"""What was once said wrongly of real figures, each with the sentence that is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.plain_english import faults

from cfanalysis import figures
from cfanalysis.claims.claim import claim_of
from cfanalysis.claims.winter import winter_of
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.figures import finding
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue
from cfanalysis.judging import winter_question as question
from cfanalysis.judging.projections import evidence
from cfanalysis.judging.winters import Parts
from cfanalysis.questions import compare, findings, latest
from cfanalysis.questions.findings import NOT_JUDGED, as_table, of_series, without_unsettled
from cfanalysis.questions.odd_runs import run_of
from cfanalysis.questions.subject import Subject
from cfanalysis.questions.years import Change, change_in_words, change_of
from cfanalysis.reference.comparators import Others
from cfanalysis.signals import unusual
from cfanalysis.signals.years import Years
from cfanalysis.words import sentences as words
from cfanalysis.words.finding import sentence
from cfanalysis.words.january_february import question_sentences

MONTHS = pd.period_range("2015-04", periods=48, freq="M")
NO_SHIFTS = pd.DataFrame({"onset": pd.PeriodIndex([], freq="M"), "before": [], "after": [], "z": []})


def subject(name: str, values: Any, below: Any = None, months: pd.PeriodIndex = MONTHS, *, parts: bool = True) -> Subject:
    """A settled series of one authority; without ``parts`` a percentage comes as one figure."""
    above = np.asarray(values, dtype=float)
    under = np.full(len(above), np.nan) if below is None else np.asarray(below, dtype=float)
    value = above if below is None else 100 * above / under
    frame = pd.DataFrame(
        {"authority": "Wealdshire", "indicator": name, "breakdown": ALL, "month": months, "numerator": above if parts else np.nan,
         "denominator": under if parts else np.nan, "value": value}
    )  # fmt: skip
    frame = tables.validate(frame.assign(flag=np.where(np.isnan(value), "x", "")), "series")
    return Subject(catalogue()[name].model_copy(update={"provisional_months": 0}), "Wealdshire", frame, synthetic=True)


def judged(given: Subject) -> pd.DataFrame:
    told = given.modelled()
    return without_unsettled(given, unusual(told.pop("series"), provisional_months=0, **told))


def said(*given: Subject) -> list[str]:
    found = findings.gather(of_series(each, judged(each), NO_SHIFTS, None) for each in given)
    return words.details(show_released(as_table(found, given), policy("internal")))


# finding 3: year on year of a percentage is twelve months pooled with twelve


def test_a_share_of_a_year_is_told_and_not_that_of_a_month() -> None:
    above = np.r_[np.full(35, 70.0), 80.0, np.full(11, 79.5), 71.0].round()
    (_, trend) = said(subject("rereferrals", above, np.full(48, 307.0)))
    assert above[-1] < above[-13], "the month alone is lower than a year before"
    assert (
        trend
        == "Re-referrals within 12 months: 25.8% in the year to March 2019, 2.7 percentage points higher than the year before (23.1%)."
    )


def test_a_difference_that_chance_brings_has_no_direction() -> None:
    above = np.r_[np.full(36, 70.0), np.full(11, 70.0), 62.0]
    (_, trend) = said(subject("rereferrals", above, np.full(48, 307.0)))
    assert trend == "Re-referrals within 12 months: 22.6% in the year to March 2019, about the same as the year before (22.8%)."


# finding 4: a month that nobody can judge is not called usual


def test_a_first_year_is_not_called_usual_and_is_not_counted_as_judged() -> None:
    short = subject("referrals", [50.0] * 10, months=MONTHS[:10])
    assert said(short) == [
        "Referrals: 50 in January 2016. We cannot tell whether that is usual: 9 earlier months to judge from, and 12 are needed."
    ]
    long = subject("contacts", np.random.default_rng(3).poisson(200, 48))
    found = findings.gather(of_series(each, judged(each), NO_SHIFTS, None) for each in (short, long))
    head = words.headlines(show_released(as_table(found, (short, long)), policy("internal")))
    assert not any("2 were judged" in sentence for sentence in head)


def test_a_percentage_without_its_parts_is_judged_from_its_own_history() -> None:
    percent = np.r_[90 + np.random.default_rng(1).normal(0, 1.5, 47), 35.0].round(1)
    given = subject("agency_share", percent, np.full(48, 100.0), parts=False)
    first = said(given)[0]
    assert first.startswith("Agency social workers: 35.0% in March 2019. That is exceptionally low;")
    assert not any("not shown" in sentence for sentence in said(given))


def test_a_state_of_not_judged_blanks_the_severity() -> None:
    given = subject("referrals", [50.0] * 48)
    found = unusual(given.figures, provisional_months=0).assign(state=NOT_JUDGED, severity="usual")
    assert set(without_unsettled(given, found)["severity"]) == {""}


# finding 10: settled with settled


def test_an_unsettled_stock_is_not_set_beside_a_settled_one() -> None:
    stock = np.r_[np.full(36, 2353.0), np.full(9, 2380.0), 2500.0, 2650.0, 2756.0]
    given = subject("cin_open", stock)
    given = Subject(catalogue()["cin_open"], "Wealdshire", given.rows)
    row = latest.latest_counts([(given, judged(given))]).frame.iloc[0]
    assert (row["number"], row["year_now"], row["year_before"]) == (2756, 2380, 2353)
    assert (row["compared"], row["change"]) == ("December 2018", "about the same")


def test_a_stock_that_moved_is_told_with_its_size() -> None:
    trend = said(subject("cin_open", np.r_[np.full(36, 2353.0), np.full(12, 2756.0)]))[-1]
    assert trend == "Children in need at month end: 2,756 in March 2019, 17% more than a year before (2,353)."


def test_an_average_of_few_has_no_direction_and_a_calm_one_has() -> None:
    rng = np.random.default_rng(4)
    restless, calm = rng.uniform(80, 400, 48).round(), np.r_[np.full(36, 19.5), np.full(12, 17.6)] + rng.normal(0, 0.1, 48)
    restless[-13], restless[-1] = 163, 85
    assert said(subject("cin_duration", restless))[-1].endswith(
        "85 days in March 2019, against 163 a year before, which is no clear change."
    )
    assert "10% lower than a year before" in said(subject("caseload_average", calm.round(1)))[-1]


# finding 12: labels


def yearly(values: list[float], table: str) -> pd.DataFrame:
    frame = pd.DataFrame({"authority": "Own", "year": [2021, 2022], "value": values}).assign(
        level="authority", indicator="agency_share", breakdown=ALL, numerator=1.0, denominator=4.0, source_table=table
    )
    return tables.validate(frame.assign(flag=np.where(frame["value"].isna(), "c", "")), "yearly")


def test_a_workforce_is_counted_on_a_day() -> None:
    made = compare.comparison(yearly([14.0, 16.0], "Workforce 2022"), "agency_share", "Agency social workers", "percent", "Own", Others())
    shown = show_released(made, policy("dfe"))
    assert words.compared(shown) == ["Agency social workers: 16.0% on 30 September 2022."]
    drawn = str(figures.comparison(shown).payload())
    assert "at 30 September" in drawn
    assert "2021-22" not in drawn
    assert "years to 31 March" not in drawn


def test_a_newer_year_that_is_hidden_is_mentioned() -> None:
    made = compare.comparison(yearly([0.0, np.nan], "C1"), "agency_share", "Agency social workers", "percent", "Own", Others())
    shown = show_released(made, policy("dfe"))
    assert words.compared(shown) == ["Agency social workers: 0.0% in 2020-21. The figure for 2021-22 is not there or not shown."]
    assert "0% in 2020-21 (2021-22 is not shown)" in figures.comparison(shown).payload()["title"]


@pytest.mark.parametrize("name", ["referral_rate", "cin_rate", "rereferrals"])
def test_a_yearly_figure_is_not_defined_as_a_monthly_one(name: str) -> None:
    said = compare.of_a_year(catalogue()[name].definition)
    assert "one month" not in said
    assert "twelfth" not in said
    assert said.endswith(".")


# findings 5, 11 and 13: January and February


def winter_row(**given: Any) -> dict[str, Any]:
    plain = {"year": 2018, "kind": "count", "answer": "no fall", "because": "x", "known_to": "December 2017", "probability": 0.72,
             "probability_per_day": 0.7, "smallest": 0.24, "largest": "return to the mean", "pull": "down"}  # fmt: skip
    return plain | given


def test_a_fall_after_a_high_autumn_is_not_put_down_to_the_season() -> None:
    said = question_sentences(winter_of(winter_row()))
    assert said[1].endswith("It was likely, mostly because the autumn was high, and numbers tend to come back.")
    assert not any("season" in sentence or "calendar" in sentence for sentence in said[:-1])
    fewer = question_sentences(winter_of(winter_row(largest="working days")))
    assert fewer[1].endswith("It was likely, mostly because they have fewer working days.")
    rise = question_sentences(winter_of(winter_row(probability=0.2, largest="season", pull="up")))
    assert rise[1].endswith("It was unlikely, mostly because numbers usually rise at that time of year.")


def test_a_reason_is_not_given_for_the_other_way() -> None:
    assert question_sentences(winter_of(winter_row(pull="up")))[1].endswith("It was likely.")
    assert question_sentences(winter_of(winter_row(largest="", pull="")))[1].endswith("It was likely.")


def test_the_table_of_winters_holds_the_largest_part_and_hides_it_with_the_autumn() -> None:
    months = pd.period_range("2012-04", "2017-12", freq="M")
    counts = pd.Series(np.r_[np.full(len(months) - 3, 300.0), np.full(3, 420.0)], months)
    made = question.question_table({"Referrals, 2018": question.january_february(counts, season="none", paths=500)})
    assert made.frame[["largest", "pull"]].to_numpy().tolist() == [["return to the mean", "down"]]
    assert made.derived["largest"] == made.derived["pull"] == ("base",)


def test_every_smallest_fall_says_how_often_it_comes_by_itself_and_that_chance_is_not_alone_in_it() -> None:
    said = question_sentences(winter_of(winter_row()))[-1]
    assert said == "Season, calendar and chance together bring a fall of 24% or more in about 1 winter in 10."
    assert question_sentences(winter_of(winter_row(kind="stock")))[-1].startswith("Season and chance together bring a fall of 24%")
    assert question_sentences(winter_of(winter_row(smallest=0.0)))[-1].endswith("bring any fall in about 1 winter in 10.")


def test_an_autumn_that_lies_ahead_is_not_called_high() -> None:
    months = pd.period_range("2012-04", "2017-11", freq="M")
    counts = pd.Series(np.r_[np.full(len(months) - 2, 300.0), np.full(2, 420.0)], months)
    for last in ("2017-08", "2017-11"):
        asked = question.january_february(counts[:last], year=2018, season="none", paths=500)
        assert question.question_table({"Referrals, 2018": asked}).frame["largest"].iloc[0] in ("", "working days", "season")


def test_a_number_that_stood_as_high_a_year_before_is_not_on_its_way_down() -> None:
    steady = Parts(working_days=0.0, season=0.01, return_to_mean=0.0, trend=-0.12, on_its_way=-0.003)
    falling = replace(steady, on_its_way=-0.08)
    assert (steady.largest_known(True), falling.largest_known(True)) == ("", "trend")
    assert steady.total == pytest.approx(-0.11), "its proof is no part of the change"


def test_a_fall_that_was_to_be_reckoned_with_is_not_put_down_to_a_season_that_speaks_for_a_rise() -> None:
    answer, because = question._in_words(84.0, -0.16, 80.0, "count")
    assert (answer, because) == ("fall no further than expected", "at least 1 likely winter in 10 is as low")


def test_old_figures_are_asked_of_their_last_winter_and_of_none_that_is_over() -> None:
    last = pd.Period("2022-03", "M")
    assert question.question_years(last, pd.Period("2025-03", "M")) == (2022,)
    assert question.question_years(last, pd.Period("2022-12", "M")) == (2022, 2023)
    assert question.question_years(last, pd.Period("2023-03", "M")) == (2022, 2024)
    assert question.question_years(last, last) == (2022, 2023)


def test_published_figures_are_not_provisional() -> None:
    counts = subject("referrals", np.full(48, 50.0))
    given = Subject(catalogue()["referrals"], "Southampton", counts.rows, published=True)
    assert given.settled == given.newest
    assert "(provisional)" not in said(given)[0]
    assert "(provisional)" in said(Subject(catalogue()["referrals"], "Southampton", counts.rows))[0]


# finding 8: chance and straying are two things


def test_both_questions_are_answered_in_the_evidence() -> None:
    assert evidence("rise", changed=True, likely=False, beyond=False) == (
        "the rise is more than chance, but such figures stray as far by themselves"
    )
    assert evidence("rise", changed=False, likely=True, beyond=False) == (
        "the rise is no more than chance can bring, and earlier data made it likely anyway"
    )


# finding 9: limits of a funnel are not chance alone


def test_inside_the_funnel_is_not_called_chance() -> None:
    own = pd.Series({"y": 26.6, "low95": 15.0, "high95": 30.0, "low998": 12.0, "high998": 34.0})
    assert finding.in_the_funnel("Re-referrals", own, "Own", unit="percent") == (
        "Re-referrals: Own 26.6%, within chance and the ordinary differences between areas"
    )


# finding 14: what a page is about comes first


def page(about: str, *given: Subject, shifts: pd.DataFrame = NO_SHIFTS) -> list[str]:
    found = findings.gather(of_series(each, judged(each), shifts, None) for each in given)
    made = as_table(found, given)
    return words.headlines(show_released(replace(made, facts={"about": about}), policy("internal")))


def test_children_in_need_up_17_percent_is_the_first_headline() -> None:
    stock = subject("cin_open", np.r_[np.full(36, 2353.0), np.full(12, 2756.0)])
    ended = subject("cin_ended", np.random.default_rng(2).poisson(90, 48))
    assert page("cin_open", ended, stock)[0] == "Children in need at month end: 2,756 in March 2019, 17% more than a year before (2,353)."


def test_a_page_about_several_measures_begins_with_the_one_that_changed_most() -> None:
    calm = subject("cla_open", np.full(48, 300.0))
    stock = subject("cin_open", np.r_[np.full(36, 2353.0), np.full(12, 2756.0)])
    assert page("", calm, stock)[0].startswith("Children in need at month end: 2,756")


def test_a_spike_is_said_and_a_move_of_a_point_is_not() -> None:
    spike = np.random.default_rng(2).poisson(200, 48).astype(float)
    spike[-4] = 399
    share = subject("child_seen", np.r_[np.full(36, 297.0), np.full(12, 293.0)], np.full(48, 300.0))
    said = page("child_seen", share, subject("referrals", spike))
    assert said[0].startswith("Child seen during the assessment: 97.7%")
    assert said[1].startswith("December 2018 was exceptionally high for referrals: 399")
    assert sum("Child seen" in sentence for sentence in said) == 1


# second reading: what eyes that had not seen the pages before found


def test_a_large_change_on_the_year_is_said_before_one_odd_month_of_the_same_measure() -> None:
    below = np.full(48, 600.0)
    above = np.r_[np.full(36, 498.0), np.full(12, 360.0)] + np.tile([6.0, -6.0], 24)
    decided, calm = (
        subject("contact_decision_in_time", above, below),
        subject("assessments_in_45_days", np.full(48, 166.0), np.full(48, 200.0)),
    )
    said = page("assessments_in_45_days", calm, decided)
    assert said[1].startswith(
        "Contacts decided in time: 60.0% in the year to March 2019, 23.0 percentage points lower than the year before"
    )


def test_a_larger_change_outweighs_an_odd_month_of_another_measure() -> None:
    rng = np.random.default_rng(6)
    spike = rng.poisson(60, 48).astype(float)
    spike[-4] = 100
    grown = subject("s47_started", np.r_[rng.poisson(150, 36), rng.poisson(260, 12)])
    said = page("cp_open", subject("cp_open", np.full(48, 300.0)), subject("icpcs", spike), grown)
    assert said[1].startswith("Section 47 enquiries started")


def test_four_high_months_are_a_rise_though_the_month_after_them_was_low() -> None:
    above = 64.0 + np.tile([8.0, -8.0, 0.0], 16)
    above[-8:-3] = [89, 78, 94, 95, 51]
    given = subject("rereferrals", above, np.full(48, 300.0))
    run = run_of(given)
    found = findings.gather([of_series(given, judged(given), NO_SHIFTS, None, run=run)])
    made = as_table(found, [given])
    said = words.headlines(show_released(replace(made, facts={"about": "rereferrals"}), policy("internal")))
    assert said[1] == (
        "Re-referrals within 12 months: 29.7% in August to November 2018, 9.0 percentage points higher than a year before (20.7%)."
    )


def test_conferences_put_off_in_march_and_held_in_april_are_a_catch_up() -> None:
    counts = np.random.default_rng(3).poisson(23, 48).astype(float)
    counts[-6:] = [22, 20, 19, 7, 42, 24]
    (caught,) = [each for each in said(subject("icpcs", counts)) if "catching up" in each]
    assert caught.startswith(
        "Initial child protection conferences: 7 in January 2019, then 42 in February 2019. That looks like catching up: "
    )
    assert "together 49, and about 4" in caught
    spike = np.r_[counts[:-3], [23, 42, 24]]
    assert not any("catching up" in each for each in said(subject("icpcs", spike)))


def test_a_year_before_in_lockdown_is_said_with_both_figures() -> None:
    months = pd.period_range("2018-04", periods=48, freq="M")
    counts = np.r_[np.full(24, 300.0), np.full(12, 240.0), np.full(12, 310.0)]
    (trend,) = [sentence for sentence in said(subject("referrals", counts, months=months)) if "year to" in sentence]
    assert trend == (
        "Referrals: 3,720 in the year to March 2022, against 2,880 the year before. No verdict: the year before holds lockdown months."
    )
    given = subject("referrals", counts, months=months)
    row = latest.latest_counts([(given, judged(given))]).frame.iloc[0]
    assert (row["year_now"], row["year_before"], row["change"]) == (3720, 2880, "no verdict: the year before holds lockdown months")


def test_staff_are_compared_date_with_date() -> None:
    agency = np.r_[np.full(35, 31.0), 31.1, 32.4, 33.8, 31.3, 31.7, 32.4, 32.2, 28.5, 27.1, 26.3, 24.5, 22.8, 22.0]
    given = subject("agency_share", agency * 1.1, np.full(48, 110.0))
    assert said(given)[-1] == "Agency social workers: 22.0% in March 2019, 9.1 percentage points lower than a year before (31.1%)."


def test_table_and_headline_say_the_same_where_a_level_moved() -> None:
    given = subject("referrals", np.r_[np.full(40, 230.0), np.full(8, 190.0)] + np.tile([40.0, -40.0], 24))
    onset = pd.Period("2018-08", "M")
    change = change_of(given, onsets=[onset])
    assert change.way == "the level moved in August 2018"
    made = latest.latest_counts([(given, judged(given))], {given.name: change})
    assert made.frame["change"].tolist() == [change.way]
    found = of_series(given, judged(given), NO_SHIFTS, None, change)
    trend = words.details(show_released(as_table(findings.gather([found]), [given]), policy("internal")))[-1]
    assert trend.endswith("the year before. The level moved in August 2018.")


def test_points_in_a_sentence_and_in_a_table_are_those_a_reader_works_out() -> None:
    years = Years(None, 73.556, 85.436, -11.88, -16.0, -7.0, -3.0, "down", 12)
    assert change_in_words(Change(years, "down"), "percent") == "down 11.8 percentage points"


def test_an_old_shift_with_weak_evidence_is_not_called_too_early() -> None:
    row = {"kind": "shift", "title": "Plans started", "month": pd.Period("2017-04", "M"), "observed": 42.0, "expected": 27.0, "high": 45.0,
           "z": 2.4, "reason": "unclear", "unit": "plans"}  # fmt: skip
    told = sentence(claim_of(row))
    assert told.startswith("Plans started moved to a higher level from April 2017, up about 56%. Whether that has lasted is not clear")


def test_averages_have_their_unit_and_both_ends_of_a_range_as_many_places() -> None:
    row = {"kind": "unusual", "title": "How long ended plans had lasted", "month": pd.Period("2018-11", "M"), "observed": 85.0,
           "expected": 271.0, "low": 124.0, "high": 595.1, "severity": "alert", "unit": "days", "measured": "measure"}  # fmt: skip
    assert sentence(claim_of(row)).endswith(": 85 days, when 124 to 595 would be usual.")
    cases = row | {"title": "Average caseload", "observed": 17.3, "expected": 16.0, "low": 15.0, "high": 17.0, "unit": "cases"}
    assert sentence(claim_of(cases)).endswith("17.3 cases, when 15.0 to 17.0 would be usual.")


def test_a_yearly_figure_at_a_date_is_defined_at_31_march() -> None:
    for name in ("cin_rate", "cp_rate", "cla_rate"):
        assert "on 31 March" in compare.of_a_year(catalogue()[name].definition)


def test_every_definition_is_short() -> None:
    assert {name: found for name, each in catalogue().items() if (found := faults(each.definition))} == {}
