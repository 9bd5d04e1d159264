"""The newest figures at a glance, and under them the whole: numbers; percentages; rates and averages."""

from __future__ import annotations

from typing import Literal

from cfanalysis import figures
from cfanalysis.figures.outputs import Outputs
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.workbook.desk import Desk

Part = Literal["numbers", "percentages", "averages"]
PARTS: tuple[Part, ...] = ("numbers", "percentages", "averages")


def show_latest(desk: Desk, theme: str | None, parts: tuple[Part, ...]) -> Outputs:
    """The parts asked for, in the order they stand here; all three if none is named."""
    wrong = [name for name in parts if name not in PARTS]
    if wrong:
        raise ParameterError(f"found {wrong[0]!r}, want parts of {', '.join(PARTS)}")
    made = zip(PARTS, desk.workbook.latest(theme), strict=True)
    tables = tuple(desk.shown(table) for name, table in made if name in (parts or PARTS))
    for name in desk.workbook.spoken_of(theme):
        desk.judge(name, newest=1)
    history = desk.shown(desk.workbook.histories(theme))
    whole = [figures.show(table, folded=True) for table in tables if len(table)]
    return Outputs((figures.brief(tables, history), *whole), (*tables, history))
