"""``unusual``: every month judged from the months before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.signals.unusual import level as level
from cfanalysis.signals.unusual import small as small
from cfanalysis.signals.unusual.inputs import read_monthly
from cfanalysis.signals.unusual.season import own_season
from cfanalysis.signals.unusual.shares import judge_shares
from cfanalysis.signals.unusual.sharpen import COUNTS_WORTH, QUARTERLY_COUNTS_WORTH, sharpen, sharpen_counts
from cfanalysis.signals.unusual.tails import ALERT, Judged, severity, z_to_p
from cfanalysis.signals.unusual.task import Season, Task, read_task

SHORTEST = 12
"""Earlier months with a value below which no month is judged (DESIGN section 5)."""
SETTLED = 24
"""Earlier months below which a judgement is provisional."""
RECENT_MONTHS = 2
"""The newest months are still being recorded: provisional."""
SHORTEST_QUARTERS, SETTLED_QUARTERS, RECENT_QUARTERS = 6, 12, 1
"""The same for a series by quarter: with four quarters hardly anything is known of how they stray."""
SMALL_MEAN = 30.0
"""Expected numbers below which tails are exact (DESIGN section 5)."""

COLUMNS = ("month", "observed", "expected", "low", "high", "z", "p", "severity", "provisional", "reason", "state")

State = Literal["unusual", "usual", "not judged"]

TOO_SMALL = "numbers too small to tell a fall from chance"

FLOW_NOISE = (2.2, 0.004)
"""Prior variance of a month's log: 2.2 over the mean, plus 0.004. Least squares over the 137 authorities of DfE's referrals to 2022."""
QUARTERLY_NOISE_WORTH = 4.0
"""What that prior is worth in quarters; in months it is worth eight."""
STEADY_NOISE = 0.0004
"""The same for stocks and measures: 2 %, as the forecast core's prior for stocks."""

MONTH_SPREAD = {4: 1.10, 8: 1.05, 12: 1.04}
"""Months that authorities live differently (Easter and the turn of the recording year; holidays) are foretold less well than others. The
spread of their z in April 2014 to March 2017 was 1.14, 1.07 and 1.06 times the others'; a third of that is taken for chance."""


def unusual(
    series: pd.Series,
    *,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: Season = "reference",
    missing: str | Iterable[pd.Period | str] = "covid",
    events: Any = None,
    provisional_months: int = RECENT_MONTHS,
) -> pd.DataFrame:
    """Which months are unusual, each judged from the months before it and from nothing else.

    One row a month, from the first of the series to the last. ``expected`` is the number foretold (the median), ``low`` to ``high`` the
    range that holds 19 months in 20, ``z`` how far out the month is in normal terms (positive is high), ``p`` its two-sided probability,
    ``severity`` one of usual, watch, alert (about one month in a hundred), strong, extreme. Where a month cannot be judged z and p are NaN
    and ``reason`` says why. ``state`` is "unusual" (alert or beyond), "usual" or, where there is no z, "not judged": the severity of such a
    month says nothing. ``provisional`` marks months judged from fewer than 24 earlier ones, and the newest ``provisional_months``,
    which are still being recorded.

    ``series`` has an index of months, or of quarters (working days and season are then those of the quarter), and may hold flags ("c",
    "x", ...) for missing values. With ``denominator`` it is the numerator of a share, and observed, expected, low and high are in percent.
    ``kind`` is "count" (a flow), "stock", "percent", "rate" or "measure"; the calendar (working days) and the borrowed season apply to
    counts only. ``season`` is "reference" (England's referrals), "own" (learnt from the series' earlier years), "none" or twelve values,
    April first. ``missing`` names the months not learnt from, though judged: by default, for counts, the months of lockdown. ``events`` are
    dated events: at a ``break`` the level is learnt anew, an ``exclude`` is neither learnt from nor judged.

    Methods: level.py (larger numbers), small.py (means under 30, shares), measured in docs/methods/signals.md.
    Raises SeriesError for a series that cannot be read in one way only.

    >>> months = pd.period_range("2020-04", "2023-03", freq="M")
    >>> counts = pd.Series(100, months)
    >>> counts["2023-03"] = 190
    >>> unusual(counts, season="none", missing="none")[["month", "observed", "severity"]].tail(2)
          month  observed severity
    34  2023-02     100.0    usual
    35  2023-03     190.0  extreme
    """
    task = read_task(series, kind, denominator, calendar, season, missing, events)
    if provisional_months == RECENT_MONTHS and task.quarterly:
        provisional_months = RECENT_QUARTERS
    earlier = np.concatenate([[0], np.cumsum(task.learnt)[:-1]]) if len(task.learnt) else np.empty(0)
    judged = _judge(task) if task.learnt.any() else Judged.blank(len(task.learnt))
    return _table(task, judged, earlier, provisional_months)


