"""Categories as horizontal bars with their figures at the end; a second figure, such as a year before, as a diamond."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import cells, column_text
from cfanalysis.figures.columns import grouping, measure, without_total
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

BAR_STEP = 34
"""Pixels for one bar with the space around it."""

MOST_BARS = 24


@or_note
def bars(
    released: ReleasedTable,
    *,
    category: str | None = None,
    value: str | None = None,
    before: str | None = None,
    sort: bool = True,
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
) -> Figure:
    """One bar per category. ``before`` names a second column of figures (by default "before" where the table has it)."""
    name, figure = grouping(released_only(released), category), measure(released, value)
    second = before or ("before" if "before" in released.frame.columns else None)
    frame = _prepared(released, name, figure, second, sort)
    drawn = _chart(frame, second is not None)
    told = str(released.facts.get("name") or released.title)
    return Figure(
        drawing.finish(drawn, height=max(len(frame), 1) * BAR_STEP), released, cells(released),
        title or finding.largest(released.title, list(frame["label"]), list(frame["y"]), unit=released.unit),
        subtitle if subtitle is not None else released.unit.capitalize(),
        alt_text or "Bar chart. " + alternative.across(told, list(frame["label"]), list(frame["y"]), unit=released.unit),
        key=_key(released, figure, second), family="bars",
    )  # fmt: skip


def _prepared(released: ReleasedTable, name: str, figure: str, second: str | None, sort: bool) -> pd.DataFrame:
    rows = without_total(released, name)
    texts = dict(zip(released.frame[name], column_text(released.frame[figure], released.marks[figure]), strict=True))
    frame = pd.DataFrame({"label": rows[name].astype(str).str.split(": ", n=1).str[-1].str.slice(0, 40), "y": rows[figure].astype(float)})
    frame["words"] = [texts[one] for one in rows[name]]
    frame["before"] = rows[second].astype(float) if second else float("nan")
    if sort:
        frame = frame.sort_values("y", ascending=False, kind="stable", na_position="last")
    return frame.head(MOST_BARS).reset_index(drop=True)


def _chart(frame: pd.DataFrame, second: bool) -> alt.LayerChart:
    rows = drawing.records(frame.assign(base=frame[["y", "before"]].max(axis=1).fillna(0.0)), ["label", "y", "base", "words", "before"])
    top = drawing.highest(frame, ["y", "before"])
    x = alt.X("y:Q", scale=alt.Scale(domain=[0, top * drawing.HEADROOM or 1.0]), axis=None)
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=300, grid=False)
    chart = alt.Chart(drawing.data(rows)).encode(y=alt.Y("label:N", sort=None, axis=axis))
    tips = [alt.Tooltip("label:N", title="Category"), alt.Tooltip("words:N", title="Figure")]
    layers = [
        chart.mark_bar(color=theme.DARK_BLUE, height={"band": 0.7}).encode(x=x, tooltip=tips),
        chart.mark_text(align="left", dx=6 if not second else 14).encode(x=alt.X("base:Q"), text=alt.Text("words:N")),
    ]
    if second:
        mark = {"shape": "diamond", "size": 110, "fill": theme.ORANGE, "stroke": theme.TEXT, "strokeWidth": 1, "opacity": 1}
        layers.append(
            chart.mark_point(**mark).encode(x=alt.X("before:Q"), tooltip=[*tips, alt.Tooltip("before:Q", title="Before", format=",~r")])
        )
    return alt.layer(*layers)


def _key(released: ReleasedTable, figure: str, second: str | None) -> tuple[str, ...]:
    if not second:
        return ()
    named = {name: released.labels.get(name, name.capitalize()) for name in (figure, second)}
    return (f"band|{theme.DARK_BLUE}|{named[figure]}", f"diamond|{theme.ORANGE}|{named[second]}")
