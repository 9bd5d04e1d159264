"""Why a stock moved: what started, what ended, and what the records changed afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import Address, Table
from cfanalysis.questions.stock_tables import SETTLES
from cfanalysis.questions.subject import HIDDEN, Subject

MONTHS = 12


def steps(stock: Subject, starts: Subject, ends: Subject, *, months: int = MONTHS) -> Table:
    """From the number open a year ago to the number open at the newest settled month: step, kind ("level", "in", "out"), value.

    Months whose closures are still being recorded are left out: they would look like a rise. One that still moves a little stands as it
    is likely to settle, as everywhere on the page, and what ended is what makes the sum right. The step before the last is what started
    and ended do not account for (late records, corrections): it is shown, not hidden.
    """
    subjects = (stock, starts, ends)
    known = all(each.known for each in subjects)
    rows = _rows(stock, starts, ends, months) if known else []
    return Table(
        pd.DataFrame([row[:3] for row in rows], columns=["step", "kind", "value"]).astype({"value": float}),
        title=f"Why {stock.name[:1].lower()}{stock.name[1:]} moved over twelve months" if known else f"{stock.name}: no figures",
        counts=("value",), flags={"value": tuple(row[3] for row in rows)},
        addresses={"value": tuple(row[4] for row in rows)}, unit=stock.indicator.unit, source=stock.source,
        synthetic=stock.synthetic, published=stock.published, labels={"step": "Step", "value": "Number"},
        facts={"name": stock.name}, note=_left_out(*subjects) if known else "",
    )  # fmt: skip


Row = tuple[str, str, float, str, Address | None]


def _rows(stock: Subject, starts: Subject, ends: Subject, months: int) -> list[Row]:
    """Step, kind, value, why there is none, and which released figures it is."""
    last = min(each.settled for each in (stock, starts, ends))
    (before, why_before), (now, why_now) = (_at(stock, month) for month in (last - months, last))
    (started, why_started), (ended, why_ended) = (_summed(flow, last, months) for flow in (starts, ends))
    rest = now - before - started + ended
    why = HIDDEN if HIDDEN in (why_before, why_now, why_started, why_ended) else "" if np.isfinite(rest) else "x"
    return [
        (f"Open, {month_label(last - months)}", "level", before, why_before, _address(stock, last - months, 1)),
        ("Started", "in", started, why_started, _address(starts, last, months)),
        ("Ended", "out", ended, why_ended, _address(ends, last, months)),
        ("Late records and corrections", "out" if rest < 0 else "in", abs(rest), why, None),
        (f"Open, {month_label(last)}", "level", now, why_now, _address(stock, last, 1)),
    ]


def _address(subject: Subject, last: pd.Period, months: int) -> Address | None:
    """Where a release holds the months that are added up; nowhere where one of them stands as it is likely to settle."""
    if subject.moved(last - back for back in range(months)):
        return None
    name, breakdown, _, part = subject.address(last)
    return (name, breakdown, tuple(period for back in range(months) for period in subject.address(last - back)[2]), part)


def _at(subject: Subject, month: pd.Period) -> tuple[float, str]:
    held = subject.at(month)
    return float(subject.as_it_settles.get(month, np.nan)), str(held["flag"])


def _summed(subject: Subject, last: pd.Period, months: int) -> tuple[float, str]:
    """The sum of months, and why there is none where one of them is missing."""
    held = [_at(subject, last - back) for back in range(months)]
    told = [flag for _, flag in held if flag]
    return float(sum(value for value, _ in held)), (HIDDEN if HIDDEN in told else told[0] if told else "")


def _left_out(*subjects: Subject) -> str:
    last, newest = min(each.settled for each in subjects), max(each.newest for each in subjects)
    settles = SETTLES.format(month=month_label(last)) if subjects[0].moved([last]) else ""
    late = "" if last == newest else f"Months after {month_label(last)} are left out: they are still being recorded."
    return " ".join(said for said in (settles, late) if said)
