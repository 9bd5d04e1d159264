"""Which column a family takes when it is not told: the measure, its months, what tells several series apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.errors import ReleaseError

MEASURES = ("value", "observed", "now", "number", "percent")
SERIES = ("who", "category", "series", "breakdown", "indicator", "authority", "measure")


def measure(released: ReleasedTable, wanted: str | None = None) -> str:
    """The column of figures: the one named, else the first usual one, else the first count."""
    return _chosen(released, wanted, (*MEASURES, *released.counts, *released.derived), "figures")


def grouping(released: ReleasedTable, wanted: str | None = None) -> str:
    """The column that tells series or categories apart."""
    return _chosen(released, wanted, SERIES, "categories")


def several(released: ReleasedTable, wanted: str | None = None) -> str | None:
    """The column that tells series apart, None where the table holds one series."""
    if wanted is not None:
        return grouping(released, wanted)
    frame = released.frame
    return next((name for name in SERIES if name in frame.columns and len(set(frame[name])) > 1), None)


def needed(released: ReleasedTable, names: Sequence[str]) -> None:
    """Refuse a table without a column that the family cannot do without."""
    absent = [name for name in names if name not in released.frame.columns]
    if absent:
        raise ReleaseError(
            f"table {released.title!r} has no column {absent[0]!r}, which this chart needs; it has {', '.join(released.frame.columns)}"
        )


def without_total(released: ReleasedTable, column: str) -> pd.DataFrame:
    """The rows of a released table without those of the total of a margin."""
    frame = released.frame
    total = released.margins.get(column, "all" if column == "breakdown" else None)
    return frame if total is None else frame[frame[column] != total].reset_index(drop=True)


def _chosen(released: ReleasedTable, wanted: str | None, usual: Sequence[str], what: str) -> str:
    columns = list(released.frame.columns)
    if wanted is not None:
        needed(released, [wanted])
        return wanted
    found = next((name for name in usual if name in columns), None)
    if found is None:
        raise ReleaseError(f"table {released.title!r}: say which column holds the {what}; it has {', '.join(columns)}")
    return found
