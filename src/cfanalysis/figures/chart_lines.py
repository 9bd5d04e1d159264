"""One or more series over months, labelled at their ends; a target as a dashed line; dated events."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cfanalysis.figures import alternative, drawing, theme
from cfanalysis.figures.cells import cells, pivoted
from cfanalysis.figures.columns import measure, needed, several, without_total
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only
from cfanalysis.release import ReleasedTable

MOST_SERIES = len(theme.CATEGORIES)
"""As many lines as there are colours that can be told apart; more belong in small multiples."""

LABEL_GAP = 0.065
"""Room one label needs, as a share of the height."""


@or_note
def lines(
    released: ReleasedTable,
    *,
    y: str | None = None,
    series: str | None = None,
    target: float | str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
    events: Sequence[Mapping[str, Any]] = (),
) -> Figure:
    """Lines over months. ``target`` is a number, or the column that holds it. With more than six series the largest six are drawn."""
    needed(released_only(released), ["month"])
    value, group = measure(released, y), several(released, series)
    frame = _prepared(released, value, group)
    target_rows = _target_rows(released, frame, target)
    top = max(drawing.highest(frame, ["y"]), max((row["y"] for row in target_rows), default=0.0))
    base = _base(frame, top, drawing.lowest(frame, ["y"]))
    layers = [*base, *_target_layers(target_rows), *drawing.event_layers(events, list(frame["month"]))]
    if len(set(frame["series"])) > 1:
        layers.append(drawing.label_layer(end_labels(frame, top)))
    shown = pivoted(released, "month", group, value) if group else cells(released)
    name = str(released.facts.get("name") or released.title)
    return Figure(
        drawing.finish(alt.layer(*layers)), released, shown, title or released.title,
        subtitle if subtitle is not None else drawing.joined(released.unit.capitalize(), drawing.span(frame["month"])),
        alt_text or _alternative(frame, name, released.unit), key=_key(target_rows), family="lines",
    )  # fmt: skip


def _prepared(released: ReleasedTable, value: str, group: str | None) -> pd.DataFrame:
    frame = without_total(released, group) if group else released.frame
    named = frame[group].astype(str) if group else pd.Series(released.title, index=frame.index)
    frame = pd.DataFrame({"month": frame["month"], "series": named, "y": frame[value].astype(float)})
    order = frame.groupby("series")["y"].sum().sort_values(ascending=False, kind="stable").index[:MOST_SERIES]
    frame = frame[frame["series"].isin(order)]
    colours = dict(zip(order, theme.CATEGORIES, strict=False))
    return frame.assign(colour=frame["series"].map(colours)).sort_values(["series", "month"]).reset_index(drop=True)


def _base(frame: pd.DataFrame, top: float, bottom: float) -> list[alt.Chart]:
    rows = drawing.records(frame, ["month", "series", "y", "colour"])
    tips = [alt.Tooltip("month:T", title="Month", format="%B %Y"), alt.Tooltip("y:Q", title="Figure", format=",~r")]
    if len(set(frame["series"])) > 1:
        tips.insert(0, alt.Tooltip("series:N", title="Of"))
    chart = alt.Chart(drawing.data(rows)).encode(
        x=drawing.month_axis(list(frame["month"])), y=drawing.zero_axis("y", top, lowest=bottom), detail="series:N",
        color=alt.Color("colour:N", scale=None, legend=None),
    )  # fmt: skip
    layers = [chart.mark_line(), chart.mark_point(size=80, opacity=0).encode(tooltip=tips)]
    lonely = frame[frame.groupby("series")["y"].transform(drawing.alone)]
    if len(lonely):
        points = alt.Chart(drawing.data(drawing.records(lonely, ["month", "y", "colour"])))
        layers.append(
            points.mark_point(filled=True, size=40, opacity=1).encode(x="month:T", y="y:Q", color=alt.Color("colour:N", scale=None))
        )
    return layers


def end_labels(frame: pd.DataFrame, top: float) -> list[drawing.Record]:
    """Each series' name beside its last point, moved apart where lines end close together."""
    last = frame[frame["y"].notna()].groupby("series", sort=False).tail(1)
    if last.empty:
        return []
    height = drawing.nice_top(top)
    words = {name: in_lines(name) for name in last["series"]}
    most = max(len(lines) for lines in words.values())
    gap, lowest = LABEL_GAP * height * most, LABEL_GAP * height * (most - 1)
    places = drawing.spread(dict(zip(last["series"], last["y"], strict=True)), gap, lowest, height)
    end = frame["month"].max()
    return [
        {"month": drawing.iso(end), "y": round(places[name], 3), "label": words[name], "colour": theme.WORDS[colour]}
        for name, colour in zip(last["series"], last["colour"], strict=True)
    ]


def in_lines(name: str, widest: int = 22) -> list[str]:
    """A name in one or two lines, the second cut short where it must be.

    >>> in_lines("source: Referrals that led to an assessment of need")
    ['Referrals that led to', 'an assessment of need']
    """
    lines = textwrap.wrap(name.split(": ", 1)[-1], widest) or [""]
    return [lines[0], lines[1] if len(lines) == 2 else f"{lines[1][: widest - 1].rstrip()}…"] if len(lines) > 1 else lines


def _target_rows(released: ReleasedTable, frame: pd.DataFrame, target: float | str | None) -> list[drawing.Record]:
    if target is None or frame.empty:
        return []
    if isinstance(target, str):
        needed(released, [target])
        held = released.frame[["month", target]].dropna().drop_duplicates("month").sort_values("month")
        return [{"month": drawing.iso(month), "y": float(value)} for month, value in zip(held["month"], held[target], strict=True)]
    ends = (frame["month"].min(), frame["month"].max())
    return [{"month": drawing.iso(month), "y": float(target)} for month in ends]


def _target_layers(rows: list[drawing.Record]) -> list[alt.Chart]:
    if not rows:
        return []
    line = alt.Chart(drawing.data(rows)).mark_line(color=theme.DARK_GREY, strokeDash=[2, 4], strokeWidth=2)
    return [line.encode(x="month:T", y="y:Q"), drawing.label_layer([{**rows[-1], "label": "Target", "colour": theme.DARK_GREY}])]


def _key(target_rows: list[drawing.Record]) -> tuple[str, ...]:
    return (f"dash|{theme.DARK_GREY}|Target",) if target_rows else ()


def _alternative(frame: pd.DataFrame, name: str, unit: str) -> str:
    groups = list(frame.groupby("series", sort=False))
    if len(groups) == 1:
        return "Line chart. " + alternative.over_time(name, list(frame["month"]), list(frame["y"]), unit=unit)
    said = [f"Line chart of {name}, {len(groups)} lines, {drawing.span(frame['month'])}."]
    for series, rows in groups:
        known = rows["y"].dropna()
        ends = f"{alternative.told(known.iloc[0], unit)} to {alternative.told(known.iloc[-1], unit)}" if len(known) else "no figures"
        said.append(f"{series}: {ends}.")
    return " ".join(said)
