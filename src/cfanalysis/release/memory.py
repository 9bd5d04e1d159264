"""What earlier editions have published: which counts a reader holds already, which were hidden, and what ties them together.

Last month's page lies beside this month's. A count that has not changed since is the same cell on both; a revised one is another cell.
A memory holds true counts, as the store of editions does, and lies beside it: never among the outputs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cfanalysis.release.ground import Address
from cfanalysis.release.system import Equation, System

SHOWN, HIDDEN, UNPUBLISHED = "shown", "hidden", "unpublished"

Key = tuple[Address | None, float]
"""What a count is of, and its value: the same in two editions where nothing was revised."""


@dataclass
class Memory:
    """Counts that readers of earlier pages know or do not know, each once, with their equations."""

    keys: list[Key] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    _place: dict[Key, int] = field(default_factory=dict)
    _seen: set[tuple[tuple[int, float], ...]] = field(default_factory=set)

    @classmethod
    def of(cls, written: Iterable[str]) -> Memory:
        """From what ``remembered`` wrote, the earliest first."""
        memory = cls()
        for each in written:
            memory._add(json.loads(each))
        return memory

    def _add(self, held: Mapping[str, Any]) -> None:
        places = [self._cell(address, value, state) for address, value, state in held["cells"]]
        for cells, weights in held["equations"]:
            at = [places[cell] for cell in cells]
            seen = tuple(sorted(zip(at, weights, strict=True)))
            if seen not in self._seen:
                self._seen.add(seen)
                self.equations.append(Equation(tuple(at), tuple(weights)))

    def _cell(self, address: Sequence[Any] | None, value: float, state: str) -> int:
        key: Key = (None if address is None else _address(address), float(value))
        place = self._place.get(key) if key[0] else None
        if place is None:
            place = len(self.keys)
            self.keys.append(key)
            self.states.append(state)
            if key[0]:
                self._place[key] = place
        elif SHOWN in (state, self.states[place]):  # whoever has seen it once knows it
            self.states[place] = SHOWN
        elif state == HIDDEN:
            self.states[place] = HIDDEN
        return place

    def join(self, system: System, addresses: Mapping[int, Address], *, known: bool = True) -> dict[int, tuple[str, float]]:
        """Put the memory into a system whose cells are of these addresses; gives state and value of every cell that readers have met.

        ``known`` False leaves out the value of what was hidden, as a reader must: then only counts that are shown now are recognised.
        """
        here: dict[Key, int] = {}
        for cell, address in addresses.items():
            here.setdefault((address, system.numbers[cell]), cell)
        used = {place for equation in self.equations for place in equation.cells}
        cells: dict[int, int] = {}
        for place, (key, state) in enumerate(zip(self.keys, self.states, strict=True)):
            if key[0] and key in here:
                cells[place] = here[key]
            elif place in used:
                cells[place] = system.add_cell(key[1] if known or state == SHOWN else np.nan, published=state != UNPUBLISHED)
        for equation in self.equations:
            system.equations.append(Equation(tuple(cells[place] for place in equation.cells), equation.coefficients))
        return {cell: (self.states[place], self.keys[place][1]) for place, cell in cells.items() if self.states[place] != UNPUBLISHED}


def remembered(system: System, hidden: np.ndarray, addresses: Mapping[int, Address]) -> str:
    """What a publication leaves for the editions after it: every count of something known, and whatever ties a hidden one to others."""
    unknown = hidden | ~np.array(system.published, dtype=bool)
    kept = [equation for equation in system.equations if unknown[list(equation.cells)].any()]
    wanted = sorted({cell for equation in kept for cell in equation.cells} | {cell for cell in addresses if system.published[cell]})
    place = {cell: number for number, cell in enumerate(wanted)}
    states = [UNPUBLISHED if not system.published[cell] else HIDDEN if hidden[cell] else SHOWN for cell in wanted]
    cells = [[addresses.get(cell), system.numbers[cell], state] for cell, state in zip(wanted, states, strict=True)]
    equations = [[[place[cell] for cell in equation.cells], list(equation.coefficients)] for equation in kept]
    return json.dumps({"cells": cells, "equations": equations}, separators=(",", ":"))


def _address(written: Sequence[Any]) -> Address:
    name, what, first, last, mean = written
    return str(name), str(what), int(first), int(last), bool(mean)
