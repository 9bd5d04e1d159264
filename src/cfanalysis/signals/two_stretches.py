"""Two stretches of a series set side by side: how far apart they are, and how far chance and ordinary straying go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import logit

from cfanalysis.signals.shifts.level import WANDER, make_level, straying_of_shares
from cfanalysis.signals.unusual.task import Task

Direction = Literal["up", "down", "about the same", "not known"]

TOLD = 1.96
"""Standard errors from which a direction is told: by chance, and straying as far as is allowed for, in 1 year of 20."""
NINE_IN_TEN = 1.645
STRAYS = 0.04
"""How far, in logs (of shares log odds), a year's level strays by itself beside chance."""
STOCK_STRAYS = 0.025
POINTS_STRAY = 1.0
"""The same for stocks, and in percentage points for percentages that come without their parts."""
DATE_STRAYS = WANDER
"""The same, in log odds, for a share at a date: one date is not smoothed by the eleven months before it."""


@dataclass(frozen=True)
class Years:
    """Two years to compare. ``now`` and ``before`` are totals of a count, pooled percentages of a share, one date each of a stock.

    ``change`` is the share it went up or down by, or percentage points; ``low`` to ``high`` hold it nine times in ten, as
    far as chance and ordinary straying go. ``direction`` is "up" or "down" only where ``z`` is beyond both; else it is
    "about the same", or "not known" with a ``because``. ``months`` is how many months (or quarters) of each year were compared.
    Where months are known that nothing may be learnt from (lockdown), both figures are there and nothing is said of the change.
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


def straying_of(task: Task) -> float:
    """How much more than chance the months of a count or a share stray; worked out once for all stretches of a series."""
    if task.denominator is not None:
        known = task.learnt
        return float(straying_of_shares(task.series.figures[known], task.denominator[known])[-1])
    if task.kind != "count":
        return 1.0
    level = make_level(task)
    return max(float(level.noise[-1]) * float(level.top[-task.series.per_year :].mean()), 1.0)


def compare_stretches(task: Task, now: np.ndarray, then: np.ndarray, strays: float, doubt: float = 0.0) -> Years:
    """Two stretches by what they hold; distances in logs, log odds or points. The last of ``now`` gives its name.

    doubt: the standard error, in logs, of a newer figure that is itself an estimate.
    """
    last = task.series.months[now[-1]]
    figures = task.series.figures
    if task.denominator is not None and len(now) == 1:
        return _compare_dates(figures, task.denominator, task.learnt, (now, then), last)
    if task.denominator is not None:
        return _compare_shares(figures, task.denominator, (now, then), last, strays)
    if task.kind == "percent":
        values = float(figures[now].mean()), float(figures[then].mean())
        if len(now) > 1:
            restless = figures[[*now, *then]].std() * np.sqrt(2 / len(now))
        else:
            restless = np.sqrt(_moves(figures[: now[-1] + 1][-RECENT:]))
        spread = float(np.hypot(POINTS_STRAY, restless))
        return _years(last, values, values, spread, len(now), points=True)
    if task.kind == "count":
        total = float(figures[now].sum()), float(figures[then].sum())
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
    return _moves(np.log(figures[-RECENT:] + 0.5))


def _moves(scaled: np.ndarray) -> float:
    """The variance of the difference of two months of a series on an additive scale; endless where it is not known."""
    moves = np.abs(np.diff(scaled))
    known = moves[np.isfinite(moves)]
    return float((MAD_TO_SD * np.median(known)) ** 2) if len(known) >= FEWEST_MOVES else np.inf


RECENT, FEWEST_MOVES = 25, 6
MAD_TO_SD = 1.4826


def _compare_shares(top: np.ndarray, bottom: np.ndarray, years: tuple[np.ndarray, np.ndarray], last: pd.Period, strays: float) -> Years:
    above, below = ([float(part[year].sum()) for year in years] for part in (top, bottom))
    chance = sum(1 / (a + 0.5) + 1 / (b - a + 0.5) for a, b in zip(above, below, strict=True))
    values = [100 * a / b for a, b in zip(above, below, strict=True)]
    scaled = [float(logit((a + 0.5) / (b + 1))) for a, b in zip(above, below, strict=True)]
    spread = float(np.sqrt(strays * chance + STRAYS**2))
    return _years(last, (values[0], values[1]), (scaled[0], scaled[1]), spread, len(years[0]), odds=True)


def _compare_dates(top: np.ndarray, bottom: np.ndarray, learnt: np.ndarray, years: tuple[np.ndarray, np.ndarray], last: pd.Period) -> Years:
    """Two dates. All staff are counted, none are drawn: what chance does is seen in how far dates go from one to the next."""
    odds = logit((top + 0.5) / (bottom + 1))
    one, other = (int(year[-1]) for year in years)
    seen = np.arange(max(0, one - RECENT + 1), one + 1)
    restless = _moves(odds[seen[learnt[seen]]])
    if not np.isfinite(restless):  # a few dates only: as if each were drawn anew
        restless = sum(1 / (top[at] + 0.5) + 1 / (bottom[at] - top[at] + 0.5) for at in (one, other))
    values = float(100 * top[one] / bottom[one]), float(100 * top[other] / bottom[other])
    spread = float(np.hypot(np.sqrt(restless), DATE_STRAYS))
    return _years(last, values, (float(odds[one]), float(odds[other])), spread, 1, odds=True)


def _years(
    last: pd.Period | None,
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


YEARLY_STRAYS = 11.0
"""How much more than chance the months of DfE's referrals stray (the middle of 143 authorities): for years whose months nobody knows."""


def compare_totals(
    now: float, before: float, *, kind: str = "count", below: tuple[float, float] | None = None, at_date: bool = False,
    last: pd.Period | None = None,
) -> Years:  # fmt: skip
    """Two years of which only the totals are known, or two dates (of a stock, or ``at_date``); ``below`` are the denominators of a
    share, which is given in percent.

    >>> compare_totals(10284.0, 7682.0).direction, compare_totals(20.5, 16.3, kind="percent", below=(10284.0, 7682.0)).direction
    ('up', 'up')
    """
    if kind == "percent" and below is not None and min(below) > 0:
        tops = [value / 100 * bottom for value, bottom in zip((now, before), below, strict=True)]
        chance = sum(1 / (top + 0.5) + 1 / (bottom - top + 0.5) for top, bottom in zip(tops, below, strict=True))
        scaled = [float(logit((top + 0.5) / (bottom + 1))) for top, bottom in zip(tops, below, strict=True)]
        spread = float(np.sqrt((1.0 if at_date else YEARLY_STRAYS) * chance + (DATE_STRAYS if at_date else STRAYS) ** 2))
        return _years(last, (now, before), (scaled[0], scaled[1]), spread, 1, odds=True)
    if kind in ("count", "stock"):
        strays, wide = (YEARLY_STRAYS, STRAYS) if kind == "count" else (1.0, STOCK_STRAYS)
        spread = float(np.sqrt(strays * (1 / (now + 0.5) + 1 / (before + 0.5)) + wide**2))
        return _years(last, (now, before), (float(np.log(now + 0.5)), float(np.log(before + 0.5))), spread, 1)
    return Years(last, now, before, months=1, because="the counts behind it are not known")
