"""``compare_years``: the newest twelve months with the twelve before, like with like, and whether that is a change at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import logit

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals.shifts.level import make_level, straying_of_shares
from cfanalysis.signals.unusual.task import Task, read_task

Direction = Literal["up", "down", "about the same", "not known"]

TOLD = 1.96
"""Standard errors from which a direction is told: by chance, and straying as far as is allowed for, in 1 year of 20."""
NINE_IN_TEN = 1.645
STRAYS = 0.04
"""How far, in logs (of shares log odds), a year's level strays by itself beside chance."""
STOCK_STRAYS = 0.025
POINTS_STRAY = 1.0
"""The same for stocks, and in percentage points for percentages that come without their parts."""
MOST = 0.75
"""Months of a year that must be known, and those of the year before with them."""


@dataclass(frozen=True)
class Years:
    """Two years to compare. ``now`` and ``before`` are totals of a count, pooled percentages of a share, one date each of a stock.

    ``change`` is the share it went up or down by, or percentage points; ``low`` to ``high`` hold it nine times in ten, as
    far as chance and ordinary straying go. ``direction`` is "up" or "down" only where ``z`` is beyond both; else it is
    "about the same", or "not known" with a ``because``. ``months`` is how many months (or quarters) of each year were compared.
    """

    last: pd.Period | None
    now: float = np.nan
    before: float = np.nan
    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    z: float = np.nan
    direction: Direction = "not known"
    months: int = 0
    because: str = ""


def compare_years(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    last: pd.Period | str | None = None,
    events: Any = None,
    doubt: float = 0.0,
) -> Years:
    """The year to ``last`` (the last month there is) with the year before: counts added up, shares pooled, stocks date with date.

    Arguments are those of ``unusual``. Only months known in both years are compared, nine at least; nothing is compared
    across a dated break. Averages and rates are compared as stocks are, straying as they do from month to month.
    ``doubt`` is the standard error, in logs, of a newest figure that is itself an estimate. Raises SeriesError for a
    series that cannot be read in one way only, or a ``last`` that it does not hold.

    >>> counts = pd.Series([100] * 12 + [130] * 12, pd.period_range("2022-04", periods=24, freq="M"))
    >>> found = compare_years(counts)
    >>> found.direction, found.before, found.now, round(found.change, 2)
    ('up', 1200.0, 1560.0, 0.3)
    """
    task = read_task(series, kind, denominator, False, "none", "none", events)
    periods = task.series.months
    if not len(periods):
        return Years(None, because="no month has a value")
    end = periods[-1] if last is None else pd.Period(last, freq=periods.freqstr)
    if not periods[0] <= end <= periods[-1]:
        raise SeriesError(f"{task.series.name}: found last={end}, want a period from {periods[0]} to {periods[-1]}")
    at, year = int((end - periods[0]).n), task.series.per_year
    if at < year:
        return Years(end, because="there is no year before")
    flow = task.kind in ("count", "percent")
    now = np.arange(at - year + 1, at + 1) if flow else np.array([at])
    now = now[now >= year]
    if task.breaks[now[0] - year + 1 : at + 1].any():
        return Years(end, because="the counting changed between the two years")
    known = now[task.learnt[now] & task.learnt[now - year]]
    if len(known) < (MOST * year if flow else 1):
        return Years(end, because="too few months are known in both years")
    return _compare(task, known, known - year, end, doubt)


def _compare(task: Task, now: np.ndarray, then: np.ndarray, last: pd.Period, doubt: float) -> Years:
    """The two years by what they hold; distances in logs, log odds or points."""
    figures = task.series.figures
    if task.denominator is not None:
        return _compare_shares(figures, task.denominator, task.learnt, (now, then), last)
    if task.kind == "percent":
        values = float(figures[now].mean()), float(figures[then].mean())
        spread = float(np.hypot(POINTS_STRAY, figures[[*now, *then]].std() * np.sqrt(2 / len(now))))
        return _years(last, values, values, spread, len(now), points=True)
    if task.kind == "count":
        total = float(figures[now].sum()), float(figures[then].sum())
        level = make_level(task)
        strays = max(float(level.noise[-1]) * float(level.top[-len(now) :].mean()), 1.0)
        chance = strays * (1 / (total[0] + 0.5) + 1 / (total[1] + 0.5))
        wide = STRAYS
    else:
        total = float(figures[now[-1]]), float(figures[then[-1]])
        # other children a year later; an average or a rate counts nobody, and is as sure as its months are calm
        chance = sum(1 / (value + 0.5) for value in total) if task.kind == "stock" else _restless(figures[: now[-1] + 1])
        wide = STOCK_STRAYS
    scaled = float(np.log(total[0] + 0.5)), float(np.log(total[1] + 0.5))
    return _years(last, total, scaled, float(np.sqrt(chance + wide**2 + doubt**2)), len(now))


def _restless(figures: np.ndarray) -> float:
    """The variance of the difference of two months, in logs, from how far the last two years went from month to month."""
    moves = np.abs(np.diff(np.log(figures[-RECENT:] + 0.5)))
    known = moves[np.isfinite(moves)]
    return float((MAD_TO_SD * np.median(known)) ** 2) if len(known) >= FEWEST_MOVES else np.inf


RECENT, FEWEST_MOVES = 25, 6
MAD_TO_SD = 1.4826


def _compare_shares(
    top: np.ndarray, bottom: np.ndarray, learnt: np.ndarray, years: tuple[np.ndarray, np.ndarray], last: pd.Period
) -> Years:
    above, below = ([float(part[year].sum()) for year in years] for part in (top, bottom))
    known = np.flatnonzero(learnt[: years[0][-1] + 1])
    strays = float(straying_of_shares(top[known], bottom[known])[-1])
    chance = sum(1 / (a + 0.5) + 1 / (b - a + 0.5) for a, b in zip(above, below, strict=True))
    values = [100 * a / b for a, b in zip(above, below, strict=True)]
    scaled = [float(logit((a + 0.5) / (b + 1))) for a, b in zip(above, below, strict=True)]
    spread = float(np.sqrt(strays * chance + STRAYS**2))
    return _years(last, (values[0], values[1]), (scaled[0], scaled[1]), spread, len(years[0]), odds=True)


def _years(
    last: pd.Period,
    values: tuple[float, float],
    scaled: tuple[float, float],
    spread: float,
    months: int,
    *,
    points: bool = False,
    odds: bool = False,
) -> Years:
    now, before = values
    apart = scaled[0] - scaled[1]
    z = apart / spread
    direction: Direction = "about the same" if abs(z) < TOLD else "up" if z > 0 else "down"
    ends = [scaled[1] + apart + side * NINE_IN_TEN * spread for side in (-1, 1)]
    if odds:
        change = now - before
        low, high = (100 / (1 + np.exp(-end)) - before for end in ends)
    elif points:
        change = now - before
        low, high = (end - before for end in ends)
    else:
        change = now / before - 1 if before > 0 else np.nan
        low, high = (np.expm1(end - scaled[1]) for end in ends)
    return Years(last, now, before, float(change), float(low), float(high), float(z), direction, months)
