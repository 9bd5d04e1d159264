"""Monthly CSVs: figures, months, indicators and text as people write them."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.campaign import writing
from tests.campaign.annex_cells import EITHER, ERROR, NOTHING, SAID
from tests.campaign.case import Case, Reading

from cfanalysis import indicators, sources

FORM = "monthly .csv"
HEADER = ["month", "indicator", "breakdown", "numerator", "denominator", "value", "flag"]
MONTHS = [f"2023-{m:02d}" for m in range(4, 13)] + [f"2024-{m:02d}" for m in range(1, 4)]
Row = list[Any]
Change = Callable[[list[Row]], list[Row]]


def rows() -> list[Row]:
    """A faultless file: a count, a stock, a percentage with its parts, one without, and a measure."""
    made: list[Row] = []
    for at, month in enumerate(MONTHS):
        made.append([month, "audits_completed", "all", "", "", 40 + at, ""])
        made.append([month, "cin_open", "all", "", "", 850 + 3 * at, ""])
        made.append([month, "audits_good", "all", 20 + at, 40 + at, "", ""])
        made.append([month, "agency_share", "all", "", "", 16.5 + at, ""])
        made.append([month, "caseload_average", "all", "", "", 15.2 + at / 10, ""])
    return made


def right() -> dict[str, float]:
    found: dict[str, float] = {}
    for at, month in enumerate(MONTHS):
        found |= {f"audits_completed {month}": 40 + at, f"cin_open {month}": 850 + 3 * at, f"agency_share {month}": 16.5 + at}
        found |= {f"audits_good {month}": 100 * (20 + at) / (40 + at), f"caseload_average {month}": 15.2 + at / 10}
    return found


@cache
def _kinds() -> dict[str, str]:
    return {name: each.kind for name, each in indicators.catalogue().items()}


def read(path: Path) -> Reading:
    read_ = sources.read_monthly(path, authority="Testshire", kinds=_kinds())
    return Reading(writing.figures_of(read_.series), tuple(problem.sentence() for problem in read_.problems))


def write(folder: Path, content: list[Row], text: Callable[[str], str | bytes] = lambda t: t, name: str = "monthly.csv") -> Path:
    changed = text(writing.as_csv(content))
    (folder / name).write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))
    return folder / name


def faultless(folder: Path) -> Path:
    return write(folder, [HEADER, *rows()])


def cases() -> Iterator[Case]:
    """Every monthly CSV."""
    for name, change, may, told in _all_cells():
        yield _case("monthly cells", name, lambda f, change=change: write(f, [HEADER, *change(rows())]), may, told)
    for name, change, may in TABLES:
        yield _case("monthly tables", name, lambda f, change=change: write(f, change([HEADER, *rows()])), may, whole=True)
    for name, text, may in TEXTS:
        yield _case("monthly text", name, lambda f, text=text: write(f, [HEADER, *rows()], text), may, whole=True)


def _case(kind: str, name: str, make: Callable[[Path], Path], may: frozenset[str], told: str = "", whole: bool = False) -> Case:
    return Case(kind, name, FORM, make, read, right, faultless, may, told, whole)


def _cell(indicator: str, column: str, change: Callable[[Any, int], Any], every: int = 1) -> Change:
    """A column of one indicator changed, in every so many of its months."""
    place = HEADER.index(column)

    def on(made: list[Row]) -> list[Row]:
        own = [row for row in made if not indicator or row[1] == indicator]
        for at, row in enumerate(own):
            if at % every == every - 1:
                row[place] = change(row[place], at)
        return made

    return on


def _values(way: Callable[[Any], Any], every: int = 1, names: tuple[str, ...] = ("audits_completed", "agency_share")) -> list[Change]:
    return [_cell(name, "value", lambda v, at: way(v), every) for name in names]


ALL_KINDS = ("audits_completed", "cin_open", "agency_share", "caseload_average")
VALUES: tuple[tuple[str, Callable[[Any], Any], int, frozenset[str], tuple[str, ...]], ...] = (
    ("a percent sign after", lambda v: f"{v}%", 1, NOTHING, ("agency_share",)),
    ("a percent sign after some", lambda v: f"{v}%", 3, NOTHING, ("agency_share",)),
    ("fractions for percentages", lambda v: v / 100, 1, NOTHING, ("agency_share",)),
    ("fractions in every third month", lambda v: v / 100, 3, EITHER, ("agency_share",)),
    ("fractions in one month", lambda v: v / 100, 12, EITHER, ("agency_share",)),
    ("fractions and signs", lambda v: f"{v / 100}%", 3, EITHER, ("agency_share",)),
    ("a space before the sign", lambda v: f"{v} %", 1, NOTHING, ("agency_share",)),
    ("noughts after the point", lambda v: f"{v:.4f}", 1, NOTHING, ALL_KINDS),
    ("spaces around", lambda v: f"  {v} ", 1, NOTHING, ALL_KINDS),
    ("no-break spaces around", lambda v: f"\u00a0{v}\u00a0", 1, NOTHING, ALL_KINDS),
    ("an apostrophe before", lambda v: f"'{v}", 1, EITHER, ALL_KINDS),
    ("a plus sign before", lambda v: f"+{v}", 1, NOTHING, ALL_KINDS),
    ("a comma for a point", lambda v: str(float(v)).replace(".", ","), 1, EITHER, ALL_KINDS),
    ("scientific notation", lambda v: f"{v:E}", 1, NOTHING, ALL_KINDS),
    ("a pound sign before", lambda v: f"\u00a3{v}", 2, EITHER, ALL_KINDS),
    ("about before", lambda v: f"c. {v}", 2, EITHER, ALL_KINDS),
    ("a star after", lambda v: f"{v}*", 2, EITHER, ALL_KINDS),
    ("(p) for provisional after", lambda v: f"{v} (p)", 4, EITHER, ALL_KINDS),
    ("blank in every fourth month", lambda v: "", 4, EITHER, ALL_KINDS),
    ("n/a in every fourth month", lambda v: "n/a", 4, EITHER, ALL_KINDS),
    ("a dash in every fourth month", lambda v: "-", 4, EITHER, ALL_KINDS),
    ("#DIV/0! in every fourth month", lambda v: "#DIV/0!", 4, EITHER, ALL_KINDS),
    ("#N/A in every fourth month", lambda v: "#N/A", 4, EITHER, ALL_KINDS),
    ("NaN in every fourth month", lambda v: "NaN", 4, EITHER, ALL_KINDS),
    ("inf in one month", lambda v: "inf", 12, EITHER, ALL_KINDS),
    ("1e308 in one month", lambda v: "1e308", 12, EITHER, ALL_KINDS),
    ("negative in one month", lambda v: f"-{v}", 12, EITHER, ALL_KINDS),
    ("in brackets in one month", lambda v: f"({v})", 12, EITHER, ALL_KINDS),
    ("a hundred times too large in one month", lambda v: 100 * v, 12, EITHER, ("agency_share",)),
    ("half a child more in one month", lambda v: v + 0.5, 12, EITHER, ("audits_completed", "cin_open")),
    ("<5 in every fourth month", lambda v: "<5", 4, EITHER, ALL_KINDS),
    ("true in one month", lambda v: "TRUE", 12, EITHER, ALL_KINDS),
    ("a date in one month", lambda v: "01/02/2024", 12, EITHER, ALL_KINDS),
    ("a range in one month", lambda v: f"{v}-{v}", 12, EITHER, ALL_KINDS),
)  # fmt: skip


def _all_cells() -> Iterator[tuple[str, Change, frozenset[str], str]]:
    for name, way, every, may, names in VALUES:
        for indicator, change in zip(names, _values(way, every, names), strict=True):
            yield f"{name}, {indicator}", change, may, ""
    yield from CELLS


def _month(way: Callable[[int, int], Any]) -> Change:
    return _cell("", "month", lambda text, at: way(int(text[:4]), int(text[5:])))


NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
CELLS: tuple[tuple[str, Change, frozenset[str], str], ...] = (
    ("months like Mar-24", _month(lambda y, m: f"{NAMES[m - 1][:3]}-{y % 100}"), NOTHING, ""),
    ("months like March 2024", _month(lambda y, m: f"{NAMES[m - 1]} {y}"), NOTHING, ""),
    ("months like 03/2024", _month(lambda y, m: f"{m:02d}/{y}"), NOTHING, ""),
    ("months like 01/03/2024", _month(lambda y, m: date(y, m, 1)), NOTHING, ""),
    ("months as their last day", _month(lambda y, m: date(y + m // 12, m % 12 + 1, 1).toordinal() and f"{y}-{m:02d}-28"), NOTHING, ""),
    ("months like 202403", _month(lambda y, m: f"{y}{m:02d}"), NOTHING, ""),
    ("months like 2024-3", _month(lambda y, m: f"{y}-{m}"), NOTHING, ""),
    ("months like 2024 M03", _month(lambda y, m: f"{y} M{m:02d}"), EITHER, ""),
    ("months as Excel's day numbers", _month(lambda y, m: (date(y, m, 1) - date(1899, 12, 30)).days), NOTHING, ""),
    ("months like 3/1/2024, an American first of March", _month(lambda y, m: f"{m}/1/{y}"), EITHER, ""),
    ("months without a year", _month(lambda y, m: NAMES[m - 1]), EITHER, ""),
    ("quarters", _month(lambda y, m: f"{y} Q{(m - 1) // 3 + 1}"), EITHER, ""),
    ("years only", _month(lambda y, m: y), EITHER, ""),
    ("a month 13", _cell("", "month", lambda t, at: "2024-13", 30), EITHER, "2024-13"),
    ("a month of 1924", _cell("", "month", lambda t, at: t.replace("202", "192"), 30), EITHER, ""),
    ("a month to come", _cell("", "month", lambda t, at: "2090-01", 30), EITHER, ""),
    ("a blank month", _cell("", "month", lambda t, at: "", 30), EITHER, ""),
    ("months only in the first of each five rows", _cell("", "month", lambda t, at: t if at % 5 == 0 else ""), EITHER, ""),
    ("indicators in capitals", _cell("", "indicator", lambda t, at: t.upper()), NOTHING, ""),
    ("indicators with spaces", _cell("", "indicator", lambda t, at: t.replace("_", " ").title()), NOTHING, ""),
    ("indicators with hyphens", _cell("", "indicator", lambda t, at: t.replace("_", "-")), NOTHING, ""),
    ("indicators by their titles", _cell("audits_completed", "indicator", lambda t, at: "Audits completed"), NOTHING, ""),
    ("an indicator misspelt", _cell("agency_share", "indicator", lambda t, at: "agency_shair"), EITHER, "agency_share"),
    ("an indicator nobody knows", _cell("agency_share", "indicator", lambda t, at: "sunshine"), EITHER, "sunshine"),
    ("breakdown blank", _cell("", "breakdown", lambda t, at: ""), NOTHING, ""),
    ("breakdown Total", _cell("", "breakdown", lambda t, at: "Total"), NOTHING, ""),
    ("breakdown ALL", _cell("", "breakdown", lambda t, at: "ALL"), NOTHING, ""),
    ("breakdown a team without its dimension", _cell("agency_share", "breakdown", lambda t, at: "North"), EITHER, "North"),
    ("breakdown a worker", _cell("caseload_average", "breakdown", lambda t, at: "worker: J Smith"), EITHER, "worker"),
    ("a flag nobody knows", _cell("agency_share", "flag", lambda t, at: "?", 4), EITHER, ""),
    ("a flag beside a value", _cell("agency_share", "flag", lambda t, at: "c", 4), EITHER, ""),
    ("a numerator over its denominator", _cell("audits_good", "numerator", lambda v, at: 300, 6), EITHER, ""),
    ("a denominator of 0", _cell("audits_good", "denominator", lambda v, at: 0, 6), EITHER, ""),
    ("no denominator in some months", _cell("audits_good", "denominator", lambda v, at: "", 4), EITHER, ""),
    ("no numerator in some months", _cell("audits_good", "numerator", lambda v, at: "", 4), EITHER, ""),
    ("numerator and denominator exchanged", lambda made: [[*r[:3], r[4], r[3], *r[5:]] for r in made], EITHER, ""),
    ("a value beside its parts that disagrees", _cell("audits_good", "value", lambda v, at: 5), NOTHING, ""),
    ("a value beside its parts as a fraction", _cell("audits_good", "value", lambda v, at: (20 + at) / (40 + at)), NOTHING, ""),
    ("a stock with a denominator", lambda made: [[*r[:3], r[5], 1000, "", r[6]] if r[1] == "cin_open" else r for r in made], NOTHING, ""),
    ("a count as its numerator", lambda made: [[*r[:3], r[5], "", "", r[6]] if r[1] == "audits_completed" else r for r in made], NOTHING, ""),
    ("thousands with a comma", lambda made: [[*r[:5], f"{1000 + int(r[5]):,}", r[6]] if r[1] == "cin_open" else r for r in made], SAID, "without commas"),
)  # fmt: skip


def _wide(table: list[Row]) -> list[Row]:
    names = ["audits_completed", "cin_open"]
    values = {(row[1], row[0]): row[5] for row in table[1:]}
    return [["indicator", *MONTHS], *([name, *(values[name, month] for month in MONTHS)] for name in names)]


def _headed(way: Callable[[str], str]) -> Change:
    return lambda table: [[way(title) for title in table[0]], *table[1:]]


def _dropped(title: str) -> Change:
    place = HEADER.index(title)
    return lambda table: [[cell for at, cell in enumerate(row) if at != place] for row in table]


def _again(value: Any) -> Change:
    return lambda table: [*table, [*table[1][:5], value if value is not None else table[1][5], table[1][6]]]


TABLES: tuple[tuple[str, Change, frozenset[str]], ...] = (
    ("rows in reverse", lambda t: [t[0], *t[:0:-1]], NOTHING),
    ("blank rows between", lambda t: [c for row in t for c in (row, [])], NOTHING),
    ("titles above", lambda t: [["Monthly figures"], ["Testshire", "2024"], [], *t], NOTHING),
    ("headers in capitals", _headed(str.upper), NOTHING),
    ("spaces around headers", _headed(lambda s: f" {s} "), NOTHING),
    ("columns in reverse", lambda t: [row[::-1] for row in t], NOTHING),
    ("a column of notes", lambda t: [[*t[0], "notes"], *([*row, "checked"] for row in t[1:])], NOTHING),
    ("no month column", _dropped("month"), ERROR),
    ("no indicator column", _dropped("indicator"), ERROR),
    ("no value column", _dropped("value"), EITHER),
    ("no numerator column", _dropped("numerator"), EITHER),
    ("no breakdown column", _dropped("breakdown"), NOTHING),
    ("no flag column", _dropped("flag"), NOTHING),
    ("no header", lambda t: t[1:], ERROR),
    ("headers only", lambda t: t[:1], ERROR),
    ("months across", _wide, ERROR),
    ("the value column twice", lambda t: [[*row, row[5]] for row in t], ERROR),
    ("a total at the end", lambda t: [*t, ["Total", "", "", "", "", 999, ""]], EITHER),
    ("a row again", _again(None), NOTHING),
    ("a row again with another value", _again(999), ERROR),
    ("all rows twice", lambda t: [*t, *t[1:]], NOTHING),
    ("another authority's rows as well", lambda t: [[*t[0], "authority"], *([*r, n] for r in t[1:] for n in ("Testshire", "Elsewhere"))], NOTHING),
    ("only another authority's rows", lambda t: [[*t[0], "authority"], *([*r, "Elsewhere"] for r in t[1:])], ERROR),
    ("its own name in capitals", lambda t: [[*t[0], "authority"], *([*r, "TESTSHIRE"] for r in t[1:])], NOTHING),
    ("a row a cell too long", lambda t: [*t[:9], [*t[9], "x"], *t[10:]], EITHER),
    ("rows without their last cells", lambda t: [t[0], *(row[:6] for row in t[1:])], NOTHING),
    ("targets to come as well", lambda t: [*t, ["2090-03", "agency_share", "target", "", "", 10, ""]], NOTHING),
    ("100,000 rows of other indicators", lambda t: [*t, *([f"20{10 + i % 14}-{1 + i % 12:02d}", f"x{i}", "all", "", "", i, ""] for i in range(100_000))], NOTHING),
    ("teams as well, without the whole", lambda t: [*t, ["2024-03", "caseload_average", "team: North", "", "", 14, ""]], NOTHING),
)  # fmt: skip

TEXTS: tuple[tuple[str, Callable[[str], str | bytes], frozenset[str]], ...] = (
    ("semicolons", lambda t: t.replace(",", ";"), NOTHING),
    ("semicolons and decimal commas", lambda t: t.replace(",", ";").replace(".", ","), EITHER),
    ("tabs", lambda t: t.replace(",", "\t"), NOTHING),
    ("UTF-16", lambda t: t.encode("utf-16"), NOTHING),
    ("UTF-8 with a mark", lambda t: t.encode("utf-8-sig"), NOTHING),
    ("Windows-1252", lambda t: t.replace("monthly", "m\u00f6nthly").encode("cp1252"), NOTHING),
    ("carriage returns only", lambda t: t.replace("\r\n", "\r"), NOTHING),
    ("line feeds only", lambda t: t.replace("\r\n", "\n"), NOTHING),
    ("commas at the end of every line", lambda t: t.replace("\r\n", ",,,\r\n"), NOTHING),
    ("a quotation mark not closed", lambda t: t.replace("2023-08,audits_good", '"2023-08,audits_good'), ERROR),
    ("empty", lambda t: "", ERROR),
    ("blank lines", lambda t: "\r\n\r\n\r\n", ERROR),
    ("binary", lambda t: bytes(range(256)) * 20, ERROR),
    ("HTML", lambda t: "<html><body>Sign in</body></html>", ERROR),
    ("JSON", lambda t: '{"month": "2024-01"}', ERROR),
    ("a line of a million characters", lambda t: t + "x" * 1_000_000 + "\r\n", EITHER),
)  # fmt: skip
