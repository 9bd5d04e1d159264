"""Claims about a stock: why it moved, and what it takes to reach a target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cfanalysis.claims.rows import NAN, Row, number_in, text_in


@dataclass(frozen=True)
class Cause:
    """Why a stock moved from the first to the last month; before and after: how many were open, missing where that is not shown."""

    cause: str
    first: str
    last: str
    before: float = NAN
    after: float = NAN


def cause_of(facts: Row, rows: Iterable[Row] = ()) -> Cause:
    """The claim that the facts of a released table of causes stand for, with its rows the figures too."""
    ends = [number_in(row, "children") for row in rows if row["kind"] == "total"]
    known = len(ends) > 1 and not pd.isna(ends).any()
    span = (ends[0], ends[-1]) if known else (NAN, NAN)
    return Cause(text_in(facts, "cause"), text_in(facts, "first"), text_in(facts, "last"), *span)


@dataclass(frozen=True)
class Reach:
    """The chance that a stock is at a target, and what makes it even: a share fewer starts (so many a month), or more closures."""

    what: str
    target: float
    by: str
    probability: float
    starts: float
    fewer_starts: float
    more_closures: float


def reach_of(row: Row) -> Reach:
    """The claim that a row of a released table of targets stands for."""
    numbers = {name: number_in(row, name) for name in ("target", "probability", "starts", "fewer_starts", "more_closures")}
    return Reach(what=text_in(row, "what"), by=text_in(row, "by"), **numbers)
