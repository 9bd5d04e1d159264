"""Merging extracts by hand: what a later one replaces, adds and takes away, and what nobody looked at."""

from datetime import date

import pandas as pd
import pytest

from cfanalysis.events import UNKNOWN, merge_extracts, quality
from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.table import COLUMNS, validate
from cfanalysis.sources import Extract

WORDS = ("source", "outcome", "category", "team", "area", "worker")


def frame(name, rows):
    """Rows of (child, event, date, end date or "", **more)."""
    made = []
    for child, event, start, end, *more in rows:
        given = more[0] if more else {}
        dates = {key: pd.Timestamp(given[key]) if key in given else pd.NaT for key in ("birth_date", "clock_start")}
        words = {key: given.get(key, "") for key in WORDS}
        made.append(
            {
                "child_id": child,
                "event": event,
                "date": pd.Timestamp(start),
                "end_date": pd.Timestamp(end) if end else pd.NaT,
                "extract": name,
                **words,
                **dates,
            }
        )
    table = pd.DataFrame(made, columns=list(COLUMNS["events"]))
    for column in ("date", "end_date", "birth_date", "clock_start"):
        table[column] = pd.to_datetime(table[column])
    return validate(table, "events")


def extract(name, start, as_at, *rows, kinds=()):
    window = (date.fromisoformat(start), date.fromisoformat(as_at))
    named = {row[1] for row in rows} | set(kinds)
    return Extract(name, f"{name}.xlsx", window[1], dict.fromkeys(sorted(named), window), frame(name, rows), (), {})


def rows_of(log, *columns):
    return sorted(tuple(str(value)[:10] for value in row) for row in log.events[list(columns)].itertuples(index=False))


def changes(log):
    return [tuple(row) for row in log.changes.itertuples(index=False)]


AUTUMN = ("autumn", "2023-10-01", "2024-03-31")
SPRING = ("spring", "2024-01-01", "2024-06-30")


def test_a_later_extract_replaces_every_row_in_its_window() -> None:
    first = extract(*AUTUMN, ("A", "referral", "2023-11-05", ""), ("B", "referral", "2024-02-05", ""), ("C", "referral", "2024-03-05", ""))
    second = extract(
        *SPRING,
        ("B", "referral", "2024-02-05", "", {"outcome": "nfa"}),
        ("D", "referral", "2024-03-09", ""),
        ("E", "referral", "2024-05-09", ""),
    )
    log = merge_extracts([first, second])
    assert rows_of(log, "child_id", "date", "extract") == [
        ("A", "2023-11-05", "autumn"),
        ("B", "2024-02-05", "spring"),
        ("D", "2024-03-09", "spring"),
        ("E", "2024-05-09", "spring"),
    ]
    # C was deleted, D entered late, B filled in; E is new, not a revision
    assert changes(log) == [("referral", "autumn", "spring", 1, 1, 1)]


def test_the_order_they_are_given_in_does_not_matter_and_one_twice_is_harmless() -> None:
    first = extract(*AUTUMN, ("A", "referral", "2024-01-05", ""), ("A", "cin_episode", "2024-01-09", ""))
    second = extract(*SPRING, ("A", "referral", "2024-01-06", ""), ("A", "cin_episode", "2024-01-09", "2024-04-01"))
    once = merge_extracts([first, second])
    for given in ([second, first], [first, second, first], [second, second, first]):
        again = merge_extracts(given)
        pd.testing.assert_frame_equal(again.events, once.events)
        pd.testing.assert_frame_equal(again.changes, once.changes)
        pd.testing.assert_frame_equal(again.coverage, once.coverage)


def test_periods_that_overlap_the_later_window_are_replaced_open_ones_too() -> None:
    first = extract(
        *AUTUMN,
        ("A", "cin_episode", "2022-05-01", ""),
        ("B", "cin_episode", "2023-02-01", "2023-11-30"),
        ("C", "cin_episode", "2023-12-01", ""),
        ("D", "cin_episode", "2023-12-01", "2024-02-01"),
    )
    second = extract(
        *SPRING, ("A", "cin_episode", "2022-05-01", "2024-05-01", {"outcome": "RC7"}), ("D", "cin_episode", "2023-12-03", "2024-02-01")
    )
    log = merge_extracts([first, second])
    assert rows_of(log, "child_id", "date", "end_date") == [
        ("A", "2022-05-01", "2024-05-01"),
        ("B", "2023-02-01", "2023-11-30"),
        ("D", "2023-12-03", "2024-02-01"),
    ]
    # A moved on (no revision); C and the old D are gone; the new D should have been seen before
    assert changes(log) == [("cin_episode", "autumn", "spring", 1, 2, 0)]


