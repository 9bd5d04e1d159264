"""A small authority whose figures are known: six months of Annex A made row by row, and every figure counted from the rows in plain Python.

Nothing of cfanalysis is used here, so that what its readers make of a file can be held against what was put into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.unit.sources.conftest import HEADERS

AS_AT = date(2024, 3, 31)
MONTHS = ((2023, 10), (2023, 11), (2023, 12), (2024, 1), (2024, 2), (2024, 3))
YEAR = (*((2023, month) for month in range(4, 10)), *MONTHS)
FIRST, LAST = "2023-10", "2024-03"
BORN = date(2012, 5, 1)
TEAMS = ("North", "East", "South")
SOURCES = ("q) 6: Police", "e) 2A: Schools", "f) 2B: Education services", "k) 3E: Health services - A&E")
NEEDS = ("N1 - Abuse or neglect", "N5 - Family dysfunction")
ABUSE = ("a) Neglect", "d) Emotional abuse")
REFERRALS, CONTACTS, ENQUIRIES = 14, 20, 4
LONG_OPEN, PLANS, IN_CARE, LEAVERS = 24, 12, 12, 15

Cell = Any
Rows = list[list[Cell]]
Figures = dict[str, float]


@dataclass
class Lists:
    """Annex A as it is about to be written: rows by list number, the header first; ``titles`` are the names of sheets or files."""

    rows: dict[int, Rows]
    titles: dict[int, str] = field(default_factory=dict)

    def header(self, number: int) -> list[Cell]:
        return self.rows[number][0]

    def body(self, number: int) -> Rows:
        return self.rows[number][1:]

    def place(self, number: int, title: str) -> int:
        return self.rows[number][0].index(title)

    def change(self, number: int, title: str, change: Callable[[Cell, int], Cell]) -> None:
        """Every cell of a column changed; ``change`` is given the cell and the row's number from 0."""
        place = self.place(number, title)
        for row_number, row in enumerate(self.body(number)):
            row[place] = change(row[place], row_number)

    def only(self, *numbers: int) -> Lists:
        """The same with some lists alone."""
        return Lists({number: self.rows[number] for number in sorted(set(numbers))}, self.titles)

    def column(self, number: int, title: str) -> list[Cell]:
        place = self.place(number, title)
        return [row[place] for row in self.body(number)]


def made(months: tuple[tuple[int, int], ...] = MONTHS) -> Lists:
    """The lists, anew each time: changing them changes nobody else's. ``months``: what happened in these, the last six among them."""
    return deepcopy(_made(months))


@cache
def _made(months: tuple[tuple[int, int], ...]) -> Lists:
    rows: dict[int, Rows] = {number: [list(header)] for number, header in HEADERS.items()}
    for number, (year, month) in enumerate(months, start=len(MONTHS) - len(months)):
        _front_door(rows, year, month, number)
        _protection(rows, year, month, number)
        _care(rows, year, month, number)
    _long_open(rows)
    return Lists({number: rows[number] for number in (1, 3, 4, 5, 6, 7, 8, 9)})


def _child(number: int) -> list[Cell]:
    born = BORN + timedelta(days=37 * (number % 90))
    return [str(200_000 + number), "b) Female", "a) WBRI", born, _age(born)]


def _age(born: date) -> int:
    return AS_AT.year - born.year - ((AS_AT.month, AS_AT.day) < (born.month, born.day))


def _staff(number: int) -> list[Cell]:
    return [TEAMS[number % len(TEAMS)], f"Worker {number % 11}"]


def _front_door(rows: dict[int, Rows], year: int, month: int, place: int) -> None:
    for i in range(CONTACTS):
        number, day = place * CONTACTS + i, date(year, month, 1 + (i * 4) % 28)
        rows[1].append([*_child(number), day, SOURCES[i % 4]])
        if i >= REFERRALS:
            continue
        nfa = i % 5 == 4
        rows[3].append([*_child(number), day, SOURCES[i % 4], "a) Yes" if nfa else "b) No", 1, *_staff(i)])
        if nfa:
            continue
        start, done = day + timedelta(days=1), day + timedelta(days=21)
        finished = done if done <= AS_AT and i % 3 else ""
        rows[4].append(
            [*_child(number), "b) No", start, "a) Yes" if i % 4 else "b) No", finished, "a) Yes" if finished else "", *_staff(i)]
        )
        closed = day + timedelta(days=40) if i % 2 and day + timedelta(days=40) <= AS_AT else ""
        reason = "RC7" if closed else ""
        rows[6].append(
            [*_child(number), "b) No", day, NEEDS[i % 2], "", closed, reason, "c) Child in need plan", *_staff(i)]
        )  # fmt: skip


