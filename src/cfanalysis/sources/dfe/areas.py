"""Which area a row of a national table is about: one name for every authority, region and England, through changes of code and boundary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from cfanalysis.reference import authorities
from cfanalysis.sources.cells import plain

ENGLAND = "England"
LONDON = "London"
"""DfE publishes London besides Inner and Outer London; authorities are listed under the latter two."""

AREA_COLUMNS = ("area", "level", "code", "old_code", "region", "first_year", "last_year")


@cache
def names_by_code() -> Mapping[str, str]:
    """The name of every ONS code. An area that only changed its code has its present name; one whose boundary changed and whose
    name lives on
    is told apart: the Dorset of before 2020 is "Dorset (to 2019)".
    """
    rows = authorities()
    present = {row["name"] for row in rows if not row["last_year"]}
    by_code = {row["code"]: row for row in rows}
    names = {}
    for row in rows:
        if row["same_area_as"]:
            names[row["code"]] = by_code[row["same_area_as"]]["name"]
        elif row["last_year"] and row["name"] in present:
            names[row["code"]] = f"{row['name']} (to {row['last_year']})"
        else:
            names[row["code"]] = row["name"]
    return names


@cache
def names_by_old_code() -> Mapping[str, str]:
    """The name of every three-figure DfE code; where two areas had one, the present one's."""
    rows = sorted(authorities(), key=lambda row: row["last_year"] == "")
    return {row["old_code"]: names_by_code()[row["code"]] for row in rows}


@cache
def gone() -> Mapping[str, str]:
    """Authorities that stand no more, and the year they ended in: "Cumbria" 2023."""
    return {names_by_code()[row["code"]]: row["last_year"] for row in authorities() if row["last_year"] and not row["same_area_as"]}


@cache
def _by_plain_name() -> Mapping[str, str]:
    standing = {plain(name): name for name in names_by_code().values()}
    return {**{plain(row["name"]): names_by_code()[row["code"]] for row in authorities() if row["same_area_as"]}, **standing}


@cache
def _regions() -> Mapping[str, str]:
    return {plain(name): name for name in (*{row["region"] for row in authorities()}, LONDON)}


_EXTRA = ("citycouncil", "countycouncil", "boroughcouncil", "metropolitanboroughcouncil", "council", "cityof", "royalboroughof")


def area_of_name(text: object) -> str:
    """The name of an area however it is written: capitals, "City Council" and "City of" make no difference; else the text itself.

    >>> area_of_name("BRISTOL, CITY OF"), area_of_name("Bristol City Council"), area_of_name("Atlantis")
    ('Bristol, City of', 'Bristol, City of', 'Atlantis')
    """
    known, name = _by_plain_name(), "" if text is None or text != text else str(text).strip()
    short = plain(name)
    if short in known:
        return known[short]
    for extra in _EXTRA:
        short = short.removesuffix(extra).removeprefix(extra)
    tried = [short, f"{short}cityof", f"cityof{short}"]
    return next((known[each] for each in tried if each in known), name)


def region_of_name(text: object) -> str:
    """The name of a region as the reference list writes it, whatever its capitals.

    >>> region_of_name("Yorkshire and the Humber")
    'Yorkshire and The Humber'
    """
    name = "" if text is None or text != text else str(text).strip()
    return _regions().get(plain(name), name)


def area_names(frame: pd.DataFrame) -> pd.DataFrame:
    """For every row of a DfE table: ``authority`` (the area's name) and ``level``. Rows of an unknown code keep DfE's own name."""
    level = (
        frame["geographic_level"]
        .str.strip()
        .str.lower()
        .map({"national": "national", "regional": "regional", "local authority": "authority"})
    )
    name = frame["new_la_code"].str.strip().str.upper().map(names_by_code())
    name = name.fillna(frame["la_name"].map(area_of_name))
    name = name.mask(level == "regional", frame["region_name"].map(region_of_name)).mask(level == "national", ENGLAND)
    return pd.DataFrame({"authority": name.astype(object), "level": level.astype(object)}, index=frame.index)


def all_areas() -> pd.DataFrame:
    """Every area there is: area, level, code, old_code, region, first_year, last_year (financial years; missing where it stands
    throughout)."""
    rows: list[tuple[object, ...]] = [
        (ENGLAND, "national", "E92000001", "", "", None, None),
        (LONDON, "regional", "E12000007", "", "", None, None),
    ]
    regions = sorted({row["region"] for row in authorities()})
    rows += [(region, "regional", "", "", LONDON if region.endswith("London") else "", None, None) for region in regions]
    for row in authorities():
        if not row["same_area_as"]:
            own = [old for old in authorities() if old["same_area_as"] == row["code"]]
            first = "" if own else row["first_year"]
            years = [int(year) if year else None for year in (first, row["last_year"])]
            rows.append((names_by_code()[row["code"]], "authority", row["code"], row["old_code"], row["region"], *years))
    return pd.DataFrame(rows, columns=list(AREA_COLUMNS)).astype({"first_year": "Int64", "last_year": "Int64"})
