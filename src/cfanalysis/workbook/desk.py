"""Where every table of a book is shown. Nothing else in this room shows anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cfanalysis import figures
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.figures.output import Output
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.table import ALL, Table
from cfanalysis.questions.answers import Workbook


@dataclass(frozen=True)
class Desk:
    """One authority's workbook, how its tables are shown, and how many months of each measure have been judged before a reader."""

    workbook: Workbook
    judged: dict[tuple[str, str], int] = field(default_factory=dict, repr=False, compare=False)

    def judge(self, indicator: str, breakdown: str = ALL, *, newest: int | None = None) -> None:
        """Take down that the judged months of a measure are shown: all of them, or the newest so many."""
        found = self.workbook.unusual(indicator, breakdown)["z"].notna()
        months = int((found if newest is None else found.tail(newest)).sum())
        self.judged[indicator, breakdown] = max(months, self.judged.get((indicator, breakdown), 0))

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
