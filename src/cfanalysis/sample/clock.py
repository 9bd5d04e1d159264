"""The calendar a synthetic office works by. Days are whole numbers since 1970-01-01; ``NEVER`` is a day that does not come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.reference import bank_holidays
from cfanalysis.sample.plans import WARM_UP_MONTHS, Plan

NEVER = 60_000
"""A day in 2134: not yet, or not at all."""

YEAR = 365.25


@dataclass(frozen=True)
class Clock:
    """Months from the warm-up to the as-at month, the days they start on, and the days on which the office is open."""

    months: pd.PeriodIndex
    starts: np.ndarray
    """First day of each month, and of the month after the last."""
    working: np.ndarray
    """Working days in each month."""
    closed: np.ndarray

    def month_of(self, days: np.ndarray) -> np.ndarray:
        """Position of the month each day lies in; days after the last month count as the last."""
        return np.clip(np.searchsorted(self.starts, days, side="right") - 1, 0, len(self.months) - 1)

    def open_day(self, days: np.ndarray) -> np.ndarray:
        """The same day if the office is open, else the next day it is."""
        return self.add(days, np.zeros(len(days), dtype=np.int64))

    def add(self, days: np.ndarray, working_days: np.ndarray) -> np.ndarray:
        """So many working days later."""
        moved = np.busday_offset(days.astype("datetime64[D]"), working_days, roll="forward", holidays=self.closed)
        return moved.astype(np.int64)

    def nth_working_day(self, month: np.ndarray, n: np.ndarray) -> np.ndarray:
        """The n-th (from 0) working day of a month."""
        return self.add(self.starts[month], n)


def clock(plan: Plan) -> Clock:
    """The clock of one authority; snow days are closed as bank holidays are."""
    months = pd.period_range(plan.first - WARM_UP_MONTHS, plan.as_at, freq="M")
    edges = pd.period_range(months[0], plan.as_at + 1, freq="M").to_timestamp().to_numpy().astype("datetime64[D]")
    closed = np.concatenate([bank_holidays(), np.array(plan.closed_days, dtype="datetime64[D]")])
    working = np.busday_count(edges[:-1], edges[1:], holidays=closed).astype(float)
    return Clock(months, edges.astype(np.int64), working, closed)
