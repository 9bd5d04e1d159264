"""A claim about what was promised: what officers said would come, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cfanalysis.claims.rows import Row, number_in, text_in
from cfanalysis.foundation.table import ALL
from cfanalysis.judging.verdicts import COUNTED


@dataclass(frozen=True)
class Promise:
    """size, number, target: by how much, or to what, it was said to move. base, observed, expected: the level on the day, what came, and
    what the data alone pointed to, in the unit of its kind. probability: the chance then. smallest_change: what comes by itself 1 time
    in 10. verdict: blank where it is not shown. moved: that the level moved inside the window.
    """

    said_on: date
    who: str
    title: str
    breakdown: str
    direction: str
    kind: str
    window: str
    size: float
    number: float
    target: float
    base: float
    observed: float
    expected: float
    probability: float
    smallest_change: float
    verdict: str
    because: str
    moved: str
    base_months: str

    @property
    def falls(self) -> bool:
        """Whether it was said to fall."""
        return self.direction == "down"


def promise_of(row: Row) -> Promise:
    """The claim that a row of released verdicts stands for."""
    kind = text_in(row, "kind")
    suffix = "" if kind in COUNTED else "_value"
    given: dict[str, Any] = {name: number_in(row, f"{name}{suffix}") for name in ("base", "observed", "expected")}
    given |= {name: number_in(row, name) for name in ("size", "number", "target", "probability", "smallest_change")}
    given |= {name: text_in(row, name) for name in ("who", "title", "direction", "window", "verdict", "because", "moved", "base_months")}
    breakdown = text_in(row, "breakdown") or ALL
    return Promise(said_on=date.fromisoformat(row["said_on"]), kind=kind, breakdown=breakdown, **given)
