"""What-ifs over the same paths, and what it takes to reach a target by a date.

A what-if changes starts, closures or a flow from a month on and keeps everything else of every path, luck included, so that the difference
from the baseline is the change alone. It is labelled as a what-if and carries its baseline with it: it is never a forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.result import Forecast
from cfanalysis.models.stock_flow import Draws, StockForecast, run

LARGEST_CUT = 0.95
"""No what-if takes away more than this share of starts, and none is offered as what it takes."""

LARGEST_RISE = 3.0
"""Closures of more than four times the usual rate are not offered as what it takes."""

CLOSE_ENOUGH = 0.001
"""What it takes is found to a tenth of a per cent."""

MIDDLE = 0.5


@dataclass(frozen=True)
class Scenario:
    """What is changed, from ``first`` to ``last`` (to the end where there is none).

    ``starts`` and ``closures`` are shares: -0.10 is ten per cent fewer starts, 0.10 a rate of closing ten per cent higher.
    ``more_starts`` and ``more_closures`` are children a month. For a forecast of one flow ``change`` and ``more`` are the same for that
    flow.
    """

    label: str
    first: pd.Period
    last: pd.Period | None = None
    starts: float = 0.0
    closures: float = 0.0
    more_starts: float = 0.0
    more_closures: float = 0.0
    change: float = 0.0
    more: float = 0.0

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise SeriesError("a what-if needs a label, for example 'starts 10 % down from January'")
        if min(self.starts, self.closures, self.change) < -1:
            raise SeriesError(f"{self.label}: nothing falls by more than all of it; want a share such as -0.10")
        if self.last is not None and self.last < self.first:
            raise SeriesError(f"{self.label}: it ends ({self.last}) before it starts ({self.first})")

    def holds(self, months: pd.PeriodIndex) -> np.ndarray:
        """1 in the months in which it holds, 0 in the others. Raises SeriesError where it holds in none."""
        held = np.asarray((months >= self.first) & (months <= (self.last or months[-1])))
        if not held.any():
            raise SeriesError(f"{self.label}: {self.first} is outside the forecast, which runs from {months[0]} to {months[-1]}")
        return held.astype(float)


@dataclass(frozen=True)
class WhatIf:
    """A what-if beside its baseline. ``difference`` has, by month, the middle of what the change alone makes and its 80 % interval."""

    label: str
    scenario: Scenario
    baseline: Forecast = field(repr=False)
    result: Forecast = field(repr=False)
    parts: StockForecast | None = field(default=None, repr=False)

    @property
    def difference(self) -> pd.DataFrame:
        """``median, low, high`` of what-if less baseline, path by path."""
        low, middle, high = np.quantile(self.result.paths - self.baseline.paths, [0.1, 0.5, 0.9], axis=0)
        return pd.DataFrame({"median": middle, "low": low, "high": high}, index=self.baseline.months)

    def to_frame(self) -> pd.DataFrame:
        """Both side by side by month: ``baseline, baseline_low, baseline_high, what_if, what_if_low, what_if_high`` (80 %)."""
        columns: dict[str, pd.Series] = {}
        for name, each in (("baseline", self.baseline), ("what_if", self.result)):
            band = each.interval(0.8)
            columns |= {name: each.median, f"{name}_low": band["low"], f"{name}_high": band["high"]}
        return pd.DataFrame(columns)


@overload
def what_if(baseline: StockForecast, scenario: Scenario) -> WhatIf: ...
@overload
def what_if(baseline: Forecast, scenario: Scenario) -> WhatIf: ...
def what_if(baseline: StockForecast | Forecast, scenario: Scenario) -> WhatIf:
    """A what-if over the paths of a forecast; of a stock forecast the stock is shown, and ``parts`` holds starts and ends too.

    Raises SeriesError for a change that does not belong to the kind of forecast, or that holds in none of its months.
    """
    label = f"What if: {scenario.label}"
    if isinstance(baseline, StockForecast):
        if scenario.change or scenario.more:
            raise SeriesError(f"{scenario.label}: a stock is changed through starts and closures, not directly")
        parts = _changed(baseline, scenario)
        return WhatIf(label, scenario, baseline.stock, parts.stock, parts)
    if baseline.kind != "count" or scenario.starts or scenario.closures or scenario.more_starts or scenario.more_closures:
        raise SeriesError(f"{scenario.label}: the what-if of one series changes a count, by change or more")
    held = scenario.holds(baseline.months)
    paths = np.maximum(baseline.paths * (1 + scenario.change * held) + scenario.more * held, 0)
    whole = np.rint(paths) if baseline.step == 1 else paths
    return WhatIf(label, scenario, baseline, replace(baseline, paths=whole, notes=(*baseline.notes, label)))


def changed_draws(draws: Draws, scenario: Scenario, months: pd.PeriodIndex) -> Draws:
    """The draws with starts and rate of closing changed, and the rest as it was."""
    held = scenario.holds(months)
    starts = np.rint(np.maximum(draws.starts * (1 + scenario.starts * held) + scenario.more_starts * held, 0))
    rate = np.maximum(draws.closing_rate * (1 + scenario.closures * held), 0)
    return replace(draws, starts=starts, closing_rate=rate, more_ends=scenario.more_closures * held)


def _changed(baseline: StockForecast, scenario: Scenario) -> StockForecast:
    draws = changed_draws(baseline.draws, scenario, baseline.months)
    stock, ends, difference = run(draws)
    notes = (*baseline.notes, f"What if: {scenario.label}")
    paths = {"stock": stock, "starts": draws.starts, "ends": ends}
    parts = {name: replace(getattr(baseline, name), paths=values, notes=notes) for name, values in paths.items()}
    return replace(baseline, **parts, draws=replace(draws, difference=difference), notes=notes)


@dataclass(frozen=True)
class ToReach:
    """What it takes to bring a stock to a target by the end of a month, in the middle of the paths.

    ``probability`` that it gets there anyway. ``starts`` and ``closures`` are the changes (shares) from the next month on, each by
    itself; ``more_closures`` children more a month; ``fewer_starts`` children fewer a month. NaN where it cannot be reached that way, 0
    where nothing is needed.
    """

    target: float
    month: pd.Period
    expected: float
    probability: float
    starts: float
    closures: float
    fewer_starts: float
    more_closures: float


def to_reach(baseline: StockForecast, target: float, month: pd.Period | str, *, first: pd.Period | None = None) -> ToReach:
    """What it takes for the stock to be at ``target`` by the end of ``month``: at or under it where it is above now, else at or over it.

    The change holds from ``first`` on, or from the first month of the forecast. Raises SeriesError for a month outside the forecast.
    """
    month = pd.Period(month, freq="M")
    if month not in baseline.months:
        raise SeriesError(f"{month} is outside the forecast, which runs from {baseline.months[0]} to {baseline.months[-1]}")
    column = (month - baseline.months[0]).n
    at_the_end = baseline.stock.paths[:, column]
    sign = 1.0 if target < np.median(baseline.draws.opening) else -1.0  # 1: the stock has to come down

    def middle(change: Scenario) -> float:
        draws = changed_draws(baseline.draws, change, baseline.months)
        return float(np.median(run(draws)[0][:, column]))

    nothing = Scenario("what it takes", first or baseline.months[0], month)
    expected = float(np.median(at_the_end))
    needed = sign * (expected - target) > 0
    usual = float(np.median(baseline.starts.paths[:, baseline.months >= nothing.first]))
    ways: dict[str, tuple[Callable[[float], float], float]] = {
        "starts": (lambda size: middle(replace(nothing, starts=-sign * size)), LARGEST_CUT if sign > 0 else LARGEST_RISE),
        "closures": (lambda size: middle(replace(nothing, closures=sign * size)), LARGEST_RISE if sign > 0 else LARGEST_CUT),
        "more_closures": (lambda size: middle(replace(nothing, more_closures=sign * size)), LARGEST_RISE * usual),
    }
    found = {name: _smallest(way, limit, target, sign) if needed else 0.0 for name, (way, limit) in ways.items()}
    return ToReach(
        target, month, expected, float(np.mean(sign * (at_the_end - target) <= 0)),
        starts=-sign * found["starts"] + 0.0, closures=sign * found["closures"] + 0.0,
        fewer_starts=sign * found["starts"] * usual + 0.0, more_closures=sign * found["more_closures"] + 0.0,
    )  # fmt: skip


def _smallest(way: Callable[[float], float], limit: float, target: float, sign: float) -> float:
    """The smallest size of a change with which the middle of the paths is at the target; NaN where even the limit does not do."""
    if sign * (way(limit) - target) > 0:
        return float("nan")
    low, high = 0.0, limit
    while high - low > CLOSE_ENOUGH * limit:
        half = (low + high) / 2
        low, high = (half, high) if sign * (way(half) - target) > 0 else (low, half)
    return high
