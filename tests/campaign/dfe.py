"""DfE's tables as downloaded, opened in Excel, cut, joined and corrected."""

# ruff: noqa: E501  one trait a line reads as a table

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.campaign import writing
from tests.campaign.annex_cells import EITHER, ERROR, NOTHING
from tests.campaign.case import Case, Reading

from cfanalysis import sources

FORM = "DfE tables .csv"
Row = list[Any]
Tables = dict[str, list[Row]]
AREA = [
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name", "category",
]  # fmt: skip
C1 = [*AREA, "Referrals", "Referrals_rate", "Re_referrals", "Re_referrals_percent", "No_Further_Action", "No_Further_Action_percent"]
B1 = [*AREA, "Anypoint_episodes", "Started_episodes", "Ended_episodes", "At31_episodes", "At31_episodes_rate"]
MONTHS = ("April", "May", "June", "July", "August", "September", "October", "November", "December", "January", "February", "March")
C6 = [*AREA, "Referrals", *MONTHS]
PEOPLE = [*AREA[:-1], "age_group", "population_estimate"]
AUTHORITIES = (
    ("852", "E06000045", "Southampton", "E12000008", "South East"), ("801", "E06000023", "Bristol, City of", "E12000009", "South West"),
    ("370", "E08000016", "Barnsley", "E12000003", "Yorkshire and The Humber"),
)  # fmt: skip
YEARS = (2022, 2023, 2024)