def _judge(task: Task) -> Judged:
    judged = _judge_by_kind(task)
    if task.denominator is not None:
        return sharpen(judged, task.learnt)
    if task.kind != "count":
        return judged
    worth = QUARTERLY_COUNTS_WORTH if task.quarterly else COUNTS_WORTH
    return sharpen_counts(judged, task.series.figures, task.learnt, worth)


def _judge_by_kind(task: Task) -> Judged:
    if task.denominator is not None:
        top = np.where(task.denominator > 0, task.series.figures, np.nan)
        shares = small.predict_shares(top, task.denominator, task.learnt, task.breaks)
        return judge_shares(shares, top, task.denominator)
    if task.kind != "count":
        return _judge_steady(task)
    return _judge_flow(task)


def _judge_flow(task: Task) -> Judged:
    figures, offered = task.series.figures, task.exposure
    few = _running_mean(task) < SMALL_MEAN
    if task.season == "own":
        offered = offered * np.exp(own_season(np.log(figures + 0.5) - np.log(offered), task.series.months, task.learnt))
    judged = Judged.blank(len(figures))
    if not few.all():
        judged.put(~few, _judge_large(task, offered, ~few))
    if few.any():
        judged.put(few, _judge_few(task, offered, few))
    return judged


def _judge_few(task: Task, offered: np.ndarray, rows: np.ndarray) -> Judged:
    figures = task.series.figures
    predictions = small.predict_counts(figures, offered, task.learnt, task.breaks).rows(rows)
    judged = small.judge_counts(predictions, figures[rows])
    hopeless = ((judged.z < 0) | (figures[rows] == 0)) & (small.least_fall_z(predictions) > -ALERT)
    judged.z[hopeless], judged.p[hopeless] = np.nan, np.nan
    return judged


def _running_mean(task: Task) -> np.ndarray:
    """What each month would be expected to hold at the mean of the year before it; without limit where nothing is learnt from that year."""
    y = np.where(task.learnt, task.series.figures, 0.0)
    e = np.where(task.learnt, task.exposure, 0.0)
    year = np.ones(task.series.per_year)
    last = [np.concatenate([[0.0], np.convolve(each, year)[: len(each) - 1]]) for each in (y, e)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(last[0] / last[1], nan=np.inf) * task.exposure)


def _judge_large(task: Task, offered: np.ndarray, rows: np.ndarray) -> Judged:
    z = np.log(task.series.figures + 0.5) - np.log(offered)
    first_year = max(float(task.series.figures[task.learnt][:SHORTEST].mean()), 1.0)
    noise = FLOW_NOISE[0] / first_year + FLOW_NOISE[1]
    floor = 1.0 / np.maximum(_running_mean(task), 1.0)  # no count is steadier than a Poisson's
    grid = level.QUARTERLY_FLOW if task.quarterly else level.FLOW
    worth = QUARTERLY_NOISE_WORTH if task.quarterly else level.NOISE_PRIOR_MONTHS
    foretold = level.predict(z, task.learnt, task.breaks, noise, floor, grid, worth)
    if task.season not in ("own", "none") and not task.quarterly:
        foretold = foretold.widened(np.array([MONTH_SPREAD.get(number, 1.0) for number in task.series.months.month]))
    judged = level.judge(foretold.rows(rows), z[rows])
    expected, low, high = (np.maximum(np.exp(each) * offered[rows] - 0.5, 0.0) for each in (judged.expected, judged.low, judged.high))
    return Judged(expected, low, high, judged.z, judged.p)


