"""One alert with the months around it, on the scale on which causes are weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.signals.shifts.changes import shifts
from cfanalysis.signals.unusual.months import unusual
from cfanalysis.signals.unusual.task import Task

COLUMNS = ("month", "cause", "verdict", "own", "other", "share", "detail", "sentence")

YES, POSSIBLE, NO, CANNOT_TELL = "yes", "possible", "no", "cannot tell"

BEFORE = 12
"""Months that a month is compared with."""
FEWEST_BEFORE = 6


@dataclass(frozen=True)
class Row:
    """One cause of one alert."""

    month: pd.Period
    cause: str
    verdict: str
    own: float = float("nan")
    other: float = float("nan")
    share: float = float("nan")
    detail: str = ""
    sentence: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as the frame holds it; a sentence is said only of a yes or a possible."""
        row = asdict(self)
        return row if self.verdict in (YES, POSSIBLE) else row | {"sentence": ""}


@dataclass(frozen=True)
class Case:
    """One alert: which month, where it stands in the series, which way it is out and by how much (logs)."""

    month: pd.Period
    at: int
    up: bool
    own: float

    @property
    def name(self) -> str:
        """The month as it is written."""
        return month_label(self.month)

    @property
    def way(self) -> str:
        """High or low."""
        return "high" if self.up else "low"


@dataclass(frozen=True)
class History:
    """A series with its judgements: ``figures`` as observed, ``offered`` what each month offers, ``judged`` from unusual, by month."""

    months: pd.PeriodIndex
    figures: np.ndarray
    offered: np.ndarray
    season: np.ndarray
    """The part of ``offered`` that is season and calendar, in logs."""
    departures: np.ndarray
    judged: pd.DataFrame
    onsets: pd.PeriodIndex
    flow: bool
    additive: bool
    """Whether categories add up to the whole: counts and stocks."""

    def case(self, month: pd.Period, z: float) -> Case | None:
        """The alert of one month; None where the series has no figure for it or none to compare it with."""
        at = int(self.months.get_indexer(pd.PeriodIndex([month], freq="M"))[0])
        if at < 0 or not np.isfinite(self.departures[at]):
            return None
        way = z if np.isfinite(z) and z != 0 else self.departures[at]
        return Case(month, at, way > 0, float(self.departures[at]))


def make_history(task: Task, series: pd.Series, **told: Any) -> History:
    """The history of a series: judged month by month, with its lasting shifts. ``told`` are the arguments of ``unusual``."""
    kind = "count" if task.denominator is not None else task.kind
    judged = unusual(series, kind=kind, **told)
    found = shifts(series, kind=kind, **told)
    figures = judged["observed"].to_numpy()
    flow = task.kind == "count" and task.denominator is None
    return History(
        task.series.months,
        figures,
        task.exposure,
        np.log(task.exposure),
        departures(figures, task.exposure),
        judged,
        pd.PeriodIndex(found["onset"], freq="M"),
        flow,
        task.kind in ("count", "stock") and task.denominator is None,
    )


def departures(figures: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """How far each month stands from the mean of the twelve before it, in logs; NaN where fewer than six are known.

    ``figures`` is one series, or months x series.

    >>> departures(np.array([100.0] * 12 + [200.0]), np.ones(13)).round(1).tolist()[-2:]
    [0.0, 0.7]
    """
    table = figures.reshape(len(figures), -1)
    known = np.isfinite(table)
    each = offered[:, None]
    number, top, bottom = (_year_before(part) for part in (known.astype(float), np.where(known, table, 0.0), np.where(known, each, 0.0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = np.where(number >= FEWEST_BEFORE, (top + 0.5) / bottom, np.nan)
        return np.asarray(np.log((table + 0.5) / each) - np.log(usual)).reshape(figures.shape)


def _year_before(table: np.ndarray) -> np.ndarray:
    """Sums of the twelve rows before each."""
    sums = np.vstack([np.zeros((1, table.shape[1])), np.cumsum(table, axis=0)])[:-1]
    return np.asarray(sums - np.vstack([np.zeros((BEFORE, table.shape[1])), sums])[: len(sums)])


def usual_before(parts: Mapping[str, np.ndarray] | np.ndarray, offered: np.ndarray, at: int) -> np.ndarray:
    """What month ``at`` would hold, of each column, at the level of the twelve months before it."""
    table = np.asarray(parts, dtype=float)[max(0, at - BEFORE) : at]
    weights = offered[max(0, at - BEFORE) : at]
    known = np.isfinite(table).all(axis=1)
    if known.sum() < FEWEST_BEFORE:
        return np.full(table.shape[1], np.nan)
    return np.asarray(table[known].sum(axis=0) / weights[known].sum() * offered[at])
