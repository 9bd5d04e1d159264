"""The rows of a monthly CSV, step by step: whose, which month, which indicator, which breakdown, which figure; each fault counted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import ALL, FLAGS
from cfanalysis.sources.cells import as_text, plain, read_date, read_numbers
from cfanalysis.sources.monthly.plausible import make_plausible
from cfanalysis.sources.problems import Place, Problem

TARGET = "target"
"""The breakdown of a target: it may lie in the future, and needs no numerator."""

FIGURES = ("numerator", "denominator", "value")

AGREES = 0.06
"""A value worked out from its numerator and denominator may differ from the one given by rounding to one decimal, no more."""


@dataclass(frozen=True)
class Draft:
    """A monthly table on its way: its frame, where each row came from, and what was said so far."""

    frame: pd.DataFrame
    place: Place
    problems: tuple[Problem, ...]

    def drop(self, column: str, rule: str, gone: np.ndarray, found: str, wanted: str) -> Draft:
        if not gone.any():
            return self
        problem = self.place.problem(column, rule, found, wanted, "dropped", gone)
        return Draft(self.frame[~gone].reset_index(drop=True), replace(self.place, rows=self.place.rows[~gone]), (*self.problems, problem))

    def say(self, column: str, rule: str, where: np.ndarray, found: str, wanted: str, action: str = "coerced") -> Draft:
        if not where.any():
            return self
        return replace(self, problems=(*self.problems, self.place.problem(column, rule, found, wanted, action, where)))  # type: ignore[arg-type]

    def first(self, column: str, where: np.ndarray) -> str:
        return repr(as_text(self.frame.loc[where, column].iloc[0])) if where.any() else ""


def _own_authority(authority: str) -> Any:
    def step(draft: Draft) -> Draft:
        named = draft.frame["authority"].map(as_text)
        other = (bool(authority) & (named != "") & (named.map(plain) != plain(authority))).to_numpy()
        return draft.drop("authority", "other_authority", other, draft.first("authority", other), f"rows of {authority}")

    return step


_MONTH = re.compile(r"^(\d{4})-(\d{1,2})$")
_SLASHED = re.compile(r"^(\d{1,2})[/-](\d{4})$")
_NAMED = re.compile(r"^([A-Za-z]{3,9})[ \-/']*(\d{4}|\d{2})$")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_month(cell: Any) -> tuple[pd.Period | None, bool]:
    """A month however it is written, None where it is no month that exists; and whether it has the form 2024-03.

    >>> read_month("2024-03"), read_month("Mar-24"), read_month("2024-13")
    ((Period('2024-03', 'M'), True), (Period('2024-03', 'M'), False), (None, True))
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


def _months(draft: Draft) -> Draft:
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
    def step(draft: Draft) -> Draft:
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


def _breakdowns(draft: Draft) -> Draft:
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


def _figures(draft: Draft) -> Draft:
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
    signed = draft.frame["value"].map(as_text).str.endswith("%")
    return replace(draft, frame=frame.assign(flag=flag, signed=signed))


def _signs(draft: Draft) -> Draft:
    for name in FIGURES:
        below = (draft.frame[name] < 0).to_numpy()
        draft = draft.drop(name, "negative", below, draft.first(name, below), "0 or more")
    return draft


def _plausible(kinds: Mapping[str, str] | None) -> Any:
    return lambda draft: make_plausible(draft, kinds)


def _shares(kinds: Mapping[str, str] | None) -> Any:
    """Percentages: the numerator is a part of the denominator, and the value is worked out where it is not given."""

    def step(draft: Draft) -> Draft:
        frame = draft.frame
        ratio = frame["numerator"] / frame["denominator"].where(frame["denominator"] > 0)
        kind = frame["indicator"].map(dict(kinds or {})).astype(object).fillna("")
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
            # a share without what it is a share of is not known
            worked.notna() | frame["value"].notna(),
            frame["numerator"].where(frame["denominator"].isna() & ~kind.isin(["percent", "rate"])),
        )
        draft = replace(draft, frame=frame.assign(value=value))
        found = draft.first("numerator", over)
        draft = draft.drop("numerator", "numerator_over_denominator", over, found, "a numerator that is part of its denominator")
        above = ((kind[~over] == "percent") & (value[~over] > 100)).to_numpy()
        return draft.drop("value", "over_100", above, draft.first("value", above), "a percentage from 0 to 100")

    return step


def _missing(draft: Draft) -> Draft:
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


def read_rows(draft: Draft, authority: str, kinds: Mapping[str, str] | None) -> Draft:
    """Every step in turn: what comes out has a month, a known name, a breakdown, and a figure or a flag in every row."""
    for step in (
        _own_authority(authority),
        _months,
        _indicators(kinds),
        _breakdowns,
        _figures,
        _signs,
        _plausible(kinds),
        _shares(kinds),
        _missing,
    ):
        draft = step(draft)
        if draft.frame.empty:  # every row was left out, and each has been said
            return draft
    return draft
