"""Why a stock moved: what started, what ended, and what the records changed afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.tables import Table
from cfanalysis.views.subject import Subject

MONTHS = 12


def steps(stock: Subject, starts: Subject, ends: Subject, *, months: int = MONTHS) -> Table:
    """From the number open a year ago to the number open at the newest settled month: step, kind ("level", "in", "out"), value.

    Months whose closures are still being recorded are left out: they would look like a rise. The step before the last is what started
    and ended do not account for (late records, corrections): it is shown, not hidden.
    """
    known = stock.known and starts.known and ends.known
    frame = _frame(stock, starts, ends, months) if known else pd.DataFrame({"step": [], "kind": [], "value": []})
    return Table(
        frame, title=f"Why {stock.name[:1].lower()}{stock.name[1:]} moved over twelve months" if known else f"{stock.name}: no figures",
        counts=("value",), unit=stock.indicator.unit, source=stock.source, synthetic=stock.synthetic, published=stock.published,
        labels={"step": "Step", "value": "Number"}, facts={"name": stock.name}, note=_left_out(stock, starts, ends) if known else "",
    )  # fmt: skip


def _frame(stock: Subject, starts: Subject, ends: Subject, months: int) -> pd.DataFrame:
    last = min(each.settled for each in (stock, starts, ends))
    span = pd.period_range(last - months + 1, last, freq="M")
    before, now = (stock.figures.get(month, np.nan) for month in (last - months, last))
    started, ended = (flow.figures.reindex(span).sum(skipna=False) for flow in (starts, ends))
    rest = now - before - started + ended
    rows = [
        (f"Open, {month_label(last - months)}", "level", before),
        ("Started", "in", started),
        ("Ended", "out", ended),
        ("Late records and corrections", "out" if rest < 0 else "in", abs(rest)),
        (f"Open, {month_label(last)}", "level", now),
    ]
    return pd.DataFrame(rows, columns=["step", "kind", "value"]).astype({"value": float})


def _left_out(*subjects: Subject) -> str:
    last, newest = min(each.settled for each in subjects), max(each.newest for each in subjects)
    return "" if last == newest else f"Months after {month_label(last)} are left out: they are still being recorded."
