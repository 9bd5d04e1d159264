"""Charts, tables, headlines and notes: what a notebook's cells show. Figures accept released tables and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfanalysis.foundation.face import open_face

if TYPE_CHECKING:
    from cfanalysis.figures.brief import Brief, brief
    from cfanalysis.figures.cells import Cells
    from cfanalysis.figures.charts.bars import bars
    from cfanalysis.figures.charts.comparison import comparison
    from cfanalysis.figures.charts.funnel import funnel
    from cfanalysis.figures.charts.lines import lines
    from cfanalysis.figures.charts.outlook import outlook
    from cfanalysis.figures.charts.season import season
    from cfanalysis.figures.charts.small_multiples import small_multiples
    from cfanalysis.figures.charts.spc import spc
    from cfanalysis.figures.charts.steps import steps
    from cfanalysis.figures.charts.what_if import what_if
    from cfanalysis.figures.output import MIME, DataTable, Figure, Headlines, Note, Output, headlines, note, show
    from cfanalysis.figures.outputs import Outputs

FAMILIES = ("outlook", "lines", "bars", "small_multiples", "season", "funnel", "spc", "comparison", "steps", "what_if")

# Drawing loads Altair, which takes a second: nothing is loaded until it is used.
_HOME: dict[str, str] = {
    **{family: f"charts.{family}" for family in FAMILIES},
    **dict.fromkeys(("Figure", "DataTable", "Headlines", "Note", "Output", "MIME", "show", "headlines", "note"), "output"),
    **dict.fromkeys(("Brief", "brief"), "brief"),
    "Cells": "cells",
    "Outputs": "outputs",
}

__all__ = [
    "FAMILIES", "MIME", "Brief", "Cells", "DataTable", "Figure", "Headlines", "Note", "Output", "Outputs", "bars", "brief", "comparison",
    "funnel", "headlines", "lines", "note", "outlook", "season", "show", "small_multiples", "spc", "steps", "what_if",
]  # fmt: skip

__getattr__, __dir__ = open_face(__name__, _HOME)
