"""Stock and flow as tables on their way to release, and the sentences made from released rows: why it moved, what if, what it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import Table
from cfanalysis.foundation.wording import likelihood

if TYPE_CHECKING:
    from cfanalysis.models import StockForecast
    from cfanalysis.models.attribution import Attribution
    from cfanalysis.models.scenarios import ToReach, WhatIf

SETTLES = "The number for {month} counts late records still to come: it is what that month is likely to settle at."
"""Said of a table that ends in such a month."""

PART_NAMES = {
    "coming anyway": "Coming anyway, as things stood",
    "starts": "Starts other than expected",
    "closures": "Closures other than expected",
    "not accounted for": "Not accounted for by starts and ends",
}


def why_table(found: Attribution, title: str, *, late: int = 0, settling: bool = False) -> Table:
    """The parts of a change, one row each with the opening and closing figure, ready for release.

    ``facts`` holds the cause, which is a word and no count. ``late`` newer months are still being recorded: the note says so. With
    ``settling`` the closing figure is where it is likely to settle.
    """
    settles = f" {SETTLES.format(month=month_label(found.last))}" if settling else ""
    left_out = f" Months after {month_label(found.last)} are left out: they are still being recorded." if late else ""
    parts = [{"step": PART_NAMES[part], "kind": "part", "children": value} for part, value in zip(*_columns(found), strict=True)]
    ends = [("Open before " + month_label(found.first), found.opening), ("Open at the end of " + month_label(found.last), found.closing)]
    opening, closing = ({"step": step, "kind": "total", "children": value} for step, value in ends)
    return Table(
        pd.DataFrame([opening, *parts, closing]),
        title=f"Why the number of {title} moved",
        counts=("children",),
        note=f"Against what the data alone expected before. The parts add up to the change.{settles}{left_out}",
        facts={"cause": found.cause, "first": month_label(found.first), "last": month_label(found.last)},
    )


def _columns(found: Attribution) -> tuple[list[str], list[float]]:
    return found.parts["part"].tolist(), found.parts["children"].astype(float).tolist()


def what_if_table(
    shown: WhatIf,
    history: pd.Series,
    title: str,
    *,
    months: int = 24,
    settled: pd.Period | None = None,
    settling: pd.DataFrame | None = None,
) -> Table:
    """Baseline and what-if side by side after the last months of history; the title and every row say that it is a what-if.

    Columns: month, observed, baseline, baseline_low, baseline_high, what_if, what_if_low, what_if_high (80 %), provisional, scenario.
    Months of history after ``settled`` are provisional: there the baseline is where they are likely to settle (``settling``: month,
    settled, low, high, where the forecast itself does not say). It begins at the last settled month.
    """
    past = history.dropna().tail(months)
    ahead = shown.to_frame()
    names = [str(name) for name in ahead]
    begun = pd.Series(ahead.index >= shown.scenario.first, index=ahead.index)
    ahead = ahead.assign(**{name: ahead[name].where(begun) for name in names if name.startswith("what_if")})
    ahead = _from_settled(ahead, past, settled or past.index[-1], settling)
    frame = pd.DataFrame({"observed": past.astype(float)}).join(ahead.round(), how="outer").rename_axis("month").reset_index()
    frame["provisional"] = frame["observed"].notna() & (frame["month"] > (settled or past.index[-1]))
    frame["scenario"] = frame["what_if"].notna().map({True: shown.label, False: ""})
    return Table(
        frame,
        title=f"{title}. {shown.label}",
        counts=("observed",),
        derived=dict.fromkeys(names, ("observed",)),
        unit="children",
        note="A what-if is no forecast: it changes one thing and leaves the rest.",
        labels={
            "baseline": "As things stand", "baseline_low": "As things stand, from", "baseline_high": "As things stand, to",
            "what_if": "What if", "what_if_low": "What if, from", "what_if_high": "What if, to", "scenario": "What is changed",
        },
        facts={"name": title, "scenario": shown.label, "first": month_label(shown.scenario.first)},
    )  # fmt: skip


def _from_settled(ahead: pd.DataFrame, past: pd.Series, settled: pd.Period, settling: pd.DataFrame | None) -> pd.DataFrame:
    """The baseline begun at the last settled month, through the months that are likely to settle elsewhere than recorded."""
    names = ["baseline", "baseline_low", "baseline_high"]
    parts = [ahead]
    if settling is not None:
        likely = settling[(settling["month"] > settled) & (settling["month"] < ahead.index[0])].set_index("month")
        parts.insert(0, likely[["settled", "low", "high"]].set_axis(names, axis=1))
    if settled in past.index:
        parts.insert(
            0, pd.DataFrame([[float(past.get(settled, float("nan")))] * 3], index=pd.PeriodIndex([settled], freq="M"), columns=names)
        )
    return pd.concat([part for part in parts if len(part)]).astype(float)


def reach_table(needs: Iterable[ToReach], title: str, *, fewer_than: tuple[float, pd.Period] | None = None) -> Table:
    """What it takes to reach one or more targets, one row each: changes are shares and children a month from the next month on.

    ``fewer_than`` is where nobody has set the target: the level, and its month, that it is a tenth fewer than.
    """
    rows = [
        {
            "what": title, "target": need.target, "by": month_label(need.month), "expected": need.expected, "probability": need.probability,
            "likelihood": likelihood(need.probability), "starts": need.starts, "fewer_starts": need.fewer_starts, "closures": need.closures,
            "more_closures": need.more_closures,
        }
        for need in needs
    ]  # fmt: skip
    note = "Each way by itself, in the middle of the futures."
    nobody = f" {_example(*fewer_than)}" if fewer_than else ""
    return Table(pd.DataFrame(rows), title=f"What it takes: {title}", note=note + nobody, facts={"example": fewer_than is not None})


def _example(level: float, month: pd.Period) -> str:
    return (
        f"Nobody has set a target that lies ahead. A tenth fewer than the {level:,.0f} that {month_label(month)} is likely to settle at "
        "is taken as an example."
    )


SMALL_FLOW = 10
"""The largest number under which any policy that ships hides a count (release, policy ``strict``)."""


def flow_table(
    forecast: StockForecast,
    title: str,
    *,
    months: int = 24,
    note: str = "",
    estimated_from: pd.Period | None = None,
) -> Table:
    """History reconciled, then starts, ends and stock as expected: month by month, ready for release.

    From ``estimated_from`` on history is what it is likely to settle at, and the rows say so.

    ``difference`` is what starts and ends do not account for; in the future it is what is carried on (the mean of the paths).
    """
    past = forecast.reconciliation.tail(months)[["month", "starts", "ends", "stock", "difference", "closing_rate"]].assign(kind="recorded")
    if estimated_from is not None:
        past["kind"] = (past["month"] >= estimated_from).map({True: "as it settles", False: "recorded"})
    ahead = pd.DataFrame({"month": forecast.months, "kind": "expected", "difference": forecast.draws.difference.mean(axis=0)})
    for name in ("starts", "ends", "stock"):
        each = getattr(forecast, name)
        band = each.interval(0.8)
        ahead = ahead.assign(
            **{name: each.median.to_numpy(), f"{name}_low": band["low"].to_numpy(), f"{name}_high": band["high"].to_numpy()}
        )
    frame = pd.concat([past, ahead], ignore_index=True)
    told = {"difference": ("starts", "ends", "stock"), "closing_rate": ("starts", "ends", "stock")}
    bands = {f"{name}_{side}": (name,) for name in ("starts", "ends", "stock") for side in ("low", "high")}
    note = " ".join([*([note] if note else []), *forecast.notes])
    return Table(frame, title=f"{title}: started, ended and open", counts=("starts", "ends", "stock"), derived={**told, **bands}, note=note)
