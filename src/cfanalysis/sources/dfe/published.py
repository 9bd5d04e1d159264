"""DfE open data as downloaded: tables told by their columns, not their names, read into series, yearly figures, populations and neighbours.

Which column is which indicator stands in reference/published_tables.yml. Where two editions of a table overlap the newest is used
and both are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.foundation.table import empty, validate
from cfanalysis.reference import read_yaml
from cfanalysis.sources.cells import plain
from cfanalysis.sources.dfe.areas import all_areas, area_names, area_of_name, names_by_code
from cfanalysis.sources.dfe.measures import PublishedTable, columns_used, read_figures, read_population
from cfanalysis.sources.dfe.neighbours import NEIGHBOUR_COLUMNS, neighbour_edition, read_neighbours
from cfanalysis.sources.dfe.one_figure import cut_off, one_row_each, part_years
from cfanalysis.sources.finding import folder_files
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids
from cfanalysis.sources.problems import Problem, stop_if_any

NEEDED = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name")
"""The columns every DfE table of authorities has."""


@dataclass(frozen=True)
class Published:
    """What DfE's tables say.

    ``series``: the series contract, monthly referrals of every area. ``yearly``: the yearly contract, one row an area, indicator,
    breakdown and year,
    from the newest edition; ``yearly_editions``: every edition. ``population``: authority, year (of the mid-year), value.
    ``neighbours``: authority,
    rank, neighbour, edition. ``areas``: every area, its level and region. ``tables`` and ``rows``: what each file is, and how many
    rows it holds.
    """

    series: pd.DataFrame
    yearly: pd.DataFrame
    yearly_editions: pd.DataFrame
    population: pd.DataFrame
    neighbours: pd.DataFrame
    areas: pd.DataFrame
    problems: tuple[Problem, ...]
    tables: Mapping[str, str]
    rows: Mapping[str, int]


def read_published(path: str | Path) -> Published:
    """Read DfE open data: one table's CSV, or a folder of them.

    Raises SourceError where nothing in it is a table that is used, or a table is not whole.
    """
    path = Path(path)
    tables, neighbours, problems, named, rows = _tables(path)
    stop_if_any(problems)
    if not tables and not neighbours:
        raise SourceError(
            at(f"found none of DfE's tables that are used, want {', '.join(read_yaml('published_tables.yml')['tables'])}", file=path.name)
        )
    population = read_population(tables)
    editions, monthly, said = read_figures(tables, population)
    stop_if_any(said)
    newest = editions.drop_duplicates(["authority", "indicator", "breakdown", "year"]).reset_index(drop=True)
    return Published(
        series=validate(monthly, "series") if len(monthly) else empty("series"),
        yearly=validate(newest, "yearly") if len(newest) else empty("yearly"),
        yearly_editions=validate(editions, "yearly") if len(editions) else empty("yearly"),
        population=population,
        neighbours=pd.concat(neighbours, ignore_index=True) if neighbours else pd.DataFrame(columns=list(NEIGHBOUR_COLUMNS)),
        areas=_areas(tables),
        problems=(*problems, *said),
        tables=named,
        rows=rows,
    )


def _tables(path: Path) -> tuple[list[PublishedTable], list[pd.DataFrame], list[Problem], dict[str, str], dict[str, int]]:
    tables: list[PublishedTable] = []
    neighbours: list[pd.DataFrame] = []
    problems: list[Problem] = []
    named: dict[str, str] = {}
    rows: dict[str, int] = {}
    for file in table_files(path):
        header = _header(read_grids(file, 1)[0])
        if not neighbour_edition(header) and not table_name(header):
            problems.append(_not_whole(file, header) or _not_used(file))
            continue
        grid = read_grids(file)[0]
        problems += grid.problems
        rows[file.name] = max(0, len(grid.cells) - 1)
        if edition := neighbour_edition(header):
            frame, said = read_neighbours(grid, edition)
            neighbours.append(frame)
            problems += said
            named[file.name] = f"Statistical neighbours {edition}"
        elif name := table_name(header):
            table, said = _table(grid, header, name)
            tables += [table] if table else []
            problems += said
            named[file.name] = table.label if table else name
    return tables, neighbours, problems, named, rows


def _not_whole(file: Path, header: Sequence[str]) -> Problem | None:
    """What stops a table that has the columns of one of DfE's and not those that say of which year and area its rows are."""
    missing = [column for column in ("time_period", "geographic_level") if column not in {name.lower() for name in header}]
    if not missing or not table_name([*header, *missing]):
        return None
    return Problem(
        file.name, "", 1, missing[0], "no such column", f"the column {missing[0]!r} as DfE publishes it", "stopped", "missing_column"
    )


