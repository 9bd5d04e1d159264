"""What is said of a projection: one plain sentence, made from a claim."""

from __future__ import annotations

import pandas as pd

from cfanalysis.claims.promise import Promise
from cfanalysis.foundation.table import ALL, NOT_SHOWN
from cfanalysis.foundation.wording import likelihood, points, said_size
from cfanalysis.judging.verdicts import COUNTED


def verdict_sentence(claim: Promise) -> str:
    """What a councillor reads about one projection; a hidden figure is left out, never guessed.

    >>> from cfanalysis.claims.promise import promise_of
    >>> row = dict(said_on="2017-11-16", who="officers", direction="down", title="Children in need", window="January to February 2018",
    ...     size=None, target=None, kind="stock", base=2287.0, expected=2310.0, observed=2394.0, probability=0.31, smallest_change=0.06,
    ...     verdict="not met", because="it did not fall", known_to="October 2017", base_months="end of October 2017")
    >>> verdict_sentence(promise_of(row))
    'Said on 16 November 2017 (officers): children in need would fall, January to February 2018. Not met: it did not fall. It went from
    2,287 (end of October 2017) to 2,394. On that day the data alone pointed to 2,310 and gave the claim a chance of about 3 in 10. By
    itself it comes out 6% or more below that about 1 time in 10; a smaller difference tells nothing.'
    """
    parts = [
        f"Said on {_day(claim)} ({claim.who}): {_what(claim)} would {_move(claim)}, {claim.window}.",
        f"{claim.verdict[:1].upper()}{claim.verdict[1:]}: {claim.because}." if claim.verdict else f"{NOT_SHOWN.capitalize()}.",
        _level(claim),
        _moved(claim),
        _odds(claim),
        _noise(claim),
    ]
    return " ".join(part for part in parts if part)


def promise_line(claim: Promise) -> str:
    """The same in one line, without the evidence.

    >>> from cfanalysis.claims.promise import promise_of
    >>> promise_line(promise_of(dict(said_on="2017-11-16", title="Children in need", direction="down", size=None, target=None,
    ...     kind="stock", window="January to February 2018", verdict="not met")))
    'Children in need would fall, January to February 2018 (said on 16 November 2017): not met.'
    """
    what = _what(claim)
    line = f"{what[:1].upper()}{what[1:]} would {_move(claim)}, {claim.window} (said on {_day(claim)}): {claim.verdict or NOT_SHOWN}."
    return " ".join(part for part in (line, _level(claim)) if part)


def _day(claim: Promise) -> str:
    return f"{claim.said_on.day} {claim.said_on:%B %Y}"


def _level(claim: Promise) -> str:
    """That the level moved, where another page says so and this verdict does not: both are true."""
    return f"{claim.moved[:1].upper()}{claim.moved[1:]}." if claim.moved else ""


def _what(claim: Promise) -> str:
    """The title in the middle of a sentence, with the category where the claim is about one; an abbreviation keeps its capitals."""
    title = claim.title
    named = title[:1].lower() + title[1:] if title[1:2].islower() else title
    if claim.breakdown == ALL:
        return named
    category = claim.breakdown.partition(": ")[2] or claim.breakdown
    return IN_PARTS.get(title, "{named} ({category})").format(named=named, category=category)


IN_PARTS = {
    "Where looked after children are placed": "looked after children placed with provider {category}",
    "Why cases closed": "cases closed for the reason {category}",
    "Children open to each team": "children open to team {category}",
}
"""Titles that ask or name no thing of their own, as what is claimed of one of their parts."""


def _move(claim: Promise) -> str:
    by = points(claim.number) if claim.kind == "percent" and _there(claim.number) else f"{claim.number:,g}"
    size = f" by {claim.size:.0%}" if _there(claim.size) else ""
    number = f" by {by}" if _there(claim.number) else ""
    target = f" to {_figure(claim.target, claim.kind)}" if _there(claim.target) else ""
    return ("fall" if claim.falls else "rise") + " and".join(part for part in (size, number, target) if part)


def _moved(claim: Promise) -> str:
    before, after, kind = claim.base, claim.observed, claim.kind
    if not (_there(before) and _there(after)):
        return ""
    one, other = (_figure(value, kind) for value in (before, after))
    if one == other and before != after:  # so near that whole numbers hide which way it went
        one, other = (_figure(value, kind, 1) for value in (before, after))
    when = f" ({claim.base_months})" if claim.base_months else ""
    if one != other:
        each = " a month" if kind == "count" else ""
        return f"It went from {one}{each}{when} to {other}{each}."
    return f"Rounded, both are {_figure(before, kind, 1)}." if kind not in COUNTED else f"It stayed at {one}."


def _odds(claim: Promise) -> str:
    if not _there(claim.probability):
        return ""
    figure = f"pointed to {_figure(claim.expected, claim.kind)} and " if _there(claim.expected) else ""
    return f"On that day the data alone {figure}gave the claim a chance of {likelihood(claim.probability)}."


def _noise(claim: Promise) -> str:
    if not _there(claim.smallest_change):
        return ""
    size, side = said_size(claim.smallest_change, claim.kind), "below" if claim.falls else "above"
    return f"By itself it comes out {size} or more {side} that about 1 time in 10; a smaller difference tells nothing."


def _figure(value: float, kind: str, digits: int = 0) -> str:
    if kind == "percent":
        return f"{value:.{digits}f}%"
    return f"{value:,.{digits}f}" if kind in COUNTED else f"{value:,.{max(digits, 1)}f}"


def _there(value: float) -> bool:
    return not pd.isna(value)
