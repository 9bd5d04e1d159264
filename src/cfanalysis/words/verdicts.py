"""What is said of a projection: one plain sentence, made from a row of the released table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from cfanalysis.foundation.table import ALL, NOT_SHOWN
from cfanalysis.foundation.wording import likelihood, points, said_size
from cfanalysis.judging.verdicts import COUNTED


def verdict_sentence(row: Mapping[Any, Any]) -> str:
    """What a councillor reads about one projection, from one row of the *released* table: a hidden figure is left out, never guessed.

    >>> row = dict(said_on="2017-11-16", who="officers", direction="down", title="Children in need", window="January to February 2018",
    ...     size=None, target=None, kind="stock", base=2287.0, expected=2310.0, observed=2394.0, probability=0.31, smallest_change=0.06,
    ...     verdict="not met", because="it did not fall", known_to="October 2017", base_months="end of October 2017")
    >>> verdict_sentence(row)
    'Said on 16 November 2017 (officers): children in need would fall, January to February 2018. Not met: it did not fall. It went from
    2,287 (end of October 2017) to 2,394. On that day the data alone pointed to 2,310 and gave the claim a chance of about 3 in 10. By
    itself it comes out 6% or more below that about 1 time in 10; a smaller difference tells nothing.'
    """
    said = date.fromisoformat(row["said_on"])
    parts = [
        f"Said on {said.day} {said:%B %Y} ({row['who']}): {_what(row)} would {_claim(row)}, {row['window']}.",
        f"{row['verdict'][:1].upper()}{row['verdict'][1:]}: {row['because']}." if row["verdict"] else f"{NOT_SHOWN.capitalize()}.",
        _level(row),
        _moved(row),
        _odds(row),
        _noise(row),
    ]
    return " ".join(part for part in parts if part)


def promise_line(row: Mapping[Any, Any]) -> str:
    """The same in one line, without the evidence.

    >>> promise_line(dict(said_on="2017-11-16", title="Children in need", direction="down", size=None, target=None, kind="stock",
    ...     window="January to February 2018", verdict="not met"))
    'Children in need would fall, January to February 2018 (said on 16 November 2017): not met.'
    """
    said, what = date.fromisoformat(row["said_on"]), _what(row)
    verdict = row["verdict"] or NOT_SHOWN
    line = f"{what[:1].upper()}{what[1:]} would {_claim(row)}, {row['window']} (said on {said.day} {said:%B %Y}): {verdict}."
    return " ".join(part for part in (line, _level(row)) if part)


def _level(row: Mapping[Any, Any]) -> str:
    """That the level moved, where another page says so and this verdict does not: both are true."""
    moved = str(row.get("moved") or "")
    return f"{moved[:1].upper()}{moved[1:]}." if moved else ""


def _what(row: Mapping[Any, Any]) -> str:
    """The title in the middle of a sentence, with the category where the claim is about one; an abbreviation keeps its capitals."""
    title, part = str(row["title"]), str(row.get("breakdown") or ALL)
    named = title[:1].lower() + title[1:] if title[1:2].islower() else title
    if part == ALL:
        return named
    category = part.partition(": ")[2] or part
    return IN_PARTS.get(title, "{named} ({category})").format(named=named, category=category)


IN_PARTS = {
    "Where looked after children are placed": "looked after children placed with provider {category}",
    "Why cases closed": "cases closed for the reason {category}",
    "Children open to each team": "children open to team {category}",
}
"""Titles that ask or name no thing of their own, as what is claimed of one of their parts."""


def _claim(row: Mapping[Any, Any]) -> str:
    move = "fall" if row["direction"] == "down" else "rise"
    size = f" by {row['size']:.0%}" if _there(row.get("size")) else ""
    change = row.get("number")
    number = f" by {points(float(change or 0)) if row['kind'] == 'percent' else f'{change:,g}'}" if _there(change) else ""
    target = f" to {_figure(row['target'], row['kind'])}" if _there(row.get("target")) else ""
    return move + " and".join(part for part in (size, number, target) if part)


def _moved(row: Mapping[Any, Any]) -> str:
    suffix = "" if row["kind"] in COUNTED else "_value"
    before, after = row.get(f"base{suffix}"), row.get(f"observed{suffix}")
    if not (_there(before) and _there(after)):
        return ""
    one, other = (_figure(value, row["kind"]) for value in (before, after))
    if one == other and before != after:  # so near that whole numbers hide which way it went
        one, other = (_figure(value, row["kind"], 1) for value in (before, after))
    when = f" ({row['base_months']})" if row.get("base_months") else ""
    if one != other:
        each = " a month" if row["kind"] == "count" else ""
        return f"It went from {one}{each}{when} to {other}{each}."
    return f"Rounded, both are {_figure(before, row['kind'], 1)}." if row["kind"] not in COUNTED else f"It stayed at {one}."


def _odds(row: Mapping[Any, Any]) -> str:
    if not _there(row.get("probability")):
        return ""
    expected = row.get("expected" if row["kind"] in COUNTED else "expected_value")
    figure = f"pointed to {_figure(expected, row['kind'])} and " if _there(expected) else ""
    return f"On that day the data alone {figure}gave the claim a chance of {likelihood(row['probability'])}."


def _noise(row: Mapping[Any, Any]) -> str:
    change = row.get("smallest_change")
    if not _there(change):
        return ""
    size = said_size(float(change or 0), row["kind"])
    side = "below" if row["direction"] == "down" else "above"
    return f"By itself it comes out {size} or more {side} that about 1 time in 10; a smaller difference tells nothing."


def _figure(value: Any, kind: str, digits: int = 0) -> str:
    if kind == "percent":
        return f"{value:.{digits}f}%"
    return f"{value:,.{digits}f}" if kind in COUNTED else f"{value:,.{max(digits, 1)}f}"


def _there(value: Any) -> bool:
    return value is not None and not pd.isna(value)
