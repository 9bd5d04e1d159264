"""Whom an authority is compared with, and of when the figures of DfE's yearly tables are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from cfanalysis.foundation.months import financial_year_label

YEAR_ENDS, WORKFORCE_MONTH = 3, 9
"""DfE's years end on 31 March; the workforce is counted on 30 September."""


WORKFORCE_TABLE = "Workforce"


def years_over(yearly: pd.DataFrame, as_at: pd.Period) -> pd.DataFrame:
    """Years that had ended by a month: a page says nothing of what came after it."""
    at_census = yearly["source_table"].str.startswith(WORKFORCE_TABLE)
    last = {month: as_at.year if as_at.month >= month else as_at.year - 1 for month in (YEAR_ENDS, WORKFORCE_MONTH)}
    return yearly[yearly["year"] <= at_census.map({True: last[WORKFORCE_MONTH], False: last[YEAR_ENDS]})].reset_index(drop=True)


@dataclass(frozen=True)
class Others:
    """Whom an authority is compared with; names as in the published tables."""

    region: str = ""
    england: str = ""
    neighbours: tuple[str, ...] = ()
    gone: tuple[str, ...] = field(default=())
    """Neighbours that the published tables no longer hold."""


TO_MARCH, AT_CENSUS = "years to 31 March", "at 30 September"


def census_label(year: int) -> str:
    """The day that a year's workforce was counted on.

    >>> census_label(2022)
    '30 September 2022'
    """
    return f"30 September {year}"


def year_of(rows: pd.DataFrame) -> Callable[[int], str]:
    """How the years of some published figures are written: the workforce is counted on a day, the rest over years to March."""
    at_census = len(rows) > 0 and rows["source_table"].str.startswith(WORKFORCE_TABLE).all()
    return census_label if at_census else financial_year_label
