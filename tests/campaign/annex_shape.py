"""Annex A of odd shape: headers, sheets, rows, and the text of CSV files."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.campaign import authority, writing
from tests.campaign.annex_cells import EITHER, ERROR, ID, NOTHING, SAID
from tests.campaign.authority import AS_AT, Lists, Rows
from tests.campaign.case import Case
from tests.campaign.writing import CSV, XLSX

LISTS = (1, 3, 6, 7)
OWN_DATE = {1: "Date of Contact", 3: "Date of referral", 6: "CIN Start Date", 7: "Child Protection Plan Start Date"}
BOTH = (XLSX, CSV)


@dataclass(frozen=True)
class Shape:
    """What becomes of the rows of a list, its header first; and which outcomes are as wanted."""

    name: str
    change: Callable[[Rows, int], Rows]
    may: frozenset[str] = NOTHING
    told: str = ""
    forms: tuple[str, ...] = BOTH


def cases(seed: int = 13) -> Iterator[Case]:
    """Every case of odd shape, on two lists each, and of odd text, on two."""
    chosen = random.Random(seed)
    for kind, shapes in (("headers", HEADERS), ("rows", ROWS)):
        for shape in shapes:
            for number in chosen.sample([each for each in LISTS if (shape.name, each) not in UNTOLD], 3):
                yield _shaped(kind, shape, number, chosen.choice(shape.forms))
    for shape in TEXTS:
        for number in chosen.sample(LISTS, 2):
            yield _texted(shape, number)
    for name, titles, may in TITLES:
        for form in BOTH:
            yield _titled(name, titles, may, form)


def _right(*numbers: int) -> Callable[[], authority.Figures]:
    return lambda: authority.truth(authority.made().only(*numbers))


def _shaped(kind: str, shape: Shape, number: int, form: str) -> Case:
    kept = (1, 3, 5, 6, number)

    def make(folder: Path) -> Path:
        lists = authority.made().only(*kept)
        lists.rows[number] = shape.change(lists.rows[number], number)
        return writing.write(lists, folder, form)

    faultless = writing.FAULTLESS[form]
    return Case(kind, f"{shape.name}, list {number}", form, make, writing.read, _right(*kept), faultless, shape.may, shape.told)


def _insert(rows: Rows, place: int, *new: list[object]) -> Rows:
    return [*rows[:place], *new, *rows[place:]]


def _renamed(change: Callable[[str], str]) -> Callable[[Rows, int], Rows]:
    return lambda rows, number: [[change(title) for title in rows[0]], *rows[1:]]


def _date_column(rows: Rows, number: int) -> int:
    return rows[0].index(OWN_DATE[number])


def _headed(title: str | None) -> Callable[[Rows, int], Rows]:
    """The list's own date column under another header; without it where None."""

    def change(rows: Rows, number: int) -> Rows:
        place = _date_column(rows, number)
        if title is None:
            return [[cell for at, cell in enumerate(row) if at != place] for row in rows]
        return [[title if at == place else cell for at, cell in enumerate(rows[0])], *rows[1:]]

    return change


def _without(title: str) -> Callable[[Rows, int], Rows]:
    def change(rows: Rows, number: int) -> Rows:
        place = rows[0].index(title) if title in rows[0] else -1
        return [[cell for at, cell in enumerate(row) if at != place] for row in rows]

    return change


def _twice(same: bool) -> Callable[[Rows, int], Rows]:
    def change(rows: Rows, number: int) -> Rows:
        place = _date_column(rows, number)
        return [[*rows[0], rows[0][place]], *([*row, row[place] if same else date(2024, 1, 1 + n % 28)] for n, row in enumerate(rows[1:]))]

    return change


