"""One or more series over months, labelled at their ends; a target as a dashed line; dated events."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, finding, theme
from cfanalysis.figures.cells import cells, number, pivoted
from cfanalysis.figures.columns import measure, needed, several, without_total
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only

MOST_SERIES = len(theme.CATEGORIES)
"""As many lines as there are colours that can be told apart; more belong in small multiples."""

LABEL_GAP = 0.065
"""Room one label needs, as a share of the height."""

WIDTH = 610
"""Narrower than other charts, so that names at the ends of lines stand in the column at their full size."""


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
    targets = _targets(released, frame, target, group)
    top = max(drawing.highest(frame, ["y"]), drawing.highest(targets, ["y"]))
    base = _base(frame, top, drawing.lowest(frame, ["y"]))
    layers = [*base, *drawing.rings(frame), *_target_layers(targets), *drawing.event_layers(events, list(frame["month"]))]
    labels = end_labels(frame, targets, top)
    if labels:
        layers.append(drawing.label_layer(labels))
    shown = pivoted(released, "month", group, value) if group else cells(released)
    name = str(released.facts.get("name") or released.title)
    return Figure(
        drawing.finish(alt.layer(*layers), width=WIDTH), released, shown, title or _title(frame, name, released),
        subtitle if subtitle is not None else drawing.joined(released.unit.capitalize(), drawing.span(frame["month"])),
        alt_text or _alternative(frame, name, released.unit), key=_key(frame, targets), family="lines",
    )  # fmt: skip


def _prepared(released: ReleasedTable, value: str, group: str | None) -> pd.DataFrame:
    frame = without_total(released, group) if group else released.frame
    named = frame[group].astype(str) if group else pd.Series(released.title, index=frame.index)
    frame = drawing.provisional(pd.DataFrame({"month": frame["month"], "series": named, "y": frame[value].astype(float)}), frame)
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
        x=drawing.month_axis(list(frame["month"])), y=drawing.zero_axis("y", top, lowest=bottom), detail=alt.Detail("series:N"),
        color=alt.Color("colour:N", scale=None, legend=None),
    )  # fmt: skip
    layers = [chart.mark_line(), chart.mark_point(size=80, opacity=0).encode(tooltip=tips)]
    lonely = frame[frame.groupby("series")["y"].transform(drawing.alone)]
    if len(lonely):
        points = alt.Chart(drawing.data(drawing.records(lonely, ["month", "y", "colour"])))
        layers.append(
            points.mark_point(filled=True, size=40, opacity=1).encode(
                x=alt.X("month:T"), y=alt.Y("y:Q"), color=alt.Color("colour:N", scale=None)
            )
        )
    return layers


def end_labels(frame: pd.DataFrame, targets: pd.DataFrame, top: float) -> list[drawing.Record]:
    """The name of each line beside its last point, where there are several, and its target; moved apart where they end close."""
    last = frame[frame["y"].notna()].groupby("series", sort=False).tail(1)
    goals = targets.groupby("series").tail(1)
    own = dict(zip(goals["series"], goals["y"], strict=True))
    named = [(name, y, _named(name, own.get(name)), theme.WORDS[colour]) for name, y, colour in last[["series", "y", "colour"]].to_numpy()]
    shared = [("", own[""], ["Target"], theme.DARK_GREY)] if "" in own else []
    ends = [*named, *shared] if len(set(frame["series"])) > 1 else shared
    if not ends:
        return []
    height, most = drawing.nice_top(top), max(len(lines) for _, _, lines, _ in ends)
    gap, lowest = LABEL_GAP * height * most, LABEL_GAP * height * (most - 1)
    places = drawing.spread({name: float(y) for name, y, _, _ in ends}, gap, lowest, height)
    end = drawing.iso(frame["month"].max())
    return [{"month": end, "y": round(places[name], 3), "label": lines, "colour": colour} for name, _, lines, colour in ends]


def _named(series: str, target: float | None) -> list[str]:
    """The name of a line, with its own target where it has one."""
    return in_lines(series) if target is None else [*in_lines(series), f"(target {number(target)})"]


def in_lines(name: str, widest: int = 22) -> list[str]:
    """A name in one or two lines, the second cut short where it must be.

    >>> in_lines("source: Referrals that led to an assessment of need")
    ['Referrals that led to', 'an assessment of need']
    """
    lines = textwrap.wrap(name.split(": ", 1)[-1], widest) or [""]
    return [lines[0], lines[1] if len(lines) == 2 else f"{lines[1][: widest - 1].rstrip()}…"] if len(lines) > 1 else lines


def _targets(released: ReleasedTable, frame: pd.DataFrame, target: float | str | None, group: str | None) -> pd.DataFrame:
    """The targets of the lines by month: month, y, series (blank for one that goes for all of them), and the colours of line and words."""
    plain = frame[["month", "series"]].assign(y=target if isinstance(target, (int, float)) else float("nan"))
    if isinstance(target, str):
        needed(released, [target])
        held = released.frame
        plain = pd.DataFrame({"month": held["month"], "series": held[group].astype(str) if group else released.title, "y": held[target]})
    found = plain[plain["y"].notna() & plain["series"].isin(set(frame["series"]))].sort_values(["series", "month"])
    same = found.groupby("month")["y"].nunique().le(1).all() and found["series"].nunique() in (1, len(set(frame["series"])))
    if same:
        found = found.drop_duplicates("month").assign(series="", colour=theme.DARK_GREY)
    else:
        found = found.assign(colour=found["series"].map(dict(zip(frame["series"], frame["colour"], strict=True))))
    return found.assign(words=found["colour"].map(theme.WORDS))


def _target_layers(targets: pd.DataFrame) -> list[alt.Chart]:
    if targets.empty:
        return []
    line = alt.Chart(drawing.data(drawing.records(targets, ["month", "y", "series", "colour"])))
    drawn = line.mark_line(strokeDash=[2, 4], strokeWidth=2)
    return [
        drawn.encode(
            x=alt.X("month:T"), y=alt.Y("y:Q"), detail=alt.Detail("series:N"), color=alt.Color("colour:N", scale=None, legend=None)
        )
    ]


def _key(frame: pd.DataFrame, targets: pd.DataFrame) -> tuple[str, ...]:
    goal = (f"dots|{theme.DARK_GREY}|Target",) if len(targets) else ()
    return (*goal, drawing.RING) if (frame["provisional"] & frame["y"].notna()).any() else goal


def _title(frame: pd.DataFrame, name: str, released: ReleasedTable) -> str:
    if len(set(frame["series"])) > 1:
        return finding.newest_of_each(name, frame, unit=released.unit)
    year = released.facts.get("year") or finding.NO_YEAR
    return finding.newest(name, list(frame["month"]), list(frame["y"]), unit=released.unit, year=year)


def _alternative(frame: pd.DataFrame, name: str, unit: str) -> str:
    groups = list(frame.groupby("series", sort=False))
    if len(groups) == 1:
        return "Line chart. " + _one(frame, name, unit)
    said = [f"Line chart of {name}, {len(groups)} lines, {drawing.span(frame['month'])}."]
    for series, rows in groups:
        known = rows["y"].dropna()
        if len(known):
            first, last, low, high = (alternative.told(each, unit) for each in (known.iloc[0], known.iloc[-1], known.min(), known.max()))
            said.append(f"{series}: first {first}, latest {last}, lowest {low}, highest {high}.")
        else:
            said.append(f"{series}: no figures can be shown.")
    return " ".join(said)


def _one(frame: pd.DataFrame, name: str, unit: str) -> str:
    return alternative.over_time(name, list(frame["month"]), list(frame["y"]), unit=unit, provisional=list(frame["provisional"]))
