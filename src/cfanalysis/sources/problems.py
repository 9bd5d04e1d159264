"""What was wrong in a file and what was done about it: one ``Problem`` per column and rule, counted, never silent.

A problem's ``found`` may hold a value from one child's record. It is for the analyst's own terminal. ``summary`` is what may go on
a page: counts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at

Action = Literal["dropped", "coerced", "kept", "stopped"]

ROWS_NAMED = 5
"""How many row numbers a message names before it says how many more there are."""

_DONE: dict[str, str] = {
    "dropped": "{rows} left out",
    "coerced": "{rows} changed",
    "kept": "kept as it is",
    "stopped": "nothing was read",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where, what was found, what is wanted, what was done, and how often.

    ``rows`` are the first few row numbers as Excel shows them, ``row`` is the first of them.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    found: str
    wanted: str
    action: Action
    rule: str
    count: int = 1
    rows: tuple[int, ...] = ()
    list: str = ""

    def sentence(self) -> str:
        """The problem as an analyst reads it. It may hold a child-level value: for the terminal, never for a page.

        >>> Problem("a.csv", "", 7, "Date of referral", "'31/02/2024'", "a date like 28/02/2024", "dropped", "impossible_date").sentence()
        "a.csv, row 7, column Date of referral: found '31/02/2024', want a date like 28/02/2024; 1 row left out"
        """
        message = f"found {self.found}, want {self.wanted}" if self.wanted else f"found {self.found}"
        return at(f"{message}; {self._done()}", file=self.file, sheet=self.sheet, row=self.row, column=self.column)

    def _done(self) -> str:
        rows = "1 row" if self.count == 1 else f"{self.count:,} rows"
        done = _DONE[self.action].format(rows=rows)
        others = self.rows[1:ROWS_NAMED]
        if not others:
            return done if self.count == 1 or "row" in done else f"{done} ({rows})"
        more = self.count - len(others) - 1
        named = ", ".join(str(row) for row in others) + (f" and {more:,} more" if more > 0 else "")
        return f"{done} (also row{'s' if len(others) > 1 else ''} {named})"


@dataclass(frozen=True)
class Place:
    """Where a table was read from: file, sheet, the list it is, and the number of every row as Excel shows it."""

    file: str
    sheet: str
    label: str
    rows: np.ndarray

    def problem(
        self, column: str, rule: str, found: str, wanted: str, action: Action, where: Sequence[bool] | np.ndarray | None = None
    ) -> Problem:
        """A problem of this table; ``where`` marks the rows it concerns (none: the table as a whole)."""
        marked = self.rows[np.asarray(where, dtype=bool)] if where is not None else np.array([], dtype=int)
        rows = tuple(int(row) for row in marked[:ROWS_NAMED])
        first = rows[0] if rows else None
        return Problem(self.file, self.sheet, first, column, found, wanted, action, rule, max(1, len(marked)), rows, self.label)


def summary(problems: Iterable[Problem]) -> pd.DataFrame:
    """What may be shown on a page: counts by list, column, rule and action; no value, no row, no file.

    >>> summary([Problem("a.csv", "", 7, "Date of referral", "'31/02/2024'", "a date", "dropped", "impossible_date", 3)]).to_dict("records")
    [{'list': '', 'column': 'Date of referral', 'rule': 'impossible_date', 'action': 'dropped', 'count': 3}]
    """
    columns = ["list", "column", "rule", "action"]
    frame = pd.DataFrame([{**{c: getattr(p, c) for c in columns}, "count": p.count} for p in problems], columns=[*columns, "count"])
    counts: pd.DataFrame = frame.groupby(columns, sort=True)["count"].sum().astype(int).reset_index()
    return counts


def stop_if_any(problems: Iterable[Problem]) -> None:
    """Raise SourceError with every problem that stops the reading, one a line."""
    stopped = [problem for problem in problems if problem.action == "stopped"]
    if stopped:
        raise SourceError("\n".join(problem.sentence() for problem in stopped))
