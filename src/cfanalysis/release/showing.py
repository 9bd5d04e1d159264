"""A table made of released figures, on its way to a page: nothing is hidden here, for what is hidden never came so far.

What is missing keeps its reason, so that "not shown" is never taken for "no figure".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.release.policy import Policy, policies
from cfanalysis.release.released import _KEY, ReleasedTable
from cfanalysis.tables import Table

HIDDEN = "c"
MEASURES = ("value", "observed")
"""The column whose missing values the column ``flag`` explains, where a table has one."""


def show_released(table: Table, policy: Policy) -> ReleasedTable:
    """A table of figures that a release holds, or that were worked out from such, as it may be shown.

    Same rows and columns; ``marks`` says why a cell is empty: "c" where a figure is hidden or comes from a hidden one.

    >>> from cfanalysis.release import policy
    >>> frame = pd.DataFrame({"measure": ["Referrals", "Plans"], "number": [120.0, float("nan")]})
    >>> shown = show_released(Table(frame, "Newest", counts=("number",), flags={"number": ("", "c")}), policy("dfe"))
    >>> shown.marks["number"].tolist()
    ['', 'c']
    """
    frame = table.frame.reset_index(drop=True)
    marks = marks_of(frame, table)
    for column, needs in table.derived.items():
        marks.loc[_comes_of_hidden(marks, needs) & _empty(frame[column]), column] = HIDDEN
    about: dict[str, Any] = {
        "title": table.title, "unit": table.unit, "source": table.source, "note": table.note, "labels": table.labels,
        "published": table.published, "synthetic": table.synthetic, "counts": tuple(table.counts), "derived": dict(table.derived),
        "margins": dict(table.margins), "cumulative": tuple(table.cumulative), "implied": dict(table.implied), "facts": table.facts,
        "addresses": dict(table.addresses),
    }  # fmt: skip
    return ReleasedTable(_sensible(frame, table.derived), marks, policies()["open"] if table.published else policy, about, key=_KEY)


def marks_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Why a cell is empty: what the table tells of its column, else the row's flag, else that there is no figure."""
    marks = pd.DataFrame("", index=frame.index, columns=frame.columns, dtype=object)
    flag = frame["flag"].astype(str) if "flag" in frame.columns else pd.Series("", index=frame.index)
    ahead = frame["future"].astype(bool) if "future" in frame.columns else pd.Series(False, index=frame.index)
    for column in frame.columns:
        if not is_number(frame[column]):
            continue
        told = pd.Series(list(table.flags[column]), index=frame.index, dtype=object) if column in table.flags else flag
        reason = np.where(~ahead & (column in (*MEASURES, *table.counts)), "x", "z")  # a month to come has nothing recorded: no gap
        marks[column] = told.where(told != "", pd.Series(reason, index=frame.index, dtype=object)).where(frame[column].isna(), "")
    return marks


def _comes_of_hidden(marks: pd.DataFrame, needs: Sequence[str]) -> pd.Series:
    hidden = pd.Series(False, index=marks.index)
    for name in needs:
        hidden |= marks[name] == HIDDEN
    return hidden


def _empty(values: pd.Series) -> pd.Series:
    return values.isna() | (values.astype(str) == "")


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
