"""Counts as cells of one linear system: what an attacker can write down about them.

A cell is one count of one table, or a count that is not published but can be worked out from those that are
(the difference of two cumulative totals, what a total holds beyond its parts). An equation says that some cells, with
coefficients, add up to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Equation:
    """Coefficients over cells whose sum is 0."""

    cells: tuple[int, ...]
    coefficients: tuple[float, ...]
    total: int | None = None
    """The cell that is the sum of the others, where there is one: the last to be hidden."""


@dataclass
class System:
    """Cells with their true values, and the equations between them."""

    numbers: list[float] = field(default_factory=list)
    published: list[bool] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)

    def add_cell(self, value: float, *, published: bool = True) -> int:
        self.numbers.append(float(value))
        self.published.append(published)
        return len(self.numbers) - 1

    def add_sum(self, total: int, parts: Sequence[int]) -> None:
        """Say that parts add up to total; what is left over becomes a cell of its own that nobody publishes."""
        rest = self.numbers[total] - sum(self.numbers[part] for part in parts)
        if rest < 0:  # the parts overlap: nothing follows from them
            return
        members, signs = [*parts, total], [1.0] * len(parts) + [-1.0]
        if rest > 0:
            members.append(self.add_cell(rest, published=False))
            signs.append(1.0)
        self.equations.append(Equation(tuple(members), tuple(signs), total))

    def add_relation(self, cells: Iterable[int], coefficients: Iterable[float]) -> None:
        """Say that cells weighted by coefficients add up to 0."""
        self.equations.append(Equation(tuple(cells), tuple(coefficients)))

    def add_implied(self, cells: Sequence[int], coefficients: Sequence[float]) -> int:
        """A count nobody publishes but which follows from published ones, such as a difference."""
        value = sum(weight * self.numbers[cell] for cell, weight in zip(cells, coefficients, strict=True))
        sign = -1.0 if value < 0 else 1.0
        implied = self.add_cell(abs(value), published=False)
        self.equations.append(Equation((*cells, implied), (*[sign * weight for weight in coefficients], -1.0)))
        return implied

    def rows(self) -> csr_array:
        """The equations as a sparse matrix, equations x cells."""
        from scipy.sparse import csr_array

        data = [weight for equation in self.equations for weight in equation.coefficients]
        column = [cell for equation in self.equations for cell in equation.cells]
        row = np.repeat(np.arange(len(self.equations)), [len(equation.cells) for equation in self.equations])
        return csr_array((data, (row, column)), shape=(len(self.equations), len(self.numbers)))

    def totals(self) -> np.ndarray:
        """Which cells are the sum of others."""
        found = np.zeros(len(self.numbers), dtype=bool)
        found[[equation.total for equation in self.equations if equation.total is not None]] = True
        return found


def linked(rows: csr_array) -> tuple[np.ndarray, np.ndarray]:
    """Which cells share an equation, directly or through others: a number for every cell's part, and for every equation's."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count, size = rows.shape
    cells = rows.tocoo()
    graph = coo_array((np.ones(len(cells.data)), (cells.coords[0], cells.coords[1] + count)), shape=(count + size, count + size))
    label = connected_components(graph, directed=False)[1]
    return label[count:], label[:count]
