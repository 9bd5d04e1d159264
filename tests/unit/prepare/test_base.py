"""The base: parts by address, nested grains, whole lists of categories, small teams together."""

import numpy as np
import pandas as pd
import pytest

from cfanalysis.indicators import catalogue
from cfanalysis.prepare.categories import complete_categories, join_small
from cfanalysis.prepare.cells import make_cells
from cfanalysis.prepare.grains import choose_grains
from cfanalysis.prepare.parts import read_parts

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


def test_the_grain_of_an_earlier_edition_stays():
    parts = parts_of(rows("referrals", "all", 42), rows("referrals", "source: Housing", 2), rows("referrals", "source: Police", 40))
    before = {("referrals", "source: Housing"): "month"}
    assert choose_grains(parts, catalogue(), 6, before)["referrals", "source: Housing"] == "month"


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
