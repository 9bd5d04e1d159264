"""Several extracts of one authority: what successive files do to each other, and what date each is of."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.campaign import authority, writing
from tests.campaign.annex_cells import EITHER, ID, NOTHING, SAID
from tests.campaign.authority import AS_AT, OPEN, Lists
from tests.campaign.case import Case
from tests.campaign.writing import CSV, XLSX

MIDDLE = date(2023, 12, 31)
KEPT = (1, 3, 4, 5, 6, 7, 8)
FLOWS = {1: "Date of Contact", 3: "Date of referral", 5: "Strategy discussion initiating Section 47 Enquiry Start Date"}
PERIODS = {number: (start, end) for number, start, end in OPEN.values()} | {
    4: ("Continuous Assessment Start Date", "Continuous Assessment Date of Authorisation")
}
OUTCOMES = {6: ("Reason for Closure",), 8: ("Reason Ceased to be Looked After",), 4: (), 7: ()}


def cases() -> Iterator[Case]:
    """Every pair of extracts, and every extract whose date must be found."""
    for form in (XLSX, CSV):
        for name, make, may, told in PAIRS:
            yield Case("several extracts", name, form, _into(make, form), writing.read, _right_of_year, _faultless(form), may, told)
        for name, file, may, told in DATED:
            yield Case("as-at date", name, form, _named(file, form), writing.read, _right, _faultless(form), may, told)


def _right() -> authority.Figures:
    return authority.truth(authority.made().only(*KEPT))


def _right_of_year() -> authority.Figures:
    return authority.truth(authority.made(authority.YEAR).only(*KEPT))


def _faultless(form: str) -> Callable[[Path], Path]:
    return writing.FAULTLESS[form]


def seen_on(day: date, since: date) -> Lists:
    """The lists as they would be drawn on a day: what had happened since another, what was open, nothing of what came after."""
    lists = authority.made(authority.YEAR).only(*KEPT)
    for number, title in FLOWS.items():
        place = lists.place(number, title)
        lists.rows[number] = [lists.header(number), *(row for row in lists.body(number) if since <= row[place] <= day)]
    for number, (start, end) in PERIODS.items():
        first, last = lists.place(number, start), lists.place(number, end)
        rows = [row for row in lists.body(number) if row[first] <= day and (not row[last] or row[last] >= since)]
        for row in rows:
            if row[last] and row[last] > day:
                row[last] = ""
                for title in OUTCOMES[number]:
                    row[lists.place(number, title)] = ""
        lists.rows[number] = [lists.header(number), *rows]
    held = lists.place(5, "Date of Initial Child Protection Conference")
    for row in lists.body(5):
        if row[held] and row[held] > day:
            row[held] = row[held + 1] = ""
    return lists


def early() -> Lists:
    return seen_on(MIDDLE, date(2023, 7, 1))


def late(since: date = date(2023, 10, 1)) -> Lists:
    return seen_on(AS_AT, since)


def _touching() -> Lists:
    """A second extract that begins the day after the first one's end."""
    return late(date(2024, 1, 1))


Pair = Callable[[], list[tuple[str, Lists]]]


