"""What a page keeps of each table, so that its figures can be held against the release file: each with its address."""

from __future__ import annotations

from typing import Any

import numpy as np

from cfanalysis.disclosure.own.released import ReleasedTable


def record(table: ReleasedTable) -> dict[str, Any]:
    """Whose table it is, and the figures of the release that it shows: indicator, breakdown, periods, part, value (None: not shown)."""
    figures = [
        [*address[:2], list(address[2]), address[3], None if np.isnan(value) else float(value)]
        for column, addresses in table.addresses.items() if column in table.frame
        for address, value in zip(addresses, table.frame[column].to_numpy(dtype=float, na_value=np.nan), strict=True)
        if address is not None
    ]  # fmt: skip
    return {"authority": str(table.facts.get("authority", "")), "figures": figures}
