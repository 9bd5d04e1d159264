"""What was promised, asked for and said, held against the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from cfanalysis import figures
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures.outputs import Outputs
from cfanalysis.words import sentences as words
from cfanalysis.workbook.desk import Desk, one

CLAIM = ["title", "who", "said_on", "direction", "window", "likelihood", "verdict"]
"""What a table of projections shows: who said what, and the verdict."""

WHERE = "Projections (the evidence is on the projections page)"


@dataclass(frozen=True)
class Register:
    """The registers that the parameters file names."""

    desk: Desk = field(repr=False)

    @cached_property
    def _judged(self) -> ReleasedTable:
        return self.desk.shown(self.desk.workbook.projections())

    def headlines(self) -> Outputs:
        """How many projections came to what, and a line for each, to begin a page with."""
        return one(figures.headlines(words.promises(self._judged)), self._judged)

    def promises(self) -> Outputs:
        """The same as a note."""
        return one(figures.note(words.promises(self._judged), title=WHERE), self._judged)

    def projections(self) -> Outputs:
        """Every projection with its verdict and the evidence."""
        title = "What was said, and how it turned out"
        said = figures.note(words.verdicts(self._judged), title=title)
        return Outputs((said, figures.show(self._judged, columns=CLAIM)), (self._judged,))

    def actions(self) -> Outputs:
        """What a panel asked for, the overdue first."""
        return self.desk.show(self.desk.workbook.actions())

    def commentary(self) -> Outputs:
        """What the authority says of its figures."""
        return self.desk.show(self.desk.workbook.commentary())
