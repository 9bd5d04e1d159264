"""What was read, and what to make of it: shows itself whole, and part by part."""

from __future__ import annotations

from cfanalysis import figures
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures.outputs import Outputs
from cfanalysis.words import sentences as words
from cfanalysis.workbook.desk import Desk, one

ORDER = ("files", "coverage", "problems", "rules", "changes", "since_last_edition", "sums")
"""The parts after the headlines, as they are read."""


class Quality(Outputs):
    """Files, coverage, problems, rules, changes, changes since the last edition, and sums."""

    @property
    def headlines(self) -> Outputs:
        """What to make of the files."""
        return self._part(0, *self.tables)

    @property
    def files(self) -> Outputs:
        """The files that were read."""
        return self._table("files")

    @property
    def coverage(self) -> Outputs:
        """Which months they cover."""
        return self._table("coverage")

    @property
    def problems(self) -> Outputs:
        """What was dropped or put right."""
        return self._table("problems")

    @property
    def rules(self) -> Outputs:
        """Dates in an order that cannot be, and the like."""
        return self._table("rules")

    @property
    def changes(self) -> Outputs:
        """What later extracts added, removed and changed."""
        return self._table("changes")

    @property
    def since_last_edition(self) -> Outputs:
        """What has changed since the edition before this one."""
        return self._table("since_last_edition")

    @property
    def sums(self) -> Outputs:
        """Whether the sums agree with what is published."""
        return self._table("sums")

    def _table(self, name: str) -> Outputs:
        place = ORDER.index(name)
        return self._part(place + 1, self.tables[place])

    def _part(self, place: int, *tables: ReleasedTable) -> Outputs:
        return one(self.parts[place], *tables)


def read_quality(desk: Desk) -> Quality:
    """The data quality of one authority's files, released."""
    tables = {name: desk.shown(table) for name, table in desk.workbook.quality().items()}
    said = figures.headlines(words.quality(tables))
    tables["since_last_edition"] = desk.shown(desk.workbook.since_last_edition())
    ordered = tuple(tables[name] for name in ORDER)
    return Quality((said, *map(figures.show, ordered)), ordered)
