"""``shifts``: lasting changes of level, each told once; ``year_on_year``: the newest twelve months against the twelve before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import SeriesError
from cfanalysis.signals.shifts_level import Level, make_level
from cfanalysis.signals.unusual_task import Season, read_task

WINDOWS = (3, 4, 5, 6)
"""Months a change has to have lasted: three at least, six at most."""
STRICTER = {3: 1.25, 4: 1.15, 5: 1.07, 6: 1.0}
"""Fewer months have to be so much clearer than six: short runs are chance more often."""
EVIDENCE = 2.3
"""The z of a six-month window that is told. On DfE's referrals this tells about 0.2 onsets a series-year (docs/methods/signals.md)."""
BEFORE = 12
"""Months the level before is taken from, fewer where the last shift is nearer."""
FEWEST_BEFORE = 6
FIRST = 12
"""Months known before anything is told."""
SEARCH = 9
"""How far back an onset is looked for, in months."""

NEWEST_LEVEL = 2
"""Months a new level needs before its onset can be dated: in a window of three one may still be old."""

COLUMNS = ("onset", "told", "direction", "before", "after", "change", "z", "window")


@dataclass(frozen=True)
class Told:
    """A shift by the places of its months among those known."""

    onset: int
    told: int
    z: float
    window: int
    started: int

    @property
    def base(self) -> int:
        """The first of the months before that the level before is taken from."""
        return max(self.started, self.onset - BEFORE)


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
    least variance (PELT's own cost, searched whole over the last nine months). Raises SeriesError for a series that cannot be read in one
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
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES) if rows else no_shifts()


_TYPES = {"onset": "period[M]", "told": "period[M]", "direction": "object", "window": "int64"} | dict.fromkeys(
    ("before", "after", "change", "z"), "float64"
)


def no_shifts() -> pd.DataFrame:
    """The table ``shifts`` gives where there is none.

    >>> no_shifts().columns.tolist()
    ['onset', 'told', 'direction', 'before', 'after', 'change', 'z', 'window']
    """
    return pd.DataFrame({name: [] for name in COLUMNS}).astype(_TYPES)


def tell(level: Level, evidence: float) -> list[Told]:
    """Go through the months as they came; tell what is clear, then start the level anew at its onset."""
    told: list[Told] = []
    start = 0
    for t in range(level.length):
        if level.breaks[t]:
            start = t
        if t < FIRST:
            continue
        z, window = _strongest(level, start, t)
        if abs(z) > evidence:
            onset = _onset(level, start, t)
            told.append(Told(onset, t, z, window, start))
            start = onset
    return told


def _strongest(level: Level, start: int, t: int) -> tuple[float, int]:
    best = (0.0, 0)
    for window in WINDOWS:
        first = t - window + 1
        if first - start < FEWEST_BEFORE:
            continue
        z = level.departure(max(start, first - BEFORE), first, t + 1) / STRICTER[window]
        if abs(z) > abs(best[0]):
            best = (z, window)
    return best


def _onset(level: Level, start: int, t: int) -> int:
    """The split of the months since the last shift that leaves the least variance about two levels."""
    low = max(start, t - BEFORE - min(WINDOWS) + 1)
    splits = range(max(start + FEWEST_BEFORE, t - SEARCH), t - NEWEST_LEVEL + 2)
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


YEAR = 12


def year_on_year(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    missing: str | Iterable[pd.Period | str] = "none",
) -> pd.DataFrame:
    """Each month's newest twelve months against the twelve before, working days taken out: month, year, before, change, z.

    ``year`` and ``before`` are levels of an average month (in percent with a ``denominator``), ``change`` as in ``shifts``. Years with
    fewer than nine months known are NaN. ``z`` allows for chance and for the ordinary wandering of levels.

    >>> counts = pd.Series([100] * 12 + [120] * 12, pd.period_range("2022-04", periods=24, freq="M"))
    >>> year_on_year(counts, calendar=False)[["month", "before", "year", "change"]].tail(1)
          month  before   year  change
    23  2024-03   100.0  120.0     0.2
    """
    task = read_task(series, kind, denominator, calendar, "none", missing, None)
    level = make_level(task)
    at = task.series.months.get_indexer(level.months)
    rows = []
    for place, name in enumerate(task.series.months):
        now = np.flatnonzero((at > place - YEAR) & (at <= place))
        then = np.flatnonzero((at > place - 2 * YEAR) & (at <= place - YEAR))
        row: dict[str, Any] = {"month": name, "year": np.nan, "before": np.nan, "change": np.nan, "z": np.nan}
        if min(len(now), len(then)) >= MOST_OF_A_YEAR:
            year, before = level.typical(now[0], now[-1] + 1), level.typical(then[0], then[-1] + 1)
            change = year - before if level.in_points else year / before - 1 if before > 0 else np.nan
            row |= {"year": year, "before": before, "change": change, "z": level.departure(then[0], now[0], now[-1] + 1)}
        rows.append(row)
    return pd.DataFrame(rows, columns=["month", "year", "before", "change", "z"])


MOST_OF_A_YEAR = 9
