"""The newest figure of every measure of a theme, beside a year before and what was to be expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cfanalysis.tables import Table
from cfanalysis.views.subject import Subject, whole

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

PARTS = ("numerator", "denominator")

Judged = Sequence[tuple[Subject, pd.DataFrame]]


def latest_counts(judged: Judged) -> Table:
    """One row per count or stock: its newest month, the same month a year before, and the usual range."""
    rows = [_count(subject, unusual) for subject, unusual in judged if subject.indicator.kind in ("count", "stock") and subject.known]
    frame = pd.DataFrame(rows, columns=COUNT_COLUMNS)
    needs = dict.fromkeys(("expected", "low", "high", "severity"), ("number",))
    return _table(frame, "The newest figures: numbers", ("number", "year_before"), needs, judged)


def latest_shares(judged: Judged) -> Table:
    """One row per percentage: its newest month with numerator and denominator, a year before, and the usual range."""
    rows = [_share(subject, unusual) for subject, unusual in judged if subject.is_percent and subject.known]
    frame = pd.DataFrame(rows, columns=SHARE_COLUMNS)
    now, before = ("numerator", "denominator"), ("numerator_before", "denominator_before")
    needs = {**dict.fromkeys(("percent", "low", "high", "severity"), now), "year_before": before}
    return _table(frame, "The newest figures: percentages", (*now, *before), needs, judged)


def latest_measures(judged: Judged) -> Table:
    """One row per rate, mean or median: its newest month and a year before, each with the numbers behind it as far as they are known."""
    rows = [
        {
            "measure": subject.name, "unit": subject.indicator.unit, "month": month, "value": row["value"], "year_before": before["value"],
            **{name: row[name] for name in PARTS}, **{f"{name}_before": before[name] for name in PARTS},
        }
        for subject, _ in judged
        if subject.indicator.kind in ("rate", "measure") and subject.known
        for month, row, before in [_ends(subject)]
    ]  # fmt: skip
    now, before = PARTS, tuple(f"{name}_before" for name in PARTS)
    frame = pd.DataFrame(rows, columns=["measure", "unit", "month", "value", *now, "year_before", *before])
    counts = tuple(name for name in (*now, *before) if frame[name].notna().any())
    frame = frame.drop(columns=[name for name in (*now, *before) if name not in counts])
    behind = {"value": now, "year_before": before}
    needs = {column: tuple(name for name in parts if name in counts) for column, parts in behind.items()}
    return _table(frame, "The newest figures: rates and averages", counts, {name: each for name, each in needs.items() if each}, judged)


def _table(frame: pd.DataFrame, title: str, counts: tuple[str, ...], derived: Mapping[str, tuple[str, ...]], judged: Judged) -> Table:
    subjects = [subject for subject, _ in judged]
    sources = sorted({subject.source for subject in subjects if subject.source})
    published = bool(subjects) and all(subject.published for subject in subjects)
    return Table(
        frame, title=title, counts=counts, derived=derived, labels=LABELS, source="; ".join(sources),
        synthetic=any(subject.synthetic for subject in subjects), published=published,
        facts={"definitions": {each.name: each.indicator.definition for each in subjects if each.name in set(frame["measure"])}},
    )  # fmt: skip


def _ends(subject: Subject) -> tuple[pd.Period, pd.Series, pd.Series]:
    """The newest month with a value, its row, and the row a year before (missing where there is none)."""
    rows = subject.rows.set_index("month")
    month = rows.index[rows["value"].notna()].max()
    return month, rows.loc[month], rows.reindex([month - 12]).iloc[0]


def _judgement(subject: Subject, unusual: pd.DataFrame, month: pd.Period) -> dict[str, object]:
    found = whole(subject, unusual[unusual["month"] == month], ("expected", "low", "high"))
    if found.empty:
        return {"expected": None, "low": None, "high": None, "severity": "cannot tell"}
    row = found.iloc[0]
    return {**{name: row[name] for name in ("expected", "low", "high")}, "severity": row["severity"] or "cannot tell"}


def _count(subject: Subject, unusual: pd.DataFrame) -> dict[str, object]:
    month, row, before = _ends(subject)
    told = {"measure": subject.name, "unit": subject.indicator.unit, "month": month, "number": row["value"], "year_before": before["value"]}
    return {**told, **_judgement(subject, unusual, month)}


def _share(subject: Subject, unusual: pd.DataFrame) -> dict[str, object]:
    month, row, before = _ends(subject)
    told = {"measure": subject.name, "month": month, "percent": row["value"], "year_before": before["value"]}
    parts = {name: row[name] for name in ("numerator", "denominator")}
    parts |= {f"{name}_before": before[name] for name in ("numerator", "denominator")}
    return {**told, **parts, **_judgement(subject, unusual, month)}
