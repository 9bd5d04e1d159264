"""Who was where on the day of each extract: teams, areas and providers, counted again with plain pandas from that extract's own rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import events, indicators, sources
from cfanalysis.params import Params, read_params
from cfanalysis.sample import write

LISTS = {
    "cin_open": ("Children in need", "list_6_children_in_need", "CIN Start Date", "CIN Closure Date"),
    "cp_open": ("Child protection", "list_7_child_protection", "Child Protection Plan Start Date", "Child Protection Plan End Date"),
    "cla_open": (
        "Children looked after", "list_8_children_looked_after", "Date Started to be Looked After", "Date Ceased to be Looked After",
    ),
}  # fmt: skip
"""Of each stock its sheet, its file, and the columns in which it begins and ends."""

COLUMNS = {"team": "Allocated Team", "area": "Area", "provider": "Placement Provider"}
PROVIDERS = {
    "PR0": "Parents/Parental responsibility", "PR1": "Own provision", "PR2": "Other LA provision", "PR3": "Other public provision",
    "PR4": "Private provision", "PR5": "Voluntary/third sector",
}  # fmt: skip


class Authority:
    """A sample authority: its series by breakdown, and its lists as they lie in the files."""

    def __init__(self, root: Path, folder: Path, stem: str) -> None:
        write(folder, authorities=[stem])
        self.params: Params = read_params(root / "params" / f"{stem}.yml")
        base = (root / "data" / "sample").resolve()
        paths = {each: folder / self.params.resolve(each.path).relative_to(base) for each in self.params.sources}
        self.extracts = {each.as_at: path for each, path in paths.items() if each.format == "annex_a" and _has_stocks(path)}
        read = [
            sources.read_annex_a(path, as_at=each.as_at, window_months=each.window_months)
            for each, path in paths.items()
            if each.as_at in self.extracts and path == self.extracts[each.as_at]
        ]
        about = {"authority": self.params.authority.name, "first": self.params.first_month, "last": self.params.as_at}
        names = [*LISTS, "placements"]
        self.series = indicators.compute(events.merge_extracts(read), names=names, **about)

    def rows(self, as_at: object, stock: str) -> pd.DataFrame:
        """The rows of a list that are open on the day of an extract, with nothing but pandas."""
        sheet, name, begins, ends = LISTS[stock]
        path = self.extracts[as_at]
        if path.is_dir():
            frame = pd.read_csv(path / f"{name}_synthetic.csv", dtype=str)
            start, end = (pd.to_datetime(frame[column], dayfirst=True, errors="coerce") for column in (begins, ends))
        else:
            frame = pd.read_excel(path, sheet_name=sheet, header=2, engine="calamine")
            start, end = (pd.to_datetime(frame[column]) for column in (begins, ends))
        day = pd.Timestamp(as_at)
        planted = end.notna() & (end < start)  # dirt: an end before the start, which the readers leave out
        held = (start <= day) & (end.isna() | (end > day)) & ~planted
        return frame[held].drop_duplicates()

    def said(self, indicator: str, dimension: str, as_at: object) -> dict[str, float]:
        """What the package counts at the month's end."""
        rows = self.series[(self.series["indicator"] == indicator) & (self.series["month"] == pd.Period(str(as_at)[:7], "M"))]
        mine = rows[rows["breakdown"].str.startswith(f"{dimension}: ") & (rows["value"] > 0)]
        return {name.partition(": ")[2]: value for name, value in zip(mine["breakdown"], mine["value"], strict=True)}


def _has_stocks(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".xlsx"


@pytest.fixture(scope="module", params=["moorshire", "wealdshire"])
def authority(request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(root, tmp_path_factory.mktemp(request.param), request.param)


@pytest.mark.parametrize("stock", list(LISTS))
def test_teams_and_areas_are_those_of_each_extract(authority: Authority, stock: str) -> None:
    compared = 0
    for as_at in authority.extracts:
        rows = authority.rows(as_at, stock)
        for dimension in ("team", "area"):
            if COLUMNS[dimension] in rows:
                counted = rows[COLUMNS[dimension]].str.strip().value_counts().to_dict()
                assert authority.said(stock, dimension, as_at) == counted, (as_at, dimension)
                compared += len(counted)
    assert compared > 3


def test_placements_by_provider_are_those_of_each_extract(authority: Authority) -> None:
    for as_at in authority.extracts:
        codes = authority.rows(as_at, "cla_open")["Placement Provider"].str.extract(r"(PR\d)")[0]
        counted = codes.map(PROVIDERS).value_counts().to_dict()
        assert authority.said("placements", "provider", as_at) == counted
        assert sum(counted.values()) > 100


def test_where_no_extract_was_drawn_there_is_no_breakdown(authority: Authority) -> None:
    drawn = {pd.Period(str(as_at)[:7], "M") for as_at in authority.extracts}
    teams = authority.series[(authority.series["indicator"] == "cin_open") & authority.series["breakdown"].str.startswith("team: ")]
    assert set(teams.loc[teams["value"].notna(), "month"]) == drawn
