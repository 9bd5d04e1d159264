"""Tables of the fictional country in the form of DfE's open data, so that the five synthetic authorities have others to be compared with.

An authority's figures are shown as DfE shows them: counts of 1 to 5 as c, what is not returned as x, what is poor as u. England and the
regions are the sums of their authorities, hidden figures included, to the nearest 10. "England" is here the sum of 25 fictional
authorities, not the country.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cfanalysis.sample.elsewhere import about, came_and_went, elsewhere, england, population, years
from cfanalysis.sample.files import write_csv
from cfanalysis.sample.plans import Plan, plans

FOLDER = "published_synthetic"
CARE_FILE = "cla_number_and_rate_per_10k_children_synthetic_2013_to_2025.csv"
POPULATION_FILE = "ons_mid-year_population_estimates_synthetic_2012_to_2024.csv"
CARE = {
    "cla_ended": "Children ceasing to be looked after each year", "cla_open": "Children looked after on 31 March each year",
    "cla_started": "Children starting to be looked after each year",
}  # fmt: skip
COUNTRY = {"time_identifier": "Reporting year", "country_code": "E92000001", "country_name": "England"}
PLACE = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name", "old_la_code")
NAMES = ("new_la_code", "la_name")
LEVELS = ("National", "Regional", "Local authority")
HIDDEN_TO = 5
"""DfE hides counts of 1 to 5."""
ROUNDED_TO = 10
FIRST_OLD_CODE = 971
"""DfE's three-figure codes end below this one."""
RATE_PER = 10_000
NOT_AVAILABLE, CONFIDENTIAL = "x", "c"


@cache
def layout() -> Mapping[str, Any]:
    """What layout.yml says of each table."""
    raw: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("layout.yml").read_text(encoding="utf-8"))
    return dict(raw["tables"])


def write_published(five: Mapping[str, pd.DataFrame], folder: Path, seed: int) -> list[Path]:
    """Write every table under the folder, given the yearly returns of the five by stem."""
    figures = everyone(five, seed)
    made = {str(spec["file"]): _table(name, figures) for name, spec in layout().items()}
    made |= {CARE_FILE: _care_table(figures), POPULATION_FILE: _population_table()}
    return [write_csv(frame, folder / name) for name, frame in made.items()]


def neighbours(stem: str, n: int = 10) -> list[str]:
    """The fictional authorities nearest in need to one of the five (children looked after for every child), nearest first."""
    own = float(np.log(plans()[stem].base["cla_rate"] / england()["cla_rate"].mean()))
    return [place["name"] for place in sorted(about()["authorities"], key=lambda place: abs(np.log(place["level"]) - own))[:n]]


def places() -> pd.DataFrame:
    """Every authority, one row: la_name, new_la_code, old_la_code, region_code, region_name."""
    regions = about()["regions"]
    home = {stem: code for code, region in regions.items() for stem in region["of"]}
    rows = [(plan.name, plan.code, home[stem]) for stem, plan in plans().items()]
    rows += [
        (place["name"], f"X99{number:06d}", place["region"]) for number, place in enumerate(about()["authorities"], start=len(rows) + 1)
    ]
    made = pd.DataFrame(rows, columns=["la_name", "new_la_code", "region_code"])
    made["region_name"] = [regions[code]["name"] for code in made["region_code"]]
    made["old_la_code"] = [str(FIRST_OLD_CODE + i) for i in range(len(made))]
    return made


