"""Counts that go by several names: those that are the same by definition, and series whose numbers say so.

A cell that is hidden under one name must not be shown under another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.disclosure.structure import ALL, Series

ENOUGH_PERIODS, ENOUGH_VALUES = 12, 3
"""Two series are one under two names when they share this many known periods, with so many different values, and differ in none."""

MOSTLY = 0.9
"""Names that agree in this share of their periods are one count wherever they agree."""


def declared_groups(addresses: pd.DataFrame, same: Sequence[tuple[Series, Series]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which addresses are one count by definition: a number for each such count, and the order in which its names are preferred.

    Also a number for each series of one count. A count of a day is that of its month under the names of things that have months.
    """
    own = list(zip(addresses["indicator"], addresses["part"], strict=True))
    root_of = _roots(same)
    roots = pd.Series([root_of.get(each, each) for each in own], dtype=object)
    order = np.array([0 if root_of.get(each, each) == each else 1 + _place(each, same) for each in own], dtype=int)
    named = roots.isin(set(root_of.values())).to_numpy()
    period = addresses["period"].where(~(named & (addresses["period"].str.len() == len("2024-03-31"))), addresses["period"].str[:7])
    codes = pd.factorize(roots)[0]
    breakdown = pd.factorize(addresses["breakdown"])[0]
    series = pd.factorize(codes.astype(np.int64) * (breakdown.max(initial=0) + 1) + breakdown)[0]
    when = pd.factorize(period)[0]
    group = pd.factorize(series.astype(np.int64) * (when.max(initial=0) + 1) + when)[0]
    return group, order, series


def _roots(same: Sequence[tuple[Series, Series]]) -> dict[Series, Series]:
    """Of every name the first one that the count goes by, that one included."""
    found: dict[Series, Series] = {}
    for name, other in same:
        root = found.get(other, other)
        found[other] = root
        found[name] = root
    return found


def _place(name: Series, same: Sequence[tuple[Series, Series]]) -> int:
    return next((place for place, (each, _) in enumerate(same) if each == name), len(same))


def one_name(
    addresses: pd.DataFrame, value: np.ndarray, same: Sequence[tuple[Series, Series]],
    apart: Sequence[tuple[np.ndarray, np.ndarray]] = (), *, by_value: bool = False,
) -> np.ndarray:  # fmt: skip
    """For every address, the one its count goes by.

    By definition, wherever the values agree; and of series that are the same almost everywhere, the periods that are. Almost, because
    a late record can part two names for a month, and a cell hidden under one must not be shown under the other then.
    apart: by earlier file, what it hides and the values it shows (missing where none): where one name was hidden and the other shown,
    or (``by_value``) both were shown and differed, they are two counts.
    """
    group, order, series = declared_groups(addresses, same)
    found = _first_of(_with_wholes(addresses, group), value, order)
    table, cell = _by_series(addresses, value)
    for row, leader in enumerate(_leaders(table, _shares_of(addresses, cell, series), MOSTLY)):
        if leader == row:
            continue
        both = (cell[row] >= 0) & (cell[leader] >= 0) & (table[leader] == table[row])
        mine, theirs = cell[row][both], found[cell[leader][both]]
        kept = found[mine] == mine
        for hidden, told in apart:
            shown, differ = ~np.isnan(told), by_value & (np.abs(told[mine] - told[theirs]) > 0)
            kept &= ~((hidden[mine] & shown[theirs]) | (shown[mine] & hidden[theirs]) | differ)
        found[mine[kept]] = theirs[kept]
    return _ends(found)


def _ends(found: np.ndarray) -> np.ndarray:
    """Names of names followed to the end."""
    while (found[found] != found).any():
        found = found[found]
    return found


def _with_wholes(addresses: pd.DataFrame, group: np.ndarray) -> np.ndarray:
    """The groups, with the whole of a day's extract counted to that of the series: where both are the same number they are one count."""
    bare = (addresses["breakdown"] != ALL) & ~addresses["breakdown"].str.contains(": ", regex=False)
    if not bare.any():
        return group
    keys = ["indicator", "period", "part"]
    whole = addresses.assign(group=group)[addresses["breakdown"] == ALL].drop_duplicates(keys)
    joined = addresses[bare][keys].merge(whole[[*keys, "group"]], on=keys, how="left")["group"].to_numpy()
    every = group.copy()
    every[np.flatnonzero(bare)] = np.where(np.isnan(joined), group[bare], np.nan_to_num(joined)).astype(int)
    return every