def _judge_steady(task: Task) -> Judged:
    """Stocks, rates and measures on the scale of logs; percentages without a denominator as they are."""
    values = task.series.figures
    logs = task.kind != "percent"
    z = np.log(values + 0.5) if logs else values
    typical = max(float(np.abs(values[task.learnt][:SHORTEST]).mean()), 1.0)
    noise = STEADY_NOISE if logs else STEADY_NOISE * PERCENT_SCALE**2
    rounding = 0.25 / typical**2 if logs else 0.25
    shift = own_season(z, task.series.months, task.learnt) if task.season == "own" else np.zeros(len(z))
    z = z - shift
    grid = level.QUARTERLY_STOCK if task.quarterly else level.STOCK
    judged = level.judge(level.predict(z, task.learnt, task.breaks, noise, np.full(len(z), rounding), grid), z)
    if not logs:
        expected, low, high = (np.clip(each + shift, 0, 100) for each in (judged.expected, judged.low, judged.high))
    else:
        expected, low, high = (np.maximum(np.exp(each + shift) - 0.5, 0.0) for each in (judged.expected, judged.low, judged.high))
    return Judged(expected, low, high, judged.z, judged.p)


PERCENT_SCALE = 100.0


def _table(task: Task, judged: Judged, earlier: np.ndarray, provisional_months: int) -> pd.DataFrame:
    values, months = task.series.figures, task.series.months
    reason = _reasons(task, judged, earlier)
    silent = reason != ""
    z = np.where(silent, np.nan, judged.z)
    newest = np.arange(len(months)) >= len(months) - provisional_months
    no_range = silent & (reason != TOO_SMALL)
    scale = 1.0 if task.denominator is None else 100 / np.where(task.denominator > 0, task.denominator, np.nan)
    limits = {name: np.where(no_range, np.nan, getattr(judged, name)) for name in ("expected", "low", "high")}
    return pd.DataFrame(
        {
            "month": months,
            "observed": values * scale,
            **limits,
            "z": z,
            "p": np.where(silent, np.nan, z_to_p(z)),
            "severity": severity(z),
            "provisional": (earlier < (SETTLED_QUARTERS if task.quarterly else SETTLED)) | newest,
            "reason": reason,
            "state": states(z),
        },
        columns=list(COLUMNS),
    )


def states(z: np.ndarray) -> np.ndarray:
    """The state of each z: unusual from the alert line on, usual inside it, not judged where there is none.

    >>> states(np.array([0.4, -2.7, np.nan])).tolist()
    ['usual', 'unusual', 'not judged']
    """
    named = np.where(np.abs(z) >= ALERT, "unusual", "usual")
    return np.asarray(np.where(np.isfinite(z), named, "not judged").astype(object))


def _reasons(task: Task, judged: Judged, earlier: np.ndarray) -> np.ndarray:
    """Why each month is not judged; "" where it is. The first that holds is given."""
    reason = np.full(len(task.learnt), "", dtype=object)
    reason[~np.isfinite(judged.z)] = TOO_SMALL
    fewest, what = (SHORTEST_QUARTERS, "quarter") if task.quarterly else (SHORTEST, "month")
    for t in np.flatnonzero(earlier < fewest):
        reason[t] = f"{int(earlier[t])} earlier {what}s to judge from, and {fewest} are needed"
    if task.denominator is not None:
        reason[~(task.denominator > 0)] = f"nothing to take a share of in this {what}"
    reason[task.excluded] = "set aside by a dated event"
    absent = task.series.missing != ""
    reason[absent] = task.series.missing[absent]
    return reason


def not_judged(series: pd.Series, reason: str) -> pd.DataFrame:
    """The table ``unusual`` would give where no month of a series is judged, for one reason: a kind of measure that has no usual range.

    >>> not_judged(pd.Series([40.5], pd.period_range("2024-03", periods=1, freq="M")), "an average of few")["reason"].tolist()
    ['an average of few']
    """
    monthly = read_monthly(series)
    blank = Judged.blank(len(monthly.months))
    limits = {name: getattr(blank, name) for name in ("expected", "low", "high", "z", "p")}
    known = {"month": monthly.months, "observed": monthly.figures, **limits, "severity": severity(blank.z), "provisional": False}
    because = np.where(monthly.missing == "", reason, monthly.missing)
    return pd.DataFrame({**known, "reason": because, "state": states(blank.z)}, columns=list(COLUMNS))
