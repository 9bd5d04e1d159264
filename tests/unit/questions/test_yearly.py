"""A page whose months are old says so first and answers its question from DfE's yearly figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue
from cfanalysis.questions import findings, yearly
from cfanalysis.questions.subject import Subject
from cfanalysis.words import sentences as words

MARCH_2025, MARCH_2022 = pd.Period("2025-03", "M"), pd.Period("2022-03", "M")


def published(name: str, values: dict[int, float], below: dict[int, float] | None = None, table: str = "C1 2025 edition") -> pd.DataFrame:
    under = [np.nan if below is None else below[year] for year in values]
    frame = pd.DataFrame(
        {"authority": "Surrey", "level": "authority", "indicator": name, "breakdown": ALL, "year": list(values),
         "numerator": np.nan, "denominator": under, "value": list(values.values()), "source_table": table}
    )  # fmt: skip
    return tables.validate(frame.assign(flag=np.where(frame["value"].isna(), "x", "")), "yearly")


def page(about: str, rows: pd.DataFrame, newest: pd.Period | None) -> list[str]:
    subject = Subject(catalogue()[about], "Surrey", tables.empty("series"), published=True)
    found = yearly.yearly_finding(rows, "Surrey", subject.indicator, newest, MARCH_2025)
    made = findings.as_table(findings.gather([found]), [subject])
    facts = {"about": about, **yearly.said_of_old(newest, found, yearly.newer_hidden(rows, found, MARCH_2025))}
    return words.headlines(show_released(replace(made, facts=facts), policy("dfe")))


def test_referrals_of_2025_are_said_and_where_the_months_end() -> None:
    rows = published("referrals", {2022: 9239.0, 2023: 7113.0, 2024: 7682.0, 2025: 10284.0})
    assert page("referrals", rows, MARCH_2022) == [
        "Monthly figures end in March 2022. DfE's yearly figures go to 2024-25.",
        "Referrals: 10,284 in 2024-25, 34% more than the year before (7,682).",
    ]


def test_a_page_without_months_is_answered_from_its_years() -> None:
    rows = published("rereferrals", {2024: 16.3, 2025: 20.5}, {2024: 7682.0, 2025: 10284.0})
    assert page("rereferrals", rows, None) == [
        "This page has no monthly figures. DfE's yearly figures go to 2024-25.",
        "Re-referrals within 12 months: 20.5% in 2024-25, 4.2 percentage points higher than the year before (16.3%).",
    ]


def test_a_stock_and_a_workforce_are_figures_of_a_day() -> None:
    open_ = page("cin_open", published("cin_open", {2024: 5348.0, 2025: 6154.0}), None)
    assert open_[1] == "Children in need: 6,154 on 31 March 2025, 15% more than a year before (5,348)."
    staff = page("agency_share", published("agency_share", {2023: 29.3, 2024: 27.6}, {2023: 671.0, 2024: 614.0}, "Workforce 2025"), None)
    assert staff == [
        "This page has no monthly figures. DfE's yearly figures go to September 2024.",
        "Agency social workers: 27.6% on 30 September 2024, about the same as a year before (29.3%).",
    ]


def test_a_newer_year_that_is_hidden_is_mentioned() -> None:
    rows = published("cin_open", {2023: 12.0, 2024: 14.0, 2025: np.nan})
    assert page("cin_open", rows, None)[0] == (
        "This page has no monthly figures. DfE's yearly figures go to 2023-24. The figure for 2024-25 is not there or not shown."
    )


def test_a_year_in_lockdown_has_both_figures_and_no_verdict() -> None:
    found = yearly.yearly_finding(
        published("referrals", {2021: 7000.0, 2022: 9239.0}), "Surrey", catalogue()["referrals"], None, MARCH_2025
    )
    assert found["reason"].tolist() == ["no verdict: one of the years holds lockdown months"]


@pytest.mark.parametrize(("newest", "old"), [(None, True), ("2022-03", True), ("2024-03", False), ("2025-03", False)])
def test_when_months_are_old(newest: str | None, old: bool) -> None:
    month = None if newest is None else pd.Period(newest, "M")
    assert yearly.is_old(month, MARCH_2025) is old


def test_years_that_the_months_already_hold_and_years_ahead_are_no_answer() -> None:
    rows = published("referrals", {2022: 9239.0, 2026: 9000.0})
    assert yearly.yearly_finding(rows, "Surrey", catalogue()["referrals"], MARCH_2022, MARCH_2025).empty
