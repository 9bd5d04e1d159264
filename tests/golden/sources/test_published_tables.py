"""DfE's tables as downloaded: sums, identities, and figures checked by hand against the tables (docs/data-log.md)."""

# ruff: noqa: E501  rows read as tables

import numpy as np
import pytest

from cfanalysis.foundation.table import validate
from cfanalysis.sources import identify, read_published

ROUNDED_TO = 10
"""National and regional counts are rounded to the nearest 10: a sum of n of them may be out by 5 n."""


@pytest.fixture(scope="module")
def published(shared_data):
    return read_published(shared_data / "published")


def wide(published, *indicators):
    rows = published.yearly[published.yearly["indicator"].isin(indicators) & (published.yearly["breakdown"] == "all")]
    return rows.pivot_table(index=["authority", "level", "year"], columns="indicator", values="numerator")


def test_what_comes_out_keeps_its_contracts(published) -> None:
    validate(published.series, "series")
    validate(published.yearly, "yearly")
    validate(published.yearly_editions, "yearly")
    assert not published.population.duplicated(["authority", "year"]).any()
    assert not published.neighbours.duplicated(["authority", "rank", "edition"]).any()


def test_every_table_is_told_by_its_columns(shared_data) -> None:
    used = [f"{name}*" for name in ("b1", "c1", "c2", "c4", "c5", "c6", "d1", "d3", "d5", "d6", "cla", "csww", "ons", "sn_", "New_")]
    files = [file for pattern in used for file in (shared_data / "published").glob(f"{pattern}.csv")]
    assert len(files) >= 18
    assert {identify(file) for file in files} == {"published"}


def test_months_add_up_to_the_published_year(published) -> None:
    months = published.series.assign(year=published.series["month"].map(lambda m: m.year + (m.month >= 4)))
    sums = months.groupby(["authority", "year"])["value"].agg(lambda v: v.sum(min_count=12))
    total = published.yearly_editions.query("indicator == 'referrals' and breakdown == 'all' and source_table.str.startswith('C6')")
    total = total.set_index(["authority", "year"])
    both = total.join(sums.rename("months")).dropna(subset=["value", "months"])
    assert len(both) > 1500
    slack = np.where(both["level"] == "authority", 0, 13 * ROUNDED_TO / 2)
    assert ((both["value"] - both["months"]).abs() <= slack).all()


@pytest.mark.parametrize(
    ("left", "plus", "minus"),
    [("cin_started", ["referrals"], ["referrals_nfa", "assessed_not_in_need"]), ("cin_open", ["cin_any_point"], ["cin_ended"])],
)
def test_the_identities_of_the_census(published, left, plus, minus) -> None:
    table = wide(published, left, *plus, *minus).dropna().reset_index()
    gap = table[left] - table[plus].sum(axis=1) + table[minus].sum(axis=1)
    england = table["level"] == "national"
    assert england.sum() >= 11
    # rounding of each term, and corrections between the two tables of up to 130 (docs/data-log.md)
    assert (gap[england & (table["year"] >= 2019)].abs() <= 130).all()
    own = gap[(table["level"] == "authority") & (table["year"] >= 2023)]
    assert len(own) > 300
    assert (own == 0).all()


