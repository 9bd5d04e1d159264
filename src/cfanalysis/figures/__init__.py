"""Charts, tables, headlines and notes: what a notebook's cells show. Figures accept released tables and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfanalysis.figures.cells import Cells
    from cfanalysis.figures.chart_bars import bars
    from cfanalysis.figures.chart_comparison import comparison
    from cfanalysis.figures.chart_funnel import funnel
    from cfanalysis.figures.chart_lines import lines
    from cfanalysis.figures.chart_outlook import outlook
    from cfanalysis.figures.chart_season import season
    from cfanalysis.figures.chart_small_multiples import small_multiples
    from cfanalysis.figures.chart_spc import spc
    from cfanalysis.figures.chart_steps import steps
    from cfanalysis.figures.chart_what_if import what_if
    from cfanalysis.figures.output import MIME, DataTable, Figure, Headlines, Note, Output, headlines, note, show
    from cfanalysis.figures.outputs import Outputs

FAMILIES = ("outlook", "lines", "bars", "small_multiples", "season", "funnel", "spc", "comparison", "steps", "what_if")

# Drawing loads Altair, which takes a second: nothing is loaded until it is used.
_HOME: dict[str, str] = {
    **{family: f"chart_{family}" for family in FAMILIES},
    **dict.fromkeys(("Figure", "DataTable", "Headlines", "Note", "Output", "MIME", "show", "headlines", "note"), "output"),
    "Cells": "cells",
    "Outputs": "outputs",
}

__all__ = [
    "FAMILIES", "MIME", "Cells", "DataTable", "Figure", "Headlines", "Note", "Output", "Outputs", "bars", "comparison", "funnel",
    "headlines", "lines", "note", "outlook", "season", "show", "small_multiples", "spc", "steps", "what_if",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cfanalysis.figures' has no attribute {name!r}")
    return getattr(import_module(f"cfanalysis.figures.{_HOME[name]}"), name)
