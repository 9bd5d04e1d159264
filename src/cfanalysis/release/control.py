"""``release``: the one way from a finished table to a released one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cfanalysis.errors import ReleaseError
from cfanalysis.release.describe import described
from cfanalysis.release.ground import Ground
from cfanalysis.release.memory import Memory
from cfanalysis.release.own_table import NOTE, is_own, refuse_unsafe
from cfanalysis.release.policy import NATIONAL_LEVELS, Policy, policies
from cfanalysis.release.policy import policy as named_policy
from cfanalysis.release.publication import Publication
from cfanalysis.release.released import _KEY, ReleasedTable
from cfanalysis.release.structure import groups_of
from cfanalysis.tables import EVENT_COLUMNS, Table

CHILD_LEVEL = frozenset({*EVENT_COLUMNS} - {"source", "category", "team", "area", "outcome", "date", "event", "extract", "end_date"})
"""Columns that only a table of single children has: such a table is never released, under any policy."""

SERIES_OF = ("authority", "indicator", "breakdown", "category", "measure")
"""Columns that tell one series from another where a table holds several."""

MARK = "c"

MEASURES = ("value", "observed")
"""The column whose missing values the column ``flag`` explains, where a table has one."""


def release(table: Table | pd.DataFrame, policy: str | Policy | Mapping[str, object] = "dfe") -> ReleasedTable:
    """A table with every small count hidden, everything computed from one hidden too, and nothing left to work it out from.

    table: a ``Table``, or a bare frame with the columns of a series. policy: a name, a Policy, or its keys.
    Returns a ReleasedTable of the same shape. Raises ReleaseError for a child-level table or where no safe way is found.
    Method: docs/methods/disclosure.md (primary and secondary suppression, bounds by linear programming).

    >>> frame = pd.DataFrame({"team": ["North", "South", "East", "All"], "children": [3.0, 12.0, 40.0, 55.0]})
    >>> release(Table(frame, "Open by team", counts=("children",), margins={"team": "All"}), "dfe").frame["children"].tolist()
    [nan, nan, 40.0, 55.0]
    """
    return release_together([table], policy)[0]


def release_together(tables: Sequence[Table | pd.DataFrame], policy: str | Policy | Mapping[str, object] = "dfe") -> list[ReleasedTable]:
    """Several tables released as one publication: what one table shows must not give away what another hides."""
    rules, described_tables = named_policy(policy), [described(table) for table in tables]
    for table in described_tables:
        _refuse_child_level(table)
        if is_own(table):
            refuse_unsafe(table, rules)
    controlled = [table for table in described_tables if rules.hides and not table.published and len(table.frame) and table.counts]
    publication = _publication(rules)
    roles = iter(publication.hide(controlled))
    _leave_draft(publication)
    return [
        _released(table, rules, next(roles) if any(table is one for one in controlled) else None, publication) for table in described_tables
    ]


DRAFT = "CFANALYSIS_PUBLICATION"
"""Where a run of pages wants to be told what it has published, for the editions to come; unset where nobody publishes anything."""


def _leave_draft(publication: Publication) -> None:
    path = os.environ.get(DRAFT, "")
    if path and publication.remembered and any(publication is each for each in _OPEN):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(publication.remembered)


_OPEN: list[Publication] = []
"""The publication that is open in this process, if any: at most one."""

_BEFORE: list[Callable[[str], Memory]] = []
"""How to find what earlier editions have published: it is read only where something is hidden."""


def begin_publication(ground: Ground | None = None, before: Callable[[str], Memory] | None = None) -> None:
    """From here on, every table is released with those released before it in mind, as the tables of one page must be.

    A workbook opens one when it opens a run. Without one every call of ``release`` stands for itself. ground: the authority's own series,
    for sums and means over months. before: what earlier editions have published under a policy, by its name.
    """
    resume_publication(Held([Publication(policies()["open"], ground or Ground())], [before or (lambda policy: Memory())]))


def end_publication() -> None:
    """Forget what has been released: each call of ``release`` stands for itself again."""
    resume_publication(Held([], []))


class Held(NamedTuple):
    """The publication of one book, to go on with after another book of the same kernel had its turn."""

    publications: list[Publication]
    before: list[Callable[[str], Memory]]


def hold_publication() -> Held:
    """The publication that is open now. What is released later in it is seen here too."""
    return Held(_OPEN, _BEFORE)


def resume_publication(held: Held) -> None:
    """From here on tables are released in this publication; the one that was open keeps what it has."""
    global _OPEN, _BEFORE
    _OPEN, _BEFORE = held


def _publication(policy: Policy) -> Publication:
    """The open publication, begun anew where the policy is another, or one for this call alone."""
    if not _OPEN:
        return Publication(policy)
    if _OPEN[0].policy != policy and policy.hides:
        _OPEN[0] = Publication(policy, _OPEN[0].ground, _BEFORE[0](policy.name))
    return _OPEN[0] if policy.hides else Publication(policy)


def _released(table: Table, policy: Policy, roles: pd.DataFrame | None, publication: Publication) -> ReleasedTable:
    rules = policies()["open"] if table.published else policy
    frame = table.frame.reset_index(drop=True)
    hidden = pd.DataFrame(False, index=frame.index, columns=list(table.counts)) if roles is None else roles != ""
    marks = _marks(frame, table, hidden)
    for column, needs in table.derived.items():
        marks.loc[_hidden_derived(frame, column, needs, hidden, rules), column] = MARK
    loose = [name for name in table.leans if name not in table.counts] if rules.hides else []
    leaning = publication.leaning(table, loose)
    for column in loose:
        marks.loc[leaning[column] & _there(frame[column]), column] = MARK
    shown = _rounded(frame, table, rules)
    for column in dict.fromkeys((*table.counts, *table.derived, *loose)):
        shown[column] = _blanked(shown[column], marks[column])
    measure = next((name for name in MEASURES if name in marks.columns), None)
    if "flag" in shown.columns and measure:
        shown["flag"] = shown["flag"].astype(object).where(marks[measure] != MARK, MARK).astype(str)
    about = {
        "title": table.title, "unit": table.unit, "source": table.source, "note": _with_note(table), "labels": table.labels,
        "published": table.published, "synthetic": table.synthetic, "counts": tuple(table.counts), "derived": dict(table.derived),
        "margins": dict(table.margins), "cumulative": tuple(table.cumulative), "implied": dict(table.implied),
        "facts": _facts(table.facts, bool(hidden.to_numpy().any()) or bool(leaning.to_numpy().any())), "relations": table.relations,
        "stocks": publication.stocks(),
    }  # fmt: skip
    of = None if table.published else publication.addresses(table)
    return ReleasedTable(shown, marks, policy, about, roles, of, key=_KEY)


def _with_note(table: Table) -> str:
    """The note under a table; one that an analyst made says so."""
    return f"{table.note} {NOTE}".strip() if is_own(table) else table.note


def _there(values: pd.Series) -> pd.Series:
    """Where there is anything to hide: a number or a word."""
    return values.notna() & (values.astype(str) != "")


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


def _marks(frame: pd.DataFrame, table: Table, hidden: pd.DataFrame) -> pd.DataFrame:
    """Why a cell is empty: "c" where it was hidden, the frame's own flag where it has one, "x" where it has none."""
    marks = pd.DataFrame("", index=frame.index, columns=frame.columns, dtype=object)
    flag = frame["flag"].astype(str) if "flag" in frame.columns else pd.Series("", index=frame.index)
    ahead = frame["future"].astype(bool) if "future" in frame.columns else pd.Series(False, index=frame.index)
    for column in frame.columns:
        missing = frame[column].isna()
        if _is_number(frame[column]):
            reason = np.where(~ahead & (column in MEASURES), "x", "z")  # a month to come has nothing recorded, which is no gap
            marks[column] = flag.where(flag != "", pd.Series(reason, index=frame.index, dtype=object).astype(str)).where(missing, "")
    for column in table.counts:
        marks.loc[hidden[column], column] = MARK
    return marks


