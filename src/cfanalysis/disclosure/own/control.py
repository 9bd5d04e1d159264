"""``release``: the way from an analyst's own table to a released one, protected by itself alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.asked import NOTE, is_own, refuse_unsafe
from cfanalysis.disclosure.own.describe import described
from cfanalysis.disclosure.own.hiding import hidden_counts, hidden_derived
from cfanalysis.disclosure.own.released import _KEY, ReleasedTable
from cfanalysis.disclosure.own.showing import HIDDEN, MEASURES, is_number, marks_of, significant
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import NATIONAL_LEVELS, Policy, policies
from cfanalysis.foundation.policy import policy as named_policy
from cfanalysis.foundation.table import EVENT_COLUMNS, Table

CHILD_LEVEL = frozenset({*EVENT_COLUMNS} - {"source", "category", "team", "area", "outcome", "date", "event", "extract", "end_date"})
"""Columns that only a table of single children has: such a table is never released, under any policy."""

NOT_TOLD = ("frame", "flags", "made_in")
"""What a released table does not say of itself: it has a frame and marks of its own."""


def release(table: Table | pd.DataFrame, policy: str | Policy | Mapping[str, object] = "dfe") -> ReleasedTable:
    """A table with every small count hidden, all that is computed from one hidden too, and nothing left to work it out from.

    table: a ``Table``, or a bare frame with the columns of a series. policy: a name, a Policy, or its keys.
    Returns a ReleasedTable of the same shape. What other tables show is not looked at.
    Raises ReleaseError for a child-level table, for one whose columns do not say what they give away, or
    where no safe way is found. Method: docs/methods/disclosure.md.

    >>> frame = pd.DataFrame({"team": ["North", "South", "East", "All"], "children": [3.0, 12.0, 40.0, 55.0]})
    >>> release(Table(frame, "Open by team", counts=("children",), margins={"team": "All"}), "dfe").frame["children"].tolist()
    [nan, nan, 40.0, 55.0]
    """
    rules, one = named_policy(policy), described(table)
    own = one is not table or is_own(one)
    _refuse_child_level(one)
    if own:
        refuse_unsafe(one, rules)
    return _released(one, policies()["open"] if one.published else rules, rules, NOTE if own else "")


def _released(table: Table, rules: Policy, policy: Policy, own: str) -> ReleasedTable:
    """``rules`` are those that the table is hidden by, ``policy`` that of the page; ``own`` what is said of an analyst's table."""
    frame = table.frame.reset_index(drop=True)
    hidden = hidden_counts(table, rules)
    marks = marks_of(frame, table)
    marks[hidden.columns] = marks[hidden.columns].mask(hidden, HIDDEN)
    for column in table.derived:
        marks.loc[hidden_derived(table, column, hidden), column] = HIDDEN
    shown = _rounded(frame, table, rules)
    for column in (*table.counts, *table.derived):
        shown[column] = _blanked(shown[column], marks[column])
    measure = next((name for name in MEASURES if name in marks.columns), None)
    if "flag" in shown.columns and measure:
        shown["flag"] = shown["flag"].astype(object).where(marks[measure] != HIDDEN, HIDDEN).astype(str)
    about = {each.name: getattr(table, each.name) for each in fields(table) if each.name not in NOT_TOLD}
    about |= {"note": f"{table.note} {own}".strip(), "facts": _facts(table.facts, bool(hidden.to_numpy().any()))}
    return ReleasedTable(shown, marks, policy, about, key=_KEY)


def _blanked(values: pd.Series, marks: pd.Series) -> pd.Series:
    """A hidden number becomes missing, a hidden word blank, a hidden yes or no becomes no."""
    if pd.api.types.is_bool_dtype(values):
        return values & (marks == "")
    if pd.api.types.is_numeric_dtype(values):
        return values.astype(float).where(marks == "")
    return values.astype(object).where(marks == "", "")


def _refuse_child_level(table: Table) -> None:
    found = sorted(CHILD_LEVEL & set(map(str, table.frame.columns)))
    if found:
        raise ReleaseError(
            f"table {table.title!r} has the column {found[0]!r}: it holds single children, and only counts can be released. "
            "Count them by month or group first."
        )


def _rounded(frame: pd.DataFrame, table: Table, policy: Policy) -> pd.DataFrame:
    """Counts to the policy's base; what is computed from them anew, or to a sensible number of digits."""
    shown = frame.copy()
    base = pd.Series(float(policy.round_to), index=frame.index)
    if "level" in frame.columns and policy.round_totals_to > 1:
        base = base.where(~frame["level"].isin(NATIONAL_LEVELS), float(policy.round_totals_to))
    for column in table.counts:
        shown[column] = _to_base(frame[column].astype(float), base)
    for column, needs in table.derived.items():
        if is_number(frame[column]):
            shown[column] = _derived_again(frame, shown, column, needs, base)
    return shown


def _to_base(values: pd.Series, base: pd.Series) -> pd.Series:
    rounded: pd.Series = np.floor(values / base + 0.5) * base
    return rounded.where(base > 1, values)


def _derived_again(frame: pd.DataFrame, shown: pd.DataFrame, column: str, needs: Sequence[str], base: pd.Series) -> pd.Series:
    values = frame[column].astype(float)
    if (base > 1).any():
        scale = _scale(frame, column, needs)
        if scale is not None:
            above, below = shown[needs[0]].astype(float), shown[needs[1]].astype(float)
            values = values.where(base <= 1, (scale * above / below.where(below > 0)).fillna(values))
        elif needs and values.abs().median() >= base.max():
            values = _to_base(values, base)
    return significant(values)


def _scale(frame: pd.DataFrame, column: str, needs: Sequence[str]) -> float | None:
    """100 for a percentage, 10,000 for a rate: what a ratio of the first need to the second is multiplied by, if it is one."""
    if len(needs) != 2 or not is_number(frame[column]):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = frame[column].astype(float) * frame[needs[1]].astype(float) / frame[needs[0]].astype(float)
    known = scale[np.isfinite(scale) & (scale > 0)]
    if known.empty or not np.allclose(known, known.median(), rtol=0.02):
        return None
    return float(10.0 ** np.round(np.log10(known.median())))


def _facts(facts: Mapping[str, Any], any_hidden: bool) -> dict[str, Any]:
    """Facts are names and months; a number among them could come from a hidden count, so it goes where anything is hidden."""

    def kept(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: kept(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(kept(inner) for inner in value)
        number = isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
        return None if number and any_hidden else value

    return {name: kept(value) for name, value in facts.items()}