def _not_used(file: Path) -> Problem:
    wanted = "one of the tables in docs/methods/sources.md"
    return Problem(file.name, "", None, "", "a table that is not used", wanted, "kept", "table_not_used")


def _areas(tables: Sequence[PublishedTable]) -> pd.DataFrame:
    """Every area of the reference list, and authorities that are in the tables but not yet on it, with the region DfE puts them in."""
    known = all_areas()
    columns = {"authority": "area", "level": "level", "new_la_code": "code", "old_la_code": "old_code", "region_name": "region"}
    found = [table.frame.reindex(columns=list(columns)).rename(columns=columns) for table in tables]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(columns.values()))
    new = rows[(rows["level"] == "authority") & ~rows["area"].isin(known["area"]) & ~rows["code"].str.contains("/", regex=False, na=False)]
    if new.empty:
        return known
    new = new.drop_duplicates("area").reindex(columns=list(known.columns)).astype(known.dtypes.to_dict())
    return pd.concat([known, new], ignore_index=True)


def table_files(path: Path) -> list[Path]:
    """The CSV files of a folder, or the one file.

    Raises SourceError where the folder holds none.
    """
    if not path.is_dir():
        return [path]
    files = folder_files(path, (".csv",))
    if not files:
        raise SourceError(at(f"the folder holds no CSV file; want {SUPPORTED}", file=path.name))
    return files


def _header(grid: Grid) -> list[str]:
    return [str(cell).strip() for cell in grid.cells[0]] if grid.cells else []


def table_name(header: Sequence[str]) -> str | None:
    """Which DfE table has these columns: "C6", "B1", ...; None where it is none that is used."""
    lower = {column.lower() for column in header}
    if not {"time_period", "geographic_level"} <= lower:
        return None
    for name, about in read_yaml("published_tables.yml")["tables"].items():
        if any({column.lower() for column in columns} <= lower for columns in about["told_by"]):
            return str(name)
    return None


