"""Which file gives a figure away: a file that shows nothing new cannot be to blame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from cfanalysis.disclosure.audit.ledger import Change, Files, Known, write_down
from cfanalysis.disclosure.audit.sheet import CLOSE, KEY, Address, said_of
from cfanalysis.disclosure.audit.system import Picture, System, bound, wide
from cfanalysis.foundation.errors import ReleaseError

Unknown = tuple[int, Address, bool]
"""The file that hid a figure first, its address, and whether it is what is left of a denominator."""


class TooNarrowError(ReleaseError):
    """A hidden figure that can be worked out too closely: ``address`` says which, ``born`` the file that hid it first.

    ``found``: the addresses of all that were found with it.
    """

    def __init__(self, address: Address, low: float, high: float, *, born: int = 0, rest: bool = False) -> None:
        self.address, self.born, self.rest = address, born, rest
        self.found: tuple[Address, ...] = (address,)
        what = "what is left of it" if rest else "a hidden figure"
        super().__init__(
            f"{said_of(address)}: {what} can be worked out to lie between {np.ceil(low - CLOSE):g} and {np.floor(high + CLOSE):g}; "
            "this release must not be passed on"
        )


@dataclass
class Trial:
    """Which file is to blame for a figure that is too narrow. ``cleared``: those that no file on trial gives away."""

    files: Files
    known: Known
    since: int
    changed: frozenset[Change] = frozenset()
    cleared: set[Unknown] = field(default_factory=set)

    def judge(self, narrow: Sequence[TooNarrowError]) -> None:
        """Raises the first that one of the files on trial gives away."""
        left = {(each.born, each.address, each.rest): each for each in narrow}
        for number in range(self.since, len(self.files)):
            held = {key for key in left if key[0] <= number} - self.cleared
            if not held:
                continue
            cleared = self._narrow_in(bare(self.files, number, self.known), held)
            guilty = held - cleared
            if number + 1 < len(self.files):
                guilty &= self._narrow_in(self.files[: number + 1], guilty)
            if guilty:
                first, *more = (each for key, each in left.items() if key in guilty)
                first.found = (first.address, *(each.address for each in more))
                raise first
            self.cleared |= cleared

    def _narrow_in(self, files: Files, asked: Collection[Unknown]) -> set[Unknown]:
        """Which of some unknowns are too narrow by these files."""
        if not asked:
            return set()
        picture = write_down(files, self.known, self.changed)
        system = System.of(picture)
        start = system.start()
        seen = [start.copy(), start.copy()]
        places = {key: at for at, key in enumerate(keys_of(picture)) if key in asked}
        for place in places.values():
            bound(system, place, seen)
        enough = wide(picture, *seen)
        return {key for key, place in places.items() if not enough[place]}


def keys_of(picture: Picture) -> list[Unknown]:
    return list(zip(picture.born, picture.names, picture.rests, strict=True))


def bare(files: Files, number: int, known: Known) -> Files:
    """The files before one, and that one with everything hidden that nobody knew before it.

    What the files before show, and what the Department has published, stays shown.
    """
    frame, policy = files[number]
    held: dict[Address, float] = {}
    for before, _ in files[:number]:
        shown = before[before["value"].notna()]
        held.update(zip(shown[KEY].itertuples(index=False, name=None), shown["value"], strict=True))
    held.update(known.published)
    value = frame["value"].to_numpy(float)
    told = np.array([held.get(address, np.nan) for address in frame[KEY].itertuples(index=False, name=None)], float)
    new = ~np.isnan(value) & (value != told)
    hidden = frame.assign(value=np.where(new, np.nan, value), flag=np.where(new, "c", frame["flag"].fillna("")))
    return [*files[:number], (hidden, policy)]
