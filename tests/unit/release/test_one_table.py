"""One table by itself: nothing of what it shows gives away what it hides."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import cfanalysis as cf
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import Table

MONTHS = pd.period_range("2022-04", periods=24, freq="M")


def extreme(aim, equations, shown):
    """The least of one cell, as whoever sees the others may work it out: None where nothing fits."""
    limits = [(0, None) if np.isnan(value) else (value, value) for value in shown]
    found = linprog(aim, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=limits)
    return found.x @ np.abs(aim) if found.status == 0 else np.inf


def by_team():
    """Teams by outcome with both totals: several small counts, none of which may follow."""
    rows = {"North": (30, 3), "South": (12, 20), "East": (2, 41), "All": (44, 64)}
    long = [(team, outcome, float(n)) for team, (no, yes) in rows.items() for outcome, n in (("No", no), ("Yes", yes), ("Any", no + yes))]
    frame = pd.DataFrame(long, columns=["team", "outcome", "n"])
    return Table(frame, "Outcomes", counts=("n",), margins={"team": "All", "outcome": "Any"})


def test_no_small_count_follows_from_the_totals():
    """By a linear programme of this test's own."""
    table = by_team()
    shown = cf.release(table, "dfe").frame["n"].to_numpy()
    teams, outcomes = table.frame["team"], table.frame["outcome"]
    equations = [np.where(outcomes == "Any", -1.0, 1.0) * (teams == team) for team in teams.unique()]
    equations += [np.where(teams == "All", -1.0, 1.0) * (outcomes == outcome) for outcome in outcomes.unique()]
    for place in np.flatnonzero(table.frame["n"].between(1, 5)):
        aim = np.eye(len(shown))[place]
        assert np.isnan(shown[place])
        assert extreme(aim, equations, shown) <= 1
        assert extreme(-aim, equations, shown) >= 5


def test_a_total_that_the_table_does_not_declare_is_found():
    frame = pd.DataFrame({"team": ["North", "South", "East", "Together"], "n": [30.0, 12.0, 3.0, 45.0]})
    shown = cf.release(Table(frame, "Open", counts=("n",)), "dfe").frame["n"]
    assert shown.isna().sum() == 2
    assert np.isnan(shown[2])


def test_two_tables_have_nothing_to_do_with_one_another():
    frame = pd.DataFrame({"team": ["North", "South"], "n": [30.0, 3.0]})
    first, again = (cf.release(Table(frame, "Open", counts=("n",)), "dfe") for _ in range(2))
    assert cf.release(Table(frame[:1], "Open", counts=("n",)), "dfe").hidden == 0
    pd.testing.assert_frame_equal(first.marks, again.marks)


def test_running_totals_give_no_month_between_away():
    counts = np.array([30.0, 25.0, 3.0, 40.0, 22.0, 31.0])
    frame = pd.DataFrame({"month": MONTHS[:6], "to_date": counts.cumsum()})
    table = Table(frame, "Referrals so far this year", counts=("to_date",), cumulative=("to_date",))
    shown = cf.release(table, "dfe")
    assert not (shown.frame["to_date"].notna() & shown.frame["to_date"].shift().notna())[2]


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


def test_a_full_cell_is_hidden_where_the_policy_says_so():
    frame = pd.DataFrame({"category": ["Yes", "No", "Unknown", "All"], "now": [40.0, 0.0, 0.0, 40.0]})
    table = Table(frame, "Seen", counts=("now",), margins={"category": "All"})
    assert cf.release(table, "dfe").hidden == 0
    assert np.isnan(cf.release(table, "strict").frame.loc[0, "now"])


def test_where_there_is_no_safe_way_the_table_is_refused():
    """A zero that is as confidential as a small count, and two columns that are the same in every row."""
    own = Policy(name="own", title="t", meaning="m", hide_below=6, hide_zeros=True)
    frame = pd.DataFrame({"team": list("abcd"), "one": [30.0, 12.0, 20.0, 41.0], "other": [30.0, 12.0, 20.0, 41.0]})
    table = Table(frame, "Twice", counts=("one", "other"), implied={"between": {"one": 1, "other": -1}})
    with pytest.raises(ReleaseError, match="say the same thing twice"):
        cf.release(table, own)
