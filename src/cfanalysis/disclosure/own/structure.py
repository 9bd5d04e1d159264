"""From one table to a system: every count a cell, every relation a reader could use an equation.

Declared relations: the margins of a table, ``breakdown`` against its total ``all``, running totals,
counts implied by others. Relations found in the numbers themselves, as an attacker would find them:
columns that are equal or add up, and columns of which one is what the other grows by month by month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.showing import is_number
from cfanalysis.disclosure.own.system import System
from cfanalysis.foundation.table import ALL, Table

KEYS = ("authority", "level", "indicator", "breakdown", "month", "year", "edition", "extract", "date", "series", "measure")
"""Columns that name a row rather than measure it, beside the margins a table declares."""

ENOUGH_ROWS = 4
"""A relation between columns counts as one when it holds in this many rows or more, not all of them the same."""

MOST_COLUMNS = 6
"""Relations of four columns are looked for among at most this many; beyond it, of three."""

APRIL = 4

Cell = tuple[int, str]
"""Row and column of a count."""


def add_table(system: System, table: Table) -> dict[Cell, int]:
    """Put the counts of a table into a system, with the relations between them; gives where each lies.

    A count that is missing is no cell.
    """
    frame = table.frame.reset_index(drop=True)
    cells = {
        (row, column): system.add_cell(float(value))
        for column in table.counts
        for row, value in enumerate(_numbers(frame, column))
        if not np.isnan(value)
    }
    for total, parts in _sums(table, frame):
        if all(cell in cells for cell in (total, *parts)):
            system.add_sum(cells[total], [cells[part] for part in parts])
    for names, weights in _relations(table, frame):
        if all(cell in cells for cell in names):
            system.add_relation([cells[cell] for cell in names], weights)
    for names, weights in _implied(table, frame):
        if all(cell in cells for cell in names):
            system.add_implied([cells[cell] for cell in names], weights)
    return cells


def keys_of(table: Table) -> list[str]:
    """The columns that name a row."""
    return [column for column in table.frame.columns if column in KEYS or column in table.margins]


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    return frame[column].to_numpy(dtype=float, na_value=np.nan)


Sum = tuple[Cell, list[Cell]]
"""The cell of a total, and those of its parts."""


def _sums(table: Table, frame: pd.DataFrame) -> Iterator[Sum]:
    found: list[tuple[int, list[int]]] = []
    for margin, total in table.margins.items():
        for rows in groups_of(frame, [key for key in keys_of(table) if key != margin]):
            found += _margin(frame, rows, margin, total)
    if "breakdown" in frame.columns and "breakdown" not in table.margins:
        found += _breakdowns(table, frame)
    for column in table.counts:
        yield from (((whole, column), [(part, column) for part in parts]) for whole, parts in found)
    yield from _unsaid_totals(table, frame)


def _margin(frame: pd.DataFrame, rows: pd.Index, margin: str, total: str) -> list[tuple[int, list[int]]]:
    labels = frame.loc[rows, margin]
    totals, parts = rows[labels == total], rows[labels != total]
    return [(int(totals[0]), [int(row) for row in parts])] if len(totals) == 1 and len(parts) else []


def _breakdowns(table: Table, frame: pd.DataFrame) -> Iterator[tuple[int, list[int]]]:
    """Each dimension of ``breakdown`` ("source: Police") adds up to the row ``all`` of the same other keys."""
    breakdown = frame["breakdown"].astype(str)
    dimension = breakdown.str.split(": ", n=1).str[0]
    for rows in groups_of(frame, [key for key in keys_of(table) if key != "breakdown"]):
        whole = rows[breakdown[rows] == ALL]
        for name in dimension[rows].unique() if len(whole) == 1 else ():
            parts = rows[(dimension[rows] == name) & (breakdown[rows] != ALL)]
            if len(parts):
                yield int(whole[0]), [int(row) for row in parts]


def _unsaid_totals(table: Table, frame: pd.DataFrame) -> Iterator[Sum]:
    """Rows that hold as much as all beside them together, though the table does not say that they are a total."""
    said = {*table.margins, *table.counts, *table.derived, *KEYS}
    labels = [name for name in frame.columns if name not in said and not is_number(frame[name])]
    for label in labels:
        others = [*keys_of(table), *(name for name in labels if name != label)]
        for rows in groups_of(frame, others):
            for column in table.counts if len(rows) > 2 else ():
                values = _numbers(frame.loc[rows], column)
                whole = np.flatnonzero((2 * values == values.sum()) & (values > 0))
                if len(whole) == 1:
                    parts = [(int(row), column) for place, row in enumerate(rows) if place != whole[0]]
                    yield (int(rows[whole[0]]), column), parts


def groups_of(frame: pd.DataFrame, keys: Sequence[str]) -> Iterable[pd.Index]:
    """The rows that have the same keys, group by group."""
    if not keys:
        return [frame.index]
    return [rows.index for _, rows in frame.groupby(list(keys), sort=False, dropna=False, observed=True)]


Relation = tuple[list[Cell], list[float]]
"""Cells and coefficients that add up to 0."""


def _relations(table: Table, frame: pd.DataFrame) -> Iterator[Relation]:
    numbers = {column: _numbers(frame, column) for column in table.counts}
    for names, weights in _row_relations(numbers):
        for row in range(len(frame)):
            yield [(row, name) for name in names], list(weights)
    for now, before, april in _consecutive(table, frame):
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


def has_months(frame: pd.DataFrame) -> bool:
    """Whether rows are of months."""
    return "month" in frame.columns and isinstance(frame["month"].dtype, pd.PeriodDtype)


def _consecutive(table: Table, frame: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each series of a table: rows that follow a month earlier, the rows of that month, and whether they begin a financial year."""
    if not has_months(frame):
        return
    for rows in groups_of(frame, [key for key in keys_of(table) if key != "month"]):
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


def _implied(table: Table, frame: pd.DataFrame) -> Iterator[Relation]:
    """Counts nobody publishes that follow from published ones: those declared, and the months between running totals."""
    for weights in table.implied.values():
        for row in range(len(frame)):
            yield [(row, name) for name in weights], [float(weight) for weight in weights.values()]
    for column in table.counts:
        for now, before, april in _consecutive(table, frame):
            if column in table.cumulative or _runs(_numbers(frame, column), now, before, april):
                for row, earlier in zip(now[~april], before[~april], strict=True):
                    yield [(int(row), column), (int(earlier), column)], [1.0, -1.0]


def _runs(values: np.ndarray, now: np.ndarray, before: np.ndarray, april: np.ndarray) -> bool:
    """Whether a column looks like a running total from April: it never falls within a year, and begins anew in two Aprils or more."""
    rise = values[now] - values[before]
    anew = april & (values[now] < values[before] / 2)
    return bool(anew.sum() >= 2 and np.nansum(april & (rise >= 0)) == 0 and not np.any(rise[~april] < 0))
