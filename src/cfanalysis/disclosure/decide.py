"""One decision for the whole base of an authority's edition: which figures are shown.

The steps: one cell for one count (cells.py), what earlier files have told (history.py), small counts, then whatever it takes to protect
them (withhold.py). Nothing is refused: what cannot be hidden any more is shown, and new figures give way to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.disclosure.cells import Board, find_cells, hidden_by_itself, look_alikes, set_out
from cfanalysis.disclosure.closing import closed_before, too_narrow
from cfanalysis.disclosure.history import SHOWN, History, follow
from cfanalysis.disclosure.structure import ADDRESS, Address, Digest, Earlier, Structure
from cfanalysis.disclosure.system import build_system
from cfanalysis.disclosure.withhold import withhold
from cfanalysis.foundation.policy import Policy

SMALL, GUARD, WITHHELD = "small", "guard", "withheld"
"""Why a cell is hidden: its own count; to protect another; because what was shown before left nothing else."""

MOST_LOOKS = 4
"""How often what is shown is searched for series that look the same, each time hiding what would be taken for a hidden cell."""


@dataclass(frozen=True)
class Decision:
    """figures: the base as it is shown, in its order: address, value (missing where hidden), flag, digest ("" where shown).

    roles: why each figure is hidden ("" where it is not), private. exposed: addresses whose count follows from figures that can no
    longer be hidden, private.
    """

    figures: pd.DataFrame
    roles: pd.Series
    exposed: pd.DataFrame

    @property
    def withheld(self) -> int:
        """How many figures are hidden, those that are small themselves included."""
        return int((self.roles != "").sum())


def decide(
    base: pd.DataFrame,
    structure: Structure,
    policy: Policy,
    earlier: Sequence[Earlier] = (),
    digest: Digest | None = None,
    *,
    around: Mapping[Address, int] | None = None,
    by_value: bool = False,
) -> Decision:
    """What of the base (address, value, flag, priority) may be shown, with all earlier release files of the authority in mind.

    digest: of an address and a true value, keyed with the private store's secret; without it a hidden figure counts as unchanged.
    around: addresses that the audit found too narrow, and how many equations away from them everything new is withheld. by_value: two
    names that agree by now are two counts where an earlier file showed them apart, so that what is new of one can be withheld.
    """
    if not policy.hides or base.empty:
        return _written(base, np.zeros(len(base), bool), np.full(len(base), ""), np.zeros(len(base), bool), policy, digest)
    board = set_out(base, structure, policy, earlier, digest, by_value=by_value)
    closed, also = closed_before(board), np.zeros(len(board.small), bool)
    if around:
        also = _around(board, around, _followed(board, closed, also, policy)[0], policy)
    for _ in range(MOST_LOOKS):
        history, lowest, closed = _followed(board, closed, also, policy)
        known = history.fixed | board.given
        stays = (history.stays | also | (closed & ~known)) & ~board.small
        system = build_system(board, history, stays, lowest, policy)
        found = withhold(system.matrix, system.cells)
        hidden, late = (system.of_addresses(mask) for mask in (found.hidden, found.late))
        hidden |= board.small | stays
        more = _taken_for_hidden(board, hidden, policy) & system.of_addresses(np.ones(len(found.hidden), bool))
        more |= hidden & history.revised & ~stays & ~board.small  # a reader sees that these have changed, and looks at the rest anew
        if not more.any():
            break
        also |= hidden | more
    exposed = system.concerned(found.exposed, history)
    role = np.select([~hidden, board.small, late], ["", SMALL, WITHHELD], GUARD)
    mine = board.cell_of_row
    there = board.today.state[mine] == SHOWN
    return _written(base, hidden[mine] & there, np.where(there, role[mine], ""), exposed[mine] & there, policy, digest)


def show_nothing_new(
    base: pd.DataFrame, structure: Structure, policy: Policy, earlier: Sequence[Earlier], digest: Digest | None = None
) -> Decision:
    """The base with every figure hidden, but for those that an earlier file shows as they are, or the Department has published.

    It tells a reader nothing that he does not know: the last resort where no other way is found. What the policy hides by itself stays
    hidden, whatever other rules an earlier file was made under.
    """
    told: dict[Address, float] = {}
    for each in earlier:
        shown = each.figures[each.figures["value"].notna()]
        told.update(zip(shown[ADDRESS].itertuples(index=False, name=None), shown["value"], strict=True))
    told.update(structure.published)
    value = _rounded(base["value"].to_numpy(float), policy)
    known = np.array([told.get(address, np.nan) for address in base[ADDRESS].itertuples(index=False, name=None)], float)
    small = hidden_by_itself(base["value"].to_numpy(float), policy)
    hidden = ~np.isnan(value) & ((value != known) | small)
    return _written(base, hidden, np.select([~hidden, small], ["", SMALL], WITHHELD), np.zeros(len(base), bool), policy, digest)


def _followed(board: Board, closed: np.ndarray, also: np.ndarray, policy: Policy) -> tuple[History, np.ndarray, np.ndarray]:
    """What earlier files have told, what each hidden cell is at least, and the cells of lists that have to be closed.

    also: what has to be hidden today beside small counts.
    """
    while True:
        lowest = np.where(closed, 0.0, float(policy.smallest_hidden))
        history = follow(board.equations, board.exact, board.earlier, board.today, board.small | also, lowest)
        known = history.fixed | board.given
        narrow = too_narrow(board, known, board.small | history.stays, policy) & ~known & (board.today.state == SHOWN) & ~closed
        if not narrow.any():
            return history, lowest, closed
        closed = closed | narrow


def _around(board: Board, around: Mapping[Address, int], history: History, policy: Policy) -> np.ndarray:
    """What is new and stands in an equation with any of these addresses, or so many equations away."""
    found, size = np.zeros(len(board.small), bool), abs(board.equations.matrix)
    steps_of = np.full(len(board.small), -1)
    for place, steps in zip(find_cells(board, around), around.values(), strict=True):
        if place >= 0:
            steps_of[place] = max(steps_of[place], steps)
    for steps in np.unique(steps_of[steps_of >= 0]):
        near = (steps_of == steps).astype(float)
        for _ in range(steps):
            near = np.minimum(near + size.T @ np.minimum(size @ near, 1.0), 1.0)
        found |= near > 0
    new = (board.today.state == SHOWN) & ~history.fixed & ~board.given
    return found & new & (np.nan_to_num(board.today.value) >= policy.smallest_hidden)


def _taken_for_hidden(board: Board, hidden: np.ndarray, policy: Policy) -> np.ndarray:
    """Shown cells that a reader would take for hidden ones, because their series look the same."""
    if policy.round_to > 1:  # that rounded figures agree does not say that the counts do
        return np.zeros(len(hidden), bool)
    return look_alikes(board, np.where(hidden, np.nan, board.today.value)) & ~hidden


def _rounded(value: np.ndarray, policy: Policy) -> np.ndarray:
    return np.round(value / policy.round_to) * policy.round_to if policy.round_to > 1 else value


def _written(
    base: pd.DataFrame, hidden: np.ndarray, role: np.ndarray, exposed: np.ndarray, policy: Policy, digest: Digest | None
) -> Decision:
    """The figures as a release file holds them."""
    figures = base[[*ADDRESS, "value", "flag"]].reset_index(drop=True)
    value = figures["value"].to_numpy(float, copy=True)
    told = np.full(len(figures), "", dtype=object)
    if digest is not None:
        addresses = figures.loc[hidden, ADDRESS].itertuples(index=False, name=None)
        for place, address in zip(np.flatnonzero(hidden), addresses, strict=True):
            told[place] = digest(address, value[place])
    value = _rounded(value, policy)
    value[hidden] = np.nan
    flag = np.where(hidden, "c", figures["flag"].fillna("").to_numpy(dtype=object))
    figures = figures.assign(value=value, flag=flag, digest=told)
    return Decision(figures, pd.Series(role, index=figures.index), figures.loc[exposed, ADDRESS])
