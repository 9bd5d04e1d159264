"""Open cases, what starts and what ends, of one authority: forecast together, taken apart, and what it would take.

Each function takes the workbook's three subjects and gives a table on its way to release; where the months do not suffice, an empty one
that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis import models
from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.foundation.months import month, month_label
from cfanalysis.foundation.table import NOT_SHOWN, Table
from cfanalysis.judging.projections import with_events
from cfanalysis.models import Scenario, StockForecast
from cfanalysis.questions import stock_tables
from cfanalysis.questions.stock_tables import SMALL_FLOW
from cfanalysis.questions.subject import Subject
from cfanalysis.registers.entries import DatedEvent

YEAR = 12
SHOWN_MONTHS = 24

NORMAL_90 = 1.2816
"""Nine tenths of a normal variable lie under its mean and so many standard deviations."""

EXAMPLE_CUT = 0.10
"""Where nobody has set a target that lies ahead, what it would take is worked out for a tenth fewer."""


SAME_WHOLE = {"cin_ended_by_reason": "cin_ended"}
"""Of these the whole counts the same as another measure, and its months settle as that one's do."""


@dataclass(frozen=True)
class Flows:
    """A stock with its starts and ends, and the dated events said to show in them.

    Closures are recorded late. Where it is known how months settle (``settling``: by the name of the stock and of the starts, what
    ``settling.settle`` gives), models see the newest months as they are likely to settle. Where it is not, they see the stock and what
    ended up to the newest month that has settled, and what started as far as that has; the months after are foretold like those to come.
    """

    stock: Subject
    starts: Subject
    ends: Subject
    events: Sequence[DatedEvent] = ()
    settling: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    _ahead: dict[int, StockForecast] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        return self.stock.name[:1].lower() + self.stock.name[1:]

    @property
    def known(self) -> bool:
        """Whether there is any figure of all three."""
        return all(each.known for each in (self.stock, self.starts, self.ends))

    @property
    def usable(self) -> bool:
        """Whether all three are there, and shown in nearly all months."""
        return self.known and not any(each.too_hidden for each in (self.stock, self.starts, self.ends))

    @cached_property
    def settled(self) -> pd.Period:
        """The newest month that has settled in all three, and is shown in all three."""
        return self._shown_in_all(min(each.settled for each in (self.stock, self.starts, self.ends)))

    def _shown_in_all(self, last: pd.Period) -> pd.Period:
        """The newest month to another that is shown in all three; that other where there is none."""
        shown = pd.concat([each.figures for each in (self.stock, self.starts, self.ends)], axis=1).dropna()
        shown = shown[shown.index <= last]
        return pd.Period(shown.index[-1], freq="M") if len(shown) else last

    @property
    def late(self) -> int:
        """Months after it that are recorded in part."""
        return int((self.stock.newest - self.settled).n)

    def series(self, last: pd.Period | None = None) -> tuple[pd.Series, pd.Series, pd.Series]:
        """The three series to a month, by default the newest that has settled; starts as far as they have."""
        stock, starts, ends = (each.figures for each in (self.stock, self.starts, self.ends))
        end = min(last or self.settled, self.settled)
        begun = min(last or self.starts.settled, self.starts.settled)
        return stock[stock.index <= end], starts[starts.index <= begun], ends[ends.index <= end]

    @property
    def estimated(self) -> bool:
        """Whether the newest months enter the models as they are likely to settle."""
        return self.stock.indicator.name in self.settling and not self.settling[self.stock.indicator.name].empty

    def as_they_settle(self) -> tuple[pd.Series, pd.Series, pd.Series]:
        """The three series to the newest month as they are likely to settle: what ended is what then makes the sum right."""
        last = self._shown_in_all(min(each.newest for each in (self.stock, self.starts, self.ends)))
        recorded = [each.figures[each.figures.index <= last] for each in (self.stock, self.starts, self.ends)]
        stock, starts = (self._settled(each, series) for each, series in zip((self.stock, self.starts), recorded, strict=False))
        left_over = recorded[0] - recorded[0].shift() - recorded[1] + recorded[2]
        ends = (stock.shift() + starts + left_over - stock).clip(lower=0).where(recorded[2].notna())
        return stock, starts, ends.fillna(recorded[2])

    @property
    def moves_from(self) -> pd.Period:
        """The first month of which one figure is likely to settle elsewhere than recorded; that after the newest where none is."""
        known = [self.settling.get(each.indicator.name) for each in (self.stock, self.starts)]
        moves = [month for each in known if each is not None for month in each.loc[each["settled"].round() != each["recorded"], "month"]]
        return min(moves, default=self.stock.newest + 1)

    def likely(self, indicator: str) -> pd.DataFrame | None:
        """Where months of one of the three are likely to settle: month, settled, low, high; None where nobody knows."""
        if not self.estimated or indicator != self.ends.indicator.name:
            return self.settling.get(indicator) if self.estimated else None
        if not self.usable:
            return None
        ends = self.as_they_settle()[2]
        return pd.DataFrame({"month": ends.index, "settled": ends.to_numpy(), "low": np.nan, "high": np.nan})

    def settle(self, subject: Subject, assumed: bool) -> Subject:
        """One of the three, or what counts the same, with where its months are likely to settle."""
        name = SAME_WHOLE.get(subject.indicator.name, subject.indicator.name)
        return replace(subject, likely=self.likely(name), assumed=assumed)

    def _settled(self, subject: Subject, series: pd.Series) -> pd.Series:
        likely = self.settling.get(subject.indicator.name)
        if likely is None or likely.empty:
            return series
        known = likely.set_index("month")["settled"].reindex(series.index)
        return known.round().fillna(series)

    def opening_sd(self) -> float:
        """How uncertain the newest settled figure of the stock is, as a share of it: its range holds eight outcomes in ten."""
        last = self.settling[self.stock.indicator.name].iloc[-1]
        return float((last["high"] - last["low"]) / (2 * NORMAL_90 * last["settled"])) if last["settled"] else 0.0

    def options(self, last: pd.Period) -> dict[str, Any]:
        """What ``forecast_stock`` needs to be told, with what the events register knew by a month."""
        starts, ends = (
            with_events({}, [event for event in self.events if event.touches(each.indicator.name)], last, "count")
            for each in (self.starts, self.ends)
        )
        told = {
            "calendar": self.starts.indicator.calendar, "season": self.starts.indicator.season,
            "season_ends": self.ends.indicator.season, "events": starts.get("events"), "events_ends": ends.get("events"),
        }  # fmt: skip
        left_out = [month for each in (starts, ends) for month in each.get("missing", ())]
        return told | ({"missing": left_out} if left_out else {})

    def forecast(self, horizon: int) -> StockForecast:
        """To so many months after the newest one, worked out once.

        Raises SeriesError where the three are too short or do not end together.
        """
        if horizon not in self._ahead:
            self._ahead[horizon] = self._forecast(horizon)
        return self._ahead[horizon]

    def _forecast(self, horizon: int) -> StockForecast:
        if self.estimated:
            told = self.options(self.stock.newest)
            return models.forecast_stock(*self.as_they_settle(), horizon, opening_sd=self.opening_sd(), **told)
        return models.forecast_stock(*self.series(), horizon + self.late, **self.options(self.stock.newest))


