"""Everything published together: tables released so that none gives away what another hides, and the audit of what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import ReleaseError
from cfanalysis.release.bounds import cell_bounds
from cfanalysis.release.ground import FIGURE, Ground, Name
from cfanalysis.release.links import add_links
from cfanalysis.release.memory import HIDDEN, SHOWN, Memory, remembered
from cfanalysis.release.places import Places
from cfanalysis.release.policy import Policy
from cfanalysis.release.record import LEANING
from cfanalysis.release.structure import CountTable, add_table, count_table, groups_of
from cfanalysis.release.suppress import NO_SAFE_WAY, NoWayError, sensitive, suppress, unsafe
from cfanalysis.release.system import System
from cfanalysis.tables import Span, Table

SMALL, GUARD = "small", "guard"
"""Why a count is hidden: for itself, or to protect another; LEANING where it is only worked out from a hidden one."""


@dataclass
class Publication:
    """What has been shown so far, so that the next table fits it. Holds true counts: it lives in memory and is written nowhere."""

    policy: Policy
    ground: Ground = field(default_factory=Ground)
    before: Memory = field(default_factory=Memory)
    """What earlier editions have published."""
    shown: list[tuple[Table, pd.DataFrame]] = field(default_factory=list)
    held: list[CountTable] = field(default_factory=list)
    """The same tables as cells and equations."""
    roles: list[dict[tuple[int, str], str]] = field(default_factory=list)
    """Why each of their cells is hidden; blank where it is shown."""
    proven: set[bytes] = field(default_factory=set)
    """Parts of it that have been found safe."""
    remembered: str = ""
    """What the editions to come must know of this one."""

    def hide(self, tables: Sequence[Table]) -> list[pd.DataFrame]:
        """What to hide of the tables: per table a frame of "small", "guard" or "" over its count columns.

        Tables shown before stay as they are. Raises ReleaseError where they leave no safe way.
        """
        if not self.shown and self.ground.base and tables:
            self._decide(self.ground.base)
        return self._decide(tables)

    def _decide(self, tables: Sequence[Table]) -> list[pd.DataFrame]:
        again = [next((roles for known, roles in self.shown if _same(known, table)), None) for table in tables]
        new = [table for table, roles in zip(tables, again, strict=True) if roles is None]
        held = [count_table(table, self.ground) for table in new]
        added = self._hide(new, held) if new else []
        fresh = iter(added)
        self.held += held
        self.roles += [dict(zip(table.cells, _of(found, table.cells), strict=True)) for table, found in zip(held, added, strict=True)]
        roles = [known if known is not None else next(fresh) for known in again]
        self.shown += [(table, found) for table, found, known in zip(tables, roles, again, strict=True) if known is None]
        return roles

    def _hide(self, tables: Sequence[Table], new: Sequence[CountTable]) -> list[pd.DataFrame]:
        withheld: set[tuple[int, int, str]] = set()
        while True:
            try:
                return self._hidden(tables, new, withheld)
            except StuckError as stuck:
                if stuck.places <= withheld:
                    raise ReleaseError(NO_SAFE_WAY) from None
                withheld |= stuck.places

    def _hidden(self, tables: Sequence[Table], added: Sequence[CountTable], withheld: set[tuple[int, int, str]]) -> list[pd.DataFrame]:
        """``withheld`` are counts (table, row, column) that are not published at all, because what has been shown leaves no other way."""
        system, before = System(), len(self.shown)
        places = Places(system, self.ground)
        held = [*self.held, *added]
        for table in held:
            table.cells.clear()
            add_table(system, table, places)
        add_links(system, held)
        met = {cell: SHOWN if role == "" else HIDDEN for cell, role in self._roles_before(held) if role != LEANING}
        small = sensitive(np.array(system.numbers), self.policy)
        leaning = [self.leaning(table, table.counts).to_dict("list") for table in tables]
        new = [(place, *at, cell) for place, table in enumerate(held[before:]) for at, cell in table.cells.items()]
        for cell in {cell for table in held for cell in table.cells.values()} - set(met):
            system.published[cell] = False
        for place, row, column, cell in new:
            worked_out = bool(leaning[place][column][row]) and not small[cell]
            system.published[cell] |= (place, row, column) not in withheld and not worked_out
        places.tie(self.policy)
        met = {cell: state for cell, (state, _) in self.before.join(system, places.addresses()).items()} | met
        hidden, fixed, quiet = np.zeros((3, len(system.numbers)), dtype=bool)
        for cell, state in met.items():
            hidden[cell], fixed[cell] = state == HIDDEN, state == SHOWN
        full = [_full_cells(table).to_dict("list") for table in tables] if self.policy.hide_full else []
        for cell, role in self._roles_before(held):
            quiet[cell] |= role == LEANING and not system.published[cell]
        for place, row, column, cell in new:
            hidden[cell] |= cell not in met and bool(full) and bool(full[place][column][row])
            quiet[cell] = not system.published[cell]
        try:
            mask = suppress(system, self.policy, hidden=hidden, fixed=fixed, quiet=quiet, proven=self.proven)
        except NoWayError as caught:
            raise StuckError({(place, row, column) for place, row, column, cell in new if caught.cells[cell] and cell not in met}) from None
        self.remembered = remembered(system, mask, places.addresses())
        return [_roles(table, system, mask, sensitive(np.array(system.numbers), self.policy)) for table in held[before:]]

    def _roles_before(self, held: Sequence[CountTable]) -> Iterator[tuple[int, str]]:
        for table, roles in zip(held, self.roles, strict=False):
            for at, cell in table.cells.items():
                yield cell, roles[at]

    def leaning(self, table: Table, columns: Iterable[str]) -> pd.DataFrame:
        """Which cells are worked out from a month that is small or hidden, as far as the table says what they lean on."""
        wanted = list(columns)
        found = pd.DataFrame(False, index=pd.RangeIndex(len(table.frame)), columns=wanted)
        hidden = self._hidden_months() if any(name in table.leans for name in wanted) else {}
        for column in wanted:
            if column in table.leans:
                found[column] = [any(self._leans(span, hidden) for span in spans) for spans in table.leans[column]]
        return found

    def _leans(self, span: Span, hidden: Mapping[Name, set[int]]) -> bool:
        name, what, first, last, _ = self.ground.address(span)
        values = np.array([self.ground.value((name, what), month) for month in range(first, last + 1)])
        return bool(sensitive(values, self.policy).any()) or not hidden.get((name, what), set()).isdisjoint(range(first, last + 1))

    def _hidden_months(self) -> dict[Name, set[int]]:
        """The months that a table of this publication hides, small or not."""
        found: dict[Name, set[int]] = {}
        for table, roles in zip(self.held, self.roles, strict=True):
            for at, (name, what, first, last, _) in table.of.items():
                if first == last and roles.get(at) in (SMALL, GUARD):
                    found.setdefault((name, what), set()).add(first)
        return found

    def addresses(self, table: Table) -> pd.DataFrame:
        """What each count of a table is of: the same rows, the count columns; None where nobody knows."""
        known = count_table(table, self.ground).of
        rows = range(len(table.frame))
        return pd.DataFrame({name: [known.get((row, name)) for row in rows] for name in table.counts}, index=rows, dtype=object)

    def stocks(self) -> list[list[Any]]:
        """The stocks that are what their starts and ends make of them, and in which months."""
        names = {each: [self.ground.alias.get((name, FIGURE), (name, FIGURE))[0] for name in each] for each in self.ground.stocks}
        return [[*names[each], sorted(months)] for each, months in self.ground.stocks.items()]


class StuckError(ReleaseError):
    """What has been shown leaves no safe way to show these counts as well: (table, row, column)."""

    def __init__(self, places: set[tuple[int, int, str]]) -> None:
        super().__init__(NO_SAFE_WAY)
        self.places = places


def _same(one: Table, other: Table) -> bool:
    return one.title == other.title and one.counts == other.counts and one.frame.equals(other.frame)


def _of(roles: pd.DataFrame, cells: Iterable[tuple[int, str]]) -> Iterator[str]:
    held = {column: roles[column].tolist() for column in roles}
    return (str(held[column][row]) for row, column in cells)


def _roles(table: CountTable, system: System, mask: np.ndarray, small: np.ndarray) -> pd.DataFrame:
    roles: dict[str, list[str]] = {column: [""] * len(table.frame) for column in table.counts}
    for (row, column), cell in table.cells.items():
        if mask[cell]:
            roles[column][row] = SMALL if small[cell] else GUARD
        elif not system.published[cell]:
            roles[column][row] = LEANING
    return pd.DataFrame(roles, index=table.frame.index, columns=list(table.counts), dtype=object)


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


def audit_records(records: Sequence[Mapping[str, Any]], policy: Policy, before: Memory | None = None) -> int:
    """Prove that what is shown together leaves every hidden count as uncertain as the policy wants. Returns how many were proved.

    records: what ``record`` wrote of each released table: only shown values, and which cells are hidden. before: what earlier editions
    have published; what they hid must stay as uncertain.
    Where a record does not say which cells are small (a page does not), every hidden cell must keep the width of a guard.
    Raises ReleaseError naming the first table and row that could be worked out.
    """
    if not policy.hides:
        return 0
    tables = [_known(record) for record in records if record]
    system = System()
    places = Places(system, Ground(stocks=_stocks(records)))
    for table in tables:
        add_table(system, table, places)
    add_links(system, tables)
    places.tie(policy)
    met = (before or Memory()).join(system, places.addresses(), known=False)
    if not system.equations:
        return sum(int(table.hidden.to_numpy().sum()) for table in tables)
    hidden = np.isnan(np.array(system.numbers))
    low, high = cell_bounds(system.rows(), np.nan_to_num(np.array(system.numbers)), hidden, _slack(tables, len(hidden), policy))
    small = np.zeros(len(hidden), dtype=bool)
    place: dict[int, tuple[int, int, str]] = {}
    for number, (table, record) in enumerate(zip(tables, filter(None, records), strict=True)):
        for (row, column), cell in table.cells.items():
            if hidden[cell]:
                small[cell] |= record["counts"][column]["role"][row] == SMALL
                place[cell] = (number, row, column)
    earlier = {cell: value for cell, (state, value) in met.items() if state == HIDDEN and cell not in place}
    watched = np.isin(np.arange(len(hidden)), [*place, *earlier])
    small[list(earlier)] = sensitive(np.array(list(earlier.values())), policy)
    bad = np.flatnonzero(unsafe(low, high, small, watched, policy))
    bad = bad[np.argsort(~small[bad], kind="stable")]  # a small count first: it is what matters
    if len(bad) and int(bad[0]) not in place:
        raise ReleaseError(
            f"a count that an earlier edition hid could be worked out from this one beside it ({len(bad)} in all). Leave a table out."
        )
    if len(bad):
        number, row, column = place[int(bad[0])]
        keys = ", ".join(str(value) for value in tables[number].frame.loc[row, tables[number].keys])
        raise ReleaseError(
            f"a hidden count could be worked out from what is shown beside it: table {tables[number].about['title']!r}, "
            f"{keys or f'row {row + 1}'}, column {column} ({len(bad)} in all). Release the tables of this page together, or leave one out."
        )
    return int(watched.sum())


def _stocks(records: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], frozenset[int]]:
    held = [each for record in records if record for each in record["stocks"]]
    return {(stock, started, ended): frozenset(months) for stock, started, ended, months in held}


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
        tuple(tuple((row, column, weight) for row, column, weight in relation) for relation in record["relations"]),
        {
            (row, column): (str(of[0]), str(of[1]), int(of[2]), int(of[3]), bool(of[4]))
            for column, held in record["counts"].items() for row, of in enumerate(held["of"]) if of
        },
    )  # fmt: skip
