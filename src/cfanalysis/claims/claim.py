"""A claim about one measure: what, when, which way, how far, how sure, and beside what.

Every kind has a definition and a measured error rate (docs/methods/claims.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from cfanalysis.claims.rows import NAN, Row, number_in, text_in
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import ABOUT_THE_SAME, ALERTS, NO_CLEAR_CHANGE


class Kind(StrEnum):
    """Kinds of claim about a measure (``questions.findings`` tells what the numbers of each are)."""

    LATEST = "latest"
    UNUSUAL = "unusual"
    SHIFT = "shift"
    TREND = "trend"
    YEARLY = "yearly"
    RUN = "run"
    CATCH_UP = "catch-up"
    FORECAST = "forecast"
    SETTLES = "settles"


class Direction(StrEnum):
    """Which way it moved, as far as it may be said: ``UNCLEAR`` where chance and ordinary straying bring as much, ``UNTOLD`` where
    nobody can tell, or a figure is not shown."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNCLEAR = "unclear"
    UNTOLD = "untold"


UNDIRECTED = {ABOUT_THE_SAME: Direction.SAME, NO_CLEAR_CHANGE: Direction.UNCLEAR}


@dataclass(frozen=True)
class Measure:
    """What is measured. measured: count, stock, percent, rate or measure. over_a_year: a year of it is twelve months together."""

    indicator: str
    breakdown: str
    title: str
    unit: str
    measured: str
    polarity: str = ""
    over_a_year: bool = False


@dataclass(frozen=True)
class Claim:
    """observed: the figure claimed; expected: what it is compared with; low and high: the usual range, or what the kind says.

    month: the month, or the last one of what is claimed. z, p: the evidence. severity: how unusual. reason: how a shift stands now,
    which way a year moved, the months of a run, or why nothing can be said. settling: whether late records still to come are in the
    figure ("learnt" or "assumed"), with its range.
    """

    measure: Measure
    kind: Kind
    month: pd.Period
    observed: float = NAN
    expected: float = NAN
    low: float = NAN
    high: float = NAN
    z: float = NAN
    p: float = NAN
    severity: str = ""
    reason: str = ""
    settling: str = ""
    settling_low: float = NAN
    settling_high: float = NAN

    @property
    def told(self) -> float:
        """The figure that a change is measured to: of a shift that did not last the level it was told with."""
        return self.high if self.kind is Kind.SHIFT and self.reason == "over" else self.observed

    @property
    def change(self) -> float:
        """How far it moved from what it is compared with, in its unit."""
        return self.told - self.expected

    @property
    def share(self) -> float:
        """The change as a share of what it is compared with; missing where that is 0."""
        return self.change / self.expected if self.expected else NAN

    @property
    def direction(self) -> Direction:
        """Which way it may be said to have moved."""
        if pd.isna(self.told) or pd.isna(self.expected):
            return Direction.UNTOLD
        if self.kind in (Kind.TREND, Kind.YEARLY, Kind.RUN):
            if self.reason in UNDIRECTED:
                return UNDIRECTED[self.reason]
            if self.kind is not Kind.RUN and self.reason not in (Direction.UP, Direction.DOWN):
                return Direction.UNTOLD
        return Direction.UP if self.change > 0 else Direction.DOWN

    @property
    def unusual(self) -> bool:
        """Whether a month is claimed to be outside what is usual."""
        return self.severity in ALERTS


def claims_of(found: ReleasedTable) -> list[Claim]:
    """The claims of a released table of findings, in its order. Raises ReleaseError for anything that is not released."""
    return [claim_of(row) for row in released_rows(found).to_dict("records")]


def claim_of(row: Row) -> Claim:
    """The claim that a row of findings stands for."""
    texts = {name: text_in(row, name) for name in ("indicator", "breakdown", "title", "unit", "measured", "polarity")}
    measure = Measure(**texts, over_a_year=bool(row.get("over_a_year", False)))
    given: dict[str, Any] = {name: text_in(row, name) for name in ("severity", "reason", "settling")}
    given |= {name: number_in(row, name) for name in NUMBERS}
    return Claim(measure, Kind(row["kind"]), row["month"], **given)


NUMBERS = ("observed", "expected", "low", "high", "z", "p", "settling_low", "settling_high")


def released_rows(found: ReleasedTable) -> pd.DataFrame:
    """The rows of a released table. Raises ReleaseError for anything else: nothing is claimed of what was not released."""
    if not isinstance(found, ReleasedTable):
        raise ReleaseError(
            f"claims are made of released findings only; found a {type(found).__name__}, want cf.release(book.headlines(), policy)"
        )
    return found.frame
