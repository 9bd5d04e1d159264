"""``find_run``: the months in a row, of the newest twelve, that differ most from the same months a year before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.signals.two_stretches import Years, compare_stretches, straying_of
from cfanalysis.signals.unusual.task import read_task

SHORTEST, LONGEST = 3, 6
"""Months of a run: fewer are unusual months, more are a year's change."""
TOLD = 3.0
"""Standard errors from which a run is told. It is the furthest of about thirty: in docs/methods/claims.md stands how often
steady series show one."""


@dataclass(frozen=True)
class Run:
    """Months in a row, and how they compare with the same months a year before."""

    first: pd.Period
    last: pd.Period
    years: Years


def find_run(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    missing: str | Iterable[pd.Period | str] = "covid",
    events: Any = None,
) -> Run | None:
    """Three to six months in a row, added up or pooled, that stand furthest from the same months a year before; None if none is told.

    Four months that are all a little high are no unusual month and no different year. The arguments are those of
    ``compare_years``; runs end within the newest twelve months, and none holds a month that is not known in both years
    or lies on the other side of a dated break. Of counts and shares only; raises SeriesError as ``compare_years`` does.

    >>> share = pd.Series([22] * 24 + [23, 32, 31, 33, 32] + [22] * 7, pd.period_range("2021-04", periods=36, freq="M"))
    >>> run = find_run(share, denominator=share * 0 + 100)
    >>> str(run.first), str(run.last), run.years.direction, run.years.now, run.years.before
    ('2023-05', '2023-08', 'up', 32.0, 22.0)
    """
    task = read_task(series, kind, denominator, False, "none", missing, events)
    months = task.series.months
    if task.quarterly or not task.learnt.any() or (task.kind != "count" and task.denominator is None):
        return None
    usable, year = task.learnt, task.series.per_year
    strays = straying_of(task)
    found = [
        compare_stretches(task, now, now - year, strays)
        for now in _runs(len(months), year)
        if usable[now].all() and usable[now - year].all() and not task.breaks[now[0] - year + 1 : now[-1] + 1].any()
    ]
    best = max(found, key=lambda each: abs(each.z), default=None)
    if best is None or abs(best.z) < TOLD or best.last is None:
        return None
    return Run(best.last - (best.months - 1), best.last, best)


def _runs(length: int, year: int) -> Iterator[np.ndarray]:
    """The places of every run that ends within the newest year and has a year before it."""
    for many in range(SHORTEST, LONGEST + 1):
        for end in range(max(length - year, year + many - 1), length):
            yield np.arange(end - many + 1, end + 1)
