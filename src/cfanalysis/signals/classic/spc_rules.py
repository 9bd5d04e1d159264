"""The rules of NHS *Making Data Count* for an XmR chart: what sets the limits, and which points are special cause.

A missing value takes part in no rule: a run or a trend is only called where every value of it is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LIMIT = 2.66
"""Limits lie 2.66 mean moving ranges from the mean: three sigma, 3 / 1.128 (Wheeler; Making Data Count)."""

CLOSE = LIMIT * 2 / 3
"""Two sigma: from here on a point is close to a limit."""

SCREEN = 3.267
"""A moving range of 3.267 times their mean or more is an outlier and left out of the mean (the upper limit of the mR chart)."""

RUN = 7
"""So many points on one side of the mean, or rising, or falling, are special cause."""

COMMON_CAUSE = "Common Cause"


@dataclass(frozen=True)
class XmRLimits:
    """Mean and process limits of one stretch; NaN where there are too few values or they never change."""

    mean: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float


def xmr_limits(values: np.ndarray, *, screen_outliers: bool = True) -> XmRLimits:
    """Mean and limits from the mean moving range.

    >>> limits = xmr_limits(np.array([10.0, 12.0, 11.0, 13.0, 9.0]))  # moving ranges 2, 1, 2, 4: mean 2.25
    >>> limits.mean, round(limits.lower, 3), round(limits.upper, 3)
    (11.0, 5.015, 16.985)
    """
    mean = careful_mean(values)
    ranges = np.abs(np.diff(values))
    if screen_outliers:
        with np.errstate(invalid="ignore"):
            ranges = ranges[ranges < SCREEN * careful_mean(ranges)]
    width = careful_mean(ranges)
    return XmRLimits(mean, mean - LIMIT * width, mean + LIMIT * width, mean - CLOSE * width, mean + CLOSE * width)


def careful_mean(values: np.ndarray) -> float:
    """The mean of the values there are, without rounding: equal values must not come to lie above or below their own mean."""
    known = values[~np.isnan(values)].tolist()
    if not known:
        return math.nan
    rough = math.fsum(known) / len(known)
    return rough + math.fsum(value - rough for value in known) / len(known)


def special_cause(values: np.ndarray, side: np.ndarray, close: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """The rule each point breaks, in Making Data Count's order: beyond a limit, trend, two in three, run; else common cause.

    ``side`` is -1, 0 or 1 (NaN where missing), ``close`` and ``outside`` are true or false.

    >>> rising = np.arange(8.0)
    >>> special_cause(rising, np.sign(rising - 3.5), np.zeros(8, bool), np.zeros(8, bool))[0]
    '7 Point Trend (Increasing)'
    """
    trend, direction = _trends(values)
    above = side > 0
    held = [outside, trend, _two_in_three(side, close), _runs(side)]
    said = [
        np.where(side == 1, "Above UCL", "Below LCL"),
        np.where(direction > 0, "7 Point Trend (Increasing)", "7 Point Trend (Decreasing)"),
        np.where(above, "2 in 3 Above CL", "2 in 3 Below CL"),
        np.where(above, "7 Points Above CL", "7 Points Below CL"),
    ]
    return np.select(held, said, default=COMMON_CAUSE).astype(object)


def point_types(rules: np.ndarray, direction: int) -> np.ndarray:
    """What each point means where higher is better (1), worse (-1), or neither (0).

    >>> point_types(np.array(["Below LCL", "Common Cause"], dtype=object), -1).tolist()
    ['special_cause_improvement', 'common_cause']
    """
    height = np.array([_height(rule) for rule in rules], dtype=int)
    if direction == 0:
        return np.select([height > 0, height < 0], ["special_cause_neutral_high", "special_cause_neutral_low"], "common_cause").astype(
            object
        )
    good = height * direction
    return np.select([good > 0, good < 0], ["special_cause_improvement", "special_cause_concern"], "common_cause").astype(object)


def _height(rule: str) -> int:
    """1 for a rule about high or rising values, -1 for low or falling ones."""
    return int("Above" in rule or "Increasing" in rule) - int("Below" in rule or "Decreasing" in rule)


def _windows(marks: np.ndarray, length: int) -> np.ndarray:
    """Every stretch of ``length`` successive marks, one a row; none where there are fewer."""
    if len(marks) < length:
        return np.empty((0, length))
    return np.lib.stride_tricks.sliding_window_view(marks, length)


def _covered(found: np.ndarray, length: int, size: int) -> np.ndarray:
    """True at every point of a stretch that was found."""
    covered = np.zeros(size, dtype=bool)
    for start in np.flatnonzero(found):
        covered[start : start + length] = True
    return covered


def _runs(side: np.ndarray) -> np.ndarray:
    total = _windows(side, RUN).sum(axis=1)
    return _covered(np.abs(total) == RUN, RUN, len(side))


def _trends(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points that are part of a trend, and its direction: towards the next point of the trend, or from the last for its end."""
    steps = np.sign(np.diff(values))
    found = np.abs(_windows(steps, RUN - 1).sum(axis=1)) == RUN - 1
    part = _covered(found, RUN, len(values))
    onward = np.append(part[1:], False) & part
    last = steps[-1:] if len(steps) else np.zeros(1)
    return part, np.where(onward, np.append(steps, last), np.append(0.0, steps))[: len(values)]


def _two_in_three(side: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Points close to a limit in three successive ones on one side of the mean, two or more of them close."""
    same = np.abs(_windows(side, 3).sum(axis=1)) == 3
    return np.asarray(_covered(same & (_windows(close.astype(int), 3).sum(axis=1) >= 2), 3, len(side)) & close)
