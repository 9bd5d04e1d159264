"""What was once said wrongly of real figures, each with the sentence that is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cfanalysis import figures
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.figures import finding
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue
from cfanalysis.judging import winter_question as question
from cfanalysis.judging.projections import evidence
from cfanalysis.questions import compare, findings, latest
from cfanalysis.questions.findings import NOT_JUDGED, as_table, of_series, without_unsettled
from cfanalysis.questions.subject import Subject
from cfanalysis.reference.comparators import Others
from cfanalysis.signals import unusual
from cfanalysis.words import sentences as words
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
    assert said(subject("cin_duration", restless))[-1].endswith("85 in March 2019, against 163 a year before, which is no clear change.")
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
    said = question_sentences(winter_row())
    assert said[1].endswith("It was likely, mostly because the autumn was high, and numbers tend to come back.")
    assert not any("season" in sentence or "calendar" in sentence for sentence in said)
    fewer = question_sentences(winter_row(largest="working days"))
    assert fewer[1].endswith("It was likely, mostly because they have fewer working days.")
    rise = question_sentences(winter_row(probability=0.2, largest="season", pull="up"))
    assert rise[1].endswith("It was unlikely, mostly because numbers usually rise at that time of year.")


def test_a_reason_is_not_given_for_the_other_way() -> None:
    assert question_sentences(winter_row(pull="up"))[1].endswith("It was likely.")
    assert question_sentences(winter_row(largest="", pull=""))[1].endswith("It was likely.")


def test_the_table_of_winters_holds_the_largest_part_and_hides_it_with_the_autumn() -> None:
    months = pd.period_range("2012-04", "2017-12", freq="M")
    counts = pd.Series(np.r_[np.full(len(months) - 3, 300.0), np.full(3, 420.0)], months)
    made = question.question_table({"Referrals, 2018": question.january_february(counts, season="none", paths=500)})
    assert made.frame[["largest", "pull"]].to_numpy().tolist() == [["return to the mean", "down"]]
    assert made.derived["largest"] == made.derived["pull"] == ("base",)


def test_every_smallest_fall_says_how_often_chance_alone_brings_it() -> None:
    assert question_sentences(winter_row())[-1] == (
        "By chance alone a fall of 24% or more comes in about 1 winter in 10; a smaller one tells nothing."
    )


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
