"""What is said of a fall in January and February, made from claims."""

from __future__ import annotations

import pandas as pd

from cfanalysis.claims.winter import Winter
from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import likelihood, said_size, spoken_tens


def question_sentences(claim: Winter) -> tuple[str, ...]:
    """What a councillor reads; a hidden figure is left out.

    >>> from cfanalysis.claims.winter import winter_of
    >>> row = dict(year=2018, kind="count", answer="no fall", because="January and February were no lower than October to December",
    ...     base=231.0, observed=245.0, seen=0.06, seen_per_day=0.06, probability=0.2, probability_per_day=0.24, smallest=0.07,
    ...     known_to="December 2017")
    >>> for said in question_sentences(winter_of(row)): print(said)
    January and February 2018: no fall (January and February were no lower than October to December).
    There were 245 a month, against 231 a month in October to December: up 6%, and per working day up 6%.
    Seen from the end of December 2017, a fall had a chance of about 2 in 10 (per working day about 2 in 10). It was unlikely.
    Season, calendar and chance together bring a fall of 7% or more in about 1 winter in 10.
    """
    if not claim.answer:
        return (f"January and February {claim.year}: {NOT_SHOWN}.",)
    said = [f"January and February {claim.year}: {claim.answer} ({claim.because}).", _came(claim), _chance(claim), _shows(claim)]
    return tuple(sentence for sentence in said if sentence)


def _came(claim: Winter) -> str:
    """What came of it, beside what it is compared with, and by how much it differs."""
    before, after = claim.base, claim.observed
    if not (_there(before) and _there(after) and _there(claim.seen)):
        return ""
    changed = _by(claim.seen, claim.kind)
    if claim.kind == "stock":
        late = " That counts late records still to come." if claim.settling else ""
        return f"It went from {before:,.0f} at the end of December to {after:,.0f} at the end of February: {changed}.{late}"
    if claim.kind != "count":
        unit = "%" if claim.kind == "percent" else ""
        return f"It came to {after:,.1f}{unit}, against {before:,.1f}{unit} in October to December: {changed}."
    per_day = f", and per working day {_by(claim.seen_per_day, 'count')}" if _there(claim.seen_per_day) else ""
    return f"There were {after:,.0f} a month, against {before:,.0f} a month in October to December: {changed}{per_day}."


def _by(change: float, kind: str) -> str:
    return "no change" if abs(change) < NOTHING else f"{'up' if change > 0 else 'down'} {said_size(abs(change), kind)}"


LIKELY_TENS = 7
"""Seven in ten, that is EXPECTED as it is spoken."""

NOTHING = 0.0005
"""Changes that would be written as 0.0 %."""


def _chance(claim: Winter) -> str:
    if not _there(claim.probability):
        return ""
    odds = likelihood(claim.probability)
    odds += f" (per working day {likelihood(claim.probability_per_day)})" if _there(claim.probability_per_day) else ""
    what = "by the end of February " if claim.kind == "stock" and not claim.over else ""
    was, has = ("was", "had") if claim.over else ("is", "has")
    return f"Seen from the end of {claim.known_to}, a fall {what}{has} a chance of {odds}. {_anyway(claim, was)}."


def _anyway(claim: Winter, was: str) -> str:
    """Whether a fall was likely, and what speaks most for or against it."""
    tens = spoken_tens(claim.probability)  # what is said follows from the tens that are said
    pull, why = claim.pull, REASONS.get(claim.largest, {}).get(claim.pull, "")
    if tens >= LIKELY_TENS:
        return f"It {was} likely" + (f", mostly because {why}" if why and pull == "down" else "")
    if tens <= 10 - LIKELY_TENS:
        return f"It {was} unlikely" + (f", mostly because {why}" if why and pull == "up" else "")
    return f"It {was} neither likely nor unlikely" + (f"; what speaks most for a {FALL[pull]} is that {why}" if why else "")


FALL = {"down": "fall", "up": "rise"}
REASONS = {
    "working days": {"down": "they have fewer working days", "up": "they have more working days"},
    "season": {"down": "numbers usually fall at that time of year", "up": "numbers usually rise at that time of year"},
    "return to the mean": {
        "down": "the autumn was high, and numbers tend to come back", "up": "the autumn was low, and numbers tend to come back",
    },
    "trend": {"down": "the number was on its way down", "up": "the number was on its way up"},
}  # fmt: skip
"""What the largest part of an expected change (``Parts.largest``) is in words, by the way it pulls."""


def _shows(claim: Winter) -> str:
    """How often a fall of the smallest size that would show comes by itself: an edge is worth as much as its error rate.

    The edge is the tenth part of all futures: season, working days and the way back to the mean are in it as well as chance.
    """
    if not _there(claim.smallest):
        return ""
    brings = "Season, calendar and chance together bring" if claim.kind == "count" else "Season and chance together bring"
    size = "any fall" if claim.smallest < NOTHING else f"a fall of {said_size(claim.smallest, claim.kind)} or more"
    return f"{brings} {size} in about 1 winter in 10."


def _there(value: float) -> bool:
    return not pd.isna(value)
