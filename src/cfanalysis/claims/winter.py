"""A claim about a winter: whether there was, or will be, a fall in January and February, and what speaks for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cfanalysis.claims.rows import Row, number_in, text_in
from cfanalysis.judging.verdicts import COUNTED


@dataclass(frozen=True)
class Winter:
    """base, observed: October to December and January and February (of a stock the ends of December and February). seen: the change,
    and per working day. probability: of a fall, seen from ``known_to``. smallest: the fall that comes by itself in 1 winter in 10.
    largest, pull: the largest part of the expected change, and which way it pulls. settling: late records still to come are counted.
    """

    name: str
    year: int
    kind: str
    answer: str
    because: str
    known_to: str
    largest: str
    pull: str
    settling: bool
    base: float
    observed: float
    seen: float
    seen_per_day: float
    probability: float
    probability_per_day: float
    smallest: float

    @property
    def over(self) -> bool:
        """Whether it can be answered already."""
        return self.answer != "too early"


def winter_of(row: Row) -> Winter:
    """The claim that a row of the released table of January and February stands for."""
    kind, year = text_in(row, "kind"), int(row["year"])
    suffix = "" if kind in COUNTED else "_value"
    given: dict[str, Any] = {name: number_in(row, f"{name}{suffix}") for name in ("base", "observed")}
    given |= {name: number_in(row, name) for name in ("seen", "seen_per_day", "probability", "probability_per_day", "smallest")}
    given |= {name: text_in(row, name) for name in ("answer", "because", "known_to", "largest", "pull")}
    name = text_in(row, "series").removesuffix(f", {year}")
    return Winter(name=name, year=year, kind=kind, settling=bool(row.get("settling")), **given)
