"""The headline of a chart where nobody has written one: what it shows, in released numbers and without judging them.

A headline names no rise or fall: whether a change is more than chance is for the models to say (``words``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.figures.alternative import told
from cfanalysis.foundation.months import month_label

NO_YEAR: Mapping[str, Any] = MappingProxyType({})


def newest(name: str, months: Sequence[pd.Period], values: Sequence[float], *, unit: str = "", year: Mapping[str, Any] = NO_YEAR) -> str:
    """The newest year of a series (``now``, ``before``, ``span``, ``ago``) beside the one before; where there is none, its newest figure.

    A month is not set beside the same month a year before: two single months often say the opposite of their years.
    """
    known = pd.Series(list(values), index=list(months), dtype=float).dropna()
    if known.empty:
        return f"{name}: no figures can be shown"
    last = known.index[-1]
    if year:
        now, before = (told(round(year[which], 1), unit) for which in ("now", "before"))
        return f"{name}: {now} {year['span']}, {before} {year['ago']}"
    return f"{name}: {told(known.iloc[-1], unit)} in {month_label(last)}"


def newest_of_each(title: str, frame: pd.DataFrame, *, unit: str = "") -> str:
    """The newest figure of every line (``series``, ``month``, ``y``), all of one month; the title where none has one."""
    known = frame.dropna(subset=["y"])
    if known.empty:
        return title
    last = known["month"].max()
    here = known[known["month"] == last]
    said = [str(one).split(": ", 1)[-1] for one in here["series"]]
    parts = [f"{said[0]} {told(here['y'].iloc[0], unit)}"]
    parts += [f"{name[:1].lower()}{name[1:]} {told(value, unit)}" for name, value in zip(said[1:], here["y"].iloc[1:], strict=True)]
    return f"{', '.join(parts)} in {month_label(last)}"


def largest(title: str, labels: Sequence[str], values: Sequence[float], *, unit: str = "", per: str = "") -> str:
    """Which category is the largest, where that can be said: a hidden one could be larger."""
    known = pd.Series(list(values), index=list(labels), dtype=float)
    if known.isna().all():
        return title
    some = "" if known.notna().all() else " of those shown in full"
    return f"{title}: {known.idxmax()} highest{some}, {told(known.max(), unit)}{per}"


def ends_of_season(title: str, labels: Sequence[str], percent: Sequence[float]) -> str:
    """The calendar months furthest below and above an average month."""
    known = pd.Series(list(percent), index=list(labels), dtype=float).dropna()
    if known.empty:
        return title
    return f"{title}: lowest in {known.idxmin()} ({_away(known.min())}), highest in {known.idxmax()} ({_away(known.max())})"


def _away(percent: float) -> str:
    return "as an average month" if round(percent) == 0 else f"{abs(percent):.0f}% {'below' if percent < 0 else 'above'} average"


def beside_others(title: str, frame: pd.DataFrame, *, unit: str = "") -> str:
    """The newest figure of the first party (``who``, ``label``, ``y``), beside those the others have for the same year."""
    known = frame.dropna(subset=["y"])
    own = known[known["who"] == frame["who"].iloc[0]] if len(frame) else known
    if own.empty:
        return title
    last = own.iloc[-1]
    others = known[(known["label"] == last["label"]) & (known["who"] != last["who"])]
    beside = ", ".join(f"{who.split(' (')[0]} {told(round(value, 1), unit)}" for who, value in zip(others["who"], others["y"], strict=True))
    hidden = frame[(frame["who"] == last["who"]) & (frame["year"] > last["year"])] if "year" in frame else own.iloc[:0]
    newer = f" ({hidden['label'].iloc[-1]} is not shown)" if len(hidden) else ""
    when = f"at {last['label']}" if last["label"][:1].isdigit() and " " in last["label"] else f"in {last['label']}"
    return f"{title}: {last['who']} {told(round(last['y'], 1), unit)} {when}{newer}" + (f"; {beside}" if beside else "")


def in_the_funnel(title: str, own: pd.Series | None, who: str, *, unit: str = "") -> str:
    """Where one area (y and its limits) lies in a funnel."""
    if own is None:
        return title
    said = f"{title}: {who} {told(round(own['y'], 1), unit)}"
    for limit, words in (
        ("998", "further out than 998 areas in 1,000 would be"),
        ("95", "further out than 19 areas in 20 would be"),
    ):
        if f"low{limit}" in own and (own["y"] < own[f"low{limit}"] or own["y"] > own[f"high{limit}"]):
            return f"{said}, {words}"
    return f"{said}, within chance and the ordinary differences between areas" if "low95" in own else said


def steps_between(name: str, kinds: Sequence[str], values: Sequence[float]) -> str:
    """Opening and closing level and what came in and went out between; the name alone where one of them is hidden."""
    frame = pd.DataFrame({"kind": list(kinds), "value": list(values)})
    levels, first_in, first_out = (frame.loc[frame["kind"] == kind, "value"] for kind in ("level", "in", "out"))
    needed = [*levels, *first_in[:1], *first_out[:1]]
    if len(levels) < 2 or first_in.empty or first_out.empty or any(np.isnan(needed)):
        return name
    before, now, started, ended = (f"{value:,.0f}" for value in (levels.iloc[0], levels.iloc[-1], first_in.iloc[0], first_out.iloc[0]))
    return f"{name}: {before} to {now}; {started} started, {ended} ended"
