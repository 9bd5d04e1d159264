"""Breakdowns by what another list holds: assessments by who made the referral that led to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.indicators.catalogue import Crossing
from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import newest_between, to_days
from cfanalysis.indicators.labels import COLUMN_OF, NOT_FOUND
from cfanalysis.indicators.tally import Flow, Measure
from cfanalysis.indicators.view import View

ONE_DAY = np.timedelta64(1, "D")


def crossed(measure: Measure, view: View, dimension: str, crossing: Crossing) -> Measure:
    """A measure whose rows hold a category of another list, to be broken down by it.

    Things counted on a day only: a stock has no event that led to it on the day it is counted.
    """
    if not isinstance(measure, Flow):
        return measure
    column = COLUMN_OF[dimension]
    return replace(measure, rows=measure.rows.assign(**{column: _found(measure.rows, view.of(crossing.of), column, crossing)}))


def _found(rows: pd.DataFrame, others: pd.DataFrame, column: str, crossing: Crossing) -> np.ndarray:
    """The code of the newest other event of each row's child; ``NOT_FOUND`` where there is none, blank where the list is not there."""
    if others.empty:
        return np.full(len(rows), "", dtype=object)
    began = to_days(rows["date"])
    place = newest_between(
        rows["child"].to_numpy(), began - crossing.days * ONE_DAY, began, others["child"].to_numpy(), to_days(others["date"])
    )
    codes = others[column].to_numpy(dtype=object)
    return np.where(place < 0, NOT_FOUND, codes[np.maximum(place, 0)])


def need_of(crossing: Crossing) -> Need:
    """What a month needs of the other list."""
    return Need(crossing.of, months_before=crossing.months_before)
