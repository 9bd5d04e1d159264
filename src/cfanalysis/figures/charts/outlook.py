"""What has been and what is to be expected: history, usual range, unusual months by shape, forecast dashed with its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import alternative, drawing, theme
from cfanalysis.figures.cells import cells
from cfanalysis.figures.columns import measure, needed
from cfanalysis.figures.empty import or_note
from cfanalysis.figures.output import Figure, released_only
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ALERTS

SIZES = {"alert": 110, "strong": 170, "extreme": 240}


@or_note
def outlook(
    released: ReleasedTable,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    alt_text: str | None = None,
    events: Sequence[Mapping[str, Any]] | None = None,
    wide: bool = False,
    months: int | None = None,
) -> Figure:
    """History and forecast of one series.

    Columns: month, observed (or value); as far as there are: expected, low, high, low95, high95, severity, provisional, settled,
    settled_low, settled_high, future.
    ``events`` are {"month", "label"}, by default those that the table brings;
    ``wide`` draws the 95 % band too; ``months`` keeps only so many months of history.
    """
    needed(released_only(released), ["month"])
    value = measure(released)
    frame = _prepared(released.frame, value, months)
    layers = [
        *_bands(frame, wide),
        *drawing.event_layers(released.facts.get("events", ()) if events is None else events, list(frame["month"])),
        *_history(frame),
        *_unusual(frame),
        *_forecast(frame),
    ]
    top = drawing.highest(frame, ["y", *(["high95"] if wide else []), "high"])
    x = drawing.month_axis(list(frame["month"]))
    layers[0] = layers[0].encode(x=x, y=drawing.zero_axis(_first_y(layers[0]), top))
    name = str(released.facts.get("name") or released.title)
    return Figure(
        drawing.finish(drawing.on_one_scale(layers)), released, cells(released), title or released.title,
        subtitle if subtitle is not None else _subtitle(released, frame), alt_text or _alternative(released, frame, name),
        key=_key(frame, wide), family="outlook",
    )  # fmt: skip


def _prepared(frame: pd.DataFrame, value: str, months: int | None) -> pd.DataFrame:
    frame = frame.rename(columns={value: "y"}).sort_values("month").reset_index(drop=True)
    for name, blank in (
        ("severity", ""),
        ("provisional", False),
        ("expected", float("nan")),
        ("low", float("nan")),
        ("high", float("nan")),
    ):
        if name not in frame.columns:
            frame[name] = blank
    if "future" not in frame.columns:
        last = frame.loc[frame["y"].notna(), "month"].max()
        frame["future"] = (frame["month"] > last) if not pd.isna(last) else False
    if months is not None and (~frame["future"]).any():
        frame = frame[frame["month"] > frame.loc[~frame["future"], "month"].max() - months].reset_index(drop=True)
    return frame


def _first_y(layer: alt.Chart) -> str:
    return str(layer.to_dict()["encoding"]["y"]["field"])


def _band(frame: pd.DataFrame, low: str, high: str, colour: str, edge: str = theme.BAND_EDGE) -> alt.Chart:
    rows = drawing.records(frame[frame[low].notna() & frame[high].notna()].rename(columns={low: "a", high: "b"}), ["month", "a", "b"])
    area = alt.Chart(drawing.data(rows))
    return area.mark_area(fill=colour, stroke=edge, strokeWidth=drawing.EDGE).encode(x=alt.X("month:T"), y=alt.Y("a:Q"), y2=alt.Y2("b:Q"))


def _bands(frame: pd.DataFrame, wide: bool) -> list[alt.Chart]:
    past, ahead = frame[~frame["future"]], _from_the_last(frame)
    layers = [_band(past, "low", "high", theme.USUAL_BAND, theme.USUAL_EDGE)]
    if wide and "low95" in frame.columns:
        layers.append(_band(ahead, "low95", "high95", theme.WIDE_BAND))
    return [*layers, _band(ahead, "low", "high", theme.BAND)]


def _from_the_last(frame: pd.DataFrame) -> pd.DataFrame:
    """The forecast, begun at the last recorded month so that no gap is seen between the two.

    Where it is known at what the provisional months are likely to settle, it begins before them and goes through those figures.
    """
    ahead = frame[frame["future"]]
    past = frame[~frame["future"]]
    settling = past[past["settled"].notna()] if "settled" in past.columns else past.iloc[:0]
    firm = past[past["month"] < settling["month"].min()] if len(settling) else past
    if ahead.empty or firm.empty or pd.isna(firm["y"].iloc[-1]):
        return ahead
    start = firm.iloc[[-1]].copy()
    moved = {"expected": "settled", "low": "settled_low", "high": "settled_high", "low95": "settled_low", "high95": "settled_high"}
    for name in ("expected", "low", "high", "low95", "high95"):
        if name in start.columns:
            start[name] = start["y"]
    if len(settling):
        settling = settling.assign(**{name: settling[found] for name, found in moved.items() if name in settling.columns})
    return pd.concat([start, settling, ahead], ignore_index=True)


def _history(frame: pd.DataFrame) -> list[alt.Chart]:
    past = frame[~frame["future"]]
    rows = drawing.records(past, ["month", "y"])
    line = alt.Chart(drawing.data(rows)).mark_line(color=theme.DARK_BLUE).encode(x=alt.X("month:T"), y=alt.Y("y:Q"))
    tips = [alt.Tooltip("month:T", title="Month", format="%B %Y"), alt.Tooltip("y:Q", title="Recorded", format=",~r")]
    touch = alt.Chart(drawing.data([row for row in rows if row["y"] is not None])).mark_point(size=80, opacity=0)
    layers = [line, touch.encode(x=alt.X("month:T"), y=alt.Y("y:Q"), tooltip=tips)]
    points = past[drawing.alone(past["y"])]
    if len(points):
        layers.append(_points(points, theme.DARK_BLUE))
    return [*layers, *drawing.rings(past, theme.DARK_BLUE)]


def _points(frame: pd.DataFrame, colour: str) -> alt.Chart:
    rows = drawing.records(frame, ["month", "y"])
    mark = {"fill": colour, "stroke": colour, "strokeWidth": 2, "size": 50, "opacity": 1}
    return alt.Chart(drawing.data(rows)).mark_point(**mark).encode(x=alt.X("month:T"), y=alt.Y("y:Q"))


def marked(frame: pd.DataFrame) -> pd.DataFrame:
    """The months whose judgement is shown by a mark, with which way they went."""
    # a month to watch is only in the table
    chosen = frame[frame["severity"].isin(ALERTS) & frame["y"].notna() & ~frame["future"]].copy()
    middle = chosen["expected"].where(chosen["expected"].notna(), (chosen["low"] + chosen["high"]) / 2)
    chosen["way"] = (chosen["y"] >= middle).map({True: "higher than expected", False: "lower than expected"})
    return chosen


def _unusual(frame: pd.DataFrame) -> list[alt.Chart]:
    chosen = marked(frame)
    layers = []
    for way, shape in (("higher than expected", "triangle-up"), ("lower than expected", "triangle-down")):
        part = chosen[chosen["way"] == way]
        if part.empty:
            continue
        rows = drawing.records(part.assign(size=part["severity"].map(SIZES)), ["month", "y", "expected", "severity", "way", "size"])
        mark = {"shape": shape, "fill": theme.ORANGE, "stroke": theme.TEXT, "strokeWidth": 1, "opacity": 1}
        tips = [
            alt.Tooltip("month:T", title="Month", format="%B %Y"), alt.Tooltip("y:Q", title="Recorded", format=",~r"),
            alt.Tooltip("expected:Q", title="Expected", format=",~r"), alt.Tooltip("severity:N", title="Judgement"),
        ]  # fmt: skip
        size = alt.Size("size:Q", scale=None, legend=None)
        layers.append(alt.Chart(drawing.data(rows)).mark_point(**mark).encode(x=alt.X("month:T"), y=alt.Y("y:Q"), size=size, tooltip=tips))
    return layers


def _forecast(frame: pd.DataFrame) -> list[alt.Chart]:
    ahead = _from_the_last(frame)
    ahead = ahead[ahead["expected"].notna()]
    if not frame["future"].any() or ahead.empty:
        return []
    rows = drawing.records(ahead, ["month", "expected", "low", "high"])
    line = (
        alt.Chart(drawing.data(rows))
        .mark_line(color=theme.DARK_BLUE, strokeDash=theme.DASH)
        .encode(x=alt.X("month:T"), y=alt.Y("expected:Q"))
    )
    tips = [alt.Tooltip("month:T", title="Month", format="%B %Y")] + [
        alt.Tooltip(f"{name}:Q", title=title, format=",~r")
        for name, title in (("expected", "Expected"), ("low", "Range from"), ("high", "Range to"))
    ]
    touch = alt.Chart(drawing.data(rows)).mark_point(size=80, opacity=0).encode(x=alt.X("month:T"), y=alt.Y("expected:Q"), tooltip=tips)
    last = rows[-1]
    words = [{"month": last["month"], "y": last["expected"], "label": "Forecast", "colour": theme.DARK_BLUE}]
    return [line, touch, drawing.label_layer(words)]


def _key(frame: pd.DataFrame, wide: bool) -> tuple[str, ...]:
    past, chosen = frame[~frame["future"]], marked(frame)
    entries = [f"line|{theme.DARK_BLUE}|Recorded"]
    if past["low"].notna().any():
        entries.append(f"band|{theme.USUAL_BAND}|Usual range")
    if frame["future"].any():
        entries += [f"dash|{theme.DARK_BLUE}|Forecast", f"band|{theme.BAND}|8 in 10 chances"]
        if wide and "low95" in frame.columns:
            entries.append(f"band|{theme.WIDE_BAND}|19 in 20 chances")
    for way, shape, words in (("higher than expected", "high", "Unusually high"), ("lower than expected", "low", "Unusually low")):
        if (chosen["way"] == way).any():
            entries.append(f"{shape}|{theme.ORANGE}|{words}")
    if (past["provisional"].astype(bool) & past["y"].notna()).any():
        entries.append(drawing.RING)
    return tuple(entries)


def _subtitle(released: ReleasedTable, frame: pd.DataFrame) -> str:
    unit = {"percent": "Percent", "": "Number"}.get(released.unit, f"Number of {released.unit}" if released.counts else released.unit)
    ahead = frame.loc[frame["future"], "month"]
    more = f", and forecast to {month_label(ahead.max())}" if len(ahead) else ""
    return f"{unit} each month, {drawing.span(frame.loc[~frame['future'], 'month'])}{more}"


def _alternative(released: ReleasedTable, frame: pd.DataFrame, name: str) -> str:
    past = frame[~frame["future"]]
    late = list(past["provisional"].astype(bool)) if "provisional" in past.columns else None
    said = "Line chart. " + alternative.over_time(name, list(past["month"]), list(past["y"]), unit=released.unit, provisional=late)
    chosen = marked(frame)
    if len(chosen):
        latest = chosen.tail(4)
        listed = ", ".join(f"{month_label(month)} ({way})" for month, way in zip(latest["month"], latest["way"], strict=True))
        said += f" {len(chosen)} unusual {'month' if len(chosen) == 1 else 'months'}; the latest: {listed}."
    ahead = frame[frame["future"] & frame["expected"].notna()]
    if len(ahead):
        last = ahead.iloc[-1]
        said += f" The forecast for {month_label(last['month'])} is {alternative.told(last['expected'], released.unit)}"
        low, high = (alternative.told(last[side], released.unit) for side in ("low", "high"))
        said += f", with 8 in 10 chances between {low} and {high}."
    return said
