"""Where every table of a book goes to release. Nothing else in this room releases anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cfanalysis import figures
from cfanalysis.figures.output import Output
from cfanalysis.figures.outputs import Outputs
from cfanalysis.release import Held, ReleasedTable, hold_publication, release, resume_publication
from cfanalysis.tables import Table
from cfanalysis.workbook import Workbook


@dataclass(frozen=True)
class Desk:
    """One authority's workbook and what its book has released so far.

    Books of one kernel know nothing of each other.
    """

    workbook: Workbook
    publication: Held = field(default_factory=hold_publication, repr=False)

    def shown(self, table: Table) -> ReleasedTable:
        """A table as the policy of the book lets it be seen."""
        resume_publication(self.publication)
        return release(table, self.workbook.policy)

    def show(self, table: Table, draw: Callable[[ReleasedTable], Output] = figures.show) -> Outputs:
        """A table released, and drawn or written out."""
        shown = self.shown(table)
        return one(draw(shown), shown)


def one(output: Output, *tables: ReleasedTable) -> Outputs:
    """One output with the released tables it was made from."""
    return Outputs((output,), tables)
