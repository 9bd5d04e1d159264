"""Open cases, what starts and what ends, of one authority: forecast together, taken apart, and what it would take.

Each function takes the workbook's three subjects and gives a table on its way to release; where the months do not suffice, an empty one
that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from cfanalysis import models, registers
from cfanalysis.errors import SeriesError
from cfanalysis.models import Scenario, StockForecast
from cfanalysis.tables import Table
from cfanalysis.views.subject import Subject

YEAR = 12
SHOWN_MONTHS = 24


@dataclass(frozen=True)
class Flows:
    """A stock with its starts and ends."""

    stock: Subject
    starts: Subject
    ends: Subject

    @property
    def title(self) -> str:
        return self.stock.name[:1].lower() + self.stock.name[1:]

    def series(self) -> tuple[pd.Series, pd.Series, pd.Series]:
        """The three series, up to the last month that all of them know."""
        subjects = (self.stock, self.starts, self.ends)
        last = min(each.newest for each in subjects)
        stock, starts, ends = (each.figures[each.figures.index <= last] for each in subjects)
        return stock, starts, ends

    def options(self) -> dict[str, object]:
        return {
            "calendar": self.starts.indicator.calendar,
            "season": self.starts.indicator.season,
            "season_ends": self.ends.indicator.season,
        }

    def forecast(self, horizon: int) -> StockForecast:
        """Raises SeriesError where the three are too short or do not end together."""
        return models.forecast_stock(*self.series(), horizon, **self.options())


def flow_table(flows: Flows, horizon: int) -> Table:
    """History reconciled, then starts, ends and the stock as expected; the three add up on every path."""
    return _or_empty(flows, lambda: registers.flow_table(flows.forecast(horizon), flows.title))


def why_table(flows: Flows, months: int = YEAR) -> Table:
    """Why the stock moved over the newest months: starts, closures, or what was coming anyway."""

    def table() -> Table:
        stock, starts, ends = flows.series()
        found = models.why_changed(stock, starts, ends, stock.index[-months], **flows.options())
        return registers.why_table(found, flows.title)

    return _or_empty(flows, table)


def what_if_table(flows: Flows, horizon: int, change: Scenario) -> Table:
    """The stock as things stand and under a what-if: month, series, observed; the what-if is named in every row of its own."""

    def table() -> Table:
        shown = models.what_if(flows.forecast(horizon), change)
        past = flows.series()[0].dropna().tail(SHOWN_MONTHS)
        ahead = shown.to_frame()
        lines = {"Recorded": past, "As things stand": ahead["baseline"], shown.label: ahead["what_if"]}
        frame = pd.concat(
            [pd.DataFrame({"month": line.index, "series": name, "observed": line.to_numpy()}) for name, line in lines.items()]
        )
        note = "A what-if is no forecast: it changes one thing and leaves the rest."
        return Table(frame.reset_index(drop=True), title=f"{flows.stock.name}. {shown.label}", counts=("observed",), note=note)

    return _or_empty(flows, table)


def reach_table(flows: Flows, horizon: int, targets: Sequence[tuple[float, pd.Period]]) -> Table:
    """What it takes to be at each target by its month; targets past the horizon are left out."""

    def table() -> Table:
        ahead = flows.forecast(horizon)
        inside = [(target, month) for target, month in targets if month in ahead.months]
        if not inside:
            return _nothing(flows, "no target of the register lies ahead")
        return registers.reach_table([models.to_reach(ahead, target, month) for target, month in inside], flows.title)

    return _or_empty(flows, table) if targets else _nothing(flows, "no target is on the register")


def _or_empty(flows: Flows, make: Callable[[], Table]) -> Table:
    if not all(each.known for each in (flows.stock, flows.starts, flows.ends)):
        return _nothing(flows, "no figures")
    try:
        return make()
    except SeriesError as caught:
        return _nothing(flows, str(caught))


def _nothing(flows: Flows, why: str) -> Table:
    return Table(pd.DataFrame({"month": [], "series": [], "observed": []}), title=f"{flows.stock.name}: {why}")
