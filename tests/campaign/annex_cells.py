"""Annex A with odd cells: ids, dates, codes, teams, as case systems, spreadsheets and people leave them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.campaign import authority, writing
from tests.campaign.authority import DATE_COLUMNS
from tests.campaign.case import Case
from tests.campaign.writing import CSV, XLSX

ID = "Child Unique ID"
SAID, ERROR, EITHER = frozenset(["said"]), frozenset(["error"]), frozenset(["said", "error"])
NOTHING: frozenset[str] = frozenset()

Change = Callable[[Any, int], Any]


@dataclass(frozen=True)
class Cells:
    """A way cells are written: what becomes of each (given the cell and its row from 0), and which outcomes are as wanted."""

    name: str
    change: Change
    may: frozenset[str] = NOTHING
    told: str = ""
    forms: tuple[str, ...] = (XLSX, CSV)


def cases(seed: int = 12) -> Iterator[Case]:
    """Every case of odd cells."""
    chosen = random.Random(seed)
    for form in IDS:
        for number in _sample(chosen, (1, 3, 6, 7), 2):
            yield _case("ids", f"{form.name}, list {number}", form, number, ID, chosen)
        yield _case("ids", f"{form.name}, all lists", form, 0, ID, chosen)
    for form in DATES:
        for number, title in _sample(chosen, DATE_COLUMNS, 4):
            yield _case("dates", f"{form.name}, {title}", form, number, title, chosen)
    for form in CODES:
        for number, title in _sample(chosen, CODE_COLUMNS, 3):
            yield _case("codes", f"{form.name}, {title}", form, number, title, chosen)
    for form in STAFF:
        for number in (3, 6):
            yield _case("teams and workers", f"{form.name}, list {number}", form, number, "Allocated Team", chosen)
    for form in BIRTHS:
        yield _case("births", form.name, form, 3, "Date of Birth", chosen)


def _sample(chosen: random.Random, of: tuple[Any, ...], count: int) -> list[Any]:
    return chosen.sample(list(of), count)


def _case(kind: str, trait: str, form: Cells, number: int, title: str, chosen: random.Random) -> Case:
    kept = (1, 3, 4, 5, 6, 7, 8, 9) if not number else (1, 3, 6, number)
    written = chosen.choice(form.forms)

    def make(folder: Path) -> Path:
        lists = authority.made().only(*kept)
        for each in lists.rows if not number else (number,):
            lists.change(each, title, form.change)
        return writing.write(lists, folder, written)

    right = lambda: authority.truth(authority.made().only(*kept))  # noqa: E731
    return Case(kind, trait, written, make, writing.read, right, writing.FAULTLESS[written], form.may, form.told)


def _id(way: Callable[[str], Any]) -> Change:
    return lambda cell, row: way(str(cell))


def _some(every: int, change: Change) -> Change:
    """Only every so many rows changed."""
    return lambda cell, row: change(cell, row) if row % every == 0 else cell


IDS = (
    Cells("1000.0, as pandas writes a column with a gap", _id(lambda t: f"{t}.0")),
    Cells("numbers", _id(int), forms=(XLSX,)),
    Cells("numbers with decimals", _id(float), forms=(XLSX,)),
    Cells("an apostrophe before", _id(lambda t: f"'{t}")),
    Cells("spaces around", _id(lambda t: f"  {t} ")),
    Cells("a no-break space after", _id(lambda t: f"{t}\u00a0")),
    Cells("a zero-width space inside", _id(lambda t: f"{t[:3]}\u200b{t[3:]}")),
    Cells("a byte order mark before", _id(lambda t: f"\ufeff{t}")),
    Cells("wide digits", _id(lambda t: "".join(chr(ord(c) + 0xFEE0) for c in t)), may=EITHER, told="id"),
    Cells("noughts before", _id(lambda t: f"00{t}")),
    Cells("a comma for thousands", _id(lambda t: f"{t[:3]},{t[3:]}"), may=EITHER, told="id|child|common"),
    Cells("in quotation marks", _id(lambda t: f'"{t}"')),
    Cells("another case system's ids", _id(lambda t: f"P{int(t) + 777}"), may=EITHER, told="no child of|same ids|[Ii]ds|id"),
    Cells("4.50E+11", _id(lambda t: f"4.5{t[-1]}E+11"), may=ERROR),
    Cells("rounded after fifteen digits", _id(lambda t: f"4501234567890{t[-2:]}000"), may=ERROR),
    Cells("#VALUE! in every tenth row", _some(10, lambda c, r: "#VALUE!"), may=EITHER, told="[Cc]hild"),
    Cells("#N/A in every tenth row", _some(10, lambda c, r: "#N/A"), may=EITHER, told="[Cc]hild"),
    Cells("0 in every eighth row", _some(8, lambda c, r: "0"), may=EITHER, told="[Cc]hild"),
    Cells("-1 in every eighth row", _some(8, lambda c, r: "-1"), may=EITHER, told="[Cc]hild"),
    Cells("UNBORN in every eighth row", _some(8, lambda c, r: "UNBORN"), may=EITHER, told="[Cc]hild"),
    Cells("blank in every eighth row", _some(8, lambda c, r: ""), may=EITHER, told="[Cc]hild"),
    Cells("blank but for the first of each five", lambda c, r: c if r % 5 == 0 else "", may=ERROR),
    Cells("a family's id", _id(lambda t: str(int(t) // 7)), may=EITHER, told="birth|same"),
    Cells("TBC for the newest", _some(9, lambda c, r: "TBC"), may=EITHER, told="[Cc]hild"),
    Cells("a name and an id", _id(lambda t: f"Child {t}"), may=EITHER, told="no child of|[Ii]ds|id"),
)  # fmt: skip


def _dated(way: Callable[[date], Any]) -> Change:
    return lambda cell, row: way(cell) if isinstance(cell, date) else cell


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def _opened_american(day: date) -> Any:
    return date(day.year, day.day, day.month) if day.day <= 12 else day.strftime("%d/%m/%Y")


DATES = (
    Cells("2024-02-05", _dated(date.isoformat)),
    Cells("5/2/2024", _dated(lambda d: f"{d.day}/{d.month}/{d.year}")),
    Cells("05.02.2024", _dated(lambda d: d.strftime("%d.%m.%Y"))),
    Cells("05-02-2024", _dated(lambda d: d.strftime("%d-%m-%Y"))),
    Cells("05-Feb-2024", _dated(lambda d: d.strftime("%d-%b-%Y"))),
    Cells("5 February 2024", _dated(lambda d: f"{d.day} {d:%B %Y}")),
    Cells("5th February 2024", _dated(lambda d: f"{d.day}th {d:%B %Y}")),
    Cells("February 5, 2024", _dated(lambda d: f"{d:%B} {d.day}, {d:%Y}")),
    Cells("Monday, 5 February 2024", _dated(lambda d: f"{d:%A}, {d.day} {d:%B %Y}"), may=EITHER),
    Cells("Mon 05/02/2024", _dated(lambda d: d.strftime("%a %d/%m/%Y")), may=EITHER),
    Cells("05/02/24", _dated(lambda d: d.strftime("%d/%m/%y"))),
    Cells("20240205", _dated(lambda d: d.strftime("%Y%m%d"))),
    Cells("20240205 as a number", _dated(lambda d: int(d.strftime("%Y%m%d"))), forms=(XLSX,)),
    Cells("2024/02/05", _dated(lambda d: d.strftime("%Y/%m/%d"))),
    Cells("05/02/2024 00:00:00", _dated(lambda d: d.strftime("%d/%m/%Y 00:00:00"))),
    Cells("2024-02-05T00:00:00", _dated(lambda d: d.strftime("%Y-%m-%dT00:00:00"))),
    Cells("2024-02-05 00:00:00.000", _dated(lambda d: d.strftime("%Y-%m-%d 00:00:00.000"))),
    Cells("2024-02-05T09:30:00+00:00", _dated(lambda d: d.strftime("%Y-%m-%dT09:30:00+00:00"))),
    Cells("2024-02-05T09:30:00.0000000", _dated(lambda d: d.strftime("%Y-%m-%dT09:30:00.0000000"))),
    Cells("midnight of summer time in UTC", _dated(lambda d: _midnight_utc(d))),
    Cells("Feb  5 2024 12:00AM", _dated(lambda d: f"{d:%b} {d.day:2d} {d:%Y} 12:00AM")),
    Cells("a day number", _dated(_serial)),
    Cells("a day number with a fraction", _dated(lambda d: _serial(d) + 0.4375)),
    Cells("a day number as text", _dated(lambda d: str(_serial(d)))),
    Cells("a day number and .0", _dated(lambda d: f"{_serial(d)}.0")),
    Cells("a time of day in the cell", _dated(lambda d: datetime(d.year, d.month, d.day, 14, 5)), forms=(XLSX,)),
    Cells("no-break spaces around", _dated(lambda d: f"\u00a0{d:%d/%m/%Y}\u00a0")),
    Cells("an apostrophe before", _dated(lambda d: f"'{d:%d/%m/%Y}")),
    Cells("a full stop after", _dated(lambda d: f"{d:%d/%m/%Y}."), may=EITHER),
    Cells("month first", _dated(lambda d: d.strftime("%m/%d/%Y")), may=EITHER),
    Cells("opened in an American Excel", _dated(_opened_american), forms=(XLSX,)),
    Cells("both orders in one column", lambda c, r: c.strftime("%d/%m/%Y" if r % 2 else "%m/%d/%Y") if c else c, may=EITHER, forms=(CSV,)),
    Cells("seconds since 1970", _dated(lambda d: int((d - date(1970, 1, 1)).total_seconds())), may=EITHER),
    Cells("a week of the year", _dated(lambda d: f"{d.isocalendar()[0]}-W{d.isocalendar()[1]:02d}"), may=EITHER),
    Cells("a month alone", _dated(lambda d: d.strftime("%B %Y")), may=EITHER),
    Cells("31 February in every ninth row", _some(9, lambda c, r: "31/02/2024" if c else c), may=EITHER),
    Cells("a year of the wrong century in every ninth row", _some(9, lambda c, r: c.replace(year=c.year - 100) if c else c), may=EITHER),
    Cells("a year to come in every ninth row", _some(9, lambda c, r: c.replace(year=c.year + 3) if c else c), may=EITHER),
    Cells("#REF! in every ninth row", _some(9, lambda c, r: "#REF!"), may=EITHER),
    Cells("#N/A in every ninth row", _some(9, lambda c, r: "#N/A" if c else c), may=EITHER),
    Cells("words in every ninth row", _some(9, lambda c, r: "see notes" if c else c), may=EITHER),
    Cells("NULL where blank", lambda c, r: c if c else "NULL"),
    Cells("31/12/9999 where blank", lambda c, r: c if c else "31/12/9999"),
    Cells("01/01/1900 where blank", lambda c, r: c if c else "01/01/1900"),
    Cells("0 where blank", lambda c, r: c if c else 0, forms=(XLSX,)),
    Cells("00/01/1900 where blank", lambda c, r: c if c else "00/01/1900"),
    Cells("nan where blank", lambda c, r: c if c else "nan"),
    Cells("NaT where blank", lambda c, r: c if c else "NaT"),
)  # fmt: skip


def _midnight_utc(day: date) -> str:
    summer = date(2023, 3, 26) <= day < date(2023, 10, 29) or date(2022, 3, 27) <= day < date(2022, 10, 30)
    summer |= date(2024, 3, 31) < day
    return f"{day - timedelta(days=1)}T23:00:00Z" if summer else f"{day}T00:00:00Z"


CODE_COLUMNS = (
    (3, "Referral Source"), (3, "Referral NFA?"), (4, "Was the child assessed as requiring LA children's social care support?"),
    (6, "Primary Need Code"), (7, "Latest Category of Abuse"), (7, "Initial Category of Abuse"), (8, "Placement Provider"),
    (1, "Contact Source"), (9, "LA in Touch"), (9, "Suitability of Accommodation"),
)  # fmt: skip


def _code(way: Callable[[str], Any]) -> Change:
    return lambda cell, row: way(cell) if cell else cell


CODES = (
    Cells("in capitals", _code(str.upper)),
    Cells("in small letters", _code(str.lower)),
    Cells("without the letter", _code(lambda t: t.partition(") ")[2] or t)),
    Cells("without the space after the letter", _code(lambda t: t.replace(") ", ")"))),
    Cells("spaces around", _code(lambda t: f" {t}  ")),
    Cells("dashes for colons", _code(lambda t: t.replace(": ", " \u2013 "))),
    Cells("no-break spaces", _code(lambda t: t.replace(" ", "\u00a0"))),
    Cells("a full stop after", _code(lambda t: f"{t}."), may=EITHER),
    Cells("blank in every fifth row", _some(5, lambda c, r: ""), may=EITHER),
    Cells("a word that is none in every fifth row", _some(5, lambda c, r: "Dragon"), may=EITHER, told="Dragon"),
    Cells("#REF! in every fifth row", _some(5, lambda c, r: "#REF!"), may=EITHER),
    Cells("NULL in every fifth row", _some(5, lambda c, r: "NULL"), may=EITHER),
    Cells("the code of a later year", _some(7, lambda c, r: "z) 99Z: New"), may=EITHER, told="99Z"),
)  # fmt: skip

STAFF = (
    Cells("mixed case", lambda c, r: (str(c).upper(), str(c).lower(), c)[r // 3 % 3]),
    Cells("spaces around", lambda c, r: f" {c} " if r % 2 else c),
    Cells("two spaces inside", lambda c, r: c),
    Cells("blank in every fourth row", _some(4, lambda c, r: ""), may=EITHER),
    Cells("a different word for none", _some(4, lambda c, r: "Not known"), may=EITHER),
    Cells("people for teams", lambda c, r: f"Person {r}", may=EITHER, told="teams, not people|changed places"),
    Cells("#REF! in every fourth row", _some(4, lambda c, r: "#REF!"), may=EITHER),
)  # fmt: skip

BIRTHS = (
    Cells("no birth dates", lambda c, r: ""),
    Cells("a birth date to come in every ninth row", _some(9, lambda c, r: date(2031, 5, 1))),
    Cells("born in 1912", _some(9, lambda c, r: c.replace(year=1912))),
    Cells("unborn children, due in June", _some(9, lambda c, r: date(2024, 6, 20))),
    Cells("every birth date the first of January 1900", lambda c, r: date(1900, 1, 1)),
    Cells("two dates of birth for some", _some(5, lambda c, r: c + timedelta(days=31))),
    Cells("day and month exchanged where they can be", lambda c, r: date(c.year, c.day, c.month) if c.day <= 12 else c),
)  # fmt: skip