def flow_table(flows: Flows, horizon: int) -> Table:
    """History reconciled, then starts, ends and the stock as expected; the three add up on every path."""

    def table() -> Table:
        estimated = flows.moves_from if flows.estimated else None
        made = stock_tables.flow_table(flows.forecast(horizon), flows.stock.name, note=_how_late(flows), estimated_from=estimated)
        columns = {"stock": flows.stock, "starts": flows.starts, "ends": flows.ends}
        months = list(made.frame["month"])
        return replace(made, flags={name: tuple(_why_missing(each, month) for month in months) for name, each in columns.items()})

    return _or_empty(flows, table)


def _why_missing(subject: Subject, month: pd.Period) -> str:
    return str(subject.at(month)["flag"]) if month <= subject.newest else ""


def _how_late(flows: Flows) -> str:
    """What the newest months are in a table of what models see."""
    if flows.estimated and flows.moves_from > flows.stock.newest:
        return ""
    if flows.estimated:
        since = month_label(flows.moves_from)
        return f"Months from {since} on are still being recorded: they are shown as they are likely to settle."
    return f"Months after {month_label(flows.settled)} are still being recorded: they are shown as expected." if flows.late else ""


def why_table(flows: Flows, months: int = YEAR) -> Table:
    """Why the stock moved over the newest months: starts, closures, or what was coming anyway."""

    def table() -> Table:
        three = flows.as_they_settle() if flows.estimated else flows.series()
        stock, starts, ends = (series[series.index <= flows.settled] for series in three)
        found = models.why_changed(stock, starts, ends, stock.index[-months], **flows.options(stock.index[-months] - 1))
        return stock_tables.why_table(found, flows.title, late=flows.late, settling=flows.stock.moved([found.last]))

    return _or_empty(flows, table)


