"""What the attacker has written down as unknowns and rows, and the programmes that bound them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cfanalysis.disclosure.audit.sheet import CLOSE, Address
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy

NO_END = "the proof of this release did not come to an end; nothing of it may be passed on"


@dataclass(frozen=True)
class Row:
    """Hidden figures, their weights, and what they come to at the least and at the most."""

    unknowns: tuple[int, ...]
    weights: tuple[float, ...]
    least: float
    most: float
    file: float


@dataclass
class Picture:
    """What the attacker has written down: rows, and unknowns by address, policy, lowest value, whether it is a rest, and the
    file that hid it first.

    revised: the value that an unknown had where it was shown before; it has another now, or it would be shown still.
    ties: rows that take an unknown for what a later file shows of it.
    """

    names: list[Address] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    lowest: list[float] = field(default_factory=list)
    rests: list[bool] = field(default_factory=list)
    born: list[int] = field(default_factory=list)
    revised: dict[int, float] = field(default_factory=dict)
    ties: dict[int, tuple[object, ...]] = field(default_factory=dict)
    rows: dict[tuple[object, ...], Row] = field(default_factory=dict)


@dataclass
class System:
    """The attacker's rows as matrices: at least and at most, what each unknown is at least, and which hang together."""

    matrix: Any
    least: np.ndarray
    most: np.ndarray
    lowest: np.ndarray
    file: np.ndarray
    part: np.ndarray
    kept: np.ndarray
    """Which rows of the picture have not been struck out."""

    @classmethod
    def of(cls, picture: Picture) -> System:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        rows = list(picture.rows.values())
        at = np.repeat(np.arange(len(rows)), [len(row.unknowns) for row in rows])
        cells = np.array([place for row in rows for place in row.unknowns], int)
        weights = np.array([weight for row in rows for weight in row.weights], float)
        count = len(picture.names)
        matrix = coo_array((weights, (at, cells)), shape=(len(rows), count)).tocsr()
        graph = coo_array((np.ones(len(at)), (at, cells + len(rows))), shape=(len(rows) + count,) * 2)
        part = connected_components(graph, directed=False)[1]
        least, most, file = (np.array([getattr(row, name) for row in rows], float) for name in ("least", "most", "file"))
        return cls(matrix, least, most, np.array(picture.lowest), file, part[len(rows) :], np.arange(len(rows)))

    def start(self) -> np.ndarray:
        """A table that fits; what contradicts, oldest files first, is struck out."""
        from scipy.optimize import linprog
        from scipy.sparse import eye_array, hstack, vstack

        count, size = self.matrix.shape
        miss = eye_array(count, format="csr")
        over = np.isfinite(self.most)
        upper = vstack([hstack([self.matrix, -miss])[np.flatnonzero(over)], hstack([-self.matrix, -miss])]).tocsr()
        cost = np.concatenate([np.zeros(size), 1.0 + self.file])
        bounds = np.column_stack([np.concatenate([self.lowest, np.zeros(count)]), np.full(size + count, np.inf)])
        found = linprog(cost, A_ub=upper, b_ub=np.concatenate([self.most[over], -self.least]), bounds=bounds, method="highs")
        if found.status != 0:
            raise ReleaseError(NO_END)
        kept = np.flatnonzero(self._with_doubtful_ties(found.x[size:] > CLOSE) == 0)
        self.matrix, self.least, self.most, self.file = self.matrix[kept], self.least[kept], self.most[kept], self.file[kept]
        self.kept = self.kept[kept]
        return np.asarray(found.x[:size], float)

    def _with_doubtful_ties(self, struck: np.ndarray) -> np.ndarray:
        """What is struck out, and the ties that stand in a sum with one that is: any of them may be the one that does not hold.

        But for those that another sum confirms, in which every figure is tied and nothing is struck out.
        """
        tie, member = self.file < 0, (self.matrix != 0).astype(float)
        if not (struck & tie).any():
            return struck
        wrong, tied = (member[np.flatnonzero(rows)].sum(axis=0) > 0 for rows in (struck & tie, tie & ~struck))
        sums = ~tie & ~struck
        doubtful = sums & (member @ wrong.astype(float) > 0)
        sure = sums & ~doubtful & (member @ (~tied).astype(float) == 0)
        in_doubt, confirmed = (member[np.flatnonzero(rows)].sum(axis=0) > 0 for rows in (doubtful, sure))
        found: np.ndarray = struck | (tie & (member @ (in_doubt & ~confirmed).astype(float) > 0))
        return found

    def solve(self, aim: np.ndarray, top: np.ndarray) -> np.ndarray | None:
        """The table in which the aim is least; None where the programme does not come to an end."""
        found, _ = self._programme(aim, top, np.arange(len(self.least)), np.arange(len(self.lowest)))
        return np.asarray(found.x, float) if found.status == 0 else None

    def extreme(self, place: int, sign: float) -> Extreme | None:
        """The table in which one unknown is lowest (1) or highest (-1)."""
        cells = np.flatnonzero(self.part == self.part[place])
        rows = np.unique(self.matrix[:, cells].tocoo().coords[0])
        found, asked = self._programme(np.where(cells == place, sign, 0.0), np.full(len(cells), 1e5), rows, cells)
        if found.status != 0:
            return None
        price = np.concatenate([found.ineqlin.marginals, found.eqlin.marginals])
        holding = self.matrix[asked[np.abs(price) > CLOSE]].tocoo().coords[1]
        return Extreme(cells, np.asarray(found.x, float), frozenset(map(int, holding)))

    def _programme(self, aim: np.ndarray, top: np.ndarray, rows: np.ndarray, cells: np.ndarray) -> tuple[Any, np.ndarray]:
        """The least aim among some unknowns, and the rows in the order in which they were asked."""
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        held = self.matrix[rows][:, cells]
        exact = self.least[rows] == self.most[rows]
        over = np.flatnonzero(~exact & np.isfinite(self.most[rows]))
        under, equal = np.flatnonzero(~exact), np.flatnonzero(exact)
        upper = vstack([held[over], -held[under]]).tocsr()
        right = np.concatenate([self.most[rows][over], -self.least[rows][under]])
        found = linprog(
            aim, A_ub=upper, b_ub=right, A_eq=held[equal], b_eq=self.least[rows][equal],
            bounds=np.column_stack([self.lowest[cells], np.maximum(top, self.lowest[cells])]), method="highs",
        )  # fmt: skip
        return found, rows[np.concatenate([over, under, equal])]


