"""A what-if beside the forecast it starts from: another line, another colour, its own name, so that nobody takes it for a forecast."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, theme
from cfanalysis.figures.cells import cells
from cfanalysis.figures.charts.lines import WIDTH, in_lines
from cfanalysis.figures.columns import needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only
from cfanalysis.foundation.months import month_label

NEEDED = ("month", "observed", "baseline", "baseline_low", "baseline_high", "what_if", "scenario")
COLOUR, DOTS = theme.DARK_PINK, [2, 3]
"""Of the what-if: neither history nor forecast is ever drawn so."""

APART = 0.14
"""Room between the two names at the end of the lines, as a share of the height."""


@or_note
def what_if(released: ReleasedTable, *, title: str | None = None, subtitle: str | None = None, alt_text: str | None = None) -> Figure:
    """History, the forecast as things stand (dashed, with its 8 in 10 chances), and the what-if (dotted, in a colour of its own).

    Columns: month, observed, baseline, baseline_low, baseline_high, what_if, scenario (what is changed); provisional where there is one.
    """
    needed(released_only(released), list(NEEDED))
    frame = released.frame.rename(columns={"observed": "y"}).sort_values("month").reset_index(drop=True)
    frame = drawing.provisional(frame, frame)
    name, label = str(released.facts.get("name") or released.title), _label(frame)
    what = f"{released.unit.capitalize() or 'Number'} each month, {drawing.span(frame['month'])}. {label} is no forecast."
    return Figure(
        drawing.finish(_chart(frame, label), width=WIDTH), released, cells(released), title or released.title,
        subtitle if subtitle is not None else what,
        alt_text or _alternative(frame, name, label, released.unit), key=_key(frame, label), family="what_if",
    )  # fmt: skip


def _label(frame: pd.DataFrame) -> str:
    named = frame.loc[frame["scenario"].astype(str) != "", "scenario"]
    return str(named.iloc[-1]) if len(named) else "What if"


def _chart(frame: pd.DataFrame, label: str) -> alt.LayerChart:
    top = drawing.highest(frame, ["y", "baseline_high", "what_if"])
    band = frame[frame["baseline_low"].notna()].rename(columns={"baseline_low": "a", "baseline_high": "b"})
    area = alt.Chart(drawing.data(drawing.records(band, ["month", "a", "b"]))).mark_area(
        fill=theme.BAND, stroke=theme.BAND_EDGE, strokeWidth=drawing.EDGE
    )
    layers: list[alt.Chart] = [
        area.encode(x=drawing.month_axis(list(frame["month"])), y=drawing.zero_axis("a", top), y2=alt.Y2("b:Q")),
        *_line(frame, "y", "Recorded", theme.DARK_BLUE, [1, 0]),
        *drawing.rings(frame, theme.DARK_BLUE),
        *_line(frame, "baseline", "As things stand", theme.DARK_BLUE, theme.DASH),
        *_line(frame, "what_if", label, COLOUR, DOTS),
        drawing.label_layer(_names(frame, label, top)),
    ]
    return drawing.on_one_scale(layers)


def _line(frame: pd.DataFrame, column: str, words: str, colour: str, dash: list[int]) -> list[alt.Chart]:
    rows = drawing.records(frame[frame[column].notna()].assign(line=frame[column], of=words), ["month", "line", "of"])
    base = alt.Chart(drawing.data(rows)).encode(x=alt.X("month:T"), y=alt.Y("line:Q"))
    tips = [
        alt.Tooltip("of:N", title="Of"), alt.Tooltip("month:T", title="Month", format="%B %Y"),
        alt.Tooltip("line:Q", title="Figure", format=",~r"),
    ]  # fmt: skip
    return [base.mark_line(color=colour, strokeDash=dash), base.mark_point(size=80, opacity=0).encode(tooltip=tips)]


def _names(frame: pd.DataFrame, label: str, top: float) -> list[drawing.Record]:
    """The names of both lines beside their ends, apart."""
    ends = {"As things stand": ("baseline", theme.DARK_BLUE), label: ("what_if", COLOUR)}
    last = {name: float(frame[column].dropna().iloc[-1]) for name, (column, _) in ends.items() if frame[column].notna().any()}
    height = drawing.nice_top(top)
    places = drawing.spread(last, APART * height, 0.0, height)
    month = drawing.iso(frame["month"].max())
    return [
        {"month": month, "y": round(places[name], 3), "label": in_lines(name.replace(": ", " ")), "colour": theme.WORDS[ends[name][1]]}
        for name in last
    ]  # fmt: skip


def _key(frame: pd.DataFrame, label: str) -> tuple[str, ...]:
    rings = (drawing.RING,) if (frame["provisional"] & frame["y"].notna()).any() else ()
    drawn = (f"line|{theme.DARK_BLUE}|Recorded", *rings, f"dash|{theme.DARK_BLUE}|As things stand", f"band|{theme.BAND}|8 in 10 chances")
    return (*drawn, f"dots|{COLOUR}|{label}")


def _alternative(frame: pd.DataFrame, name: str, label: str, unit: str) -> str:
    past, ahead = frame[frame["y"].notna()], frame[frame["what_if"].notna() & frame["baseline"].notna()]
    late = list(past["provisional"].astype(bool)) if "provisional" in past.columns else None
    said = "Line chart. " + alternative.over_time(name, list(past["month"]), list(past["y"]), unit=unit, provisional=late)
    if ahead.empty:
        return said
    last = ahead.iloc[-1]
    stand, changed = (alternative.told(last[column], unit) for column in ("baseline", "what_if"))
    return f"{said} As things stand {stand} are expected in {month_label(last['month'])}. {label}: {changed}. A what-if is no forecast."
