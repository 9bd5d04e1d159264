"""A measure by quarter, where so many of its months are hidden that they tell nothing: its quarters are shown, and compared by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.periods import grain_of, months_of, quarter_period
from cfanalysis.foundation.table import ALL, Address
from cfanalysis.questions.subject import HIDDEN, MOST_HIDDEN, PARTS, Subject
from cfanalysis.signals import compare_years
from cfanalysis.signals.years import Years

YEAR = 4
"""Quarters of a year."""

BY_QUARTER = "by quarter"


def read_figures(subject: Subject, periods: pd.DataFrame) -> pd.DataFrame:
    """Released counts (breakdown, period, part, value, flag) with a row for each breakdown and period, percentages worked out.

    Columns: breakdown, period, grain, month (the period's last), numerator, denominator, value, flag.
    """
    wide = periods.pivot(index=["breakdown", "period"], columns="part", values=["value", "flag"])
    held = {part: _cells(wide, part) for part in ("figure", *PARTS)}
    if subject.counted:
        value, flag = held["figure"]
    else:
        (above, told), (below, told_below) = (held[part] for part in PARTS)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = 100 * above / np.where(below > 0, below, np.nan)
        flag = np.where((told == HIDDEN) | (told_below == HIDDEN), HIDDEN, np.where(told != "", told, told_below))
    flag = np.where(np.isnan(value), np.where(flag == "", "z", flag), "")
    frame = wide.index.to_frame(index=False)
    ends = {name: months_of(name)[1] for name in frame["period"].unique()}
    return frame.assign(
        grain=frame["period"].map(grain_of), month=pd.PeriodIndex([ends[name] for name in frame["period"]], freq="M"),
        numerator=held["numerator"][0], denominator=held["denominator"][0], value=value, flag=flag,
    )  # fmt: skip


def _cells(wide: pd.DataFrame, part: str) -> tuple[np.ndarray, np.ndarray]:
    if ("value", part) not in wide.columns:
        return np.full(len(wide), np.nan), np.full(len(wide), "", dtype=object)
    return wide["value", part].to_numpy(float), wide["flag", part].fillna("").to_numpy(object)


@dataclass(frozen=True)
class Quarters:
    """The whole of a measure by quarter; ``rows`` has month (the last of each), numerator, denominator, value and flag, in order."""

    subject: Subject
    rows: pd.DataFrame

    @cached_property
    def newest(self) -> pd.Period:
        """The last month of the newest quarter that has settled; the newest of all where none has."""
        settled = self.rows[self.rows["month"] <= self.subject.settled]
        return pd.Period((settled if len(settled) else self.rows)["month"].iloc[-1], freq="M")

    def at(self, month: pd.Period) -> dict[str, Any]:
        """Value, numerator, denominator and flag of the quarter that ends with a month."""
        found = self.rows[self.rows["month"] == month]
        if found.empty:
            return {"value": np.nan, "numerator": np.nan, "denominator": np.nan, "flag": "x"}
        return {name: found[name].iloc[0] for name in ("value", *PARTS, "flag")}

    @cached_property
    def years(self) -> Years:
        """The four quarters to the newest with the four before, as ``compare_years`` has it."""
        rows = self.rows[self.rows["month"] <= self.newest]
        index = pd.PeriodIndex([month.asfreq("Q") for month in rows["month"]], freq="Q")
        name = "numerator" if self.subject.is_percent else "value"
        below = pd.Series(rows["denominator"].to_numpy(float), index) if self.subject.is_percent else None
        series = pd.Series(rows[name].to_numpy(float), index, name=self.subject.name)
        return compare_years(series, kind=self.subject.indicator.kind, denominator=below)

    def year(self, last: pd.Period) -> list[pd.Period]:
        """The last months of the four quarters to one."""
        return [last - 3 * back for back in range(YEAR)]

    def compared(self) -> str:
        """What is set beside the same a year before."""
        return f"Four quarters to {month_label(self.newest)}"

    def address(self, months: Sequence[pd.Period], part: str) -> Address:
        """What a figure is that adds up the quarters that end with some months."""
        return (self.subject.indicator.name, ALL, tuple(map(quarter_period, months)), part)


def by_quarter(subject: Subject) -> Quarters | None:
    """The quarters of a count or a percentage most of which are shown, where its months are not; None for any other measure."""
    periods = subject.periods
    if not subject.too_hidden or periods is None or subject.indicator.on_a_day or not (subject.counted or subject.is_percent):
        return None
    wanted = periods[(periods["breakdown"] == ALL) & periods["period"].str.contains("Q")]
    if wanted.empty:
        return None
    rows = read_figures(subject, wanted).sort_values("month").reset_index(drop=True)
    told = rows["value"].notna() | rows["flag"].eq(HIDDEN)
    rows = rows[told].reset_index(drop=True)
    if rows.empty or rows["flag"].eq(HIDDEN).sum() > MOST_HIDDEN * len(rows):
        return None
    return Quarters(subject, rows)
