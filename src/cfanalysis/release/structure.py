"""From tables to one system: every count a cell, every relation a reader could use an equation.

Declared relations: the margins of a table, ``breakdown`` against its total ``all``, running totals, counts implied by others.
Relations found in the numbers themselves, as an attacker would find them: columns that are equal or add up, and columns of which
one is what the other grows by from month to month. Relations between tables are in links.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.release.ground import Address, Ground
from cfanalysis.release.places import Places
from cfanalysis.release.system import System
from cfanalysis.tables import ALL, Span, Table

KEYS = ("authority", "level", "indicator", "breakdown", "month", "year", "edition", "extract", "date", "series", "measure")
"""Columns that name a row rather than measure it, beside the margins a table declares."""

ENOUGH_ROWS = 4
"""A relation between columns counts as one when it holds in this many rows or more, not all of them the same."""

MOST_COLUMNS = 6
"""Relations of four columns are looked for among at most this many; beyond it, of three."""

APRIL = 4

COLUMN_MEANS = {
    "observed": ("figure", 0), "value": ("figure", 0), "number": ("figure", 0), "recorded": ("figure", 0), "year_before": ("figure", -12),
    "numerator": ("numerator", 0), "denominator": ("denominator", 0),
    "numerator_before": ("numerator", -12), "denominator_before": ("denominator", -12),
}  # fmt: skip
"""What columns of several tables mean of the same measure: which number of it, and how many months back."""


@dataclass
class CountTable:
    """The counts of one table: true ones while it is being released, or only the shown ones when a publication is audited."""

    frame: pd.DataFrame
    counts: tuple[str, ...]
    hidden: pd.DataFrame
    """Same rows, the count columns: True where the value is not known to a reader. A cell that is neither there nor hidden is no cell."""
    margins: Mapping[str, str] = field(default_factory=dict)
    cumulative: tuple[str, ...] = ()
    implied: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    relations: tuple[tuple[tuple[int, str, float], ...], ...] = ()
    of: Mapping[tuple[int, str], Address] = field(default_factory=dict)
    """What each (row, count column) is of, where that is known."""
    cells: dict[tuple[int, str], int] = field(default_factory=dict)
    """Where each (row, count column) lies in the system."""
    structure: tuple[list[Sums], list[Relation], list[Relation]] | None = None
    """Its sums, relations and implied counts, once they have been found: they do not change from one system to the next."""

    @property
    def keys(self) -> list[str]:
        """The columns that name a row."""
        return [column for column in self.frame.columns if column in KEYS or column in self.margins]


def count_table(table: Table, ground: Ground | None = None) -> CountTable:
    """A table on its way to release; nothing of it is hidden yet."""
    frame = table.frame.reset_index(drop=True)
    hidden = pd.DataFrame(False, index=frame.index, columns=list(table.counts))
    held = CountTable(frame, tuple(table.counts), hidden, table.margins, table.cumulative, table.implied, table.facts, table.relations)
    return replace(held, of=_addresses(held, table.spans, ground or Ground()))


def _addresses(table: CountTable, spans: Mapping[str, Sequence[Span | None]], ground: Ground) -> dict[tuple[int, str], Address]:
    """What each count is of: as the table declares it, else by what its row and its column are called."""
    found: dict[tuple[int, str], Address] = {}
    for column in table.counts:
        for row, span in enumerate(spans[column]) if column in spans else _named_spans(table, column):
            if span is not None:
                found[row, column] = ground.address(span)
    return found


def _named_spans(table: CountTable, column: str) -> Iterator[tuple[int, Span]]:
    if column not in COLUMN_MEANS or "month" not in table.frame.columns or not isinstance(table.frame["month"].dtype, pd.PeriodDtype):
        return
    what, back = COLUMN_MEANS[column]
    for row, (name, month) in enumerate(zip(_names(table), table.frame["month"], strict=True)):
        if name and not pd.isna(month):
            yield row, Span(name, month + back, month + back, what)


def _names(table: CountTable) -> list[str]:
    """What each row is of: the measure it names, or the table's own with its category."""
    frame, name = table.frame, str(table.about.get("name") or "")
    named = next((column for column in ("measure", "series") if column in frame.columns), None)
    if named:
        return [str(each) for each in frame[named]]
    dimension = str(table.about.get("dimension") or "")
    if "category" in frame.columns and dimension:
        total = table.margins.get("category", "")
        return [name if category == total else f"{name} ({dimension}: {category})" for category in frame["category"].astype(str)]
    return [name] * len(frame)


