"""From the series table to counts by part: what was counted, and what it is out of, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE, NUMERATOR, TARGET
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import Indicator

PART_COLUMNS = ("indicator", "breakdown", "month", "part", "value", "flag")


def read_parts(series: pd.DataFrame, known: Mapping[str, Indicator]) -> pd.DataFrame:
    """Every count of a series table under its part: indicator, breakdown, month, part, value, flag.

    A count or a stock is a ``figure``; a percentage, a rate or an average is its ``numerator`` and
    ``denominator``, as far as they are known. Where a part of a row is not known, the row's flag says
    why, ``x`` where it says nothing.
    """
    own = series[series["breakdown"] != TARGET]
    counted = own["indicator"].map({name: _is_counted(each) for name, each in known.items()})
    counted = counted.astype(bool)
    parts = [_part(own[counted], "value", FIGURE)]
    parts += [_part(own[~counted], what, what) for what in (NUMERATOR, DENOMINATOR)]
    found = pd.concat(parts, ignore_index=True)
    return found[_held(found)].reset_index(drop=True)


def _is_counted(indicator: Indicator) -> bool:
    return indicator.kind in ("count", "stock")


def _part(rows: pd.DataFrame, column: str, part: str) -> pd.DataFrame:
    value = rows[column].astype(float)
    flag = rows["flag"].where(value.isna(), "").replace("", "x").where(value.isna(), "")
    frame = rows[["indicator", "breakdown", "month"]].assign(part=part, value=value, flag=flag)
    return frame[list(PART_COLUMNS)]


def _held(parts: pd.DataFrame) -> np.ndarray:
    """Parts of which any month is known: an average of a monthly file may have none."""
    keys = [parts["indicator"], parts["breakdown"], parts["part"]]
    any_known = parts["value"].notna().groupby(keys, sort=False, observed=True).transform("any")
    return np.asarray(any_known | parts["part"].eq(FIGURE))


def is_breakdown(breakdown: pd.Series, dimension: str) -> pd.Series:
    """Which rows are a category of a dimension."""
    return breakdown.str.startswith(f"{dimension}: ")


def dimension_of(breakdown: str) -> str:
    """The dimension of a breakdown; blank for the whole.

    >>> dimension_of("source: Police"), dimension_of("all")
    ('source', '')
    """
    return "" if breakdown == ALL else breakdown.partition(": ")[0]


def is_small(values: np.ndarray | pd.Series, hide_below: int) -> np.ndarray:
    """Which counts are small: at least 1 and under the policy's limit."""
    numbers = np.asarray(values, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.asarray((numbers > 0) & (numbers < hide_below))