def _hidden_derived(frame: pd.DataFrame, column: str, needs: Sequence[str], hidden: pd.DataFrame, policy: Policy) -> pd.Series:
    absent = [name for name in needs if name not in frame.columns]
    if absent:
        raise ReleaseError(
            f"column {column!r} is computed from {absent[0]!r}, which is not in the table; keep it there until after release"
        )
    from_hidden = pd.Series(False, index=frame.index)
    for name in needs:
        from_hidden |= hidden[name] if name in hidden.columns else False
    of_its_row = column in MEASURES or _scale(frame, column, needs) is not None
    if of_its_row or not policy.near_months or not _has_months(frame) or not from_hidden.any():
        return from_hidden & frame[column].notna()
    return _spread(frame, from_hidden, policy.near_months) & frame[column].notna()


def _has_months(frame: pd.DataFrame) -> bool:
    return "month" in frame.columns and isinstance(frame["month"].dtype, pd.PeriodDtype)


def _spread(frame: pd.DataFrame, from_hidden: pd.Series, months: int) -> pd.Series:
    """The rows where a hidden count lies at most so many months back: an expected value leans on the months just before it."""
    keys = [key for key in SERIES_OF if key in frame.columns]
    ordinal = pd.Series(pd.PeriodIndex(frame["month"]).asi8, index=frame.index)
    spread = from_hidden.copy()
    for rows in groups_of(frame, keys):
        at = set(ordinal[rows][from_hidden[rows]])
        near = [any(month - back in at for back in range(months + 1)) for month in ordinal[rows]]
        spread.loc[rows] = near
    return spread


def _rounded(frame: pd.DataFrame, table: Table, policy: Policy) -> pd.DataFrame:
    """Counts to the policy's base; what is computed from them anew, or to a sensible number of digits."""
    shown = frame.copy()
    base = pd.Series(float(policy.round_to), index=frame.index)
    if "level" in frame.columns and policy.round_totals_to > 1:
        base = base.where(~frame["level"].isin(NATIONAL_LEVELS), float(policy.round_totals_to))
    for column in table.counts:
        shown[column] = _to_base(frame[column].astype(float), base)
    for column, needs in table.derived.items():
        if _is_number(frame[column]):
            shown[column] = _derived_again(frame, shown, column, needs, base)
    return shown


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


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
    if len(needs) != 2 or not _is_number(frame[column]):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = frame[column].astype(float) * frame[needs[1]].astype(float) / frame[needs[0]].astype(float)
    known = scale[np.isfinite(scale) & (scale > 0)]
    if known.empty or not np.allclose(known, known.median(), rtol=0.02):
        return None
    return float(10.0 ** np.round(np.log10(known.median())))


def significant(values: pd.Series) -> pd.Series:
    """One decimal place from 1 upwards, two significant digits below: what a reader needs and no more."""
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.where(np.abs(numbers) >= 1, 1, 1 - np.floor(np.log10(np.abs(numbers))))
    digits = np.where(np.isfinite(digits), digits, 0)
    factor = 10.0**digits
    return pd.Series(np.round(numbers * factor) / factor, index=values.index)


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
