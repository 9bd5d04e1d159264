"""Tables that are published together: none gives away what another hides, and the audit finds those that do."""

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis import release
from cfanalysis.errors import ReleaseError
from cfanalysis.release import policy, release_together
from cfanalysis.release.publication import audit_records
from cfanalysis.release.record import record
from cfanalysis.tables import Table

MONTHS = pd.period_range("2022-04", periods=24, freq="M")


def audit(*released):
    return audit_records([record(table) for table in released], policy("dfe"))


def monthly(seed=1, low=3.0, month=20):
    """Three sources by month with their total; one month of one source is small."""
    rng = np.random.default_rng(seed)
    parts = {"Police": rng.integers(40, 80, 24), "Schools": rng.integers(20, 50, 24), "Housing": rng.integers(7, 19, 24)}
    parts["Housing"][month] = low
    parts["All"] = sum(parts.values())
    rows = [(when, name, float(counts[place])) for name, counts in parts.items() for place, when in enumerate(MONTHS)]
    frame = pd.DataFrame(rows, columns=["month", "category", "observed"])
    facts = {"name": "Referrals", "dimension": "source", "authority": "A"}
    return Table(frame, "By source", counts=("observed",), margins={"category": "All"}, facts=facts)


def yearly(table):
    """The newest twelve months of each source."""
    frame = table.frame[table.frame["month"] > MONTHS[11]]
    sums = frame.groupby("category", sort=False)["observed"].sum().reset_index().rename(columns={"observed": "now"})
    return Table(sums, "By source, the year", counts=("now",), margins={"category": "All"})


def totals(table):
    """The total by month alone."""
    frame = table.frame[table.frame["category"] == "All"].drop(columns="category").reset_index(drop=True)
    return Table(frame, "Referrals", counts=("observed",), facts={"name": "Referrals", "authority": "A"})


def without_total(table):
    frame = table.frame[table.frame["category"] != "All"].reset_index(drop=True)
    return Table(frame, "By source, no total", counts=("observed",), margins={"category": "All"})