def test_a_period_closed_on_the_day_before_the_window_stays() -> None:
    first = extract(*AUTUMN, ("A", "cp_plan", "2023-02-01", "2023-12-31"))
    assert len(merge_extracts([first, extract(*SPRING, kinds=["cp_plan"])]).events) == 1


def test_an_end_recorded_late_is_a_change_one_that_came_later_is_not() -> None:
    first = extract(
        *AUTUMN, ("A", "cin_episode", "2023-05-01", ""), ("B", "cin_episode", "2023-05-01", ""), ("C", "assessment", "2024-02-01", "")
    )
    second = extract(
        *SPRING,
        ("A", "cin_episode", "2023-05-01", "2024-03-30"),
        ("B", "cin_episode", "2023-05-01", "2024-04-02"),
        ("C", "assessment", "2024-02-01", "2024-04-02"),
    )
    assert changes(merge_extracts([first, second])) == [
        ("assessment", "autumn", "spring", 0, 0, 0),
        ("cin_episode", "autumn", "spring", 0, 0, 1),
    ]


def test_an_assessment_begun_before_the_window_is_taken_from_the_extract_that_repeats_it() -> None:
    first = extract(*AUTUMN, ("A", "assessment", "2023-12-20", ""), ("B", "assessment", "2023-12-20", ""))
    second = extract(*SPRING, ("A", "assessment", "2023-12-20", "2024-02-02"))
    assert rows_of(merge_extracts([first, second]), "child_id", "end_date") == [("A", "2024-02-02"), ("B", "NaT")]


def test_a_conference_is_replaced_by_the_extract_that_holds_its_enquiry() -> None:
    clock = {"clock_start": "2023-12-20"}
    first = extract(*AUTUMN, ("A", "icpc", "2024-01-05", "", clock), ("B", "icpc", "2024-01-05", "", {"clock_start": "2024-01-02"}))
    log = merge_extracts([first, extract(*SPRING, kinds=["icpc"])])
    assert rows_of(log, "child_id") == [("A",)]


def test_what_was_open_when_nobody_looked_any_more_is_closed_as_unknown() -> None:
    first = extract(*AUTUMN, ("A", "cin_episode", "2023-05-01", ""), ("B", "cin_episode", "2023-05-01", ""))
    later = extract("later", "2025-01-01", "2025-06-30", ("A", "cin_episode", "2023-05-01", ""))
    log = merge_extracts([first, later])
    assert rows_of(log, "child_id", "end_date", "outcome") == [("A", "NaT", ""), ("B", "2024-04-01", UNKNOWN)]
    assert [(problem.rule, problem.count) for problem in log.problems] == [("open_into_gap", 1)]


def test_two_things_on_one_day_are_two() -> None:
    first = extract(*AUTUMN, ("A", "contact", "2024-02-01", "", {"source": "6"}), ("A", "contact", "2024-02-01", "", {"source": "2A"}))
    second = extract(*SPRING, ("A", "contact", "2024-02-01", "", {"source": "6"}), ("A", "contact", "2024-02-01", "", {"source": "2A"}))
    log = merge_extracts([first, second])
    assert len(log.events) == 2
    assert changes(log) == [("contact", "autumn", "spring", 0, 0, 0)]


def test_pictures_of_care_leavers_stay_beside_each_other() -> None:
    def picture(name, as_at):
        day = date.fromisoformat(as_at)
        return Extract(name, name, day, {"care_leaver": (day, day)}, frame(name, [("A", "care_leaver", as_at, "")]), (), {})

    log = merge_extracts([picture("one", "2023-12-31"), picture("two", "2024-03-31")])
    assert len(log.events) == 2
    assert log.covered("care_leaver", pd.period_range("2023-11", "2024-03", freq="M")).tolist() == [False, True, False, False, True]


def test_coverage_joins_what_touches_and_keeps_gaps() -> None:
    made = [
        extract(name, start, end, kinds=["referral"])
        for name, start, end in [("a", "2023-01-01", "2023-06-30"), ("b", "2023-07-01", "2023-12-31"), ("c", "2024-02-10", "2024-06-15")]
    ]
    log = merge_extracts(made)
    assert [tuple(str(v)[:10] for v in row) for row in log.coverage.itertuples(index=False)] == [
        ("referral", "2023-01-01", "2023-12-31"),
        ("referral", "2024-02-10", "2024-06-15"),
    ]
    months = pd.PeriodIndex(["2022-12", "2023-01", "2023-12", "2024-01", "2024-02", "2024-03", "2024-06"], freq="M")
    assert log.covered("referral", months).tolist() == [False, True, True, False, False, True, False]
    assert not log.covered("contact", months).any()


def test_nothing_to_merge_is_said() -> None:
    with pytest.raises(SourceError, match="no extract to merge; add an annex_a source"):
        merge_extracts([])


