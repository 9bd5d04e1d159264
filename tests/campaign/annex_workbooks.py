"""Annex A in odd workbooks: what Excel, other programs, mail and shared drives make of them."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.campaign import authority, writing
from tests.campaign.annex_cells import EITHER, ERROR, NOTHING
from tests.campaign.case import Case
from tests.campaign.writing import NAME, XLSX

LISTS = (1, 3, 6)
Make = Callable[[Path], Path]


def cases() -> Iterator[Case]:
    """Every odd workbook, file and folder."""
    for name, change, may in WORKBOOKS:
        yield _case(name, lambda folder, change=change: writing.write_workbook(_lists(), folder, change=change), may)
    for name, rewrite, may in ARCHIVES:
        yield _case(name, lambda folder, rewrite=rewrite: _archived(folder, rewrite), may)
    for name, make, may in FILES:
        yield _case(name, make, may)


def _lists() -> authority.Lists:
    return authority.made().only(*LISTS)


def _case(name: str, make: Make, may: frozenset[str]) -> Case:
    right = lambda: authority.truth(_lists())  # noqa: E731
    return Case("workbooks and files", name, XLSX, make, writing.read, right, writing.faultless_workbook, may, whole=True)


def _each_sheet(change: Callable[[Any], None]) -> Callable[[Any], None]:
    def on(book: Any) -> None:
        for sheet in book.worksheets:
            change(sheet)

    return on


def _cells(change: Callable[[Any], None]) -> Callable[[Any], None]:
    """Every cell below the header changed."""
    return _each_sheet(lambda sheet: [change(cell) for row in sheet.iter_rows(min_row=2) for cell in row])


def _general(cell: Any) -> None:
    cell.number_format = "General"


def _american(cell: Any) -> None:
    if isinstance(cell.value, date):
        cell.number_format = "mm/dd/yyyy"


def _as_formula(cell: Any) -> None:
    if isinstance(cell.value, date):
        cell.value = f"=DATE({cell.value.year},{cell.value.month},{cell.value.day})"


def _as_text(cell: Any) -> None:
    if isinstance(cell.value, date):
        cell.value = cell.value.strftime("%d/%m/%Y")


def _far_cell(row: int, column: int) -> Callable[[Any], None]:
    return lambda book: book.worksheets[0].cell(row, column, "x") and None


def _extra(title: str, rows: list[list[Any]], state: str = "visible") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = state

    return change


def _copy(state: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        copied = book.copy_worksheet(book["List 3"])
        copied.title, copied.sheet_state = "List 3 (2)", state

    return change


def _hidden(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True
    for row in range(5, 20):
        sheet.row_dimensions[row].hidden = True


def _titled(sheet: Any) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Annex A"
    sheet.merge_cells("A1:F1")


def _merged(sheet: Any) -> None:
    sheet.merge_cells("A3:A6")


def _merged_date(book: Any) -> None:
    book["List 3"].merge_cells("F4:F9")


def _commented(sheet: Any) -> None:
    from openpyxl.comments import Comment

    sheet["A2"].comment = Comment("check", "analyst")
    sheet.auto_filter.ref = "A1:F40"
    sheet.freeze_panes = "B2"


def _start_at(row: int, column: int) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.insert_rows(1, row - 1)
        sheet.insert_cols(1, column - 1)

    return _each_sheet(change)


def _of_1904(book: Any) -> None:
    book.epoch = CALENDAR_MAC_1904


def _of_1904_general(book: Any) -> None:
    _of_1904(book)
    _cells(_general)(book)


def _nothing(book: Any) -> None:
    return None


WORKBOOKS = (
    ("dates in cells formatted General", _cells(_general), NOTHING),
    ("dates shown in American order", _cells(_american), NOTHING),
    ("dates counted from 1904", _of_1904, NOTHING),
    ("dates counted from 1904, formatted General", _of_1904_general, NOTHING),
    ("formulas never worked out", _cells(_as_formula), ERROR),
    ("dates as text", _cells(_as_text), NOTHING),
    ("a stray cell in the last row and column", _far_cell(1_048_576, 16_384), ERROR),
    ("a stray cell 900,000 rows down", _far_cell(900_000, 3), EITHER),
    ("a stray cell far right", _far_cell(3, 16_384), EITHER),
    ("a sheet of guidance", _extra("Guidance", [["How to fill in this form"], ["Ask Jo"]]), NOTHING),
    ("a blank sheet", _extra("Sheet1", []), NOTHING),
    ("a pivot table on a sheet", _extra("Pivot", [["Row Labels", "Count of Child Unique ID"], ["North", 40], ["Total", 40]]), NOTHING),
    ("a code list on a hidden sheet", _extra("Lookups", [["Code", "Meaning"], ["N1", "Abuse"]], "hidden"), NOTHING),
    ("list 10", _extra("List 10", [["Child Unique ID", "Family identifier"], ["1", "2"]]), NOTHING),
    ("a chart's data named List 12", _extra("List 12", [["x", "y"], [1, 2]]), NOTHING),
    ("a copy of a list", _copy("visible"), ERROR),
    ("a hidden copy of a list", _copy("hidden"), ERROR),
    ("hidden rows and columns", _each_sheet(_hidden), NOTHING),
    ("a merged title", _each_sheet(_titled), NOTHING),
    ("merged ids", _each_sheet(_merged), ERROR),
    ("merged dates", _merged_date, EITHER),
    ("comments, filters and panes", _each_sheet(_commented), NOTHING),
    ("lists that begin at C5", _start_at(5, 3), NOTHING),
    ("lists that begin at AA30", _start_at(30, 27), NOTHING),
)  # fmt: skip


def _archived(folder: Path, rewrite: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """A workbook whose parts are changed."""
    path = writing.write_workbook(_lists(), folder)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for name, content in rewrite(parts).items():
            changed.writestr(name, content)
    return path


def _on_sheets(change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda parts: {name: change(content) if "worksheets/sheet" in name else content for name, content in parts.items()}


def _without(mark: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda parts: {name: content for name, content in parts.items() if mark not in name}


def _bomb(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {**parts, "xl/media/image1.png": b"\0" * 900_000_000}


def _entity(content: bytes) -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: (found[0] or b"") + doctype, content, count=1)


ARCHIVES = (
    ("rows without their numbers", _on_sheets(lambda c: re.sub(rb'(<row )r="\d+" ?', rb"\1", c)), NOTHING),
    ("sheets without the size of the list", _on_sheets(lambda c: re.sub(rb"<dimension[^>]*/>", b"", c)), NOTHING),
    ("sheets that tell the wrong size", _on_sheets(lambda c: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', c)), NOTHING),
    ("a namespace before every name", _on_sheets(lambda c: _prefixed(c)), NOTHING),
    ("a sheet lost", _without("sheet2.xml"), ERROR),
    ("no shared texts", _without("sharedStrings"), EITHER),
    ("no styles", _without("styles"), EITHER),
    ("no list of sheets", _without("xl/workbook.xml"), ERROR),
    ("unpacks to 900 MB", _bomb, ERROR),
    ("entities in a sheet", _on_sheets(_entity), EITHER),
    ("a sheet cut off", _on_sheets(lambda c: c[: len(c) // 2]), ERROR),
    ("a sheet of nothing", _on_sheets(lambda c: b""), ERROR),
)  # fmt: skip


def _prefixed(content: bytes) -> bytes:
    content = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", content)
    return content.replace(
        b'xmlns="http://schemas.openxmlformats.org/spreadsheetml', b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml', 1
    )


def _named(name: str) -> Make:
    return lambda folder: writing.write_workbook(_lists(), folder, name)


def _bytes(name: str, change: Callable[[bytes], bytes]) -> Make:
    def make(folder: Path) -> Path:
        path = writing.write_workbook(_lists(), folder)
        content = change(path.read_bytes())
        path.unlink()
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _in_folder(*names: str, **others: bytes) -> Make:
    """A folder that holds the workbook under names, and other files."""

    def make(folder: Path) -> Path:
        inner = folder / NAME
        for name in names:
            writing.write_workbook(_lists(), inner, name)
        for name, content in others.items():
            (inner / name.replace("__", "~$").replace("_dot_", ".")).write_bytes(content)
        return inner

    return make


def _linked(folder: Path) -> Path:
    path = writing.write_workbook(_lists(), folder / "elsewhere")
    link = folder / f"{NAME}.xlsx"
    link.symlink_to(path)
    return link


def _link_to_itself(folder: Path) -> Path:
    link = folder / f"{NAME}.xlsx"
    link.symlink_to(link)
    return link


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / f"{NAME}.xlsx")
    return folder / f"{NAME}.xlsx"


def _folder_named_so(folder: Path) -> Path:
    (folder / f"{NAME}.xlsx").mkdir()
    return folder / f"{NAME}.xlsx"


def _not_utf8(folder: Path) -> Path:
    path = writing.write_workbook(_lists(), folder)
    other = os.fsencode(folder) + b"/annex_a_\xe9t\xe9_2024-03-31.xlsx"
    os.rename(os.fsencode(path), other)
    return Path(os.fsdecode(other))


def _resaved(folder: Path) -> Path:
    path = writing.write_workbook(_lists(), folder)
    book = openpyxl.load_workbook(path)
    book.active = 1
    book.save(path)
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
FILES = (
    ("an ending in capitals", _bytes(f"{NAME}.XLSX", lambda c: c), NOTHING),
    ("a workbook with macros", _named(f"{NAME}.xlsm"), NOTHING),
    ("saved again", _resaved, NOTHING),
    ("a workbook named .xls", _bytes(f"{NAME}.xls", lambda c: c), EITHER),
    ("a workbook named .csv", _bytes(f"{NAME}.csv", lambda c: c), EITHER),
    ("an old workbook", _bytes(f"{NAME}.xls", lambda c: OLE), ERROR),
    ("a password", _bytes(f"{NAME}.xlsx", lambda c: OLE + "EncryptedPackage".encode("utf-16-le")), ERROR),
    ("cut off after 3,000 bytes", _bytes(f"{NAME}.xlsx", lambda c: c[:3000]), ERROR),
    ("cut off near the end", _bytes(f"{NAME}.xlsx", lambda c: c[:-30]), ERROR),
    ("a byte changed in the middle", _bytes(f"{NAME}.xlsx", lambda c: c[: len(c) // 2] + b"\xff\xff" + c[len(c) // 2 + 2 :]), EITHER),
    ("no bytes", _bytes(f"{NAME}.xlsx", lambda c: b""), ERROR),
    ("zeros", _bytes(f"{NAME}.xlsx", lambda c: b"\0" * 5000), ERROR),
    ("a page of HTML", _bytes(f"{NAME}.xlsx", lambda c: b"<html><table><tr><td>1</td></tr></table></html>"), ERROR),
    ("in a folder of its own", _in_folder(f"{NAME}.xlsx"), NOTHING),
    ("beside a lock file", _in_folder(f"{NAME}.xlsx", __annex_a_dot_xlsx=b"lock"), NOTHING),
    ("beside a README", _in_folder(f"{NAME}.xlsx", README_dot_md=b"# read me"), NOTHING),
    ("beside a Word document", _in_folder(f"{NAME}.xlsx", notes_dot_docx=b"PK\x03\x04"), NOTHING),
    ("beside a list as CSV", _in_folder(f"{NAME}.xlsx", list_3_dot_csv=b"Child Unique ID,Date of referral\n1,01/01/2024\n"), ERROR),
    ("a link to it", _linked, NOTHING),
    ("a link to itself", _link_to_itself, ERROR),
    ("a pipe", _pipe, ERROR),
    ("a folder with such a name", _folder_named_so, ERROR),
    ("no such file", lambda folder: folder / f"{NAME}.xlsx", ERROR),
    ("a name that is not UTF-8", _not_utf8, NOTHING),
    ("a very long name", _named("annex a " + "x" * 180 + " 2024-03-31.xlsx"), NOTHING),
)  # fmt: skip