def tables() -> Tables:
    """C1, B1, C6 and the populations of three authorities and England, three years."""
    return {
        "c1.csv": [C1, *_rows(lambda n: [n, "", n // 5, 20.0, n // 10, 10.0])],
        "b1.csv": [B1, *_rows(lambda n: [2 * n, n, n - 10, n + 10, ""])],
        "c6.csv": [C6, *_rows(lambda n: [n, *(n // 12 for _ in MONTHS)])],
        "population.csv": [PEOPLE, *(row[:10] + row[11:] for row in _rows(lambda n: ["Children aged 0 to 17 years", 40 * n]))],
    }


def _count(at: int, year: int) -> int:
    return 1200 * (at + 1) + 120 * (year - 2022)


def _rows(figures: Callable[[int], Sequence[Any]]) -> list[Row]:
    rows = []
    for year in YEARS:
        rows.append([year, "Reporting year", "National", "E92000001", "England", "", "", "", "", "", "x", *figures(_count(9, year))])
        for at, (old, code, name, region_code, region) in enumerate(AUTHORITIES):
            place = [year, "Reporting year", "Local authority", "E92000001", "England", region_code, region, old, code, name, "x"]
            rows.append([*place, *figures(_count(at, year))])
    return rows


def right() -> dict[str, float]:
    found: dict[str, float] = {}
    for year in YEARS:
        for at, (_, _, name, _, _) in enumerate(AUTHORITIES):
            n, key = _count(at, year), f"{name} {year}"
            found |= {f"referrals {key}": n, f"rereferrals {key}": 20.0, f"cin_open {key}": n + 10, f"cin_started {key}": n}
            found[f"population {key}"] = 40 * n
            found[f"referrals {name} {year}-03"] = n // 12
    return found


def read(path: Path) -> Reading:
    read_ = sources.read_published(path)
    figures: dict[str, float | None] = {}
    for row in read_.yearly[read_.yearly["breakdown"] == "all"].itertuples():
        figures.setdefault(f"{row.indicator} {row.authority} {row.year}", None if row.value != row.value else float(row.value))
    figures |= {f"population {row.authority} {row.year}": float(row.value) for row in read_.population.itertuples()}
    for row in read_.series.itertuples():
        figures[f"{row.indicator} {row.authority} {row.month}"] = None if row.value != row.value else float(row.value)
    return Reading(figures, tuple(problem.sentence() for problem in read_.problems))


def write(folder: Path, content: Tables, text: Callable[[str], str | bytes] = lambda t: t) -> Path:
    place = folder / "dfe"
    place.mkdir()
    for name, rows in content.items():
        changed = text(writing.as_csv(rows))
        (place / name).write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))
    return place


def faultless(folder: Path) -> Path:
    return write(folder, tables())


def cases() -> Iterator[Case]:
    """Every folder of DfE's tables."""
    for name, change, may, told in CHANGES:
        yield _case("DfE tables", name, lambda folder, change=change: write(folder, change(tables())), may, told)
    for name, text, may in TEXTS:
        yield _case("DfE text", name, lambda folder, text=text: write(folder, tables(), text), may, "")


def _case(kind: str, name: str, make: Callable[[Path], Path], may: frozenset[str], told: str) -> Case:
    return Case(kind, name, FORM, make, read, right, faultless, may, told, whole=True)


Change = Callable[[Tables], Tables]


def _cells(title: str, way: Callable[[Any], Any], *files: str, every: int = 1) -> Change:
    """A column changed in every table that has it, or in those named; in every so many of its rows."""

    def on(found: Tables) -> Tables:
        for name, rows in found.items():
            if title in rows[0] and (not files or name in files):
                place = rows[0].index(title)
                for at, row in enumerate(rows[1:]):
                    if at % every == every - 1:
                        row[place] = way(row[place])
        return found

    return on


def _split(title: str, parts: Sequence[tuple[str, float]], *files: str) -> Change:
    """A filter column: each row told as several, figures shared out; the whole among them where a part is 1."""

    def on(found: Tables) -> Tables:
        for name in files:
            header, *rows = found[name]
            first = 10 if name == "population.csv" else 11
            numbers = [at for at in range(first, len(header)) if "percent" not in header[at] and "rate" not in header[at]]
            made = [
                [*(round(cell * share) if at in numbers and isinstance(cell, int) else cell for at, cell in enumerate(row)), part]
                for row in rows
                for part, share in parts
            ]
            found[name] = [[*header, title], *made]
        return found

    return on


def _header(way: Callable[[str], str], *files: str) -> Change:
    return lambda found: {n: [[way(t) for t in rows[0]], *rows[1:]] if not files or n in files else rows for n, rows in found.items()}


def _each(way: Callable[[list[Row]], list[Row]], *files: str) -> Change:
    return lambda found: {n: way(rows) if not files or n in files else rows for n, rows in found.items()}


def _quarters(rows: list[Row]) -> list[Row]:
    quarters = [
        [f"{row[0]}0{q}", f"Quarter {q}", *row[2:11], *(c // 4 if isinstance(c, int) else c for c in row[11:])]
        for row in rows[1:]
        for q in (1, 2, 3, 4)
    ]
    return [rows[0], *rows[1:], *quarters]


def _corrected(found: Tables) -> Tables:
    header, *rows = found["c1.csv"]
    return {**found, "c1 corrected.csv": [header, *([*r[:11], r[11] + 60, *r[12:]] for r in rows)]}


def _older_edition(found: Tables) -> Tables:
    header, *rows = found["c1.csv"]
    return {**found, "c1 to 2023.csv": [header, *([*r[:11], r[11] + 60, *r[12:]] for r in rows if r[0] < 2024)]}


def _without(title: str) -> Change:
    def on(found: Tables) -> Tables:
        for name, rows in found.items():
            if title in rows[0]:
                place = rows[0].index(title)
                found[name] = [[cell for at, cell in enumerate(row) if at != place] for row in rows]
        return found

    return on


SEX = (("Female", 0.48), ("Male", 0.52), ("Total", 1.0))
CHANGES: tuple[tuple[str, Change, frozenset[str], str], ...] = (
    ("split by sex, with totals", _split("sex", SEX, "c1.csv"), NOTHING, ""),
    ("split by sex, totals first", _split("sex", SEX[::-1], "b1.csv"), NOTHING, ""),
    ("split by sex, without totals", _split("sex", SEX[:2], "c1.csv"), ERROR, ""),
    ("split by need, with all", _split("primary_need", (("N1", 0.6), ("N2", 0.4), ("All needs", 1.0)), "b1.csv"), NOTHING, ""),
    ("split by placement, with Total", _split("placement", (("Foster", 0.7), ("Other", 0.3), ("Total", 1.0)), "b1.csv"), NOTHING, ""),
    ("months split by sex, with totals", _split("sex", SEX, "c6.csv"), NOTHING, ""),
    ("months split by sex, without totals", _split("sex", SEX[:2], "c6.csv"), ERROR, ""),
    ("populations by sex, with persons", _split("sex", (("Female", 0.48), ("Male", 0.52), ("Persons", 1.0)), "population.csv"), NOTHING, ""),
    ("populations by sex alone", _split("sex", SEX[:2], "population.csv"), ERROR, ""),
    ("populations by age alone", _cells("age_group", lambda v: "Aged 5", "population.csv"), EITHER, ""),
    ("populations in thousands", _cells("population_estimate", lambda v: v / 1000, "population.csv"), EITHER, ""),
    ("quarters beside years", _each(_quarters, "c1.csv"), NOTHING, ""),
    ("quarters only", _each(lambda rows: [rows[0], *(r for r in _quarters(rows) if "Quarter" in str(r[1]))], "c1.csv"), EITHER, ""),
    ("a corrected download beside the first", _corrected, ERROR, ""),
    ("an older edition beside the newest", _older_edition, NOTHING, ""),
    ("the same download twice", lambda found: {**found, "c1 (1).csv": found["c1.csv"]}, NOTHING, ""),
    ("years like 202324", _cells("time_period", lambda y: f"{y - 1}{y % 100}"), NOTHING, ""),
    ("years like 2023/24", _cells("time_period", lambda y: f"{y - 1}/{y % 100}"), EITHER, ""),
    ("years like 2024.0", _cells("time_period", lambda y: f"{y}.0"), EITHER, ""),
    ("years with spaces", _cells("time_period", lambda y: f" {y} "), NOTHING, ""),
    ("years like FY24", _cells("time_period", lambda y: f"FY{y % 100}"), ERROR, ""),
    ("names in capitals", _cells("la_name", lambda v: str(v).upper()), NOTHING, ""),
    ("names in small letters", _cells("la_name", lambda v: str(v).lower()), NOTHING, ""),
    ("Bristol City Council", _cells("la_name", lambda v: "Bristol City Council" if "Bristol" in v else v), NOTHING, ""),
    ("Bristol", _cells("la_name", lambda v: "Bristol" if "Bristol" in v else v), NOTHING, ""),
    ("City of Bristol, UA", _cells("la_name", lambda v: "City of Bristol, UA" if "Bristol" in v else v), NOTHING, ""),
    ("no names", _cells("la_name", lambda v: ""), NOTHING, ""),
    ("the wrong name for a code", _cells("la_name", lambda v: "Surrey" if v == "Barnsley" else v), NOTHING, ""),
    ("no codes", _cells("new_la_code", lambda v: ""), NOTHING, ""),
    ("codes in small letters", _cells("new_la_code", lambda v: str(v).lower()), NOTHING, ""),
    ("codes with spaces", _cells("new_la_code", lambda v: f" {v} "), NOTHING, ""),
    ("Yorkshire and the Humber", _cells("region_name", lambda v: v.replace("The", "the")), NOTHING, ""),
    ("no regions", _cells("region_name", lambda v: ""), NOTHING, ""),
    ("levels in small letters", _cells("geographic_level", lambda v: v.lower()), NOTHING, ""),
    ("levels with spaces", _cells("geographic_level", lambda v: f" {v} "), NOTHING, ""),
    ("levels written LA", _cells("geographic_level", lambda v: "LA" if v.startswith("Local") else v), EITHER, ""),
    ("negative figures in every third row", _cells("Referrals", lambda v: -v, "c1.csv", every=3), EITHER, ""),
    ("percentages above 100", _cells("Re_referrals_percent", lambda v: 120, "c1.csv", every=3), EITHER, ""),
    ("percentages as fractions", _cells("Re_referrals_percent", lambda v: v / 100, "c1.csv"), EITHER, ""),
    ("percentages with a sign", _cells("Re_referrals_percent", lambda v: f"{v}%", "c1.csv"), EITHER, ""),
    ("thousands with commas", _cells("Referrals", lambda v: f"{v:,}"), NOTHING, ""),
    ("figures with .0", _cells("Referrals", lambda v: f"{v}.0"), NOTHING, ""),
    ("figures with spaces", _cells("Referrals", lambda v: f" {v} "), NOTHING, ""),
    ("figures with a no-break space", _cells("Referrals", lambda v: f"{v}\u00a0"), EITHER, ""),
    ("1e308", _cells("Referrals", lambda v: "1e308", "c1.csv", every=3), EITHER, ""),
    ("inf", _cells("Referrals", lambda v: "inf", "c1.csv", every=3), EITHER, ""),
    ("~ for hidden", _cells("Re_referrals_percent", lambda v: "~", "c1.csv", every=3), EITHER, ""),
    (".. for hidden", _cells("Re_referrals_percent", lambda v: "..", "c1.csv", every=3), EITHER, ""),
    ("#N/A for hidden", _cells("Re_referrals_percent", lambda v: "#N/A", "c1.csv", every=3), EITHER, ""),
    ("headers in capitals", _header(str.upper), NOTHING, ""),
    ("headers in small letters", _header(str.lower), NOTHING, ""),
    ("headers with spaces around", _header(lambda t: f" {t} "), NOTHING, ""),
    ("headers with a byte order mark", lambda found: {n: [["\ufeff" + r[0][0], *r[0][1:]], *r[1:]] for n, r in found.items()}, NOTHING, ""),
    ("the names of 2025", _header(lambda t: {"Referrals": "referral_count", "Re_referrals": "rereferral_count", "Re_referrals_percent": "rereferral_percent"}.get(t, t), "c1.csv"), NOTHING, ""),
    ("a column renamed by hand", _header(lambda t: "Number of referrals" if t == "Referrals" else t, "c1.csv"), EITHER, ""),
    ("columns in reverse", _each(lambda rows: [row[::-1] for row in rows]), NOTHING, ""),
    ("rows in reverse", _each(lambda rows: [rows[0], *rows[:0:-1]]), NOTHING, ""),
    ("a column of notes", _each(lambda rows: [[*rows[0], "notes"], *([*r, "checked"] for r in rows[1:])]), NOTHING, ""),
    ("no code column", _without("new_la_code"), ERROR, ""),
    ("no year column", _without("time_period"), ERROR, ""),
    ("no level column", _without("geographic_level"), ERROR, ""),
    ("no region column", _without("region_name"), EITHER, ""),
    ("titles above", _each(lambda rows: [["Children in need"], [], *rows], "c1.csv"), EITHER, "not used|c1"),
    ("notes below", _each(lambda rows: [*rows, ["Source: DfE"]], "c1.csv"), EITHER, ""),
    ("a row cut off", _each(lambda rows: [*rows[:-1], rows[-1][:8]], "c1.csv"), ERROR, ""),
    ("the last year's rows cut off", _each(lambda rows: rows[:-3], "c1.csv"), EITHER, ""),
    ("blank rows between", _each(lambda rows: [c for r in rows for c in (r, [])]), NOTHING, ""),
    ("headers only", _each(lambda rows: rows[:1], "c1.csv"), ERROR, ""),
    ("every row twice", _each(lambda rows: [*rows, *rows[1:]]), NOTHING, ""),
    ("a row again with another figure", _each(lambda rows: [*rows, [*rows[2][:11], 1, *rows[2][12:]]], "c1.csv"), ERROR, ""),
    ("a table nobody uses as well", lambda found: {**found, "x.csv": [["time_period", "geographic_level", "rain"], [2024, "National", 3]]}, NOTHING, ""),
    ("a CSV of something else as well", lambda found: {**found, "x.csv": [["name", "shoe size"], ["A", 42]]}, NOTHING, ""),
)  # fmt: skip

TEXTS: tuple[tuple[str, Callable[[str], str | bytes], frozenset[str]], ...] = (
    ("semicolons", lambda t: t.replace('"Bristol, City of"', "Bristol").replace(",", ";"), NOTHING),
    ("UTF-16", lambda t: t.encode("utf-16"), NOTHING),
    ("UTF-8 with a mark", lambda t: t.encode("utf-8-sig"), NOTHING),
    ("Windows-1252", lambda t: t.replace("category", "cat\u00e9gory").encode("cp1252"), NOTHING),
    ("carriage returns only", lambda t: t.replace("\r\n", "\r"), NOTHING),
    ("commas at the end of every line", lambda t: t.replace("\r\n", ",,\r\n"), NOTHING),
    ("a quotation mark not closed", lambda t: t.replace("Southampton", '"Southampton', 1), ERROR),
    ("an unquoted comma in a name", lambda t: t.replace('"Bristol, City of"', "Bristol, City of"), ERROR),
    ("cut off in the middle of a row", lambda t: t[: len(t) // 2 + 9], ERROR),
    ("empty", lambda t: "", ERROR),
    ("HTML", lambda t: "<html><body>not found</body></html>", ERROR),
    ("binary", lambda t: bytes(range(256)) * 20, ERROR),
)  # fmt: skip
