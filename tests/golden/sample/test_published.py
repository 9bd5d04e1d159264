"""The synthetic tables: read as DfE's are, true to the five worlds, plausible elsewhere, and nobody real in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis import indicators
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.months import financial_year
from cfanalysis.params import read_params
from cfanalysis.prepare.inputs import Inputs
from cfanalysis.reference import authorities
from cfanalysis.sample import SEED
from cfanalysis.sample.elsewhere import about, england
from cfanalysis.sample.plans import plans
from cfanalysis.sample.published import FOLDER, layout, places, write_published
from cfanalysis.sample.returns import returns
from cfanalysis.sources import Published, read_published

TABLES = {"C1", "C2", "C4", "C5", "B1", "D1", "D3", "D5", "Workforce", "Looked after", "Population"}


@pytest.fixture(scope="module")
def folder(measured, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("published") / FOLDER
    write_published({stem: returns(found.world) for stem, found in measured.items()}, made, SEED)
    return made


@pytest.fixture(scope="module")
def published(folder: Path) -> Published:
    return read_published(folder)


def _inputs(root: Path, stem: str, published: Published) -> Inputs:
    params = read_params(root / "params" / f"{stem}.yml")
    return Inputs(params, None, (), (), published, tables.empty("series"), frozenset(), frozenset())


def _value(published: Published, authority: str, indicator: str, column: str = "value") -> pd.Series:
    rows = published.yearly.query("authority == @authority and indicator == @indicator and breakdown == 'all'")
    return rows.set_index("year")[column].sort_index()


def _cells(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / layout()[name]["file"], dtype=str, keep_default_na=False)


def test_every_table_is_read_without_a_word(published: Published, folder: Path) -> None:
    assert {name.split(" 20")[0] for name in published.tables.values()} == TABLES
    assert not published.problems
    assert all("synthetic" in file.name for file in folder.iterdir())


def test_nobody_in_them_is_real() -> None:
    real = {row[key] for row in authorities() for key in ("name", "code", "old_code", "region")}
    own = places()
    assert not real & {value for name in own for value in own[name]}
    assert own["la_name"].is_unique
    assert own["old_la_code"].str.fullmatch(r"\d{3}").all()


def test_the_five_publish_what_happened_in_the_years_they_were_lived(measured, published: Published) -> None:
    for found in measured.values():
        for name, table in (("referrals", "referral"), ("cp_started", "cp"), ("s47_started", "s47")):
            days = found.tables[table]["start"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
            by_month = pd.Series(pd.PeriodIndex(days, freq="M")).value_counts().reindex(found.stock("cin").index, fill_value=0)
            by_year = by_month.groupby([financial_year(month) for month in by_month.index]).agg(["sum", "count"])
            whole = by_year.loc[(by_year["count"] == 12) & (by_year.index >= 2013), "sum"]
            shown = _value(published, found.plan.name, name).dropna()
            assert shown.to_dict() == whole.astype(float).to_dict(), (found.plan.name, name)
        flags = _value(published, found.plan.name, "referrals", "flag")
        assert set(flags[~flags.index.isin(shown.index)]) == {"x"}
        assert len(flags) == len(about()["england"]["year"])


def test_shares_and_stocks_of_the_five_are_the_truth_too(measured, published: Published) -> None:
    for found in measured.values():
        held = _value(published, found.plan.name, "cp_open").dropna()
        march = {year: int(found.stock("cp")[pd.Period(f"{year}-03")]) for year in held.index}
        assert held.to_dict() == march
        again, rows = found.rereferred(), _value(published, found.plan.name, "rereferrals").dropna()
        year = again.groupby([financial_year(month) for month in again.index]).mean()
        assert (rows - 100 * year.reindex(rows.index)).abs().max() < 1.5


def test_england_and_regions_are_sums(published: Published, folder: Path) -> None:
    """Of those whose figures are shown; to the nearest 10."""
    rows = _cells(folder, "C1").query("time_period == '2019'")
    shown = pd.to_numeric(rows["referral_count"], errors="coerce")
    local = rows["geographic_level"] == "Local authority"
    for region, total in rows[rows["geographic_level"] == "Regional"].set_index("region_name")["referral_count"].items():
        inside = shown[local & (rows["region_name"] == region)]
        if inside.notna().all():
            assert abs(inside.sum() - int(total)) <= 5
    national = int(rows.loc[rows["geographic_level"] == "National", "referral_count"].iloc[0])
    regional = pd.to_numeric(rows.loc[rows["geographic_level"] == "Regional", "referral_count"]).sum()
    assert abs(national - regional) <= 20
    assert national > shown[local].sum()
    assert shown[rows["region_name"] == "Fens and Wolds"].notna().all()


def test_published_sums_agree_within_every_authority(published: Published) -> None:
    for name in places()["la_name"]:
        sums = indicators.reconcile(tables.empty("series"), published.yearly, name)
        known = sums.dropna(subset=["left", "right"])
        assert len(known) > 5
        assert (known["difference"] == 0).all(), (name, known[known["difference"] != 0])


def test_small_counts_are_hidden_never_alone_and_symbols_say_why(folder: Path) -> None:
    seen = set()
    for name, spec in layout().items():
        cells = _cells(folder, name)
        local = cells[cells["geographic_level"] == "Local authority"]
        counted = [column for column in spec["columns"] if column not in spec.get("percent", {}) and column not in spec.get("ratio", {})]
        counted = [column for column in counted if not column.endswith(("_rate", "_fte"))]
        assert not local[counted].isin(["1", "2", "3", "4", "5"]).any().any(), name
        for group in spec.get("hide", []):
            assert not ((local[group] == "c").sum(axis=1) == 1).any(), name
        seen |= set(local[counted].to_numpy().ravel()) & {"c", "x", "u"}
    assert seen == {"c", "x", "u"}


def test_the_others_lie_around_england_s_rates(published: Published) -> None:
    """Pooled within 15 % of the country's, in every year; apart from one another by a tenth to a half (log), as real ones are."""
    names = [place["name"] for place in about()["authorities"]]
    rows = published.yearly[published.yearly["authority"].isin(names)]
    for name, country in (("referral_rate", "referrals"), ("cin_rate", "cin_open"), ("cp_rate", "cp_open"), ("cla_rate", "cla_rate")):
        found = rows[rows["indicator"] == name].dropna(subset=["value", "denominator"])
        pooled = found.groupby("year")[["value", "denominator"]].apply(lambda part: np.average(part["value"], weights=part["denominator"]))
        assert (pooled / england()[country]).between(0.85, 1.15).all(), name
        assert 0.1 < np.log(found[found["year"] == 2019]["value"]).std() < 0.5, name


