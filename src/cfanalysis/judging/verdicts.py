"""What became of a projection: the verdict, the evidence, and one plain sentence made from a released row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cfanalysis.foundation.months import month_label, span_label
from cfanalysis.foundation.table import Table
from cfanalysis.foundation.wording import likelihood
from cfanalysis.registers.entries import Projection

Said = Literal["met", "met, but expected anyway", "not met", "too early", "cannot tell"]
NAN = float("nan")

BASE_MONTHS = 3
"""The level when a claim was made is the mean of this many months (of a stock: the last month). Fewer are noise, more are history."""


@dataclass(frozen=True)
class Level:
    """A figure that is compared: its value, and for a percentage the counts it comes from (NaN where there are none)."""

    value: float = NAN
    numerator: float = NAN
    denominator: float = NAN


@dataclass(frozen=True)
class Verdict:
    """One projection as it stands.

    ``base`` is the level when it was said, ``observed`` the out-turn. ``expected``, ``low`` and ``high`` (80 %) are what the data alone
    expected on that day, and ``probability`` that what was claimed would happen anyway. ``edge`` is where a change begins that could be
    told from noise (one path in ten is as far out; at ``far`` one in forty), ``smallest_change`` how far that is from what was expected: a
    share, or points for a percentage. NaN where it cannot be said.

    Two questions are answered apart. *Did it change*: ``change_z`` standard errors between the pooled figures before and
    since, chance and overdispersion allowed for, and ``changed`` (None where it cannot be told). *Would it have anyway*:
    ``expected_anyway`` and ``beyond_expected``, from the forecast.
    """

    projection: Projection
    verdict: Said
    because: str
    kind: str
    known_to: pd.Period
    judged_to: pd.Period
    base: Level = Level()
    observed: Level = Level()
    expected: float = NAN
    low: float = NAN
    high: float = NAN
    edge: float = NAN
    far: float = NAN
    smallest_change: float = NAN
    probability: float = NAN
    months_seen: int = 0
    change_z: float = NAN
    changed: bool | None = None
    expected_anyway: bool | None = None
    beyond_expected: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The probability in tens."""
        return likelihood(self.probability)


CANNOT_TELL = "cannot tell"
HIDDEN_MONTHS = "months that would tell are not shown, to protect small numbers"
"""Why nothing is said of figures that are there: it is another thing than having none."""

COUNTED = ("count", "stock")
"""Kinds whose figures are numbers of children or of events; the others are worked out from them."""

_COUNTS = ("base", "expected", "low", "high", "observed")


LABELS = {
    "title": "Measure", "who": "Who said it", "said_on": "Said on", "direction": "Said to go", "window": "When",
    "likelihood": "Chance then", "verdict": "Verdict",
}  # fmt: skip


def verdicts_table(
    verdicts: Iterable[Verdict],
    titles: Mapping[str, str] | None = None,
    hidden: Sequence[bool] | None = None,
    moved: Sequence[str] | None = None,
    *,
    title: str = "Projections and their verdicts",
) -> Table:
    """One row a projection, ready for release.

    Counts and stocks stand in ``base``, ``expected``, ``low``, ``high``, ``observed``; percentages, rates and measures in the columns
    ending in ``_value``, with the counts they come from, so that one which would give a small count away is hidden. ``titles`` maps
    indicators to what they are called. ``hidden`` says of which projections the months are there and may not be shown;
    ``moved`` when the level of each moved, where another page tells that and the verdict is that nobody can tell.
    """
    rows = [_row(verdict, titles or {}) for verdict in verdicts]
    for row, level in zip(rows, moved or [""] * len(rows), strict=True):
        row["moved"] = level if row["verdict"] == CANNOT_TELL else ""
    for row, hides in zip(rows, hidden or [False] * len(rows), strict=True):
        if hides and row["verdict"] == CANNOT_TELL:
            row["because"] = HIDDEN_MONTHS
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    parts = ("base_numerator", "base_denominator", "observed_numerator", "observed_denominator")
    derived = {
        "expected": ("base",),
        "low": ("base",),
        "high": ("base",),
        "base_value": parts[:2],
        "observed_value": parts[2:],
        "expected_value": parts[:2],
        "low_value": parts[:2],
        "high_value": parts[:2],
    }
    note = "The chance is what the data alone gave on the day it was said."
    return Table(frame, title=title, counts=("base", "observed", *parts), derived=derived, note=note, labels=LABELS)


_COLUMNS = (
    "id", "said_on", "who", "where", "indicator", "title", "breakdown", "direction", "size", "number", "target", "window", "kind",
    "base", "expected", "low", "high", "observed",
    "base_value", "expected_value", "low_value", "high_value", "observed_value",
    "base_numerator", "base_denominator", "observed_numerator", "observed_denominator",
    "probability", "likelihood", "smallest_change", "verdict", "because", "moved", "base_months",
    "known_to", "judged_to", "reason", "source",
)  # fmt: skip


def _base_months(verdict: Verdict) -> str:
    """When the level was that a claim is set against, as it is said."""
    last = verdict.known_to
    return f"end of {month_label(last)}" if verdict.kind == "stock" else span_label(last - (BASE_MONTHS - 1), last)


def _row(verdict: Verdict, titles: Mapping[str, str]) -> dict[str, Any]:
    said = verdict.projection
    suffix = "" if verdict.kind in COUNTED else "_value"
    values = (verdict.base.value, verdict.expected, verdict.low, verdict.high, verdict.observed.value)
    return {
        **said.model_dump(
            include={"id", "who", "where", "indicator", "breakdown", "direction", "size", "number", "target", "reason", "source"}
        ),
        "said_on": said.said_on.isoformat(),
        "title": said.measure or titles.get(str(said.indicator), said.indicator),
        "window": said.window.label,
        "kind": verdict.kind,
        **{f"{name}{suffix}": value for name, value in zip(_COUNTS, values, strict=True)},
        "base_numerator": verdict.base.numerator,
        "base_denominator": verdict.base.denominator,
        "observed_numerator": verdict.observed.numerator,
        "observed_denominator": verdict.observed.denominator,
        "probability": verdict.probability,
        "likelihood": verdict.spoken,
        "smallest_change": verdict.smallest_change,
        "verdict": verdict.verdict,
        "because": verdict.because,
        "base_months": _base_months(verdict),
        "known_to": month_label(verdict.known_to),
        "judged_to": month_label(verdict.judged_to),
    }
