"""One cell for one count: the base and the earlier files laid on the same addresses, whatever name a count goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.disclosure.equations import SHARE, SUM, Equations, derive_equations
from cfanalysis.disclosure.history import ABSENT, HIDDEN, MISSING, NOISE, SHOWN, State, present
from cfanalysis.disclosure.structure import ADDRESS, Digest, Earlier, Structure
from cfanalysis.release.policy import Policy

ENOUGH_PERIODS, ENOUGH_VALUES = 12, 3
"""Two series are one under two names when they share this many known periods, with so many different values, and differ in none."""


MOSTLY = 0.9
"""Names that agree in this share of their periods are one count wherever they agree."""


@dataclass(frozen=True)
class Board:
    """Everything by address: ``addresses`` of the base and all earlier files, ``cell_of_row`` where each row of the base lies."""

    addresses: pd.DataFrame
    equations: Equations
    exact: np.ndarray
    holds: np.ndarray
    """Equations that today's true counts do not contradict."""
    today: State
    earlier: tuple[State, ...]
    small: np.ndarray
    given: np.ndarray
    """Cells whose count others have published."""
    priority: np.ndarray
    cell_of_row: np.ndarray
    same: np.ndarray
    """For every address, the one its count goes by."""


def set_out(base: pd.DataFrame, structure: Structure, policy: Policy, earlier: Sequence[Earlier], digest: Digest | None) -> Board:
    """Lay the base and the earlier files out by address, with the equations between them."""
    frames = [base, *(each.figures for each in earlier)]
    addresses, places = _number(frames)
    today = _state(base, places[0], len(addresses), policy)
    same = _one_name(addresses, today.value)
    at = [same[place] for place in places]
    today = _state(base, at[0], len(addresses), policy)
    states = tuple(
        _compared(_state(each.figures, place, len(addresses), each.policy), each.figures, place, addresses, today, digest)
        for each, place in zip(earlier, at[1:], strict=True)
    )
    equations = _merged(derive_equations(addresses, structure), same)
    exact, holds = _held(equations, today)
    priority = np.zeros(len(addresses))
    priority[at[0]] = base["priority"].to_numpy(float) if "priority" in base else 0.0
    given = np.zeros(len(addresses), bool)
    for address, value in structure.published.items():
        place = _find(addresses, address)
        if place >= 0 and today.value[same[place]] == value:
            given[same[place]] = True
    small = _small(today, policy) | _full(equations, today, policy)
    return Board(addresses, equations, exact, holds, today, states, small, given, priority, at[0], same)


