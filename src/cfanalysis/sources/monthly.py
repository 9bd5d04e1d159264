"""Monthly CSV: what no child-level list holds (decision times, audits, appraisals, caseloads, agency, targets), one figure a row.

Columns: ``month, indicator, breakdown, numerator, denominator, value, flag``; month and indicator and one of the figures are needed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import SourceError, at
from cfanalysis.sources.cells import as_text, plain, read_date, read_numbers
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids
from cfanalysis.sources.problems import Place, Problem, stop_if_any
from cfanalysis.tables import ALL, FLAGS, SERIES_COLUMNS, empty, validate

TARGET = "target"
"""The breakdown of a target: it may lie in the future, and needs no numerator."""

UNNAMED = "this authority"
"""Stands for the authority where a file is only being checked."""

LABEL = "Monthly figures"
COLUMN_NAMES = ("month", "indicator", "breakdown", "numerator", "denominator", "value", "flag", "authority")
FIGURES = ("numerator", "denominator", "value")
ROWS_SEARCHED = 40

AGREES = 0.06
"""A value worked out from its numerator and denominator may differ from the one given by rounding to one decimal, no more."""


@dataclass(frozen=True)
class Monthly:
    """Monthly figures of one authority: ``series`` (the series contract), what was wrong, and the rows of each file."""

    series: pd.DataFrame
    problems: tuple[Problem, ...]
    rows: Mapping[str, int]


def read_monthly(path: str | Path, *, authority: str, kinds: Mapping[str, str] | None = None) -> Monthly:
    """Read one monthly CSV, or every one in a folder.

    ``kinds`` maps the indicators that are known to their kind ("count", "stock", "percent", "rate", "measure"): any other is left out and said.
    Without it every well-formed name is taken. ``authority``: rows that name another are left out; "" takes every row.

    Raises SourceError where a column is missing, nothing can be used, or two rows say different things of one month.
    """
    path = Path(path)
    frames, problems, rows = [], [], {}
    for file in _files(path):
        grid = read_grids(file)[0]
        frame, said, read = _read_grid(grid, authority, kinds)
        frames.append(frame)
        problems += said
        rows[file.name] = read
    stop_if_any(problems)
    every = pd.concat(frames, ignore_index=True)
    if every.empty:
        raise SourceError(at("no row that can be used:\n" + "\n".join(problem.sentence() for problem in problems), file=path.name))
    every, said = _once(every, path.name)
    problems += said
    stop_if_any(problems)
    series = (
        every.assign(authority=authority or UNNAMED)[list(SERIES_COLUMNS)]
        .sort_values(["indicator", "breakdown", "month"])
        .reset_index(drop=True)
    )
    return Monthly(validate(series, "series") if len(series) else empty("series"), tuple(problems), rows)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv" and not file.name.startswith("."))
    if not files:
        raise SourceError(at(f"the folder holds no CSV file; want {SUPPORTED}", file=path.name))
    return files


def monthly_header(cells: list[list[Any]]) -> tuple[int, dict[str, int]] | None:
    """Where the header row of a monthly CSV is and which column is which; None where there is none."""
    for index, row in enumerate(cells[:ROWS_SEARCHED]):
        places = {plain(as_text(cell)): place for place, cell in reversed(list(enumerate(row)))}
        if {"month", "indicator"} <= set(places):
            return index, {name: places[name] for name in COLUMN_NAMES if name in places}
    return None


def _read_grid(grid: Grid, authority: str, kinds: Mapping[str, str] | None) -> tuple[pd.DataFrame, list[Problem], int]:
    problems = list(grid.problems)
    header = monthly_header(grid.cells)
    if header is None:
        raise SourceError(
            at(
                "no header row with 'month' and 'indicator'; want month, indicator, breakdown, numerator, denominator, value, flag",
                file=grid.file,
            )
        )
    index, places = header
    names = [plain(as_text(cell)) for cell in grid.cells[index]]
    for name in COLUMN_NAMES:
        if names.count(name) > 1:
            problems.append(
                Problem(
                    grid.file, grid.sheet, index + 1, name, "the column more than once", "one; delete the other", "stopped", "column_twice"
                )
            )
    if not {"value", "numerator"} & set(places):
        problems.append(
            Problem(
                grid.file,
                grid.sheet,
                index + 1,
                "value",
                "no such column",
                "a column 'value', or 'numerator' (and 'denominator')",
                "stopped",
                "missing_column",
            )
        )
    stop_if_any(problems)
    body = grid.cells[index + 1 :]
    filled = np.array([any(as_text(cell) for cell in row) for row in body], dtype=bool)
    rows = np.arange(index + 2, index + 2 + len(body))[filled]
    table = {
        name: [
            row[places[name]] if name in places and places[name] < len(row) else "" for row, keep in zip(body, filled, strict=True) if keep
        ]
        for name in COLUMN_NAMES
    }
    draft = _Draft(pd.DataFrame(table, dtype=object), Place(grid.file, grid.sheet, LABEL, rows), tuple(problems))
    width = len(names)
    overlong = np.array(
        [len(row) > width and any(as_text(c) for c in row[width:]) for row, keep in zip(body, filled, strict=True) if keep], dtype=bool
    )
    draft = draft.drop("", "ragged_row", overlong, "more cells than headers", "text that holds a comma in quotes, thousands without commas")
    for step in (_own_authority(authority), _months, _indicators(kinds), _breakdowns, _figures, _signs, _shares(kinds), _missing):
        draft = step(draft)
    return draft.frame, list(draft.problems), int(filled.sum())


@dataclass(frozen=True)
class _Draft:
    """A monthly table on its way: its frame, where each row came from, and what was said so far."""

    frame: pd.DataFrame
    place: Place
    problems: tuple[Problem, ...]

    def drop(self, column: str, rule: str, gone: np.ndarray, found: str, wanted: str) -> _Draft:
        if not gone.any():
            return self
        problem = self.place.problem(column, rule, found, wanted, "dropped", gone)
        return _Draft(self.frame[~gone].reset_index(drop=True), replace(self.place, rows=self.place.rows[~gone]), (*self.problems, problem))

    def say(self, column: str, rule: str, where: np.ndarray, found: str, wanted: str, action: str = "coerced") -> _Draft:
        if not where.any():
            return self
        return replace(self, problems=(*self.problems, self.place.problem(column, rule, found, wanted, action, where)))  # type: ignore[arg-type]

    def first(self, column: str, where: np.ndarray) -> str:
        return repr(as_text(self.frame.loc[where, column].iloc[0])) if where.any() else ""


def _own_authority(authority: str) -> Any:
    def step(draft: _Draft) -> _Draft:
        named = draft.frame["authority"].map(as_text)
        other = (bool(authority) & (named != "") & (named.map(plain) != plain(authority))).to_numpy()
        return draft.drop("authority", "other_authority", other, draft.first("authority", other), f"rows of {authority}")

    return step


_MONTH = re.compile(r"^(\d{4})-(\d{1,2})$")
_SLASHED = re.compile(r"^(\d{1,2})[/-](\d{4})$")
_NAMED = re.compile(r"^([A-Za-z]{3,9})[ \-/']*(\d{4}|\d{2})$")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_month(cell: Any) -> tuple[pd.Period | None, bool]:
    """A month however it is written, and whether it is written like 2024-03; None where it is no month that exists.

    >>> read_month("2024-03"), read_month("Mar-24"), read_month("2024-13")
    ((Period('2024-03', 'M'), True), (Period('2024-03', 'M'), False), (None, False))
    """
    text = as_text(cell)
    if found := _MONTH.match(text):
        return _period(int(found[1]), int(found[2])), len(found[2]) == 2
    if found := _SLASHED.match(text):
        return _period(int(found[2]), int(found[1])), False
    if (found := _NAMED.match(text)) and found[1][:3].lower() in _NAMES:
        return _period(int(found[2]) + (2000 if len(found[2]) == 2 else 0), _NAMES.index(found[1][:3].lower()) + 1), False
    if text.isdigit() and len(text) == 6:
        return _period(int(text[:4]), int(text[4:])), False
    day = read_date(cell) if text else None
    return (_period(day.year, day.month), False) if isinstance(day, date) else (None, False)


def _period(year: int, month: int) -> pd.Period | None:
    return pd.Period(year=year, month=month, freq="M") if 1 <= month <= 12 and 1990 <= year <= 2100 else None


def _months(draft: _Draft) -> _Draft:
    read = [read_month(cell) for cell in draft.frame["month"]]
    wrong = np.array([month is None for month, _ in read], dtype=bool)
    other = np.array([month is not None and not usual for month, usual in read], dtype=bool)
    draft = draft.say("month", "month_format", other, draft.first("month", other), "months written like 2024-03")
    found = draft.first("month", wrong)
    draft = replace(draft, frame=draft.frame.assign(month=pd.array([month for month, _ in read], dtype=pd.PeriodDtype("M"))))
    draft = draft.drop("month", "impossible_month", wrong, found, "a month that exists, written like 2024-03")
    late = (draft.frame["month"] > pd.Period(date.today(), freq="M")).to_numpy() & (
        draft.frame["breakdown"].map(plain) != TARGET
    ).to_numpy()
    return draft.drop("month", "future_month", late, draft.first("month", late), "a month that has begun (only targets may lie ahead)")


def _indicators(kinds: Mapping[str, str] | None) -> Any:
    def step(draft: _Draft) -> _Draft:
        names = draft.frame["indicator"].map(as_text).str.lower().str.replace(r"[\s\-]+", "_", regex=True)
        known = names.isin(list(kinds)) if kinds is not None else names.str.fullmatch(r"[a-z][a-z0-9_]*")
        strange = ~known.to_numpy(dtype=bool)
        found = draft.first("indicator", strange)
        close = difflib.get_close_matches(str(names[strange].iloc[0]), list(kinds), n=1) if strange.any() and kinds else []
        wanted = (
            f"a name from the catalogue{f', perhaps {close[0]!r}' if close else ' (docs/indicators.md)'}"
            if kinds
            else "a name like audits_completed"
        )
        draft = replace(draft, frame=draft.frame.assign(indicator=names))
        return draft.drop("indicator", "unknown_indicator", strange, found, wanted)

    return step


_DIMENSION = re.compile(r"^([a-z][a-z ]*): *(\S.*)$")


def _breakdowns(draft: _Draft) -> _Draft:
    text = draft.frame["breakdown"].map(as_text)
    clean = text.mask(text.map(plain).isin(["", "all", "total"]), ALL).mask(text.map(plain) == TARGET, TARGET)
    worker = clean.str.lower().str.startswith(("worker", "social worker")).to_numpy()
    wrong = ~(clean.isin([ALL, TARGET]) | clean.str.fullmatch(_DIMENSION)).to_numpy(dtype=bool) & ~worker
    clean = clean.str.replace(_DIMENSION, r"\1: \2", regex=True)
    found = draft.first("breakdown", wrong), draft.first("breakdown", worker)
    draft = replace(draft, frame=draft.frame.assign(breakdown=clean))
    kept = ~wrong
    draft = draft.drop("breakdown", "bad_breakdown", wrong, found[0], "all, target, or a dimension and category like 'team: North'")
    return draft.drop(
        "breakdown", "worker_breakdown", worker[kept], "a breakdown by worker", "teams; figures of single workers are never used"
    )


def _figures(draft: _Draft) -> _Draft:
    """Numbers read; a symbol in their place is a flag."""
    flag = draft.frame["flag"].map(as_text).str.strip("[]").str.lower()
    unknown = ~flag.isin(["", *FLAGS]).to_numpy()
    draft = draft.say("flag", "unknown_flag", unknown, draft.first("flag", unknown), f"one of {' '.join(FLAGS)} (read as not available)")
    flag = flag.mask(unknown, ":")
    frame = draft.frame
    for name in FIGURES:
        cells = frame[name]
        text = cells.map(as_text)
        symbol = text.str.strip("[]").str.lower()
        is_flag = symbol.isin(FLAGS)
        flag = flag.mask(is_flag & (flag == "") & (name == "value"), symbol)
        draft = draft.say(
            name,
            "percent_sign",
            text.str.endswith("%").to_numpy(),
            draft.first(name, text.str.endswith("%").to_numpy()),
            "the number alone (the sign was taken off)",
        )
        comma = text.str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?%?").to_numpy(dtype=bool)
        draft = draft.say(name, "thousands_separator", comma, draft.first(name, comma), "the number without commas (they were taken out)")
        column = read_numbers(cells.mask(is_flag, ""))
        draft = draft.say(name, "not_a_number", column.bad, draft.first(name, column.bad), "a number, or a flag (read as not available)")
        flag = flag.mask(column.bad & (flag == "") & (name == "value"), ":")
        frame = frame.assign(**{name: column.data})
    return replace(draft, frame=frame.assign(flag=flag))


def _signs(draft: _Draft) -> _Draft:
    for name in FIGURES:
        below = (draft.frame[name] < 0).to_numpy()
        draft = draft.drop(name, "negative", below, draft.first(name, below), "0 or more")
    return draft


def _shares(kinds: Mapping[str, str] | None) -> Any:
    """Percentages: the numerator is a part of the denominator, and the value is worked out where it is not given."""

    def step(draft: _Draft) -> _Draft:
        frame = draft.frame
        ratio = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
        kind = frame["indicator"].map(dict(kinds or {})).fillna("")
        measure = kind.isin(["measure", "count", "stock"]) | (
            (kind == "") & ((frame["value"] - ratio).abs() < (frame["value"] - 100 * ratio).abs())
        )
        scale = kind.map({"rate": 10_000.0}).fillna(100.0).where(~measure, 1.0)
        over = ((frame["numerator"] > frame["denominator"]) & (scale == 100)).to_numpy()
        worked = (scale * ratio).where(frame["flag"] == "")
        differs = ((worked - frame["value"]).abs() > AGREES).to_numpy() & ~over
        draft = draft.say(
            "value",
            "value_disagrees",
            differs,
            draft.first("value", differs),
            "what numerator and denominator give (worked out again from them)",
        )
        value = worked.where(worked.notna(), frame["value"]).where(
            worked.notna() | frame["value"].notna(), frame["numerator"].where(frame["denominator"].isna())
        )
        draft = replace(draft, frame=frame.assign(value=value))
        found = draft.first("numerator", over)
        draft = draft.drop("numerator", "numerator_over_denominator", over, found, "a numerator that is part of its denominator")
        above = ((kind[~over] == "percent") & (value[~over] > 100)).to_numpy()
        return draft.drop("value", "over_100", above, draft.first("value", above), "a percentage from 0 to 100")

    return step


def _missing(draft: _Draft) -> _Draft:
    frame = draft.frame
    both = (frame["value"].notna() & (frame["flag"] != "")).to_numpy()
    draft = draft.say("flag", "value_and_flag", both, draft.first("flag", both), "a value or a flag (the value was taken out)")
    neither = (frame["value"].isna() & (frame["flag"] == "")).to_numpy()
    draft = draft.say(
        "value", "blank_value", neither, "no value and no flag", "a value, or a flag that says why it is missing (read as x, not available)"
    )
    flag = frame["flag"].mask(neither, "x")
    hidden = flag != ""
    frame = frame.assign(flag=flag, value=frame["value"].mask(hidden), numerator=frame["numerator"].mask(hidden))
    return replace(draft, frame=frame)


def _once(frame: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Every month of a series once: the same row again is dropped, another figure for it stops the reading."""
    key = ["indicator", "breakdown", "month"]
    same = frame.duplicated([*key, *FIGURES, "flag"])
    problems = []
    if same.any():
        first = frame[same].iloc[0]
        found = f"{first['indicator']} ({first['breakdown']}) of {first['month']} again"
        problems.append(
            Problem(file, "", None, "month", found, "every month of a series once", "dropped", "duplicate_row", int(same.sum()), list=LABEL)
        )
    frame = frame[~same].reset_index(drop=True)
    twice = frame.duplicated(key)
    if twice.any():
        first = frame[twice].iloc[0]
        found = f"{first['indicator']} ({first['breakdown']}) of {first['month']} with two different figures"
        problems.append(
            Problem(
                file,
                "",
                None,
                "month",
                found,
                "one figure a month; delete the wrong row",
                "stopped",
                "month_twice",
                int(twice.sum()),
                list=LABEL,
            )
        )
    return frame, problems