def add_table(system: System, table: CountTable, places: Places | None = None) -> None:
    """Put the cells of a table into a system, with the relations between them; a count that lies there already is the same cell."""
    frame, known = table.frame, places or Places(system)
    for column in table.counts:
        values, hidden = frame[column].to_numpy(dtype=float, na_value=np.nan), table.hidden[column].to_numpy()
        for row, value in enumerate(values):
            if hidden[row] or not np.isnan(value):
                table.cells[row, column] = known.cell(table.of.get((row, column)), float(value))
    if table.structure is None:
        declared = [([(row, column) for row, column, _ in each], [weight for *_, weight in each]) for each in table.relations]
        table.structure = list(_sums(table)), [*_relations(table), *declared], list(_implied(table))
    sums, relations, implied = table.structure
    for each in sums:
        _add_sums(system, table, each)
    for cells, weights in relations:
        if all(cell in table.cells for cell in cells):
            system.add_relation([table.cells[cell] for cell in cells], weights)
    for cells, weights in implied:
        if all(cell in table.cells for cell in cells):
            system.add_implied([table.cells[cell] for cell in cells], weights)


Sums = list[tuple[tuple[int, str], list[tuple[int, str]]]]
"""Sums of one kind: (cell of the total, cells of the parts)."""


def _sums(table: CountTable) -> Iterator[Sums]:
    for margin, total in table.margins.items():
        keys = [key for key in table.keys if key != margin]
        found = [pair for rows in groups_of(table.frame, keys) for pair in _margin(table.frame, rows, margin, total)]
        yield from ([((whole, column), [(part, column) for part in parts]) for whole, parts in found] for column in table.counts)
    if "breakdown" in table.frame.columns and "breakdown" not in table.margins:
        for found in _breakdowns(table).values():
            yield from ([((whole, column), [(part, column) for part in parts]) for whole, parts in found] for column in table.counts)


def _margin(frame: pd.DataFrame, rows: pd.Index, margin: str, total: str) -> list[tuple[int, list[int]]]:
    labels = frame.loc[rows, margin]
    totals, parts = rows[labels == total], rows[labels != total]
    return [(int(totals[0]), [int(row) for row in parts])] if len(totals) == 1 and len(parts) else []


def _breakdowns(table: CountTable) -> dict[str, list[tuple[int, list[int]]]]:
    """Each dimension of ``breakdown`` ("source: Police") adds up to the row ``all`` of the same other keys."""
    breakdown = table.frame["breakdown"].astype(str)
    if (breakdown == ALL).all():
        return {}
    dimension = breakdown.str.split(": ", n=1).str[0]
    found: dict[str, list[tuple[int, list[int]]]] = {}
    for rows in groups_of(table.frame, [key for key in table.keys if key != "breakdown"]):
        whole = rows[breakdown[rows] == ALL]
        for name in dimension[rows].unique() if len(whole) == 1 else ():
            parts = rows[(dimension[rows] == name) & (breakdown[rows] != ALL)]
            if len(parts):
                found.setdefault(str(name), []).append((int(whole[0]), [int(row) for row in parts]))
    return found


def _add_sums(system: System, table: CountTable, sums: Sums) -> None:
    """Sums whose every member is a cell.

    Where one is hidden, a reader supposes that the parts make up the total if they do wherever he can see.
    """
    whole = [(total, parts) for total, parts in sums if all(cell in table.cells for cell in (total, *parts))]
    rests = [_value(system, table, total) - sum(_value(system, table, part) for part in parts) for total, parts in whole]
    exact = all(rest == 0 for rest in rests if not np.isnan(rest))
    for total, parts in whole:
        system.add_sum(table.cells[total], [table.cells[part] for part in parts], exact=exact)


def _value(system: System, table: CountTable, cell: tuple[int, str]) -> float:
    return system.numbers[table.cells[cell]]


def groups_of(frame: pd.DataFrame, keys: Sequence[str]) -> Iterable[pd.Index]:
    """The rows that have the same keys, group by group."""
    if not keys:
        return [frame.index]
    return [rows.index for _, rows in frame.groupby(list(keys), sort=False, dropna=False, observed=True)]


Relation = tuple[list[tuple[int, str]], list[float]]
"""Cells and coefficients that add up to 0."""


