"""XmR charts by the rules of NHS *Making Data Count*, because people know them.

They are drawn, not trusted for alarms: on monthly referrals three-sigma XmR limits flag 3-7 % of months, and a season looks
like special cause. Method: NHS England, Making Data Count, "Strengthening your decisions" (XmR chart, four rules, variation
and assurance icons, recalculation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month
from cfanalysis.signals.classic.spc_rules import COMMON_CAUSE, point_types, special_cause, xmr_limits
from cfanalysis.signals.classic.spc_season import usual_season
from cfanalysis.signals.timeline import MONTHS_A_YEAR, Timeline, timeline

Improvement = Literal["increase", "decrease"]

TRIAL_BELOW = 13
"""A stretch of fewer points has trial limits, which move with every new point (NHSRplotthedots warns below the same number)."""

FIX_AT_LEAST = 12
"""Limits may be fixed after twelve points at the earliest."""


SEASONAL = "common cause once the usual difference of its calendar month is taken out: this may be the season"


@dataclass(frozen=True)
class Icons:
    """The two icons of a chart: ``variation`` of its newest point, and ``assurance`` about its target ("" without one)."""

    variation: str
    assurance: str


def spc(
    series: pd.Series,
    *,
    improvement: Improvement | None = None,
    rebase: Mapping[str | pd.Period, str] | Iterable[tuple[str | pd.Period, str]] = (),
    target: float | None = None,
    fix_after: int | None = None,
    screen_outliers: bool = True,
) -> pd.DataFrame:
    """An XmR chart as a table: mean, process limits, and the rule each month breaks.

    Parameters
    ----------
    series
        Counts, percentages or rates, one a month or week. Missing values and months the index skips stay missing and end runs.
    improvement
        ``increase`` where higher is better, ``decrease`` where lower is; without it points are only called high or low.
    rebase
        Months from which mean and limits start afresh, each with the event that is the reason: ``{"2020-04": "New front door"}``.
    target
        A target in the units of the series, for the assurance icon.
    fix_after
        Set the limits from so many first points of each stretch (12 or more); without it all points count.
    screen_outliers
        Leave moving ranges of 3.267 times their mean or more out of the limits.

    Returns
    -------
    One row a month: ``month``, ``observed``, ``mean``, ``lower``, ``upper``, ``side`` (-1, 0, 1), ``outside``, ``close``,
    ``rule``, ``point_type``, ``stretch`` (from 0), ``event`` (that opened it), ``used`` (sets the limits), ``trial`` (limits
    from fewer than 13 points), ``target``, ``assurance``, ``seasonal`` (special cause only
    because of the season), ``reason``.

    Raises SeriesError for a series, ParameterError for an option, that cannot be used; a rebase without a named event is one.

    Examples
    --------
    >>> months = pd.period_range("2023-04", periods=14, freq="M")
    >>> chart = spc(pd.Series([10, 12, 11, 13, 9, 10, 12, 11, 10, 12, 11, 10, 12, 30], index=months), improvement="decrease")
    >>> chart["rule"].iloc[-1]
    'Above UCL'
    >>> icons(chart)
    Icons(variation='special_cause_concern', assurance='')
    """
    _check_options(improvement, target, fix_after)
    line = timeline(series, freq=MONTHS_A_YEAR)
    starts = _starts(line, rebase)
    direction = {None: 0, "increase": 1, "decrease": -1}[improvement]
    bounds = [0, *sorted(position for position in starts if position), len(line.numbers)]

    def draw(values: np.ndarray) -> pd.DataFrame:
        stretches = [_stretch(values[start:end], direction, fix_after, screen_outliers) for start, end in pairwise(bounds)]
        return pd.concat([part.assign(stretch=number) for number, part in enumerate(stretches)], ignore_index=True)

    chart = draw(line.numbers)
    chart["event"] = [starts.get(position, "") for position in range(len(chart))]
    chart.insert(0, line.label, line.index)
    chart["target"] = np.nan if target is None else float(target)
    chart["assurance"] = _assurance(chart, direction)
    even = draw(line.numbers - usual_season(line))
    chart["seasonal"] = (chart["rule"] != COMMON_CAUSE) & (even["rule"] == COMMON_CAUSE)
    chart["reason"] = _reasons(chart, line)
    return chart


def icons(chart: pd.DataFrame) -> Icons:
    """The icons of a chart from its newest month that has a value; raises ParameterError for a chart with none."""
    known = chart[chart["observed"].notna()]
    if known.empty:
        raise ParameterError("this chart has no values, so there is no icon to show")
    newest = known.iloc[-1]
    return Icons(str(newest["point_type"]), str(newest["assurance"]))


def _check_options(improvement: str | None, target: float | None, fix_after: int | None) -> None:
    if improvement is not None and improvement not in get_args(Improvement):
        raise ParameterError(f"improvement: found {improvement!r}, want 'increase', 'decrease' or nothing")
    if fix_after is not None and fix_after < FIX_AT_LEAST:
        raise ParameterError(f"fix_after: found {fix_after}, want {FIX_AT_LEAST} points or more")
    if target is not None and not np.isfinite(target):
        raise ParameterError(f"target: found {target}, want a number in the units of the series")


def _starts(line: Timeline, rebase: Mapping[str | pd.Period, str] | Iterable[tuple[str | pd.Period, str]]) -> dict[int, str]:
    """Positions at which a new stretch starts, and the event that is the reason."""
    if isinstance(rebase, str):
        raise ParameterError(
            f"rebase: found {rebase!r}, want months with the event that is the reason, like {{'2020-04': 'New front door'}}"
        )
    pairs = list(rebase.items() if isinstance(rebase, Mapping) else rebase)
    found: dict[int, str] = {}
    for pair in pairs:
        if isinstance(pair, str | pd.Period) or len(pair) != 2 or not isinstance(pair[1], str) or not pair[1].strip():
            raise ParameterError(
                f"rebase: found {pair!r} without an event; limits start afresh only at a named event, a pair of month and name"
            )
        found[_position(line, pair[0])] = pair[1].strip()
    return found


def _position(line: Timeline, when: str | pd.Period) -> int:
    label = when
    if isinstance(line.index, pd.PeriodIndex):
        label = month(when) if line.label == "month" else pd.Period(when, freq=line.index.freqstr)
    if label not in line.index:
        span = f"{line.index[0]} to {line.index[-1]}" if len(line.index) else "nothing"
        raise ParameterError(f"rebase: found {when}, want a {line.label} of the series ({span})")
    return int(np.flatnonzero(line.index == label)[0])


def _stretch(values: np.ndarray, direction: int, fix_after: int | None, screen_outliers: bool) -> pd.DataFrame:
    """The chart of one stretch between two events."""
    used = np.arange(len(values)) < (len(values) if fix_after is None else fix_after)
    limits = xmr_limits(np.where(used, values, np.nan), screen_outliers=screen_outliers)
    outside = (values > limits.upper) | (values < limits.lower)
    known = ~np.isnan(values) & np.isfinite(limits.upper)
    close = known & ~outside & ((values < limits.near_lower) | (values > limits.near_upper))
    side = np.sign(values - limits.mean)
    rules = special_cause(values, side, close, outside)
    columns = {
        "observed": values, "mean": limits.mean, "lower": limits.lower, "upper": limits.upper, "side": side, "outside": outside,
        "close": close, "rule": rules, "point_type": point_types(rules, direction), "used": used & ~np.isnan(values),
        "trial": len(values) < TRIAL_BELOW,
    }  # fmt: skip
    return pd.DataFrame(columns, index=range(len(values)))


def _assurance(chart: pd.DataFrame, direction: int) -> np.ndarray:
    """Whether the target will be met: always, never, or hit and miss; "" where nobody said which way is better."""
    judged = chart["target"].notna() & chart["upper"].notna() & (direction != 0)
    above, below = chart["target"] > chart["upper"], chart["target"] < chart["lower"]
    missed, met = (above, below) if direction > 0 else (below, above)
    held = [~judged.to_numpy(), missed.to_numpy(), met.to_numpy()]
    return np.select(held, ["", "consistent_fail", "consistent_pass"], "inconsistent").astype(object)


def _reasons(chart: pd.DataFrame, line: Timeline) -> np.ndarray:
    missing = chart["observed"].isna()
    no_limits = chart["upper"].isna()
    held = [missing.to_numpy(), no_limits.to_numpy(), chart["seasonal"].to_numpy()]
    said = [f"no value for this {line.label}", "too few values, or values that never change, to set limits", SEASONAL]
    return np.select(held, [np.array(text, dtype=object) for text in said], "")
