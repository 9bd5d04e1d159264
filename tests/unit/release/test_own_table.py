"""A table that an analyst made in a notebook: what would give children away is refused, what is a table of counts passes and says so."""

import html
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.made_here import as_a_view
from tests.pages_made import exported, shown

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.disclosure.own.asked import NOTE
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import policies, policy
from cfanalysis.foundation.table import Table

TEAMS = ["North", "South", "East", "West", "Front door"]


def by_team(**columns):
    return pd.DataFrame({"team": TEAMS, "children": [30.0, 12.0, 40.0, 3.0, 15.0], **columns})


def own(frame, **about):
    return Table(frame, "Mine", **{"counts": ("children",), **about})


def refused(table, told, rules="dfe"):
    with pytest.raises(ReleaseError, match=told):
        cf.release(table, rules)


def test_a_table_of_counts_passes_and_says_whose_it_is():
    frame = by_team(share=[30.0, 12.0, 40.0, 3.0, 15.0], percent_of_share=1.0, order=[1, 2, 3, 4, 5], year=2024)
    released = cf.release(own(frame, derived={"share": ("children",), "percent_of_share": ("share",)}, note="By team."), "dfe")
    assert released.frame["children"].isna().tolist() == [False, False, False, True, False]
    assert released.note == f"By team. {NOTE}"


def test_a_table_of_cfanalysis_says_nothing_of_the_kind():
    assert NOTE not in cf.release(as_a_view(own(by_team())), "dfe").note


def test_a_page_that_shows_it_says_so(tmp_path):
    cells = [shown(figures.show(cf.release(own(by_team()), "dfe")))]
    assert NOTE in html.unescape(exported(tmp_path, cells).read_text(encoding="utf-8"))


@pytest.mark.parametrize("table", [as_a_view(own(by_team())), own(by_team())])
def test_a_table_of_cfanalysis_that_was_changed_is_ones_own(table):
    changed = [replace(table, published=True), table.with_frame(by_team(number=[1.0, 2.0, 3.0, 4.0, 9.0]))]
    for each, told in zip(changed, ("published=True", "column 'number' holds numbers"), strict=True):
        refused(each, told)


@pytest.mark.parametrize("hide_below", [0, 1, 5])
def test_a_policy_that_is_only_named_dfe_is_refused(hide_below):
    keys = {**policies()["dfe"].model_dump(), "hide_below": hide_below}
    refused(own(by_team()), "named 'dfe' and is not that policy: hide_below is", keys)
    refused(own(by_team()), "named 'dfe'", policies()["dfe"].model_copy(update={"hide_below": hide_below}))
    refused(own(by_team()), "named 'internal'", {"name": "internal", "title": "t", "meaning": "m", "hide_below": 0})


def test_the_whole_policy_by_its_keys_is_that_policy():
    assert policy(policies()["dfe"].model_dump()) == policies()["dfe"]


@pytest.mark.parametrize("hide_below", [0, 1])
def test_a_policy_that_hides_nothing_is_refused_but_internal(hide_below):
    refused(own(by_team()), "hide_below.*want 2 or more", {"name": "ours", "title": "t", "meaning": "m", "hide_below": hide_below})
    assert cf.release(own(by_team()), "internal").frame["children"].notna().all()


def test_published_and_open_are_for_figures_read_from_their_publisher():
    refused(own(by_team(), published=True), "published=True.*under sources with format: published")
    refused(own(by_team()), "the policy 'open'", "open")
    assert cf.release(as_a_view(own(by_team(), published=True)), "dfe").frame["children"].notna().all()


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (own(by_team(), counts=()), "children"),
        (own(by_team(share=[1.0, 2.0, 3.0, 4.0, 5.0])), "share"),
        (own(by_team(share=[1.0, 2.0, 3.0, 4.0, 5.0]), derived={"share": ()}), "share"),
        (own(by_team(one=1.5, other=2.5), derived={"one": ("other",), "other": ("one",)}), "one"),
        (own(by_team(said=["30", "12", "40", "3", "15"])), "said"),
        (own(by_team(said=["30 %", "12", "40", "3", "n/a"])), "said"),
        (own(by_team(year=[30, 12, 40, 3, 15])), "year"),
        (own(by_team(order=[30, 12, 40, 3, 15])), "order"),
        (own(by_team(calendar_month=[30, 12, 40, 3, 15])), "calendar_month"),
    ],
)
def test_a_number_that_is_no_count_and_comes_from_none_is_refused(table, column):
    refused(table, f"column '{column}' holds numbers")