def everyone(five: Mapping[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """Every authority's counts, a row an authority and year; ``known`` and ``staff_known`` say which are for all to see."""
    parts = [_own(plans()[stem], table, seed).assign(la_name=plans()[stem].name) for stem, table in five.items()]
    parts += [table.assign(known=True, staff_known=True, la_name=name) for name, table in elsewhere(seed).items()]
    every = pd.concat(parts).rename_axis("year").reset_index()
    return every.merge(places(), on="la_name").merge(_children(), on=["la_name", "year"])


def _own(plan: Plan, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One of the five for all years. A year it was not lived through is not shown; in England and the region it counts as its first one."""
    made = table.reindex(years())
    staff = made["case_holders_fte"].notna()
    known = made["referral_count"].notna()
    made = made.bfill().where(lambda rows: rows.notna(), table.apply(lambda column: column[column.first_valid_index()]), axis=1)
    rng = np.random.default_rng([seed, ord(plan.letter), 3])
    rest = came_and_went(made, england()["turnover"].to_numpy(), rng)
    return made.assign(**rest, known=known, staff_known=staff)


def _children() -> pd.DataFrame:
    """Children aged 0 to 17 at the mid-year before each year's end, and at the last mid-year there is."""
    rows = [(plan.name, year, float(plan.population)) for plan in plans().values() for year in years()]
    for place in about()["authorities"]:
        at = population(place, [year - 1 for year in years()])
        rows += [(place["name"], year, float(n)) for year, n in zip(years(), at, strict=True)]
    return pd.DataFrame(rows, columns=["la_name", "year", "population"])


def _areas(figures: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """England, the regions and the authorities, each with the figures summed."""
    counts = figures.select_dtypes("number").columns.drop("year")
    country = figures.groupby("year", as_index=False)[list(counts)].sum()
    regions = figures.groupby(["year", "region_code", "region_name"], as_index=False)[list(counts)].sum()
    return list(zip(LEVELS, (country, regions, figures), strict=True))


def _identified(rows: pd.DataFrame, level: str, year: pd.Series) -> pd.DataFrame:
    made = pd.DataFrame({"time_period": year.astype(str), "geographic_level": level, **COUNTRY}, index=rows.index)
    for name in ("region_code", "region_name", "old_la_code", *NAMES):
        made[name] = rows.get(name, "")
    return made[[*PLACE, *NAMES]]


def _in_order(parts: list[pd.DataFrame], also: tuple[str, ...] = ()) -> pd.DataFrame:
    """The newest year first; England, regions, authorities."""
    every = pd.concat(parts, ignore_index=True)
    every["place"] = every["geographic_level"].map({level: i for i, level in enumerate(LEVELS)})
    keys = ["time_period", *also, "place", "region_name", "la_name"]
    return every.sort_values(keys, ascending=[False, *([True] * (len(keys) - 1))], kind="stable").drop(columns="place")


def _table(name: str, figures: pd.DataFrame) -> pd.DataFrame:
    spec = layout()[name]
    parts = []
    for level, rows in _areas(figures[figures["year"] >= spec.get("since", 0)]):
        counts = rows.rename(columns={old: new for new, old in spec.get("from", {}).items()})
        cells = pd.DataFrame({column: _cell(column, spec, counts, level) for column in spec["columns"]}, index=rows.index)
        if level == LEVELS[-1]:
            cells = _hide_small(cells, spec)
            cells = cells.mask(~rows["staff_known" if name == "Workforce" else "known"].astype(bool), NOT_AVAILABLE)
            cells = _with_gaps(cells, name, rows)
        where = _identified(rows, level, rows["year"])
        parts.append(pd.concat([where.assign(category=spec["category"]) if "category" in spec else where, cells], axis=1))
    return _in_order(parts)


def _cell(column: str, spec: Mapping[str, Any], counts: pd.DataFrame, level: str) -> pd.Series:
    """One column as text."""
    if column in spec.get("percent", {}):
        part, whole = spec["percent"][column]
        return _text(100 * counts[part] / (counts[whole["sum"]].sum(axis=1) if isinstance(whole, dict) else counts[whole]), 1)
    if column in spec.get("ratio", {}):
        part, whole, *by = spec["ratio"][column]
        return _text(counts[part] / counts[whole] / (by[0] if by else 1), 1)
    if column.endswith("_rate"):
        return _text(counts[column.removesuffix("_rate")] / counts["population"] * RATE_PER, 1)
    if column not in counts:
        return pd.Series(NOT_AVAILABLE, index=counts.index)
    return _count(counts[column], column, level)


def _count(values: pd.Series, column: str, level: str) -> pd.Series:
    if column.endswith("_fte"):
        return _text(values, 1)
    return _text(values if level == LEVELS[-1] else ROUNDED_TO * (values / ROUNDED_TO).round(), 0)


def _text(values: pd.Series, decimals: int) -> pd.Series:
    """As DfE writes numbers: no ending nought; what has no whole to be divided by is z."""
    shown = [f"{value:.{decimals}f}" for value in values]
    return pd.Series(["z" if text in ("nan", "inf") else text.removesuffix(".0") for text in shown], index=values.index)


def _hide_small(cells: pd.DataFrame, spec: Mapping[str, Any]) -> pd.DataFrame:
    """Counts of 1 to 5 and all worked out from them; of columns that add up to another never just one."""
    derived = {**spec.get("percent", {}), **spec.get("ratio", {})}
    columns = list(spec["columns"])
    rates = {name: [name.removesuffix("_rate")] for name in columns if name.endswith("_rate")}
    counted = [name for name in columns if name not in derived and name not in rates and not name.endswith("_fte")]
    numbers = cells[counted].apply(pd.to_numeric, errors="coerce")
    hidden = (numbers >= 1) & (numbers <= HIDDEN_TO)
    for group in spec.get("hide", []):
        alone = hidden[group].sum(axis=1) == 1
        smallest = numbers[group].where(~hidden[group] & (numbers[group] > 0), np.inf)
        second = smallest[alone].idxmin(axis=1)
        for row, column in second.items():
            hidden.loc[row, column] = True
    made = cells.copy()
    for column in columns:
        parts = [column] if column in counted else [part for part in (derived.get(column) or rates.get(column, [])) if part in counted]
        if parts:
            made[column] = made[column].mask(hidden[parts].any(axis=1), CONFIDENTIAL)
    return made


def _with_gaps(cells: pd.DataFrame, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    made = cells.copy()
    for gap in about()["gaps"]:
        if name in gap["tables"]:
            where = (rows["la_name"] == gap["name"]) & rows["year"].isin(gap["years"])
            made.loc[where, gap.get("columns", list(cells))] = gap["symbol"]
    return made


def _care_table(figures: pd.DataFrame) -> pd.DataFrame:
    """Children looked after: a row an area, year and kind of figure."""
    parts = []
    for level, rows in _areas(figures):
        for column, title in CARE.items():
            cells = pd.DataFrame({"children_count": _count(rows[column], column, level)})
            cells["rate_per_10000"] = _text(rows[column] / rows["population"] * RATE_PER, 0)
            if level == LEVELS[-1]:
                small = rows[column].between(1, HIDDEN_TO)
                cells = cells.mask(small, CONFIDENTIAL).mask(~rows["known"].astype(bool), NOT_AVAILABLE)
            where = _identified(rows, level, rows["year"])[[*PLACE, "la_name", "new_la_code"]]
            parts.append(pd.concat([where.assign(population_type=title, population_estimate=_text(rows["population"], 0)), cells], axis=1))
    return _in_order(parts, ("population_type",))


def _population_table() -> pd.DataFrame:
    """Children aged 0 to 17 at mid-year: the year before each year's end."""
    parts = []
    for level, rows in _areas(_children().merge(places(), on="la_name")):
        where = _identified(rows, level, rows["year"] - 1)
        parts.append(where.assign(age_group="Children aged 0 to 17 years", population_estimate=_text(rows["population"], 0)))
    return _in_order(parts)
