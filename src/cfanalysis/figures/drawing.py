"""Pieces that the chart families share: the rows a chart may hold, month axes, zero-based axes, labels that do not overlap, finishing.

Channels are given as objects (``alt.X("month:T")``): for a bare string Altair goes through its whole schema, each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cfanalysis.figures import theme
from cfanalysis.figures.markup import visible
from cfanalysis.foundation.months import month_label

if TYPE_CHECKING:
    import altair as alt

MOST_LABELS = 7
"""Labels that fit under a chart side by side at 16 px."""

EDGE = 0.8
"""Pixels of the line that a band ends in."""

HEADROOM = 1.08
"""Space above the highest point."""

Record = dict[str, Any]


def iso(month: pd.Period) -> str:
    """The first day of a month, as local time: a date alone would be read as UTC and could land in the month before."""
    return f"{month.year:04d}-{month.month:02d}-01T00:00:00"


def records(frame: pd.DataFrame, columns: Iterable[str]) -> list[Record]:
    """The rows of a frame with only the columns that are plotted; a missing number is null."""
    names = list(columns)
    return [
        {name: _plain(value) for name, value in zip(names, row, strict=True)} for row in frame[names].itertuples(index=False, name=None)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Period):
        return iso(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (float, int, np.number)):
        number = float(value)
        return None if np.isnan(number) else int(number) if number.is_integer() else round(number, 4)
    return "" if value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value)) else visible(str(value))


class _Rows(str):
    """Stands for rows while a chart is put together: Altair copies what it holds many times over, but not a string."""

    rows: list[Record]


def data(rows: list[Record]) -> alt.Data:
    """Rows as chart data; ``finish`` puts them in."""
    import altair as alt

    held = _Rows("rows")
    held.rows = rows
    return alt.Data(values=held)


def month_axis(months: Sequence[pd.Period], *, most: int = MOST_LABELS, title: str | None = None) -> alt.X:
    """A month axis with few, plainly dated labels ("Apr 2023"), at the start of financial years where the chart is long."""
    import altair as alt

    ticks = month_ticks(months, most)
    return alt.X("month:T", axis=alt.Axis(values=ticks, format="%b %Y", title=title, labelOverlap=False, labelFlush=False))


def month_ticks(months: Sequence[pd.Period], most: int = MOST_LABELS) -> list[str]:
    """Which months to label: every so many, counted from April."""
    ordered = sorted(set(months))
    if not ordered:
        return []
    for step in (1, 2, 3, 6, 12, 24, 36, 60, 120):
        chosen = [month for month in pd.period_range(ordered[0], ordered[-1], freq="M") if (month.year * 12 + month.month - 4) % step == 0]
        if len(chosen) <= most:
            return [iso(month) for month in chosen]
    return [iso(ordered[0]), iso(ordered[-1])]


def zero_axis(column: str, highest: float, *, title: str | None = None, lowest: float = 0.0, count: int = 5) -> alt.Y:
    """A value axis that begins at 0 (or below, where values do)."""
    import altair as alt

    top = highest * HEADROOM if highest > 0 else 1.0
    scale = alt.Scale(domain=[min(0.0, lowest * HEADROOM), top], nice=True)
    axis = alt.Axis(title=None, tickCount=count, format="~g" if top < 10 else ",.0f")
    return alt.Y(f"{column}:Q", scale=scale, axis=axis)


def highest(frame: pd.DataFrame, columns: Iterable[str]) -> float:
    """The highest released number among the columns, 0 where there is none."""
    numbers = [frame[name].max() for name in columns if name in frame.columns and pd.api.types.is_numeric_dtype(frame[name])]
    known = [float(number) for number in numbers if not pd.isna(number)]
    return max(known, default=0.0)


def lowest(frame: pd.DataFrame, columns: Iterable[str]) -> float:
    """The lowest released number among the columns, 0 where none is below it."""
    return -highest(pd.DataFrame({name: -frame[name].astype(float) for name in columns if name in frame.columns}), columns)


def alone(values: pd.Series) -> pd.Series:
    """Values with a gap on either side: a line would not show them, so they get a point."""
    known = values.notna()
    return known & ~known.shift(1, fill_value=False) & ~known.shift(-1, fill_value=False)


def spread(positions: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Label positions moved apart until no two are closer than ``gap``, staying in order and within low and high.

    >>> spread({"a": 10.0, "b": 10.5}, 2.0, 0.0, 20.0)
    {'a': 9.25, 'b': 11.25}
    """
    if not positions:
        return {}
    names = sorted(positions, key=lambda name: positions[name])
    at = np.array([positions[name] for name in names], dtype=float)
    for _ in range(200):
        close = np.diff(at) < gap - 1e-9
        if not close.any():
            break
        for place in np.flatnonzero(close):
            middle = (at[place] + at[place + 1]) / 2
            at[place], at[place + 1] = middle - gap / 2, middle + gap / 2
    over, under = at[-1] - high, low - at[0]
    at = at - max(over, 0.0) if over > 0 else at + max(under, 0.0)
    return {name: float(place) for name, place in zip(names, at, strict=True)}


def nice_top(value: float) -> float:
    """About where a nice axis ends, for placing labels."""
    if value <= 0:
        return 1.0
    step = 10.0 ** np.floor(np.log10(value * HEADROOM / 5))
    for factor in (1, 2, 5, 10):
        if step * factor * 5 >= value * HEADROOM:
            return float(np.ceil(value * HEADROOM / (step * factor)) * step * factor)
    return float(value * HEADROOM)


