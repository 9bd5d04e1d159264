"""What a workbook holds, looked at before it is opened: how far its cells reach, how large its parts unpack, where its formulas failed.

The reader of workbooks lays every sheet out whole, from its first cell to its last: one stray cell in the last row and column of
Excel would fill all memory there is, and so would a small file that unpacks to gigabytes. Both are found here, part by part.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at

LARGEST_PART = 400_000_000
LARGEST_WORKBOOK = 800_000_000
"""Bytes unpacked: a list of 200,000 rows has about 150 million."""

MOST_CELLS = 20_000_000
"""Cells of one sheet from its first to its last: 500,000 rows of 30 columns."""

NARROWEST = 16
"""Columns that every sheet is taken to have at least."""

MOST_SHEETS = 400

_CHUNK = 1 << 20
_OVERLAP = 400
"""Bytes looked at again at the edge of a chunk, so that no cell is cut in two."""

_LAST_COLUMN = 16_384
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_WIDE = re.compile(rb'\br="([A-Z]{2,3})[0-9]{1,7}"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,9})"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>.{0,300}?<(?:\w+:)?v>([^<]{1,20})<', re.DOTALL
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_DATE_1904 = re.compile(rb'\bdate1904="(1|true|on)"', re.IGNORECASE)


@dataclass(frozen=True)
class Inside:
    """What was seen in a workbook: whether it counts days from 1904, and the errors of every sheet by (row, column) from 0."""

    date1904: bool = False
    errors: Mapping[str, Mapping[tuple[int, int], str]] = field(default_factory=dict)


def look_inside(path: Path) -> Inside:
    """Look at every part of a workbook without laying it out; once for a file as it stands.

    Raises SourceError for one that is damaged, is none, reaches too far or unpacks too large.
    """
    about = path.stat()
    return _look_inside(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=8)
def _look_inside(path: Path, _changed: int, _size: int) -> Inside:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            _stop_unless_workbook(names, path.name)
            _stop_if_large(archive, path.name)
            book, parts = _read_part(archive, "xl/workbook.xml"), _sheet_parts(archive)
            errors = {sheet: _scan(archive, part, path.name, sheet) for sheet, part in parts.items() if part in names}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError):
        raise SourceError(at("the workbook is cut off or damaged; copy or export it again and compare the sizes", file=path.name)) from None
    return Inside(bool(_DATE_1904.search(book)), {sheet: found for sheet, found in errors.items() if found})


def _stop_unless_workbook(names: list[str], file: str) -> None:
    if "xl/workbook.bin" in names:
        raise SourceError(at("a binary Excel workbook (.xlsb); open it in Excel and save it as .xlsx", file=file))
    if not any(name.startswith("xl/workbook") for name in names):
        wanted = "an Annex A workbook (.xlsx), a CSV, or a folder of lists"
        raise SourceError(at(f"a zip archive or another kind of document, not an Excel workbook; want {wanted}", file=file))


def _stop_if_large(archive: zipfile.ZipFile, file: str) -> None:
    sizes = [info.file_size for info in archive.infolist()]
    if max(sizes) > LARGEST_PART or sum(sizes) > LARGEST_WORKBOOK:
        found = f"a workbook that unpacks to {sum(sizes) / 1e6:,.0f} MB"
        raise SourceError(at(f"{found}; want less than {LARGEST_PART / 1e6:,.0f} MB: save the lists alone as a new workbook", file=file))


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive in which each sheet lies, by the sheet's name."""
    related = {}
    for found in _RELATION.findall(_read_part(archive, "xl/_rels/workbook.xml.rels")):
        about = dict(_ATTRIBUTE.findall(found))
        target = about.get(b"Target", b"").decode("utf-8", "replace")
        related[about.get(b"Id", b"")] = target[1:] if target.startswith("/") else f"xl/{target}"
    parts = {}
    for found in _SHEET.findall(_read_part(archive, "xl/workbook.xml")):
        about = dict(_ATTRIBUTE.findall(found))
        link = next((value for key, value in about.items() if key.endswith(b":id")), b"")
        parts[unescape(about.get(b"name", b"").decode("utf-8", "replace"))] = related.get(link, "")
    return parts


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            yield rest + chunk
            rest = (rest + chunk)[-_OVERLAP:]


def _scan(archive: zipfile.ZipFile, part: str, file: str, sheet: str) -> dict[tuple[int, int], str]:
    """The errors of a sheet. Raises SourceError where its cells reach too far."""
    errors: dict[tuple[int, int], str] = {}
    last_row, last_column = 0, NARROWEST
    for chunk in _chunks(archive, part):
        last_row = max([last_row, *(int(row) for row in _ROW.findall(chunk)), *_rows_of_cells(chunk)])
        last_column = max([last_column, *(column_number(name) for name in set(_WIDE.findall(chunk)))])
        if b't="e"' in chunk:
            errors |= {(int(r) - 1, column_number(c) - 1): v.decode("utf-8", "replace") for c, r, v in _ERROR.findall(chunk)}
        if last_row * min(last_column, _LAST_COLUMN) > MOST_CELLS:
            found = f"a cell {last_row:,} rows down or {last_column:,} columns across, far from any list"
            wanted = "no cells beyond the list; delete the rows below it and the columns right of it, and save"
            raise SourceError(at(f"found {found}, want {wanted}", file=file, sheet=sheet))
    return errors


def _rows_of_cells(chunk: bytes) -> list[int]:
    """Rows told by the last cells of a chunk, for writers that leave the number of a row out."""
    return [int(row) for _, row in _CELL.findall(chunk[-4 * _OVERLAP :])]


def column_number(letters: bytes) -> int:
    """The number of a column, from 1.

    >>> column_number(b"A"), column_number(b"AA"), column_number(b"XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
