"""Grids to listings: which sheet is which list of Annex A, its columns by our names, its rows without titles, blanks, totals and
repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import CALENDAR_1904_DAYS, PLACEHOLDERS, as_text, distinct, plain, read_date, read_dates
from cfanalysis.sources.codes import read_codes
from cfanalysis.sources.grids import Grid
from cfanalysis.sources.headers import Header, ListSpec, find_header, list_from_columns, list_from_name, spec_by_number
from cfanalysis.sources.ids import clean_id, clean_ids, is_no_child
from cfanalysis.sources.problems import Place, Problem

LISTS_READ = 9
LISTS_IN_TEMPLATE = 11
"""Annex A has eleven lists; adoption and prospective adopters (10, 11) hold no event of ours."""

MOST_OVERLONG = 0.5
"""Where more rows than this have more cells than headers, the header is short or the rows are shifted: which cannot be told."""

FORMULA_ROWS = 200
"""Rows looked at for formulas when a column that matters came out blank."""

LOST_RULES = ("blank_child_id", "no_child_id", "ragged_row")
"""Rules by which a row that tells of a child is lost; a row of totals or a header again is not missed."""

MOST_STAND_INS = 0.75
"""Rows with a stand-in for an id (0, UNBORN, #REF!) are known to be of no child that can be followed: more than this share stops."""

_TOTALS = ("total", "grandtotal", "subtotal", "totals", "count", "endoflist", "endofreport", "end")


@dataclass(frozen=True)
class Listing:
    """One list as it stands in a file: the cells of its known columns (object values, keyed as in annex_a.yml) and where every row
    came from."""

    spec: ListSpec
    cells: pd.DataFrame
    place: Place
    rows_read: int
    lost: Mapping[str, int] = field(default_factory=dict)
    """Rows that could not be taken for a record of any child, by rule."""


def find_listings(path: Path, grids: Sequence[Grid]) -> tuple[list[Listing], list[Problem]]:
    """Every list of 1 to 9 that the grids hold, and all that was wrong with their shape."""
    listings: list[Listing] = []
    problems: list[Problem] = [problem for grid in grids for problem in grid.problems]
    for grid in grids:
        spec, header, said = _recognise(grid)
        problems += said
        if spec and header:
            listing, said = _listing(path, grid, spec, header)
            problems += said
            listings += [listing] if listing else []
    return listings, [*problems, *_twice(listings)]


def _recognise(grid: Grid) -> tuple[ListSpec | None, Header | None, list[Problem]]:
    name = grid.sheet or Path(grid.file).stem
    number = list_from_name(name)
    if number is not None and number > LISTS_READ:
        rule = "list_not_used" if number <= LISTS_IN_TEMPLATE else "sheet_ignored"
        return None, None, [_note(grid, rule, f"list {number}", "lists 1 to 9 (this list is not used)")]
    header = find_header(grid.cells, number) if number else None
    if number and header and _whole(spec_by_number(number), header):
        return spec_by_number(number), header, []
    if number is None and not any(as_text(cell) for row in grid.cells for cell in row):
        return None, None, []  # a blank sheet that is named after no list
    told = list_from_columns(grid.cells)
    if number is None:
        if told:
            return spec_by_number(told[0]), told[1], []
        return (
            None,
            None,
            [
                _note(
                    grid,
                    "sheet_ignored",
                    "a sheet that is none of the lists",
                    "sheets named like List 1 or Contacts (this one was passed over)",
                )
            ],
        )
    spec = spec_by_number(number)
    if told and told[0] != number:
        wanted = f"the columns of {spec.label}; rename the sheet or put the right list in it"
        return None, None, [_stop(grid, spec, "", "wrong_list", f"the columns of {spec_by_number(told[0]).label}", wanted)]
    return None, None, _missing_columns(grid, spec, header)


def _whole(spec: ListSpec, header: Header) -> bool:
    return all(key in header.places for key, column in spec.columns.items() if column.needed == "stop")


def _note(grid: Grid, rule: str, found: str, wanted: str) -> Problem:
    return Problem(grid.file, grid.sheet, None, "", found, wanted, "kept", rule)


def _stop(grid: Grid, spec: ListSpec, column: str, rule: str, found: str, wanted: str, row: int | None = None) -> Problem:
    return Problem(grid.file, grid.sheet, row, column, found, wanted, "stopped", rule, list=spec.label)


def _missing_columns(grid: Grid, spec: ListSpec, header: Header | None) -> list[Problem]:
    needed = [column for column in spec.columns.values() if column.needed == "stop"]
    if header is None:
        if not any(as_text(cell) for row in grid.cells for cell in row):
            return [_empty(grid, spec)]
        wanted = f"a row of headers that holds {' and '.join(repr(column.title) for column in needed)} in the first 40 rows"
        return [_stop(grid, spec, "", "no_header", "no header row", wanted)]
    strange = ", ".join(repr(text) for text in header.strange[:4])
    found = f"no such column{f'; not recognised: {strange}' if strange else ''}"
    missing = [column for column in needed if column.key not in header.places]
    return [
        _stop(grid, spec, column.title, "missing_column", found, f"a column headed {column.title!r}; add or rename it", header.index + 1)
        for column in missing
    ]


def _empty(grid: Grid, spec: ListSpec) -> Problem:
    wanted = "rows; if nothing happened leave it so: its months are shown as not available, not as 0"
    return Problem(grid.file, grid.sheet, None, "", "an empty list", wanted, "kept", "empty_list", list=spec.label)


def _listing(path: Path, grid: Grid, spec: ListSpec, header: Header) -> tuple[Listing | None, list[Problem]]:
    body = grid.cells[header.index + 1 :]
    filled = np.fromiter((any(_something(cell) for cell in row) for row in body), dtype=bool, count=len(body))
    rows = np.arange(header.index + 2, header.index + 2 + len(body))[filled]
    body = [row for row, keep in zip(body, filled, strict=True) if keep]
    place = Place(grid.file, grid.sheet, spec.label, rows)
    if not body:
        return None, [_empty(grid, spec)]
    problems = [*_header_problems(grid, spec, header, body), *_above(grid, spec, header), *_merged(grid, spec, header)]
    keep, said = _rows_to_keep(place, spec, header, body, csv=not grid.sheet)
    kept = [row for row, good in zip(body, keep, strict=True) if good]
    cells = pd.DataFrame({key: _column(kept, header.places.get(key)) for key in spec.columns}, dtype=object)
    place = Place(grid.file, grid.sheet, spec.label, rows[keep])
    cells["child_id"], cleaned = clean_ids(cells["child_id"], place)
    if grid.date1904:
        cells, counted = _from_1904(cells, spec, place)
        cleaned = [*cleaned, *counted]
    problems += [*said, *cleaned, *_formulas(path, grid, spec, header, cells)]
    lost = {rule: sum(problem.count for problem in said if problem.rule == rule) for rule in LOST_RULES}
    return Listing(spec, cells, place, len(body), lost), problems


def _from_1904(cells: pd.DataFrame, spec: ListSpec, place: Place) -> tuple[pd.DataFrame, list[Problem]]:
    """Days that a workbook of the 1904 date system holds as plain numbers, as Excel's own count has them."""
    problems = []
    for key in [key for key, column in spec.columns.items() if column.kind == "date"]:
        number = np.array([isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells[key]], dtype=bool)
        if number.any():
            cells = cells.assign(**{key: cells[key].mask(number, cells[key][number] + CALENDAR_1904_DAYS)})
            found, wanted = "days counted from 1904 (a setting of this workbook)", "cells formatted as dates (read as such)"
            problems.append(place.problem(spec.columns[key].title, "days_from_1904", found, wanted, "coerced", number))
    return cells, problems


def _something(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _column(body: list[list[Any]], position: int | None) -> np.ndarray:
    column = np.empty(len(body), dtype=object)
    if position is not None:
        column[:] = [row[position] if position < len(row) else None for row in body]
    return column


def _header_problems(grid: Grid, spec: ListSpec, header: Header, body: list[list[Any]]) -> list[Problem]:
    row = header.index + 1
    problems = []
    for key, text in header.close.items():
        if key in spec.columns:
            title = spec.columns[key].title
            problems.append(
                Problem(
                    grid.file,
                    grid.sheet,
                    row,
                    title,
                    f"the header {text!r}",
                    f"{title!r} (taken for it)",
                    "kept",
                    "header_close",
                    list=spec.label,
                )
            )
    for key, positions in header.twice.items():
        if key in spec.columns and any(_column(body, p).tolist() != _column(body, positions[0]).tolist() for p in positions[1:]):
            letters = " and ".join(_letter(p) for p in positions)
            found = f"the column more than once with different values ({letters})"
            problems.append(_stop(grid, spec, spec.columns[key].title, "column_twice", found, "one; delete or rename the other", row))
    for column in spec.columns.values():
        if column.needed == "warn" and column.key not in header.places:
            wanted = f"a column headed {column.title!r}; what needs it is shown as not available"
            problems.append(
                Problem(grid.file, grid.sheet, row, column.title, "no such column", wanted, "kept", "missing_column", list=spec.label)
            )
    return problems


def _above(grid: Grid, spec: ListSpec, header: Header) -> list[Problem]:
    """Records above the header row: the list was sorted with its headers in it."""
    places = [header.places[key] for key, column in spec.columns.items() if key in header.places and column.needed == "stop"]
    dated = [p for p in places if p != header.places["child_id"]]
    rows = [row for row in grid.cells[: header.index] if all(p < len(row) and as_text(row[p]) for p in places)]
    above = [row for row in rows if any(isinstance(read_date(row[p]), date) for p in dated)]
    if not above:
        return []
    found = f"{len(above):,} rows of records above the header row"
    return [_stop(grid, spec, "", "records_above", found, "the header row first; move it to the top of the list", header.index + 1)]


def _letter(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return f"column {letters}"


def _merged(grid: Grid, spec: ListSpec, header: Header) -> Iterable[Problem]:
    used = {position: key for key, position in header.places.items() if key in spec.columns}
    for first, last, left, right in grid.merged:
        key = next((used[p] for p in range(left, right + 1) if p in used), None)
        if key and last > first and last > header.index + 1:
            found = f"merged cells (rows {first} to {last})"
            wanted = "one value in every row; select the sheet, Home > Merge & Center off, and fill the blanks"
            yield _stop(grid, spec, spec.columns[key].title, "merged_cells", found, wanted, first)
            return


def _rows_to_keep(place: Place, spec: ListSpec, header: Header, body: list[list[Any]], *, csv: bool) -> tuple[np.ndarray, list[Problem]]:
    """Rows that are records: not a header again, not a total, not without a child, not shifted, not a copy of an earlier row."""
    identity = header.places["child_id"]
    codes, values = distinct(pd.Series(_column(body, identity), dtype=object))
    ids = [clean_id(as_text(value)) for value in values]
    blank = np.array([text.lower() in PLACEHOLDERS for text in ids])[codes]
    stand_in = np.array([is_no_child(text) for text in ids])[codes] & ~blank
    header_again = np.array([_is_header(text, spec) for text in ids])[codes]
    totals = np.array([_is_total(text) for text in ids])[codes] | np.array(
        [gap and _is_total(_first_text(row)) for gap, row in zip(blank, body, strict=True)]
    )
    shifted = "text that holds a comma in quotes; export the file again"
    overlong = _overlong(body, header.width, csv)
    beside = overlong & _in_place(body, spec, header) if 0 < overlong.mean() <= MOST_OVERLONG else np.zeros(len(body), dtype=bool)
    rules = [
        ("repeated_header", "the header row again", "one header row", header_again),
        ("total_row", "a row of totals", "one row for each record and no totals", totals),
        ("blank_child_id", "no child id", "a child id in every row", blank),
        ("no_child_id", "0, an error or a word in place of a child id", "a child id in every row", stand_in),
        ("ragged_row", "more cells than headers", shifted, overlong & ~beside),
        ("duplicate_row", "the same row again", "every record once", _repeats(body)),
    ]
    keep = np.ones(len(body), dtype=bool)
    problems = []
    for rule, found, wanted, marked in rules:
        marked = marked & keep
        if marked.any():
            problems.append(
                place.problem(spec.columns["child_id"].title if rule.endswith("child_id") else "", rule, found, wanted, "dropped", marked)
            )
        keep &= ~marked
    if (beside & keep).any():
        found = "more cells than headers: something written right of the last column"
        wanted = "nothing beside the list, and text that holds a comma in quotes (the row was kept, what is beside it left aside)"
        problems.append(place.problem("", "beside_the_list", found, wanted, "kept", beside & keep))
    return keep, problems


def _is_header(text: str, spec: ListSpec) -> bool:
    return not text[-1:].isdigit() and plain(text) in _id_headers(spec.number)


@cache
def _id_headers(number: int) -> frozenset[str]:
    column = spec_by_number(number).columns["child_id"]
    return frozenset(plain(alias) for alias in (column.title, *column.also))


def _is_total(text: str) -> bool:
    return not text[-1:].isdigit() and plain(text) in _TOTALS


def _first_text(row: list[Any]) -> str:
    return next((text for cell in row if (text := as_text(cell))), "")


def _overlong(body: list[list[Any]], width: int, csv: bool) -> np.ndarray:
    if not csv:
        return np.zeros(len(body), dtype=bool)
    return np.array([len(row) > width and any(_something(cell) for cell in row[width:]) for row in body])


def _in_place(body: list[list[Any]], spec: ListSpec, header: Header) -> np.ndarray:
    """Rows whose cells stand under their own headers: every date is one, or blank, and every yes or no."""
    good = np.ones(len(body), dtype=bool)
    for key, column in spec.columns.items():
        if key not in header.places or column.kind not in ("date", "code"):
            continue
        cells = pd.Series(_column(body, header.places[key]), dtype=object)
        good &= ~(read_dates(cells) if column.kind == "date" else read_codes(cells, column.codes)).bad
    return good


def _repeats(body: list[list[Any]]) -> np.ndarray:
    keys = pd.Series([tuple(row) for row in body], dtype=object)
    return keys.duplicated().to_numpy()


def _formulas(path: Path, grid: Grid, spec: ListSpec, header: Header, cells: pd.DataFrame) -> list[Problem]:
    """Formulas that Excel never worked out: their cells read as blank. Looked for only where a column that matters is blank all through."""
    keys = [key for key in header.places if key in spec.columns and not any(_something(cell) for cell in cells[key])]
    if not grid.sheet or not keys or path.suffix.lower() not in (".xlsx", ".xlsm"):
        return []
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True)[grid.sheet]
    first = header.index + 2
    for row in sheet.iter_rows(min_row=first, max_row=first + FORMULA_ROWS, values_only=True):
        for key in keys:
            cell = row[header.places[key]] if header.places[key] < len(row) else None
            if isinstance(cell, str) and cell.startswith("="):
                wanted = "values; open the workbook in Excel and save it, or paste the column as values"
                return [_stop(grid, spec, spec.columns[key].title, "formula", "formulas that were never worked out", wanted, first)]
    return []


def _twice(listings: Sequence[Listing]) -> list[Problem]:
    problems = []
    for number in {listing.spec.number for listing in listings}:
        same = [listing for listing in listings if listing.spec.number == number]
        if len(same) > 1:
            names = " and ".join(repr(listing.place.sheet or listing.place.file) for listing in same)
            found = f"the list {len(same)} times: {names}"
            wanted = "each list once; give extracts of other dates as sources of their own"
            problems.append(Problem(same[0].place.file, "", None, "", found, wanted, "stopped", "list_twice", list=same[0].spec.label))
    return problems
