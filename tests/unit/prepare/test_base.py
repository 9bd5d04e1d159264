"""The base: parts by address, nested grains, whole lists of categories, small teams together."""

import numpy as np
import pandas as pd
import pytest

from cfanalysis.indicators import catalogue
from cfanalysis.prepare.categories import complete_categories, join_small
from cfanalysis.prepare.cells import make_cells
from cfanalysis.prepare.grains import choose_grains
from cfanalysis.prepare.parts import read_parts
from cfanalysis.prepare.wholes import add_wholes

MONTHS = pd.period_range("2022-04", "2024-03", freq="M")


def rows(indicator: str, breakdown: str, value, numerator=None, denominator=None) -> pd.DataFrame:
    count = np.resize(np.asarray(value, float), len(MONTHS))
    top = count if numerator is None else np.resize(np.asarray(numerator, float), len(MONTHS))
    bottom = np.full(len(MONTHS), np.nan) if denominator is None else np.resize(np.asarray(denominator, float), len(MONTHS))
    flag = np.where(np.isnan(count), "x", "")
    return pd.DataFrame({
        "authority": "X", "indicator": indicator, "breakdown": breakdown, "month": MONTHS, "numerator": top, "denominator": bottom,
        "value": count, "flag": flag,
    })  # fmt: skip


def parts_of(*frames: pd.DataFrame) -> pd.DataFrame:
    return read_parts(pd.concat(frames, ignore_index=True), catalogue())


def test_a_count_is_a_figure_and_a_share_its_two_parts():
    parts = parts_of(rows("referrals", "all", 40), rows("referrals_nfa", "all", 25, 10, 40), rows("referrals", "target", 30))
    found = parts.groupby(["indicator", "part"])["value"].first().to_dict()
    assert found == {("referrals", "figure"): 40, ("referrals_nfa", "denominator"): 40, ("referrals_nfa", "numerator"): 10}


def test_months_add_up_to_quarters_and_years_and_days_do_not():
    parts = parts_of(rows("referrals", "all", [10, 20, 30]), rows("cin_open", "all", 200))
    cells = make_cells(parts, catalogue(), choose_grains(parts, catalogue(), 6, {}))
    at = cells.set_index(["indicator", "period"])["value"]
    assert at["referrals", "2024-Q1"] == 60
    assert at["referrals", "2023/24"] == 240
    assert at["cin_open", "2024-02-29"] == 200
    assert not [period for name, period in at.index if name == "cin_open" and ("Q" in period or "/" in period)]


def test_a_missing_month_is_in_no_quarter():
    values = [10.0] * 24
    values[-1] = np.nan
    cells = make_cells(parts := parts_of(rows("referrals", "all", values)), catalogue(), choose_grains(parts, catalogue(), 6, {}))
    assert "2024-Q1" not in set(cells["period"])
    assert "2023/24" not in set(cells["period"])
    assert cells.set_index("period").loc["2024-03", "flag"] == "x"


def test_a_sparse_category_is_offered_by_quarter_and_a_whole_series_by_month():
    sparse, busy, other = [2, 1, 3], [40, 38, 44], [30, 33, 35]
    whole = np.add(np.add(sparse, busy), other)
    parts = parts_of(
        rows("referrals", "all", whole), rows("referrals", "source: Housing", sparse), rows("referrals", "source: Police", busy),
        rows("referrals", "source: Schools", other),
    )  # fmt: skip
    grains = choose_grains(parts, catalogue(), 6, {})
    assert grains["referrals", "source: Housing"] == "quarter"
    assert grains["referrals", "all"] == "month"


def test_one_sparse_category_takes_another_with_it():
    """Where all categories but one are shown by month, that one follows from the whole."""
    parts = parts_of(
        rows("referrals", "all", 52), rows("referrals", "source: Housing", 2), rows("referrals", "source: Police", 40),
        rows("referrals", "source: Schools", 10),
    )  # fmt: skip
    grains = choose_grains(parts, catalogue(), 6, {})
    assert grains["referrals", "source: Schools"] != "month"
    assert grains["referrals", "source: Police"] == "month"


def test_of_a_few_periods_what_could_easily_be_small_is_offered_more_coarsely():
    """The grain that an authority's first extract settles stays: one day at 8 says little of the days to come."""
    before = [np.nan] * (len(MONTHS) - 1)
    teams = {"team: North": 8, "team: West": 60, "team: South": 80, "all": 148}
    first = parts_of(*(rows("cin_open", name, [*before, value]) for name, value in teams.items()))
    grains = choose_grains(first, catalogue(), 6, {})
    assert grains["cin_open", "team: North"] != "month"
    assert grains["cin_open", "team: South"] == "month"
    assert set(choose_grains(first, catalogue(), 0, {}).values()) == {"month"}


def test_the_grain_of_an_earlier_edition_stays():
    parts = parts_of(rows("referrals", "all", 42), rows("referrals", "source: Housing", 2), rows("referrals", "source: Police", 40))
    before = {("referrals", "source: Housing"): "month"}
    assert choose_grains(parts, catalogue(), 6, before)["referrals", "source: Housing"] == "month"


