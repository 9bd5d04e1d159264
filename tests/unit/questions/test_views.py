"""The tables of each question, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis import figures
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue
from cfanalysis.questions import compare, findings, latest, lines, parts, quality, stock
from cfanalysis.questions.compare import NEIGHBOURS
from cfanalysis.questions.subject import TOO_HIDDEN, Subject
from cfanalysis.reference.comparators import Others

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


QUARTERS = ["2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"]


def released(breakdown: str, values: list[float], names: list[str] | None = None, part: str = "figure", flag: str = "c") -> pd.DataFrame:
    """Figures of a release by quarter, or by other periods; what is missing has the flag."""
    value = np.array(values, dtype=float)
    frame = pd.DataFrame({"breakdown": breakdown, "period": names or QUARTERS[: len(value)], "part": part, "value": value})
    return frame.assign(flag=np.where(np.isnan(value), flag, ""))


def by(given: Subject, dimension: str, *periods: pd.DataFrame) -> parts.Parts:
    return parts.read_parts(given, pd.concat(periods), given.rows, dimension)


def test_the_newest_year_is_the_newest_four_quarters_and_one_that_is_hidden_makes_it_unknown() -> None:
    quarterly = [
        released(ALL, [45.0] * 8),
        released("source: Police", [30.0] * 8),
        released("source: Schools", [15.0] * 7 + [np.nan]),
    ]
    table = parts.by_category_now(by(settled(subject("referrals", [15.0] * 24)), "source", *quarterly))
    found = table.frame.set_index("category")
    assert found.loc["Police"].tolist() == [120, 120]
    assert np.isnan(found.loc["Schools", "now"])
    assert table.flags["now"][list(found.index).index("Schools")] == "c"
    assert found.loc["Schools", "before"] == 60
    assert found.index.tolist() == ["Police", "Schools", parts.TOTAL], "in the order of what is shown"
    assert "the four quarters to March 2024" in table.title


def test_a_category_that_is_shown_by_year_only_stands_with_its_own_span() -> None:
    years = ["2022/23", "2023/24"]
    yearly_ = [released(ALL, [180.0, 180.0], years), released("source: Housing", [7.0, 9.0], years)]
    table = by(settled(subject("referrals", [15.0] * 24)), "source", released(ALL, [45.0] * 8), *yearly_)
    found = parts.by_category_now(table).frame.set_index("category")
    assert found.loc["Housing (the year to March 2024)"].tolist() == [9, 7]


def test_a_chart_draws_each_category_as_often_as_it_may_be_shown_and_says_so() -> None:
    table = by(
        settled(subject("referrals", [15.0] * 24)), "source", released(ALL, [45.0] * 8), released("source: Police", [30.0] * 8),
        released("source: Housing", [7.0, 9.0], ["2022/23", "2023/24"]), released("source: Unknown", [0.0], ["2023/24"]),
    )  # fmt: skip
    made = parts.by_category(table)
    yearly = made.frame[made.frame["category"] == "Housing (each year to March)"]
    assert yearly["observed"].tolist() == [7, 9]
    assert [str(month) for month in yearly["month"]] == ["2023-03", "2024-03"]
    assert set(made.frame["category"]) == {"Police", "Housing (each year to March)", parts.TOTAL}
    assert made.note == (
        "Too small to show each quarter, and drawn as often as each may be shown: Housing (each year to March). "
        "None, or too small to show: Unknown."
    )
    assert (made.facts["each"], str(made.frame["month"].min())) == ("each quarter", "2022-06")
    drawn = figures.small_multiples(show_released(made, policy("dfe")))
    assert drawn.title == "Referrals by source, each quarter: Police highest, 30 a quarter on average"
    assert "less often where it says so" in drawn.subtitle
    assert ">(each year to March)</" in drawn.svg(), "in a line of its own, so that no name is cut off"


def test_a_stock_is_taken_at_the_newest_settled_day_and_a_year_before() -> None:
    days = [str(month.end_time.date()) for month in MONTHS]
    team = [released(ALL, list(range(200, 224)), days), released("team: North", list(range(100, 124)), days)]
    given = subject("cin_open", list(range(200, 224)))
    table = parts.by_category_now(by(given, "team", *team))
    assert table.frame.set_index("category").loc["North"].tolist() == [120, 108]
    assert "December 2023 and a year before" in table.title
    assert "still being recorded" in table.note
    found = parts.by_category_now(by(settled(given), "team", *team)).frame.set_index("category")
    assert found.loc["North"].tolist() == [123, 111]


def test_categories_of_extracts_stand_at_the_newest_extract_and_add_up_to_its_own_total() -> None:
    """The whole has been revised since, and is there every month; the newest month of it is not one of the categories'."""
    days = [str(month.end_time.date()) for month in MONTHS]
    there = {11, 22, 23}
    teams = [
        released(f"team: {name}", [value if place in there else np.nan for place in range(24)], days, flag="x")
        for name, value in (("North", 120.0), ("South", 90.0))
    ]
    table = parts.by_category_now(by(subject("caseload", [200.0] * 24), "team", released(ALL, [200.0] * 24, days), *teams))
    assert table.frame.to_numpy().tolist() == [["North", 120, 120], ["South", 90, 90], ["These together", 210, 210]]
    assert table.title == "Children open to each team, March 2024 and a year before"
    assert table.addresses["now"][-1] is None, "a sum of what is shown is no figure of the release"


