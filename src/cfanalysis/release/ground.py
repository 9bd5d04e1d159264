"""What lies under the tables of a publication: the authority's own series month by month, whether a page shows them or not.

A sum over twelve months gives away the one month that is hidden; a mean leans on months that no table of its page shows. The ground knows
their true values. It lives in memory and is written nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cfanalysis.tables import Span, Table

FIGURE, NUMERATOR, DENOMINATOR = "figure", "numerator", "denominator"

ENOUGH_MONTHS = 12
"""Two series are one under two names when they have the same months, at least this many of them known, and differ in none."""

MOSTLY = 0.5
"""A reader takes a stock for what was there before, and started, less ended, where that is so in more than this share of the months."""

Name = tuple[str, str]
"""A series: the name a page gives it, and which number of it."""

Address = tuple[str, str, int, int, bool]
"""What a count is of: series, which number, first and last month (ordinals), and whether it is their mean."""


@dataclass(frozen=True)
class Ground:
    """Series by name; ``stocks`` maps the names of (stock, what started, what ended) to the months in which they add up."""

    series: Mapping[Name, Mapping[int, float]] = field(default_factory=dict)
    stocks: Mapping[tuple[str, str, str], frozenset[int]] = field(default_factory=dict)
    alias: Mapping[Name, Name] = field(default_factory=dict)
    base: Sequence[Table] = ()
    """What all pages of an authority have in common; it is decided first, in the same way for every page."""

    @classmethod
    def of(
        cls, long: pd.DataFrame, stocks: Iterable[tuple[str, str, str]] = (), *, whole: Collection[str] = (), windows: Iterable[Span] = ()
    ) -> Ground:
        """From a frame with the columns name, what, month, value.

        ``whole`` are the names of the series that pages show as they are, not by category; ``windows`` the sums over months that several
        pages show. Both make the base.

        >>> long = pd.DataFrame({"name": ["Referrals"], "what": ["figure"], "month": pd.PeriodIndex(["2024-01"], freq="M"), "value": [3.0]})
        >>> Ground.of(long).value(("Referrals", "figure"), pd.Period("2024-01", "M").ordinal)
        3.0
        """
        known = long[long["value"].notna()]
        ordinal = pd.PeriodIndex(known["month"], freq="M").asi8
        series: dict[Name, dict[int, float]] = {}
        for name, what, month, value in zip(known["name"], known["what"], ordinal, known["value"].astype(float), strict=True):
            series.setdefault((str(name), str(what)), {})[int(month)] = float(value)
        asked = [each for each in stocks if all((name, FIGURE) in series for name in each)]
        held = {each: exact for each in asked if (exact := _exact(series, each))}
        base = (_months(known[known["name"].isin(whole)]), _sums(series, windows))
        return cls(series, held, _aliases(series, {name for each in asked for name in each}), [table for table in base if len(table.frame)])

    def value(self, name: Name, month: int) -> float:
        """The true value; NaN where it is not known."""
        return self.series.get(self.alias.get(name, name), {}).get(month, np.nan)

    def address(self, span: Span) -> Address:
        """The same for every name of the same series."""
        name, what = self.alias.get((span.name, span.what), (span.name, span.what))
        return name, what, span.first.ordinal, span.last.ordinal, span.mean and span.months > 1


def _months(long: pd.DataFrame) -> Table:
    """Every month of the series that pages show."""
    frame = long[["name", "what", "month", "value"]].reset_index(drop=True)
    spans = tuple(Span(name, month, month, what) for name, what, month in zip(frame["name"], frame["what"], frame["month"], strict=True))
    return Table(frame.drop(columns="month"), "Every month", counts=("value",), spans={"value": spans})


def _sums(series: Mapping[Name, Mapping[int, float]], windows: Iterable[Span]) -> Table:
    """Sums over months, of those whose months are all known."""
    known = [(span, series.get((span.name, span.what), {})) for span in dict.fromkeys(windows)]
    whole = [(span, [held.get(month, np.nan) for month in range(span.first.ordinal, span.last.ordinal + 1)]) for span, held in known]
    sums = [(span, float(np.mean(values) if span.mean else np.sum(values))) for span, values in whole if np.isfinite(values).all()]
    frame = pd.DataFrame({"name": [span.name for span, _ in sums], "value": [value for _, value in sums]})
    return Table(frame.astype({"value": float}), "Sums over months", counts=("value",), spans={"value": tuple(span for span, _ in sums)})


def _exact(series: Mapping[Name, Mapping[int, float]], names: tuple[str, str, str]) -> frozenset[int]:
    """The months in which a stock is what its starts and ends make of it; none where that is not the rule."""
    stock, started, ended = (series[name, FIGURE] for name in names)
    months = [month for month in stock if month - 1 in stock and month in started and month in ended]
    exact = frozenset(month for month in months if stock[month] == stock[month - 1] + started[month] - ended[month])
    return exact if len(exact) > MOSTLY * len(months) else frozenset()


def _aliases(series: Mapping[Name, Mapping[int, float]], first: set[str]) -> dict[Name, Name]:
    """One name for series that are the same month by month, as far as the shorter goes: what one percentage is of another counts."""
    long = {name: values for name, values in series.items() if len(values) >= ENOUGH_MONTHS and len(set(values.values())) > 2}
    order = sorted(long, key=lambda name: (-len(long[name]), name[0] not in first, name[1] != FIGURE, name))
    months = {month: place for place, month in enumerate(sorted({month for values in long.values() for month in values}))}
    table = np.full((len(order), len(months)), np.nan)
    for row, name in enumerate(order):
        table[row, [months[month] for month in long[name]]] = list(long[name].values())
    found: dict[Name, Name] = {}
    for row, name in enumerate(order):
        known = ~np.isnan(table[row])
        same = np.flatnonzero((table[:row, known] == table[row, known]).all(axis=1))
        chosen = next((order[other] for other in same if order[other] not in found), None)
        if chosen is not None:
            found[name] = chosen
    return found