PAIRS = {
    "months and the sum over them": lambda: (monthly(), yearly(monthly())),
    "parts in one table and their total in another": lambda: (without_total(monthly()), totals(monthly())),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_each_for_itself_gives_a_count_away_and_the_audit_finds_it(pair):
    with pytest.raises(ReleaseError, match="a hidden count could be worked out"):
        audit(*(cf.release(table, "dfe") for table in PAIRS[pair]()))


@pytest.mark.parametrize("pair", PAIRS)
def test_together_they_do_not(pair):
    released = release_together(PAIRS[pair](), "dfe")
    assert audit(*released) >= 2


@pytest.mark.parametrize("pair", PAIRS)
def test_one_after_the_other_in_an_open_publication_they_do_not(pair):
    release.begin_publication()
    try:
        released = [cf.release(table, "dfe") for table in PAIRS[pair]()]
        again = [cf.release(table, "dfe") for table in PAIRS[pair]()]
    finally:
        release.end_publication()
    assert audit(*released) >= 2
    for one, other in zip(released, again, strict=True):  # a cell run twice shows the same
        pd.testing.assert_frame_equal(one.marks, other.marks)


def test_a_count_hidden_in_one_table_is_hidden_in_the_other():
    by_source = monthly()
    housing = by_source.frame[by_source.frame["category"] == "Housing"].drop(columns="category").reset_index(drop=True)
    guarded = by_source.frame[by_source.frame["category"] == "Schools"].drop(columns="category").reset_index(drop=True)
    together = release_together(
        [by_source, *(Table(frame, name, counts=("observed",)) for frame, name in ((housing, "Housing"), (guarded, "Schools")))], "dfe"
    )
    first = together[0].frame.set_index(["category", "month"])["observed"]
    for place, name in enumerate(("Housing", "Schools"), start=1):
        assert first[name].isna().tolist() == together[place].frame["observed"].isna().tolist()


def test_running_totals_give_no_month_between_away():
    counts = np.array([30.0, 25.0, 3.0, 40.0, 22.0, 31.0])
    frame = pd.DataFrame({"month": MONTHS[:6], "to_date": counts.cumsum()})
    table = Table(frame, "Referrals so far this year", counts=("to_date",), cumulative=("to_date",))
    shown = cf.release(table, "dfe")
    assert not (shown.frame["to_date"].notna() & shown.frame["to_date"].shift().notna())[2]
    assert audit(shown) >= 1


def test_running_totals_are_found_by_themselves():
    counts = np.tile([30.0, 25.0, 3.0, 40.0, 22.0, 31.0, 20.0, 28.0, 19.0, 33.0, 26.0, 24.0], 3)
    months = pd.period_range("2021-04", periods=36, freq="M")
    frame = pd.DataFrame({"month": months, "to_date": counts.reshape(3, 12).cumsum(axis=1).ravel()})
    shown = cf.release(Table(frame, "So far", counts=("to_date",)), "dfe").frame["to_date"]
    for june in (2, 14, 26):
        assert not (shown.notna() & shown.shift().notna())[june]


def test_a_percentage_with_a_known_denominator_and_the_count_beside_it():
    """The column of those not seen is small: seen and out of together would give it away."""
    frame = pd.DataFrame(
        {"month": MONTHS[:6], "seen": [50.0, 47.0, 44.0, 60.0, 39.0, 51.0], "out_of": [58.0, 50.0, 53.0, 72.0, 51.0, 60.0]}
    )
    frame["not_seen"] = frame["out_of"] - frame["seen"]
    frame["percent"] = 100 * frame["seen"] / frame["out_of"]
    table = Table(frame, "Seen", counts=("seen", "out_of", "not_seen"), derived={"percent": ("seen", "out_of")})
    shown = cf.release(table, "dfe").frame
    assert np.isnan(shown.loc[1, "not_seen"])
    assert np.isnan(shown.loc[1, "seen"]) or np.isnan(shown.loc[1, "out_of"])
    assert np.isnan(shown.loc[1, "percent"])


def test_an_implied_count_is_protected_without_being_a_column():
    frame = pd.DataFrame({"category": ["a", "b", "c"], "seen": [50.0, 47.0, 44.0], "out_of": [58.0, 50.0, 53.0]})
    table = Table(frame, "Seen", counts=("seen", "out_of"), implied={"not seen": {"out_of": 1, "seen": -1}})
    shown = cf.release(table, "dfe").frame
    assert shown[["seen", "out_of"]].notna().all(axis=1).tolist() == [True, False, True]


def test_differences_between_two_editions():
    frame = pd.DataFrame({"month": MONTHS[:3], "first": [50.0, 60.0, 70.0], "latest": [50.0, 63.0, 90.0]})
    table = Table(frame, "Editions", counts=("first", "latest"), implied={"changed": {"latest": 1, "first": -1}})
    assert cf.release(table, "dfe").frame[["first", "latest"]].notna().all(axis=1).tolist() == [True, False, True]


def test_a_stock_with_its_starts_and_ends():
    starts, ends = np.array([20.0, 30.0, 25.0, 18.0, 22.0, 27.0]), np.array([18.0, 3.0, 21.0, 26.0, 20.0, 19.0])
    frame = pd.DataFrame({"month": MONTHS[:6], "open": 200 + (starts - ends).cumsum(), "starts": starts, "ends": ends})
    shown = cf.release(Table(frame, "Stock", counts=("open", "starts", "ends")), "dfe").frame
    row = shown.loc[1]
    before = shown.loc[0, "open"]
    assert np.isnan(row["ends"])
    assert np.isnan([row["open"], row["starts"], before]).any()


def test_a_table_that_shows_nothing_of_an_open_publication_changes_nothing():
    release.begin_publication()
    try:
        first = cf.release(monthly(), "dfe")
        other = pd.DataFrame({"category": ["x", "y"], "now": [100.0, 200.0]})
        assert cf.release(Table(other, "Other", counts=("now",)), "dfe").hidden == 0
    finally:
        release.end_publication()
    assert cf.release(monthly(), "dfe").marks.equals(first.marks)


def test_a_full_cell_is_hidden_where_the_policy_says_so():
    frame = pd.DataFrame({"category": ["Yes", "No", "Unknown", "All"], "now": [40.0, 0.0, 0.0, 40.0]})
    table = Table(frame, "Seen", counts=("now",), margins={"category": "All"})
    assert cf.release(table, "dfe").hidden == 0
    assert np.isnan(cf.release(table, "strict").frame.loc[0, "now"])


def test_the_audit_names_table_row_and_column():
    with pytest.raises(ReleaseError, match=r"table 'By source', 2023-12, Housing, column observed"):
        audit(*(cf.release(table, "dfe") for table in (monthly(), yearly(monthly()))))