def _table(grid: Grid, header: list[str], name: str) -> tuple[PublishedTable | None, list[Problem]]:
    body = [row for row in grid.cells[1:] if any(str(cell).strip() for cell in row)]
    header, body = _without_blank_columns(header, body)
    width, lower = len(header), [text.lower() for text in header]
    problems = [
        Problem(grid.file, "", 1, column, "no such column", f"the column {column!r} as DfE publishes it", "stopped", "missing_column")
        for column in NEEDED
        if column not in lower
    ]
    problems += [
        Problem(grid.file, "", 1, name, "the column more than once", "one; delete or rename the other", "stopped", "column_twice")
        for name in {text for text in lower if text and lower.count(text) > 1}
    ]
    ragged = [number for number, row in enumerate(body, start=2) if len(row) != width]
    if ragged:
        problems.append(
            Problem(
                grid.file,
                "",
                ragged[0],
                "",
                f"a row of {len(body[ragged[0] - 2])} cells",
                f"{width} cells; download the file again",
                "stopped",
                "ragged_row",
                len(ragged),
            )
        )
    if not body:
        problems.append(Problem(grid.file, "", None, "", "a table with no rows", "rows; download the file again", "stopped", "empty_list"))
    if problems:
        return None, problems
    frame = pd.DataFrame(body, columns=[text or f"column {place}" for place, text in enumerate(lower, start=1)], dtype=str)
    part = part_years(frame)
    if part.any() and not part.all():
        row, found = int(np.flatnonzero(part)[0]), "quarters or months beside years"
        wanted = "years (the other rows were left aside)"
        problems.append(Problem(grid.file, "", row + 2, "time_period", found, wanted, "kept", "part_year", int(part.sum())))
        frame = frame[~part].reset_index(drop=True)
    years = frame["time_period"].str.strip().str.extract(r"^(\d{4})(\d{2})?$")
    odd = years[0].isna() | bool(part.all())
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        found = repr(frame["time_period"].iloc[row])
        return None, [
            Problem(grid.file, "", row + 2, "time_period", found, "a year like 2024", "stopped", "impossible_year", int(odd.sum()))
        ]
    # 202324 is how some DfE tables write the year that ends in 2024
    frame["year"] = years[0].astype(int).where(years[1].isna(), years[0].astype(int) + 1)
    frame = frame.join(area_names(frame))
    problems += _misnamed(grid, frame)
    lost = frame["level"].isna() | (frame["authority"].fillna("") == "")
    if lost.any():
        row = int(np.flatnonzero(lost)[0])
        found = f"{frame['geographic_level'].iloc[row]!r}"
        problems.append(
            Problem(
                grid.file,
                "",
                row + 2,
                "geographic_level",
                found,
                "National, Regional or Local authority",
                "dropped",
                "unknown_area",
                int(lost.sum()),
            )
        )
    problems += _joint(grid, frame)
    about = read_yaml("published_tables.yml")["tables"][name]
    frame, said = one_row_each(frame[~lost].reset_index(drop=True), about, columns_used(frame.columns, about), grid.file)
    return PublishedTable(name, str(frame["year"].max()), grid.file, frame), [*problems, *said, *cut_off(frame, grid.file)]


def _without_blank_columns(header: list[str], body: list[list[Any]]) -> tuple[list[str], list[list[Any]]]:
    """A table without the blank columns that a spreadsheet leaves right of it."""
    width = max((place for place, text in enumerate(header, start=1) if text), default=0)
    if width == len(header) or any(str(cell).strip() for row in body for cell in row[width:]):
        return header, body
    return header[:width], [row[:width] for row in body]


def _misnamed(grid: Grid, frame: pd.DataFrame) -> list[Problem]:
    """Authorities whose name is not that of their code: the code decides."""
    named = frame["la_name"].map(plain)
    differ = (frame["level"] == "authority") & (named != "") & (named != frame["authority"].map(plain)) & frame["new_la_code"].ne("")
    unlike = differ & ~frame["la_name"].map(area_of_name).eq(frame["authority"]) & frame["new_la_code"].map(names_by_code()).notna()
    if not unlike.any():
        return []
    row = int(np.flatnonzero(unlike)[0])
    found = f"{frame['la_name'].iloc[row]!r} with the code {frame['new_la_code'].iloc[row]} of {frame['authority'].iloc[row]}"
    wanted = "the name of the code's area (the code was followed)"
    return [Problem(grid.file, "", row + 2, "la_name", found, wanted, "kept", "name_differs", int(unlike.sum()))]


def _joint(grid: Grid, frame: pd.DataFrame) -> list[Problem]:
    joint = frame["new_la_code"].str.contains("/", regex=False)
    if not joint.any():
        return []
    names = ", ".join(sorted(frame.loc[joint, "authority"].unique()))
    wanted = "a row for each authority; kept under the joint name, for the figures cannot be told apart"
    return [Problem(grid.file, "", int(np.flatnonzero(joint)[0]) + 2, "la_name", names, wanted, "kept", "joint_return", int(joint.sum()))]
