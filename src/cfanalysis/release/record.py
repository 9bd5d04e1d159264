"""What a page keeps of each released table beside its words: the counts that it shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from cfanalysis.release.released import ReleasedTable


def record(table: ReleasedTable) -> dict[str, Any]:
    """The counts of a table as it was released, None where there is none or it is hidden.

    Empty for published figures.
    """
    if table.published or not table.counts:
        return {}
    frame, marks = table.frame, table.marks
    return {
        "title": table.title, "authority": str(table.facts.get("authority", "")),
        "counts": {
            name: {
                "values": [None if np.isnan(value) else value for value in frame[name].to_numpy(dtype=float, na_value=np.nan)],
                "marks": marks[name].tolist(),
            }
            for name in table.counts
        },
    }  # fmt: skip