def _first_of(group: np.ndarray, value: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Within each group the first address that has the same value."""
    frame = pd.DataFrame({"group": group, "value": value, "order": order, "cell": np.arange(len(group))})
    frame = frame.sort_values(["order", "cell"], kind="stable")
    first = frame.groupby(["group", "value"], dropna=False, sort=False)["cell"].transform("first")
    found = np.arange(len(group))
    found[frame["cell"].to_numpy()] = first.to_numpy()
    return found


def taken_for_one(
    addresses: pd.DataFrame, one: np.ndarray, there: np.ndarray, shown: np.ndarray, same: Sequence[tuple[Series, Series]]
) -> np.ndarray:
    """Cells that a reader would take for a hidden one: of the same count by definition, or of a series that looks the same.

    one: for every address the one its count goes by. there: known today. shown: value by address, missing where hidden.
    """
    group, _, series = declared_groups(addresses, same)
    seen = shown[one]
    secret = there[one] & np.isnan(seen)
    of_group = np.bincount(group, weights=secret, minlength=group.max(initial=-1) + 1) > 0
    found = np.zeros(len(shown), bool)
    found[one[of_group[group] & there & ~np.isnan(seen)]] = True
    table, cell = _by_series(addresses, seen)
    for row, leader in enumerate(_leaders(table, _shares_of(addresses, cell, series))):
        if leader == row:
            continue
        both = (cell[row] >= 0) & (cell[leader] >= 0)
        for first, other in ((row, leader), (leader, row)):
            hidden = both & np.isnan(table[first]) & ~np.isnan(table[other])
            hidden[hidden] = there[one[cell[first][hidden]]]
            found[one[cell[other][hidden]]] = True
    return found


def _shares_of(addresses: pd.DataFrame, cell: np.ndarray, series: np.ndarray) -> list[set[tuple[str, str]]]:
    """The percentages that each series is a part of, under any name that is its own by definition."""
    first = cell.max(axis=1)
    names = addresses.iloc[first]
    held: dict[int, set[tuple[str, str]]] = {}
    for each, indicator, breakdown, part in zip(series[first], names["indicator"], names["breakdown"], names["part"], strict=True):
        if part != "figure":
            held.setdefault(int(each), set()).add((indicator, breakdown))
    return [held.get(int(each), set()) for each in series[first]]


def _by_series(addresses: pd.DataFrame, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Series by period: values, and where each lies (-1: nowhere)."""
    periods = addresses["period"].astype("category").cat.codes.to_numpy()
    series = addresses.groupby(["indicator", "breakdown", "part"], sort=True).ngroup().to_numpy()
    table = np.full((series.max(initial=-1) + 1, periods.max(initial=-1) + 1), np.nan)
    table[series, periods] = value
    cell = np.full(table.shape, -1)
    cell[series, periods] = np.arange(len(addresses))
    return table, cell


def _leaders(table: np.ndarray, shares: Sequence[set[tuple[str, str]]], mostly: float = 1.0) -> np.ndarray:
    """For every series the longest one that it is the same as; never the other part of its own percentage (``shares``).

    mostly: in which share of the periods, those left out in which both are 0.
    """
    known = ~np.isnan(table)
    length, filled = known.sum(axis=1), np.nan_to_num(table, nan=-1.0)
    leader, groups = np.arange(len(table)), dict[int, set[tuple[str, str]]]()
    for row in np.argsort(-length, kind="stable"):
        values = table[row][known[row]]
        if length[row] < ENOUGH_PERIODS or len(np.unique(values)) < ENOUGH_VALUES:
            continue
        others = np.array(list(groups), dtype=int)
        both = known[others] & known[row]
        told = both & ((filled[others] != 0) | (filled[row] != 0))
        agree = (both & (filled[others] == filled[row])).sum(axis=1) - (both & ~told).sum(axis=1)
        alike = (agree >= mostly * told.sum(axis=1)) & (both.sum(axis=1) >= ENOUGH_PERIODS) & (agree > 0)
        leader[row] = next((other for other in others[alike] if not shares[row] & groups[other]), row)
        groups.setdefault(int(leader[row]), set()).update(shares[row])
    return leader