@dataclass(frozen=True)
class Extreme:
    """The unknowns that hang together with one, their values in a table in which it is lowest or highest, and those in the rows
    that hold it there."""

    cells: np.ndarray
    values: np.ndarray
    holding: frozenset[int]


def wide(picture: Picture, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether a reader is left with the policy's whole range, or with the width of a guard."""
    low, high = np.ceil(low - CLOSE), np.floor(high + CLOSE)
    top = np.array([policy.largest_hidden for policy in picture.policies], float)
    bottom = np.array([policy.smallest_hidden for policy in picture.policies], float)
    width = np.array([policy.min_width for policy in picture.policies], float)
    rests = np.array(picture.rests, bool)
    enough: np.ndarray = ((low <= bottom) & (high >= top)) | (high - low >= width) | (rests & ((low < 1) | (high > top)))
    return enough


def bound(system: System, place: int, seen: list[np.ndarray]) -> list[Extreme | None]:
    """Widen what has been seen by the tables in which one unknown is lowest and highest."""
    found = [system.extreme(place, sign) for sign in (1.0, -1.0)]
    for each in found:
        if each is not None:
            seen[0][each.cells] = np.minimum(seen[0][each.cells], each.values)
            seen[1][each.cells] = np.maximum(seen[1][each.cells], each.values)
    return found
