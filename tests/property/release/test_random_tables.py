"""Ten thousand random tables with margins: no hidden cell can be worked out. Small ones against brute force. Mutations are noticed."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cfanalysis.disclosure.own.bounds import cell_bounds
from cfanalysis.disclosure.own.suppress import sensitive, suppress, unsafe
from cfanalysis.disclosure.own.system import System
from cfanalysis.foundation.policy import policy

DFE = policy("dfe")
TABLES = 10_000


def add(system: System, counts: np.ndarray) -> list[int]:
    """A table of any number of dimensions with all its margins; returns the inner cells."""
    cells = np.empty(tuple(size + 1 for size in counts.shape), dtype=int)
    full = counts
    for axis in range(counts.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    for place, value in np.ndenumerate(full):
        cells[place] = system.add_cell(value)
    for axis in range(counts.ndim):
        lines = np.moveaxis(cells, axis, -1).reshape(-1, cells.shape[axis])
        for *parts, total in lines:
            system.add_sum(int(total), [int(part) for part in parts])
    return [int(cell) for cell in cells[tuple(slice(0, size) for size in counts.shape)].ravel()]


def recoverable(system: System, hidden: np.ndarray) -> np.ndarray:
    values = np.array(system.numbers)
    low, high = cell_bounds(system.rows(), values, hidden)
    return unsafe(low, high, sensitive(values, DFE), hidden, DFE)


def random_tables(count: int, seed: int, largest: int = 3) -> System:
    rng, system = np.random.default_rng(seed), System()
    for _ in range(count):
        shape = tuple(rng.integers(2, largest + 1, size=2))
        add(system, rng.poisson(rng.choice([0.3, 2.0, 6.0, 25.0], size=shape)))
    return system


@pytest.fixture(scope="module")
def many():
    system = random_tables(TABLES, seed=20240331)
    return system, suppress(system, DFE)


def test_ten_thousand_random_tables_leave_no_hidden_cell_recoverable(many):
    system, hidden = many
    values = np.array(system.numbers)
    assert hidden[sensitive(values, DFE)].all()
    assert not recoverable(system, hidden).any()
    assert hidden.mean() < 0.75  # and it is not safe by hiding everything


def test_a_guard_shown_again_is_noticed():
    """The mutation: suppression switched off for a few cells that were hidden only to protect others."""
    system = random_tables(200, seed=3)
    hidden = suppress(system, DFE)
    guards = np.flatnonzero(hidden & ~sensitive(np.array(system.numbers), DFE))
    weakened = hidden.copy()
    weakened[guards[::10]] = False
    assert recoverable(system, weakened).any()


def test_larger_tables():
    system = random_tables(100, seed=11, largest=7)
    assert not recoverable(system, suppress(system, DFE)).any()


def test_primary_suppression_alone_is_noticed():
    system = random_tables(200, seed=5)
    assert recoverable(system, sensitive(np.array(system.numbers), DFE)).any()


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2, 2), (3, 3, 2)])
def test_three_dimensions(shape):
    rng, system = np.random.default_rng(7), System()
    for _ in range(60):
        add(system, rng.poisson(rng.choice([1.0, 5.0, 20.0], size=shape)))
    assert not recoverable(system, suppress(system, DFE)).any()


def ranges(counts: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], tuple[int, int]]:
    """Every table of whole numbers with the same margins and the same shown cells, by trying them all."""
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    free = [tuple(place) for place in np.argwhere(hidden)]
    seen: dict[tuple[int, int], list[int]] = {place: [] for place in free}
    for values in itertools.product(*(range(min(rows[r], columns[c]) + 1) for r, c in free)):
        trial = counts.copy()
        for place, value in zip(free, values, strict=True):
            trial[place] = value
        if (trial.sum(axis=1) == rows).all() and (trial.sum(axis=0) == columns).all():
            for place, value in zip(free, values, strict=True):
                seen[place].append(value)
    return {place: (min(found), max(found)) for place, found in seen.items()}


@given(arrays(int, st.tuples(st.integers(2, 3), st.integers(2, 3)), elements=st.integers(0, 7)), st.integers(0, 511))
@settings(max_examples=60)
def test_bounds_are_those_of_brute_force(counts, chosen):
    """Margins shown, some inner cells hidden: linear programming finds what trying every table finds."""
    hidden = np.array([bool(chosen >> place & 1) for place in range(counts.size)]).reshape(counts.shape)
    if not hidden.any() or hidden.sum() > 6:
        return
    system = System()
    inner = add(system, counts)
    mask = np.zeros(len(system.numbers), dtype=bool)
    mask[inner] = hidden.ravel()
    low, high = cell_bounds(system.rows(), np.array(system.numbers), mask)
    for (row, column), (least, most) in ranges(counts, hidden).items():
        cell = inner[row * counts.shape[1] + column]
        assert (low[cell], high[cell]) == (least, most)


@given(arrays(int, st.tuples(st.integers(2, 5), st.integers(2, 4)), elements=st.integers(0, 30)))
@settings(max_examples=80)
def test_any_table_can_be_made_safe(counts):
    system = System()
    add(system, counts)
    hidden = suppress(system, DFE)
    assert not recoverable(system, hidden).any()
    assert hidden.any() == sensitive(np.array(system.numbers), DFE).any()
