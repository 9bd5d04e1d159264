"""Everything published together: tables released so that none gives away what another hides, and the audit of what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import ReleaseError
from cfanalysis.release.bounds import cell_bounds
from cfanalysis.release.links import add_links
from cfanalysis.release.policy import Policy
from cfanalysis.release.structure import CountTable, add_table, count_table, groups_of
from cfanalysis.release.suppress import sensitive, suppress, unsafe
from cfanalysis.release.system import System
from cfanalysis.tables import Table

SMALL, GUARD = "small", "guard"
"""Why a count is hidden: for itself, or to protect another."""


@dataclass
class Publication:
    """What has been shown so far, so that the next table fits it. Holds true counts: it lives in memory and is written nowhere."""

    policy: Policy
    shown: list[tuple[Table, pd.DataFrame]] = field(default_factory=list)

    def hide(self, tables: Sequence[Table]) -> list[pd.DataFrame]:
        """What to hide of the tables: per table a frame of "small", "guard" or "" over its count columns.

        Tables shown before stay as they are. Raises ReleaseError where they leave no safe way.
        """
        again = [next((roles for known, roles in self.shown if _same(known, table)), None) for table in tables]
        new = [table for table, roles in zip(tables, again, strict=True) if roles is None]
        fresh = iter(self._hide(new) if new else [])
        roles = [known if known is not None else next(fresh) for known in again]
        self.shown += [(table, found) for table, found, known in zip(tables, roles, again, strict=True) if known is None]
        return roles

    def _hide(self, tables: Sequence[Table]) -> list[pd.DataFrame]:
        system, held = System(), [count_table(table) for table in (*(known for known, _ in self.shown), *tables)]
        for table in held:
            add_table(system, table)
        if len(held) > 1:
            add_links(system, held)
        size, before = len(system.numbers), len(self.shown)
        hidden, fixed = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        for table, (_, roles) in zip(held, self.shown, strict=False):
            for (row, column), cell in table.cells.items():
                hidden[cell] = roles.loc[row, column] != ""
                fixed[cell] = not hidden[cell]
        for table, full in zip(held[before:], map(_full_cells, tables), strict=True):
            for (row, column), cell in table.cells.items():
                hidden[cell] = self.policy.hide_full and full.loc[row, column]
        mask = suppress(system, self.policy, hidden=hidden, fixed=fixed)
        small = sensitive(np.array(system.numbers), self.policy)
        return [_roles(table, mask, small) for table in held[before:]]


def _same(one: Table, other: Table) -> bool:
    return one.title == other.title and one.counts == other.counts and one.frame.equals(other.frame)


def _roles(table: CountTable, mask: np.ndarray, small: np.ndarray) -> pd.DataFrame:
    roles = pd.DataFrame("", index=table.frame.index, columns=list(table.counts), dtype=object)
    for (row, column), cell in table.cells.items():
        if mask[cell]:
            roles.loc[row, column] = SMALL if small[cell] else GUARD
    return roles


def _full_cells(table: Table) -> pd.DataFrame:
    """Cells that hold the whole of a margin's total, where that says something of every one in it."""
    frame = table.frame.reset_index(drop=True)
    full = pd.DataFrame(False, index=frame.index, columns=list(table.counts))
    for margin, total in table.margins.items():
        keys = [key for key in count_table(table).keys if key != margin]
        for rows in groups_of(frame, keys):
            whole = rows[frame.loc[rows, margin] == total]
            for column in table.counts if len(whole) == 1 and len(rows) > 2 else ():
                full.loc[rows, column] |= (frame.loc[rows, column] == frame.loc[whole[0], column]) & (rows != whole[0])
                full.loc[rows, column] &= frame.loc[rows, column] > 0
    return full


def audit_records(records: Sequence[Mapping[str, Any]], policy: Policy) -> int:
    """Prove that what is shown together leaves every hidden count as uncertain as the policy wants. Returns how many were proved.

    records: what ``record`` wrote of each released table: only shown values, and which cells are hidden.
    Where a record does not say which cells are small (a page does not), every hidden cell must keep the width of a guard.
    Raises ReleaseError naming the first table and row that could be worked out.
    """
    if not policy.hides:
        return 0
    tables = [_known(record) for record in records if record]
    system = System()
    for table in tables:
        add_table(system, table)
    add_links(system, tables)
    if not system.equations:
        return sum(int(table.hidden.to_numpy().sum()) for table in tables)
    hidden = np.isnan(np.array(system.numbers))
    low, high = cell_bounds(system.rows(), np.nan_to_num(np.array(system.numbers)), hidden, _slack(tables, len(hidden), policy))
    small = np.zeros(len(hidden), dtype=bool)
    place: dict[int, tuple[int, int, str]] = {}
    for number, (table, record) in enumerate(zip(tables, filter(None, records), strict=True)):
        for (row, column), cell in table.cells.items():
            if hidden[cell]:
                small[cell] = record["counts"][column]["role"][row] == SMALL
                place[cell] = (number, row, column)
    watched = np.isin(np.arange(len(hidden)), list(place))
    bad = np.flatnonzero(unsafe(low, high, small, watched, policy))
    bad = bad[np.argsort(~small[bad], kind="stable")]  # a small count first: it is what matters
    if len(bad):
        number, row, column = place[int(bad[0])]
        keys = ", ".join(str(value) for value in tables[number].frame.loc[row, tables[number].keys])
        raise ReleaseError(
            f"a hidden count could be worked out from what is shown beside it: table {tables[number].about['title']!r}, "
            f"{keys or f'row {row + 1}'}, column {column} ({len(bad)} in all). Release the tables of this page together, or leave one out."
        )
    return int(watched.sum())


def _slack(tables: Sequence[CountTable], size: int, policy: Policy) -> np.ndarray | None:
    """How far a shown count may lie from the true one: half the base it was rounded to."""
    if policy.round_to == 1:
        return None
    slack = np.zeros(size)
    slack[[cell for table in tables for cell in table.cells.values()]] = policy.round_to / 2
    return slack


def _known(record: Mapping[str, Any]) -> CountTable:
    frame = pd.DataFrame(dict(record["keys"]))
    if "month" in frame.columns:
        frame["month"] = pd.PeriodIndex(frame["month"], freq="M")
    for name, held in record["counts"].items():
        frame[name] = pd.array(held["values"], dtype="Float64").to_numpy(dtype=float, na_value=np.nan)
    hidden = pd.DataFrame({name: held["hidden"] for name, held in record["counts"].items()}, dtype=bool)
    return CountTable(
        frame, tuple(record["counts"]), hidden, record["margins"], tuple(record["cumulative"]), record["implied"],
        {**record["about"], "title": record["title"]},
    )  # fmt: skip
