"""The XmR chart that people know: points, their mean, limits, and the months that break a rule by shape."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import cells
from cfanalysis.figures.charts.lines import LABEL_GAP
from cfanalysis.figures.columns import measure, needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

LINES = (("mean", [1, 0], "Mean"), ("lower", [6, 4], "Lower limit"), ("upper", [6, 4], "Upper limit"), ("target", [2, 3], "Target"))


@or_note
def spc(
    released: ReleasedTable,
    *,
    y: str | None = None,
    rule: str = "rule",
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
) -> Figure:
    """Columns: month, the figure, mean, lower, upper (target where there is one) and ``rule``: words where a rule is broken, else blank."""
    needed(released_only(released), ["month", "mean", "lower", "upper"])
    value = measure(released, y)
    frame = released.frame.rename(columns={value: "y"}).sort_values("month").reset_index(drop=True)
    frame = drawing.provisional(frame, frame)
    frame["broken"] = frame[rule].astype(str).where(frame[rule].notna(), "") if rule in frame.columns else ""
    name = str(released.facts.get("name") or released.title)
    months, figures, late = (list(frame[column]) for column in ("month", "y", "provisional"))
    said = "Process chart. " + alternative.over_time(name, months, figures, unit=released.unit, provisional=late)
    return Figure(
        drawing.finish(_chart(frame)), released, cells(released),
        title or f"{_newest(released, frame, name)}. {_broken(frame)}".removesuffix("."),
        subtitle if subtitle is not None else f"{released.unit.capitalize() or 'Figure'} each month, {drawing.span(frame['month'])}",
        alt_text or f"{said} {_broken(frame)}", key=_key(frame), family="spc",
    )  # fmt: skip


def _chart(frame: pd.DataFrame) -> alt.LayerChart:
    drawn = [(name, dash, words) for name, dash, words in LINES if name in frame.columns and frame[name].notna().any()]
    top = drawing.highest(frame, ["y", *(name for name, _, _ in drawn)])
    bottom = drawing.lowest(frame, ["y"])
    x, y = drawing.month_axis(list(frame["month"])), drawing.zero_axis("y", top, lowest=bottom)
    layers: list[alt.Chart] = []
    labels: list[drawing.Record] = []
    for name, dash, words in drawn:
        rows = drawing.records(frame[frame[name].notna()].rename(columns={name: "line"}), ["month", "line"])
        line = alt.Chart(drawing.data(rows)).mark_line(color=theme.DARK_GREY, strokeWidth=1.5, strokeDash=dash, interpolate="step-after")
        labels.append({"month": rows[-1]["month"], "y": rows[-1]["line"], "label": words, "colour": theme.TEXT})
        layers.append(line.encode(x=alt.X("month:T"), y=alt.Y("line:Q")))
    layers.append(drawing.label_layer(_apart(labels, drawing.nice_top(top))))
    tips = [alt.Tooltip("month:T", title="Month", format="%B %Y"), alt.Tooltip("y:Q", title="Figure", format=",~r")]
    base = alt.Chart(drawing.data(drawing.records(frame, ["month", "y", "broken"]))).encode(x=x, y=y)
    layers += [
        base.mark_line(color=theme.DARK_BLUE, strokeWidth=1.5),
        base.mark_point(filled=True, color=theme.DARK_BLUE, size=30, opacity=1).encode(tooltip=tips),
    ]
    layers += drawing.rings(frame, theme.DARK_BLUE)
    broken = frame[(frame["broken"] != "") & frame["y"].notna()]
    if len(broken):
        mark = {"shape": "diamond", "fill": theme.ORANGE, "stroke": theme.TEXT, "strokeWidth": 1, "size": 130, "opacity": 1}
        points = alt.Chart(drawing.data(drawing.records(broken, ["month", "y", "broken"]))).mark_point(**mark)
        layers.append(points.encode(x=alt.X("month:T"), y=alt.Y("y:Q"), tooltip=[*tips, alt.Tooltip("broken:N", title="Rule")]))
    return alt.layer(*layers)


def _newest(released: ReleasedTable, frame: pd.DataFrame, name: str) -> str:
    year = released.facts.get("year") or finding.NO_YEAR
    return finding.newest(name, list(frame["month"]), list(frame["y"]), unit=released.unit, year=year)


def _apart(labels: list[drawing.Record], height: float) -> list[drawing.Record]:
    """The names of the lines, moved apart where two lines lie close."""
    places = drawing.spread({one["label"]: one["y"] for one in labels}, LABEL_GAP * height, 0.0, height)
    return [{**one, "y": round(places[one["label"]], 3)} for one in labels]


def _key(frame: pd.DataFrame) -> tuple[str, ...]:
    broken = (f"diamond|{theme.ORANGE}|Breaks a rule",) if (frame["broken"] != "").any() else ()
    rings = (drawing.RING,) if (frame["provisional"] & frame["y"].notna()).any() else ()
    return (f"line|{theme.DARK_BLUE}|Recorded", f"dash|{theme.DARK_GREY}|Limits", *rings, *broken)


def _broken(frame: pd.DataFrame) -> str:
    count = int(((frame["broken"] != "") & frame["y"].notna()).sum())
    return "No month breaks a rule." if count == 0 else f"{count} {'month breaks' if count == 1 else 'months break'} a rule."
