"""``shifts``: lasting changes of level, each told once; ``year_on_year``: the newest twelve months against the twelve before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals.shifts.level import Level, make_level
from cfanalysis.signals.unusual.task import Season, read_task

EVIDENCE = 2.3
"""The z of a six-month window that is told. On DfE's referrals this tells about 0.2 onsets a series-year (docs/methods/signals.md)."""

COLUMNS = ("onset", "told", "direction", "before", "after", "change", "z", "window")


@dataclass(frozen=True)
class Told:
    """A shift by the places of its months among those known."""

    onset: int
    told: int
    z: float
    window: int
    base: int
    """The first of the months before that the level before is taken from."""


def shifts(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: Season = "reference",
    missing: str | Iterable[pd.Period | str] = "covid",
    events: Any = None,
    evidence: float = EVIDENCE,
) -> pd.DataFrame:
    """Lasting changes of level, one row each, in order; arguments are those of ``unusual``.

    ``onset`` is the first month of the new level and ``told`` the month whose figures first showed it, so that later months never change a
    row. ``before`` and ``after`` are the levels: what an average month held, season and working days taken out (in percent with a
    ``denominator``). ``change`` is after over before, less one (for shares the difference in points). ``z`` is the evidence, ``window`` the
    months it rests on. A change is told when the last three to six months stand ``evidence`` standard errors away from the year before
    them, most of those months agree, and the change matters (a fifth for flows, a tenth for stocks). The level then starts anew, so that
    nothing is told twice. A dated ``break`` starts it anew as well, and is not told: it is known. The onset is the split that leaves the
    least variance (PELT's own cost, searched whole over the last nine months). A series by quarter is searched in
    the same way, two or three quarters against the four before them. Raises SeriesError for a series that cannot be read in one
    way only, or evidence that is not above 0.

    >>> months = pd.period_range("2020-04", periods=36, freq="M")
    >>> counts = pd.Series([100, 104, 97, 101] * 6 + [150, 155, 148] * 4, months)
    >>> shifts(counts, season="none", calendar=False).round({"before": 0, "after": 0})[["onset", "told", "direction", "before", "after"]]
         onset     told direction  before  after
    0  2022-04  2022-06        up   100.0  151.0
    """
    if not evidence > 0:
        raise SeriesError(f"found evidence={evidence!r}, want a number above 0")
    task = read_task(series, kind, denominator, calendar, season, missing, events)
    level = make_level(task)
    rows = [row_of(level, one) for one in tell(level, evidence)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(types_of(level)) if rows else no_shifts(level.freq)


_TYPES = {"direction": "object", "window": "int64"} | dict.fromkeys(("before", "after", "change", "z"), "float64")


def types_of(level: Level) -> dict[str, str]:
    """The types of the columns of ``shifts``: onset and told are months, or quarters."""
    return _TYPES | dict.fromkeys(("onset", "told"), f"period[{level.freq}]")


def no_shifts(freq: str = "M") -> pd.DataFrame:
    """The table ``shifts`` gives where there is none, by month or by the quarters of a ``freq``.

    >>> no_shifts().columns.tolist()
    ['onset', 'told', 'direction', 'before', 'after', 'change', 'z', 'window']
    """
    blank = pd.PeriodIndex([], freq=freq)
    columns: dict[str, Any] = {name: [] for name in COLUMNS} | {"onset": blank, "told": blank}
    return pd.DataFrame(columns).astype(_TYPES)


def tell(level: Level, evidence: float) -> list[Told]:
    """Go through the months as they came; tell what is clear, then start the level anew at its onset."""
    told: list[Told] = []
    start = 0
    for t in range(level.length):
        if level.breaks[t]:
            start = t
        if t < level.pace.first:
            continue
        z, window = _strongest(level, start, t)
        if abs(z) > evidence:
            onset = _onset(level, start, t)
            told.append(Told(onset, t, z, window, max(start, onset - level.pace.before)))
            start = onset
    return told


def _strongest(level: Level, start: int, t: int) -> tuple[float, int]:
    best = (0.0, 0)
    for window, stricter in level.pace.stricter.items():
        first = t - window + 1
        if first - start < level.pace.fewest_before:
            continue
        z = level.departure(max(start, first - level.pace.before), first, t + 1) / stricter
        if abs(z) > abs(best[0]):
            best = (z, window)
    return best


def _onset(level: Level, start: int, t: int) -> int:
    """The split of the months since the last shift that leaves the least variance about two levels."""
    pace = level.pace
    low = max(start, t - pace.before - min(pace.stricter) + 1)
    splits = range(max(start + pace.fewest_before, t - pace.search), t - pace.newest_level + 2)
    values = level.scaled[low : t + 1]
    costs = [values[: k - low].var() * (k - low) + values[k - low :].var() * (t + 1 - k) for k in splits]
    return splits[int(np.argmin(costs))]


def row_of(level: Level, one: Told) -> dict[str, Any]:
    """The row of a shift, as it was when it was told."""
    before = level.typical(one.base, one.onset)
    after = level.typical(one.onset, one.told + 1)
    return {
        "onset": level.months[one.onset],
        "told": level.months[one.told],
        "direction": "up" if one.z > 0 else "down",
        "before": before,
        "after": after,
        "change": after - before if level.in_points else after / before - 1 if before > 0 else np.inf,
        "z": one.z,
        "window": one.window,
    }


def year_on_year(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    missing: str | Iterable[pd.Period | str] = "none",
) -> pd.DataFrame:
    """Each month's newest twelve months against the twelve before, working days taken out: month, year, before, change, z.

    ``year`` and ``before`` are levels of an average month (in percent with a ``denominator``),
    ``change`` as in ``shifts``. Years with fewer than nine months known are NaN. Of a series by
    quarter it is four quarters, three of them known. ``z`` allows for chance and for the ordinary
    wandering of levels.

    >>> counts = pd.Series([100] * 12 + [120] * 12, pd.period_range("2022-04", periods=24, freq="M"))
    >>> year_on_year(counts, calendar=False)[["month", "before", "year", "change"]].tail(1)
          month  before   year  change
    23  2024-03   100.0  120.0     0.2
    """
    task = read_task(series, kind, denominator, calendar, "none", missing, None)
    level = make_level(task)
    at, year_long = task.series.months.get_indexer(level.months), level.pace.year
    rows = []
    for place, name in enumerate(task.series.months):
        now = np.flatnonzero((at > place - year_long) & (at <= place))
        then = np.flatnonzero((at > place - 2 * year_long) & (at <= place - year_long))
        row: dict[str, Any] = {"month": name, "year": np.nan, "before": np.nan, "change": np.nan, "z": np.nan}
        if min(len(now), len(then)) >= level.pace.most_of_a_year:
            year, before = level.typical(now[0], now[-1] + 1), level.typical(then[0], then[-1] + 1)
            change = year - before if level.in_points else year / before - 1 if before > 0 else np.nan
            row |= {"year": year, "before": before, "change": change, "z": level.departure(then[0], now[0], now[-1] + 1)}
        rows.append(row)
    return pd.DataFrame(rows, columns=["month", "year", "before", "change", "z"])
