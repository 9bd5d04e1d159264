"""Where the counts of a publication lie: cells by what they are of, tied to the months they add up and to the stocks they move."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cfanalysis.release.ground import FIGURE, Address, Ground, Name
from cfanalysis.release.policy import Policy
from cfanalysis.release.suppress import sensitive
from cfanalysis.release.system import System

NOTHING = 1e-6
"""Rounding noise of a sum, far below one child."""


@dataclass
class Places:
    """The cells of one system by address. Months that no table shows become cells that nobody publishes."""

    system: System
    ground: Ground = field(default_factory=Ground)
    cells: dict[Address, list[int]] = field(default_factory=dict)

    def cell(self, address: Address | None, value: float) -> int:
        """The cell of a count: the one that is of the same and has the same value, else a new one.

        Of a count that one table shows and another hides there are two cells, which are equal; a revised count is another cell.
        """
        if address is None:
            return self.system.add_cell(value)
        before = self.cells.setdefault(address, [])
        numbers = self.system.numbers
        same = next((cell for cell in before if numbers[cell] == value or (np.isnan(numbers[cell]) and np.isnan(value))), None)
        if same is None:
            same = self.system.add_cell(value)
            unknown = next((cell for cell in before if np.isnan(numbers[cell]) or np.isnan(value)), None)
            if unknown is not None:
                self.system.add_relation((unknown, same), (1.0, -1.0))
            before.append(same)
        return same

    def addresses(self) -> dict[int, Address]:
        """What each cell is of."""
        return {cell: address for address, cells in self.cells.items() for cell in cells}

    def tie(self, policy: Policy) -> None:
        """Add the equations between sums and their months, and between stocks and what moves them."""
        for address in [*self.cells]:
            name, what, first, last, mean = address
            if last > first:
                for cell in self.cells[address][:1]:
                    self._sum((name, what), range(first, last + 1), cell, mean)
        for names, months in self.ground.stocks.items():
            stock, started, ended = (self.ground.alias.get((name, FIGURE), (name, FIGURE)) for name in names)
            self._moves(stock, started, ended, months, policy)

    def _month(self, name: Name, month: int) -> int | None:
        """The cell of one month: shown by a table, else known to the ground, else to nobody."""
        address = (*name, month, month, False)
        if address not in self.cells:
            value = self.ground.value(name, month)
            if np.isnan(value) and self.ground.series:
                return None
            self.cells[address] = [self.system.add_cell(value, published=False)]
        return self.cells[address][0]

    def _sum(self, name: Name, months: range, total: int, mean: bool) -> None:
        parts = [part for month in months if (part := self._month(name, month)) is not None]
        if mean:  # a mean is as good as the sum, and the sum is what may be small
            for cell in self.cells[*name, months[0], months[-1], True]:
                self.system.numbers[cell] *= len(parts)
        rest = self.system.numbers[total] - sum(self.system.numbers[part] for part in parts)
        if parts and (np.isnan(rest) or abs(rest) < NOTHING):
            self.system.add_relation((total, *parts), (1.0, *[-1.0] * len(parts)))

    def _moves(self, stock: Name, started: Name, ended: Name, months: frozenset[int], policy: Policy) -> None:
        """Open now is open before, and what started, less what ended, where the tables speak of all four.

        Where nobody sees either flow a reader has no more than the change of the stock, which is no count of anybody.
        """
        for month in sorted(months):
            flows = [(name, month) for name in (started, ended)]
            if not any((*name, at, at, False) in self.cells for name, at in flows):
                continue
            cells = [self._month(name, at) for name, at in ((stock, month), (stock, month - 1), *flows)]
            known = [cell for cell in cells if cell is not None]
            seen = np.array([self.system.numbers[cell] if self.system.published[cell] else np.nan for cell in known[2:]])
            if len(known) == len(cells) and not (np.isnan(seen) | sensitive(seen, policy)).all():
                self.system.add_relation(known, (1.0, -1.0, -1.0, 1.0))