def scenario(newest: pd.Period, *, first: str | pd.Period | None = None, label: str = "", **change: float) -> Scenario:
    """A what-if that begins in a month, given as 2024-01 or by the name of one: the next of that name after the newest figures.

    Raises ParameterError for a month or a change that there is not.

    >>> scenario(pd.Period("2018-06", "M"), first="January", starts=-0.10).label
    'starts 10% down from January 2019'
    >>> scenario(pd.Period("2018-06", "M"), more_closures=20).label
    '20 more closures a month from July 2018'
    """
    unknown = sorted(set(change) - set(CHANGES))
    if unknown or not any(change.values()):
        found = f"found {unknown[0]!r}, " if unknown else ""
        raise ParameterError(f"a what-if: {found}want something to change: {', '.join(CHANGES)}")
    begins = _month_called(first, newest)
    said = " and ".join(CHANGES[name](size) for name, size in change.items() if size)
    return Scenario(label or f"{said} from {month_label(begins)}", begins, **change)


def _share(what: str) -> Callable[[float], str]:
    return lambda size: f"{what} {abs(size):.0%} {'up' if size > 0 else 'down'}"


def _number(what: str) -> Callable[[float], str]:
    return lambda size: f"{abs(size):.0f} {'more' if size > 0 else 'fewer'} {what} a month"


CHANGES: Mapping[str, Callable[[float], str]] = {
    "starts": _share("starts"), "closures": _share("the rate of closing"), "more_starts": _number("starts"),
    "more_closures": _number("closures"),
}  # fmt: skip
"""What a what-if can change, and how it is said."""


def _month_called(first: str | pd.Period | None, newest: pd.Period) -> pd.Period:
    ahead = [newest + months for months in range(1, YEAR + 1)]
    if first is None:
        return ahead[0]
    named = [each for each in ahead if f"{each.strftime('%B')}" == first]
    return named[0] if named else month(first)


def what_if_table(flows: Flows, horizon: int, change: Scenario) -> Table:
    """The stock as things stand and under a what-if, month by month; title and rows say which is which."""

    def table() -> Table:
        if flows.stock.newest + horizon < change.first:
            raise SeriesError(f"the what-if begins in {month_label(change.first)}, after the forecast ends")
        recorded = flows.stock.figures.dropna()
        shown = models.what_if(flows.forecast(horizon), change)
        likely = flows.settling[flows.stock.indicator.name] if flows.estimated else None
        firm = min(flows.settled, flows.moves_from - 1) if flows.estimated else flows.settled
        return stock_tables.what_if_table(shown, recorded, flows.stock.name, months=SHOWN_MONTHS, settled=firm, settling=likely)

    return _or_empty(flows, table)


def reach_table(flows: Flows, horizon: int, targets: Sequence[tuple[float, pd.Period]]) -> Table:
    """What it takes to be at each target by its month; where none lies ahead, for a tenth fewer at the end of the forecast."""

    def table() -> Table:
        ahead = flows.forecast(horizon)
        inside = [(target, month) for target, month in targets if month in ahead.months and month > flows.stock.newest]
        now = _level_now(flows, ahead)
        if not inside and now < SMALL_FLOW:
            raise SeriesError("too few are open to say what it would take to have fewer")
        example = (float(round(now * (1 - EXAMPLE_CUT))), ahead.months[-1])
        needs = [models.to_reach(ahead, target, month, first=flows.stock.newest + 1) for target, month in inside or [example]]
        return stock_tables.reach_table(needs, flows.title, fewer_than=None if inside else (now, flows.stock.newest))

    return _or_empty(flows, table)


def _level_now(flows: Flows, ahead: StockForecast) -> float:
    """The newest month as it is likely to settle: foretold where the months still being recorded are."""
    newest = flows.stock.newest
    return float(ahead.stock.median[newest] if newest in ahead.months else np.median(ahead.draws.opening))


def _or_empty(flows: Flows, make: Callable[[], Table]) -> Table:
    if not flows.known:
        return _nothing(flows, "no figures")
    hidden = next((each for each in (flows.stock, flows.starts, flows.ends) if each.too_hidden), None)
    if hidden is not None:
        named = f"{hidden.name[:1].lower()}{hidden.name[1:]}"
        return _nothing(flows, f"cannot be told. More than a tenth of the months of {named} are {NOT_SHOWN}")
    try:
        return make()
    except SeriesError as caught:
        return _nothing(flows, str(caught))


def _nothing(flows: Flows, why: str) -> Table:
    return Table(pd.DataFrame({"month": [], "series": [], "observed": []}), title=f"{flows.stock.name}: {why}")
