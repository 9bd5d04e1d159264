"""What falls with a hidden count, what is rounded, what is refused."""

import numpy as np
import pandas as pd
import pytest
from tests.made_here import as_a_view

import cfanalysis as cf
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import Table

MONTHS = pd.period_range("2024-01", periods=6, freq="M")


def outlook(observed):
    size = len(observed)
    frame = pd.DataFrame({"month": MONTHS[:size], "observed": observed, "flag": ["" if value == value else "x" for value in observed]})
    frame["expected"], frame["low"], frame["high"] = 8.123456, 4.0, 12.0
    frame["severity"], frame["reason"] = "alert", "five more than expected"
    needs = dict.fromkeys(("expected", "low", "high", "severity", "reason"), ("observed",))
    return Table(frame, "Referrals", counts=("observed",), derived=needs, facts={"name": "Referrals", "latest": observed[-1]})


def test_the_three_rows_on_the_boundary():
    frame = pd.DataFrame({"category": ["a", "b", "c"], "now": [5.0, 6.0, 7.0]})
    assert cf.release(Table(frame, "t", counts=("now",)), "dfe").frame["now"].fillna(-1).tolist() == [-1, 6, 7]


def test_everything_computed_from_a_hidden_count_is_hidden_too():
    released = cf.release(outlook([20.0, 3.0, 30.0, 40.0]), "dfe")
    assert released.frame["observed"].isna().tolist() == [False, True, False, False]
    assert released.frame["flag"].tolist() == ["", "c", "", ""]
    for column in ("expected", "severity", "reason"):
        assert released.marks[column].tolist() == ["c"] * 4, "what leans on other months would give the hidden one away"
    assert cf.release(outlook([20.0, 30.0]), "dfe").frame["severity"].tolist() == ["alert", "alert"]


def test_a_sum_over_months_gives_no_hidden_month_away():
    counts = pd.Series([20.0, 30.0, 3.0, 40.0, 25.0, 28.0])
    frame = pd.DataFrame({"month": MONTHS, "n": counts, "three_months": counts.rolling(3).sum()})
    released = cf.release(Table(frame, "t", counts=("n",), derived={"three_months": ("n",)}), "dfe")
    assert released.frame["three_months"].isna().all()


def test_only_the_series_of_the_hidden_month_falls():
    frame = pd.DataFrame({"month": [*MONTHS, *MONTHS], "category": ["a"] * 6 + ["b"] * 6, "n": [30.0, 3.0, *[40.0] * 10]})
    frame["mean"] = frame.groupby("category")["n"].transform("mean")
    released = cf.release(Table(frame, "t", counts=("n",), derived={"mean": ("n",)}), "dfe").frame
    assert released.groupby("category")["mean"].count().to_dict() == {"a": 0, "b": 6}


def test_what_is_computed_by_way_of_another_column_falls_too():
    frame = pd.DataFrame({"team": ["a", "b"], "n": [30.0, 3.0], "share": [30.0, 3.0], "copy": [30.0, 3.0]})
    for derived in ({"share": ("n",), "copy": ("share",)}, {"copy": ("share",), "share": ("n",)}):
        released = cf.release(Table(frame, "t", counts=("n",), derived=derived), "dfe").frame
        assert released[["share", "copy"]].isna().all(axis=1).tolist() == [False, True]


@pytest.mark.parametrize(
    ("made", "needs"),
    [
        (lambda one, two: one, ("one",)), (lambda one, two: one + two, ("one", "two")), (lambda one, two: two - one, ("one", "two")),
        (lambda one, two: (100 * one / two).round(1), ("one", "two")), (lambda one, two: (100 * one / two).round(), ("two", "one")),
        (lambda one, two: 100 * (two - one) / one, ("one", "two")), (lambda one, two: (10_000 * one / two).round(1), ("one", "two")),
    ],
)  # fmt: skip
def test_what_is_computed_from_its_own_row_falls_only_there(made, needs):
    frame = pd.DataFrame({"month": MONTHS, "one": [20.0, 3.0, 33.0, 41.0, 27.0, 18.0], "two": [67.0, 81.0, 59.0, 97.0, 43.0, 71.0]})
    frame["made"] = made(frame["one"], frame["two"])
    released = cf.release(Table(frame, "t", counts=("one", "two"), derived={"made": needs}), "dfe").frame
    assert released["made"].isna().tolist() == [False, True, False, False, False, False]


