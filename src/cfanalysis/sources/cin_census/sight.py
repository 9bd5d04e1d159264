"""What the census rules look at: a file's tables side by side, its year, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from cfanalysis.reference import bank_holidays
from cfanalysis.sources.cells import read_dates
from cfanalysis.sources.cin_census.parsing import GROUPS, Census
from cfanalysis.sources.cin_census.year import census_year

YES, NO = ("true", "1"), ("false", "0")
NEEDS = tuple(f"N{n}" for n in range(10))
REASONS = tuple(f"RC{n}" for n in range(1, 10))
ABUSE = ("NEG", "PHY", "SAB", "EMO", "MUL")
CLOSED_AFTER_ASSESSMENT = ("RC8", "RC9")

WHOLE_FILE = "the whole file"
"""Where a rule looks at all records together: it is broken or not, once."""


@dataclass(frozen=True)
class Seen:
    """A census file as the rules see it: ``first`` and ``last`` day of its year, and its tables, dates as dates."""

    census: Census
    first: pd.Timestamp
    last: pd.Timestamp
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _dates: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """An element's rows, with the fields of its child and (as ``episode_...``) of its episode beside them."""
        if name not in self._tables:
            self._tables[name] = pd.DataFrame({"line": [0], "LAchildID": [""]}) if name == WHOLE_FILE else _beside(self, name)
        return self._tables[name]

    def dated(self, name: str) -> pd.DataFrame:
        """An element's own rows, dates as dates."""
        if name not in self._dates:
            self._dates[name] = _dated(self.census.tables[name])
        return self._dates[name]

    def working_days_before_the_end(self, days: int) -> pd.Timestamp:
        """The day so many working days before the last of the year."""
        return _working_days_before(self.last, days)

    def working_days_before_the_start(self, days: int) -> pd.Timestamp:
        """The day so many working days before the first of the year."""
        return _working_days_before(self.first, days)


Find = Callable[[pd.DataFrame, Seen], pd.Series]


@dataclass(frozen=True)
class CensusRule:
    """One rule: DfE's code, the element whose rows it marks, what a marked row means, and how it is found.

    ``since``: the first census year (named for its March) it is of.
    """

    code: str
    element: str
    meaning: str
    find: Find
    since: int = 0


def see(census: Census, as_at: date | None = None) -> Seen:
    """A file made ready for the rules. ``as_at``: the last day of its year, instead of the one its header gives."""
    window, _ = census_year(census, as_at)
    first, last = (pd.Timestamp(day) for day in window)
    return Seen(census, first, last)


def said(column: pd.Series, words: Sequence[str]) -> pd.Series:
    """Which cells hold one of some words, whatever their capitals."""
    return column.astype(str).str.lower().isin(words)


def _beside(seen: Seen, name: str) -> pd.DataFrame:
    own = seen.dated(name)
    beside: dict[str, pd.Series] = {}
    for parent, key, held, head in (("ChildIdentifiers", "child", "child", ""), ("CINdetails", "episode", "number", "episode_")):
        if name != parent:
            rows = seen.dated(parent).drop_duplicates(held).set_index(held)[list(GROUPS[parent])]
            found = rows.reindex(own[key]).set_axis(own.index)
            beside |= {f"{head}{each}": found[each] for each in GROUPS[parent]}
    return own.assign(**beside)


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    dates = [name for name in table if "date" in str(name).lower() or name in ("InitialCPCtarget", "DateOfInitialCPC")]
    return table.assign(**{str(name): read_dates(table[name]).data for name in dates})


def _working_days_before(day: pd.Timestamp, days: int) -> pd.Timestamp:
    start = np.datetime64(day, "D")
    return pd.Timestamp(np.busday_offset(start, -days, roll="forward", holidays=bank_holidays()))
