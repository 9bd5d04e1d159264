"""The newest figures at a glance: a row for each measure with what matters and a small line chart; the whole tables lie under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, markup
from cfanalysis.figures.cells import Cells, column_text
from cfanalysis.figures.output import VERSION, Output, about, released_only, table_payload
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.months import month_label

NEWEST = ("number", "percent", "value")
"""What the newest figure is called in a table of numbers, of percentages, of rates and averages."""

BY_QUARTER = "by quarter"
"""What the name of a line ends with that is drawn by quarter."""

NAMES = ("Measure", "Newest", "Judgement", "Compared", "Then", "A year before", "Change on the year")
NUMERIC = (False, True, False, False, True, True, False)


@dataclass(frozen=True, repr=False)
class Brief(Output):
    """What matters of some tables of newest figures, in one; ``history`` has the months that the small charts are drawn from."""

    tables: tuple[ReleasedTable, ...]
    history: ReleasedTable
    title: str

    @property
    def released(self) -> ReleasedTable:
        """The first of the tables."""
        return self.tables[0]

    @property
    def shown(self) -> Cells:
        """The rows of all tables in turn, as text; the month stands above the newest figures where it is one for all."""
        months = {month for table in self.tables for month in table.frame["month"]}
        one = len(months) == 1 and not any("each" in table.frame for table in self.tables)
        names = (NAMES[0], month_label(*months), *NAMES[2:]) if one else NAMES
        return Cells(names, NUMERIC, tuple(row for table in self.tables for row in _rows(table, each=not one)))

    def payload(self) -> dict[str, Any]:
        shown = self.shown
        parts = [about(table) for table in (*self.tables, self.history)]
        told = parts[0] | {name: {key: value for part in parts for key, value in part[name].items()} for name in ("definitions",)}
        sources = dict.fromkeys(one for part in parts for one in part["source"].split("; ") if one)
        return {
            **told, "version": VERSION, "kind": "table", "title": self.title, "subtitle": "", "source": "; ".join(sources),
            "id": markup.identifier("brief", self.title, *map("\x1e".join, shown.rows)), "table": table_payload(shown),
            "lines": _lines(self.history, [row[0] for row in shown.rows]), "synthetic": any(part["synthetic"] for part in parts),
            "hidden": sum(part["hidden"] for part in parts[:-1]), "policy": _strictest(parts),
            "audit": parts[0]["audit"] | {"figures": [figure for part in parts for figure in part["audit"]["figures"]]},
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}: {len(self.shown.rows)} rows"

    __repr__ = __str__


def brief(tables: Sequence[ReleasedTable], history: ReleasedTable, *, title: str = "The newest figures") -> Brief:
    """The newest figures of some measures at a glance. The tables are those of ``latest``, ``history`` their months."""
    if not tables:
        raise ReleaseError("found no table of newest figures, want one at least")
    return Brief(tuple(map(released_only, tables)), released_only(history), title)


def _strictest(parts: Sequence[dict[str, Any]]) -> str:
    """The policy of the page: figures that are open already go with any."""
    return next((str(part["policy"]) for part in parts if part["policy"] != "open"), "open")


def _rows(table: ReleasedTable, *, each: bool) -> list[tuple[str, ...]]:
    frame, marks = table.frame, table.marks
    name = next(each for each in NEWEST if each in frame.columns)
    counted = name != "percent"
    after = ["%"] * len(frame) if name == "percent" else [""] * len(frame) if name == "number" else [f" {unit}" for unit in frame["unit"]]
    newest, then, before = (
        [_with(cell, unit) for cell, unit in zip(column_text(frame[column], marks[column], each=counted), after, strict=True)]
        for column in (name, "year_now", "year_before")
    )
    quarterly = list(frame["each"] == "quarter") if "each" in frame.columns else [False] * len(frame)
    if each:
        months = column_text(frame["month"], marks["month"])
        months = [f"quarter to {month}" if long else month for month, long in zip(months, quarterly, strict=True)]
        newest = [f"{cell}, {month}" for cell, month in zip(newest, months, strict=True)]
    severity = list(frame["severity"]) if "severity" in frame.columns else [""] * len(frame)
    return list(zip(frame["measure"], newest, severity, frame["compared"], then, before, frame["change"], strict=True))


def _with(cell: str, unit: str) -> str:
    return cell if not cell or cell.startswith("[") else f"{cell}{unit}"


def _lines(history: ReleasedTable, measures: Sequence[str]) -> list[dict[str, Any]]:
    """For each measure the figures of its small line chart, a gap where there is none, and what it shows in words."""
    frame = history.frame
    held = dict(iter(frame.groupby("series", sort=False))) if len(frame) else {}
    shown = [next((each for each in (name, f"{name} ({BY_QUARTER})") if each in held), None) for name in measures]
    return [{"values": [], "alt": ""} if name is None else _line(name, held[name]) for name in shown]


def _line(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    values = rows["observed"].to_numpy(dtype=float, na_value=np.nan)
    return {
        "values": [None if np.isnan(value) else round(float(value), 2) for value in values],
        "alt": alternative.in_brief(name, list(rows["month"]), list(values)),
    }
