"""Problems of a census file in an analyst's words: the line and the element, where a list has a row and a column."""

from __future__ import annotations

from dataclasses import dataclass

from cfanalysis.foundation.errors import at
from cfanalysis.sources.annex_a.reading import MOST_USABLE, NOT_LOST
from cfanalysis.sources.cin_census.parsing import Census
from cfanalysis.sources.problems import ROWS_NAMED, Problem
from cfanalysis.sources.records import Records

_SHAPES = {
    "stray": ("stray_text", "text between elements", "elements only (passed over)"),
    "unknown": ("unknown_element", "an element that is not of the census", "the names of DfE's schema (passed over)"),
    "misplaced": ("misplaced_element", "an element where it does not belong", "it inside its own parent (passed over)"),
    "repeated": ("repeated_element", "a value that is given twice and differs", "one value (the first was taken)"),
    "nested": ("nested_element", "an element inside a value", "a value only (passed over)"),
}
_DROPS = ("misplaced", "nested")


@dataclass(frozen=True)
class LineProblem(Problem):
    """A problem whose ``row`` is a line of the file and whose ``column`` is an element."""

    def sentence(self) -> str:
        """The problem as an analyst reads it; for the terminal, never for a page."""
        found = f"found {self.found}, want {self.wanted}" if self.wanted else f"found {self.found}"
        message = f"element {self.column}: {found}" if self.column else found
        return at(f"{message}; {self._said()}", file=self.file, line=self.row)

    def _said(self) -> str:
        records = "1 record" if self.count == 1 else f"{self.count:,} records"
        done = {"dropped": f"{records} left out", "coerced": f"{records} changed", "kept": "kept as it is"}
        others = self.rows[1:ROWS_NAMED]
        more = self.count - len(others) - 1
        named = ", ".join(str(row) for row in others) + (f" and {more:,} more" if more > 0 else "")
        said = done.get(self.action, "nothing was read")
        return f"{said} (also line{'s' if len(others) > 1 else ''} {named})" if others else said


def as_lines(problem: Problem) -> LineProblem:
    """The same problem, of a file of lines."""
    return problem if isinstance(problem, LineProblem) else LineProblem(**vars(problem))


def shape_problems(census: Census) -> list[Problem]:
    """What was odd in the shape of the file: stray text, unknown, misplaced and repeated elements."""
    problems: list[Problem] = []
    for (what, name), (count, line) in census.odd.items():
        rule, found, wanted = _SHAPES[what]
        action = "dropped" if what in _DROPS else "kept"
        problems.append(
            LineProblem(census.file, "", line, name, found, wanted, action, rule, count, (line,))  # type: ignore[arg-type]
        )
    return problems


def half_lost(records: Records) -> list[Problem]:
    """A problem that stops the reading, where more than half of a kind of element cannot be used."""
    lost = sum(p.count for p in records.problems if p.action == "dropped" and p.rule not in NOT_LOST)
    if not records.rows_read or lost <= MOST_USABLE * records.rows_read:
        return []
    worst = max((p for p in records.problems if p.action == "dropped"), key=lambda p: p.count)
    found = f"{lost:,} of {records.rows_read:,} that cannot be used, most for: {worst.found}"
    wanted = f"{worst.wanted or 'usable records'}; is the year in the header right?"
    return [records.place.problem(worst.column, "mostly_unusable", found, wanted, "stopped")]
