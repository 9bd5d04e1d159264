"""When a projection is to come true: months, a season in words, or a date.

Seasons are the meteorological ones (Met Office): spring is March to May, summer June to August, autumn September to November, winter
December to February and named by the year it starts in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from pydantic import ConfigDict, model_validator

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month, month_label, month_range
from cfanalysis.foundation.yaml import StrictModel, as_date

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""The first month of each season; each lasts three."""

LONGEST = 60
"""Months. A window of more than five years is no window."""

WANTED = "want {from: 2018-01, to: 2018-02}, a month such as 2018-01, a season such as 'autumn 2023', or a date such as 2018-03-31"

_SEASON = re.compile(r"^(spring|summer|autumn|winter)(?: (\d{4})(?:[-/](\d{2,4}))?)?$", re.IGNORECASE)


class Window(StrictModel):
    """The months in which a projection is to come true, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    first: pd.Period
    last: pd.Period
    words: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.last < self.first:
            raise ValueError(f"the window ends ({self.last}) before it starts ({self.first})")
        if (self.last - self.first).n >= LONGEST:
            raise ValueError(f"the window is longer than {LONGEST} months")
        return self

    @property
    def months(self) -> pd.PeriodIndex:
        """Every month of the window."""
        return month_range(self.first, self.last)

    @property
    def label(self) -> str:
        """How the window is written on a page.

        >>> Window(first=month("2018-01"), last=month("2018-02")).label
        'January to February 2018'
        """
        first, last = month_label(self.first), month_label(self.last)
        if self.first == self.last:
            return self.words or first
        begins = first.removesuffix(f" {self.first.year}") if self.first.year == self.last.year else first
        return self.words or f"{begins} to {last}"


def read_window(value: Any, said_on: date | None) -> Window:
    """A window from what a register says. A season without a year is the first one that ends after it was said.

    Raises ValueError saying what is wanted.

    >>> read_window("autumn", date(2023, 6, 6)).label, str(read_window("autumn", date(2023, 6, 6)).first)
    ('autumn 2023', '2023-09')
    >>> read_window("2018-03-31", None).label
    'March 2018'
    """
    if isinstance(value, Window):
        return value
    if isinstance(value, Mapping):
        return _from_mapping(value)
    if not isinstance(value, str):
        raise ValueError(WANTED)
    season = _SEASON.match(value.strip())
    if season:
        return _from_season(season, said_on)
    if len(value) == 10:
        day = pd.Period(as_date(value), freq="M")
        return Window(first=day, last=day)
    one = _month(value)
    return Window(first=one, last=one)


def _from_mapping(value: Mapping[str, Any]) -> Window:
    if set(value) != {"from", "to"}:
        raise ValueError(f"found the keys {', '.join(sorted(map(str, value))) or '(none)'}; {WANTED}")
    return Window(first=_month(value["from"]), last=_month(value["to"]))


def _month(value: Any) -> pd.Period:
    try:
        return month(value)
    except ParameterError:
        raise ValueError(f"{value!r} is no month; {WANTED}") from None


def _from_season(found: re.Match[str], said_on: date | None) -> Window:
    name = found[1].lower()
    if found[2] is None and said_on is None:
        raise ValueError(f"a season without a year needs the date it was said on; {WANTED}")
    year = int(found[2]) if found[2] else _next_year(name, said_on)  # type: ignore[arg-type]
    if found[3] and (name != "winter" or int(found[3]) % 100 != (year + 1) % 100):
        raise ValueError(f"{found[0]!r}: only winter spans two years, written like 'winter 2023-24'")
    first = pd.Period(year=year, month=SEASONS[name], freq="M")
    words = f"winter {year}-{(year + 1) % 100:02d}" if name == "winter" else f"{name} {year}"
    return Window(first=first, last=first + 2, words=words)


def _next_year(name: str, said_on: date) -> int:
    said = pd.Period(said_on, freq="M")
    years = range(said_on.year - 1, said_on.year + 2)
    return next(year for year in years if pd.Period(year=year, month=SEASONS[name], freq="M") + 2 >= said)
