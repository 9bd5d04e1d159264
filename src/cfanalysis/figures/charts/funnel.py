"""A funnel plot: every authority by its size, with the limits that chance alone would keep most of them inside."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import cells
from cfanalysis.figures.columns import measure, needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

LIMITS = (("low95", "high95", [6, 4], "95%", "dash"), ("low998", "high998", [2, 3], "99.8%", "dots"))

LIMIT_COLUMNS = tuple(column for pair in LIMITS for column in pair[:2])


@or_note
def funnel(
    released: ReleasedTable,
    *,
    highlight: str,
    size: str = "denominator",
    y: str | None = None,
    name: str = "authority",
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
) -> Figure:
    """Columns: ``name``, ``size`` (what the figure is out of), the figure, centre, and as far as known low95, high95, low998, high998.

    ``highlight`` is the authority the page is about: named and drawn as a diamond; the others are grey.
    """
    needed(released_only(released), [name, size])
    value = measure(released, y)
    frame = released.frame.rename(columns={value: "y", size: "x", name: "who"})
    frame = frame[frame["y"].notna() & frame["x"].notna()].sort_values("x").reset_index(drop=True)
    shown = [one for one in (name, "numerator", size, value, "centre", *LIMIT_COLUMNS, "position") if one in released.frame.columns]
    here = frame[frame["who"] == highlight]
    own = here.iloc[0] if len(here) else None
    return Figure(
        drawing.finish(_chart(frame, highlight, _size_label(released, size))), released, cells(released, shown),
        title or finding.in_the_funnel(str(released.facts.get("name") or released.title), own, highlight, unit=released.unit),
        subtitle if subtitle is not None else released.unit.capitalize(), alt_text or _alternative(frame, highlight, released.unit),
        key=_key(frame, highlight), family="funnel",
    )  # fmt: skip


def _size_label(released: ReleasedTable, size: str) -> str:
    return str(released.labels.get(size, "Out of how many (larger areas to the right)"))


def _chart(frame: pd.DataFrame, highlight: str, size_label: str) -> alt.LayerChart:
    limits = [names for pair in LIMITS for names in pair[:2] if names in frame.columns]
    top = drawing.highest(frame, ["y", *limits])
    x = alt.X("x:Q", axis=alt.Axis(title=size_label, format=",.0f", tickCount=5), scale=alt.Scale(zero=True, nice=True))
    y = drawing.zero_axis("y", min(top, 1.5 * drawing.highest(frame, ["y"])), lowest=drawing.lowest(frame, ["y"]))
    layers: list[alt.Chart] = []
    for low, high, dash, _, _ in LIMITS:
        for column in (low, high):
            if column in frame.columns:
                layers.append(_line(frame, column, dash, x))
    if "centre" in frame.columns:
        layers.append(_line(frame, "centre", [1, 0], x))
    tips = [
        alt.Tooltip("who:N", title="Authority"),
        alt.Tooltip("y:Q", title="Figure", format=",~r"),
        alt.Tooltip("x:Q", title="Out of", format=",~r"),
    ]
    others, own = frame[frame["who"] != highlight], frame[frame["who"] == highlight]
    dots = alt.Chart(drawing.data(drawing.records(others, ["who", "x", "y"])))
    layers.append(dots.mark_point(filled=True, color="#6F777B", size=45, opacity=0.8).encode(x=x, y=y, tooltip=tips))
    mark = {"shape": "diamond", "fill": theme.ORANGE, "stroke": theme.TEXT, "strokeWidth": 1, "size": 200, "opacity": 1}
    here = alt.Chart(drawing.data(drawing.records(own, ["who", "x", "y"]))).encode(x=alt.X("x:Q"), y=alt.Y("y:Q"))
    name = {"align": "left", "dx": 14, "fontWeight": "bold"}
    halo = here.mark_text(**name, stroke="#FFFFFF", strokeWidth=5).encode(text=alt.Text("who:N"))  # so that the name can be read over dots
    layers += [halo, here.mark_point(**mark).encode(tooltip=tips), here.mark_text(**name).encode(text=alt.Text("who:N"))]
    return alt.layer(*layers)


def _line(frame: pd.DataFrame, column: str, dash: list[int], x: alt.X) -> alt.Chart:
    rows = drawing.records(frame.rename(columns={column: "line"}), ["x", "line"])
    return (
        alt.Chart(drawing.data(rows))
        .mark_line(color=theme.DARK_GREY, strokeWidth=1.5, strokeDash=dash, clip=True)
        .encode(x=x, y=alt.Y("line:Q"))
    )


def _key(frame: pd.DataFrame, highlight: str) -> tuple[str, ...]:
    shown = [(shape, share) for low, _, _, share, shape in LIMITS if low in frame.columns]
    limits = [f"{shape}|{theme.DARK_GREY}|{share} of areas would lie inside" for shape, share in shown]
    centre = [f"line|{theme.DARK_GREY}|All areas together"] if "centre" in frame.columns else []
    return (f"diamond|{theme.ORANGE}|{highlight}", "dot|#6F777B|Other areas", *centre, *limits)


def _alternative(frame: pd.DataFrame, highlight: str, unit: str) -> str:
    own = frame[frame["who"] == highlight]
    said = f"Funnel plot of {len(frame)} areas."
    if own.empty:
        return f"{said} {highlight} has no figure to show."
    row = own.iloc[0]
    higher = int((frame["y"] > row["y"]).sum())
    said += f" {highlight}: {alternative.told(row['y'], unit)}; {higher} of the other areas are higher."
    if "low95" in frame.columns:
        outside = row["y"] < row["low95"] or row["y"] > row["high95"]
        said += f" It lies {'outside' if outside else 'inside'} the limits that 95% of areas would keep."
    return said
