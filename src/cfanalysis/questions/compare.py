"""The authority beside England, its region and its statistical neighbours, from DfE's yearly tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cfanalysis.foundation.table import ALL, Table
from cfanalysis.reference.comparators import AT_CENSUS, TO_MARCH, Others, census_label, year_of

NEIGHBOURS = "Statistical neighbours (median)"


def comparison(yearly: pd.DataFrame, indicator: str, title: str, unit: str, authority: str, others: Others) -> Table:
    """One row per year and party: year, year_label, who, value, of how many neighbours the median was taken, flag."""
    rows = yearly[(yearly["indicator"] == indicator) & (yearly["breakdown"] == ALL)]
    named = [name for name in (authority, others.region, others.england) if name]
    dated = year_of(rows)
    parts = [rows[rows["authority"].isin(named)].rename(columns={"authority": "who"})[["year", "who", "value", "flag"]].assign(of=1)]
    parts.append(_median(rows[rows["authority"].isin(others.neighbours)]))
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(1, "year_label", [dated(year) for year in frame["year"]])
    frame["order"] = frame["who"].map({name: place for place, name in enumerate([*named, NEIGHBOURS])})
    frame = frame.sort_values(["order", "year"]).drop(columns="order").reset_index(drop=True)
    return Table(
        frame, title=f"{title}: how {authority} compares", unit=unit, source=_sources(rows), published=True,
        note=_left_out(others), labels={"year_label": "Year", "who": "Area", "value": title, "of": "Areas"},
        facts={"authority": authority, "indicator": indicator, "dates": AT_CENSUS if dated is census_label else TO_MARCH},
    )  # fmt: skip


def of_a_year(definition: str) -> str:
    """The definition of a monthly figure as that of the yearly one beside it.

    >>> of_a_year("Referrals in the month for every 10,000 children. It is a rate for one month, about a twelfth of the yearly rate.")
    'Referrals in the year for every 10,000 children.'
    """
    kept = [said for said in definition.split(". ") if "for one month" not in said]
    said = ". ".join(kept).replace("in the month", "in the year").replace("the last day of the month", "31 March")
    return said if said.endswith(".") or not said else f"{said}."


def _median(rows: pd.DataFrame) -> pd.DataFrame:
    """The middle neighbour of each year, of those with a figure; a year in which fewer than half have one is left out."""
    if rows.empty:
        return pd.DataFrame({"year": [], "who": [], "value": [], "flag": [], "of": []}).astype({"year": int})
    by_year = rows.groupby("year")["value"].agg(["median", "count", "size"]).reset_index()
    enough = by_year[by_year["count"] * 2 >= rows["authority"].nunique()]
    return pd.DataFrame({"year": enough["year"], "who": NEIGHBOURS, "value": enough["median"], "flag": "", "of": enough["count"]})


def _sources(rows: pd.DataFrame) -> str:
    tables = sorted(rows["source_table"].unique())
    return f"Department for Education, {', '.join(tables)}" if tables else ""


def _left_out(others: Others) -> str:
    return f"No longer an authority, left out of the neighbours: {', '.join(others.gone)}." if others.gone else ""


def funnel_frame(yearly: pd.DataFrame, indicator: str, year: int | None = None) -> pd.DataFrame:
    """All authorities of one year: authority, numerator, denominator, value; the newest year with figures unless one is named."""
    rows = yearly[(yearly["indicator"] == indicator) & (yearly["breakdown"] == ALL) & (yearly["level"] == "authority")]
    rows = rows.dropna(subset=["numerator", "denominator"])
    if rows.empty:
        return rows[["authority", "year", "numerator", "denominator", "value"]].reset_index(drop=True)
    chosen = rows["year"].max() if year is None else year
    return rows.loc[rows["year"] == chosen, ["authority", "year", "numerator", "denominator", "value"]].reset_index(drop=True)


def funnel(limits: pd.DataFrame, title: str, unit: str, authority: str, named: Sequence[str], source: str) -> Table:
    """The funnel's points and limits, the authority and its neighbours marked."""
    group = limits["authority"].map({**dict.fromkeys(named, "neighbour"), authority: "this authority"}).fillna("other")
    return Table(
        limits.assign(group=group.to_numpy()), title=f"{title}: every authority", unit=unit, source=source, published=True,
        labels={
            "value": title, "centre": "All areas together", "low95": "95% limits from", "high95": "95% limits to",
            "low998": "99.8% limits from", "high998": "99.8% limits to", "position": "Where it lies",
        },
        facts={"authority": authority, "name": title},
    )  # fmt: skip


def side_by_side(yearly: pd.DataFrame, titles: Mapping[str, str], authority: str, others: Others) -> Table:
    """The newest year of every measure: a row per area, a column per measure, its year in the heading."""
    rows = yearly[yearly["indicator"].isin(titles) & (yearly["breakdown"] == ALL)]
    areas = [name for name in (authority, *others.neighbours, others.region, others.england) if name]
    columns: dict[str, object] = {"who": areas}
    for name, title in titles.items():
        mine = rows[(rows["indicator"] == name) & rows["value"].notna()]
        if mine["authority"].isin(areas).any():
            year = int(mine.loc[mine["authority"].isin(areas), "year"].max())
            newest = mine[mine["year"] == year].drop_duplicates("authority").set_index("authority")["value"]
            columns[f"{title}, {year_of(mine[mine['year'] == year])(year)}"] = newest.reindex(areas).to_numpy()
    return Table(
        pd.DataFrame(columns), title="Side by side", source=_sources(rows), published=True, note=_left_out(others), labels={"who": "Area"}
    )
