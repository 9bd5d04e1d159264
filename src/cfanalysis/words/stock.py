"""What is said of stock and flow: why it moved, and what a target takes. Made from rows of released tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import likelihood

CAUSES = {
    "fewer starts": "it came down because fewer cases started than earlier data pointed to",
    "more starts": "it went up because more cases started than earlier data pointed to",
    "more closures": "it came down because cases closed faster than earlier data pointed to",
    "fewer closures": "it went up because cases closed more slowly than earlier data pointed to",
    "a backlog clearing": "it came down because more cases closed than started, as earlier data made likely",
    "a backlog building": "it went up because more cases started than closed, as earlier data made likely",
    "cannot tell": "nobody can tell why, for neither starts nor closures changed by more than chance",
}


def why_sentence(facts: Mapping[Any, Any], rows: Iterable[Mapping[Any, Any]] = ()) -> str:
    """What a councillor reads about why, from a released table's facts; with its rows the figures are said too.

    >>> ends = [{"kind": "total", "children": 2310.0}, {"kind": "part", "children": -40.0}, {"kind": "total", "children": 2270.0}]
    >>> why_sentence({"cause": "more closures", "first": "April 2023", "last": "March 2024"}, ends)
    'April 2023 to March 2024, 2,310 to 2,270 open: it came down because cases closed faster than earlier data pointed to.'
    """
    ends = [row["children"] for row in rows if row["kind"] == "total"]
    moved = f", {ends[0]:,.0f} to {ends[-1]:,.0f} open" if len(ends) > 1 and not pd.isna(ends).any() else ""
    return f"{facts['first']} to {facts['last']}{moved}: {CAUSES[facts['cause']]}."


def reach_sentence(row: Mapping[Any, Any]) -> str:
    """What a councillor reads about a target, from one row of the released table.

    >>> row = {"what": "children in need", "target": 2000.0, "by": "March 2025", "probability": 0.12, "starts": -0.08,
    ...     "fewer_starts": 12.0, "more_closures": 11.0}
    >>> reach_sentence(row)
    'Children in need at 2,000 by the end of March 2025: a chance of about 1 in 10 as things stand. For an even chance it takes 8% fewer
    starts (about 12 a month) or about 11 more closures a month.'
    """
    if pd.isna(row["target"]) or pd.isna(row["probability"]):
        return f"{row['what'][:1].upper()}{row['what'][1:]}: {NOT_SHOWN}."
    odds = likelihood(row["probability"])
    what = str(row["what"])
    said = f"{what[:1].upper()}{what[1:]} at {row['target']:,.0f} by the end of {row['by']}: a chance of {odds} as things stand."
    ways = [_starts(row["starts"], row["fewer_starts"]), _closures(row["more_closures"])]
    ways = [way for way in ways if way]
    if not ways:
        nothing = row["starts"] == 0
        return f"{said} Nothing more is needed for an even chance." if nothing else f"{said} Neither starts nor closures alone can do it."
    return f"{said} For an even chance it takes {' or '.join(ways)}."


def _starts(share: float, children: float) -> str:
    if pd.isna(share) or share == 0:
        return ""
    return f"{abs(share):.0%} {'fewer' if share < 0 else 'more'} starts (about {abs(children):.0f} a month)"


def _closures(children: float) -> str:
    if pd.isna(children) or children == 0:
        return ""
    return f"about {abs(children):.0f} {'more' if children > 0 else 'fewer'} closures a month"