def rings(frame: pd.DataFrame, colour: str = "") -> list[alt.Chart]:
    """Open circles round the months (``month``, ``y``) that late recording may still change, in one colour or in the column ``colour``."""
    import altair as alt

    chosen = frame[frame["provisional"].astype(bool) & frame["y"].notna()]
    layers = []
    for each, rows in chosen.groupby(chosen["colour"] if not colour else pd.Series(colour, index=chosen.index), sort=False):
        mark = {"fill": "#FFFFFF", "stroke": str(each), "strokeWidth": 2, "size": 50, "opacity": 1}
        layers.append(alt.Chart(data(records(rows, ["month", "y"]))).mark_point(**mark).encode(x=alt.X("month:T"), y=alt.Y("y:Q")))
    return layers


def provisional(frame: pd.DataFrame, source: pd.DataFrame) -> pd.DataFrame:
    """The frame with the column ``provisional`` of the table it was made from; nothing is provisional where the table has none."""
    held = source["provisional"].reindex(frame.index) if "provisional" in source.columns else pd.Series(False, index=frame.index)
    return frame.assign(provisional=held.fillna(False).astype(bool))


RING = f"ring|{theme.DARK_BLUE}|Provisional"
"""What the key says of a ring."""


def label_layer(rows: list[Record], *, y: str = "y", x: str = "month", dx: int = 8) -> alt.Chart:
    """Words at the end of lines, in the line's own colour."""
    import altair as alt

    return (
        alt.Chart(data(rows))
        .mark_text(align="left", baseline="middle", dx=dx, clip=False)
        .encode(x=alt.X(f"{x}:T"), y=alt.Y(f"{y}:Q"), text=alt.Text("label:N"), color=alt.Color("colour:N", scale=None, legend=None))
    )


def event_layers(events: Sequence[Mapping[str, Any]], months: Sequence[pd.Period]) -> list[alt.Chart]:
    """Dated events as thin dashed lines with their words at the top, in steps so that neighbours do not run into each other."""
    import altair as alt

    inside = [event for event in events if months and min(months) <= event["month"] <= max(months)]
    rows: list[Record] = [
        {"month": iso(event["month"]), "label": visible(str(event["label"]))[:60], "y": 8 + 18 * (place % 3)}
        for place, event in enumerate(sorted(inside, key=lambda event: event["month"]))
    ]
    if not rows:
        return []
    middle = iso(min(months) + (max(months) - min(months)).n // 2)
    rule = alt.Chart(data(rows)).encode(x=alt.X("month:T")).mark_rule(color=theme.DARK_GREY, strokeDash=[2, 3], strokeWidth=1.5)
    sides = {"left": [row for row in rows if row["month"] <= middle], "right": [row for row in rows if row["month"] > middle]}
    return [rule, *(layer for align, part in sides.items() if part for layer in _event_words(part, align))]


def _event_words(rows: list[Record], align: str) -> list[alt.Chart]:
    """The words of events to the right of their lines, or to the left where they would run out of the chart; readable over lines."""
    import altair as alt

    base = alt.Chart(data(rows)).encode(x=alt.X("month:T"), y=alt.Y("y:Q", scale=None, axis=None), text=alt.Text("label:N"))
    placed: dict[str, Any] = {"align": align, "baseline": "middle", "dx": 6 if align == "left" else -6}
    return [base.mark_text(**placed, stroke="#FFFFFF", strokeWidth=4, fill="#FFFFFF"), base.mark_text(**placed, color=theme.TEXT)]


def on_one_scale(layers: Sequence[alt.Chart]) -> alt.LayerChart:
    """Layers over each other on one value axis."""
    import altair as alt

    chart = alt.layer(*layers)
    chart.resolve = alt.Resolve(scale=alt.ScaleResolveMap(y="shared"))  # .resolve_scale() copies every layer twice
    return chart


def finish(chart: Any, *, width: int | None = theme.WIDTH, height: int | None = theme.HEIGHT) -> dict[str, Any]:
    """The specification of a finished chart: sized, themed, with names that depend on nothing but the chart."""
    if width is not None:
        chart.width, chart.height = width, height  # with .properties() Altair copies every layer twice
    specification: dict[str, Any] = _visible_only(chart.to_dict(validate=False))
    specification["config"] = theme.config()
    specification["autosize"] = {"type": "pad", "contains": "padding"}
    specification.pop("usermeta", None)
    return specification


def _visible_only(part: Any) -> Any:
    """Without characters that cannot be seen: one of them in a label stops vl-convert, and the process with it."""
    if isinstance(part, dict):
        return {key: _visible_only(value) for key, value in part.items()}
    if isinstance(part, _Rows):
        part = part.rows
    if isinstance(part, list):
        return [_visible_only(value) for value in part]
    return visible(part) if isinstance(part, str) else part


def span(months: Iterable[pd.Period]) -> str:
    """ "April 2017 to March 2025", or one month alone; nothing where there is none."""
    ordered = sorted(set(months))
    if not ordered:
        return ""
    first, last = month_label(ordered[0]), month_label(ordered[-1])
    return first if first == last else f"{first} to {last}"


def joined(*parts: str) -> str:
    """What there is of some words, with commas between."""
    return ", ".join(part for part in parts if part)
