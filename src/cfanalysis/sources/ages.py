"""What day an extract was drawn, told by the children in it: a child of eleven has had that birthday and not the next.

Every row with a date of birth and an age in years allows the days of one year; few days are allowed by all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from cfanalysis.sources.records import Records

FEWEST = 10
"""Children whose ages and dates of birth are known, below which nothing is told."""

AGREEING = 0.9
"""The share of them that one day must suit: a few ages are typed wrong."""

WIDEST_DAYS = 62
"""A stretch of more days than this says too little."""

Span = tuple[date, date]


def drawn_between(read: Sequence[Records]) -> Span | None:
    """The first and last day on which the children were as old as their rows say; None where their ages do not tell."""
    parts = [records.data[["birth_date", "age"]] for records in read if {"birth_date", "age"} <= set(records.data.columns)]
    rows = pd.concat(parts, ignore_index=True).dropna() if parts else pd.DataFrame({"birth_date": [], "age": []})
    rows = rows[(rows["age"] >= 0) & (rows["age"] == rows["age"].round())].drop_duplicates()
    if len(rows) < FEWEST:
        return None
    first, last = (_birthday(rows, years) for years in (0, 1))
    starts, ends = np.sort(first), np.sort(last)
    suits = np.searchsorted(starts, starts, side="right") - np.searchsorted(ends, starts, side="right")
    best = int(np.argmax(suits))
    if suits[best] < AGREEING * len(rows):
        return None
    after = ends[np.searchsorted(ends, starts[best], side="right")] - np.timedelta64(1, "D")
    later = starts[starts > starts[best]]
    until = min(after, later[0] - np.timedelta64(1, "D")) if len(later) else after
    if (until - starts[best]).astype(int) > WIDEST_DAYS:
        return None
    return starts[best].astype(object), until.astype(object)


def _birthday(rows: pd.DataFrame, later: int) -> np.ndarray:
    """The day each child reached its age, or an age so many years later."""
    years = (rows["age"] + later).astype(int)
    born = rows["birth_date"]
    days = pd.to_datetime({"year": born.dt.year + years, "month": born.dt.month, "day": born.dt.day.clip(upper=28)})
    late = pd.to_timedelta(born.dt.day - born.dt.day.clip(upper=28), unit="D")
    return (days + late).to_numpy().astype("datetime64[D]")