def _relations(table: CountTable) -> Iterator[Relation]:
    numbers = {column: table.frame[column].where(~table.hidden[column]).to_numpy(dtype=float, na_value=np.nan) for column in table.counts}
    for names, weights in _row_relations(numbers):
        for row in range(len(table.frame)):
            yield [(row, name) for name in names], list(weights)
    for now, before, april in _consecutive(table):
        for stock in numbers:
            for size in (1, 2, 3):
                for names in combinations([name for name in numbers if name != stock], size):
                    yield from _growth(numbers, stock, names, now, before, april)


def _row_relations(numbers: dict[str, np.ndarray]) -> Iterator[tuple[tuple[str, ...], tuple[float, ...]]]:
    """a = b, a = b + c, a - b = c + d ... in every row."""
    largest = min(len(numbers), 4 if len(numbers) <= MOST_COLUMNS else 3)
    for size in range(2, largest + 1):
        for names in combinations(numbers, size):
            rows = np.vstack([numbers[name] for name in names])
            rows = rows[:, ~np.isnan(rows).any(axis=0)]
            if rows.shape[1] < ENOUGH_ROWS or np.any(np.ptp(rows, axis=1) == 0):
                continue
            for signs in product((1.0, -1.0), repeat=size - 1):
                if np.allclose(np.array([1.0, *signs]) @ rows, 0.0):
                    yield names, (1.0, *signs)


def _consecutive(table: CountTable) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each series of a table: rows that follow a month earlier, the rows of that month, and whether they begin a financial year."""
    frame = table.frame
    if "month" not in frame.columns or not isinstance(frame["month"].dtype, pd.PeriodDtype):
        return
    for rows in groups_of(frame, [key for key in table.keys if key != "month"]):
        months = pd.PeriodIndex(frame.loc[rows, "month"])
        ordered = np.argsort(months.asi8, kind="stable")
        ordinal = months.asi8[ordered]
        if len(np.unique(ordinal)) < len(ordinal):
            continue  # several rows a month that no key tells apart: nothing follows one after another
        follows = np.flatnonzero(np.diff(ordinal) == 1) + 1
        row = rows.to_numpy()[ordered]
        yield row[follows], row[follows - 1], (months.month.to_numpy() == APRIL)[ordered][follows]


def _growth(
    numbers: dict[str, np.ndarray], stock: str, names: tuple[str, ...], now: np.ndarray, before: np.ndarray, april: np.ndarray
) -> Iterator[Relation]:
    """A running total and what it grows by; a stock with its starts and ends; beginning again in April or not."""
    rise = numbers[stock][now] - numbers[stock][before]
    flows = np.vstack([numbers[name][now] for name in names])
    for chosen in (np.ones(len(now), dtype=bool), ~april):
        known = chosen & ~np.isnan(rise) & ~np.isnan(flows).any(axis=0)
        if known.sum() < ENOUGH_ROWS or np.ptp(rise[known]) == 0:
            continue
        for signs in product((1.0, -1.0), repeat=len(names)):
            if np.allclose(np.array(signs) @ flows[:, known], rise[known]):
                for place in np.flatnonzero(chosen):
                    cells = [(int(now[place]), stock), (int(before[place]), stock), *((int(now[place]), name) for name in names)]
                    yield cells, [1.0, -1.0, *(-sign for sign in signs)]
                return


def _implied(table: CountTable) -> Iterator[Relation]:
    """Counts nobody publishes that follow from published ones: those declared, and the months between running totals."""
    for weights in table.implied.values():
        for row in range(len(table.frame)):
            yield [(row, name) for name in weights], [float(weight) for weight in weights.values()]
    for column in table.counts:
        for now, before, april in _consecutive(table):
            if column in table.cumulative or _runs(table, column, now, before, april):
                for row, earlier in zip(now[~april], before[~april], strict=True):
                    yield [(int(row), column), (int(earlier), column)], [1.0, -1.0]


def _runs(table: CountTable, column: str, now: np.ndarray, before: np.ndarray, april: np.ndarray) -> bool:
    """Whether a column looks like a running total from April: it never falls within a year, and begins anew in two Aprils or more."""
    values = table.frame[column].where(~table.hidden[column]).to_numpy(dtype=float, na_value=np.nan)
    rise = values[now] - values[before]
    anew = april & (values[now] < values[before] / 2)
    return bool(anew.sum() >= 2 and np.nansum(april & (rise >= 0)) == 0 and not np.any(rise[~april] < 0))
