"""One measure, whole or one of its categories, and the questions asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

import pandas as pd

from cfanalysis import figures, indicators
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.table import ALL
from cfanalysis.models import Forecast
from cfanalysis.words import sentences as words
from cfanalysis.workbook.desk import Desk, one

Grain = Literal["month", "year"]


def check_measure(name: str) -> str:
    """The name, if it is in the catalogue.

    >>> check_measure("referals")
    Traceback (most recent call last):
        ...
    cfanalysis.foundation.errors.ParameterError: found the indicator 'referals', want one of
    docs/indicators.md; the nearest is 'referrals'
    """
    known = list(indicators.catalogue())
    if name in known:
        return name
    near = get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"the nearest is {near[0]!r}" if near else f"such as {known[0]!r}"
    raise ParameterError(f"found the indicator {name!r}, want one of docs/indicators.md; {hint}")


@dataclass(frozen=True)
class Measure:
    """An indicator, or one category of a breakdown ("source: Police"), of one authority.

    What is called with brackets shows itself in JupyterLab and on a page, as the policy of the
    book lets it be seen; ``.released`` of it is its table. ``series``, ``table``, ``forecast``,
    ``unusual`` and ``shifts`` are for work with the numbers; they are not released.
    """

    desk: Desk = field(repr=False)
    name: str
    breakdown: str = ALL

    def __post_init__(self) -> None:
        self.desk.workbook.subject(check_measure(self.name), self.breakdown)

    # what shows itself

    def outlook(self) -> Outputs:
        """What has been, what is usual, what stands out, and what is to be expected."""
        self.desk.judge(self.name, self.breakdown)
        shown = self.desk.shown(self.desk.workbook.outlook(self.name, self.breakdown))
        return one(figures.outlook(shown, title=words.outlook(shown)), shown)

    def unusual_months(self) -> Outputs:
        """The months that stand out, and what else each could be."""
        self.desk.judge(self.name, self.breakdown)
        return self.desk.show(self.desk.workbook.unusual_months(self.name, self.breakdown))

    def by(self, dimension: str, *, over: Grain = "month") -> Outputs:
        """By source, team, area, age, category, reason or provider.

        over: "month" draws a small chart for each category; "year" sets the newest twelve months
        beside the twelve before (a percentage over a year is given as ``shares``).
        """
        if over not in ("month", "year"):
            raise ParameterError(f"over: found {over!r}, want 'month' or 'year'")
        name = self._whole(dimension)
        if over == "month":
            return self.desk.show(self.desk.workbook.by(name, dimension), figures.small_multiples)
        if self._kind == "percent":
            return self.shares(dimension)
        return self.desk.show(self.desk.workbook.by_now(name, dimension))

    def season(self) -> Outputs:
        """How each calendar month compares with an average one."""
        return self.desk.show(self.desk.workbook.season(self._whole()), figures.season)

    def shares(self, dimension: str) -> Outputs:
        """A percentage by category over the newest twelve months, with its counts and interval."""
        if self._kind != "percent":
            instead = f"want .by({dimension!r}, over='year')"
            raise ParameterError(f"{self.name} is a {self._kind} and no percentage; {instead}")
        return self.desk.show(self.desk.workbook.shares_by(self._whole(dimension), dimension))

    def process_chart(self) -> Outputs:
        """The XmR chart of NHS Making Data Count."""
        return self.desk.show(self.desk.workbook.spc(self._whole()), figures.spc)

    def funnel(self) -> Outputs:
        """Every authority on one funnel for the newest year."""
        shown = self.desk.shown(self.desk.workbook.funnel(self._whole()))
        return one(figures.funnel(shown, highlight=self.desk.workbook.authority), shown)

    def comparison(self) -> Outputs:
        """The authority beside England, its region and its neighbours, year by year."""
        return self.desk.show(self.desk.workbook.comparison(self._whole()), figures.comparison)

    # for work with the numbers

    @property
    def series(self) -> pd.Series:
        """The figures by month, missing months NaN."""
        return self.desk.workbook.series(self.name, self.breakdown)

    @property
    def table(self) -> pd.DataFrame:
        """Its rows of the series table, parts and flags kept; every category too if it is whole."""
        rows = self.desk.workbook.table(self.name)
        own = rows["breakdown"] == self.breakdown
        return rows if self.breakdown == ALL else rows[own].reset_index(drop=True)

    @property
    def forecast(self) -> Forecast | None:
        """What is to be expected (cf.forecast); None where its history is too short for that."""
        return self.desk.workbook.forecast(self.name, self.breakdown)

    @property
    def unusual(self) -> pd.DataFrame:
        """Every month judged from earlier months only (cf.unusual)."""
        return self.desk.workbook.unusual(self.name, self.breakdown)

    @property
    def shifts(self) -> pd.DataFrame:
        """Lasting changes of level (cf.shifts)."""
        return self.desk.workbook.shifts(self.name, self.breakdown)

    @property
    def _kind(self) -> str:
        return indicators.catalogue()[self.name].kind

    def _whole(self, dimension: str | None = None) -> str:
        """The name, where the question can be asked: of a whole measure, by what it has."""
        if self.breakdown != ALL:
            found = f"{self.name} ({self.breakdown}) is one category"
            raise ParameterError(f"{found}; ask this of the whole: book.measure({self.name!r})")
        known = indicators.catalogue()[self.name].breakdowns
        if dimension is not None and dimension not in known:
            has = ", ".join(known) or "none"
            raise ParameterError(f"{self.name} has no breakdown {dimension!r}; it has: {has}")
        return self.name
