"""Counts as cells of one linear system: what an attacker can write down about them.

A cell is one count of one table, or a count that is not published but can be worked out from those that are
(the difference of two cumulative totals, what a total holds beyond its parts). An equation says that some cells, with
coefficients, add up to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np


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

    values: list[float] = field(default_factory=list)
    published: list[bool] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)

    def add_cell(self, value: float, *, published: bool = True) -> int:
        self.values.append(float(value))
        self.published.append(published)
        return len(self.values) - 1

    def add_sum(self, total: int, parts: Sequence[int]) -> None:
        """Say that parts add up to total; what is left over becomes a cell of its own that nobody publishes."""
        rest = self.values[total] - sum(self.values[part] for part in parts)
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
        value = sum(weight * self.values[cell] for cell, weight in zip(cells, coefficients, strict=True))
        sign = -1.0 if value < 0 else 1.0
        implied = self.add_cell(abs(value), published=False)
        self.equations.append(Equation((*cells, implied), (*[sign * weight for weight in coefficients], -1.0)))
        return implied

    def blocks(self) -> list[tuple[np.ndarray, list[Equation]]]:
        """The system cut into parts that share no equation; cells in no equation are left out."""
        parent = list(range(len(self.values)))

        def root(cell: int) -> int:
            while parent[cell] != cell:
                parent[cell] = parent[parent[cell]]
                cell = parent[cell]
            return cell

        for equation in self.equations:
            first = root(equation.cells[0])
            for cell in equation.cells[1:]:
                parent[root(cell)] = first
        grouped: dict[int, tuple[set[int], list[Equation]]] = {}
        for equation in self.equations:
            cells, equations = grouped.setdefault(root(equation.cells[0]), (set(), []))
            cells.update(equation.cells)
            equations.append(equation)
        return [(np.array(sorted(cells)), equations) for cells, equations in grouped.values()]


def matrix(equations: Sequence[Equation], cells: np.ndarray) -> np.ndarray:
    """The equations as rows over the cells given, in their order."""
    place = {int(cell): column for column, cell in enumerate(cells)}
    rows = np.zeros((len(equations), len(cells)))
    for row, equation in enumerate(equations):
        for cell, coefficient in zip(equation.cells, equation.coefficients, strict=True):
            if cell in place:
                rows[row, place[cell]] += coefficient
    return rows
