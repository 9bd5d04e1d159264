"""The tables of each question, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis import findings, tables
from cfanalysis.indicators import catalogue
from cfanalysis.tables import ALL
from cfanalysis.views import compare, latest, lines, parts, shares, stock
from cfanalysis.views.compare import NEIGHBOURS, Others
from cfanalysis.views.subject import Subject

MONTHS = pd.period_range("2022-04", periods=24, freq="M")


def rows(indicator: str, values: list[float], breakdown: str = ALL, denominators: list[float] | None = None) -> pd.DataFrame:
    value = np.array(values, dtype=float)
    below = np.full(len(value), np.nan) if denominators is None else np.array(denominators, dtype=float)
    frame = pd.DataFrame(
        {
            "authority": "Solentwick", "indicator": indicator, "breakdown": breakdown, "month": MONTHS[: len(value)], "numerator": value,
            "denominator": below, "value": value if denominators is None else 100 * value / below,
        }
    )  # fmt: skip
    return tables.validate(frame.assign(flag=np.where(frame["value"].isna(), "x", "")), "series")


def subject(indicator: str, values: list[float], denominators: list[float] | None = None) -> Subject:
    return Subject(catalogue()[indicator], "Solentwick", rows(indicator, values, denominators=denominators), synthetic=True)


def settled(given: Subject) -> Subject:
    """The same, of an indicator whose newest months no longer change."""
    return Subject(given.indicator.model_copy(update={"provisional_months": 0}), given.authority, given.rows, synthetic=True)


NOT_JUDGED = pd.DataFrame({"month": pd.PeriodIndex([], freq="M"), "expected": [], "low": [], "high": [], "severity": [], "z": []})


def test_a_year_with_a_missing_month_has_no_sum() -> None:
    police = rows("referrals", [10.0] * 24, "source: Police")
    schools = rows("referrals", [5.0] * 23 + [np.nan], "source: Schools")
    whole = rows("referrals", [15.0] * 23 + [np.nan])
    rows_ = pd.concat([whole, police, schools])
    found = parts.by_category_now(settled(subject("referrals", [15.0] * 24)), rows_, "source").frame.set_index("category")
    assert found.loc["Police"].tolist() == [120, 120]
    assert np.isnan(found.loc["Schools", "now"])
    assert found.loc["Schools", "before"] == 60
    assert found.index[-1] == parts.TOTAL


def test_a_stock_is_taken_at_the_newest_settled_month_and_a_year_before() -> None:
    team = rows("cin_open", list(range(100, 124)), "team: North")
    table = parts.by_category_now(subject("cin_open", [1.0]), team, "team")
    assert table.frame.set_index("category").loc["North"].tolist() == [120, 108]
    assert "December 2023 and a year before" in table.title
    assert "still being recorded" in table.note
    assert parts.by_category_now(settled(subject("cin_open", [1.0])), team, "team").frame.set_index("category").loc["North"].tolist() == [
        123,
        111,
    ]


def test_shares_of_a_year_are_added_up_before_they_are_divided() -> None:
    area = rows("child_seen", [9.0] * 24, "area: East", denominators=[10.0] * 12 + [10.0, 20.0] * 6)
    frame = shares.shares_by(subject("child_seen", [9.0] * 24, [10.0] * 24), area, "area").frame.set_index("category")
    assert frame.loc["East", ["numerator", "denominator", "percent"]].tolist() == [108, 180, 60]
    assert frame.loc["East", "low"] < 60 < frame.loc["East", "high"]


def test_the_steps_say_what_starts_and_ends_do_not_account_for() -> None:
    open_, started, ended = (
        subject("cin_open", [100.0] * 12 + [90.0] * 12),
        subject("cin_started", [10.0] * 24),
        subject("cin_ended", [10.0] * 24),
    )
    frame = stock.steps(open_, started, ended).frame
    assert frame[["kind", "value"]].to_numpy().tolist() == [["level", 100], ["in", 120], ["out", 120], ["out", 10], ["level", 90]]


def test_lines_carry_targets_and_their_counts() -> None:
    share = subject("assessments_in_45_days", [8.0] * 3, [10.0] * 3)
    table = lines.lines([share], {"assessments_in_45_days": pd.Series([90.0] * 3, index=MONTHS[:3])})
    assert table.counts == ("numerator", "denominator")
    assert table.derived["observed"] == ("numerator", "denominator")
    assert table.frame["target"].tolist() == [90, 90, 90]


def test_the_newest_figures_stand_beside_a_year_before() -> None:
    counted = latest.latest_counts([(subject("referrals", list(range(24))), NOT_JUDGED)]).frame.iloc[0]
    assert (counted["number"], counted["year_before"], counted["severity"]) == (23, 11, "cannot tell")
    share = latest.latest_shares([(subject("child_seen", [9.0] * 24, [10.0] * 24), NOT_JUDGED)]).frame.iloc[0]
    assert (share["percent"], share["numerator"], share["denominator"], share["year_before"]) == (90, 9, 10, 90)


def yearly(**values: list[float]) -> pd.DataFrame:
    frames = [pd.DataFrame({"authority": name, "year": [2023, 2024], "value": given}) for name, given in values.items()]
    frame = pd.concat(frames).assign(
        level="authority", indicator="rereferrals", breakdown=ALL, numerator=1.0, denominator=4.0, source_table="C1"
    )
    return tables.validate(frame.assign(flag=np.where(frame["value"].isna(), "c", "")), "yearly")


def test_the_middle_neighbour_is_taken_of_those_with_a_figure() -> None:
    table = yearly(Own=[20.0, 21.0], A=[10.0, 11.0], B=[12.0, np.nan], C=[17.0, np.nan])
    others = Others(neighbours=("A", "B", "C"))
    found = compare.comparison(table, "rereferrals", "Re-referrals", "percent", "Own", others).frame
    median = found[found["who"] == NEIGHBOURS].set_index("year")
    assert median["value"].to_dict() == {2023: 12.0}, "one of three is no middle: 2024 is left out"
    assert median.loc[2023, "of"] == 3
    assert found.loc[found["who"] == "Own", "year_label"].tolist() == ["2022-23", "2023-24"]


@pytest.mark.parametrize(("provisional", "severity"), [(1, ""), (0, "alert")])
def test_no_drop_is_claimed_from_a_month_still_being_recorded(provisional: int, severity: str) -> None:
    given = subject("referrals", [100.0] * 23 + [50.0])
    given = Subject(given.indicator.model_copy(update={"provisional_months": provisional}), "Solentwick", given.rows)
    judged = pd.DataFrame(
        {"month": MONTHS[-1:], "observed": 50.0, "expected": 100.0, "low": 80.0, "high": 120.0, "z": -3.0, "p": 0.003, "severity": "alert",
         "reason": "", "provisional": True}
    )  # fmt: skip
    shifts = pd.DataFrame({"onset": pd.PeriodIndex([], freq="M"), "before": [], "after": [], "z": []})
    found = findings.of_series(given, judged, shifts, None).set_index("kind")
    assert found.loc["latest", "severity"] == severity


def test_a_trend_needs_two_whole_years() -> None:
    shifts = pd.DataFrame({"onset": pd.PeriodIndex([], freq="M"), "before": [], "after": [], "z": []})
    whole = findings.of_series(settled(subject("referrals", [10.0] * 12 + [11.0] * 12)), NOT_JUDGED, shifts, None).set_index("kind")
    assert whole.loc["trend", ["observed", "expected"]].tolist() == [132, 120]
    part = findings.of_series(settled(subject("referrals", [10.0] * 12 + [np.nan] + [11.0] * 11)), NOT_JUDGED, shifts, None)
    assert "trend" not in set(part["kind"])


def test_a_trend_ends_at_the_newest_month_that_has_settled() -> None:
    shifts = pd.DataFrame({"onset": pd.PeriodIndex([], freq="M"), "before": [], "after": [], "z": []})
    found = findings.of_series(subject("cin_open", [100.0] * 20 + [104.0, 150.0, 170.0, 190.0]), NOT_JUDGED, shifts, None).set_index("kind")
    assert found.loc["trend", ["observed", "expected"]].tolist() == [104, 100]
    assert str(found.loc["trend", "month"]) == "2023-12"


def test_no_rise_of_a_stock_is_claimed_from_months_whose_closures_are_still_being_recorded() -> None:
    given = subject("cin_open", [100.0] * 21 + [150.0] * 3)
    judged = pd.DataFrame(
        {"month": MONTHS, "observed": given.figures.to_numpy(), "expected": 100.0, "low": 80.0, "high": 120.0, "z": 4.0, "p": 0.001,
         "severity": "strong", "reason": "", "provisional": False}
    )  # fmt: skip
    held = findings.without_unsettled(given, judged)
    assert held["severity"].tolist() == ["strong"] * 21 + [""] * 3
    assert held["reason"].iloc[-1] == findings.STILL_RECORDED
    flow = Subject(catalogue()["cin_started"], "Solentwick", given.rows)
    assert (findings.without_unsettled(flow, judged)["severity"] == "strong").all(), "what is high already will not come down"


def test_the_steps_end_where_closures_are_in() -> None:
    stock_, flow = subject("cin_open", list(range(100, 124))), subject("cin_started", [5.0] * 24)
    table = stock.steps(stock_, flow, subject("cin_ended", [4.0] * 24))
    assert table.frame["step"].iloc[-1] == "Open, December 2023"
    assert "Months after December 2023 are left out" in table.note


def test_an_autumn_that_has_not_settled_is_not_taken_for_what_was_recorded():
    from cfanalysis.registers import question_table
    from cfanalysis.registers.question import JanuaryFebruary
    from cfanalysis.views import behind

    given = subject("referrals", [100.0] * 24)
    year = given.newest.year + (1 if given.newest.month == 12 else 0)
    december = pd.Period(f"{year - 1}-12", freq="M")
    asked = JanuaryFebruary(year, "count", december, "too early", "they are not over", base=100.0)
    for provisional, tied in ((0, True), ((given.newest - december).n + 1, False)):
        one = Subject(given.indicator.model_copy(update={"provisional_months": provisional}), "Solentwick", given.rows)
        table = behind.question(question_table({"Referrals": asked}), [(one, year)])
        assert (table.spans["base"][0] is not None) == tied
