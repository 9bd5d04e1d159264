"""What is this file? Its format, and for ``cfanalysis check`` everything that reading it brings to light, without ever failing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from cfanalysis.foundation.errors import CfanalysisError, SourceError, at
from cfanalysis.foundation.months import month_label
from cfanalysis.sources.annex_a.reading import Extract, read_annex_a
from cfanalysis.sources.cin_census import census_files, read_census_file, read_tables, scorecard
from cfanalysis.sources.dfe.neighbours import neighbour_edition
from cfanalysis.sources.dfe.published import Published, read_published, table_name
from cfanalysis.sources.extent import whole_months
from cfanalysis.sources.finding import TEXTS, WORKBOOKS, folder_files
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids, sheet_names
from cfanalysis.sources.headers import list_from_columns, list_from_name, spec_by_number
from cfanalysis.sources.listings import LISTS_IN_TEMPLATE, LISTS_READ
from cfanalysis.sources.monthly.reading import Monthly, monthly_header, read_monthly
from cfanalysis.sources.problems import Problem
from cfanalysis.sources.ssd import (
    PARQUET,
    TableFile,
    count_rows,
    extract_of,
    ssd_folders,
    ssd_specs,
    table_file,
    table_of_fields,
    table_specs,
)

ROWS_PEEKED = 60
CENSUS = ".xml"
SHOWN = 6
"""How many column names a message repeats of a file it does not know."""

FORMAT_TITLES = {
    "annex_a": "Annex A", "cin_census": "Children in need census", "ssd": "Standard Safeguarding Dataset", "monthly": "Monthly CSV",
    "published": "DfE open data",
}  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One line of what a file holds: a list or table, how many rows, the first and last month it covers."""

    name: str
    rows: int
    first: pd.Period | None = None
    last: pd.Period | None = None

    def line(self) -> str:
        """The line as it is printed."""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        months = f", {month_label(self.first)} to {month_label(self.last)}" if self.first is not None and self.last is not None else ""
        return f"{self.name}: {rows}{months}"


