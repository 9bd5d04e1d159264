"""DfE open data as downloaded: tables told by their columns, not their names, read into series, yearly figures, populations and neighbours.

Which column is which indicator stands in reference/published_tables.yml. Where two editions of a table overlap the newest is used and both are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import SourceError, at
from cfanalysis.reference import read_yaml
from cfanalysis.sources.areas import all_areas, area_names
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids
from cfanalysis.sources.neighbours import NEIGHBOUR_COLUMNS, neighbour_edition, read_neighbours
from cfanalysis.sources.problems import Problem, stop_if_any
from cfanalysis.tables import ALL, FLAGS, YEARLY_COLUMNS, empty, validate

NEEDED = ("time_period", "geographic_level", "region_name", "new_la_code", "la_name")
"""The columns every DfE table of authorities has."""

UNPUBLISHED = ":"
"""The flag of a cell that is blank or holds a symbol DfE does not explain."""

RATE_PER = 10_000


@dataclass(frozen=True)
class Published:
    """What DfE's tables say.

    ``series``: the series contract, monthly referrals of every area. ``yearly``: the yearly contract, one row an area, indicator, breakdown and year,
    from the newest edition; ``yearly_editions``: every edition. ``population``: authority, year (of the mid-year), value. ``neighbours``: authority,
    rank, neighbour, edition. ``areas``: every area, its level and region. ``tables`` and ``rows``: what each file is, and how many rows it holds.
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


@dataclass(frozen=True)
class _Table:
    name: str
    edition: str
    file: str
    frame: pd.DataFrame

    @property
    def label(self) -> str:
        return f"{self.name} {self.edition} edition"


def read_published(path: str | Path) -> Published:
    """Read DfE open data: one table's CSV, or a folder of them.

    Raises SourceError where nothing in it is a table that is used, or a table is not whole.
    """
    path = Path(path)
    tables, neighbours, problems, named, rows = _tables(path)
    stop_if_any(problems)
    if not tables and not neighbours:
        raise SourceError(
            at(f"none of DfE's tables that are used; want {', '.join(read_yaml('published_tables.yml')['tables'])}", file=path.name)
        )
    population = _population(tables)
    editions, monthly, said = _figures(tables, population)
    newest = editions.drop_duplicates(["authority", "indicator", "breakdown", "year"]).reset_index(drop=True)
    return Published(
        series=validate(monthly, "series") if len(monthly) else empty("series"),
        yearly=validate(newest, "yearly") if len(newest) else empty("yearly"),
        yearly_editions=validate(editions, "yearly") if len(editions) else empty("yearly"),
        population=population,
        neighbours=pd.concat(neighbours, ignore_index=True) if neighbours else pd.DataFrame(columns=list(NEIGHBOUR_COLUMNS)),
        areas=all_areas(),
        problems=(*problems, *said),
        tables=named,
        rows=rows,
    )


def _tables(path: Path) -> tuple[list[_Table], list[pd.DataFrame], list[Problem], dict[str, str], dict[str, int]]:
    tables: list[_Table] = []
    neighbours: list[pd.DataFrame] = []
    problems: list[Problem] = []
    named: dict[str, str] = {}
    rows: dict[str, int] = {}
    for file in table_files(path):
        grid = read_grids(file)[0]
        problems += grid.problems
        header = _header(grid)
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
        else:
            problems.append(
                Problem(
                    file.name,
                    "",
                    None,
                    "",
                    "a table that is not used",
                    "one of the tables in docs/methods/sources.md",
                    "kept",
                    "table_not_used",
                )
            )
    return tables, neighbours, problems, named, rows


def table_files(path: Path) -> list[Path]:
    """The CSV files of a folder, or the one file.

    Raises SourceError where the folder holds none.
    """
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv" and not file.name.startswith("."))
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


