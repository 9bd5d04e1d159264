"""The newest figure of every measure of a theme with its usual range, and its newest settled year beside the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import Address, Table
from cfanalysis.questions.newest import Newest, newest_of
from cfanalysis.questions.subject import PARTS, Subject, whole
from cfanalysis.questions.years import Change, change_of

YEARS = ("year_now", "year_before")
YEAR_PARTS = tuple(f"{part}_{year}" for year in YEARS for part in PARTS)
"""What the pooled percentages of two years are worked out from."""

COMPARED = ["compared", "year_now", "year_before", "change"]
COUNT_COLUMNS = ["measure", "unit", "month", "each", "number", "low", "high", "severity", *COMPARED]
SHARE_COLUMNS = ["measure", "month", "each", "percent", *PARTS, "low", "high", "severity", *COMPARED, *YEAR_PARTS]
MEASURE_COLUMNS = ["measure", "unit", "month", "value", *PARTS, *COMPARED]
LABELS = {
    "measure": "Measure", "unit": "Of what", "month": "Month", "number": "Number", "low": "Usual from", "high": "Usual to",
    "numerator_year_now": "Then, number", "denominator_year_now": "Then, out of",
    "numerator_year_before": "A year before, number", "denominator_year_before": "A year before, out of",
    "severity": "Judgement", "percent": "Percent", "numerator": "Number", "denominator": "Out of", "value": "Figure",
    "each": "Over one", "compared": "Compared", "year_now": "Then", "year_before": "A year before", "change": "Change on the year",
}  # fmt: skip
NOTE = (
    "A change on the year is told only where it is more than chance and ordinary straying. "
    "Where nothing changed, one is told in about 1 year in 20. "
    "Months still being recorded are not compared."
)

FLAGGED = ("number", "percent", "value", *PARTS, *YEARS, *YEAR_PARTS)
FLAG = "flag"

Row = dict[str, Any]
Judged = Sequence[tuple[Subject, pd.DataFrame]]
Known = Mapping[str, Change] | None
"""What is known of the years of each measure, by its name; worked out where it is not given."""


def latest_counts(judged: Judged, years: Known = None) -> Table:
    """One row per count or stock: its newest month with the usual range, and its newest settled year (or date) beside the one before."""
    rows = [_count(subject, unusual, _years(subject, years)) for subject, unusual in judged if subject.counted and subject.there]
    needs = dict.fromkeys(("low", "high", "severity"), ("number",)) | {"change": YEARS}
    return _table(rows, COUNT_COLUMNS, "The newest figures: numbers", ("number", *YEARS), needs, judged)


def latest_shares(judged: Judged, years: Known = None) -> Table:
    """One row per percentage: its newest month with numerator, denominator and usual range, and its twelve months pooled, twice."""
    rows = [_share(subject, unusual, _years(subject, years)) for subject, unusual in judged if subject.is_percent and subject.there]
    needs: dict[str, tuple[str, ...]] = dict.fromkeys(("percent", "low", "high", "severity"), PARTS)
    needs |= {year: YEAR_PARTS[place : place + 2] for place, year in zip((0, 2), YEARS, strict=True)} | {"change": YEAR_PARTS}
    return _table(rows, SHARE_COLUMNS, "The newest figures: percentages", (*PARTS, *YEAR_PARTS), needs, judged)


def latest_measures(judged: Judged, years: Known = None) -> Table:
    """One row per rate, mean or median: its newest month with the numbers behind it as far as they are known, and a date a year apart."""
    chosen = [subject for subject, _ in judged if subject.indicator.kind in ("rate", "measure") and subject.there]
    rows = [_measure(subject, _years(subject, years)) for subject in chosen]
    counts = tuple(name for name in PARTS if any(np.isfinite(row[name]) for row in rows))
    columns = [name for name in MEASURE_COLUMNS if name in counts or name not in PARTS]
    needs = dict.fromkeys(("value", *YEARS, "change"), counts) if counts else {}
    return _table(rows, columns, "The newest figures: rates and averages", counts, needs, judged)


def _table(
    rows: Sequence[Row], columns: Sequence[str], title: str, counts: tuple[str, ...], derived: Mapping[str, tuple[str, ...]], judged: Judged
) -> Table:
    quarterly = any(row.get("each") == "quarter" for row in rows)
    frame = pd.DataFrame(rows, columns=[name for name in columns if quarterly or name != "each"])
    subjects = [subject for subject, _ in judged]
    sources = sorted({subject.source for subject in subjects if subject.source})
    published = bool(subjects) and all(subject.published for subject in subjects)
    known = {subject.name: subject for subject in subjects}
    addresses = {name: tuple(_address(row["newest"], known[row["measure"]], name) for row in rows) for name in counts}
    flags = {name: tuple(row[f"{FLAG}_{name}"] for row in rows) for name in FLAGGED if name in columns}
    return Table(
        frame, title=title, counts=counts, derived=derived, labels=LABELS, source="; ".join(sources), flags=flags, addresses=addresses,
        synthetic=any(subject.synthetic for subject in subjects), published=published, note=NOTE if rows else "",
        facts={"definitions": {each.name: each.indicator.definition for each in subjects if each.name in set(frame["measure"])}},
    )  # fmt: skip


def _address(newest: Newest, subject: Subject, column: str) -> Address | None:
    """Where a release holds a count; nowhere where a month of a year's figure stands as it is likely to settle."""
    months, part = _asked(newest, column)
    return None if column in YEARS and subject.moved(months) else newest.address(months, part)


