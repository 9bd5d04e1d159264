"""What is said of a fall in January and February, made from rows of the released table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import likelihood, said_size, spoken_tens
from cfanalysis.judging.verdicts import COUNTED


def question_sentences(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """What a councillor reads, from one row of the *released* table; a hidden figure is left out.

    >>> row = dict(year=2018, kind="count", answer="no fall", because="January and February were no lower than October to December",
    ...     base=231.0, observed=245.0, seen=0.06, seen_per_day=0.06, probability=0.2, probability_per_day=0.24, smallest=0.07,
    ...     known_to="December 2017")
    >>> for said in question_sentences(row): print(said)
    January and February 2018: no fall (January and February were no lower than October to December).
    There were 245 a month, against 231 a month in October to December: up 6%, and per working day up 6%.
    Seen from the end of December 2017, a fall had a chance of about 2 in 10 (per working day about 2 in 10). It was unlikely.
    Season, calendar and chance together bring a fall of 7% or more in about 1 winter in 10.
    """
    if not row["answer"]:
        return (f"January and February {row['year']}: {NOT_SHOWN}.",)
    past = row["answer"] != "too early"
    said = [f"January and February {row['year']}: {row['answer']} ({row['because']}).", _came(row), _chance(row, past), _shows(row)]
    return tuple(sentence for sentence in said if sentence)


def _came(row: Mapping[Any, Any]) -> str:
    """What came of it, beside what it is compared with, and by how much it differs."""
    suffix = "" if row["kind"] in COUNTED else "_value"
    before, after = row.get(f"base{suffix}"), row.get(f"observed{suffix}")
    if not (_there(before) and _there(after) and _there(row.get("seen"))):
        return ""
    if row["kind"] == "stock":
        late = " That counts late records still to come." if row.get("settling") else ""
        span = f"from {before:,.0f} at the end of December to {after:,.0f} at the end of February"
        return f"It went {span}: {_by(row['seen'], row['kind'])}.{late}"
    if row["kind"] != "count":
        unit = "%" if row["kind"] == "percent" else ""
        return f"It came to {after:,.1f}{unit}, against {before:,.1f}{unit} in October to December: {_by(row['seen'], row['kind'])}."
    per_day = f", and per working day {_by(row['seen_per_day'], 'count')}" if _there(row.get("seen_per_day")) else ""
    return f"There were {after:,.0f} a month, against {before:,.0f} a month in October to December: {_by(row['seen'], 'count')}{per_day}."


def _by(change: float, kind: str) -> str:
    return "no change" if abs(change) < NOTHING else f"{'up' if change > 0 else 'down'} {said_size(abs(change), kind)}"


LIKELY_TENS = 7
"""Seven in ten, that is EXPECTED as it is spoken."""

NOTHING = 0.0005
"""Changes that would be written as 0.0 %."""


def _chance(row: Mapping[Any, Any], past: bool) -> str:
    if not _there(row["probability"]):
        return ""
    odds = likelihood(row["probability"])
    odds += f" (per working day {likelihood(row['probability_per_day'])})" if _there(row.get("probability_per_day")) else ""
    what = "by the end of February " if row["kind"] == "stock" and not past else ""
    was, has = ("was", "had") if past else ("is", "has")
    return f"Seen from the end of {row['known_to']}, a fall {what}{has} a chance of {odds}. {_anyway(row, was)}."


def _anyway(row: Mapping[Any, Any], was: str) -> str:
    """Whether a fall was likely, and what speaks most for or against it."""
    tens = spoken_tens(row["probability"])  # what is said follows from the tens that are said
    pull = str(row.get("pull"))
    why = REASONS.get(str(row.get("largest")), {}).get(pull, "")
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


def _shows(row: Mapping[Any, Any]) -> str:
    """How often a fall of the smallest size that would show comes by itself: an edge is worth as much as its error rate.

    The edge is the tenth part of all futures: season, working days and the way back to the mean are in it as well as chance.
    """
    smallest = row.get("smallest")
    if not _there(smallest):
        return ""
    brings = "Season, calendar and chance together bring" if row["kind"] == "count" else "Season and chance together bring"
    size = "any fall" if float(smallest or 0) < NOTHING else f"a fall of {said_size(float(smallest or 0), row['kind'])} or more"
    return f"{brings} {size} in about 1 winter in 10."


def _there(value: Any) -> bool:
    return value is not None and not pd.isna(value)