def _number(frames: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Every address once, and where the rows of each frame lie."""
    codes = [np.zeros(len(frame), np.int64) for frame in frames]
    names = []
    for column in ADDRESS:
        every = pd.Index(pd.unique(np.concatenate([frame[column].unique().astype(object) for frame in frames])))
        names.append(every)
        codes = [code * len(every) + every.get_indexer(pd.Index(frame[column].astype(object)))
                 for code, frame in zip(codes, frames, strict=True)]  # fmt: skip
    every_code = np.unique(np.concatenate(codes))
    left, columns = every_code.copy(), {}
    for column, every in zip(reversed(ADDRESS), reversed(names), strict=True):
        columns[column] = every[left % len(every)]
        left //= len(every)
    return pd.DataFrame(columns)[ADDRESS], [np.searchsorted(every_code, code) for code in codes]


def _find(addresses: pd.DataFrame, address: tuple[str, str, str, str]) -> int:
    found = np.flatnonzero((addresses == list(address)).all(axis=1))
    return int(found[0]) if len(found) else -1


def _state(frame: pd.DataFrame, place: np.ndarray, size: int, policy: Policy) -> State:
    """What a frame says at every address; where one count has several names, a shown figure tells most."""
    value = np.full(size, np.nan)
    said = np.where(frame["value"].notna(), SHOWN, np.where(frame["flag"] == "c", HIDDEN, MISSING))
    state = np.full(size, ABSENT)
    for kind in (MISSING, HIDDEN, SHOWN):
        state[place[said == kind]] = kind
    shown = said == SHOWN
    value[place[shown]] = frame["value"].to_numpy(float)[shown]
    return State(value, state, np.ones(size, bool), policy)


def _compared(
    state: State, figures: pd.DataFrame, place: np.ndarray, addresses: pd.DataFrame, today: State, digest: Digest | None
) -> State:
    """With what the digests say of hidden figures: unchanged, or not."""
    unchanged = np.ones(len(state.value), bool)
    if digest is not None and "digest" in figures:
        kept = np.flatnonzero((figures["flag"] == "c") & figures["digest"].fillna("").ne(""))
        rows = figures[ADDRESS].to_numpy(dtype=object)
        told = figures["digest"].to_numpy(dtype=object)
        for row in kept:
            value = today.value[place[row]]
            unchanged[place[row]] = not np.isnan(value) and digest(tuple(rows[row]), float(value)) == told[row]
    return replace(state, unchanged=unchanged)


def _one_name(addresses: pd.DataFrame, value: np.ndarray) -> np.ndarray:
    """For every address, the one its count goes by: of series that are the same almost everywhere, the periods that are.

    Almost, because a late record can part two names for a month, and a cell hidden under one must not be shown under the other then.
    """
    table, cell = _by_series(addresses, value)
    same = np.arange(len(addresses))
    for row, leader in enumerate(_leaders(table, _shares_of(addresses, cell), MOSTLY)):
        if leader != row:
            both = (cell[row] >= 0) & (cell[leader] >= 0) & (table[leader] == table[row])
            same[cell[row][both]] = cell[leader][both]
    return same


def _shares_of(addresses: pd.DataFrame, cell: np.ndarray) -> list[set[tuple[str, str]]]:
    """The percentage that each series is a part of."""
    names = addresses.iloc[cell.max(axis=1)]
    return [set() if part == "figure" else {(indicator, breakdown)}
            for indicator, breakdown, part in zip(names["indicator"], names["breakdown"], names["part"], strict=True)]  # fmt: skip


def look_alikes(board: Board, shown: np.ndarray) -> np.ndarray:
    """Cells that a reader would take for a hidden one: of a series that, as far as both are shown, is the same.

    shown: value by address, missing where hidden; counts under several names by the one they go by.
    """
    table, cell = _by_series(board.addresses, shown[board.same])
    shares = _shares_of(board.addresses, cell)
    hidden = board.today.state[board.same] == SHOWN
    found = np.zeros(len(shown), bool)
    for row, leader in enumerate(_leaders(table, shares)):
        if leader == row:
            continue
        both = (cell[row] >= 0) & (cell[leader] >= 0)
        for one, other in ((row, leader), (leader, row)):
            secret = both & np.isnan(table[one]) & ~np.isnan(table[other])
            secret[secret] = hidden[cell[one][secret]]
            found[board.same[cell[other][secret]]] = True
    return found


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


def _merged(equations: Equations, same: np.ndarray) -> Equations:
    """The equations between counts, each once, whatever names they were written with."""
    from scipy.sparse import csr_array

    held = equations.matrix.tocoo()
    matrix = csr_array((held.data, (held.coords[0], same[held.coords[1]])), shape=held.shape)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    keys = np.random.default_rng(0).integers(1, 2**62, held.shape[1])
    mark = pd.DataFrame({"hash": matrix.astype(np.int64) @ keys, "kind": equations.kind, "watched": equations.watched})
    kept = np.flatnonzero((np.diff(matrix.indptr) > 1) & ~mark.duplicated().to_numpy())
    return Equations(matrix[kept], equations.kind[kept], equations.watched[kept])


def _held(equations: Equations, today: State) -> tuple[np.ndarray, np.ndarray]:
    """Which equations add up exactly, and which are not contradicted; what is not known today is taken to add up."""
    there = present(equations, today.state)
    left = equations.matrix @ np.nan_to_num(today.value)
    exact = ~there | (np.abs(left) <= NOISE)
    exact &= equations.kind != SHARE
    holds = exact | (equations.slack & (left >= -NOISE)) | ~there
    return exact, holds


def _small(today: State, policy: Policy) -> np.ndarray:
    """Counts that the policy hides by themselves."""
    value = np.abs(np.nan_to_num(today.value))
    small = ((value > 0) & (value < policy.hide_below)) | ((value == 0) & policy.hide_zeros)
    found: np.ndarray = small & (today.state == SHOWN)
    return found


def _full(equations: Equations, today: State, policy: Policy) -> np.ndarray:
    """Numerators that are all of their denominator, categories that are all of their whole: they tell of every child in it."""
    found = np.zeros(len(today.value), bool)
    if not policy.hide_full:
        return found
    there = present(equations, today.state) & np.isin(equations.kind, (SUM, SHARE))
    rows = equations.matrix[np.flatnonzero(there)].tocoo()
    total = np.zeros(rows.shape[0])
    above = rows.data > 0
    total[rows.coords[0][above]] = today.value[rows.coords[1][above]]
    inner, row = rows.coords[1][~above], rows.coords[0][~above]
    whole = (today.value[inner] == total[row]) & (total[row] > 0)
    found[inner[whole]] = True
    return found