def test_a_number_among_the_facts_goes_where_anything_is_hidden():
    assert cf.release(outlook([20.0, 3.0]), "dfe").facts["latest"] is None
    assert cf.release(outlook([20.0, 30.0]), "dfe").facts["latest"] == 30.0


def test_missing_is_not_hidden_and_zero_is_not_missing():
    released = cf.release(outlook([np.nan, 0.0, 30.0]), "dfe")
    assert released.marks["observed"].tolist() == ["x", "", ""]
    assert released.frame["observed"].fillna(-1).tolist() == [-1, 0, 30]


def test_a_percentage_falls_with_its_numerator_and_not_with_its_neighbours():
    frame = pd.DataFrame({"month": MONTHS[:4], "numerator": [40.0, 3.0, 30.0, 20.0], "denominator": [100.0, 90.0, 60.0, 80.0]})
    frame["value"] = 100 * frame["numerator"] / frame["denominator"]
    table = Table(frame, "t", counts=("numerator", "denominator"), derived={"value": ("numerator", "denominator")})
    released = cf.release(table, "dfe")
    assert released.frame["value"].fillna(-1).tolist() == [40.0, -1, 50.0, 25.0]


def test_rounding_recomputes_percentages_from_the_rounded_counts():
    frame = pd.DataFrame({"category": ["a", "b"], "numerator": [33.0, 41.0], "denominator": [102.0, 98.0]})
    frame["value"] = 100 * frame["numerator"] / frame["denominator"]
    table = Table(frame, "t", counts=("numerator", "denominator"), derived={"value": ("numerator", "denominator")})
    shown = cf.release(table, "strict").frame
    assert shown["numerator"].tolist() == [35.0, 40.0]
    assert shown["value"].tolist() == [35.0, 40.0]


def test_england_and_regions_are_rounded_to_ten():
    frame = pd.DataFrame({"authority": ["England", "A"], "level": ["national", "authority"], "number": [621_884.0, 1234.0]})
    assert cf.release(Table(frame, "t", counts=("number",)), "dfe").frame["number"].tolist() == [621_880.0, 1234.0]


def test_digits_beyond_what_a_reader_needs_do_not_leave():
    assert cf.release(outlook([20.0, 30.0]), "dfe").frame["expected"].tolist() == [8.1, 8.1]


def test_internal_hides_nothing_and_published_is_left_as_its_publisher_made_it():
    assert cf.release(outlook([20.0, 3.0]), "internal").hidden == 0
    frame = pd.DataFrame({"who": ["A", "England"], "year": [2024, 2024], "value": [3.0, 22.4]})
    assert cf.release(as_a_view(Table(frame, "t", counts=("value",), published=True)), "dfe").frame["value"].tolist() == [3.0, 22.4]


@pytest.mark.parametrize("column", ["child_id", "birth_date", "worker", "clock_start"])
@pytest.mark.parametrize("policy", ["dfe", "internal", "open"])
def test_a_table_of_single_children_is_refused_under_every_policy(column, policy):
    table = Table(pd.DataFrame({column: ["x"], "n": [100.0]}), "t", counts=("n",))
    with pytest.raises(ReleaseError, match=f"has the column '{column}': it holds single children"):
        cf.release(table, policy)


def test_a_bare_frame_is_refused():
    with pytest.raises(ReleaseError, match="put it in a Table"):
        cf.release(pd.DataFrame({"n": [1]}), "dfe")


def test_what_is_computed_from_a_column_that_is_gone_is_refused():
    table = Table(pd.DataFrame({"value": [1.0]}), "t", derived={"value": ("numerator",)})
    with pytest.raises(ReleaseError, match="computed from 'numerator', which is not in the table"):
        cf.release(table, "dfe")


def test_breakdowns_of_a_series_frame_are_protected_against_their_total():
    parts = {
        "all": 60.0,
        "source: Police": 40.0,
        "source: Schools": 17.0,
        "source: Housing": 3.0,
        "age: Under 1": 20.0,
        "age: 1 to 4": 40.0,
    }
    frame = pd.DataFrame({"breakdown": list(parts), "value": list(parts.values())})
    frame = frame.assign(
        authority="A", indicator="referrals", month=pd.Period("2024-01", "M"), numerator=frame["value"], denominator=np.nan
    )
    frame["flag"] = ""
    shown = cf.release(frame, "dfe").frame.set_index("breakdown")["value"]
    assert shown[shown.isna()].index.tolist() == ["source: Schools", "source: Housing"]
