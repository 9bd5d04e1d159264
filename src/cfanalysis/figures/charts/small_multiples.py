"""The same small chart for every category, all on the same axes."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import pivoted
from cfanalysis.figures.columns import grouping, measure, needed, without_total
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only
from cfanalysis.foundation.months import month_label

MONTHLY = "each month"
BREAK = "\t"
"""Where the name of a panel goes on in a second line: how often it is drawn."""

OTHERS = "; less often where it says so"
ACROSS = 3
PANEL = (220, 120)
MOST_PANELS = 12
"""Four rows of three: more than a reader compares."""


@or_note
def small_multiples(
    released: ReleasedTable,
    *,
    facet: str | None = None,
    y: str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
) -> Figure:
    """One small line chart per category, largest first, sharing both axes."""
    needed(released_only(released), ["month"])
    group, value = grouping(released, facet), measure(released, y)
    frame = _prepared(released, group, value)
    told = str(released.facts.get("name") or released.title)
    rare = {name.replace(" (each ", f"{BREAK}(each ") for name in released.facts.get("coarser") or ()}
    usual, less = frame[~frame["panel"].isin(rare)], OTHERS if rare else ""
    period, each = drawing.span(frame["month"]), str(released.facts.get("each", MONTHLY))
    span = each.removeprefix("each ")
    return Figure(
        drawing.finish(_chart(frame), width=None), released, pivoted(released, "month", group, value, absent="" if rare else "[x]"),
        title or finding.largest(released.title, *_means(usual), unit=released.unit, per=f" a {span} on average"),
        subtitle if subtitle is not None else f"{released.unit.capitalize() or 'Number'} {each}, {period}, all on the same scale{less}",
        alt_text or _alternative(frame, usual, told, released.unit, span), family="small_multiples",
        key=(drawing.RING,) if (frame["provisional"] & frame["y"].notna()).any() else (),
    )  # fmt: skip


def _prepared(released: ReleasedTable, group: str, value: str) -> pd.DataFrame:
    rows = without_total(released, group)
    named = rows[group].astype(str).str.split(": ", n=1).str[-1]
    named = named.str.replace(" (each ", f"{BREAK}(each ", regex=False)
    frame = drawing.provisional(pd.DataFrame({"month": rows["month"], "panel": named, "y": rows[value].astype(float)}), rows)
    order = frame.groupby("panel")["y"].sum().sort_values(ascending=False, kind="stable").index[:MOST_PANELS]
    place = {name: number for number, name in enumerate(order)}
    frame = frame[frame["panel"].isin(order)]
    return frame.assign(order=frame["panel"].map(place)).sort_values(["order", "month"]).reset_index(drop=True)


def _chart(frame: pd.DataFrame) -> alt.FacetChart:
    names = list(dict.fromkeys(frame["panel"]))
    tips = [alt.Tooltip("month:T", title="Month", format="%B %Y"), alt.Tooltip("y:Q", title="Figure", format=",~r")]
    frame = frame.assign(alone=frame.groupby("panel")["y"].transform(drawing.alone).astype(bool))
    x = drawing.month_axis(list(frame["month"]), most=2)
    base = alt.Chart().encode(x=x, y=drawing.zero_axis("y", drawing.highest(frame, ["y"]), count=3))
    line = base.mark_line(color=theme.DARK_BLUE, strokeWidth=2)
    points = base.mark_point(filled=True, color=theme.DARK_BLUE, size=24, opacity=1).transform_filter("datum.alone")
    touch = base.mark_point(size=60, opacity=0).encode(tooltip=tips).transform_filter("isValid(datum.y)")
    ring = {"fill": "#FFFFFF", "stroke": theme.DARK_BLUE, "strokeWidth": 1.5, "size": 24, "opacity": 1}
    rings = base.mark_point(**ring).transform_filter("datum.provisional && isValid(datum.y)")
    rows = drawing.records(frame, ["month", "panel", "y", "alone", "provisional"])
    panels = alt.layer(line, points, rings, touch, data=drawing.data(rows)).properties(width=PANEL[0], height=PANEL[1])
    header = alt.Header(title=None, labelLimit=PANEL[0], labelExpr=r"split(datum.label, '\t')")
    return panels.facet(facet=alt.Facet("panel:N", sort=names, header=header), columns=ACROSS, spacing=24)


def _alternative(frame: pd.DataFrame, usual: pd.DataFrame, name: str, unit: str, span: str) -> str:
    labels, means = _means(usual)
    panels = frame["panel"].nunique()
    said = alternative.across(f"Average {span}", labels, means, unit=unit)
    last = frame["month"].max()
    here = frame[(frame["month"] == last) & frame["y"].notna()]
    names = here["panel"].str.replace(BREAK, " ")
    ends = ", ".join(f"{name} {alternative.told(value, unit)}" for name, value in zip(names, here["y"], strict=True))
    newest = f" In {month_label(last)}: {ends}." if ends else ""
    charts = "1 small line chart" if panels == 1 else f"{panels} small line charts"
    return f"{charts} of {name}, {drawing.span(frame['month'])}. {said}{newest}"


def _means(frame: pd.DataFrame) -> tuple[list[str], list[float]]:
    """The mean month of every panel; none where a month is hidden: a mean of the others would mislead."""
    means = frame.groupby("panel", sort=False)["y"].agg(lambda values: values.mean(skipna=False))
    return list(means.index), [round(value, 1) for value in means]
