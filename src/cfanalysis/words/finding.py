"""One finding of the findings table in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from cfanalysis.foundation.months import financial_year_label, month_label
from cfanalysis.foundation.table import ABOUT_THE_SAME, NO_CLEAR_CHANGE, NOT_SHOWN
from cfanalysis.foundation.wording import points_between
from cfanalysis.words.choosing import ALERTS

STILL_RECORDED, PROVISIONAL = "it is still being recorded", "provisional"
"""The reasons that findings give a newest month which late recording may still change: nothing can be said of it; it is as usual so far."""

WHOLE = "whole"
"""How the numbers of children and of things that happened are written, whatever they count."""


def sentence(row: pd.Series) -> str:
    """One finding in words."""
    said = _SAY[str(row["kind"])](row)
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


def _figure_of(row: pd.Series, value: float) -> str:
    """A figure of a finding, with its unit where the title does not say it."""
    said = number(value, unit_of(row))
    return f"{said} {row['unit']}" if row["unit"] in NAMED else said


def _usual(row: pd.Series) -> str:
    """The usual range; both ends have as many decimal places."""
    low, high = row["low"], row["high"]
    if row["measured"] in ("measure", "rate") and max(abs(low), abs(high)) >= 100:
        return f"{low:,.0f} to {high:,.0f}"
    return f"{number(low, unit_of(row))} to {number(high, unit_of(row))}"


def unit_of(row: pd.Series) -> str:
    """The unit that a figure of this row is written in: counts, and the ends of their ranges, are whole."""
    return WHOLE if row["measured"] in ("count", "stock") else str(row["unit"])


def _latest(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]):
        return f"{what} in {when}: {NOT_SHOWN}."
    value = _figure_of(row, row["observed"])
    if pd.isna(row["low"]) or row["severity"] == "" or row["reason"] == STILL_RECORDED:
        return f"{what}: {value} in {when}. {_cannot_tell(row)}"
    when += f" ({PROVISIONAL})" if row["reason"] == PROVISIONAL else ""
    usual = _usual(row)
    if row["severity"] in ALERTS:
        return f"{what}: {value} in {when}. That is {_strength(row)}; {usual} would be usual."
    if row["severity"] == "watch":
        return f"{what}: {value} in {when}, at the edge of what is usual ({usual}). Worth watching."
    return f"{what}: {value} in {when}, as usual ({usual})."


def _cannot_tell(row: pd.Series) -> str:
    why = str(row["reason"] or "").strip().rstrip(".")
    return f"We cannot tell whether that is usual{': ' + lower_title(why) if why and why != 'not judged' else ''}."


def _strength(row: pd.Series) -> str:
    side = "high" if row["observed"] > row["expected"] else "low"
    return {"alert": "unusually", "strong": "very unusually", "extreme": "exceptionally"}[str(row["severity"])] + f" {side}"


def _unusual(row: pd.Series) -> str:
    if pd.isna(row["observed"]):
        return f"{row['title']} in {month_label(row['month'])}: {NOT_SHOWN}."
    usual, value = _usual(row), _figure_of(row, row["observed"])
    return f"{month_label(row['month'])} was {_strength(row)} for {lower_title(row['title'])}: {value}, when {usual} would be usual."


def _shift(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        far = "cannot be told" if pd.notna(row["z"]) else f"is {NOT_SHOWN}"
        return f"{what} moved to another level from {when}; how far {far}."
    told = row.where(row.index != "observed", row["high"])
    side, rose = ("higher", "rose") if told["observed"] > row["expected"] else ("lower", "fell")
    if row["reason"] == "over":
        return f"{what} {rose} in {when}, {_change(told)}. It has not lasted: the level is back near what it was."
    if row["reason"] == "fading":
        return f"{what} {rose} in {when}, {_change(told)}. Part of it is gone: now it is {_change(row)}."
    if row["reason"] == "new":
        return f"{what} moved to a {side} level from {when}, {_change(row)}. It is too early to say whether it lasts."
    if row["reason"] == "unclear":
        return f"{what} moved to a {side} level from {when}, {_change(row)}. Whether that has lasted is not clear: its months differ much."
    if row["reason"] == "lasting":
        return f"{what} moved to a {side} level from {when}, {_change(row)}, and it has lasted."
    return f"{what} stood at a {side} level from {when} {row['reason']}, {_change(told)}."


def _trend(row: pd.Series) -> str:
    """A year beside the one before. The direction stands in ``reason``: it was told apart from chance before anything is said."""
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        return f"{what}, year on year: {NOT_SHOWN}."
    now, before = _figure_of(row, row["observed"]), number(row["expected"], unit_of(row))
    span, ago = (f"in the year to {when}", "the year before") if row["over_a_year"] else (f"in {when}", "a year before")
    if row["reason"] in ("up", "down", ABOUT_THE_SAME):
        return f"{what}: {now} {span}, {_on_the_year(row)} {ago} ({before}).{_still_to_come(row)}"
    if row["reason"] == NO_CLEAR_CHANGE:
        return f"{what}: {now} {span}, against {before} {ago}, which is no clear change.{_still_to_come(row)}"
    why = str(row["reason"])  # no verdict, or the level moved inside the two years
    return f"{what}: {now} {span}, against {before} {ago}. {why[:1].upper()}{why[1:]}.{_still_to_come(row)}"


def _still_to_come(row: pd.Series) -> str:
    """That the newer figure counts what nobody has recorded yet, and from where that is known."""
    how = str(row.get("settling") or "")
    if how not in STILL_TO_COME:
        return ""
    ends = row["settling_low"], row["settling_high"]
    span = "" if any(pd.isna(end) for end in ends) else ": " + " to ".join(number(end, WHOLE) for end in ends) + " (8 in 10 chance)"
    return f" {STILL_TO_COME[how]}{span}."


STILL_TO_COME = {
    "learnt": "That counts late records still to come",
    "assumed": "That assumes that records come as late as in the rest of England",
}


def _yearly(row: pd.Series) -> str:
    """A year as DfE publishes it, beside the one before."""
    what, month = row["title"].removesuffix(MONTH_END), row["month"]
    if pd.isna(row["observed"]):
        return f"{what}: {NOT_SHOWN}."
    year = f"in {financial_year_label(month.year)}" if row["over_a_year"] else f"on {month.end_time.day} {month_label(month)}"
    now = f"{what}: {_figure_of(row, row['observed'])} {year}"
    if pd.isna(row["expected"]):
        return f"{now} (DfE's yearly figure)."
    ago, before = "the year before" if row["over_a_year"] else "a year before", number(row["expected"], unit_of(row))
    if row["reason"] in ("up", "down", ABOUT_THE_SAME):
        return f"{now}, {_on_the_year(row)} {ago} ({before})."
    clear = ", which is no clear change" if row["reason"] == NO_CLEAR_CHANGE else ""
    why = f" {row['reason'][:1].upper()}{row['reason'][1:]}." if row["reason"] and not clear else ""
    return f"{now}, against {before} {ago}{clear}.{why}"


def _run(row: pd.Series) -> str:
    """Some months in a row beside the same months a year before."""
    what = row["title"]
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        return f"{what}, {row['reason']}: {NOT_SHOWN}."
    now, before = number(row["observed"], unit_of(row)), number(row["expected"], unit_of(row))
    return f"{what}: {now} in {row['reason']}, {_on_the_year(row)} a year before ({before})."


def _catch_up(row: pd.Series) -> str:
    """A high month after a low one: what was put off and then made up for is no rise."""
    what, month = row["title"], row["month"]
    if pd.isna(row["observed"]) or pd.isna(row["low"]):
        return f"{what} in {month_label(month)}: {NOT_SHOWN}."
    one, other = number(row["low"], unit_of(row)), number(row["observed"], unit_of(row))
    first, both = month_label(month - 1), number(row["low"] + row["observed"], unit_of(row))
    return (
        f"{what}: {one} in {first}, then {other} in {month_label(month)}. That looks like catching up: "
        f"together {both}, and about {about(row['expected'], unit_of(row))} are usual in two months."
    )


def _on_the_year(row: pd.Series) -> str:
    if row["reason"] == ABOUT_THE_SAME:
        return "about the same as"
    gap = row["observed"] - row["expected"]
    if row["unit"] == "percent":
        return f"{points_between(row['observed'], row['expected'])} {'higher' if gap > 0 else 'lower'} than"
    more, less = ("more", "fewer") if row["measured"] in ("count", "stock") else ("higher", "lower")
    if row["expected"] == 0:
        return f"{number(abs(gap), unit_of(row))} {more} than"
    return f"{abs(gap / row['expected']) * 100:.0f}% {more if gap > 0 else less} than"


def _change(row: pd.Series) -> str:
    """How far a level moved from expected to observed: points for a percentage, percent for anything else."""
    gap = row["observed"] - row["expected"]
    way = "up" if gap > 0 else "down"
    if row["unit"] == "percent":
        return f"{way} {abs(gap):.1f} percentage points"
    if row["expected"] == 0:
        return f"{number(abs(gap))} {way}"
    return f"{way} about {abs(gap / row['expected']) * 100:.0f}%"


def _forecast(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["low"]):
        return f"{what}: what to expect cannot be shown."
    span = f"{about(row['low'], unit_of(row))} to {about(row['high'], unit_of(row))}"
    if row["measured"] == "count":
        return f"Expect {span} {lower_title(what)} in the year to {when} (8 in 10 chance)."
    if row["measured"] == "stock" and what.endswith(MONTH_END):
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


_SAY: Mapping[str, Callable[[pd.Series], str]] = {
    "latest": _latest, "unusual": _unusual, "shift": _shift, "trend": _trend, "forecast": _forecast,
    "yearly": _yearly, "run": _run, "catch-up": _catch_up,
}  # fmt: skip


def lower_title(title: str) -> str:
    """A title inside a sentence; abbreviations keep their capitals."""
    first = title.split(" ", 1)[0]
    return title if len(first) > 1 and first[1:] != first[1:].lower() else title[:1].lower() + title[1:]
