"""Starts and ends between two dates: what came in, what went out, and what that leaves, as steps."""

from __future__ import annotations

import textwrap

import altair as alt
import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import drawing, finding, theme
from cfanalysis.figures.cells import cells, column_text, number
from cfanalysis.figures.columns import needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

COLOURS = {"level": theme.DARK_BLUE, "in": theme.TURQUOISE, "out": theme.DARK_PINK}
STEP_LETTERS = 16
"""Letters of a line under a bar; longer names go on in the next."""

SIGNS = {"level": "", "in": "+", "out": "−"}


@or_note
def steps(released: ReleasedTable, *, title: str | None = None, subtitle: str | None = None, alt_text: str | None = None) -> Figure:
    """Bars that follow from one another. Columns: step (its name), kind ("level", "in" or "out") and value.

    Where a step is hidden the bars after it begin at the next level: nothing is drawn that would give it away.
    """
    needed(released_only(released), ["step", "kind", "value"])
    frame = _prepared(released)
    name = str(released.facts.get("name") or released.title)
    return Figure(
        drawing.finish(_chart(frame), height=300), released, cells(released, ["step", "value"]),
        title or finding.steps_between(name, list(frame["kind"]), list(frame["value"].astype(float))),
        subtitle if subtitle is not None else drawing.joined(f"Number of {released.unit}", _between(frame)),
        alt_text or _alternative(frame),
        key=(f"band|{COLOURS['level']}|Open", f"band|{COLOURS['in']}|Started", f"band|{COLOURS['out']}|Ended"), family="steps",
    )  # fmt: skip


def _between(frame: pd.DataFrame) -> str:
    """From the first level to the last, by the dates in their names."""
    levels = [str(step).split(", ")[-1] for step in frame.loc[frame["kind"] == "level", "step"]]
    return f"{levels[0]} to {levels[-1]}" if len(levels) > 1 else ""


def _prepared(released: ReleasedTable) -> pd.DataFrame:
    frame = released.frame[["step", "kind", "value"]].copy()
    frame["words"] = [
        f"{SIGNS[kind]}{text}" if text[:1].isdigit() and text != "0" else text
        for kind, text in zip(frame["kind"], column_text(frame["value"], released.marks["value"]), strict=True)
    ]
    at, starts, ends = 0.0, [], []
    for kind, value in zip(frame["kind"], frame["value"].astype(float), strict=True):
        before = 0.0 if kind == "level" else at
        after = value if kind == "level" else at + value * (1 if kind == "in" else -1)
        starts.append(before)
        ends.append(after)
        at = after
    bottom = np.fmin(starts, ends)
    return frame.assign(a=starts, b=ends, top=np.fmax(starts, ends), bottom=bottom, colour=frame["kind"].map(COLOURS))


def _chart(frame: pd.DataFrame) -> alt.LayerChart:
    drawn = frame.assign(top=frame["top"].fillna(0.0))
    shown = drawn.assign(a=frame["a"].where(frame["b"].notna()), b=frame["b"].where(frame["a"].notna()))
    shown["label"] = ["\n".join(textwrap.wrap(step, STEP_LETTERS)) for step in shown["step"].astype(str)]
    rows = drawing.records(shown, ["step", "label", "a", "b", "top", "words", "colour"])
    axis = alt.Axis(title=None, labelLimit=140, domain=True, labelExpr="split(datum.label, '\\n')")
    chart = alt.Chart(drawing.data(rows)).encode(x=alt.X("label:N", sort=None, axis=axis))
    y = drawing.zero_axis("a", drawing.highest(frame, ["a", "b"]))
    tips = [alt.Tooltip("step:N", title="Step"), alt.Tooltip("words:N", title="Figure")]
    bar = chart.mark_bar(width={"band": 0.7}).encode(
        y=y, y2=alt.Y2("b:Q"), color=alt.Color("colour:N", scale=None, legend=None), tooltip=tips
    )
    return alt.layer(bar, chart.mark_text(dy=-12).encode(y=alt.Y("top:Q"), text=alt.Text("words:N")))


def _alternative(frame: pd.DataFrame) -> str:
    values = frame["value"].astype(float)
    told = [f"{step}: {'hidden' if np.isnan(value) else number(value)}" for step, value in zip(frame["step"], values, strict=True)]
    return "Chart of steps. " + "; ".join(told) + "."
