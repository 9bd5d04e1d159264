"""A table made of released figures, on its way to a page: nothing is hidden here, for what is hidden never came so far.

What is missing keeps its reason, so that "not shown" is never taken for "no figure".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.released import _KEY, ReleasedTable
from cfanalysis.foundation.policy import Policy, policies
from cfanalysis.foundation.table import Table

HIDDEN = "c"
MEASURES = ("value", "observed")
"""The column whose missing values the column ``flag`` explains, where a table has one."""


def show_released(table: Table, policy: Policy) -> ReleasedTable:
    """A table of figures that a release holds, or that were worked out from such, as it may be shown.

    Same rows and columns; ``marks`` says why a cell is empty: "c" where a figure is hidden or comes from a hidden one.

    >>> from cfanalysis.foundation.policy import policy
    >>> frame = pd.DataFrame({"measure": ["Referrals", "Plans"], "number": [120.0, float("nan")]})
    >>> shown = show_released(Table(frame, "Newest", counts=("number",), flags={"number": ("", "c")}), policy("dfe"))
    >>> shown.marks["number"].tolist()
    ['', 'c']
    """
    frame = table.frame.reset_index(drop=True)
    reasons = reasons_of(frame, table)
    for column, needs in table.derived.items():
        hidden = _comes_of_hidden(reasons, needs, len(frame)) & _empty(frame[column])
        reasons[column] = np.where(hidden, HIDDEN, reasons[column]).astype(object)
    marks = pd.DataFrame(reasons, columns=frame.columns, dtype=object)
    about: dict[str, Any] = {
        "title": table.title, "unit": table.unit, "source": table.source, "note": table.note, "labels": table.labels,
        "published": table.published, "synthetic": table.synthetic, "counts": tuple(table.counts), "derived": dict(table.derived),
        "margins": dict(table.margins), "cumulative": tuple(table.cumulative), "implied": dict(table.implied), "facts": table.facts,
        "addresses": dict(table.addresses),
    }  # fmt: skip
    return ReleasedTable(_sensible(frame, table.derived), marks, policies()["open"] if table.published else policy, about, key=_KEY)


def marks_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Why a cell is empty, for every cell of a frame."""
    return pd.DataFrame(reasons_of(frame, table), index=frame.index, columns=frame.columns, dtype=object)


def reasons_of(frame: pd.DataFrame, table: Table) -> dict[Any, np.ndarray]:
    """Why a cell is empty: what the table tells of its column, else the row's flag, else that there is no figure."""
    rows = len(frame)
    flag = frame["flag"].astype(str).to_numpy(object) if "flag" in frame.columns else np.full(rows, "", dtype=object)
    ahead = frame["future"].to_numpy(bool) if "future" in frame.columns else np.zeros(rows, dtype=bool)
    reasons: dict[Any, np.ndarray] = {}
    for column in frame.columns:
        if not is_number(frame[column]):
            reasons[column] = np.full(rows, "", dtype=object)
            continue
        told = np.array(table.flags[column], dtype=object) if column in table.flags else flag
        reason = np.where(~ahead & (column in (*MEASURES, *table.counts)), "x", "z")  # a month to come has nothing recorded: no gap
        reasons[column] = np.where(frame[column].isna(), np.where(told != "", told, reason), "").astype(object)
    return reasons


def _comes_of_hidden(reasons: dict[Any, np.ndarray], needs: Sequence[str], rows: int) -> np.ndarray:
    hidden = np.zeros(rows, dtype=bool)
    for name in needs:
        hidden |= reasons[name] == HIDDEN
    return hidden


def _empty(values: pd.Series) -> np.ndarray:
    if is_number(values):
        return values.isna().to_numpy(bool)
    return np.array([bool(pd.isna(value)) or str(value) == "" for value in values], dtype=bool)


def _sensible(frame: pd.DataFrame, derived: Any) -> pd.DataFrame:
    numbers = [name for name in derived if is_number(frame[name])]
    return frame.assign(**{name: significant(frame[name]) for name in numbers})


def is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def significant(values: pd.Series) -> pd.Series:
    """One decimal place from 1 upwards, two significant digits below: what a reader needs and no more."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.where(np.abs(numbers) >= 1, 1, 1 - np.floor(np.log10(np.abs(numbers))))
    digits = np.where(np.isfinite(digits), digits, 0)
    factor = 10.0**digits
    return pd.Series(np.round(numbers * factor) / factor, index=values.index)
