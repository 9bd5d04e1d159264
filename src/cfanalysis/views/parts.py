"""A measure by its parts: source, team, area, age, category."""

from __future__ import annotations

import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.tables import ALL, Table
from cfanalysis.views.subject import Subject

SHOWN_MONTHS = 24
TOTAL = "All"
LATE = "Newer months are left out: they are still being recorded."


def by_category(subject: Subject, rows: pd.DataFrame, dimension: str, *, months: int | None = SHOWN_MONTHS) -> Table:
    """One row per month and category, the total included so that hidden parts stay hidden.

    ``rows`` are all rows of the indicator in the series table. Columns: month, category, (numerator, denominator,) observed, provisional,
    flag.
    """
    wanted = rows[rows["breakdown"].eq(ALL) | rows["breakdown"].str.startswith(f"{dimension}: ")]
    if months is not None and len(wanted):
        wanted = wanted[wanted["month"] > wanted["month"].max() - months]
    if not wanted["breakdown"].ne(ALL).any():
        wanted = wanted.iloc[:0]
    frame = pd.DataFrame({"month": wanted["month"], "category": wanted["breakdown"].str.removeprefix(f"{dimension}: ").replace(ALL, TOTAL)})
    if subject.is_percent:
        frame[["numerator", "denominator"]] = wanted[["numerator", "denominator"]]
    frame["observed"], frame["provisional"], frame["flag"] = wanted["value"], subject.unsettled(wanted["month"]), wanted["flag"]
    frame = frame.sort_values(["category", "month"]).reset_index(drop=True)
    return subject.table(frame, f"{subject.indicator.title} by {dimension}", margins={"category": TOTAL}, facts={"dimension": dimension})


def by_category_now(subject: Subject, rows: pd.DataFrame, dimension: str, *, months: int = 12) -> Table:
    """One row per category: the newest twelve months that are no longer being recorded, beside the twelve before.

    A stock is taken at the newest such month and a year before.
    """
    late = subject.indicator.provisional_months
    table = by_category(subject, rows, dimension, months=2 * months + late).frame
    table = table[table["month"] <= table["month"].max() - late] if len(table) else table
    frame = pd.DataFrame({"now": _over(table, 0, subject, months), "before": _over(table, months, subject, months)})
    frame = frame.rename_axis("category").reset_index()
    order = (frame["category"] == TOTAL).astype(int)
    frame = frame.assign(order=order).sort_values(["order", "now"], ascending=[True, False]).drop(columns="order").reset_index(drop=True)
    when = month_label(table["month"].max()) if len(table) else "now"
    stock = subject.indicator.kind == "stock"
    what = f"{when} and a year before" if stock else f"the twelve months to {when} and the twelve before"
    return Table(
        frame, title=f"{subject.indicator.title} by {dimension}, {what}", counts=("now", "before"), margins={"category": TOTAL},
        unit=subject.indicator.unit, source=subject.source, synthetic=subject.synthetic, published=subject.published,
        labels={"category": dimension.capitalize(), "now": "Newest", "before": "A year before"}, note=LATE if late and len(table) else "",
        facts={"name": subject.name, "dimension": dimension},
    )  # fmt: skip


def _over(table: pd.DataFrame, back: int, subject: Subject, months: int) -> pd.Series:
    """Each category's sum over the months that end ``back`` months before the newest one; a stock's figure at that month.

    One missing month makes a sum unknown: it is not a smaller sum.
    """
    if table.empty:
        return pd.Series(dtype=float)
    last = table["month"].max() - back
    stock = subject.indicator.kind == "stock"
    part = table[table["month"] == last] if stock else table[(table["month"] > last - months) & (table["month"] <= last)]
    return part.groupby("category")["observed"].sum(min_count=1 if stock else months)
