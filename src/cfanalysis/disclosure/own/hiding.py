"""Which cells of one table are hidden: small counts, what would give one away, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.showing import is_number
from cfanalysis.disclosure.own.structure import add_table, groups_of, has_months, keys_of
from cfanalysis.disclosure.own.suppress import suppress
from cfanalysis.disclosure.own.system import System
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import Table

SERIES_OF = ("authority", "indicator", "breakdown", "category", "measure")
"""Columns that tell one series from another where a table holds several."""

SCALES = {1.0: 0.0051, 100.0: 0.51, 1_000.0: 0.051, 10_000.0: 0.051}
"""What a share is multiplied by, and how far rounding may have moved it: some percentages are whole."""


def hidden_counts(table: Table, policy: Policy) -> pd.DataFrame:
    """Which counts to hide: the rows of the table, its count columns.

    Raises ReleaseError where no safe way is found.

    >>> from cfanalysis.foundation.policy import policy
    >>> frame = pd.DataFrame({"team": ["North", "South", "All"], "n": [3.0, 12.0, 15.0]})
    >>> table = Table(frame, "Open", counts=("n",), margins={"team": "All"})
    >>> hidden_counts(table, policy("dfe"))["n"].tolist()
    [True, True, False]
    """
    hidden = _nothing(table)
    if not policy.hides or table.published or hidden.empty:
        return hidden
    system = System()
    cells = add_table(system, table)
    first = np.zeros(len(system.numbers), dtype=bool)
    for row, column in _full_cells(table) if policy.hide_full else ():
        first[cells[row, column]] = True
    mask = suppress(system, policy, hidden=first)
    for (row, column), cell in cells.items():
        hidden.loc[row, column] = mask[cell]
    return hidden


def _nothing(table: Table) -> pd.DataFrame:
    return pd.DataFrame(False, index=pd.RangeIndex(len(table.frame)), columns=list(table.counts))


def _full_cells(table: Table) -> Iterable[tuple[int, str]]:
    """Cells that hold the whole of a margin's total, where that says something of every one in it."""
    frame = table.frame.reset_index(drop=True)
    full = _nothing(table)
    for margin, total in table.margins.items():
        for rows in groups_of(frame, [key for key in keys_of(table) if key != margin]):
            whole = rows[frame.loc[rows, margin] == total]
            for column in table.counts if len(whole) == 1 and len(rows) > 2 else ():
                same = frame.loc[rows, column] == frame.loc[whole[0], column]
                full.loc[rows, column] |= same & (rows != whole[0]) & (frame.loc[rows, column] > 0)
    return [(int(row), name) for name in table.counts for row in np.flatnonzero(full[name])]


def hidden_derived(table: Table, column: str, hidden: pd.DataFrame) -> pd.Series:
    """Where a column that is computed from counts falls with them: in the rows where one is hidden.

    By month, what is not seen to be computed from its own row's counts (a mean over months, an
    expected value, a judgement) falls in every month of its series: a later month would give the
    hidden one away. Raises ReleaseError where it is computed from a column that is not there.
    """
    frame = table.frame.reset_index(drop=True)
    counts = _counts_behind(table, column)
    found = hidden[counts].any(axis=1) if counts else pd.Series(False, index=frame.index)
    keys = [key for key in frame.columns if key in SERIES_OF or key in table.margins]
    for rows in groups_of(frame, keys) if has_months(frame) and found.any() else ():
        if found.loc[rows].any() and not _of_its_row(frame.loc[rows], column, counts):
            found.loc[rows] = True
    return found & _there(frame[column])


def _counts_behind(table: Table, column: str) -> list[str]:
    """The counts that a column is computed from, by way of others or not."""
    found, seen, left = set[str](), {column}, [column]
    while left:
        for name in table.derived.get(left.pop(), ()):
            if name not in table.frame.columns:
                raise ReleaseError(
                    f"column {column!r} is computed from {name!r}, which is not in the table; keep it there until after release"
                )
            found |= {name} & set(table.counts)
            left += [name] if name not in seen else []
            seen.add(name)
    return sorted(found)


def _there(values: pd.Series) -> pd.Series:
    """Where there is anything to hide: a number or a word."""
    return values.notna() & (values.astype(str) != "")


def _of_its_row(frame: pd.DataFrame, column: str, counts: list[str]) -> bool:
    """Whether a column is, row by row, a count, a sum or difference of two, or a share of one in another."""
    if not is_number(frame[column]):
        return False
    values = frame[column].to_numpy(dtype=float, na_value=np.nan)
    numbers = [frame[name].to_numpy(dtype=float, na_value=np.nan) for name in counts]
    if any(_agree(values, number) for number in numbers):
        return True
    for one, other in permutations(numbers, 2):
        if _agree(values, one + other) or _agree(values, one - other):
            return True
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (one / other, (one - other) / other)
        if any(_agree(values, scale * share, near) for share in shares for scale, near in SCALES.items()):
            return True
    return False


def _agree(values: np.ndarray, made: np.ndarray, near: float = 1e-9) -> bool:
    both = np.isfinite(values) & np.isfinite(made)
    return bool(both.any() and np.allclose(values[both], made[both], rtol=1e-9, atol=near))
