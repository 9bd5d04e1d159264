"""The season: how each calendar month compares with an average month, with how sure that is."""

from __future__ import annotations

import calendar

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import drawing, finding, theme
from cfanalysis.figures.cells import Cells, column_text
from cfanalysis.figures.columns import needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

SUBTITLE = "Percent above or below an average month"

APRIL_FIRST = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]


@or_note
def season(released: ReleasedTable, *, title: str | None = None, subtitle: str | None = None, alt_text: str | None = None) -> Figure:
    """Twelve months, April first. Columns: calendar_month (1 to 12), factor (1 is an average month), and low and high where known."""
    needed(released_only(released), ["calendar_month", "factor"])
    frame = _prepared(released)
    return Figure(
        drawing.finish(_chart(frame), height=260), released, _written(released), title or _title(frame, released.title),
        subtitle if subtitle is not None else drawing.joined(SUBTITLE, str(released.facts.get("name", "")).lower()),
        alt_text or _alternative(frame), key=_key(frame), family="season",
    )  # fmt: skip


def _prepared(released: ReleasedTable) -> pd.DataFrame:
    frame = released.frame.set_index("calendar_month")
    frame = frame.reindex([month for month in APRIL_FIRST if month in frame.index])
    percent = pd.DataFrame({name: 100 * (frame[name].astype(float) - 1) for name in ("factor", "low", "high") if name in frame.columns})
    return percent.assign(label=[calendar.month_abbr[month] for month in frame.index]).reset_index(drop=True)


def _chart(frame: pd.DataFrame) -> alt.LayerChart:
    rows = drawing.records(frame, frame.columns)
    axis = alt.Axis(title=None, labelExpr="datum.value === 0 ? '0' : format(datum.value, '+.0f')", tickCount=5)
    ends = (drawing.lowest(frame, ["factor", "low"]), drawing.highest(frame, ["factor", "high"]))
    y = alt.Y("factor:Q", axis=axis, scale=alt.Scale(domain=[min(ends[0], -5) * 1.1, max(ends[1], 5) * 1.1], nice=True))
    chart = alt.Chart(drawing.data(rows)).encode(x=alt.X("label:N", sort=None, axis=alt.Axis(title=None)))
    tips = [alt.Tooltip("label:N", title="Month"), alt.Tooltip("factor:Q", title="Percent from average", format="+.1f")]
    layers: list[alt.Chart] = [alt.Chart(drawing.data([{"y": 0}])).mark_rule(color=theme.DARK_GREY).encode(y=alt.Y("y:Q"))]
    if {"low", "high"} <= set(frame.columns):
        layers.append(
            chart.mark_bar(width=10, fill=theme.BAND, stroke=theme.BAND_EDGE, strokeWidth=1).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
        )
    layers.append(chart.mark_point(filled=True, color=theme.DARK_BLUE, size=110, opacity=1).encode(y=y, tooltip=tips))
    return alt.layer(*layers)


def _title(frame: pd.DataFrame, title: str) -> str:
    full = dict(zip(calendar.month_abbr, calendar.month_name, strict=True))
    return finding.ends_of_season(title, [full[label] for label in frame["label"]], list(frame["factor"]))


def _written(released: ReleasedTable) -> Cells:
    frame, marks = released.frame, released.marks
    names = [name for name in ("factor", "low", "high") if name in frame.columns]
    heads = {"factor": "Against an average month (1)", "low": "Range from", "high": "Range to"}
    texts = [column_text(frame[name], marks[name]) for name in names]
    months = [calendar.month_name[int(month)] for month in frame["calendar_month"]]
    rows = tuple(zip(months, *texts, strict=True))
    return Cells(("Month", *(heads[name] for name in names)), (False, *[True] * len(names)), rows)


def _key(frame: pd.DataFrame) -> tuple[str, ...]:
    banded = ("band|" + theme.BAND + "|How sure that is: 8 in 10 chances",) if "low" in frame.columns else ()
    return (f"dot|{theme.DARK_BLUE}|Compared with an average month", *banded)


def _alternative(frame: pd.DataFrame) -> str:
    known = frame.dropna(subset=["factor"])
    if known.empty:
        return "Chart of the season: no figures can be shown."
    ordered = known.sort_values("factor")
    top, bottom = ordered.iloc[-1], ordered.iloc[0]
    return (
        f"Dot chart of the twelve months against an average month. Highest: {top['label']}, {top['factor']:+.0f}%. "
        f"Lowest: {bottom['label']}, {bottom['factor']:+.0f}%."
    )
