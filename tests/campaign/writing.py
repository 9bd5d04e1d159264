"""Annex A written as a workbook, as a folder of CSV lists, or as one list's CSV; and read as a run reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from tests.campaign import authority
from tests.campaign.authority import FIRST, LAST, Lists
from tests.campaign.case import Reading

from cfanalysis import events, indicators, sources

XLSX, CSV, ONE = "Annex A .xlsx", "Annex A .csv", "one list .csv"
NAME = "annex_a_2024-03-31"
INDICATORS = (
    *authority.COUNTED, *authority.OPEN, "referrals_nfa", "contacts_to_referral",
)  # fmt: skip
SPLIT = ("referrals", "cin_open")


def write(lists: Lists, folder: Path, form: str, name: str = NAME) -> Path:
    """The lists in one of the forms."""
    return write_workbook(lists, folder, name) if form == XLSX else write_folder(lists, folder, name)


def faultless_workbook(folder: Path) -> Path:
    """All lists as they should be, as a workbook."""
    return write_workbook(authority.made(), folder)


def faultless_folder(folder: Path) -> Path:
    """All lists as they should be, as CSV."""
    return write_folder(authority.made(), folder)


FAULTLESS = {XLSX: faultless_workbook, CSV: faultless_folder}


def write_workbook(lists: Lists, folder: Path, name: str = NAME, change: Callable[[Any], None] | None = None) -> Path:
    """A workbook with a sheet for each list; ``change`` is given the openpyxl workbook before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in lists.rows.items():
        sheet = book.create_sheet(lists.titles.get(number, f"List {number}"))
        for row in rows:
            sheet.append(row)
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, date):
                    cell.number_format = "dd/mm/yyyy"
    if change:
        change(book)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name if name.lower().endswith((".xlsx", ".xlsm")) else f"{name}.xlsx")
    book.save(path)
    return path


def write_folder(lists: Lists, folder: Path, name: str = NAME, change: Callable[[str], str | bytes] | None = None) -> Path:
    """A folder with a CSV for each list; ``change`` turns the text of each file into another, or into bytes."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    for number, rows in lists.rows.items():
        content = as_csv(rows)
        changed = change(content) if change else content
        path = place / f"{lists.titles.get(number, f'list_{number}')}.csv"
        path.write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))
    return place


def as_csv(rows: list[list[Any]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as the text of a CSV, dates as dd/mm/yyyy."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([[_text(cell) for cell in row] for row in rows])
    return out.getvalue()


def _text(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell


def read(path: Path) -> Reading:
    """The figures of everything under a path that is an extract, merged, as a run makes them."""
    return read_many(sources.extract_paths(path))


def read_many(paths: list[Path]) -> Reading:
    extracts = [sources.read_annex_a(each) for each in paths]
    log = events.merge_extracts(extracts)
    months = {"first": pd.Period(FIRST, "M"), "last": pd.Period(LAST, "M")}
    whole = indicators.compute(log, authority="Testshire", names=INDICATORS, breakdowns=False, **months)
    split = indicators.compute(log, authority="Testshire", names=SPLIT, **months)
    rows = pd.concat([whole, split[split["breakdown"] != "all"]], ignore_index=True)
    said = [problem.sentence() for extract in extracts for problem in extract.problems] + [p.sentence() for p in log.problems]
    return Reading(figures_of(rows), tuple(said))


def figures_of(rows: pd.DataFrame) -> Mapping[str, float | None]:
    """Series as figures by name: ``referrals 2024-01``, ``referrals source: Police 2024-01``."""
    part = rows["breakdown"].where(rows["breakdown"] != "all", "")
    names = (rows["indicator"] + " " + part).str.strip() + " " + rows["month"].astype(str)
    values = [None if pd.isna(value) else float(value) for value in rows["value"]]
    return dict(zip(names, values, strict=True))
