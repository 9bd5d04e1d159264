"""From an event log to monthly series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import financial_year, month_range
from cfanalysis.foundation.table import ALL, SERIES_COLUMNS, empty, validate
from cfanalysis.indicators.catalogue import Indicator, catalogue
from cfanalysis.indicators.coverage import Log, covered
from cfanalysis.indicators.crossing import crossed, need_of
from cfanalysis.indicators.measures import MEASURES
from cfanalysis.indicators.pictures import AT_A_DATE, pictured, taken
from cfanalysis.indicators.rereferrals import RereferralEdges
from cfanalysis.indicators.tally import Cells, Measure, Stock
from cfanalysis.indicators.view import View
from cfanalysis.reference.working_days import Weekends

PER = 10_000
"""Rates are per 10,000 children."""

POPULATION_CARRIED_YEARS = 2
"""How many years an older mid-year estimate may stand in for one not published yet: estimates come out about a year late."""

OUTSIDE_COVERAGE = "x"
NOTHING_TO_DIVIDE_BY = "z"


def compute(
    log: Log,
    *,
    authority: str,
    first: pd.Period,
    last: pd.Period,
    names: Sequence[str] | None = None,
    breakdowns: bool = True,
    edges: RereferralEdges | None = None,
    population: pd.Series | None = None,
    weekends: Weekends = "next",
) -> pd.DataFrame:
    """Monthly series of an authority's indicators: a SERIES frame with every month from first to last.

    ``names``       indicators to work out; every one that comes from events where None.
    ``breakdowns``  whether to add the catalogue's breakdowns; one that the files do not hold at all is left out.
    ``edges``       what counts as a re-referral; DfE's reading where None.
    ``population``  children aged 0 to 17 by mid-year (year -> children), for rates; without it rates are missing.
    ``weekends``    the working day that stands for one that is none, where working days are counted: the next, or the previous.

    A month outside the coverage of a list is flagged ``x``; a share of nothing is flagged ``z``; a true zero is 0.
    Raises ParameterError for a name the catalogue does not hold, or months the wrong way round.
    """
    months = _months(first, last)
    view = View(log, weekends)
    chosen = _chosen(names)
    parts = [part for name in chosen for part in _series(log, view, catalogue()[name], months, breakdowns, edges, population)]
    if not parts:
        return empty("series")
    frame = pd.concat(parts, ignore_index=True).assign(authority=authority)
    return validate(frame[list(SERIES_COLUMNS)], "series")


def _months(first: pd.Period, last: pd.Period) -> pd.PeriodIndex:
    if first > last:
        raise ParameterError(f"the first month, {first}, is after the last, {last}; turn them round")
    return month_range(first, last)


def _chosen(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return list(MEASURES)
    unknown = [name for name in names if name not in catalogue()]
    if unknown:
        raise ParameterError(
            f"indicators: found {unknown[0]!r}, want names of docs/indicators.md, such as {', '.join(list(catalogue())[:4])}"
        )
    return [name for name in dict.fromkeys(names) if name in MEASURES]


def _series(
    log: Log,
    view: View,
    indicator: Indicator,
    months: pd.PeriodIndex,
    breakdowns: bool,
    edges: RereferralEdges | None,
    population: pd.Series | None,
) -> Iterator[pd.DataFrame]:
    measure: Measure = MEASURES[indicator.name](view, edges or RereferralEdges())
    seen = covered(log, measure.needs, months)
    dimensions = [None, *indicator.breakdowns] if breakdowns else [None]
    for dimension in dimensions:
        crossing = indicator.crossings.get(dimension) if dimension else None
        own = crossed(measure, view, dimension, crossing) if dimension and crossing else measure
        known = seen & covered(log, (need_of(crossing),), months) if crossing else seen
        cells = _cells(log, own, indicator.name, dimension, months, edges)
        if indicator.kind == "rate":
            cells = _per_population(cells, months, population)
        yield _frame(indicator, dimension, _in_use(cells, dimension), known, months)


def _cells(log: Log, measure: Measure, name: str, dimension: str | None, months: pd.PeriodIndex, edges: RereferralEdges | None) -> Cells:
    """The cells of a measure; of a stock by what moves with a child, those of the extracts drawn at each month's end."""
    if dimension in AT_A_DATE and isinstance(measure, Stock) and (pictures := taken(log)) is not None:
        return pictured(pictures, lambda view: MEASURES[name](view, edges or RereferralEdges()), dimension, months)
    return measure.cells(dimension, months)


def _in_use(cells: Cells, dimension: str | None) -> Cells:
    """Without the categories in which nothing happened in any month."""
    if dimension is None:
        return cells
    held = cells.numerator if cells.denominator is None else cells.denominator
    keep = np.flatnonzero(held.sum(axis=1) > 0)
    return cells.only(keep)


def _per_population(cells: Cells, months: pd.PeriodIndex, population: pd.Series | None) -> Cells:
    children = _population(months, population)
    return Cells(cells.categories, cells.numerator, np.broadcast_to(children, cells.numerator.shape), unknown=np.isnan(children))


def _population(months: pd.PeriodIndex, population: pd.Series | None) -> np.ndarray:
    """The mid-year estimate DfE divides by: that of the June in which the financial year begins, or the newest up to two years older."""
    known = {} if population is None else population.dropna().to_dict()
    children = np.full(len(months), np.nan)
    for place, month in enumerate(months):
        wanted = financial_year(month) - 1
        years = range(wanted, wanted - POPULATION_CARRIED_YEARS - 1, -1)
        children[place] = next((float(known[year]) for year in years if year in known), np.nan)
    return children


def _frame(indicator: Indicator, dimension: str | None, cells: Cells, seen: np.ndarray, months: pd.PeriodIndex) -> pd.DataFrame:
    numerator, denominator, value = _measured(indicator, cells)
    flag = np.where(np.isnan(value), NOTHING_TO_DIVIDE_BY, "")
    if cells.unknown is not None:
        flag = np.where(cells.unknown, OUTSIDE_COVERAGE, flag)
    flag = np.where(seen, flag, OUTSIDE_COVERAGE)
    hidden = flag == OUTSIDE_COVERAGE
    names = [ALL] if dimension is None else [f"{dimension}: {category}" for category in cells.categories]
    return pd.DataFrame(
        {
            "indicator": indicator.name,
            "breakdown": np.repeat(np.array(names, dtype=object), len(months)),
            "month": pd.PeriodIndex(np.tile(months, len(names)), dtype="period[M]"),
            "numerator": np.where(hidden, np.nan, numerator).ravel(),
            "denominator": np.where(hidden, np.nan, denominator).ravel(),
            "value": np.where(flag != "", np.nan, value).ravel(),
            "flag": flag.ravel(),
        }
    )


def _measured(indicator: Indicator, cells: Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numerator, denominator and value of every cell."""
    if cells.value is not None and cells.denominator is not None:
        return cells.numerator, cells.denominator, cells.value
    if cells.denominator is None:
        return cells.numerator, np.full(cells.numerator.shape, np.nan), cells.numerator
    times = PER if indicator.kind == "rate" else 100
    some = np.where(cells.denominator > 0, cells.denominator, np.nan)
    return cells.numerator, cells.denominator, times * cells.numerator / some