@pytest.mark.parametrize(
    ("authority", "year", "figures"),
    [
        ("Southampton", 2018, {"rereferrals": 20.3, "referral_rate": 531.8, "referrals_nfa": 0.5, "assessments_in_45_days": 82.9, "icpcs_in_15_days": 73.9, "cin_rate": 487.2, "cp_rate": 65.9, "cp_subsequent": 30.6, "agency_share": 13.8, "caseload_average": 19.5}),
        ("Surrey", 2017, {"rereferrals": 24.8, "referral_rate": 454.7, "referrals_nfa": 0.9, "assessments_in_45_days": 75.5, "icpcs_in_15_days": 68.4, "cin_rate": 238.5, "cp_rate": 32.8, "cp_subsequent": 22.4, "agency_share": 15.5, "caseload_average": 17.6}),
        ("Devon", 2023, {"rereferrals": 26.4, "referral_rate": 474.9, "referrals_nfa": 9.4, "assessments_in_45_days": 85.9, "icpcs_in_15_days": 68.8, "cin_rate": 297.6, "cp_rate": 41.6, "cp_subsequent": 26.7, "cla_rate": 61, "agency_share": 31.6, "caseload_average": 16.7}),
        ("Southampton", 2021, {"rereferrals": 28.0, "referral_rate": 822.7, "referrals_nfa": 17.9, "assessments_in_45_days": 85.6, "icpcs_in_15_days": 71.9, "cin_rate": 444.3, "cp_rate": 62.3, "cp_subsequent": 23.0, "cla_rate": 100, "agency_share": 18.0, "caseload_average": 26.1}),
        ("Herefordshire, County of", 2018, {"rereferrals": 21.3, "referral_rate": 985.5, "referrals_nfa": 55.9, "assessments_in_45_days": 69.7, "icpcs_in_15_days": 78.3, "cin_rate": 379.6, "cp_rate": 56.9, "cp_subsequent": 29.2, "agency_share": 16.3, "caseload_average": 16.5}),
        ("England", 2024, {"referrals": 621880, "rereferrals": 22.4, "referrals_nfa": 6.3, "assessed_not_in_need": 30.3, "cin_open": 399460, "cin_rate": 331.2, "cin_started": 394660, "cin_ended": 356690, "assessments_in_45_days": 84.5, "s47_started": 224520, "icpcs": 72250, "icpcs_in_15_days": 79.7, "cp_open": 49900, "cp_subsequent": 24.7, "cp_two_years": 2.6, "cp_reviewed_in_time": 89.8, "agency_share": 16.2, "caseload_average": 15.4}),
        ("England", 2025, {"referrals": 632830, "rereferrals": 22.6, "referrals_nfa": 6.5, "cin_open": 402400, "cin_rate": 330.3, "cla_open": 81770, "cla_rate": 67, "agency_share": 13.0, "vacancy_rate": 14.2, "turnover_rate": 11.8, "caseload_average": 15.2}),
    ],
)  # fmt: skip
def test_figures_checked_by_hand(published, authority, year, figures) -> None:
    rows = published.yearly.query("authority == @authority and year == @year and breakdown == 'all'").set_index("indicator")["value"]
    assert {name: round(float(rows[name]), 1) for name in figures} == figures


def test_hereford_police_share_was_ordinary(published) -> None:
    rows = published.yearly.query("indicator == 'referrals' and year == 2018").set_index(["authority", "breakdown"])["value"]
    share = {name: round(100 * rows[name, "source: Police"] / rows[name, "all"], 1) for name in ("Herefordshire, County of", "England")}
    assert share["Herefordshire, County of"] == 26.6
    assert 28 <= share["England"] <= 29


def test_whole_years_missing_and_true_noughts_are_told_apart(published) -> None:
    monthly = published.series
    assert {"c", "x"} <= set(monthly["flag"])
    small = monthly[monthly["authority"].isin(["City of London", "Isles of Scilly"])]
    assert (small["value"] == 0).any()
    assert (small["flag"] == "c").any()
    assert not (monthly["value"].isna() & (monthly["flag"] == "")).any()


def test_reorganised_authorities_have_the_history_of_their_area(published) -> None:
    years = published.yearly.query("indicator == 'referrals' and breakdown == 'all'").groupby("authority")["year"].agg(["min", "max"])
    assert tuple(years.loc["Buckinghamshire"]) == (2013, 2025)
    assert tuple(years.loc["Somerset"]) == (2013, 2025)
    assert tuple(years.loc["Dorset (to 2019)"]) == (2013, 2019)
    assert tuple(years.loc["Dorset"]) == (2020, 2025)
    assert tuple(years.loc["Cumbria"]) == (2013, 2023)


def test_all_153_authorities_have_months_rates_and_ten_neighbours(published) -> None:
    areas = published.areas.query("level == 'authority'")
    today = set(areas.loc[areas["last_year"].isna(), "area"])
    assert len(today) == 153
    new = set(areas.loc[areas["first_year"].fillna(0) > 2022, "area"])  # after the last month at hand
    assert today - set(published.series["authority"]) <= new
    ranks = published.neighbours.groupby(["edition", "authority"])["rank"].agg(list)
    assert set(ranks["2025"].index) == today
    assert all(r == list(range(1, 11)) for r in ranks["2025"])
    assert set(published.neighbours["neighbour"]) <= set(areas["area"])


def test_populations_are_those_of_the_mid_year(published) -> None:
    england = published.population.query("authority == 'England'").set_index("year")["value"]
    assert england[2024] == 12_183_016
    assert sorted(england.index) == list(range(2012, 2025))


def test_reasons_and_categories_go_by_the_names_of_our_own_and_add_up(published) -> None:
    rows = published.yearly.query("authority == 'England' and year == 2024").set_index(["indicator", "breakdown"])["value"]
    reasons, categories = rows["cin_ended_by_reason"], rows["cp_open"].drop("all")
    assert reasons["reason: Special guardianship order"] == 2680
    assert abs(reasons.sum() - rows["cin_ended", "all"]) <= 5 * len(reasons)
    assert set(categories.index) == {
        f"category: {name}" for name in ("Neglect", "Physical abuse", "Sexual abuse", "Emotional abuse", "Multiple/not recommended")
    }
    assert 0 <= rows["cp_open", "all"] - categories.sum() <= 0.005 * rows["cp_open", "all"]  # some plans have no latest category
