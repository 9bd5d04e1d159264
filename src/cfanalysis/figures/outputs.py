"""Several outputs that answer one question together, in the order they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures.output import VERSION, Output
from cfanalysis.foundation.errors import ReleaseError

SEVERAL = "several"


@dataclass(frozen=True, repr=False)
class Outputs(Output):
    """What one call shows: figures, tables and notes in order, and the released tables under them.

    One output alone is shown, and copied to a page, as if it stood by itself.

    >>> from cfanalysis.figures import note
    >>> both = Outputs((note("One."), note("Two.")))
    >>> len(both), both.payload()["kind"], Outputs((note("One."),)).payload()["kind"]
    (2, 'several', 'note')
    """

    parts: tuple[Output, ...]
    tables: tuple[ReleasedTable, ...] = ()

    @property
    def released(self) -> ReleasedTable:
        """The released table; of several the first (``tables`` has them all)."""
        if not self.tables:
            raise ReleaseError("nothing here comes from a table: these are words about the whole page")
        return self.tables[0]

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, place: int) -> Output:
        return self.parts[place]

    def html(self) -> str:
        return "".join(part.html() for part in self.parts)

    def payload(self) -> dict[str, Any]:
        if len(self.parts) == 1:
            return self.parts[0].payload()
        parts = [part.payload() for part in self.parts]
        return {"version": VERSION, "kind": SEVERAL, "parts": parts}

    def __str__(self) -> str:
        return "\n".join(str(part) for part in self.parts)

    __repr__ = __str__