def counts(*rows, kinds=("icpc", "assessment", "s47")):
    told = quality(merge_extracts([extract("x", "2023-10-01", "2024-03-31", *rows, kinds=kinds)]))
    assert (told["count"] <= told["of"]).all()
    return {row.rule: (row.count_, row.of) for row in told.rename(columns={"count": "count_"}).itertuples()}


def test_quality_of_episodes() -> None:
    told = counts(
        ("A", "cin_episode", "2023-10-05", "2024-01-10", {"outcome": "RC7", "category": "N1"}),
        ("A", "cin_episode", "2024-01-10", "", {"category": "N1"}),  # follows on the same day: no overlap
        ("B", "cin_episode", "2023-10-05", "2024-02-10"),
        ("B", "cin_episode", "2024-01-10", "", {"outcome": "RC7"}),
        ("C", "cin_episode", "2023-10-05", ""),
        ("C", "cin_episode", "2024-01-10", ""),
        ("D", "cin_episode", "2023-10-05", "2023-11-05", {"outcome": "RC8"}),
        ("E", "cin_episode", "2023-10-05", "2023-11-05", {"outcome": "RC9"}),
        ("E", "assessment", "2023-10-09", "2023-11-01"),
    )  # fmt: skip
    assert told["cin_overlap"] == (2, 8)
    assert told["cin_open_twice"] == (1, 4)
    assert told["cin_no_reason"] == (1, 4)
    assert told["cin_reason_open"] == (1, 4)
    assert told["cin_unassessed"] == (1, 2)
    assert told["cin_no_need"] == (6, 8)


def test_quality_of_protection() -> None:
    told = counts(
        ("A", "icpc", "2024-01-06", "", {"clock_start": "2024-01-08"}),  # a Saturday, before its enquiry
        ("B", "icpc", "2024-01-10", "", {"clock_start": "2024-01-02"}),
        ("B", "cp_plan", "2024-01-10", "2024-01-10"),
        ("A", "cp_plan", "2024-01-08", "2024-02-08"),  # not on the day of its conference
        ("A", "cp_plan", "2024-02-07", ""),  # overlaps, and its nearest conference is a month and a day away
        ("C", "s47", "2024-01-02", ""),
        ("D", "s47", "2024-01-02", "", {"outcome": "icpc_not_needed"}),
        ("E", "s47", "2024-03-25", ""),
        ("F", "assessment", "2024-01-02", ""),
        ("G", "assessment", "2024-03-01", ""),
    )  # fmt: skip
    assert told["icpc_weekend"] == (1, 2)
    assert told["icpc_before_s47"] == (1, 2)
    assert told["cp_overlap"] == (1, 3)
    assert told["cp_same_day"] == (1, 3)
    assert told["cp_off_icpc"] == (1, 2)
    assert told["cp_no_icpc"] == (1, 3)
    assert told["s47_late"] == (1, 2)
    assert told["assessment_late"] == (1, 2)


def test_quality_of_children() -> None:
    told = counts(
        ("A", "referral", "2024-01-06", "", {"birth_date": "2012-01-01", "source": "6", "outcome": "nfa"}),
        ("A", "referral", "2024-01-06", "", {"birth_date": "2012-01-02"}),
        ("B", "referral", "2024-01-06", "", {"birth_date": "1997-01-01", "source": "6"}),
        ("C", "contact", "2024-01-06", ""),
    )  # fmt: skip
    assert told["referral_same_day"] == (1, 3)
    assert told["referral_no_source"] == (1, 3)
    assert told["referral_no_nfa"] == (2, 3)
    assert told["contact_no_source"] == (1, 1)
    assert told["too_old"] == (1, 3)
    assert told["no_birth_date"] == (1, 4)
    assert told["two_birth_dates"] == (1, 2)
    assert "cin_overlap" not in told


def test_ids_that_excel_has_changed_are_said() -> None:
    first = extract(
        *AUTUMN, ("00123", "referral", "2023-11-05", ""), ("c9", "referral", "2023-11-05", ""), ("77", "referral", "2023-11-05", "")
    )
    second = extract(*SPRING, ("123", "referral", "2024-05-05", ""), ("C9", "referral", "2024-05-05", ""))
    log = merge_extracts([first, second])
    assert [(problem.rule, problem.count, problem.action) for problem in log.problems] == [("id_spelling", 2, "coerced")]
    assert set(log.events["child_id"]) == {"00123", "c9", "77"}


def test_ids_that_stand_side_by_side_are_different_children() -> None:
    first = extract(*AUTUMN, ("00123", "referral", "2023-11-05", ""), ("123", "referral", "2023-11-05", ""))
    log = merge_extracts([first])
    assert [(problem.rule, problem.count, problem.action) for problem in log.problems] == [("alike_ids", 2, "kept")]
    assert log.events["child_id"].nunique() == 2