def test_an_extract_without_another_a_year_before_stands_alone_and_one_hidden_category_makes_its_total_unknown() -> None:
    days = [str(month.end_time.date()) for month in MONTHS]
    only = [np.nan] * 23
    own = released("provider: Own provision", [*only, 150.0], days, flag="x")
    small = released("provider: Private provision", [*only, np.nan], days, flag="x").assign(flag=["x"] * 23 + ["c"])
    table = parts.by_category_now(by(subject("placements", [200.0] * 24), "provider", released(ALL, [200.0] * 24, days), own, small))
    assert table.frame["now"].tolist()[0] == 150
    assert table.frame["before"].isna().all()
    assert table.title == "Where looked after children are placed by provider, March 2024"
    assert table.flags["now"] == ("", "c", "c")


def test_ages_stand_from_the_youngest() -> None:
    names = ("10 to 15", "Under 1", "16 and over", "1 to 4")
    held = [
        released(breakdown, [9.0] * 8, part=part)
        for breakdown in (ALL, *(f"age: {name}" for name in names)) for part in ("numerator", "denominator")
    ]  # fmt: skip
    found = parts.shares_by(by(settled(subject("rereferrals", [9.0] * 24, [9.0] * 24)), "age", *held)).frame["category"].tolist()
    assert found == ["Under 1", "1 to 4", "10 to 15", "16 and over", "All"]


def test_shares_of_a_year_are_added_up_before_they_are_divided() -> None:
    held = [
        released(breakdown, values, part=part)
        for breakdown in (ALL, "area: East")
        for part, values in (("numerator", [27.0] * 8), ("denominator", [30.0] * 4 + [30.0, 60.0] * 2))
    ]
    frame = parts.shares_by(by(settled(subject("child_seen", [9.0] * 24, [10.0] * 24)), "area", *held)).frame.set_index("category")
    assert frame.loc["East", ["numerator", "denominator", "percent"]].tolist() == [108, 180, 60]
    assert frame.loc["East", "low"] < 60 < frame.loc["East", "high"]


def hidden(given: Subject, places: range) -> Subject:
    """The same with some months hidden."""
    held = given.rows.copy()
    held.loc[held.index[list(places)], ["value", "numerator"]] = np.nan
    held.loc[held.index[list(places)], "flag"] = "c"
    return Subject(given.indicator, given.authority, held, synthetic=True)


def test_a_hidden_month_is_the_newest_and_is_not_taken_for_no_figure() -> None:
    given = hidden(subject("referrals", [20.0] * 24), range(23, 24))
    assert (str(given.newest), str(given.newest_shown), given.hidden) == ("2024-03", "2024-02", 1)
    shown = show_released(latest.latest_counts([(given, NOT_JUDGED)]), policy("dfe"))
    assert shown.marks["number"].tolist() == ["c"]
    assert shown.frame["year_now"].tolist() == [240], "all months of the year to February are shown"
    assert shown.marks["year_before"].tolist() == ["x"], "and one of the year before is not there"


