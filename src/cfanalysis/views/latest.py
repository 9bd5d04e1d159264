"""The newest figure of every measure of a theme, beside a year before and what was to be expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.tables import Address, Table
from cfanalysis.views.subject import PARTS, Subject, whole

COUNT_COLUMNS = ["measure", "unit", "month", "number", "year_before", "expected", "low", "high", "severity"]
SHARE_COLUMNS = [
    "measure", "month", "percent", "numerator", "denominator", "year_before", "numerator_before", "denominator_before",
    "low", "high", "severity",
]  # fmt: skip
LABELS = {
    "measure": "Measure", "unit": "Of what", "month": "Month", "number": "Number", "year_before": "A year before", "expected": "Expected",
    "low": "Usual from", "high": "Usual to", "severity": "Judgement", "percent": "Percent", "numerator": "Number", "denominator": "Out of",
    "numerator_before": "Number a year before", "denominator_before": "Out of, a year before", "value": "Figure",
}  # fmt: skip

MEASURE_COLUMNS = ["measure", "unit", "month", "value", *PARTS, "year_before", *(f"{name}_before" for name in PARTS)]

PARTS_BEFORE = tuple(f"{name}_before" for name in PARTS)
BEFORE = ("year_before", *PARTS_BEFORE)
FLAGGED = ("number", "percent", "value", *PARTS, *BEFORE)
FLAG, FLAG_BEFORE = "flag", "flag_before"

Row = dict[str, Any]
Judged = Sequence[tuple[Subject, pd.DataFrame]]


def latest_counts(judged: Judged) -> Table:
    """One row per count or stock: its newest month, the same month a year before, and the usual range."""
    rows = [_count(subject, unusual) for subject, unusual in judged if subject.counted and subject.known]
    needs = dict.fromkeys(("expected", "low", "high", "severity"), ("number",))
    return _table(rows, COUNT_COLUMNS, "The newest figures: numbers", ("number", "year_before"), needs, judged)


def latest_shares(judged: Judged) -> Table:
    """One row per percentage: its newest month with numerator and denominator, a year before, and the usual range."""
    rows = [_share(subject, unusual) for subject, unusual in judged if subject.is_percent and subject.known]
    needs = {**dict.fromkeys(("percent", "low", "high", "severity"), PARTS), "year_before": PARTS_BEFORE}
    return _table(rows, SHARE_COLUMNS, "The newest figures: percentages", (*PARTS, *PARTS_BEFORE), needs, judged)


def latest_measures(judged: Judged) -> Table:
    """One row per rate, mean or median: its newest month and a year before, each with the numbers behind it as far as they are known."""
    rows = [_measure(subject) for subject, _ in judged if subject.indicator.kind in ("rate", "measure") and subject.known]
    counts = tuple(name for name in (*PARTS, *PARTS_BEFORE) if any(np.isfinite(row[name]) for row in rows))
    columns = [name for name in MEASURE_COLUMNS if name in counts or name not in (*PARTS, *PARTS_BEFORE)]
    behind = {"value": PARTS, "year_before": PARTS_BEFORE}
    needs = {column: tuple(name for name in parts if name in counts) for column, parts in behind.items()}
    return _table(
        rows, columns, "The newest figures: rates and averages", counts, {name: each for name, each in needs.items() if each}, judged
    )


def _table(
    rows: Sequence[Row], columns: Sequence[str], title: str, counts: tuple[str, ...], derived: Mapping[str, tuple[str, ...]], judged: Judged
) -> Table:
    frame = pd.DataFrame(rows, columns=list(columns))
    subjects = [subject for subject, _ in judged]
    sources = sorted({subject.source for subject in subjects if subject.source})
    published = bool(subjects) and all(subject.published for subject in subjects)
    known = {subject.name: subject for subject in subjects}
    addresses = {name: tuple(_address(known[row["measure"]], row["month"], name) for row in rows) for name in counts}
    flags = {name: tuple(row[FLAG_BEFORE if name in BEFORE else FLAG] for row in rows) for name in FLAGGED if name in columns}
    return Table(
        frame, title=title, counts=counts, derived=derived, labels=LABELS, source="; ".join(sources), flags=flags, addresses=addresses,
        synthetic=any(subject.synthetic for subject in subjects), published=published,
        facts={"definitions": {each.name: each.indicator.definition for each in subjects if each.name in set(frame["measure"])}},
    )  # fmt: skip


def _address(subject: Subject, month: pd.Period, column: str) -> Address:
    part = column.removesuffix("_before")
    return subject.address(month - 12 if column in BEFORE else month, part if part in PARTS else "figure")


def _ends(subject: Subject) -> tuple[Row, dict[str, Any], dict[str, Any]]:
    """What every row has: measure, unit, month and the flags of both figures; then the newest month, and the one a year before."""
    month = subject.newest
    now, before = subject.at(month), subject.at(month - 12)
    row = {"measure": subject.name, "unit": subject.indicator.unit, "month": month, FLAG: now["flag"], FLAG_BEFORE: before["flag"]}
    return row, now, before


def _parts(now: Mapping[str, Any], before: Mapping[str, Any]) -> Row:
    return {name: now[name] for name in PARTS} | {f"{name}_before": before[name] for name in PARTS}


def _judgement(subject: Subject, unusual: pd.DataFrame, month: pd.Period) -> Row:
    found = whole(subject, unusual[unusual["month"] == month], ("expected", "low", "high"))
    if found.empty:
        return {"expected": None, "low": None, "high": None, "severity": "cannot tell"}
    row = found.iloc[0]
    return {**{name: row[name] for name in ("expected", "low", "high")}, "severity": row["severity"] or "cannot tell"}


def _count(subject: Subject, unusual: pd.DataFrame) -> Row:
    row, now, before = _ends(subject)
    return {**row, "number": now["value"], "year_before": before["value"], **_judgement(subject, unusual, row["month"])}


def _share(subject: Subject, unusual: pd.DataFrame) -> Row:
    row, now, before = _ends(subject)
    judged = _judgement(subject, unusual, row["month"])
    return {**row, "percent": now["value"], "year_before": before["value"], **_parts(now, before), **judged}


def _measure(subject: Subject) -> Row:
    row, now, before = _ends(subject)
    return {**row, "value": now["value"], "year_before": before["value"], **_parts(now, before)}
