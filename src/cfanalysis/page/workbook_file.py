"""One accessible workbook per run: every table of its pages, a sheet for each, with a list of contents.

Laid out as the Analysis Function asks of spreadsheets: a title in A1, notes under it, one table per sheet, a header row, nothing merged.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict

from cfanalysis.page.notebook import pieces_of, read_notebook
from cfanalysis.page.payload import FigurePayload, TablePayload
from cfanalysis.page.shell import write_whole

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every part inside the file: the same run gives the same bytes."""

WIDEST = 60
"""Characters."""


class PageTable(BaseModel):
    """A table as a page shows it: the title of the page, its own, its cells as text, and which columns are numbers."""

    model_config = ConfigDict(frozen=True)

    page: str
    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


def written_tables(notebook: Path | NotebookNode, page: str) -> tuple[PageTable, ...]:
    """Every data table of an executed notebook, in the order of its page; ``page`` is what the page is called.

    A table in brief is left out: it is there whole.
    """
    shown = [piece for piece in pieces_of(read_notebook(notebook)) if isinstance(piece, FigurePayload | TablePayload)]
    return tuple(
        PageTable(
            page=page, title=piece.title, columns=tuple(piece.table.columns), numeric=tuple(piece.table.numeric),
            rows=tuple(map(tuple, piece.table.rows)),
        )
        for piece in shown if piece.table.rows and not getattr(piece, "lines", None)
    )  # fmt: skip


def write_workbook(tables: Sequence[PageTable], output: str | Path, *, title: str) -> Path:
    """Write every table of some pages into one xlsx file; text stays text whatever it begins with."""
    from openpyxl import Workbook

    book = Workbook()
    contents: Any = book.active
    contents.title = "Contents"
    contents["A1"] = title
    contents["A1"].style = "Headline 1"
    contents.append(["Sheet", "Page", "Table"])
    for place, table in enumerate(tables, start=1):
        _write_sheet(book.create_sheet(f"Table {place}"), table, place)
        _append(contents, [f"Table {place}", table.page, table.title], [False] * 3)
        contents.cell(row=contents.max_row, column=1).hyperlink = f"#'Table {place}'!A1"
    _widths(contents)
    book.properties.title = title
    book.properties.creator = "cfanalysis"
    book.properties.language = "en-GB"
    written = io.BytesIO()
    book.save(written)
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _timeless(written.getvalue()))
    return path


def _write_sheet(sheet: Any, table: PageTable, place: int) -> None:
    from openpyxl.worksheet.table import Table as Range
    from openpyxl.worksheet.table import TableStyleInfo

    _append(sheet, [table.title], [False])
    sheet["A1"].style = "Headline 1"
    _append(sheet, [f"From the page: {table.page}. [c] hidden, [x] not available."], [False])
    head = table.columns
    _append(sheet, _distinct(head), [False] * len(head))
    for row in table.rows:
        _append(sheet, row, table.numeric)
    last = sheet.cell(row=sheet.max_row, column=len(head)).coordinate
    held = Range(displayName=f"table_{place}", ref=f"A3:{last}")
    held.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(held)
    sheet.freeze_panes = "B4"
    _widths(sheet, first=3)


def _distinct(head: Sequence[str]) -> list[str]:
    """Headers no two of which are the same, as a table of a workbook wants them."""
    return [name if name and name not in head[:place] else f"{name or 'Column'} {place + 1}" for place, name in enumerate(head)]


def _append(sheet: Any, cells: Sequence[str], numeric: Sequence[bool]) -> None:
    row = 1 if sheet.max_row == 1 and sheet["A1"].value is None else sheet.max_row + 1
    for column, (cell, is_number) in enumerate(zip(cells, numeric, strict=False), start=1):
        made = sheet.cell(row=row, column=column)
        plain = cell.replace(",", "").replace("−", "-")
        if is_number and re.fullmatch(r"-?\d+(\.\d+)?", plain):
            made.value = float(plain) if "." in plain else int(plain)
        else:
            made.value = cell
            made.data_type = "s"  # never a formula
            made.quotePrefix = True


def _widths(sheet: Any, first: int = 2) -> None:
    for column in sheet.iter_cols(min_row=first):
        longest = max((len(str(cell.value or "")) for cell in column), default=8)
        sheet.column_dimensions[column[0].column_letter].width = min(max(longest + 2, 10), WIDEST)


def _timeless(written: bytes) -> bytes:
    """The same file without the time it was written."""
    out = io.BytesIO()
    stamp = datetime(*EPOCH[:3]).strftime("%Y-%m-%dT%H:%M:%SZ")
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp.encode(), part)
            held = zipfile.ZipInfo(name, date_time=EPOCH)
            held.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(held, part)
    return out.getvalue()