def test_what_is_shown_is_shown_where_no_change_can_be_told_of_it() -> None:
    """The month a year before is in the table of months, and the twelve shown months add up: only the change is unknown."""
    stock = hidden(settled(subject("cp_open", [float(180 + place) for place in range(24)])), range(12, 23))
    row = latest.latest_counts([(stock, NOT_JUDGED)])
    assert row.frame.loc[0, ["year_now", "year_before"]].tolist() == [203, 191]
    assert row.flags["year_now"] == row.flags["year_before"] == ("",)
    count = hidden(settled(subject("cp_ended", [10.0] * 24)), range(3))
    table = latest.latest_counts([(count, NOT_JUDGED)])
    assert (table.frame.loc[0, "year_now"], table.flags["year_before"]) == (120, ("c",))
    assert table.frame.loc[0, "change"] == "not known: not all of it is shown"


def test_a_measure_that_is_hidden_from_end_to_end_has_its_row_and_its_line() -> None:
    below = subject("care_leavers_suitable", [20.0] * 24, [40.0] * 24)
    gone = hidden(below, range(24))
    table = latest.latest_shares([(gone, NOT_JUDGED)])
    assert table.frame["measure"].tolist() == [gone.name]
    assert table.flags["percent"] == ("c",)
    drawn = show_released(lines.lines([below, gone], {}), policy("dfe"))
    assert drawn.marks["observed"].tolist()[-1] == "c"
    alone = figures.lines(show_released(lines.lines([gone], {}), policy("dfe")))
    assert alone.paragraphs == ("The figures of this are not shown, to protect small numbers.",)


def quarterly(values: list[float]) -> Subject:
    """A count most of whose months are hidden, and whose quarters are shown."""
    given = hidden(subject("cla_started", [9.0] * 24), range(20))
    return replace(given, periods=released(ALL, values))


def test_a_measure_whose_months_are_hidden_is_told_by_its_quarters() -> None:
    given = settled(quarterly([20.0] * 4 + [39.0, 37.0, 41.0, 38.0]))
    given = replace(given, periods=released(ALL, [20.0] * 4 + [39.0, 37.0, 41.0, 38.0]))
    table = latest.latest_counts([(given, NOT_JUDGED)])
    row = table.frame.iloc[0]
    assert (row["number"], row["year_now"], row["year_before"]) == (38, 155, 80)
    assert (row["each"], row["compared"], row["change"]) == ("quarter", "Four quarters to March 2024", "up 94%")
    assert table.addresses["year_now"][0] == ("cla_started", ALL, ("2024-Q1", "2023-Q4", "2023-Q3", "2023-Q2"), "figure")
    drawn = lines.lines([given], {})
    assert drawn.frame["observed"].tolist()[-1] == 38
    assert drawn.frame["series"].iloc[0] == "Children who started to be looked after (by quarter)"
    assert drawn.addresses["observed"][0] == ("cla_started", ALL, ("2022-Q2",), "figure")
    mostly = replace(given, periods=released(ALL, [20.0] * 6 + [np.nan] * 2))
    assert "each" not in latest.latest_counts([(mostly, NOT_JUDGED)]).frame, "quarters that are hidden as well tell nothing"


def test_a_percentage_of_a_day_is_compared_with_the_picture_of_a_year_before() -> None:
    """Care leavers are known on the days of extracts: there are no twelve months to pool."""
    above, below = [np.nan] * 24, [np.nan] * 24
    for place, (part, of) in {11: (60.0, 100.0), 23: (40.0, 100.0)}.items():
        above[place], below[place] = part, of
    table = latest.latest_shares([(settled(subject("care_leavers_eet", above, below)), NOT_JUDGED)])
    row = table.frame.iloc[0]
    assert (row["year_now"], row["year_before"], row["compared"]) == (40, 60, "March 2024")
    assert row["change"] == "down 20.0 percentage points"


def test_with_more_than_a_tenth_hidden_nothing_is_learnt_from_the_rest() -> None:
    few, many = (hidden(subject("referrals", [20.0] * 24), range(5, last)) for last in (7, 9))
    assert not few.too_hidden
    assert few.modelled()["series"].notna().sum() == 22
    assert many.too_hidden
    assert many.modelled()["series"].empty
    shifts = pd.DataFrame({"onset": pd.PeriodIndex([], freq="M"), "before": [], "after": [], "z": []})
    found = findings.of_series(many, NOT_JUDGED, shifts, None).set_index("kind")
    assert found.loc["latest", "reason"] == TOO_HIDDEN


