"""Stock and flow as tables on their way to release, and the sentences made from released rows: why it moved, what if, what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.registers.spoken import likelihood
from cfanalysis.tables import Table

if TYPE_CHECKING:
    from cfanalysis.models import StockForecast
    from cfanalysis.models.attribution import Attribution
    from cfanalysis.models.scenarios import ToReach, WhatIf

PART_NAMES = {
    "coming anyway": "Coming anyway, as things stood",
    "starts": "Starts other than expected",
    "closures": "Closures other than expected",
    "not accounted for": "Not accounted for by starts and ends",
}


def why_table(found: Attribution, title: str) -> Table:
    """The parts of a change, one row each with the opening and closing figure, ready for release.

    ``facts`` holds the cause, which is a word and no count.
    """
    parts = [{"step": PART_NAMES[part], "kind": "part", "children": value} for part, value in zip(*_columns(found), strict=True)]
    ends = [("Open before " + month_label(found.first), found.opening), ("Open at the end of " + month_label(found.last), found.closing)]
    opening, closing = ({"step": step, "kind": "total", "children": value} for step, value in ends)
    return Table(
        pd.DataFrame([opening, *parts, closing]),
        title=f"Why the number of {title} moved",
        counts=("children",),
        note="Against what the data alone expected before. The parts add up to the change.",
        facts={"cause": found.cause, "first": month_label(found.first), "last": month_label(found.last)},
    )


def _columns(found: Attribution) -> tuple[list[str], list[float]]:
    return found.parts["part"].tolist(), found.parts["children"].astype(float).tolist()


CAUSES = {
    "fewer starts": "It came down because fewer cases were started than the data alone expected",
    "more starts": "It went up because more cases were started than the data alone expected",
    "more closures": "It came down because cases were closed faster than before",
    "fewer closures": "It went up because cases were closed more slowly than before",
    "a backlog clearing": "It came down as it was going to: a backlog is clearing; neither starts nor closures changed by more than chance",
    "a backlog building": "It went up as it was going to: more start than close at usual rates; neither changed by more than chance",
    "cannot tell": "Neither starts nor closures changed by more than chance, so nobody can tell why it moved",
}


def why_sentence(facts: Mapping[str, Any]) -> str:
    """What a councillor reads about why, from a released table's facts.

    >>> why_sentence({"cause": "more closures", "first": "April 2023", "last": "March 2024"})
    'April 2023 to March 2024: It came down because cases were closed faster than before.'
    """
    return f"{facts['first']} to {facts['last']}: {CAUSES[facts['cause']]}."


def what_if_table(shown: WhatIf, history: pd.Series, title: str, *, months: int = 24) -> Table:
    """Baseline and what-if side by side after the last months of history; the title and every row say that it is a what-if."""
    past = history.dropna().tail(months)
    known = pd.DataFrame({"month": past.index, "observed": past.to_numpy(float), "scenario": ""})
    ahead = shown.to_frame().rename_axis("month").reset_index().assign(scenario=shown.label)
    frame = pd.concat([known, ahead], ignore_index=True)
    return Table(
        frame,
        title=f"{title}. {shown.label}",
        counts=("observed",),
        note="A what-if is no forecast: it changes one thing and leaves the rest.",
    )


def reach_table(needs: Iterable[ToReach], title: str) -> Table:
    """What it takes to reach one or more targets, one row each: changes are shares and children a month from the next month on."""
    rows = [
        {
            "target": need.target, "by": month_label(need.month), "expected": need.expected, "probability": need.probability,
            "likelihood": likelihood(need.probability), "starts": need.starts, "fewer_starts": need.fewer_starts, "closures": need.closures,
            "more_closures": need.more_closures,
        }
        for need in needs
    ]  # fmt: skip
    return Table(pd.DataFrame(rows), title=f"What it takes: {title}", note="Each way by itself, in the middle of the futures")


def reach_sentence(row: Mapping[str, Any]) -> str:
    """What a councillor reads about a target, from one row of the released table.

    >>> row = {"target": 2000.0, "by": "March 2025", "probability": 0.12, "starts": -0.08, "fewer_starts": 12.0, "more_closures": 11.0}
    >>> reach_sentence(row)
    'To be at 2,000 by the end of March 2025 has a chance of about 1 in 10 as things stand. It takes 8% fewer starts (about 12 a month)
    or about 11 more closures a month.'
    """
    said = f"To be at {row['target']:,.0f} by the end of {row['by']} has a chance of {likelihood(row['probability'])} as things stand."
    ways = [_starts(row["starts"], row["fewer_starts"]), _closures(row["more_closures"])]
    ways = [way for way in ways if way]
    if not ways:
        nothing = row["starts"] == 0
        return f"{said} Nothing more is needed for an even chance." if nothing else f"{said} Neither starts nor closures alone can do it."
    return f"{said} It takes {' or '.join(ways)}."


def _starts(share: float, children: float) -> str:
    if pd.isna(share) or share == 0:
        return ""
    return f"{abs(share):.0%} {'fewer' if share < 0 else 'more'} starts (about {abs(children):.0f} a month)"


def _closures(children: float) -> str:
    if pd.isna(children) or children == 0:
        return ""
    return f"about {abs(children):.0f} {'more' if children > 0 else 'fewer'} closures a month"


SMALL_FLOW = 10
"""The largest number under which any policy that ships hides a count (release, policy ``strict``)."""


def flow_table(forecast: StockForecast, title: str, *, months: int = 24, smallest: int = SMALL_FLOW) -> Table:
    """History reconciled, then starts, ends and stock as expected: month by month, ready for release.

    ``difference`` is what starts and ends do not account for; in the future it is what is carried on (the mean of the paths). Open cases
    of the past are left out where any month of it has fewer than ``smallest`` starts or ends: what is open at two ends of a month and one
    of the flows would give the hidden other away.
    """
    past = forecast.reconciliation.tail(months)[["month", "starts", "ends", "stock", "difference", "closing_rate"]].assign(kind="recorded")
    small = bool((past[["starts", "ends"]] < smallest).any(axis=None))
    if small:
        past = past.assign(stock=float("nan"), difference=float("nan"), closing_rate=float("nan"))
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
    left_out = ("Open cases of the past are left out: with so few starts or ends they would give hidden figures away.",) if small else ()
    note = " ".join([*forecast.notes, *left_out])
    return Table(frame, title=f"{title}: started, ended and open", counts=("starts", "ends", "stock"), derived={**told, **bands}, note=note)
