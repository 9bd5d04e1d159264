"""What is said of stock and flow: why it moved, and what a target takes. Made from claims."""

from __future__ import annotations

import pandas as pd

from cfanalysis.claims.stock import Cause, Reach
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


def why_sentence(claim: Cause) -> str:
    """What a councillor reads about why a stock moved, with the figures where they are shown.

    >>> why_sentence(Cause("more closures", "April 2023", "March 2024", 2310.0, 2270.0))
    'April 2023 to March 2024, 2,310 to 2,270 open: it came down because cases closed faster than earlier data pointed to.'
    """
    moved = "" if pd.isna(claim.before) else f", {claim.before:,.0f} to {claim.after:,.0f} open"
    return f"{claim.first} to {claim.last}{moved}: {CAUSES[claim.cause]}."


def reach_sentence(claim: Reach) -> str:
    """What a councillor reads about a target.

    >>> reach_sentence(Reach("children in need", 2000.0, "March 2025", 0.12, starts=-0.08, fewer_starts=12.0, more_closures=11.0))
    'Children in need at 2,000 by the end of March 2025: a chance of about 1 in 10 as things stand. For an even chance it takes 8% fewer
    starts (about 12 a month) or about 11 more closures a month.'
    """
    what = claim.what[:1].upper() + claim.what[1:]
    if pd.isna(claim.target) or pd.isna(claim.probability):
        return f"{what}: {NOT_SHOWN}."
    odds = likelihood(claim.probability)
    said = f"{what} at {claim.target:,.0f} by the end of {claim.by}: a chance of {odds} as things stand."
    ways = [_starts(claim.starts, claim.fewer_starts), _closures(claim.more_closures)]
    ways = [way for way in ways if way]
    if not ways:
        nothing = claim.starts == 0
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
