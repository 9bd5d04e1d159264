"""Claims about where an authority stands: its newest published figure, beside those of others."""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.claims.claim import released_rows
from cfanalysis.disclosure.own.released import ReleasedTable


@dataclass(frozen=True)
class Standing:
    """figure: the authority's, in its newest year that is shown. hidden: a later year that is not there or not shown, blank where there
    is none. others: who else, and their figure of that year.
    """

    what: str
    unit: str
    figure: float
    year: str
    hidden: str
    others: tuple[tuple[str, float], ...]


def standings_of(shown: ReleasedTable) -> list[Standing]:
    """The claim of a released comparison; none where the authority has no figure of its own in it."""
    given = released_rows(shown)
    rows = given[given["value"].notna()] if len(given) else given
    own = rows[rows["who"] == shown.facts["authority"]] if len(rows) else rows
    if own.empty:
        return []
    newest = own.iloc[-1]
    others = rows[(rows["year"] == newest["year"]) & (rows["who"] != newest["who"])]
    later = given[(given["who"] == newest["who"]) & (given["year"] > newest["year"])]
    hidden = str(later["year_label"].iloc[-1]) if len(later) else ""
    beside = tuple((str(who), float(value)) for who, value in zip(others["who"], others["value"], strict=True))
    what = shown.labels.get("value", "Figure")
    return [Standing(what, shown.unit, float(newest["value"]), str(newest["year_label"]), hidden, beside)]


def newest_year(claim: Standing) -> str:
    """The year with its preposition.

    >>> newest_year(Standing("Rate", "", 3.0, "31 March 2023", "", ())), newest_year(Standing("Rate", "", 3.0, "2022-23", "", ()))
    ('on 31 March 2023', 'in 2022-23')
    """
    dated = claim.year[:1].isdigit() and " " in claim.year
    return f"{'on' if dated else 'in'} {claim.year}"
