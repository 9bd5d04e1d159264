"""Which months an indicator can be worked out for: those inside the coverage of every list it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from cfanalysis.indicators.days import month_numbers, to_days

ONE_DAY = np.timedelta64(1, "D")


class Log(Protocol):
    """What the indicators ask of an event log: the events, and for each list the days that its extracts cover."""

    @property
    def events(self) -> pd.DataFrame:
        """One row per dated event (the EVENTS contract)."""

    @property
    def coverage(self) -> pd.DataFrame:
        """``event, start, end``: the days covered, both ends included."""


@dataclass(frozen=True)
class Need:
    """A list that a month needs, and how far before and after the month it must reach.

    ``snapshot``: the list is a picture of one day (care leavers), so a month is covered when a picture was taken in it.
    """

    event: str
    months_before: int = 0
    months_after: int = 0
    days_after: int = 0
    snapshot: bool = False


def covered(log: Log, needs: tuple[Need, ...], months: pd.PeriodIndex) -> np.ndarray:
    """True for each month that lies, with its reach, wholly inside the coverage of every list needed.

    >>> from types import SimpleNamespace
    >>> windows = pd.DataFrame({"event": ["referral"], "start": pd.to_datetime(["2023-01-01"]), "end": pd.to_datetime(["2024-03-31"])})
    >>> log = SimpleNamespace(events=pd.DataFrame(), coverage=windows)
    >>> covered(log, (Need("referral", months_before=12),), pd.period_range("2023-12", "2024-04", freq="M")).tolist()
    [False, True, True, True, False]
    """
    result = np.ones(len(months), dtype=bool)
    for need in needs:
        result &= _pictured(log, need.event, months) if need.snapshot else _spanned(log, need, months)
    return result


def _spanned(log: Log, need: Need, months: pd.PeriodIndex) -> np.ndarray:
    numbers = np.asarray(months.astype("int64"))
    first = (numbers - need.months_before).astype("datetime64[M]").astype("datetime64[D]")
    last = (numbers + need.months_after + 1).astype("datetime64[M]").astype("datetime64[D]") - ONE_DAY
    start, end = _windows(log.coverage, need.event)
    if not len(start):
        return np.zeros(len(months), dtype=bool)
    place = np.searchsorted(start, first, side="right") - 1
    inside = last + need.days_after * ONE_DAY <= end[np.maximum(place, 0)]
    return np.asarray((place >= 0) & inside)


def _windows(coverage: pd.DataFrame, event: str) -> tuple[np.ndarray, np.ndarray]:
    """The days covered as windows that neither touch nor overlap, in order."""
    rows = coverage.loc[coverage["event"] == event].sort_values("start")
    start, end = to_days(rows["start"]), to_days(rows["end"])
    if not len(start):
        return start, end
    reach = np.maximum.accumulate(end.astype(np.int64)).astype("datetime64[D]")
    new = np.r_[True, start[1:] > reach[:-1] + ONE_DAY]
    last = np.r_[np.flatnonzero(new)[1:] - 1, len(start) - 1]
    return start[new], reach[last]


def _pictured(log: Log, event: str, months: pd.PeriodIndex) -> np.ndarray:
    taken = month_numbers(to_days(log.events.loc[log.events["event"] == event, "date"]))
    return np.isin(np.asarray(months.astype("int64")), taken)
