"""The plan of each synthetic authority: its usual levels, and what was planted in it (authorities.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month

WARM_UP_MONTHS = 120
"""Months lived before the first one shown, so that stocks start near their equilibrium: most periods of care are over in ten years."""


@dataclass(frozen=True)
class Effect:
    """Something planted: what it touches, when, and how it is told in data/sample/README.md.

    ``times`` multiplies the usual level, ``to_level`` replaces it; a pair runs in a straight line from the first month to the last.
    """

    of: str
    first: pd.Period
    last: pd.Period | None
    times: tuple[float, float] | None
    to_level: tuple[float, float] | None
    note: str


@dataclass(frozen=True)
class Edition:
    """One delivery of Annex A lists: ``csv`` folder or ``xlsx`` workbook, as at a month's last day, looking back so many months."""

    form: str
    as_at: pd.Period
    window_months: int
    lists: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """All that tells one synthetic authority from another. Rates are per referral, levels are children a month."""

    stem: str
    name: str
    code: str
    letter: str
    first: pd.Period
    as_at: pd.Period
    population: int
    lockdown: bool
    style: Mapping[str, Any]
    base: Mapping[str, float]
    areas: Mapping[str, float]
    teams: Mapping[str, str]
    closed_days: tuple[np.datetime64, ...]
    effects: tuple[Effect, ...]
    editions: tuple[Edition, ...]
    dirt: Mapping[str, int]
    why_as_at: str
    after: str


def path(plan: Plan, name: str, months: pd.PeriodIndex) -> np.ndarray:
    """The level of one quantity over months, with what was planted in it; a later entry works on what the earlier left.

    >>> path(plans()["solentwick"], "decision_in_time", pd.period_range("2016-11", "2016-11", freq="M")).round(2).tolist()
    [0.91]
    """
    values = np.full(len(months), float(plan.base[name]))
    for effect in plan.effects:
        if effect.of != name:
            continue
        touched = np.asarray((months >= effect.first) & (months <= (effect.last or months[-1])))
        low, high = effect.to_level or effect.times or (1.0, 1.0)
        share = (months[touched].asi8 - effect.first.ordinal) / max((effect.last or months[-1]).ordinal - effect.first.ordinal, 1)
        ramp = low + (high - low) * share
        values[touched] = ramp if effect.to_level else values[touched] * ramp
    return values


def _pair(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = value if isinstance(value, list) else (value, value)
    return float(low), float(high)


def _effect(entry: Mapping[str, Any]) -> Effect:
    last = month(entry["until"]) if entry.get("until") else None
    return Effect(entry["of"], month(entry["from"]), last, _pair(entry.get("times")), _pair(entry.get("level")), entry["note"])


def _editions(entries: list[Mapping[str, Any]]) -> tuple[Edition, ...]:
    made = []
    for entry in entries:
        first, last = month(entry["from"]), month(entry["until"])
        for period in pd.period_range(first, last, freq="M")[:: int(entry.get("every", 1))]:
            made.append(Edition(entry["form"], period, int(entry["window_months"]), tuple(entry.get("lists", range(1, 10)))))
    return tuple(made)


@cache
def plans() -> dict[str, Plan]:
    """The five authorities by file stem, as written in authorities.yml."""
    raw = yaml.safe_load(files(__package__).joinpath("authorities.yml").read_text(encoding="utf-8"))
    made = {}
    for stem, entry in raw["authorities"].items():
        unknown = {effect["of"] for effect in entry["planted"]} - {*raw["usual"], *entry["base"]}
        if unknown:
            raise ParameterError(f"authorities.yml, {stem}: nothing called {', '.join(sorted(unknown))} can be planted")
        made[stem] = Plan(
            stem=stem,
            name=entry["name"],
            code=entry["code"],
            letter=entry["letter"],
            first=month(entry["first"]),
            as_at=month(entry["as_at"]),
            population=int(entry["population"]),
            lockdown=bool(entry["lockdown"]),
            style=entry["style"],
            base={**raw["usual"], **entry["base"]},
            areas=entry["areas"],
            teams=entry["teams"],
            closed_days=tuple(np.datetime64(str(day)) for day in entry.get("closed_days", [])),
            effects=tuple(_effect(effect) for effect in entry["planted"]),
            editions=_editions(entry["editions"]),
            dirt=entry["dirt"],
            why_as_at=entry["why_as_at"],
            after=entry["after"],
        )
    return made
