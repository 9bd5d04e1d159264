"""From a table to its system: every count a cell, every relation a reader could use an equation.

Declared relations: the margins of the table, ``breakdown`` against its total ``all``.
Relations found in the numbers themselves, as an attacker would find them: columns that are equal, that add up, or of which
one is what the other grows by from month to month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from cfanalysis.release.system import System
from cfanalysis.tables import ALL, Table

KEYS = ("authority", "level", "indicator", "breakdown", "month", "year", "edition", "extract", "date")
"""Columns that name a row rather than measure it, beside the margins a table declares."""

ENOUGH_ROWS = 4
"""A relation between columns counts as one when it holds in this many rows or more, not all of them the same."""

MOST_COLUMNS = 6
"""Combinations are looked for among at most this many count columns at once; beyond it, pairs and triples only."""

Places = dict[tuple[int, str], int]


def table_system(table: Table) -> tuple[System, Places]:
    """The system of one table, and where each (row, count column) lies in it."""
    system, places = System(), {}
    frame = table.frame.reset_index(drop=True)
    for column in table.counts:
        for row, value in enumerate(frame[column].to_numpy(dtype=float, na_value=np.nan)):
            if not np.isnan(value):
                places[row, column] = system.add_cell(value)
    for margin, total in table.margins.items():
        for column in table.counts:
            _add_margin(system, places, frame, column, margin, total, _other_keys(table, margin))
    if "breakdown" in frame.columns and "breakdown" not in table.margins:
        for column in table.counts:
            _add_breakdowns(system, places, frame, column)
    for cells, weights in relations(frame, table.counts, [*KEYS, *table.margins]):
        here = [places[cell] for cell in cells if cell in places]
        if len(here) == len(cells):
            system.add_relation(here, weights)
    return system, places


def _other_keys(table: Table, margin: str) -> list[str]:
    named = [*table.margins, *KEYS]
    return [column for column in table.frame.columns if column in named and column != margin]


def _groups(frame: pd.DataFrame, keys: Sequence[str]) -> Iterable[pd.Index]:
    if not keys:
        return [frame.index]
    return [rows.index for _, rows in frame.groupby(list(keys), sort=False, dropna=False, observed=True)]


def _add_margin(system: System, places: Places, frame: pd.DataFrame, column: str, margin: str, total: str, keys: Sequence[str]) -> None:
    for rows in _groups(frame, keys):
        labels = frame.loc[rows, margin]
        totals = rows[labels == total]
        parts = rows[labels != total]
        if len(totals) == 1 and len(parts):
            _add_sum(system, places, column, int(totals[0]), [int(row) for row in parts])


def _add_breakdowns(system: System, places: Places, frame: pd.DataFrame, column: str) -> None:
    """Each dimension of ``breakdown`` ("source: Police") adds up to the row ``all`` of the same other keys."""
    dimension = frame["breakdown"].str.split(": ", n=1).str[0]
    keys = [key for key in KEYS if key in frame.columns and key != "breakdown"]
    for rows in _groups(frame, keys):
        whole = rows[frame.loc[rows, "breakdown"] == ALL]
        if len(whole) != 1:
            continue
        for name in dimension.loc[rows].unique():
            parts = rows[(dimension.loc[rows] == name) & (frame.loc[rows, "breakdown"] != ALL)]
            if len(parts):
                _add_sum(system, places, column, int(whole[0]), [int(row) for row in parts])


def _add_sum(system: System, places: Places, column: str, total: int, parts: Sequence[int]) -> None:
    """A sum whose every member is known; with one missing to everybody nothing can be worked out from it."""
    cells = [(row, column) for row in (total, *parts)]
    if all(cell in places for cell in cells):
        system.add_sum(places[cells[0]], [places[cell] for cell in cells[1:]])


def relations(
    frame: pd.DataFrame, counts: Sequence[str], keys: Sequence[str] = KEYS
) -> Iterator[tuple[list[tuple[int, str]], list[float]]]:
    """Linear relations between count columns that hold throughout: cells and coefficients that add up to 0."""
    numbers = {column: frame[column].to_numpy(dtype=float, na_value=np.nan) for column in counts}
    for names, weights in _row_relations(numbers):
        for row in range(len(frame)):
            if all(not np.isnan(numbers[name][row]) for name in names):
                yield [(row, name) for name in names], list(weights)
    if "month" in frame.columns and isinstance(frame["month"].dtype, pd.PeriodDtype):
        yield from _month_relations(frame, numbers, [key for key in dict.fromkeys(keys) if key in frame.columns and key != "month"])


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


def _month_relations(
    frame: pd.DataFrame, numbers: dict[str, np.ndarray], keys: Sequence[str]
) -> Iterator[tuple[list[tuple[int, str]], list[float]]]:
    """One column is what another grows by: cumulative totals (starting again in April or not), a stock with its starts and ends."""
    for rows in _groups(frame, keys):
        months = pd.PeriodIndex(frame.loc[rows, "month"]).asi8
        ordered = rows.to_numpy()[np.argsort(months, kind="stable")]
        ordinal = np.sort(months)
        if len(np.unique(ordinal)) < len(ordinal):
            continue  # several rows a month that no key tells apart: nothing follows one after another
        follows = np.flatnonzero(np.diff(ordinal) == 1) + 1
        april = (pd.PeriodIndex(frame.loc[ordered, "month"]).month == 4)[follows]
        now, before = ordered[follows], ordered[follows - 1]
        for stock in numbers:
            for size in (1, 2, 3):
                for names in combinations([name for name in numbers if name != stock], size):
                    yield from _growth(numbers, stock, names, now, before, april)


def _growth(
    numbers: dict[str, np.ndarray], stock: str, names: tuple[str, ...], now: np.ndarray, before: np.ndarray, april: np.ndarray
) -> Iterator[tuple[list[tuple[int, str]], list[float]]]:
    rise = numbers[stock][now] - numbers[stock][before]
    flows = np.vstack([numbers[name][now] for name in names])
    for chosen in (np.ones(len(now), dtype=bool), ~april):
        known = chosen & ~np.isnan(rise) & ~np.isnan(flows).any(axis=0)
        if known.sum() < ENOUGH_ROWS or np.ptp(rise[known]) == 0:
            continue
        for signs in product((1.0, -1.0), repeat=len(names)):
            if np.allclose(np.array(signs) @ flows[:, known], rise[known]):
                for place in np.flatnonzero(known):
                    cells = [(int(now[place]), stock), (int(before[place]), stock), *((int(now[place]), name) for name in names)]
                    yield cells, [1.0, -1.0, *(-sign for sign in signs)]
                return