HEADERS = (
    Shape("in capitals", _renamed(str.upper)),
    Shape("in small letters", _renamed(str.lower)),
    Shape("spaces around", _renamed(lambda t: f"  {t} ")),
    Shape("line breaks inside", _renamed(lambda t: t.replace(" ", "\n"))),
    Shape("underscores for spaces", _renamed(lambda t: t.replace(" ", "_"))),
    Shape("no spaces", _renamed(lambda t: t.title().replace(" ", ""))),
    Shape("no-break spaces", _renamed(lambda t: t.replace(" ", "\u00a0"))),
    Shape("asterisks after", _renamed(lambda t: f"{t}*")),
    Shape("numbered", lambda rows, n: [[f"{at}. {title}" for at, title in enumerate(rows[0], start=1)], *rows[1:]]),
    Shape("a byte order mark before the first", lambda rows, n: [["\ufeff" + rows[0][0], *rows[0][1:]], *rows[1:]]),
    Shape("misspelt", _renamed(lambda t: t.replace("Unique", "Uniqe").replace("Start", "Satrt")), may=SAID),
    Shape("columns in reverse", lambda rows, n: [row[::-1] for row in rows]),
    Shape("columns shuffled", lambda rows, n: _shuffled(rows)),
    Shape("a column of notes before all", lambda rows, n: [["Notes", *rows[0]], *(["seen", *row] for row in rows[1:])]),
    Shape("a blank column before all", lambda rows, n: [["", *row] for row in rows]),
    Shape("three blank columns after", lambda rows, n: [[*row, "", "", ""] for row in rows]),
    Shape("columns of our own after", lambda rows, n: [[*rows[0], "Ward", "Postcode sector"], *([*row, "W1", "SO1"] for row in rows[1:])]),
    Shape("Sex for Gender", _renamed(lambda t: "Sex" if t == "Gender" else t)),
    Shape("titles above", lambda rows, n: [["Annex A"], [], ["Child-level data", "", "as sent"], *rows]),
    Shape("many titles above", lambda rows, n: [*([f"Note {i}"] for i in range(25)), *rows]),
    Shape("sixty lines above", lambda rows, n: [*([f"Note {i}"] for i in range(60)), *rows], may=ERROR),
    Shape("a line of groups above", lambda rows, n: [["Child", "", "", "", "", "Event"], *rows]),
    Shape("a line of numbers below", lambda rows, n: _insert(rows, 1, list(range(1, len(rows[0]) + 1))), may=SAID),
    Shape("a line of advice below", lambda rows, n: _insert(rows, 1, ["Unique id of the child", "see list", "see list", "dd/mm/yyyy"]), may=SAID),
    Shape("two header rows", lambda rows, n: _insert(rows, 1, list(rows[0]))),
    Shape("the date column called Date", _headed("Date"), may=ERROR),
    Shape("the date column called something else", _headed("When it was"), may=ERROR),
    Shape("no date column", _headed(None), may=ERROR),
    Shape("no id column", _without(ID), may=ERROR),
    Shape("no team column", _without("Allocated Team"), may=SAID, told="no such column"),
    Shape("no source column", _without("Referral Source"), may=SAID, told="no such column"),
    Shape("no birth date column", _without("Date of Birth"), may=SAID),
    Shape("the date column twice, alike", _twice(same=True)),
    Shape("the date column twice, unlike", _twice(same=False), may=ERROR),
    Shape("no header row", lambda rows, n: rows[1:], may=ERROR),
    Shape("headers only", lambda rows, n: rows[:1], may=SAID, told="empty list"),
    Shape("nothing at all", lambda rows, n: [], may=EITHER, told="empty"),
    Shape("one header short", lambda rows, n: [rows[0][1:], *rows[1:]], may=ERROR),
    Shape("one header too many", lambda rows, n: [[rows[0][0], "Case note", *rows[0][1:]], *rows[1:]], may=EITHER),
    Shape("the header in the middle", lambda rows, n: [*rows[1:30], rows[0], *rows[30:]], may=EITHER),
)  # fmt: skip


def _shuffled(rows: Rows) -> Rows:
    order = list(range(len(rows[0])))
    random.Random(3).shuffle(order)
    return [[row[place] for place in order] for row in rows]


def _hole(rows: Rows, number: int) -> Rows:
    place = _date_column(rows, number)
    return [row for at, row in enumerate(rows) if not at or (row[place].year, row[place].month) != (2023, 12)]


def _cut_short(days: int) -> Callable[[Rows, int], Rows]:
    def change(rows: Rows, number: int) -> Rows:
        place = _date_column(rows, number)
        return [row for at, row in enumerate(rows) if not at or (AS_AT - row[place]).days > days]

    return change


def _other(rows: Rows, title: str, value: str, every: int) -> Rows:
    """Some rows again with one cell otherwise."""
    if title not in rows[0]:
        return rows
    place = rows[0].index(title)
    return [*rows, *([value if at == place else cell for at, cell in enumerate(row)] for row in rows[1::every])]