def test_a_finer_grain_joins_once_enough_is_known_to_say_that_little_of_it_is_hidden():
    busy, near = [40 + place % 5 for place in range(24)], [9 + place % 3 for place in range(24)]
    sources = {"Police": busy, "Housing": near, "Schools": 30}
    parts = parts_of(
        rows("referrals", "all", np.add(busy, near) + 30), *(rows("referrals", f"source: {name}", each) for name, each in sources.items())
    )
    few = parts[parts["month"] > parts["month"].max() - 5]
    before = {("referrals", f"source: {name}"): "year" for name in sources}
    assert set(choose_grains(few, catalogue(), 6, before).values()) == {"year", "month"}
    assert choose_grains(few, catalogue(), 6, before)["referrals", "source: Police"] == "year"
    assert choose_grains(parts, catalogue(), 6, before)["referrals", "source: Police"] == "month"


def test_a_count_that_was_small_and_is_likely_to_be_is_offered_more_coarsely():
    """One small month in twelve is under a tenth; of counts of about eight one in six is small."""
    near = [8, 7, 9, 8, 5, 8, 9, 8, 7, 8, 9, 8] * 2
    parts = parts_of(
        rows("referrals", "all", np.add(near, 70)), rows("referrals", "source: Housing", near), rows("referrals", "source: Police", 40),
        rows("referrals", "source: Schools", 30),
    )  # fmt: skip
    assert choose_grains(parts, catalogue(), 6, {})["referrals", "source: Housing"] == "quarter"


def test_nothing_is_chosen_from_a_grain_of_which_nothing_is_known():
    only = [np.nan] * (len(MONTHS) - 2) + [3, np.nan]
    parts = parts_of(rows("cin_open", "all", [np.nan] * (len(MONTHS) - 2) + [90, np.nan]), rows("cin_open", "team: North", only))
    assert choose_grains(parts, catalogue(), 6, {})["cin_open", "team: North"] == "year"


def test_a_list_of_categories_is_whole_zeros_included():
    parts = complete_categories(parts_of(rows("referrals", "all", 40), rows("referrals", "source: Police", 40)), catalogue())
    sources = parts[parts["breakdown"].str.startswith("source: ")]
    assert {"source: Housing", "source: Schools", "source: Unknown"} <= set(sources["breakdown"])
    assert sources.loc[sources["breakdown"] == "source: Housing", "value"].eq(0).all()
    assert not parts["breakdown"].str.startswith("age: ").any(), "a breakdown that the files do not hold is not made up"


@pytest.mark.parametrize(("standing", "alone"), [((), False), (("team: Tiny",), True)])
def test_small_teams_stand_together_unless_they_have_stood_alone(standing, alone):
    parts = parts_of(
        rows("referrals", "all", 43), rows("referrals", "team: North", 40), rows("referrals", "team: Tiny", 1),
        rows("referrals", "team: Little", 2),
    )  # fmt: skip
    joined = join_small(parts, catalogue(), standing)
    names = set(joined["breakdown"])
    assert ("team: Tiny" in names) is alone
    assert "team: Little" not in names
    other = joined.loc[joined["breakdown"] == "team: other", "value"]
    assert other.eq(2 if alone else 3).all()


def test_parts_of_a_days_extract_have_a_whole_of_their_own():
    teams = [rows("cin_open", f"team: {name}", value) for name, value in (("North", 60), ("South", 45))]
    parts = parts_of(rows("cin_open", "all", 100), *teams, rows("cin_open", "age: 1 to 4", 100))
    parts, grains = add_wholes(parts, catalogue(), choose_grains(parts, catalogue(), 6, {}), ["cin_open"])
    cells = make_cells(parts, catalogue(), grains).set_index(["breakdown", "period"])["value"]
    assert cells["all", "2024-03-31"] == 100
    assert cells["team", "2024-03-31"] == 105
    assert {breakdown for _, breakdown in grains if ": " not in breakdown} == {"all", "team"}


def test_only_stocks_that_are_read_from_extracts_have_one():
    parts = parts_of(rows("cin_open", "all", 100), rows("cin_open", "team: North", 100), rows("referrals", "team: North", 40))
    for drawn in ([], ["referrals"]):
        added, _ = add_wholes(parts, catalogue(), choose_grains(parts, catalogue(), 6, {}), drawn)
        assert len(added) == len(parts)


def test_what_is_left_of_a_denominator_counts_as_small_where_the_catalogue_protects_it():
    """Always 3 of 41 not seen: by month it would be hidden throughout."""
    seen = parts_of(*(rows("child_seen", name, 93, 38, 41) for name in ("all", "team: North")))
    timely = parts_of(*(rows("assessments_in_45_days", name, 93, 38, 41) for name in ("all", "team: North")))
    assert choose_grains(seen, catalogue(), 6, {})["child_seen", "team: North"] == "quarter"
    assert choose_grains(timely, catalogue(), 6, {})["assessments_in_45_days", "team: North"] == "month"


def test_what_is_wanted_least_gives_way_first_and_the_newest_whole_months_last():
    known = catalogue()
    wanted, other = "referrals", next(name for name, each in known.items() if each.priority == 3 and each.kind == "count")
    parts = parts_of(*(rows(name, each, 40) for name in (wanted, other) for each in ("all", "team: North")))
    cells = make_cells(parts, known, choose_grains(parts, known, 6, {}))
    months = cells[cells["period"].isin(["2022-05", "2024-03"])].sort_values("priority", ascending=False)
    first, last = months.iloc[0], months.iloc[-1]
    assert tuple(first[["indicator", "breakdown", "period"]]) == (other, "team: North", "2022-05")
    assert tuple(last[["indicator", "breakdown", "period"]]) == (wanted, "all", "2024-03")
