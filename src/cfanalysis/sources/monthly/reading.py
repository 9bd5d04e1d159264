"""Monthly CSV: what no child-level list holds (decision times, audits, appraisals, caseloads, agency, targets), one figure a row.

Columns: ``month, indicator, breakdown, numerator, denominator, value, flag``; month and indicator and one of the figures are needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.foundation.table import SERIES_COLUMNS, empty, validate
from cfanalysis.sources.cells import as_text, plain
from cfanalysis.sources.finding import folder_files
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids
from cfanalysis.sources.monthly.rows import FIGURES, Draft, read_rows
from cfanalysis.sources.problems import Place, Problem, stop_if_any

UNNAMED = "this authority"
"""Stands for the authority where a file is only being checked."""

LABEL = "Monthly figures"
COLUMN_NAMES = ("month", "indicator", "breakdown", "numerator", "denominator", "value", "flag", "authority")
ROWS_SEARCHED = 40


@dataclass(frozen=True)
class Monthly:
    """Monthly figures of one authority: ``series`` (the series contract), what was wrong, and the rows of each file."""

    series: pd.DataFrame
    problems: tuple[Problem, ...]
    rows: Mapping[str, int]


def read_monthly(path: str | Path, *, authority: str, kinds: Mapping[str, str] | None = None) -> Monthly:
    """Read one monthly CSV, or every one in a folder.

    ``kinds`` maps the indicators that are known to their kind ("count", "stock", "percent", "rate", "measure"): any other is left
    out and said.
    Without it every well-formed name is taken. ``authority``: rows that name another are left out; "" takes every row.

    Raises SourceError where a column is missing, nothing can be used, or two rows say different things of one month.
    """
    path = Path(path)
    frames, problems, rows = [], [], {}
    for file in _files(path):
        grid = read_grids(file)[0]
        frame, said, read = _read_grid(grid, authority, kinds)
        frames += [] if frame.empty else [frame]
        problems += said
        rows[file.name] = read
    stop_if_any(problems)
    if not frames:
        raise SourceError(at("no row that can be used:\n" + "\n".join(problem.sentence() for problem in problems), file=path.name))
    every, said = _once(pd.concat(frames, ignore_index=True), path.name)
    problems += said
    stop_if_any(problems)
    series = (
        every.assign(authority=authority or UNNAMED)[list(SERIES_COLUMNS)]
        .sort_values(["indicator", "breakdown", "month"])
        .reset_index(drop=True)
    )
    return Monthly(validate(series, "series") if len(series) else empty("series"), tuple(problems), rows)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = folder_files(path, (".csv",))
    if not files:
        raise SourceError(at(f"the folder holds no CSV file; want {SUPPORTED}", file=path.name))
    return files


def monthly_header(cells: list[list[Any]]) -> tuple[int, dict[str, int]] | None:
    """Where the header row of a monthly CSV is and which column is which; None where there is none."""
    for index, row in enumerate(cells[:ROWS_SEARCHED]):
        places = {plain(as_text(cell)): place for place, cell in reversed(list(enumerate(row)))}
        if {"month", "indicator"} <= set(places):
            return index, {name: places[name] for name in COLUMN_NAMES if name in places}
    return None


def _read_grid(grid: Grid, authority: str, kinds: Mapping[str, str] | None) -> tuple[pd.DataFrame, list[Problem], int]:
    header = monthly_header(grid.cells)
    if header is None:
        wanted = "month, indicator, breakdown, numerator, denominator, value, flag"
        raise SourceError(at(f"no header row with 'month' and 'indicator'; want {wanted}", file=grid.file))
    index, places = header
    problems = [*grid.problems, *_header_problems(grid, index, places)]
    stop_if_any(problems)
    body = [(number, row) for number, row in enumerate(grid.cells[index + 1 :], start=index + 2) if any(as_text(cell) for cell in row)]
    if not body:
        return (
            pd.DataFrame(),
            [*problems, Problem(grid.file, grid.sheet, None, "", "no rows", "figures", "kept", "empty_list", list=LABEL)],
            0,
        )
    cells = {name: [_cell(row, places.get(name)) for _, row in body] for name in COLUMN_NAMES}
    place = Place(grid.file, grid.sheet, LABEL, np.array([number for number, _ in body]))
    draft = Draft(pd.DataFrame(cells, dtype=object), place, tuple(problems))
    width = len(grid.cells[index])
    overlong = np.array([any(as_text(cell) for cell in row[width:]) for _, row in body], dtype=bool)
    draft = draft.drop("", "ragged_row", overlong, "more cells than headers", "text that holds a comma in quotes, thousands without commas")
    draft = read_rows(draft, authority, kinds)
    return draft.frame, list(draft.problems), len(body)


def _cell(row: list[Any], place: int | None) -> Any:
    return row[place] if place is not None and place < len(row) else ""


def _header_problems(grid: Grid, index: int, places: Mapping[str, int]) -> list[Problem]:
    names = [plain(as_text(cell)) for cell in grid.cells[index]]
    found = [(name, "column_twice", "the column more than once", "one; delete the other") for name in COLUMN_NAMES if names.count(name) > 1]
    if not {"value", "numerator"} & set(places):
        found.append(("value", "missing_column", "no such column", "a column 'value', or 'numerator' (and 'denominator')"))
    return [Problem(grid.file, grid.sheet, index + 1, name, said, wanted, "stopped", rule) for name, rule, said, wanted in found]


def _once(frame: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Every month of a series once: the same row again is dropped, another figure for it stops the reading."""
    key = ["indicator", "breakdown", "month"]
    same = frame.duplicated([*key, *FIGURES, "flag"])
    problems = []
    if same.any():
        first = frame[same].iloc[0]
        found = f"{first['indicator']} ({first['breakdown']}) of {first['month']} again"
        problems.append(
            Problem(file, "", None, "month", found, "every month of a series once", "dropped", "duplicate_row", int(same.sum()), list=LABEL)
        )
    frame = frame[~same].reset_index(drop=True)
    twice = frame.duplicated(key)
    if twice.any():
        first = frame[twice].iloc[0]
        found = f"{first['indicator']} ({first['breakdown']}) of {first['month']} with two different figures"
        problems.append(
            Problem(
                file,
                "",
                None,
                "month",
                found,
                "one figure a month; delete the wrong row",
                "stopped",
                "month_twice",
                int(twice.sum()),
                list=LABEL,
            )
        )
    return frame, problems
