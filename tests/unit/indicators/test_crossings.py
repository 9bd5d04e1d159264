"""What came of it by who asked: outcomes by source, team and area, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators import catalogue, category_names
from cfanalysis.indicators.catalogue import CATALOGUE, read_catalogue

REFERRED = """
A referral 2023-05-01 source=6 outcome=nfa
B referral 2023-05-02 source=6 outcome=not_nfa
C referral 2023-05-03 source=2A outcome=nfa
D referral 2023-05-04 source=2A
A referral 2023-05-20 source=2A outcome=not_nfa
"""

# A: police on the day it began. B: the newest of two. C: thirty days before. D: thirty-one days before. E: never referred. F: no source.
# G: after it began.
ASSESSED = """
A referral 2023-04-03 source=6
A assessment 2023-04-03 2023-05-10 category=seen
B referral 2023-04-01 source=6
B referral 2023-04-02 source=2A
B assessment 2023-04-03 2023-05-11 category=not_seen
C referral 2023-03-04 source=6
C assessment 2023-04-03 2023-05-12 category=not_seen
D referral 2023-03-03 source=6
D assessment 2023-04-03 2023-07-20 category=seen
E assessment 2023-02-01 2023-05-31 category=seen
F referral 2023-04-03
F assessment 2023-04-03 2023-05-31
G referral 2023-04-04 source=6
G assessment 2023-04-03 2023-05-31 category=seen
"""

HELD = """
A icpc 2023-04-26 clock_start=2023-04-03 team=North area=Hill
B icpc 2023-04-27 clock_start=2023-04-03 team=North area=Dale
C icpc 2023-04-03 clock_start=2023-04-03 team=South area=Hill
D icpc 2023-04-03 team=South
"""

CASES = [
    (
        "referrals_nfa", REFERRED,
        {("source: Police", "2023-05"): (1, 2, 50.0), ("source: Schools", "2023-05"): (1, 3, 100 / 3)},
    ),
    (  # A's second, by the school: the child had been referred before, by the police
        "rereferrals", REFERRED,
        {("source: Police", "2023-05"): (0, 2, 0.0), ("source: Schools", "2023-05"): (1, 3, 100 / 3)},
    ),
    (
        "assessments_completed", ASSESSED,
        {
            ("all", "2023-05"): (6, None, 6), ("source: Police", "2023-05"): (2, None, 2), ("source: Schools", "2023-05"): (1, None, 1),
            ("source: Unknown", "2023-05"): (1, None, 1), ("source: No referral", "2023-05"): (2, None, 2),
            ("source: No referral", "2023-07"): (1, None, 1), ("source: Police", "2023-07"): (0, None, 0),
        },
    ),
    (  # E took from February to the end of May: too long, and nobody had referred the child
        "assessments_in_45_days", ASSESSED,
        {
            ("source: Police", "2023-05"): (2, 2, 100.0), ("source: Schools", "2023-05"): (1, 1, 100.0),
            ("source: No referral", "2023-05"): (1, 2, 50.0), ("source: No referral", "2023-07"): (0, 1, 0.0),
            ("source: Schools", "2023-07"): (0, 0, None),
        },
    ),
    (  # F's does not say
        "child_seen", ASSESSED,
        {
            ("source: Police", "2023-05"): (1, 2, 50.0), ("source: Schools", "2023-05"): (0, 1, 0.0),
            ("source: No referral", "2023-05"): (2, 2, 100.0),
        },
    ),
    (
        "icpcs_in_15_days", HELD,
        {
            ("team: North", "2023-04"): (1, 2, 50.0), ("team: South", "2023-04"): (1, 2, 50.0), ("area: Hill", "2023-04"): (2, 2, 100.0),
            ("area: Dale", "2023-04"): (0, 1, 0.0), ("area: Not recorded", "2023-04"): (0, 1, 0.0),
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "events", "expected"), CASES, ids=[name for name, *_ in CASES])
def test_crossing_by_hand(name, events, expected, worked) -> None:
    months = [month for _, month in expected]
    frame = worked(events, name, min(months), max(months))
    for place, wanted in expected.items():
        row = frame.loc[place]
        found = tuple(None if pd.isna(row[column]) else row[column] for column in ("numerator", "denominator", "value"))
        assert found == pytest.approx(wanted), place


@pytest.mark.parametrize("name", ["assessments_completed", "assessments_in_45_days", "child_seen"])
def test_sources_add_up_to_the_whole(name, worked) -> None:
    frame = worked(ASSESSED, name, "2023-05").reset_index()
    part = "numerator" if name == "assessments_completed" else "denominator"
    by_source = frame[frame["breakdown"].str.startswith("source: ")]
    assert by_source[part].sum() == frame.set_index("breakdown").loc["all", part]


def test_a_month_is_known_by_source_where_referrals_reach_four_months_before(worked, log) -> None:
    covered = log(ASSESSED, referral=[("2023-01-01", "2025-12-31")])
    frame = worked(covered, "assessments_completed", "2023-04", "2023-05")
    assert frame.loc[("all", "2023-04"), "flag"] == ""
    assert frame.loc[("source: Police", "2023-04"), "flag"] == "x"
    assert frame.loc[("source: Police", "2023-05"), "flag"] == ""


def test_without_a_list_of_referrals_nothing_is_said_of_who_referred(worked) -> None:
    frame = worked("A assessment 2023-04-03 2023-05-10 category=seen team=North", "child_seen", "2023-05")
    assert {name for name, _ in frame.index} == {"all", "team: North"}


def test_what_is_asked_for_is_offered() -> None:
    by_source = ("referrals_nfa", "rereferrals", "assessments_completed", "assessments_in_45_days", "child_seen")
    assert all("source" in catalogue()[name].breakdowns for name in by_source)
    assert {"team", "area"} <= set(catalogue()["icpcs_in_15_days"].breakdowns)


def test_the_list_of_categories_is_whole() -> None:
    """Also where nobody was assessed without a referral: a list of those in use says that each of them was used."""
    assert set(category_names(["assessment"], "source")) == {*category_names(["referral"], "source"), "No referral"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    source: {of: referral, days: 30,", "    team: {of: referral, days: -1,", "days"),
        ("    source: {of: referral,", "    source: {of: letter,", "found 'letter'"),
        ("  breakdowns: [source, team, area, age]\n  crossings:", "  breakdowns: [team]\n  crossings:", "among the breakdowns too"),
    ],
)
def test_a_slip_in_a_crossing_is_named(tmp_path, old, new, message) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "catalogue.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"catalogue.yml, line \d+") as caught:
        read_catalogue(path)
    assert message in str(caught.value)
