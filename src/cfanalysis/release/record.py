"""What the audit of a page needs to know of each released table: only what the page shows, and which cells are hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.release.released import ReleasedTable

KEY_COLUMNS = ("authority", "level", "indicator", "breakdown", "category", "measure", "month", "year", "who", "edition", "extract")


def record(table: ReleasedTable) -> dict[str, Any]:
    """The released counts of a table with their keys, margins and what is hidden, as plain lists."""
    if table.published or not table.counts:
        return {}
    frame, marks, roles = table.frame, table.marks, table.roles
    keys = [name for name in frame.columns if name in KEY_COLUMNS or name in table.margins]
    counts = {}
    for name in table.counts:
        values = [None if np.isnan(value) else value for value in frame[name].to_numpy(dtype=float, na_value=np.nan)]
        role = roles[name].tolist() if roles is not None and name in roles else [""] * len(frame)
        counts[name] = {"values": values, "hidden": (marks[name] == "c").tolist(), "role": role}
    return {
        "title": table.title, "policy": table.policy.name, "margins": dict(table.margins),
        "cumulative": list(table.cumulative), "implied": {name: dict(weights) for name, weights in table.implied.items()},
        "about": {name: str(table.facts.get(name, "")) for name in ("authority", "indicator", "name", "dimension")},
        "keys": {name: _plain(frame[name]) for name in keys}, "counts": counts,
    }  # fmt: skip


def _plain(values: pd.Series) -> list[str]:
    return [str(value) for value in values]
