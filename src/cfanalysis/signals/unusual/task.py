"""What is told of a series, checked, with everything that is known of its months before any is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import FINANCIAL_YEAR_STARTS, covered_by, is_quarterly, months_of, period_label
from cfanalysis.signals.unusual.inputs import KINDS, Monthly, exposure, not_learnt, read_marks, read_monthly, reference_profile

Season = str | Sequence[float]


@dataclass(frozen=True)
class Task:
    """A series with everything that is known of its months before any is judged."""

    series: Monthly
    kind: str
    denominator: np.ndarray | None
    exposure: np.ndarray
    season: Season
    learnt: np.ndarray
    breaks: np.ndarray
    excluded: np.ndarray

    @property
    def quarterly(self) -> bool:
        """Whether the periods are quarters."""
        return is_quarterly(self.series.months)


def read_task(series: pd.Series, kind: str, denominator: Any, calendar: bool, season: Season, missing: Any, events: Any) -> Task:
    """Check everything that is told of a series, and work out what its months offer. Raises SeriesError."""
    if kind not in KINDS:
        raise SeriesError(f"found kind={kind!r}, want one of {', '.join(KINDS)}")
    monthly = read_monthly(series)
    months = monthly.months
    below = None if denominator is None else _denominator(denominator, monthly)
    flow = kind == "count" and below is None
    marks = read_marks(events)
    excluded = _covered(months, [mark.months for mark in marks if mark.kind == "exclude"])
    starts = [mark.months[:1] for mark in marks if mark.kind == "break"]
    season = _season(season) if flow else ("own" if season == "own" else "none")
    borrowed = None if isinstance(season, str) and season != "reference" else _twelve(season)
    known = np.isfinite(monthly.figures) & ((below > 0) if below is not None else True)
    return Task(
        monthly,
        kind if below is None else "percent",
        below,
        exposure(months, calendar=calendar and flow, profile=borrowed),
        season,
        known & ~excluded & ~not_learnt(months, missing, flow=flow),
        _begun(months, starts),
        excluded,
    )


def _covered(months: pd.PeriodIndex, parts: list[pd.PeriodIndex]) -> np.ndarray:
    covered = np.zeros(len(months), dtype=bool)
    for part in parts:
        covered |= covered_by(months, part)
    return covered


def _begun(months: pd.PeriodIndex, starts: list[pd.PeriodIndex]) -> np.ndarray:
    """Periods in which a break falls: a quarter with one month of it has a new level."""
    if not is_quarterly(months):
        return _covered(months, starts)
    broken = [month for part in starts for month in part]
    return np.array([any(month in part for month in broken) for part in months_of(months)], dtype=bool)


def _season(season: Season) -> Season:
    if isinstance(season, str):
        if season not in ("reference", "own", "none"):
            raise SeriesError(f"found season={season!r}, want 'reference', 'own', 'none' or twelve values")
        return season
    values = np.asarray(season, dtype=float)
    if values.shape != (12,) or not np.isfinite(values).all() or (values <= 0).any():
        raise SeriesError("season: want twelve values above 0, April first")
    return tuple(float(value) for value in values)


def _twelve(season: Season) -> np.ndarray:
    """The borrowed season by calendar month, January first; twelve values are given April first, as ``cf.forecast`` takes them."""
    return reference_profile() if isinstance(season, str) else np.roll(np.asarray(season, dtype=float), FINANCIAL_YEAR_STARTS - 1)


def _denominator(denominator: pd.Series, monthly: Monthly) -> np.ndarray:
    other = read_monthly(denominator, what="denominator")
    if len(other.months) and other.months.freqstr != monthly.months.freqstr:
        raise SeriesError(f"{monthly.name}: found a denominator by {other.months.freqstr}, want it by {monthly.months.freqstr} as well")
    rows = other.months.get_indexer(monthly.months)
    found = np.where(rows >= 0, other.figures[rows], np.nan) if len(other.months) else np.full(len(monthly.months), np.nan)
    over = np.isfinite(monthly.figures) & (monthly.figures > found)
    if over.any():
        where = int(np.argmax(over))
        place = f"{monthly.name}, {period_label(monthly.months[where])}"
        raise SeriesError(f"{place}: the numerator {monthly.figures[where]:g} is more than the denominator {found[where]:g}")
    return found
