"""Relations between tables: the same count in two of them, a total and its parts in another, months and the sum over them.

Found as a reader would find them: by what tables say they are of, and by numbers that agree wherever both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.release.structure import CountTable
from cfanalysis.release.system import System
from cfanalysis.tables import ALL

ENOUGH_MONTHS = 6
"""Two series are taken for one when they agree in this many months or more, of which not all are the same, and differ in none."""

ENOUGH_LABELS = 2
"""A column is taken for sums over months when it is so for this many categories or more, and fails for none."""

WINDOWS = (3, 6, 12, 24)
"""Lengths in months of the sums that pages show, beside everything a table covers."""

BACK = 25
"""How many months before the newest a window may end."""


@dataclass(frozen=True)
class Line:
    """One series of one table: its cells by month ordinal."""

    table: int
    column: str
    group: tuple[str, ...]
    name: str
    cells: dict[int, int]


def add_links(system: System, tables: Sequence[CountTable]) -> None:
    """Add every relation between the tables to a system that already holds their cells."""
    lines = [line for place, table in enumerate(tables) for line in _lines(place, table)]
    for one, other in sorted({*_same_lines(system, lines)}):
        system.add_relation((one, other), (1.0, -1.0))
    for total, parts in _sums_elsewhere(system, lines):
        system.add_relation((total, *parts), (1.0, *[-1.0] * len(parts)))
    for place, table in enumerate(tables):
        for total, parts in _sums_over_months(system, place, table, lines):
            system.add_relation((total, *parts), (1.0, *[-1.0] * len(parts)))


def _by_month(table: CountTable) -> bool:
    return "month" in table.frame.columns and isinstance(table.frame["month"].dtype, pd.PeriodDtype)


def _lines(place: int, table: CountTable) -> Iterator[Line]:
    if not _by_month(table):
        return
    keys = [key for key in table.keys if key != "month"]
    ordinal = pd.PeriodIndex(table.frame["month"]).asi8
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(zip(*(table.frame[name].astype(str) for name in keys), strict=True) if keys else [()] * len(table.frame)):
        groups.setdefault(tuple(key), []).append(row)
    for group, rows in groups.items():
        if len(set(ordinal[rows])) < len(rows):
            continue
        for column in table.counts:
            cells = {int(ordinal[row]): table.cells[row, column] for row in rows if (row, column) in table.cells}
            if len(cells) >= ENOUGH_MONTHS:
                yield Line(place, column, group, "", cells)


def _matrix(system: System, lines: Sequence[Line]) -> tuple[np.ndarray, list[int]]:
    months = sorted({month for line in lines for month in line.cells})
    place = {month: column for column, month in enumerate(months)}
    values = np.full((len(lines), len(months)), np.nan)
    for row, line in enumerate(lines):
        for month, cell in line.cells.items():
            values[row, place[month]] = system.numbers[cell]
    return values, months


def _agree(values: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Which rows agree with one: in enough months, not all the same, and nowhere differ."""
    both = ~np.isnan(values) & ~np.isnan(row)
    differ = both & (np.nan_to_num(values) != np.nan_to_num(row))
    spread = np.array([np.ptp(row[shared]) > 0 if shared.any() else False for shared in both], dtype=bool)
    agree: np.ndarray = (both.sum(axis=1) >= ENOUGH_MONTHS) & ~differ.any(axis=1) & spread
    return agree


def _same_lines(system: System, lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The same count in two tables, or in two columns: cells of the same month."""
    values, _ = _matrix(system, lines)
    for place in range(len(lines)):
        for found in np.flatnonzero(_agree(values[place + 1 :], values[place])) + place + 1:
            one, other = lines[place], lines[int(found)]
            if one.table != other.table:
                both = ((one.cells[month], other.cells[month]) for month in one.cells.keys() & other.cells.keys())
                yield from ((min(pair), max(pair)) for pair in both if pair[0] != pair[1])


def _sums_elsewhere(system: System, lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    """A series of one table that is the sum of all series of another which has no total of its own."""
    whole: dict[tuple[int, str], list[Line]] = {}
    for line in lines:
        whole.setdefault((line.table, line.column), []).append(line)
    for (table, _), parts in whole.items():
        if len(parts) < 2 or any(ALL in part.group or "All" in part.group for part in parts):
            continue
        months = sorted(set.union(*(set(part.cells) for part in parts)))
        shared = [month for month in months if all(month in part.cells for part in parts)]
        total = np.array([sum(system.numbers[part.cells[month]] for part in parts) for month in shared])
        for line in lines:
            if line.table == table:
                continue
            row = np.array([system.numbers[line.cells[month]] if month in line.cells else np.nan for month in shared])
            if len(shared) and _agree(total[None, :], row)[0]:
                yield from ((line.cells[month], [part.cells[month] for part in parts]) for month in shared if month in line.cells)


def _sums_over_months(system: System, place: int, table: CountTable, lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    """Columns of a table without months that are sums over the months of another, category by category."""
    keys = [key for key in table.keys if key not in ("month", "year", "authority", "indicator")]
    if _by_month(table) or len(keys) != 1:
        return
    labels = {str(label): row for row, label in enumerate(table.frame[keys[0]])}
    others = sorted({(line.table, line.column) for line in lines if line.table != place})
    for column in table.counts:
        for other in others:
            parts = {
                line.group[-1]: line for line in lines if (line.table, line.column) == other and line.group and line.group[-1] in labels
            }
            window = _window(system, {name: table.cells.get((labels[name], column)) for name in parts}, parts)
            for name, line in parts.items() if window else ():
                total = table.cells.get((labels[name], column))
                if total is not None and window and all(month in line.cells for month in window):
                    yield total, [line.cells[month] for month in window]


def _window(system: System, totals: dict[str, int | None], parts: dict[str, Line]) -> range | None:
    """The months over which the parts add up to the totals, for every category that can be tested."""
    if len(parts) < ENOUGH_LABELS:
        return None
    last, first = max(max(line.cells) for line in parts.values()), min(min(line.cells) for line in parts.values())
    for length in dict.fromkeys((12, *WINDOWS, last - first + 1)):
        for end in range(last, max(last - BACK, first + length - 2), -1):
            window = range(end - length + 1, end + 1)
            if _holds(system, totals, parts, window):
                return window
    return None


def _holds(system: System, totals: dict[str, int | None], parts: dict[str, Line], window: range) -> bool:
    tested = set()
    for name, line in parts.items():
        cell = totals[name]
        if cell is None or np.isnan(system.numbers[cell]) or any(month not in line.cells for month in window):
            continue
        found = sum(system.numbers[line.cells[month]] for month in window)
        if np.isnan(found):
            continue
        if found != system.numbers[cell]:
            return False
        tested.add(found)
    return len(tested - {0.0}) >= ENOUGH_LABELS
