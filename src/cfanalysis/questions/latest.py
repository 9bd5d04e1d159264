"""The newest figure of every measure of a theme with its usual range, and its newest settled year beside the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import Address, Table
from cfanalysis.questions.subject import HIDDEN, PARTS, Subject, whole
from cfanalysis.questions.years import Change, change_in_words, change_of, compared, months_of

COMPARED = ["compared", "year_now", "year_before", "change"]
COUNT_COLUMNS = ["measure", "unit", "month", "number", "low", "high", "severity", *COMPARED]
SHARE_COLUMNS = ["measure", "month", "percent", *PARTS, "low", "high", "severity", *COMPARED]
MEASURE_COLUMNS = ["measure", "unit", "month", "value", *PARTS, *COMPARED]
LABELS = {
    "measure": "Measure", "unit": "Of what", "month": "Month", "number": "Number", "low": "Usual from", "high": "Usual to",
    "severity": "Judgement", "percent": "Percent", "numerator": "Number", "denominator": "Out of", "value": "Figure",
    "compared": "Compared", "year_now": "Then", "year_before": "A year before", "change": "Change on the year",
}  # fmt: skip
NOTE = (
    "A change on the year is told only where it is more than chance and ordinary straying. "
    "Where nothing changed, one is told in about 1 year in 20. "
    "Months still being recorded are not compared."
)

YEARS = ("year_now", "year_before")
FLAGGED = ("number", "percent", "value", *PARTS, *YEARS)
FLAG = "flag"

Row = dict[str, Any]
Judged = Sequence[tuple[Subject, pd.DataFrame]]
Known = Mapping[str, Change] | None
"""What is known of the years of each measure, by its name; worked out where it is not given."""


def latest_counts(judged: Judged, years: Known = None) -> Table:
    """One row per count or stock: its newest month with the usual range, and its newest settled year (or date) beside the one before."""
    rows = [_count(subject, unusual, _years(subject, years)) for subject, unusual in judged if subject.counted and subject.known]
    needs = dict.fromkeys(("low", "high", "severity"), ("number",)) | {"change": YEARS}
    return _table(rows, COUNT_COLUMNS, "The newest figures: numbers", ("number", *YEARS), needs, judged)


def latest_shares(judged: Judged, years: Known = None) -> Table:
    """One row per percentage: its newest month with numerator, denominator and usual range, and its twelve months pooled, twice."""
    rows = [_share(subject, unusual, _years(subject, years)) for subject, unusual in judged if subject.is_percent and subject.known]
    needs = dict.fromkeys(("percent", "low", "high", "severity", *YEARS, "change"), PARTS)
    return _table(rows, SHARE_COLUMNS, "The newest figures: percentages", PARTS, needs, judged)


def latest_measures(judged: Judged, years: Known = None) -> Table:
    """One row per rate, mean or median: its newest month with the numbers behind it as far as they are known, and a date a year apart."""
    chosen = [subject for subject, _ in judged if subject.indicator.kind in ("rate", "measure") and subject.known]
    rows = [_measure(subject, _years(subject, years)) for subject in chosen]
    counts = tuple(name for name in PARTS if any(np.isfinite(row[name]) for row in rows))
    columns = [name for name in MEASURE_COLUMNS if name in counts or name not in PARTS]
    needs = dict.fromkeys(("value", *YEARS, "change"), counts) if counts else {}
    return _table(rows, columns, "The newest figures: rates and averages", counts, needs, judged)


def _table(
    rows: Sequence[Row], columns: Sequence[str], title: str, counts: tuple[str, ...], derived: Mapping[str, tuple[str, ...]], judged: Judged
) -> Table:
    frame = pd.DataFrame(rows, columns=list(columns))
    subjects = [subject for subject, _ in judged]
    sources = sorted({subject.source for subject in subjects if subject.source})
    published = bool(subjects) and all(subject.published for subject in subjects)
    known = {subject.name: subject for subject in subjects}
    addresses = {name: tuple(_address(known[row["measure"]], row, name) for row in rows) for name in counts}
    flags = {name: tuple(row[f"{FLAG}_{name}" if name in YEARS else FLAG] for row in rows) for name in FLAGGED if name in columns}
    return Table(
        frame, title=title, counts=counts, derived=derived, labels=LABELS, source="; ".join(sources), flags=flags, addresses=addresses,
        synthetic=any(subject.synthetic for subject in subjects), published=published, note=NOTE if rows else "",
        facts={"definitions": {each.name: each.indicator.definition for each in subjects if each.name in set(frame["measure"])}},
    )  # fmt: skip


def _address(subject: Subject, row: Row, column: str) -> Address:
    if column not in YEARS:
        return subject.address(row["month"], column if column in PARTS else "figure")
    name, breakdown, _, part = subject.address(row["month"])
    periods = tuple(period for month in row[f"months_{column}"] for period in subject.address(month)[2])
    return (name, breakdown, periods, part)


def _years(subject: Subject, known: Known) -> Change:
    return change_of(subject) if known is None else known[subject.name]


def _row(subject: Subject, years: Change) -> tuple[Row, dict[str, Any]]:
    """What every row has: measure, unit, month, its flag, and the two years with theirs; then the newest month."""
    month = subject.newest
    now = subject.at(month)
    found = years.years
    last = subject.settled if found.last is None else found.last
    spans = {"year_now": months_of(subject, last), "year_before": months_of(subject, last - 12)}
    row = {
        "measure": subject.name, "unit": subject.indicator.unit, "month": month, FLAG: now["flag"], "compared": compared(subject, last),
        "year_now": found.now, "year_before": found.before, "change": change_in_words(years, subject.indicator.kind),
        **{f"months_{name}": span for name, span in spans.items()},
        **{f"{FLAG}_{name}": _why_none(subject, span) for name, span in spans.items()},
    }  # fmt: skip
    return row, now


def _why_none(subject: Subject, months: Sequence[pd.Period]) -> str:
    """Why the figure of some months is missing: hidden where one of them is, else not there."""
    return HIDDEN if HIDDEN in {subject.at(month)["flag"] for month in months} else "x"


def _judgement(subject: Subject, unusual: pd.DataFrame, month: pd.Period) -> Row:
    found = whole(subject, unusual[unusual["month"] == month], ("low", "high"))
    if found.empty:
        return {"low": None, "high": None, "severity": "cannot tell"}
    row = found.iloc[0]
    return {"low": row["low"], "high": row["high"], "severity": row["severity"] or "cannot tell"}


def _count(subject: Subject, unusual: pd.DataFrame, years: Change) -> Row:
    row, now = _row(subject, years)
    return {**row, "number": now["value"], **_judgement(subject, unusual, row["month"])}


def _share(subject: Subject, unusual: pd.DataFrame, years: Change) -> Row:
    row, now = _row(subject, years)
    return {**row, "percent": now["value"], **{name: now[name] for name in PARTS}, **_judgement(subject, unusual, row["month"])}


def _measure(subject: Subject, years: Change) -> Row:
    row, now = _row(subject, years)
    return {**row, "value": now["value"], **{name: now[name] for name in PARTS}}