@dataclass(frozen=True)
class Checked:
    """What ``cfanalysis check`` tells of one path: its format, what it holds, every problem; ``error`` where it cannot be used."""

    path: str
    format: str = ""
    listed: tuple[Listed, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: str = ""
    as_at: date | None = None

    @property
    def ok(self) -> bool:
        """Whether the file can be used (it may still have problems)."""
        return not self.error

    def lines(self) -> list[str]:
        """What to print, a line each. It may hold child-level values: for the analyst's terminal only."""
        title = FORMAT_TITLES.get(self.format, "not recognised")
        dated = f", as at {self.as_at:%d/%m/%Y}" if self.as_at else ""
        out = [f"{self.path}: {title}{dated}", *(f"  {item.line()}" for item in self.listed)]
        out += [f"  problem: {problem.sentence()}" for problem in self.problems]
        out += [f"  CANNOT BE USED: {line}" for line in self.error.splitlines()]
        return out if self.problems or self.error else [*out, "  no problems found"]


def identify(path: str | Path) -> str:
    """What a file or folder is: "annex_a", "cin_census", "ssd", "monthly" or "published", told by what it holds.

    Raises SourceError that says what was seen and what is supported.
    """
    path = Path(path)
    if not path.is_dir():
        kind, seen = _identify_file(path)
        if kind is None:
            raise SourceError(at(f"{seen}; want {SUPPORTED}", file=path.name))
        return kind
    kinds: dict[str, list[str]] = {}
    for file in folder_files(path, (CENSUS, PARQUET, *WORKBOOKS, *TEXTS)):
        kind, _ = _identify_file(file)
        if kind:
            kinds.setdefault(kind, []).append(file.name)
    if not kinds and ssd_folders(path):
        return "ssd"
    if not kinds:
        raise SourceError(at(f"the folder holds nothing that is recognised; want {SUPPORTED}", file=path.name))
    if len(kinds) > 1:
        seen = "; ".join(f"{FORMAT_TITLES[kind]} ({', '.join(names[:3])})" for kind, names in kinds.items())
        raise SourceError(at(f"the folder mixes formats: {seen}; give each as a source of its own", file=path.name))
    return next(iter(kinds))


def _identify_file(path: Path) -> tuple[str | None, str]:
    if path.suffix.lower() == CENSUS:
        return "cin_census", ""
    if path.suffix.lower() == PARQUET:
        return ("ssd", "") if table_file(path) else (None, "a Parquet file that is no table of the Standard Safeguarding Dataset")
    names = sheet_names(path)
    if names and any((number := list_from_name(name)) is not None and number <= LISTS_IN_TEMPLATE for name in names):
        return "annex_a", ""
    grids = read_grids(path, ROWS_PEEKED)
    for grid in grids:
        if kind := _identify_grid(grid):
            return kind, ""
    if names:
        return None, f"a workbook with the sheets {', '.join(repr(name) for name in names[:SHOWN])}, none of them a list of Annex A"
    first = next((row for grid in grids for row in grid.cells if any(str(cell).strip() for cell in row)), [])
    return None, f"a table with the columns {', '.join(repr(str(cell)) for cell in first[:SHOWN])}, which is no format that is known"


def _identify_grid(grid: Grid) -> str | None:
    header = [str(cell).strip() for cell in grid.cells[0]] if grid.cells else []
    if neighbour_edition(header) or {"time_period", "geographic_level"} <= {name.lower() for name in header}:
        return "published" if neighbour_edition(header) or table_name(header) else None
    if table_of_fields([name.strip("[]") for name in header]):
        return "ssd"
    if monthly_header(grid.cells):
        return "monthly"
    if list_from_columns(grid.cells):
        return "annex_a"
    number = list_from_name(Path(grid.file).stem)
    looks = number is not None and number <= LISTS_READ and any("child" in str(cell).lower() for row in grid.cells for cell in row)
    return "annex_a" if looks else None


def check(path: str | Path, *, kinds: Mapping[str, str] | None = None) -> Checked:
    """Read a file or folder as whatever it is and tell everything; errors are told in ``error``, never raised.

    ``kinds``: the indicators a monthly CSV may name, and their kind.
    """
    path = Path(path)
    kind = ""
    try:
        kind = identify(path)
        if kind == "annex_a":
            return _of_extract(path, read_annex_a(path))
        if kind == "cin_census":
            return _of_census(path)
        if kind == "ssd":
            return _of_ssd(path)
        if kind == "monthly":
            return _of_monthly(path, read_monthly(path, authority="", kinds=kinds))
        return _of_published(path, read_published(path))
    except CfanalysisError as caught:
        return Checked(str(path), kind, error=str(caught))
    except Exception as caught:  # a fault of ours must not hide the other files from the analyst
        return Checked(
            str(path),
            kind,
            error=at(f"could not be read ({type(caught).__name__}); please report this with the kind of file it is", file=path.name),
        )


def _of_extract(path: Path, extract: Extract) -> Checked:
    listed = []
    for label, rows in extract.rows.items():
        spec = next(spec for spec in (spec_by_number(n) for n in range(1, 10)) if spec.label == label)
        first, last = extract.windows[str(spec.events[0]["event"])]
        listed.append(Listed(label, rows, *whole_months(first, last)))
    return Checked(str(path), "annex_a", tuple(listed), extract.problems, as_at=extract.as_at)


def _of_census(path: Path) -> Checked:
    files = census_files(path)
    extracts = [read_census_file(file) for file in files]
    listed = [
        Listed(f"{extract.name}: {label}", rows, *whole_months(extract.as_at.replace(year=extract.as_at.year - 1), extract.as_at))
        for extract in extracts
        for label, rows in extract.rows.items()
    ]
    problems = tuple(problem for extract in extracts for problem in extract.problems)
    problems += tuple(problem for file in files for problem in _broken_rules(file))
    return Checked(str(path), "cin_census", tuple(listed), problems, as_at=max(extract.as_at for extract in extracts))


def _broken_rules(file: Path) -> list[Problem]:
    """The census validation rules that a file breaks, with how many of how many; none of them stops the reading."""
    card = scorecard(read_tables(file))
    broken = card[card["rows"] > 0]
    return [
        Problem(
            file.name,
            "",
            None,
            "",
            f"{row.rows:,} of {row.of:,} {row.element}: {str(row.meaning).rstrip('.').lower()}",
            f"none (rule {row.code})",
            "kept",
            str(row.code),
        )
        for row in broken.itertuples()
    ]


def _of_ssd(path: Path) -> Checked:
    """Every table that is there, its rows and months, in each folder; those that are not there are among the problems."""
    found = ssd_folders(path)
    extracts = {folder: extract_of(files, folder) for folder, files in found.items()}
    named = len(found) > 1
    listed = [_of_table(file, extracts[folder], f"{folder.name}: " if named else "") for folder, files in found.items() for file in files]
    problems = tuple(problem for extract in extracts.values() for problem in extract.problems)
    return Checked(str(path), "ssd", tuple(listed), problems, as_at=max(extract.as_at for extract in extracts.values()))


def _of_table(file: TableFile, extract: Extract, before: str) -> Listed:
    label = f"{before}{file.table} ({file.name})"
    if not table_specs()[file.table].used:
        return Listed(f"{label}, not used", count_rows(file))
    kinds = [str(about["event"]) for spec in ssd_specs() if spec.table == file.table for about in spec.events]
    spans = [extract.windows[kind] for kind in kinds if kind in extract.windows]
    months = whole_months(min(first for first, _ in spans), max(last for _, last in spans)) if spans else (None, None)
    return Listed(label, extract.rows[file.table], *months)


def _of_monthly(path: Path, monthly: Monthly) -> Checked:
    groups = monthly.series.groupby("indicator")["month"]
    listed = tuple(Listed(str(name), len(months), months.min(), months.max()) for name, months in groups)
    return Checked(str(path), "monthly", listed, monthly.problems)


def _of_published(path: Path, published: Published) -> Checked:
    listed = [Listed(f"{label} ({file})", published.rows[file]) for file, label in published.tables.items()]
    if len(published.series):
        months = published.series["month"]
        listed.append(Listed("Monthly referrals", len(months), months.min(), months.max()))
    return Checked(str(path), "published", tuple(listed), published.problems)