def _protection(rows: dict[int, Rows], year: int, month: int, place: int) -> None:
    for i in range(ENQUIRIES):
        number, day = place * CONTACTS + i, date(year, month, 2 + 5 * i)
        held = day + timedelta(days=9) if i % 2 == 0 else ""
        rows[5].append(
            [*_child(number), "b) No", day, "b) No" if held else "a) Yes", held, "a) Yes" if held else "", 1, 1 if held else 0, *_staff(i)]
        )
        if held:
            ended = held + timedelta(days=95) if held + timedelta(days=95) <= AS_AT else ""
            rows[7].append([*_child(number), "b) No", held, ABUSE[i // 2], ABUSE[i // 2], ended, i // 2, *_staff(i)])


def _care(rows: dict[int, Rows], year: int, month: int, place: int) -> None:
    number, day = place * CONTACTS + 3, date(year, month, 17)
    rows[8].append([*_child(number), "b) No", day, NEEDS[0], "", "", "U4", "b) PR1: Own provision", *_staff(number)])


def _long_open(rows: dict[int, Rows]) -> None:
    for i in range(LONG_OPEN):
        start, closed = date(2022, 1 + i % 12, 15), date(2024, 1, 16) if i % 6 == 0 else ""
        child, staff = _child(1000 + i), _staff(i)
        rows[6].append([*child, "b) No", start, NEEDS[i % 2], "", closed, "RC7" if closed else "", "c) Child in need plan", *staff])
        if i < PLANS:
            ended = date(2023, 12, 14) if i % 4 == 0 else ""
            rows[7].append([*child, "b) No", start + timedelta(days=40), ABUSE[i % 2], ABUSE[i % 2], ended, 0, *staff])
        if i < IN_CARE:
            ceased = date(2024, 2, 13) if i % 4 == 1 else ""
            rows[8].append(
                [*child, "b) No", start + timedelta(days=60), NEEDS[i % 2], ceased, "E4A" if ceased else "", "U4", _provider(i), *staff]
            )
    for i in range(LEAVERS):
        born = date(2004, 5, 1) + timedelta(days=i)
        child = [str(202_000 + i), "a) Male", "a) WBRI", born, _age(born)]
        suitable = "a) Suitable" if i % 5 else "b) Unsuitable"
        rows[9].append([*child, "b) No", *_staff(i), "Former relevant", "a) Yes" if i % 3 else "b) No", "U", suitable, "F1"])


def _provider(number: int) -> str:
    return ("b) PR1: Own provision", "e) PR4: Private provision")[number % 2]


COUNTED = {
    "contacts": (1, "Date of Contact"),
    "referrals": (3, "Date of referral"),
    "assessments_completed": (4, "Continuous Assessment Date of Authorisation"),
    "s47_started": (5, "Strategy discussion initiating Section 47 Enquiry Start Date"),
    "icpcs": (5, "Date of Initial Child Protection Conference"),
    "cin_started": (6, "CIN Start Date"),
    "cin_ended": (6, "CIN Closure Date"),
    "cp_started": (7, "Child Protection Plan Start Date"),
    "cp_ended": (7, "Child Protection Plan End Date"),
    "cla_started": (8, "Date Started to be Looked After"),
    "cla_ended": (8, "Date Ceased to be Looked After"),
}
"""Indicators that count the dates of a column by month."""

OPEN = {
    "cin_open": (6, "CIN Start Date", "CIN Closure Date"),
    "cp_open": (7, "Child Protection Plan Start Date", "Child Protection Plan End Date"),
    "cla_open": (8, "Date Started to be Looked After", "Date Ceased to be Looked After"),
}
DATE_COLUMNS = (*dict.fromkeys(COUNTED.values()), (4, "Continuous Assessment Start Date"))


def truth(lists: Lists) -> Figures:
    """Every figure of a month, counted from the rows: ``referrals 2024-01``; and by source and team."""
    found: Figures = {}
    for name, (number, title) in COUNTED.items():
        if number in lists.rows:
            dates = [cell for cell in lists.column(number, title) if cell]
            found |= {f"{name} {_label(m)}": sum((d.year, d.month) == m for d in dates) for m in MONTHS}
    for name, (number, start, end) in OPEN.items():
        if number in lists.rows:
            spans = list(zip(lists.column(number, start), lists.column(number, end), strict=True))
            found |= {f"{name} {_label(m)}": sum(a <= _end(m) and (not b or b > _end(m)) for a, b in spans) for m in MONTHS}
    if 3 in lists.rows:
        found |= _of_referrals(lists)
    if 6 in lists.rows:
        found |= _by_team(lists)
    return found


def _of_referrals(lists: Lists) -> Figures:
    found: Figures = {}
    rows = list(zip(*(lists.column(3, name) for name in ("Date of referral", "Referral Source", "Referral NFA?")), strict=True))
    for m in MONTHS:
        own = [(source, nfa) for day, source, nfa in rows if (day.year, day.month) == m]
        found[f"referrals_nfa {_label(m)}"] = _share(nfa == "a) Yes" for _, nfa in own)
        found[f"referrals source: Police {_label(m)}"] = sum(source == SOURCES[0] for source, _ in own)
    if 1 in lists.rows:
        referred = dict(zip(lists.column(3, "Child Unique ID"), lists.column(3, "Date of referral"), strict=True))
        contacts = list(zip(lists.column(1, "Child Unique ID"), lists.column(1, "Date of Contact"), strict=True))
        for m in MONTHS[:-1]:  # those of the last month may yet be followed by one
            own = [child for child, day in contacts if (day.year, day.month) == m]
            found[f"contacts_to_referral {_label(m)}"] = _share(child in referred for child in own)
    return found


def _by_team(lists: Lists) -> Figures:
    titles = ("CIN Start Date", "CIN Closure Date", "Allocated Team")
    spans = list(zip(*(lists.column(6, title) for title in titles), strict=True))
    return {
        f"cin_open team: {team} {LAST}": sum(own == team and start <= AS_AT and (not end or end > AS_AT) for start, end, own in spans)
        for team in TEAMS
    }


def _share(yes: Iterable[bool]) -> float:
    told = list(yes)
    return 100 * sum(told) / len(told)


def _label(month: tuple[int, int]) -> str:
    return f"{month[0]}-{month[1]:02d}"


def _end(month: tuple[int, int]) -> date:
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
