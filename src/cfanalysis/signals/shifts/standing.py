"""``standing``: every shift told so far, measured again at the newest settled month: lasting, fading or over, and how large."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals.shifts.changes import COLUMNS, EVIDENCE, Told, row_of, tell, types_of
from cfanalysis.signals.shifts.level import Level, make_level
from cfanalysis.signals.unusual.task import Season, read_task

Standing = Literal["new", "lasting", "unclear", "fading", "over", "not comparable"]

STILL = 0.75
"""A lasting shift keeps this much of the size it was told with, and its newest three months this much of its newest six."""
GONE = 1 / 3
"""With less than this left a shift is over."""
LASTING_EVIDENCE = 2.3
"""Standard errors the newest six months still stand from the level before."""
NINE_IN_TEN = 1.645

ADDED = ("standing", "now", "size", "low", "high", "left", "months")
_TYPES = {"standing": "object", "months": "int64"} | dict.fromkeys(("now", "size", "low", "high", "left"), "float64")


def standing(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: Season = "reference",
    missing: str | Iterable[pd.Period | str] = "covid",
    events: Any = None,
    evidence: float = EVIDENCE,
    provisional_months: int = 0,
) -> pd.DataFrame:
    """The rows of ``shifts``, each with how it stands at the newest settled month. The arguments are those of ``shifts``.

    ``standing`` is "new" (fewer than seven months old), "lasting", "unclear" (old enough, but its newest months do not stand clear of the
    level before), "fading" (it has lost a quarter or more), "over" (less than a third is left, or it has turned round) or "not comparable"
    (a dated break lies between). ``now`` is the level of the newest six months since the
    onset, ``size`` what that is over the level before, less one (for shares the difference in points), ``low`` to ``high`` the range that
    holds the size nine times in ten, ``left`` how much is left of the size it was told with, and ``months`` how many months the new level
    has been seen. Only a "lasting" shift may be said to have lasted, and ``size`` is what may be said of it, not ``change``.

    Of a series by quarter the newest two stand for the six months, and three quarters make it old enough. The newest
    ``provisional_months`` (or quarters) are not settled and nothing is read from them. Unlike those of ``shifts`` these columns change as
    months are added. Raises SeriesError as ``shifts`` does.

    >>> months = pd.period_range("2020-04", periods=48, freq="M")
    >>> counts = pd.Series([100, 104, 97, 101] * 6 + [150, 155, 148] * 4 + [99, 103, 100] * 4, months)
    >>> found = standing(counts, season="none", calendar=False)
    >>> found[["onset", "direction", "standing"]].to_numpy().tolist()[0]
    [Period('2022-04', 'M'), 'up', 'over']
    """
    if not evidence > 0:
        raise SeriesError(f"found evidence={evidence!r}, want a number above 0")
    if provisional_months < 0:
        raise SeriesError(f"found provisional_months={provisional_months!r}, want a whole number from 0")
    settled = series.iloc[: len(series) - provisional_months] if provisional_months else series
    level = make_level(read_task(settled, kind, denominator, calendar, season, missing, events))
    return standing_of(level, tell(level, evidence))


def standing_of(level: Level, told: list[Told]) -> pd.DataFrame:
    """How each shift told stands at the last month of a level."""
    rows = [row_of(level, one) | _stand(level, one) for one in told]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *ADDED])
    return table.astype(types_of(level) | _TYPES)


def _stand(level: Level, one: Told) -> dict[str, Any]:
    base, end = one.base, level.length
    if level.breaks[one.onset + 1 : end].any():
        unknown = dict.fromkeys(("now", "size", "low", "high", "left"), np.nan)
        return {"standing": "not comparable", **unknown, "months": end - one.onset}
    now, newest = max(one.onset, end - level.pace.now), max(one.onset, end - level.pace.newest)
    size, error = level.difference(base, one.onset, now, end)
    whole, recent = (level.difference(base, one.onset, first, last)[0] for first, last in ((one.onset, one.told + 1), (newest, end)))
    left = size / whole if whole else np.nan
    low, high = (level.size_of(base, one.onset, size + side * NINE_IN_TEN * error) for side in (-1, 1))
    return {
        "standing": _name(
            left,
            recent / size if size else np.nan,
            abs(size) / error,
            old=end - one.onset >= level.pace.wait,
            settled=end > one.told + 1,
        ),
        "now": level.typical(now, end),
        "size": level.size_of(base, one.onset, size),
        "low": low,
        "high": high,
        "left": left,
        "months": end - one.onset,
    }


def _name(left: float, recent: float, z: float, *, old: bool, settled: bool) -> Standing:
    """What a shift is called, from how much is left, how much of that its newest months show, its evidence and its age."""
    if settled and (not left >= GONE or recent < 0):
        return "over"
    if settled and (left < STILL or not recent >= STILL):
        return "fading"
    if not old:
        return "new"
    return "lasting" if z >= LASTING_EVIDENCE else "unclear"
