"""A released table has one constructor, does not change, and is what every output accepts."""

import copy

import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import Table


@pytest.fixture
def released():
    frame = pd.DataFrame({"category": ["North", "South", "East", "All"], "now": [3.0, 12.0, 40.0, 55.0]})
    return cf.release(Table(frame, "Open by team", counts=("now",), margins={"category": "All"}), "dfe")


def test_release_is_the_only_constructor():
    with pytest.raises(ReleaseError, match=r"made by cf\.release"):
        ReleasedTable(pd.DataFrame(), pd.DataFrame(), policy("dfe"), {})


def test_it_does_not_change(released):
    frame = released.frame
    frame.loc[0, "now"] = 3.0
    assert released.frame["now"].isna().tolist() == [True, True, False, False]
    with pytest.raises(ReleaseError, match="does not change"):
        released.policy = policy("internal")


def test_it_is_neither_copied_nor_pickled_past_its_constructor(released):
    with pytest.raises(ReleaseError, match="not pickled"):
        copy.copy(released)


def test_a_part_of_it_is_released_too(released):
    part = released.rows(category=["North", "All"]).columns(["category", "now"])
    assert isinstance(part, ReleasedTable)
    assert part.hidden == 1
    assert part.marks["now"].tolist() == ["c", ""]


def test_a_part_that_is_not_there_is_named(released):
    with pytest.raises(ReleaseError, match="no column 'team'"):
        released.rows(team="North")


@pytest.mark.parametrize("family", [*figures.FAMILIES, "show"])
def test_every_output_accepts_released_tables_only(family):
    frame = pd.DataFrame({"month": pd.period_range("2024-01", periods=3, freq="M"), "observed": [1.0, 2.0, 3.0]})
    more = {"highlight": "x"} if family == "funnel" else {}
    for bare in (frame, Table(frame, "t", counts=("observed",)), None):
        with pytest.raises(ReleaseError, match=r"want a released table: cf.release"):
            getattr(figures, family)(bare, **more)


def test_importing_the_room_leaves_the_function_callable(released):
    import cfanalysis.release

    assert isinstance(cfanalysis.release(pd_series_frame(), "dfe"), ReleasedTable)


def pd_series_frame():
    month = pd.period_range("2024-01", periods=2, freq="M")
    columns = {"authority": "A", "indicator": "referrals", "breakdown": "all", "month": month}
    return pd.DataFrame({**columns, "numerator": [3.0, 30.0], "denominator": float("nan"), "value": [3.0, 30.0], "flag": ""})
