"""Dates as whole days and months as whole numbers: the arithmetic the indicators are made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

OPEN = np.iinfo(np.int64).max
"""The month number of an end that has not come."""

_SHIFT = 1 << 19  # days either side of 1970 that a key can hold: 1,435 years
_BITS = 20


def to_days(dates: pd.Series) -> np.ndarray:
    """Dates as ``datetime64[D]``, missing ones as NaT."""
    return dates.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")


def month_numbers(days: np.ndarray) -> np.ndarray:
    """Months since January 1970, as a monthly period counts them; a missing day is a number below every month.

    >>> month_numbers(np.array(["1970-02-01", "2024-03-31"], dtype="datetime64[D]")).tolist()
    [1, 650]
    """
    return days.astype("datetime64[M]").astype(np.int64)


def end_months(days: np.ndarray) -> np.ndarray:
    """The month number of each end; ``OPEN`` where it has not come."""
    return np.where(np.isnat(days), OPEN, month_numbers(days))


def add_months(days: np.ndarray, count: int) -> np.ndarray:
    """The same day of the month ``count`` months on (or back), or the month's last day where there is no such day.

    >>> add_months(np.array(["2024-02-29", "2024-03-15"], dtype="datetime64[D]"), -12).tolist()
    [datetime.date(2023, 2, 28), datetime.date(2023, 3, 15)]
    """
    month = days.astype("datetime64[M]")
    target = month + count
    length = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")
    into = np.minimum(days - month.astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    return np.asarray(target.astype("datetime64[D]") + into)


def birthdays(born: np.ndarray, age: int) -> np.ndarray:
    """The day each child reaches an age; a child born on 29 February does so on 1 March in other years, as English law has it.

    >>> birthdays(np.array(["2020-02-29"], dtype="datetime64[D]"), 1).tolist()
    [datetime.date(2021, 3, 1)]
    """
    month = born.astype("datetime64[M]")
    return np.asarray((month + 12 * age).astype("datetime64[D]") + (born - month.astype("datetime64[D]")))


def any_between(child: np.ndarray, first: np.ndarray, last: np.ndarray, other_child: np.ndarray, other_day: np.ndarray) -> np.ndarray:
    """For each row: did the same child have one of the other events from ``first`` to ``last``, both days included?

    Children are whole numbers, days ``datetime64[D]``. Both sides are turned into one sorted key, so it takes n log n.
    """
    others = np.sort(_key(other_child, other_day))
    return np.asarray(np.searchsorted(others, _key(child, last), side="right") > np.searchsorted(others, _key(child, first), side="left"))


def newest_between(child: np.ndarray, first: np.ndarray, last: np.ndarray, other_child: np.ndarray, other_day: np.ndarray) -> np.ndarray:
    """For each row: the place of the same child's newest other event from ``first`` to ``last``, both days included; -1 for none.

    Of several on one day it is the last.
    """
    keys = _key(other_child, other_day)
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], _key(child, last), side="right") - 1
    found = (place >= 0) & (keys[order][np.maximum(place, 0)] >= _key(child, first)) if len(keys) else np.zeros(len(child), bool)
    return np.where(found, order[np.maximum(place, 0)] if len(keys) else -1, -1)


def _key(child: np.ndarray, day: np.ndarray) -> np.ndarray:
    return (child.astype(np.int64) << _BITS) + day.astype(np.int64) + _SHIFT
