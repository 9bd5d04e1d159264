"""The authority beside England, its region and its neighbours, year by year."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import pivoted
from cfanalysis.figures.charts.lines import LABEL_GAP
from cfanalysis.figures.columns import measure, needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only
from cfanalysis.foundation.months import financial_year_label

STYLES = (
    (theme.DARK_BLUE, [1, 0], 3.5),
    (theme.TURQUOISE, [8, 3], 2.0),
    (theme.DARK_GREY, [2, 3], 2.0),
    (theme.DARK_PINK, [6, 2, 2, 2], 2.0),
    (theme.ORANGE, [4, 4], 2.0),
    (theme.PURPLE, [10, 4], 2.0),
)
"""Colour, dashes and width of each party in the order they come: the authority first, solid and thick."""


@or_note
def comparison(
    released: ReleasedTable, *, y: str | None = None, title: str | None = None, subtitle: str | None = None, alt_text: str | None = None
) -> Figure:
    """Lines over years. Columns: year (the one a financial year ends in), who, and the figure; the first ``who`` is the authority."""
    needed(released_only(released), ["year", "who"])
    value = measure(released, y)
    frame = released.frame
    labels = frame["year_label"] if "year_label" in frame.columns else frame["year"].map(financial_year_label)
    frame = pd.DataFrame(
        {"year": frame["year"].astype(int), "who": frame["who"].astype(str), "y": frame[value].astype(float), "label": labels}
    )
    named = dict(zip(frame["year"], frame["label"], strict=True))
    years = [named.get(year) or _like(named, year) for year in range(frame["year"].min(), frame["year"].max() + 1)] if len(frame) else []
    years_as = "year_label" if "year_label" in released.frame.columns else "year"
    dates = str(released.facts.get("dates", "years to 31 March"))
    return Figure(
        drawing.finish(_chart(frame, years)), released, pivoted(released, years_as, "who", value),
        title or finding.beside_others(str(released.labels.get(value, released.title)), frame, unit=released.unit),
        subtitle if subtitle is not None else drawing.joined(released.unit.capitalize(), dates),
        alt_text or _alternative(frame, released, dates), family="comparison",
    )  # fmt: skip


def _like(named: Mapping[int, str], year: int) -> str:
    """A year without any figure, written as those that have one are."""
    other = next(iter(named))
    return financial_year_label(year) if named[other] == financial_year_label(other) else named[other].replace(str(other), str(year))


def _chart(frame: pd.DataFrame, years: list[str]) -> alt.LayerChart:
    parties = list(dict.fromkeys(frame["who"]))[: len(STYLES)]
    top = drawing.highest(frame, ["y"])
    labelled = [year for place, year in enumerate(reversed(years)) if place % max(1, -(-len(years) // drawing.MOST_LABELS)) == 0]
    x = alt.X("label:O", sort=years, scale=alt.Scale(domain=years, type="point"), axis=alt.Axis(title=None, values=labelled[::-1]))
    layers: list[alt.Chart] = []
    for who, (colour, dash, width) in reversed(list(zip(parties, STYLES, strict=False))):
        rows = frame[frame["who"] == who]
        tips = [alt.Tooltip("who:N", title="Area"), alt.Tooltip("label:N", title="Year"), alt.Tooltip("y:Q", title="Figure", format=",~r")]
        base = alt.Chart(drawing.data(drawing.records(rows, ["label", "who", "y"]))).encode(x=x, y=drawing.zero_axis("y", top))
        layers += [
            base.mark_line(color=colour, strokeDash=dash, strokeWidth=width),
            base.mark_point(filled=True, color=colour, size=36, opacity=1).encode(tooltip=tips),
        ]
    return alt.layer(*layers, _labels(frame, parties, years, top))


def _labels(frame: pd.DataFrame, parties: list[str], years: list[str], top: float) -> alt.Chart:
    last = frame[frame["y"].notna() & frame["who"].isin(parties)].sort_values("year").groupby("who", sort=False).tail(1)
    height = drawing.nice_top(top)
    places = drawing.spread(dict(zip(last["who"], last["y"], strict=True)), LABEL_GAP * height, 0.0, height)
    colours = dict(zip(parties, (theme.WORDS[style[0]] for style in STYLES), strict=False))
    rows = [
        {"label": years[-1], "y": round(places[who], 3), "words": who if len(who) <= 24 else _two(who), "colour": colours[who]}
        for who in places
    ]
    colour = alt.Color("colour:N", scale=None, legend=None)
    words = alt.Chart(drawing.data(rows)).mark_text(align="left", baseline="middle", dx=10)
    return words.encode(x=alt.X("label:O", sort=years), y=alt.Y("y:Q"), text=alt.Text("words:N"), color=colour)


def _two(who: str) -> str:
    """A long name without what stands in brackets."""
    short = who.split(" (")[0]
    return short if len(short) <= 26 else short[:25] + "…"


def _alternative(frame: pd.DataFrame, released: ReleasedTable, dates: str) -> str:
    said = [f"Line chart, {dates}. {released.title}."]
    for who, rows in frame.groupby("who", sort=False):
        known = rows.dropna(subset=["y"])
        if len(known):
            first, last = known.iloc[0], known.iloc[-1]
            ends = f"{alternative.told(first['y'], released.unit)} in {first['label']} to {alternative.told(last['y'], released.unit)}"
            said.append(f"{who}: {ends} in {last['label']}.")
    return " ".join(said)
