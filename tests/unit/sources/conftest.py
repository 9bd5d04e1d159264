"""Small Annex A files, monthly CSVs and DfE tables for tests: the official headers, rows by hand."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

Rows = Sequence[Sequence[Any]]

CHILD = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)"]
STAFF = ["Allocated Team", "Allocated Worker"]

HEADERS: dict[int, list[str]] = {
    1: [*CHILD, "Date of Contact", "Contact Source"],
    2: [*CHILD, "Assessment start date", "Assessment completion date", "Organisation completing assessment"],
    3: [*CHILD, "Date of referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months", *STAFF],
    4: [
        *CHILD, "Does the Child have a Disability", "Continuous Assessment Start Date", "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation", "Was the child assessed as requiring LA children's social care support?", *STAFF,
    ],
    5: [
        *CHILD, "Does the Child have a Disability", "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Was an Initial Child Protection Conference deemed unnecessary?", "Date of Initial Child Protection Conference",
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months", "Number of ICPCs in the last 12 months", *STAFF,
    ],
    6: [
        *CHILD, "Does the Child have a Disability", "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date",
        "Reason for Closure", "Case Status", *STAFF,
    ],
    7: [
        *CHILD, "Does the Child have a Disability", "Child Protection Plan Start Date", "Initial Category of Abuse",
        "Latest Category of Abuse",
        "Child Protection Plan End Date", "Number of Previous Child Protection Plans", *STAFF,
    ],
    8: [
        *CHILD, "Does the Child have a Disability", "Date Started to be Looked After", "Child's Category of Need",
        "Date Ceased to be Looked After", "Reason Ceased to be Looked After", "Placement Type", "Placement Provider", *STAFF,
    ],
    9: [
        *CHILD, "Does the Child have a Disability", *STAFF, "Eligibility Category", "LA in Touch", "Type of Accommodation",
        "Suitability of Accommodation", "Activity Status",
    ],
}  # fmt: skip

BORN = "01/05/2012"


def referral(child: Any = "C1", date: Any = "05/02/2024", source: Any = "q) 6: Police", nfa: Any = "b) No", born: Any = BORN) -> list[Any]:
    """One row of list 3."""
    return [child, "b) Female", "a) WBRI", born, 11, date, source, nfa, 1, "North", "W1"]


def referrals(count: int = 4) -> list[list[Any]]:
    """So many good rows of list 3."""
    return [referral(f"C{i}", f"{i + 1:02d}/02/2024") for i in range(count)]


def contact(child: Any = "C1", date: Any = "05/02/2024", source: Any = "e) 2A: Schools", born: Any = BORN) -> list[Any]:
    """One row of list 1."""
    return [child, "b) Female", "a) WBRI", born, 11, date, source]


def cin(child: Any = "C1", start: Any = "05/02/2024", closed: Any = "", reason: Any = "", need: Any = "N1 - Abuse or neglect") -> list[Any]:
    """One row of list 6."""
    return [child, "b) Female", "a) WBRI", BORN, 11, "b) No", start, need, "", closed, reason, "c) Child in need plan", "North", "W1"]


def enquiry(child: Any = "C1", start: Any = "05/02/2024", unnecessary: Any = "b) No", icpc: Any = "", result: Any = "") -> list[Any]:
    """One row of list 5."""
    return [child, "b) Female", "a) WBRI", BORN, 11, "b) No", start, unnecessary, icpc, result, 1, 1, "North", "W1"]


def plan(child: Any = "C1", start: Any = "05/02/2024", end: Any = "", previous: Any = 0, latest: Any = "a) Neglect") -> list[Any]:
    """One row of list 7."""
    return [child, "b) Female", "a) WBRI", BORN, 11, "b) No", start, "b) Physical abuse", latest, end, previous, "North", "W1"]


def book(folder: Path, sheets: Mapping[str, Rows], name: str = "annex_a_2024-03-31.xlsx") -> Path:
    """A workbook of sheets."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / name
    workbook.save(path)
    return path


def one(folder: Path, number: int, rows: Rows, sheet: str | None = None, name: str = "annex_a_2024-03-31.xlsx") -> Path:
    """A workbook of one list with the official headers."""
    return book(folder, {sheet or f"List {number}": [HEADERS[number], *rows]}, name)


def text(folder: Path, rows: Rows, name: str = "list_3_2024-03-31.csv", delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


MONTHLY = ["month", "indicator", "breakdown", "numerator", "denominator", "value", "flag"]


def monthly(folder: Path, *rows: Sequence[Any], header: Sequence[str] = MONTHLY, name: str = "monthly.csv", **options: Any) -> Path:
    """A monthly CSV."""
    return text(folder, [list(header), *rows], name, **options)


AREA = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name", "old_la_code"]
AREA += ["new_la_code", "la_name", "category"]
MONTHS = ["April", "May", "June", "July", "August", "September", "October", "November", "December", "January", "February", "March"]


def area(
    year: Any = 2024, level: str = "Local authority", code: str = "E06000045", name: str = "Southampton", region: str = "South East"
) -> list[Any]:
    """The first cells of a row of a DfE table."""
    return [year, "Reporting year", level, "E92000001", "England", "E12000008", region, "852", code, name, "Month of referral"]


def c6(
    folder: Path, *rows: Sequence[Any], header: Sequence[str] = (*AREA, "Referrals", *MONTHS), name: str = "c6.csv", **options: Any
) -> Path:
    """DfE's table C6."""
    return text(folder, [list(header), *rows], name, **options)


@pytest.fixture(scope="session")
def annex() -> SimpleNamespace:
    """The builders."""
    builders = (referral, referrals, contact, cin, enquiry, plan, book, one, text, monthly, area, c6)
    named = {builder.__name__: builder for builder in builders}
    return SimpleNamespace(HEADERS=HEADERS, CHILD=CHILD, STAFF=STAFF, MONTHLY=MONTHLY, AREA=AREA, MONTHS=MONTHS, BORN=BORN, **named)
