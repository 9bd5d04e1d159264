"""``compare_years``: the newest twelve months with the twelve before, like with like, and whether that is a change at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import COVID_MONTHS, covered_by
from cfanalysis.signals.two_stretches import Direction as Direction
from cfanalysis.signals.two_stretches import Years as Years
from cfanalysis.signals.two_stretches import compare_stretches, straying_of
from cfanalysis.signals.unusual.task import Task, read_task

MOST = 0.75
"""Months of a year that must be known, and those of the year before with them."""


def compare_years(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    at_date: bool = False,
    last: pd.Period | str | None = None,
    missing: str | Iterable[pd.Period | str] = "covid",
    events: Any = None,
    doubt: float = 0.0,
) -> Years:
    """The year to ``last`` (the last month there is) with the year before: counts added up, shares pooled, stocks date with date.

    Arguments are those of ``unusual``. A share that is a picture of a day (``at_date``: agency staff) is compared date with
    date. Only months known in both years are compared, nine at least; nothing is compared across a dated break, and nothing
    is said of a change where either year holds months that are not learnt from (``missing``, or an event that excludes
    them). Averages and rates are compared as stocks are, straying as they do from month to month. ``doubt`` is the
    standard error, in logs, of a newest figure that is itself an estimate. Raises SeriesError for a series that cannot be
    read in one way only, or a ``last`` that it does not hold.

    >>> counts = pd.Series([100] * 12 + [130] * 12, pd.period_range("2022-04", periods=24, freq="M"))
    >>> found = compare_years(counts)
    >>> found.direction, found.before, found.now, round(found.change, 2)
    ('up', 1200.0, 1560.0, 0.3)
    """
    task = read_task(series, kind, denominator, False, "none", missing, events)
    periods = task.series.months
    if not len(periods):
        return Years(None, because="no month has a value")
    end = periods[-1] if last is None else pd.Period(last, freq=periods.freqstr)
    if not periods[0] <= end <= periods[-1]:
        raise SeriesError(f"{task.series.name}: found last={end}, want a period from {periods[0]} to {periods[-1]}")
    at, year = int((end - periods[0]).n), task.series.per_year
    if at < year:
        return Years(end, because="there is no year before")
    flow = task.kind in ("count", "percent") and not at_date
    now = np.arange(at - year + 1, at + 1) if flow else np.array([at])
    now = now[now >= year]
    if task.breaks[now[0] - year + 1 : at + 1].any():
        return Years(end, because="the counting changed between the two years")
    because = _left_out(task, now, now - year, flow=flow)
    if because:
        return _figures_only(task, now, now - year, end, because)
    known = now[task.learnt[now] & task.learnt[now - year]]
    if len(known) < (MOST * year if flow else 1):
        return Years(end, because="too few months are known in both years")
    return compare_stretches(task, known, known - year, straying_of(task), doubt)


def _left_out(task: Task, now: np.ndarray, then: np.ndarray, *, flow: bool) -> str:
    """Why nothing is said of a change: months of either year that are known and that nothing may be learnt from; blank if none."""
    known = np.isfinite(task.series.figures) & ((task.denominator > 0) if task.denominator is not None else True)
    lockdown = covered_by(task.series.months, COVID_MONTHS)
    names = ("the year before", "the year") if flow else ("the date a year before", "the date")
    for year, name in zip((then, now), names, strict=True):
        out = year[known[year] & ~task.learnt[year]]
        if len(out) and flow:
            return f"{name} holds {'lockdown months' if lockdown[out].all() else 'months that an event leaves out'}"
        if len(out):
            return f"{name} {'was in lockdown' if lockdown[out].all() else 'is one that an event leaves out'}"
    return ""


def _figures_only(task: Task, now: np.ndarray, then: np.ndarray, last: pd.Period, because: str) -> Years:
    """Both years as they were, where all their months are known, and no verdict."""
    figures, below = task.series.figures, task.denominator
    one, other = (_whole(figures[year], None if below is None else below[year], task.kind) for year in (now, then))
    return Years(last, one, other, months=len(now), because=because)


def _whole(figures: np.ndarray, below: np.ndarray | None, kind: str) -> float:
    """A year as one figure; not known where a month of it is not."""
    if below is not None:
        return float(100 * figures.sum() / below.sum())
    return float(figures.mean() if kind == "percent" else figures.sum())