def _table(grid: Grid, header: list[str], name: str) -> tuple[_Table | None, list[Problem]]:
    width = len(header)
    body = [row for row in grid.cells[1:] if any(str(cell).strip() for cell in row)]
    problems = [
        Problem(grid.file, "", 1, column, "no such column", f"the column {column!r} as DfE publishes it", "stopped", "missing_column")
        for column in NEEDED
        if column not in [text.lower() for text in header]
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
    frame = pd.DataFrame(body, columns=[text.lower() for text in header], dtype=str)
    years = frame["time_period"].str.strip().str.extract(r"^(\d{4})(\d{2})?$")
    odd = years[0].isna()
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        found = repr(frame["time_period"].iloc[row])
        return None, [
            Problem(grid.file, "", row + 2, "time_period", found, "a year like 2024", "stopped", "impossible_year", int(odd.sum()))
        ]
    # 202324 is how some DfE tables write the year that ends in 2024
    frame["year"] = years[0].astype(int).where(years[1].isna(), years[0].astype(int) + 1)
    frame = frame.join(area_names(frame))
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
    return _Table(name, str(frame["year"].max()), grid.file, frame[~lost].reset_index(drop=True)), problems


def _joint(grid: Grid, frame: pd.DataFrame) -> list[Problem]:
    joint = frame["new_la_code"].str.contains("/", regex=False)
    if not joint.any():
        return []
    names = ", ".join(sorted(frame.loc[joint, "authority"].unique()))
    wanted = "a row for each authority; kept under the joint name, for the figures cannot be told apart"
    return [Problem(grid.file, "", int(np.flatnonzero(joint)[0]) + 2, "la_name", names, wanted, "kept", "joint_return", int(joint.sum()))]


def _population(tables: Iterable[_Table]) -> pd.DataFrame:
    frames = []
    for table in sorted(tables, key=lambda t: t.edition, reverse=True):
        about = read_yaml("published_tables.yml")["tables"][table.name].get("population")
        if about:
            rows = table.frame[table.frame[about["rows"]].str.strip() == about["where"]]
            values, _ = read_symbols(rows[about["column"]])
            frames.append(pd.DataFrame({"authority": rows["authority"], "year": rows["year"], "value": values}))
    if not frames:
        return pd.DataFrame({"authority": pd.Series(dtype=str), "year": pd.Series(dtype=int), "value": pd.Series(dtype=float)})
    every = pd.concat(frames, ignore_index=True).dropna(subset="value")
    return every.drop_duplicates(["authority", "year"]).reset_index(drop=True)


def _figures(tables: Sequence[_Table], population: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Every edition's yearly rows (the first of an area, indicator, breakdown and year is the one to use), the monthly series, and odd symbols."""
    newest_first = sorted(tables, key=lambda table: table.edition, reverse=True)
    yearly, monthly, problems = [], [], []
    for table in newest_first:
        about = read_yaml("published_tables.yml")["tables"][table.name]
        for measure in about["measures"]:
            if (rows := _measure(table, about, measure, population)) is not None:
                yearly.append(rows.assign(second=bool(measure.get("second"))))
        if "monthly" in about:
            monthly.append(_monthly(table, about["monthly"]))
        problems += _odd_symbols(table, about)
    if not yearly:
        return empty("yearly"), pd.DataFrame(), problems
    every = pd.concat(yearly, ignore_index=True)
    every["known"] = every["value"].notna()
    # A second source of the same figure (C6 holds the total of C1) and an old code's blank rows never come before the real thing.
    every["edition"] = every["source_table"].str.extract(r"(\d{4}) edition")[0].astype(int)
    every = every.sort_values(["second", "edition", "known"], ascending=[True, False, False], kind="stable")
    every = every.drop_duplicates(["authority", "indicator", "breakdown", "year", "source_table"]).reset_index(drop=True)
    series = pd.concat(monthly, ignore_index=True) if monthly else pd.DataFrame()
    if len(series):
        series = series.assign(known=series["value"].notna()).sort_values(["edition", "known"], ascending=False, kind="stable")
        series = series.drop_duplicates(["authority", "indicator", "breakdown", "month"]).drop(columns=["edition", "known"])
        series = series.sort_values(["authority", "month"], kind="stable").reset_index(drop=True)
    return every[list(YEARLY_COLUMNS)], series, problems


_SYMBOL = re.compile(r"^\[?([A-Za-z:]+)\]?$")


def read_symbols(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Numbers and flags of a column of DfE figures: a symbol is a value missing with its reason, a blank is not available.

    >>> values, flags = read_symbols(pd.Series(["1,234", "c", "0", "", "[x]"]))
    >>> values.tolist(), flags.tolist()
    ([1234.0, nan, 0.0, nan, nan], ['', 'c', '', ':', 'x'])
    """
    text = cells.fillna("").str.strip()
    numbers = pd.to_numeric(text.str.replace(",", "", regex=False), errors="coerce")
    symbol = text.str.extract(_SYMBOL)[0].str.lower()
    flags = symbol.where(symbol.isin(FLAGS), UNPUBLISHED).where(numbers.isna(), "")
    return numbers.astype(float), flags.astype(object)


def _odd_symbols(table: _Table, about: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for column in _columns_used(table, about):
        text = table.frame[column].str.strip()
        _, flags = read_symbols(text)
        odd = (flags == UNPUBLISHED) & ~text.isin(["", UNPUBLISHED])
        if odd.any():
            row = int(np.flatnonzero(odd)[0])
            wanted = f"a number or one of {' '.join(FLAGS)} (read as not available)"
            problems.append(
                Problem(table.file, "", row + 2, column, repr(text.iloc[row]), wanted, "coerced", "unknown_symbol", int(odd.sum()))
            )
    return problems


def _columns_used(table: _Table, about: Mapping[str, Any]) -> list[str]:
    named: list[str] = list(about.get("monthly", {}).get("months", []))
    for measure in about["measures"]:
        for part in ("count", "numerator", "denominator", "percent", "rate", "ratio"):
            asked = measure.get(part, [])
            named += asked["sum"] if isinstance(asked, dict) else asked
    return [column for column in dict.fromkeys(name.lower() for name in named) if column in table.frame.columns]


def _read(frame: pd.DataFrame, asked: Any) -> tuple[pd.Series, pd.Series] | None:
    """The figures of a column, of the first of several that is there, or the sum of several (missing where any part is)."""
    if isinstance(asked, dict):
        parts = [read_symbols(frame[column.lower()]) for column in asked["sum"]]
        total = sum((values for values, _ in parts), start=pd.Series(0.0, index=frame.index))
        flags = pd.concat([part for _, part in parts], axis=1).replace("", np.nan).bfill(axis=1).iloc[:, 0].fillna("")
        return total, flags
    column = next((name.lower() for name in asked if name.lower() in frame.columns), None)
    return read_symbols(frame[column]) if column else None


def _measure(table: _Table, about: Mapping[str, Any], measure: Mapping[str, Any], population: pd.DataFrame) -> pd.DataFrame | None:
    frame = table.frame
    if "where" in measure:
        frame = frame[frame[about["rows"]].str.strip() == measure["where"]]
    label = table.label
    if "count" in measure:
        found = _read(frame, measure["count"])
        if found is None:
            return None
        numerator, flag = found
        denominator, value = pd.Series(np.nan, index=frame.index), numerator
    else:
        share = _share(frame, measure, population)
        if share is None:
            return None
        numerator, denominator, value, flag, derived = share
        label = f"{label} and mid-year populations" if derived else label
    rows = frame[["authority", "level", "year"]].assign(indicator=measure["indicator"], breakdown=measure.get("breakdown", ALL))
    return rows.assign(numerator=numerator, denominator=denominator, value=value, flag=flag, source_table=label)


def _share(
    frame: pd.DataFrame, measure: Mapping[str, Any], population: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series, bool] | None:
    found = _read(frame, measure["numerator"])
    if found is None:
        return None
    numerator, flag = found
    kind = next(kind for kind in ("percent", "rate", "ratio") if kind in measure)
    given = _read(frame, measure["denominator"]) if "denominator" in measure else None
    denominator = given[0] if given else _children(frame, population)
    published = _read(frame, measure[kind])
    if published is not None:
        return numerator, denominator, published[0], published[1], False
    scale = {"percent": 100, "rate": RATE_PER, "ratio": 1}[kind]
    value = scale * numerator / denominator.where(denominator > 0)
    other = given[1] if given else pd.Series(UNPUBLISHED, index=frame.index, dtype=object)
    missing = flag.where(flag != "", other.where(other != "", "z"))
    return numerator, denominator, value, missing.where(value.isna(), ""), given is None


def _children(frame: pd.DataFrame, population: pd.DataFrame) -> pd.Series:
    """Children aged 0 to 17 at the mid-year before: the year to March 2024 is set against mid-2023, as DfE does."""
    known = population.set_index(["authority", "year"])["value"]
    keys = pd.MultiIndex.from_arrays([frame["authority"], frame["year"] - 1])
    return pd.Series(known.reindex(keys).to_numpy(dtype=float), index=frame.index)


def _monthly(table: _Table, about: Mapping[str, Any]) -> pd.DataFrame:
    frames = []
    for place, name in enumerate(about["months"]):
        values, flags = read_symbols(table.frame[name.lower()])
        number = (place + 3) % 12 + 1
        year = table.frame["year"] - int(number >= 4)
        month = pd.PeriodIndex.from_fields(year=year.to_numpy(), month=np.full(len(year), number), freq="M")
        rows = {"authority": table.frame["authority"], "indicator": about["indicator"], "breakdown": ALL, "month": month}
        frames.append(
            pd.DataFrame(
                {**rows, "numerator": values, "denominator": np.nan, "value": values, "flag": flags, "edition": int(table.edition)}
            )
        )
    return pd.concat(frames, ignore_index=True)
