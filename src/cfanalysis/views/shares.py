"""A percentage by category over the newest year, each with its counts and how far chance alone could move it."""

from __future__ import annotations

import pandas as pd

from cfanalysis.indicators import wilson
from cfanalysis.tables import Table
from cfanalysis.views.parts import TOTAL, by_category
from cfanalysis.views.subject import Subject

MONTHS = 12
PARTS = ("numerator", "denominator")


def shares_by(subject: Subject, rows: pd.DataFrame, dimension: str, *, months: int = MONTHS) -> Table:
    """One row per category: numerator and denominator of the newest months together, percent, and its 95 % Wilson interval.

    A month that is missing is in neither count, and the note says how many months there are.
    """
    monthly = by_category(subject, rows, dimension, months=months).frame
    known = monthly[monthly["observed"].notna()] if len(monthly) else monthly
    frame = known.groupby("category", as_index=False)[list(PARTS)].sum() if len(known) else pd.DataFrame(columns=["category", *PARTS])
    frame = frame.astype(dict.fromkeys(PARTS, float))
    months_known = known["month"].nunique() if len(known) else 0
    low, high = wilson(frame["numerator"], frame["denominator"])
    frame["percent"], frame["low"], frame["high"] = 100 * frame["numerator"] / frame["denominator"], low, high
    order = (frame["category"] == TOTAL).astype(int)
    frame = frame.assign(order=order).sort_values(["order", "category"]).drop(columns="order").reset_index(drop=True)
    return Table(
        frame, title=f"{subject.indicator.title} by {dimension}, the newest twelve months", counts=PARTS,
        derived=dict.fromkeys(("percent", "low", "high"), PARTS), margins={"category": TOTAL}, unit=subject.indicator.unit,
        source=subject.source, synthetic=subject.synthetic, published=subject.published,
        note=f"{months_known} months have figures. Chance alone could move it from and to there, 19 times in 20.",
        labels={"category": dimension.capitalize(), "percent": "Percent", "low": "From", "high": "To"},
        facts={"name": subject.name, "definition": subject.indicator.definition},
    )  # fmt: skip
