"""Where every table of a book is shown. Nothing else in this room shows anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cfanalysis import figures
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.figures.output import Output
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.table import Table
from cfanalysis.questions.answers import Workbook


@dataclass(frozen=True)
class Desk:
    """One authority's workbook, and how its tables are shown."""

    workbook: Workbook

    def shown(self, table: Table) -> ReleasedTable:
        """A table as the policy of the book lets it be seen."""
        return show_released(table, self.workbook.policy)

    def show(self, table: Table, draw: Callable[[ReleasedTable], Output] = figures.show) -> Outputs:
        """A table shown, and drawn or written out."""
        shown = self.shown(table)
        return one(draw(shown), shown)


def one(output: Output, *tables: ReleasedTable) -> Outputs:
    """One output with the released tables it was made from."""
    return Outputs((output,), tables)
