"""A stock (children in need, on plans, looked after) with what starts and what ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cfanalysis import figures
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators import FLOWS
from cfanalysis.models import StockForecast
from cfanalysis.words import sentences as words
from cfanalysis.workbook.desk import Desk, one

OPEN = "_open"
STOCKS = tuple(name.removesuffix(OPEN) for name in FLOWS)
"""cin: children in need; cp: child protection plans; cla: children looked after."""

REACH_TITLE = "What it takes to reach a target"


@dataclass(frozen=True)
class Stock:
    """The children of one kind at month end, those who start and those who end."""

    desk: Desk = field(repr=False)
    name: str

    def __post_init__(self) -> None:
        if self.name not in STOCKS:
            raise ParameterError(f"found the stock {self.name!r}, want one of {', '.join(STOCKS)}")

    @property
    def parts(self) -> tuple[str, str, str]:
        """The measures of the stock, of what starts and of what ends."""
        return (self.name + OPEN, *FLOWS[self.name + OPEN])

    @property
    def forecast(self) -> StockForecast | None:
        """The three forecast together (cf.forecast_stock); None where one is not long enough."""
        return self.desk.workbook.joint(self.parts[0])

    def why(self) -> Outputs:
        """Why the number moved: fewer or more starts, closures, or what was coming anyway."""
        shown = self.desk.shown(self.desk.workbook.why(*self.parts))
        return one(figures.show(shown, title=words.why(shown)), shown)

    def flow(self) -> Outputs:
        """Starts, ends and open cases as recorded and as expected."""
        return self.desk.show(self.desk.workbook.flow(*self.parts))

    def steps(self) -> Outputs:
        """From the number of a year ago to the newest: starts, ends, corrections."""
        return self.desk.show(self.desk.workbook.steps(*self.parts), figures.steps)

    def reach(self) -> Outputs:
        """What it takes to reach the targets set for it."""
        return reach(self)

    def what_if(self, **change: Any) -> Outputs:
        """A what-if beside what is expected as things stand.

        starts, closures: shares (-0.10 is a tenth fewer starts). more_starts, more_closures:
        children a month. first: a month, or the name of one ("January"); next month if not said.
        label: what is changed, in words.
        """
        return self.desk.show(self.desk.workbook.what_if(*self.parts, **change), figures.what_if)

    def settling(self) -> Outputs:
        """The newest months as first recorded and as they are likely to settle."""
        return self.desk.show(self.desk.workbook.settling(self.parts[0]))


def reach(*stocks: Stock) -> Outputs:
    """What it takes to reach the targets of one stock or several, in one note."""
    tables = tuple(each.desk.shown(each.desk.workbook.reach(*each.parts)) for each in stocks)
    return one(figures.note(words.reach(*tables), title=REACH_TITLE), *tables)
