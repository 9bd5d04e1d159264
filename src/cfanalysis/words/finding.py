"""One claim about a measure in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from cfanalysis.claims.claim import Claim, Direction, Kind
from cfanalysis.foundation.months import financial_year_label, month_label
from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import points_between

STILL_RECORDED, PROVISIONAL = "it is still being recorded", "provisional"
"""The reasons that findings give a newest month which late recording may still change: nothing can be said of it; it is as usual so far."""

WHOLE = "whole"
"""How the numbers of children and of things that happened are written, whatever they count."""


def sentence(claim: Claim) -> str:
    """One claim in words. Raises TypeError for anything else: what is no claim cannot be said."""
    if not isinstance(claim, Claim):
        raise TypeError(f"a sentence is made of a claim; found a {type(claim).__name__}")
    said = _SAY[claim.kind](claim)
    return said[0].upper() + said[1:]


def number(value: float, unit: str = "") -> str:
    """A figure as it is written on a page: whole numbers with commas, percentages and averages to one decimal place; days and what is
    a hundred or more are whole.

    >>> number(595.1, "days"), number(17.0, "cases"), number(1234.0)
    ('595', '17.0', '1,234')
    """
    if unit == "percent":
        return f"{value:.1f}%"
    if unit in (WHOLE, "days") or (unit and abs(value) >= 100) or (not unit and float(value).is_integer()):
        return f"{value:,.0f}"
    return f"{value:,.1f}"


NAMED = ("days", "cases")
"""Units that a sentence says: numbers of children, plans or referrals are named by what they count, rates by their title."""


def _figure_of(claim: Claim, value: float) -> str:
    """A figure of a finding, with its unit where the title does not say it."""
    said = number(value, unit_of(claim))
    return f"{said} {claim.measure.unit}" if claim.measure.unit in NAMED else said


def _usual(claim: Claim) -> str:
    """The usual range; both ends have as many decimal places."""
    low, high = claim.low, claim.high
    if claim.measure.measured in ("measure", "rate") and max(abs(low), abs(high)) >= 100:
        return f"{low:,.0f} to {high:,.0f}"
    return f"{number(low, unit_of(claim))} to {number(high, unit_of(claim))}"


def unit_of(claim: Claim) -> str:
    """The unit that a figure of this claim is written in: counts, and the ends of their ranges, are whole."""
    return WHOLE if claim.measure.measured in ("count", "stock") else claim.measure.unit


def _latest(claim: Claim) -> str:
    what, when = claim.measure.title, month_label(claim.month)
    if pd.isna(claim.observed):
        return f"{what} in {when}: {NOT_SHOWN}."
    value = _figure_of(claim, claim.observed)
    if pd.isna(claim.low) or claim.severity == "" or claim.reason == STILL_RECORDED:
        return f"{what}: {value} in {when}. {_cannot_tell(claim)}"
    when += f" ({PROVISIONAL})" if claim.reason == PROVISIONAL else ""
    usual = _usual(claim)
    if claim.unusual:
        return f"{what}: {value} in {when}. That is {_strength(claim)}; {usual} would be usual."
    if claim.severity == "watch":
        return f"{what}: {value} in {when}, at the edge of what is usual ({usual}). Worth watching."
    return f"{what}: {value} in {when}, as usual ({usual})."


def _cannot_tell(claim: Claim) -> str:
    why = claim.reason.strip().rstrip(".")
    return f"We cannot tell whether that is usual{': ' + lower_title(why) if why and why != 'not judged' else ''}."


def _strength(claim: Claim) -> str:
    side = "high" if claim.observed > claim.expected else "low"
    return {"alert": "unusually", "strong": "very unusually", "extreme": "exceptionally"}[claim.severity] + f" {side}"


def _unusual(claim: Claim) -> str:
    if pd.isna(claim.observed):
        return f"{claim.measure.title} in {month_label(claim.month)}: {NOT_SHOWN}."
    usual, value = _usual(claim), _figure_of(claim, claim.observed)
    what = lower_title(claim.measure.title)
    return f"{month_label(claim.month)} was {_strength(claim)} for {what}: {value}, when {usual} would be usual."


def _shift(claim: Claim) -> str:
    what, when = claim.measure.title, month_label(claim.month)
    if claim.direction is Direction.UNTOLD:
        far = "cannot be told" if pd.notna(claim.z) else f"is {NOT_SHOWN}"
        return f"{what} moved to another level from {when}; how far {far}."
    as_told = replace(claim, observed=claim.high)
    side, rose = ("higher", "rose") if as_told.direction is Direction.UP else ("lower", "fell")
    if claim.reason == "over":
        return f"{what} {rose} in {when}, {_change(as_told)}. It has not lasted: the level is back near what it was."
    if claim.reason == "fading":
        return f"{what} {rose} in {when}, {_change(as_told)}. Part of it is gone: now it is {_change(claim)}."
    moved = f"{what} moved to a {side} level from {when}, {_change(claim)}"
    if claim.reason == "new":
        return f"{moved}. It is too early to say whether it lasts."
    if claim.reason == "unclear":
        return f"{moved}. Whether that has lasted is not clear: its months differ much."
    if claim.reason == "lasting":
        return f"{moved}, and it has lasted."
    return f"{what} stood at a {side} level from {when} {claim.reason}, {_change(as_told)}."


def _trend(claim: Claim) -> str:
    """A year beside the one before. The direction stands in ``reason``: it was told apart from chance before anything is said."""
    what, when = claim.measure.title, month_label(claim.month)
    if pd.isna(claim.observed) or pd.isna(claim.expected):
        return f"{what}, year on year: {NOT_SHOWN}."
    now, before = _figure_of(claim, claim.observed), number(claim.expected, unit_of(claim))
    span, ago = (f"in the year to {when}", "the year before") if claim.measure.over_a_year else (f"in {when}", "a year before")
    if claim.direction in DIRECTED:
        return f"{what}: {now} {span}, {_on_the_year(claim)} {ago} ({before}).{_still_to_come(claim)}"
    if claim.direction is Direction.UNCLEAR:
        return f"{what}: {now} {span}, against {before} {ago}, which is no clear change.{_still_to_come(claim)}"
    why = claim.reason  # no verdict, or the level moved inside the two years
    return f"{what}: {now} {span}, against {before} {ago}. {why[:1].upper()}{why[1:]}.{_still_to_come(claim)}"


def _still_to_come(claim: Claim) -> str:
    """That the newer figure counts what nobody has recorded yet, and from where that is known."""
    how = claim.settling
    if how not in STILL_TO_COME:
        return ""
    ends = claim.settling_low, claim.settling_high
    span = "" if any(pd.isna(end) for end in ends) else ": " + " to ".join(number(end, WHOLE) for end in ends) + " (8 in 10 chance)"
    return f" {STILL_TO_COME[how]}{span}."


STILL_TO_COME = {
    "learnt": "That counts late records still to come",
    "assumed": "That assumes that records come as late as in the rest of England",
}


def _yearly(claim: Claim) -> str:
    """A year as DfE publishes it, beside the one before."""
    what, month = claim.measure.title.removesuffix(MONTH_END), claim.month
    if pd.isna(claim.observed):
        return f"{what}: {NOT_SHOWN}."
    year = f"in {financial_year_label(month.year)}" if claim.measure.over_a_year else f"on {month.end_time.day} {month_label(month)}"
    now = f"{what}: {_figure_of(claim, claim.observed)} {year}"
    if pd.isna(claim.expected):
        return f"{now} (DfE's yearly figure)."
    ago, before = "the year before" if claim.measure.over_a_year else "a year before", number(claim.expected, unit_of(claim))
    if claim.direction in DIRECTED:
        return f"{now}, {_on_the_year(claim)} {ago} ({before})."
    clear = ", which is no clear change" if claim.direction is Direction.UNCLEAR else ""
    why = f" {claim.reason[:1].upper()}{claim.reason[1:]}." if claim.reason and not clear else ""
    return f"{now}, against {before} {ago}{clear}.{why}"


def _run(claim: Claim) -> str:
    """Some months in a row beside the same months a year before."""
    what = claim.measure.title
    if pd.isna(claim.observed) or pd.isna(claim.expected):
        return f"{what}, {claim.reason}: {NOT_SHOWN}."
    now, before = number(claim.observed, unit_of(claim)), number(claim.expected, unit_of(claim))
    return f"{what}: {now} in {claim.reason}, {_on_the_year(claim)} a year before ({before})."


def _catch_up(claim: Claim) -> str:
    """A high month after a low one: what was put off and then made up for is no rise."""
    what, month = claim.measure.title, claim.month
    if pd.isna(claim.observed) or pd.isna(claim.low):
        return f"{what} in {month_label(month)}: {NOT_SHOWN}."
    one, other = number(claim.low, unit_of(claim)), number(claim.observed, unit_of(claim))
    first, both = month_label(month - 1), number(claim.low + claim.observed, unit_of(claim))
    return (
        f"{what}: {one} in {first}, then {other} in {month_label(month)}. That looks like catching up: "
        f"together {both}, and about {about(claim.expected, unit_of(claim))} are usual in two months."
    )


DIRECTED = (Direction.UP, Direction.DOWN, Direction.SAME)


def _on_the_year(claim: Claim) -> str:
    if claim.direction is Direction.SAME:
        return "about the same as"
    rose = claim.change > 0
    if claim.measure.unit == "percent":
        return f"{points_between(claim.observed, claim.expected)} {'higher' if rose else 'lower'} than"
    more, less = ("more", "fewer") if claim.measure.measured in ("count", "stock") else ("higher", "lower")
    if claim.expected == 0:
        return f"{number(abs(claim.change), unit_of(claim))} {more} than"
    return f"{abs(claim.share) * 100:.0f}% {more if rose else less} than"


def _change(claim: Claim) -> str:
    """How far a level moved from expected to observed: points for a percentage, percent for anything else."""
    gap = claim.observed - claim.expected
    way = "up" if gap > 0 else "down"
    if claim.measure.unit == "percent":
        return f"{way} {abs(gap):.1f} percentage points"
    if claim.expected == 0:
        return f"{number(abs(gap))} {way}"
    return f"{way} about {abs(gap / claim.expected) * 100:.0f}%"


def _forecast(claim: Claim) -> str:
    what, when = claim.measure.title, month_label(claim.month)
    if pd.isna(claim.low):
        return f"{what}: what to expect cannot be shown."
    span = f"{about(claim.low, unit_of(claim))} to {about(claim.high, unit_of(claim))}"
    if claim.measure.measured == "count":
        return f"Expect {span} {lower_title(what)} in the year to {when} (8 in 10 chance)."
    if claim.measure.measured == "stock" and what.endswith(MONTH_END):
        return f"Expect {span} {lower_title(what).removesuffix(MONTH_END)} at the end of {when} (8 in 10 chance)."
    return f"{what}: expect {span} in {when} (8 in 10 chance)."


MONTH_END = " at month end"
"""How titles of stocks end; a sentence says which month."""


def about(value: float, unit: str = "", digits: int = 2) -> str:
    """A figure that is not exact, by default to two significant digits: nobody can foretell a third a year ahead.

    >>> about(5948.0), about(87.4), about(23.44, "percent")
    ('5,900', '87', '23%')
    """
    if unit == "percent":
        return f"{value:.0f}%"
    step = 10 ** max(len(f"{abs(value):.0f}") - digits, 0)
    return f"{round(value / step) * step:,.0f}"


def _settles(claim: Claim) -> str:
    """A month whose late closures are still to come: what is recorded so far, and where that is likely to end up."""
    so_far = NOT_SHOWN if pd.isna(claim.observed) else f"{number(claim.observed, unit_of(claim))} recorded so far"
    span = f"{about(claim.settling_low, unit_of(claim), 3)} to {about(claim.settling_high, unit_of(claim), 3)}"
    said = f"{claim.measure.title} in {month_label(claim.month)}: {so_far}"
    if claim.settling == "assumed":
        return f"{said}. If records come as late as in the rest of England, it settles at {span}"
    return f"{said}, likely to settle at {span}"


_SAY: Mapping[Kind, Callable[[Claim], str]] = {
    Kind.LATEST: _latest, Kind.UNUSUAL: _unusual, Kind.SHIFT: _shift, Kind.TREND: _trend, Kind.FORECAST: _forecast,
    Kind.YEARLY: _yearly, Kind.RUN: _run, Kind.CATCH_UP: _catch_up, Kind.SETTLES: _settles,
}  # fmt: skip


def lower_title(title: str) -> str:
    """A title inside a sentence; abbreviations keep their capitals."""
    first = title.split(" ", 1)[0]
    return title if len(first) > 1 and first[1:] != first[1:].lower() else title[:1].lower() + title[1:]
