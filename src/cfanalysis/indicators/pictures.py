"""Who was where on a day: a stock by team, area, category or provider is read from the extract drawn on that day.

An extract holds each child's team as it is when it is drawn. After merging one period has one team, that of the newest extract: how
many each team had a year before cannot be read from it. Where no extract was drawn at a month's end, it is not available.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import COLUMNS
from cfanalysis.indicators.coverage import Log
from cfanalysis.indicators.tally import Cells, Measure
from cfanalysis.indicators.view import View

AT_A_DATE = ("team", "area", "category", "provider")
"""Dimensions that move with a child while a period lasts; an age follows from the date of birth."""


@dataclass(frozen=True)
class _Picture:
    """The events of one extract, in the shape of a log."""

    events: pd.DataFrame
    coverage: pd.DataFrame


def taken(log: Log) -> Mapping[int, View] | None:
    """A view of every month's end that an extract was drawn at, by the month's number; None for a log that knows of no extracts."""
    pictures = getattr(log, "pictures", None)
    if pictures is None:
        return None
    if (kept := _TAKEN.get(id(pictures))) is not None and kept[0] is pictures:
        return kept[1]
    groups = pictures.groupby("picture", sort=True)
    views = {int(month): View(_Picture(rows[list(COLUMNS["events"])], log.coverage)) for month, rows in groups}
    _TAKEN.clear()
    _TAKEN[id(pictures)] = (pictures, views)
    return views


_TAKEN: dict[int, tuple[pd.DataFrame, Mapping[int, View]]] = {}
"""The views of the log last asked for: every indicator asks for the same."""


def pictured(views: Mapping[int, View], measure: Callable[[View], Measure], dimension: str, months: pd.PeriodIndex) -> Cells:
    """Cells of a stock by a dimension: months at whose end no extract was drawn are unknown."""
    taken_at = [place for place, month in enumerate(months) if month.ordinal in views]
    measures = {place: measure(views[months[place].ordinal]) for place in taken_at}
    found = {place: each.cells(dimension, months[[place]]) for place, each in measures.items()}
    # An extract that leaves the dimension blank in every row does not say who was where: its categories are not 0.
    blank = [p for p, cells in found.items() if not cells.categories and measures[p].cells(None, months[[p]]).numerator.sum() > 0]
    taken_at = [place for place in taken_at if place not in blank]
    names = tuple(dict.fromkeys(name for cells in found.values() for name in cells.categories))
    shape = (len(names), len(months))
    top, bottom = np.zeros(shape), np.zeros(shape)
    for place, cells in found.items():
        rows = [names.index(name) for name in cells.categories]
        top[rows, place] = cells.numerator[:, 0]
        if cells.denominator is not None:
            bottom[rows, place] = cells.denominator[:, 0]
    unknown = ~np.isin(np.arange(len(months)), taken_at)
    shares = any(cells.denominator is not None for cells in found.values())
    return Cells(names, top, bottom if shares else None, unknown=unknown)
