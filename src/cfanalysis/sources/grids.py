"""Files to grids: the cells of every sheet of a workbook, or of one CSV, as they stand, with Excel's row numbers kept.

Nothing is interpreted here. What cannot be a table of ours (a password, a cut-off file, another format) is named and refused here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.finding import shown, stop_unless_plain
from cfanalysis.sources.problems import Problem
from cfanalysis.sources.workbooks import MOST_SHEETS, Inside, look_inside

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DELIMITERS = ",;\t|"
_SNIFFED = 20
"""Lines looked at to tell the delimiter."""

_LOOKED_AT = 200_000
"""Characters looked at to tell the delimiter."""

LARGEST_TEXT = 300_000_000
"""Bytes: a list of a million rows has about 150 million."""

SWALLOWED_LINES = 2
"""Lines of a table within one cell that show a quotation mark was never closed."""

SUPPORTED = "an Annex A workbook (.xlsx) or folder of lists (.csv), a monthly CSV, or a DfE open data table (.csv)"

Cells = list[list[Any]]


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet or CSV from its first row on, so that cells[0] is row 1; merged areas as (first row, last row, first
    column, last column)."""

    file: str
    sheet: str
    cells: Cells
    merged: tuple[tuple[int, int, int, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    date1904: bool = False


def read_grids(path: Path, rows: int | None = None) -> list[Grid]:
    """Every sheet of a workbook, blank ones too, or the one table of a CSV; ``rows``: only so many from the top.

    Raises SourceError for what is not readable: missing, empty, locked by a password, cut off, an old .xls, another format.
    """
    start = _first_bytes(path)
    if start.startswith(_OLE):
        raise SourceError(_ole_message(path))
    if start.startswith(_ZIP):
        return _read_workbook(path, rows)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise SourceError(
            at(
                "the name says Excel workbook but the content is not one; "
                "save it again from Excel as .xlsx, or rename it .csv if it is text",
                file=path.name,
            )
        )
    return [_read_csv(path, rows)]


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets without reading them; none for a CSV. Raises SourceError as read_grids does."""
    if not _first_bytes(path).startswith(_ZIP):
        return []
    look_inside(path)
    return [str(name) for name in _open_workbook(path).sheet_names]


def _first_bytes(path: Path) -> bytes:
    stop_unless_plain(path)
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as caught:
        raise SourceError(
            at(f"the file cannot be opened ({caught.strerror}); close it in Excel or ask for access", file=path.name)
        ) from None
    if not start.strip(b"\xef\xbb\xbf\r\n \t\x00"):
        raise SourceError(at(f"the file is empty; want {SUPPORTED}", file=path.name))
    return start


def _ole_message(path: Path) -> str:
    if _ENCRYPTED in path.read_bytes():
        return at(
            "the workbook is protected by a password; open it in Excel, File > Info > Protect Workbook, clear the password and save",
            file=path.name,
        )
    return at("an old Excel workbook (.xls); open it in Excel and save it as .xlsx", file=path.name)


def _open_workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if shown(path) == path.name:
            return CalamineWorkbook.from_path(str(path))
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))  # a name that is no UTF-8
    except (CalamineError, OSError, ValueError) as caught:
        raise SourceError(at(f"the workbook is damaged ({caught}); open it in Excel and save it again", file=path.name)) from None


def _read_workbook(path: Path, rows: int | None) -> list[Grid]:
    from python_calamine import CalamineError

    inside = look_inside(path)
    book = _open_workbook(path)
    if len(book.sheet_names) > MOST_SHEETS:
        wanted = f"up to {MOST_SHEETS}; save the lists alone as a new workbook"
        raise SourceError(at(f"found {len(book.sheet_names):,} sheets, want {wanted}", file=path.name))
    try:
        grids = [_sheet_grid(path.name, name, book, rows, inside) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as caught:
        raise SourceError(at(f"the workbook is damaged ({caught}); open it in Excel and save it again", file=path.name)) from None
    return grids


def _sheet_grid(file: str, name: str, book: Any, rows: int | None, inside: Inside) -> Grid:
    sheet = book.get_sheet_by_name(name)
    merged = tuple((r0 + 1, r1 + 1, c0, c1) for (r0, c0), (r1, c1) in (sheet.merged_cell_ranges or ()))
    cells = sheet.to_python(skip_empty_area=False, nrows=rows)
    for (row, column), error in inside.errors.get(name, {}).items():  # the reader of workbooks leaves them blank
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = error
    return Grid(file, name, cells, merged, date1904=inside.date1904)


def _read_csv(path: Path, rows: int | None) -> Grid:
    if path.stat().st_size > LARGEST_TEXT:
        found = f"a file of {path.stat().st_size / 1e6:,.0f} MB"
        raise SourceError(at(f"found {found}, want at most {LARGEST_TEXT / 1e6:,.0f}; export the lists of one authority", file=path.name))
    text, note = decode(path)
    delimiter = _delimiter(text)
    problems = [note] if note else []
    if delimiter != ",":
        name = {"\t": "tab", ";": "semicolon", "|": "bar"}[delimiter]
        problems.append(Problem(path.name, "", None, "", f"{name}s between the columns", "commas", "kept", "delimiter"))
    try:
        cells: Cells = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), rows))
    except csv.Error as caught:
        raise SourceError(at(f"not a CSV that can be read ({caught}); export it again as CSV UTF-8", file=path.name)) from None
    _stop_if_swallowed(cells, delimiter, path.name)
    return Grid(path.name, "", cells, problems=tuple(problems))


def _delimiter(text: str) -> str:
    """The mark that cuts most of the first lines into the same number of cells; a title line full of another mark does not count."""
    lines = list(islice(io.StringIO(text[:_LOOKED_AT]), _SNIFFED))
    best, found = (0, 0), ","
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1]
        except csv.Error:
            continue
        most = max((widths.count(width), width) for width in widths) if widths else (0, 0)
        if most > best:
            best, found = most, mark
    return found


def _stop_if_swallowed(cells: Cells, delimiter: str, file: str) -> None:
    """Raises SourceError where a quotation mark that is never closed has swallowed rows: a cell that holds lines of a table."""
    for row in cells:
        width = max(1, len(cells[0]) - 2)
        for cell in row:
            if "\n" in cell and sum(line.count(delimiter) >= min(width, 4) for line in cell.splitlines()) >= SWALLOWED_LINES:
                found = f"a cell of {len(cell.splitlines()):,} lines that holds rows of the table"  # not quoted: they are children's
                number = cells.index(row) + 1
                wanted = "every quotation mark closed; mend it there and export again"
                raise SourceError(at(f"found {found}, want {wanted}", file=file, row=number))


def decode(path: Path) -> tuple[str, Problem | None]:
    """The text of a CSV and, where it is not UTF-8, the problem that says how it was read.

    Raises SourceError for a binary file.
    """
    raw = path.read_bytes()
    if raw[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        raise SourceError(at("found text in UTF-32, want UTF-8; export it again as CSV UTF-8", file=path.name))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(raw, "utf-16", path), _encoding_note(path, "UTF-16 (Unicode text)")
    if b"\x00" in raw[:4096]:
        if raw[1:2] == b"\x00" and raw[:1] != b"\x00":
            return _decoded(raw, "utf-16-le", path), _encoding_note(path, "UTF-16 (Unicode text)")
        if raw[:1] == b"\x00" and raw[1:2] != b"\x00" and raw[2:3] == b"\x00":
            return _decoded(raw, "utf-16-be", path), _encoding_note(path, "UTF-16 (Unicode text)")
        raise SourceError(at(f"not a text file; want {SUPPORTED}", file=path.name))
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), _encoding_note(path, "Windows-1252 (Western European)")


def _decoded(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise SourceError(at("the text is cut off or damaged (UTF-16); export it again as CSV UTF-8", file=path.name)) from None


def _encoding_note(path: Path, encoding: str) -> Problem:
    return Problem(
        path.name, "", None, "", f"text in {encoding}", "UTF-8 (Save as: CSV UTF-8); letters with accents may be wrong", "kept", "encoding"
    )