def _asked(newest: Newest, column: str) -> tuple[Sequence[pd.Period], str]:
    """The months and the part that a count is made of."""
    part = next((part for part in PARTS if column.startswith(part)), "figure")
    year = newest.now if column.endswith(YEARS[0]) else newest.before if column.endswith(YEARS[1]) else None
    return ([newest.month] if year is None else year.months), part


def _years(subject: Subject, known: Known) -> Change:
    return change_of(subject) if known is None else known[subject.name]


def _row(subject: Subject, years: Change) -> Row:
    """What every row has: measure, unit, month, both years and the change, each with why it is missing."""
    newest = newest_of(subject, years)
    row: Row = {
        "measure": subject.name, "unit": subject.indicator.unit, "month": newest.month, "each": newest.each, "compared": newest.compared,
        "change": newest.change, "newest": newest, **{name: newest.figures[name] for name in PARTS},
    }  # fmt: skip
    row |= {f"{FLAG}_{name}": newest.figures["flag"] for name in ("number", "percent", "value", *PARTS)}
    for name, year in zip(YEARS, (newest.now, newest.before), strict=True):
        row |= {name: year.value, f"{FLAG}_{name}": year.flag}
        row |= {f"{part}_{name}": getattr(year, part) for part in PARTS} | {f"{FLAG}_{part}_{name}": year.flag for part in PARTS}
    return row


def _judgement(subject: Subject, unusual: pd.DataFrame, row: Row) -> Row:
    found = whole(subject, unusual[unusual["month"] == row["month"]], ("low", "high"))
    if found.empty or row["each"] != "month":
        return {"low": None, "high": None, "severity": "cannot tell"}
    first = found.iloc[0]
    return {"low": first["low"], "high": first["high"], "severity": first["severity"] or "cannot tell"}


def _count(subject: Subject, unusual: pd.DataFrame, years: Change) -> Row:
    row = _row(subject, years)
    return {**row, "number": row["newest"].figures["value"], **_judgement(subject, unusual, row)}


def _share(subject: Subject, unusual: pd.DataFrame, years: Change) -> Row:
    row = _row(subject, years)
    return {**row, "percent": row["newest"].figures["value"], **_judgement(subject, unusual, row)}


def _measure(subject: Subject, years: Change) -> Row:
    row = _row(subject, years)
    return {**row, "value": row["newest"].figures["value"]}