@pytest.mark.parametrize("name", ["UPN", "dob", "child", "Child ID", "childId", "nhs_number", "date_of_birth", "Surname", "post id"])
@pytest.mark.parametrize("rules", ["dfe", "internal"])
def test_a_column_named_like_a_child_is_refused_under_every_policy(name, rules):
    refused(own(by_team(**{name: list("abcde")})), "named like something of single children", rules)


DAYS = ["2024-03-05", "2024-03-17", "2024-04-02", "2024-05-09", "2024-06-11"]


@pytest.mark.parametrize(
    "values",
    [
        pd.to_datetime(DAYS),
        list(pd.to_datetime(DAYS).date),
        DAYS,
        ["05/03/2024", "17/03/2024", "2/4/2024", "09.05.2024", "11/06/24"],
        ["2024-03-05 10:15", *DAYS[1:]],
        pd.PeriodIndex(DAYS, freq="D"),
        [f"A{number:012d}" for number in (830_200_123_001, 830_200_123_007, 830_200_124_001, 1, 2)],
        [40_013_207, 40_013_208, 40_099_001, 40_100_000, 40_200_000],
        ["deadbeef01", "0badf00d22", "1234abcd99", "aa00bb11cc", "00000000aa"],
        ["CH-10023", "CH-10024", "CH-10025", "CH-10091", "CH-20000"],
    ],
)
@pytest.mark.parametrize("rules", ["dfe", "internal"])
def test_renamed_dates_and_identifiers_of_single_children_are_refused(values, rules):
    refused(own(by_team(when=values)), "column 'when' (holds dates of single days|looks like identifiers)", rules)


def test_months_dates_of_stocks_years_and_area_codes_are_no_children():
    frame = by_team(
        month=pd.period_range("2024-01", periods=5, freq="M"),
        of=pd.to_datetime(["2020-03-31", "2021-03-31", "2022-03-31", "2023-03-31", "2024-03-31"]),
        when=["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"],
        year_to_march=["2019-20", "2020-21", "2021-22", "2022-23", "2023-24"],
        area_code=["E09000007", "E09000001", "E10000016", "E06000045", "E08000025"],
    )
    assert len(cf.release(own(frame), "dfe")) == 5


def test_rows_that_can_be_counted_are_refused():
    frame = pd.DataFrame({"team": ["North", "North", "South"], "outcome": ["NFA", "NFA", "CIN"]})
    refused(Table(frame, "Outcomes", counts=()), "rows that are the same")


def test_a_frame_of_single_children_under_other_names_is_refused():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({
        "a": [f"{number}" for number in rng.integers(10**6, 10**7, 40)],
        "b": pd.Timestamp("2010-01-01") + pd.to_timedelta(rng.integers(0, 5000, 40), "D"),
        "c": rng.choice(["Police", "Schools"], 40),
    })  # fmt: skip
    for columns in (["a", "c"], ["b", "c"], ["c"]):
        refused(Table(frame[columns], "Mine"), "a table of your own")


def series(**columns):
    frame = pd.DataFrame({"authority": "A", "indicator": "referrals", "breakdown": "all", "numerator": [30.0, 3.0], "flag": ""})
    return frame.assign(month=pd.period_range("2024-01", periods=2, freq="M"), denominator=np.nan, value=frame["numerator"], **columns)


def test_a_bare_frame_of_a_series_is_ones_own_as_well():
    assert cf.release(series(), "dfe").note == NOTE
    refused(series(number=[1.0, 2.0]), "column 'number' holds numbers")
    refused(series(upn=["a", "b"]), "named like something of single children")
    refused(series(), "the policy 'open'", "open")


def test_an_empty_table_passes():
    assert cf.release(Table(pd.DataFrame({"kind": []}), "None"), "dfe").frame.empty
