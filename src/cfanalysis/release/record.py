"""What the audit of a page needs to know of each released table: only what the page shows, and which cells are hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.release.released import ReleasedTable

LEANING = "leaning"
"""The role of a count that is hidden because it is worked out from a hidden one."""

KEY_COLUMNS = (
    "authority",
    "level",
    "indicator",
    "breakdown",
    "category",
    "measure",
    "month",
    "year",
    "who",
    "edition",
    "extract",
    "series",
)


def record(table: ReleasedTable) -> dict[str, Any]:
    """The released counts of a table with their keys, margins and what is hidden, as plain lists."""
    if table.published or not table.counts:
        return {}
    frame, marks, roles, of = table.frame, table.marks, table.roles, table.of
    keys = [name for name in frame.columns if name in KEY_COLUMNS or name in table.margins]
    counts = {}
    for name in table.counts:
        values = [None if np.isnan(value) else value for value in frame[name].to_numpy(dtype=float, na_value=np.nan)]
        role = roles[name].tolist() if roles is not None and name in roles else [""] * len(frame)
        whose = [None if each is None else list(each) for each in of[name]] if of is not None and name in of else [None] * len(frame)
        hidden = [mark == "c" and why != LEANING for mark, why in zip(marks[name], role, strict=True)]  # what only leans is nobody's secret
        counts[name] = {"values": values, "hidden": hidden, "role": role, "of": whose}
    named = {each[0] for held in counts.values() for each in held["of"] if each}
    return {
        "title": table.title, "policy": table.policy.name, "margins": dict(table.margins),
        "cumulative": list(table.cumulative), "implied": {name: dict(weights) for name, weights in table.implied.items()},
        "about": {name: str(table.facts.get(name, "")) for name in ("authority", "indicator", "name", "dimension")},
        "relations": [[list(cell) for cell in relation] for relation in table.relations],
        "stocks": [each for each in table.stocks if named & set(each[:3])],
        "keys": {name: _plain(frame[name]) for name in keys}, "counts": counts,
    }  # fmt: skip


def _plain(values: pd.Series) -> list[str]:
    return [str(value) for value in values]
