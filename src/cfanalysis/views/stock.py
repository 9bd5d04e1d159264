"""Why a stock moved: what started, what ended, and what the records changed afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.tables import Table
from cfanalysis.views.subject import Subject

MONTHS = 12


def steps(stock: Subject, starts: Subject, ends: Subject, *, months: int = MONTHS) -> Table:
    """From the number open a year ago to the number open now: step, number.

    The last step before the end is what started and ended do not account for (late records, corrections), shown and not hidden.
    """
    frame = pd.DataFrame({"step": [], "number": []})
    if stock.known and starts.known and ends.known:
        frame = _frame(stock, starts, ends, months)
    return Table(
        frame, title=f"Why {stock.name.lower()} moved over twelve months" if len(frame) else f"{stock.name}: no figures", counts=("number",),
        unit=stock.indicator.unit, source=stock.source, synthetic=stock.synthetic, published=stock.published,
        labels={"step": "Step", "number": "Number"}, facts={"name": stock.name},
    )  # fmt: skip


def _frame(stock: Subject, starts: Subject, ends: Subject, months: int) -> pd.DataFrame:
    last = stock.figures.last_valid_index()
    span = pd.period_range(last - months + 1, last, freq="M")
    before, now = (stock.figures.get(month, np.nan) for month in (last - months, last))
    started, ended = (flow.figures.reindex(span).sum(skipna=False) for flow in (starts, ends))
    rows = {
        f"Open at the end of {month_label(last - months)}": before,
        "Started": started,
        "Ended": -ended,
        "Late records and corrections": now - before - started + ended,
        f"Open at the end of {month_label(last)}": now,
    }
    return pd.DataFrame({"step": list(rows), "number": list(rows.values())}).astype({"number": float})