def _into(make: Pair, form: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name, lists in make():
            writing.write(lists, folder / "editions", form, name)
        return folder / "editions"

    return write


def _pair(second: Callable[[], Lists], first: Callable[[], Lists] = early) -> Pair:
    return lambda: [("annex_a_2023-12-31", first()), ("annex_a_2024-03-31", second())]


def _ids(lists: Lists, way: Callable[[str], Any], *numbers: int) -> Lists:
    for number in numbers or lists.rows:
        lists.change(number, ID, lambda cell, row: way(cell))
    return lists


def _cut(lists: Lists, number: int, keep: Callable[[list[Any]], bool]) -> Lists:
    lists.rows[number] = [lists.header(number), *(row for row in lists.body(number) if keep(row))]
    return lists


def _open_only(lists: Lists, number: int) -> Lists:
    place = lists.place(number, PERIODS[number][1])
    return _cut(lists, number, lambda row: not row[place])


def _later_starts(lists: Lists) -> Lists:
    """The starts of a tenth of the cases that were open before the extract, put right by two days."""
    place = lists.place(6, "CIN Start Date")
    for at, row in enumerate(lists.body(6)):
        if at % 10 == 0 and row[place] < date(2023, 12, 20) and row[place].day < 26:
            row[place] += timedelta(days=2)
    return lists


def _without(lists: Lists, *numbers: int) -> Lists:
    return lists.only(*(number for number in lists.rows if number not in numbers))


def _emptied(lists: Lists, number: int) -> Lists:
    lists.rows[number] = lists.rows[number][:1]
    return lists


def _teams(lists: Lists, way: Callable[[str], str]) -> Lists:
    for number in (3, 4, 5, 6, 7, 8):
        lists.change(number, "Allocated Team", lambda cell, row: way(cell))
    return lists


PAIRS: tuple[tuple[str, Pair, frozenset[str], str], ...] = (
    ("overlapping", _pair(late), NOTHING, ""),
    ("back to back", _pair(_touching), NOTHING, ""),
    ("the same extract twice", lambda: [("annex_a_2024-03-31", late()), ("annex_a_31 March 2024 copy", late())], NOTHING, ""),
    ("the newer named first", lambda: [("a 2024-03-31", late()), ("b 2023-12-31", early())], NOTHING, ""),
    ("all ids changed, back to back", _pair(lambda: _ids(_touching(), lambda t: f"P{int(t) * 7 % 900_001}")), EITHER, "[Ii]ds|id"),
    ("all ids changed, overlapping", _pair(lambda: _ids(late(), lambda t: f"P{int(t) * 7 % 900_001}")), EITHER, "[Ii]ds|id"),
    ("noughts before the ids of the second", _pair(lambda: _ids(_touching(), lambda t: f"00{t}")), NOTHING, ""),
    ("noughts before the ids of the first", _pair(_touching, lambda: _ids(early(), lambda t: f"0{t}")), NOTHING, ""),
    (".0 after the ids of the second", _pair(lambda: _ids(_touching(), lambda t: f"{t}.0")), NOTHING, ""),
    ("starts put right by two days, back to back", _pair(lambda: _later_starts(_touching())), EITHER, ""),
    ("open cases only in list 6 of the second", _pair(lambda: _open_only(late(), 6)), EITHER, "not in|open cases only"),
    ("open cases only in list 8 of the second", _pair(lambda: _open_only(late(), 8)), EITHER, ""),
    ("a tenth of list 6 in the second", _pair(lambda: _cut(late(), 6, lambda row: int(row[0]) % 10 == 0)), EITHER, "not in"),
    ("one team's referrals in the second", _pair(lambda: _cut(late(), 3, lambda row: row[-2] == "North")), EITHER, ""),
    ("list 7 left out of the second", _pair(lambda: _without(late(), 7)), EITHER, "no list of cp plan"),
    ("list 3 empty in the second", _pair(lambda: _emptied(late(), 3)), EITHER, "empty"),
    ("teams in capitals in the second", _pair(lambda: _teams(late(), str.upper)), NOTHING, ""),
    ("teams renamed in the second", _pair(lambda: _teams(late(), lambda t: t)), NOTHING, ""),
    ("the second without its teams", _pair(lambda: _teams(late(), lambda t: "")), EITHER, ""),
    ("both of one date and unlike", lambda: [("a 2024-03-31", late()), ("b 2024-03-31", _cut(late(), 3, lambda row: int(row[0]) % 2))], EITHER, ""),
    ("the second dated as the first", lambda: [("a 2023-12-31", early()), ("b 2023-12-31", late())], EITHER, ""),
)  # fmt: skip


def _named(file: str, form: str) -> Callable[[Path], Path]:
    return lambda folder: writing.write(authority.made().only(*KEPT), folder, form, file)


DATED: tuple[tuple[str, str, frozenset[str], str], ...] = (
    ("none in the name", "extract", SAID, "as-at|latest"),
    ("a month in words", "Annex A March 2024", NOTHING, ""),
    ("day first", "annex a 31-03-2024", NOTHING, ""),
    ("without hyphens", "annexa_20240331", NOTHING, ""),
    ("year and month", "annex_a_2024-03", NOTHING, ""),
    ("with full stops", "annex a 31.03.2024", NOTHING, ""),
    ("in words, with th", "annex a 31st March 2024", NOTHING, ""),
    ("a short month", "annex_a_31Mar2024", NOTHING, ""),
    ("two digits of the year", "annex a 31-03-24", SAID, ""),
    ("the day it was run, not the day it is of", "annex_a_2024-04-05", SAID, ""),
    ("a date a year early", "annex_a_2023-03-31", EITHER, ""),
    ("a date a year late", "annex_a_2025-03-31", EITHER, "stop"),
    ("a date three months late", "annex_a_2024-06-30", EITHER, "stop"),
    ("a version number", "annex_a_v2.1", SAID, "as-at|latest"),
    ("a month that does not exist", "annex_a_2024-13-31", SAID, ""),
    ("two dates", "annex_a_2023-10-01_2024-03-31", EITHER, ""),
    ("a period", "annex a Oct 2023 - Mar 2024", EITHER, ""),
)  # fmt: skip