def test_each_of_the_five_has_a_region_england_and_neighbours(root: Path, published: Published) -> None:
    for stem, plan in plans().items():
        others = _inputs(root, stem, published).others
        assert others.region in {region["name"] for region in about()["regions"].values() if stem in region["of"]}
        assert others.england == "England"
        assert len(others.neighbours) == 10
        assert not others.gone
        assert plan.name not in others.neighbours


def test_a_page_says_nothing_of_years_after_its_last_month(root: Path, published: Published) -> None:
    """The workforce is counted in September: in June 2018 that of 2017 is the newest, in December 2018 that of 2018."""
    newest = {}
    for stem in ("solentwick", "marchfordshire"):
        yearly = _inputs(root, stem, published).yearly
        newest[stem] = [int(yearly.loc[yearly["indicator"] == name, "year"].max()) for name in ("referrals", "agency_share")]
    assert newest == {"solentwick": [2018, 2017], "marchfordshire": [2018, 2018]}


def test_populations_are_those_that_the_rates_are_worked_from(published: Published) -> None:
    for plan in plans().values():
        rows = published.population[published.population["authority"] == plan.name]
        assert set(rows["value"]) == {plan.population}
        assert set(range(2012, 2025)) == set(rows["year"])


def test_shares_of_a_census_day_are_not_added_up(published: Published) -> None:
    """Twelve months of agency workers are not the agency workers of one September."""
    months = pd.period_range("2016-04", "2018-03", freq="M")
    series = pd.DataFrame({
        "authority": "Solentwick", "indicator": "agency_share", "breakdown": "all", "month": months,
        "numerator": 15.0, "denominator": 120.0, "value": 12.5, "flag": "",
    })  # fmt: skip
    found = indicators.reconcile(tables.validate(series, "series"), published.yearly, "Solentwick")
    assert not found["identity"].str.contains("Agency").any()
