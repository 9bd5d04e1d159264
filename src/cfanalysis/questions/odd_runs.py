"""Months that say more together than alone: a run that differs from a year before, and a month that catches up on the one before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import span_label
from cfanalysis.questions.subject import Subject
from cfanalysis.signals import find_run
from cfanalysis.signals.runs import Run

RUN_KINDS = ("count", "percent")

HIGH = 2.1
"""A month that catches up is above its usual range."""
LOW = -1.2
"""The month before it is lower than eight months in nine: so few steady counts show a pair by chance (docs/methods/claims.md)."""
EVEN = 1.0
"""Together they stand no further than this from two usual months, in standard errors."""


def run_of(subject: Subject, events: Iterable[Any] = ()) -> Run | None:
    """The run of settled months that stands out (``signals.find_run``); None where there is none or the measure is no flow."""
    if subject.indicator.kind not in RUN_KINDS or subject.indicator.on_a_day or not subject.known or subject.too_hidden:
        return None
    told = subject.modelled(settled=True)
    last = subject.settled
    parts = {name: told[name].loc[:last] for name in ("series", "denominator") if name in told}
    return find_run(parts.pop("series"), kind=told["kind"], events=tuple(events) or None, **parts)


def run_rows(run: Run | None) -> list[dict[str, Any]]:
    """The run as a finding: its months stand in ``reason``."""
    if run is None:
        return []
    found = run.years
    levels = {"observed": found.now, "expected": found.before, "low": found.low, "high": found.high, "z": found.z}
    return [{"kind": "run", "month": run.last, **levels, "reason": span_label(run.first, run.last)}]


def catch_ups(subject: Subject, judged: pd.DataFrame, since: pd.Period) -> list[dict[str, Any]]:
    """High months right after a low one, where both together come to about what two usual months bring: work put off and made up for.

    Of counts only. ``observed`` is the high month, ``low`` the one before it, ``expected`` two usual months together.
    """
    if subject.indicator.kind != "count" or len(judged) < 2:
        return []
    settled = judged[judged["z"].notna() & (judged["month"] <= subject.settled)].reset_index(drop=True)
    before = settled.shift(1)
    apart = settled["month"].map(lambda month: month.ordinal).diff().eq(1)
    even = (settled["z"] + before["z"]).abs() / np.sqrt(2) <= EVEN
    chosen = apart & even & (settled["z"] >= HIGH) & (before["z"] <= LOW) & (settled["month"] > since)
    return [_caught_up(settled.loc[at], settled.loc[at - 1]) for at in settled.index[chosen]]


def _caught_up(row: pd.Series, before: pd.Series) -> dict[str, Any]:
    return {
        "kind": "catch-up", "month": row["month"], "observed": row["observed"], "low": before["observed"],
        "expected": row["expected"] + before["expected"], "z": (row["z"] - before["z"]) / np.sqrt(2),
    }  # fmt: skip