def test_the_steps_say_what_starts_and_ends_do_not_account_for() -> None:
    open_, started, ended = (
        subject("cin_open", [100.0] * 12 + [90.0] * 12),
        subject("cin_started", [10.0] * 24),
        subject("cin_ended", [10.0] * 24),
    )
    frame = stock.steps(open_, started, ended).frame
    assert frame[["kind", "value"]].to_numpy().tolist() == [["level", 100], ["in", 120], ["out", 120], ["out", 10], ["level", 90]]


def test_no_measure_gives_no_lines() -> None:
    assert lines.lines([], {}).frame.empty


def test_lines_carry_targets_and_their_counts() -> None:
    share = subject("assessments_in_45_days", [8.0] * 3, [10.0] * 3)
    table = lines.lines([share], {"assessments_in_45_days": pd.Series([90.0] * 3, index=MONTHS[:3])})
    assert table.counts == ("numerator", "denominator")
    assert table.derived["observed"] == ("numerator", "denominator")
    assert table.frame["target"].tolist() == [90, 90, 90]


def test_the_newest_figures_stand_beside_a_year_before() -> None:
    counted = latest.latest_counts([(settled(subject("referrals", [10.0] * 12 + [20.0] * 12)), NOT_JUDGED)]).frame.iloc[0]
    assert (counted["number"], counted["year_now"], counted["year_before"], counted["severity"]) == (20, 240, 120, "cannot tell")
    assert (counted["compared"], counted["change"]) == ("Year to March 2024", "up 100%")
    share = latest.latest_shares([(settled(subject("child_seen", [9.0] * 24, [10.0] * 24)), NOT_JUDGED)]).frame.iloc[0]
    assert (share["percent"], share["numerator"], share["denominator"], share["year_before"]) == (90, 9, 10, 90)
    assert share["change"] == "about the same"


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


def test_a_shift_is_told_with_what_is_left_of_it_now() -> None:
    """Southampton from November 2017: the size of the day it was told was frozen, and "it has lasted" was never looked at."""
    given = subject("referrals", [100.0] * 24)
    held = pd.DataFrame(
        {
            "onset": pd.PeriodIndex(["2023-02", "2023-09", "2023-11"], freq="M"), "before": [100.0, 150.0, 90.0],
            "after": [150.0, 90.0, 60.0], "z": 4.0, "standing": ["over", "not comparable", "fading"], "now": [100.0, np.nan, 75.0],
        }
    )  # fmt: skip
    found = findings.of_series(given, NOT_JUDGED, held, None)
    shifts = found[found["kind"] == "shift"].set_index("reason")
    assert list(shifts.index) == ["until August 2023", "fading"], "where the counting changed nobody can tell what is left"
    assert shifts.loc["fading", ["expected", "observed", "high"]].tolist() == [90.0, 75.0, 60.0]


def test_the_steps_end_where_closures_are_in() -> None:
    stock_, flow = subject("cin_open", list(range(100, 124))), subject("cin_started", [5.0] * 24)
    table = stock.steps(stock_, flow, subject("cin_ended", [4.0] * 24))
    assert table.frame["step"].iloc[-1] == "Open, December 2023"
    assert "Months after December 2023 are left out" in table.note


def test_what_was_put_right_is_told_in_words_and_that_its_counts_are_rounded() -> None:
    held = pd.DataFrame(
        {
            "list": ["List 1", "List 3"], "column": "Child Unique ID", "rule": ["blank_child_id", "negative"],
            "action": ["dropped", "coerced"], "count": [20.0, np.nan],
        }
    )  # fmt: skip
    table = quality.tables(lambda name: held if name == "problems" else pd.DataFrame(), synthetic=True, rounded=10)["problems"]
    assert table.frame[["rule", "action"]].to_numpy().tolist() == [["no child id", "left out"], ["number below 0", "put right"]]
    assert table.note.endswith("Counts are rounded to the nearest 10, and those of 1 to 9 are not shown.")
    whole = quality.tables(lambda name: held if name == "problems" else pd.DataFrame(), synthetic=True)["problems"]
    assert "rounded" not in whole.note


def test_every_list_of_the_event_log_has_a_title() -> None:
    assert set(tables.EVENT_KINDS) <= set(quality.EVENT_TITLES)
