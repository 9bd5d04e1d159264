"""One cell for one count: the base and the earlier files laid on the same addresses, whatever name a count goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.disclosure.equations import SHARE, SUM, Equations, derive_equations
from cfanalysis.disclosure.history import ABSENT, HIDDEN, MISSING, NOISE, SHOWN, State, present
from cfanalysis.disclosure.names import one_name, taken_for_one
from cfanalysis.disclosure.structure import ADDRESS, Address, Digest, Earlier, Series, Structure
from cfanalysis.foundation.policy import Policy


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
    same_by_definition: Sequence[tuple[Series, Series]]


def set_out(
    base: pd.DataFrame, structure: Structure, policy: Policy, earlier: Sequence[Earlier], digest: Digest | None, *, by_value: bool = False
) -> Board:
    """Lay the base and the earlier files out by address, with the equations between them. by_value: as of ``one_name``."""
    frames = [base, *(each.figures for each in earlier)]
    addresses, places = _number(frames)
    today = _state(base, places[0], len(addresses), policy)
    told = [_told(each.figures, place, len(addresses)) for each, place in zip(earlier, places[1:], strict=True)]
    same = one_name(addresses, today.value, structure.same, told, by_value=by_value)
    at = [same[place] for place in places]
    today = _state(base, at[0], len(addresses), policy)
    states = tuple(
        _compared(_state(each.figures, place, len(addresses), each.policy, today.value), each.figures, place, today, digest)
        for each, place in zip(earlier, at[1:], strict=True)
    )
    equations = _merged(derive_equations(addresses, structure), same)
    exact, holds = _held(equations, today)
    priority = np.full(len(addresses), np.inf)  # of several names the one that readers want most decides
    np.minimum.at(priority, at[0], base["priority"].to_numpy(float) if "priority" in base else 0.0)
    priority[np.isinf(priority)] = 0.0
    given = np.zeros(len(addresses), bool)
    place_of = _places(addresses) if structure.published else {}
    for address in structure.published:
        place = place_of.get(address, -1)
        if place >= 0:
            given[same[place]] = True
    small = _small(today, policy) | _full(equations, today, policy)
    return Board(addresses, equations, exact, holds, today, states, small, given, priority, at[0], same, structure.same)


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


def _places(addresses: pd.DataFrame) -> dict[tuple[str, ...], int]:
    """Where each address lies."""
    return {address: place for place, address in enumerate(addresses.itertuples(index=False, name=None))}


def find_cells(board: Board, addresses: Iterable[Address]) -> list[int]:
    """Where the count of each address lies; -1 where there is none."""
    known = _places(board.addresses)
    places = (known.get(address, -1) for address in addresses)
    return [place if place < 0 else int(board.same[place]) for place in places]


def _told(frame: pd.DataFrame, place: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """What a file hides, and the values that it shows, by address."""
    hidden, told = np.zeros(size, bool), np.full(size, np.nan)
    told[place] = frame["value"].to_numpy(float)
    hidden[place[(frame["value"].isna() & (frame["flag"] == "c")).to_numpy()]] = True
    return hidden, told


def _state(frame: pd.DataFrame, place: np.ndarray, size: int, policy: Policy, today: np.ndarray | None = None) -> State:
    """What a frame says at every address; where one count has several names, a shown figure tells most, and of those today's."""
    value = np.full(size, np.nan)
    said = np.where(frame["value"].notna(), SHOWN, np.where(frame["flag"] == "c", HIDDEN, MISSING))
    state = np.full(size, ABSENT)
    for kind in (MISSING, HIDDEN, SHOWN):
        state[place[said == kind]] = kind
    shown = said == SHOWN
    told, at = frame["value"].to_numpy(float)[shown], place[shown]
    value[at] = told
    if today is not None:
        now = told == today[at]
        value[at[now]] = told[now]
    return State(value, state, np.ones(size, bool), policy)


def _compared(state: State, figures: pd.DataFrame, place: np.ndarray, today: State, digest: Digest | None) -> State:
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


def look_alikes(board: Board, shown: np.ndarray) -> np.ndarray:
    """Cells that a reader would take for a hidden one. shown: value by address, missing where hidden."""
    return taken_for_one(board.addresses, board.same, board.today.state == SHOWN, shown, board.same_by_definition)


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
    """Counts of today that the policy hides by themselves."""
    found: np.ndarray = hidden_by_itself(today.value, policy) & (today.state == SHOWN)
    return found


def hidden_by_itself(value: np.ndarray, policy: Policy) -> np.ndarray:
    """Which counts the policy hides whatever stands around them."""
    size = np.abs(np.nan_to_num(value))
    small: np.ndarray = ((size > 0) & (size < policy.hide_below)) | ((size == 0) & policy.hide_zeros)
    return small


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