ROWS = (
    Shape("every row twice", lambda rows, n: [*rows, *rows[1:]]),
    Shape("a quarter of the rows again", lambda rows, n: [*rows, *rows[1::4]]),
    Shape("rows again with another worker", lambda rows, n: _other(rows, "Allocated Worker", "Another", 3), may=SAID),
    Shape("rows again with another team", lambda rows, n: _other(rows, "Allocated Team", "West", 3), may=SAID),
    Shape("rows again with another ethnicity", lambda rows, n: _other(rows, "Ethnicity", "b) MWBC", 3)),
    Shape("rows in reverse", lambda rows, n: [rows[0], *rows[:0:-1]]),
    Shape("blank rows between", lambda rows, n: [cells for row in rows for cells in (row, [])]),
    Shape("rows of spaces between", lambda rows, n: [cells for row in rows for cells in (row, [" "] * 3)]),
    Shape("a hundred blank rows at the end", lambda rows, n: [*rows, *([""] * len(rows[0]) for _ in range(100))]),
    Shape("a row of totals", lambda rows, n: [*rows, ["Total", "", "", "", len(rows) - 1]]),
    Shape("a grand total after a gap", lambda rows, n: [*rows, [], ["Grand Total", len(rows) - 1]]),
    Shape("a row count below", lambda rows, n: [*rows, [], [f"{len(rows) - 1} rows selected"]], may=SAID),
    Shape("a line of who made it", lambda rows, n: [*rows, [], ["Source: case system, run on 02/04/2024 by J Smith"]], may=SAID),
    Shape("headers repeated every thirty rows", lambda rows, n: [c for at, row in enumerate(rows) for c in ([rows[0], row] if at and at % 30 == 0 else [row])]),
    Shape("subtotals by team", lambda rows, n: [c for at, row in enumerate(rows) for c in ([["Subtotal", at], row] if at and at % 40 == 0 else [row])]),
    Shape("ids in the first of each five rows", lambda rows, n: [r if at % 5 == 1 or not at else ["", *r[1:]] for at, r in enumerate(rows)], may=ERROR),
    Shape("shifted right from the twentieth row", lambda rows, n: [r if at < 20 else ["", *r] for at, r in enumerate(rows)], may=ERROR),
    Shape("every tenth row shifted left", lambda rows, n: [r[1:] if at and at % 10 == 0 else r for at, r in enumerate(rows)], may=EITHER),
    Shape("every row a cell too long", lambda rows, n: [rows[0], *([*row[:4], "x", *row[4:]] for row in rows[1:])], may=ERROR),
    Shape("a note right of every seventh row", lambda rows, n: [[*r, "check with North"] if at and at % 7 == 0 else r for at, r in enumerate(rows)], may=SAID),
    Shape("rows without their last cells", lambda rows, n: [rows[0], *(row[:-1] for row in rows[1:])]),
    Shape("December without a row", _hole, may=EITHER, told="cover|no \\w+ in"),
    Shape("the last five weeks cut off", _cut_short(35), may=EITHER),
    Shape("the first half only", lambda rows, n: rows[: len(rows) // 2], may=EITHER),
    Shape("one row only", lambda rows, n: rows[:2], may=EITHER),
    Shape("a filter left on: one team", lambda rows, n: [r for at, r in enumerate(rows) if not at or r[-2] != "North"], may=EITHER),
)  # fmt: skip
UNTOLD = frozenset([("the last five weeks cut off", 7), ("the first half only", 7), ("one row only", 7), ("a filter left on: one team", 1)])
"""Traits of a list that leave no trace in the files (tests/campaign/untold.py says why)."""


@dataclass(frozen=True)
class Text:
    """What becomes of the text of a CSV list."""

    name: str
    change: Callable[[str], str | bytes]
    may: frozenset[str] = NOTHING
    told: str = ""


def _texted(shape: Text, number: int) -> Case:
    kept = (1, 3, 6, number)

    def make(folder: Path) -> Path:
        return writing.write_folder(authority.made().only(*kept), folder, change=shape.change)

    faultless = writing.faultless_folder
    return Case(
        "text", f"{shape.name}, with list {number}", CSV, make, writing.read, _right(*kept), faultless, shape.may, shape.told, whole=True
    )


def _delimited(mark: str) -> Callable[[str], str]:
    return lambda text: text.replace(",", mark)


def _middle(text: str, change: Callable[[str], str]) -> str:
    lines = text.split("\r\n")
    lines[len(lines) // 2] = change(lines[len(lines) // 2])
    return "\r\n".join(lines)


TEXTS = (
    Text("semicolons", _delimited(";")),
    Text("tabs", _delimited("\t")),
    Text("bars", _delimited("|")),
    Text("carets", _delimited("^"), may=EITHER),
    Text("sep=; and semicolons", lambda t: "sep=;\r\n" + t.replace(",", ";")),
    Text("UTF-8 with a mark", lambda t: t.encode("utf-8-sig")),
    Text("UTF-16", lambda t: t.encode("utf-16")),
    Text("UTF-16 big-endian without a mark", lambda t: t.encode("utf-16-be")),
    Text("UTF-16 without a mark", lambda t: t.encode("utf-16-le")),
    Text("UTF-32", lambda t: t.encode("utf-32"), may=ERROR),
    Text("Windows-1252 with a pound sign", lambda t: t.replace("WBRI", "WBRI \u00a3").encode("cp1252")),
    Text("EBCDIC", lambda t: t.encode("cp500"), may=ERROR),
    Text("line feeds only", lambda t: t.replace("\r\n", "\n")),
    Text("carriage returns only", lambda t: t.replace("\r\n", "\r")),
    Text("line ends of both kinds", lambda t: t.replace("\r\n", "\n", 30)),
    Text("every cell in quotation marks", lambda t: "\r\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in t.split("\r\n") if line)),
    Text("a line break inside a cell", lambda t: _middle(t, lambda line: line.replace("WBRI", "WBRI\nseen", 1) if '"' in line else line.replace("a) WBRI", '"a) WBRI\nseen"'))),
    Text("a quotation mark that is not closed", lambda t: _middle(t, lambda line: '"' + line), may=ERROR),
    Text("a quotation mark inside a cell", lambda t: _middle(t, lambda line: line.replace("WBRI", 'WB"RI')), may=EITHER),
    Text("a comma in a cell without quotation marks", lambda t: _middle(t, lambda line: line.replace("WBRI", "WBRI, other")), may=EITHER),
    Text("commas at the end of every line", lambda t: t.replace("\r\n", ",,,\r\n")),
    Text("blank lines first", lambda t: "\r\n\r\n" + t),
    Text("the end of file mark of old systems", lambda t: t + "\x1a", may=SAID),
    Text("NUL bytes between lines", lambda t: t.replace("\r\n", "\x00\r\n"), may=EITHER),
    Text("spaces after the commas", lambda t: t.replace(",", ", ")),
    Text("the last line cut off", lambda t: t[:-25], may=EITHER),
    Text("cut off in the middle of a line", lambda t: t[: len(t) // 2 - 7], may=EITHER),
    Text("the text twice over", lambda t: t + t),
    Text("HTML of a log-in page", lambda t: "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>", may=ERROR),
    Text("a pointer to large file storage", lambda t: "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", may=ERROR),
    Text("JSON", lambda t: '[{"Child Unique ID": "1", "Date of referral": "2024-01-01"}]', may=ERROR),
    Text("empty", lambda t: "", may=ERROR),
    Text("one line", lambda t: t.split("\r\n")[0], may=EITHER),
)  # fmt: skip

TITLES = (
    ("numbers alone", {1: "1", 3: "3", 6: "6"}, NOTHING),
    ("List_3 Referrals", {1: "List_1 Contacts", 3: "List_3 Referrals", 6: "List_6 CIN"}, NOTHING),
    ("titles alone", {1: "Contacts", 3: "Referrals", 6: "Children in need"}, NOTHING),
    ("small letters", {1: "list 1", 3: "list 3", 6: "list 6"}, NOTHING),
    ("spaces around", {1: " List 1 ", 3: " List 3", 6: "List 6  "}, NOTHING),
    ("a number of two digits", {1: "List 01", 3: "List 03", 6: "List 06"}, NOTHING),
    ("the name of the authority before", {1: "Testshire List 1", 3: "Testshire List 3", 6: "Testshire List 6"}, NOTHING),
    ("names that say nothing", {1: "Sheet1", 3: "Sheet2", 6: "Sheet3"}, NOTHING),
    ("names that say another list", {1: "List 3", 3: "List 1", 6: "List 6"}, ERROR),
    ("two names exchanged, 6 and 3", {1: "List 1", 3: "List 6", 6: "List 3"}, ERROR),
    ("capitals", {1: "CONTACTS", 3: "REFERRALS", 6: "CIN"}, NOTHING),
)  # fmt: skip


def _titled(name: str, titles: dict[int, str], may: frozenset[str], form: str) -> Case:
    def make(folder: Path) -> Path:
        lists = Lists(authority.made().only(1, 3, 6).rows, titles)
        return writing.write(lists, folder, form)

    return Case("names of sheets and files", name, form, make, writing.read, _right(1, 3, 6), writing.FAULTLESS[form], may)
