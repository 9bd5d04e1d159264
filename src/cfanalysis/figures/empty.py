"""What stands in place of a chart that has nothing to draw: a sentence, not empty axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from altair.utils.schemapi import debug_mode

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures.output import Figure, Note, note, released_only
from cfanalysis.foundation.table import NOT_SHOWN

Options = ParamSpec("Options")

NO_FIGURES = "The files of this page hold no figures of this."


def _nothing_shown(released: ReleasedTable) -> bool:
    """Whether every figure recorded is hidden: there are no axes to draw, and there is no lack of figures either."""
    name = next((name for name in ("observed", "value") if name in released.frame.columns), None)
    return name is not None and bool(released.frame[name].isna().all()) and bool((released.marks[name] == "c").any())


def or_note(draw: Callable[Concatenate[ReleasedTable, Options], Figure]) -> Callable[Concatenate[ReleasedTable, Options], Figure | Note]:
    """A chart family that says so in words where its table has no rows."""

    @wraps(draw)
    def drawn(released: ReleasedTable, /, *args: Options.args, **options: Options.kwargs) -> Figure | Note:
        if len(released_only(released)) and _nothing_shown(released):
            return note(f"The figures of this are {NOT_SHOWN}.", title=released.title)
        if len(released):
            with debug_mode(
                False
            ):  # every family is held against Vega-Lite's schema by a test; doing it for every chart is a fifth of a page
                return draw(released, *args, **options)
        return note(NO_FIGURES, title=released.title.removesuffix(": no figures"))

    return drawn
