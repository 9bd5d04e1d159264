"""From what was learnt to a ``Forecast``: paths in the unit of the series, small counts by their own model, notes in plain words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label, period_label
from cfanalysis.models.checked import Checked, lockdown
from cfanalysis.models.core import Fitted, Setting, core_paths, season_evidence, season_table
from cfanalysis.models.counts import count_paths, learn_counts, mix, share_of_small
from cfanalysis.models.result import Forecast
from cfanalysis.models.transform import BORROWED_UNTIL, OWN_FROM


def finish(fitted: Fitted, member: int, paths: int, seed: int) -> Forecast:
    """From what was learnt to a Forecast: paths in the unit of the series, small counts by their own model, notes."""
    checked, setting = fitted.members[member], fitted.setting
    futures = core_paths(fitted, member, paths, seed)
    method = "structural model averaged over a grid"
    if setting.kind == "count":
        futures, method = _with_small_counts(fitted, member, futures, paths, seed, method)
    if setting.kind != "percent" and checked.whole:
        futures = np.rint(futures)
    return Forecast(
        name=checked.name,
        kind=setting.kind,
        months=pd.period_range(checked.months[-1] + 1, periods=setting.horizon, freq=checked.months.freq),
        paths=futures,
        season=season_table(fitted, member),
        season_evidence=season_evidence(fitted, member),
        excluded=excluded_months(checked),
        notes=make_notes(checked, setting),
        method=method,
        step=PERCENT_STEP if setting.kind == "percent" else float(checked.whole),
    )


PERCENT_STEP = 0.1
"""The smallest difference in a percentage worth showing."""


def _with_small_counts(fitted: Fitted, member: int, futures: np.ndarray, paths: int, seed: int, method: str) -> tuple[np.ndarray, str]:
    checked, length = fitted.members[member], fitted.design.length
    learnt = checked.learnt
    share = float(share_of_small(checked.observed, learnt, checked.span)[-1])
    if share == 0:
        return futures, method
    exposure = np.exp(fitted.transform.offset)
    beliefs = learn_counts(checked.observed, learnt, exposure[:length], checked.span)
    small = count_paths(beliefs, exposure[length:], paths, checked.whole, seed)
    name = "discounted gamma-Poisson"
    return mix(small, futures, share), name if share == 1 else f"{name} ({share:.0%}) and {method}"


def excluded_months(checked: Checked) -> pd.DataFrame:
    """Months not learnt from, and why, in order."""
    unlearnt = ~checked.learnt
    reason = np.where(np.isfinite(checked.observed), np.where(lockdown(checked.months), "lockdown", "left out as asked"), "no value")
    return pd.DataFrame({"month": checked.months[unlearnt], "reason": reason[unlearnt]})


def make_notes(checked: Checked, setting: Setting) -> tuple[str, ...]:
    """What an analyst should read with the figures."""
    known, notes, what = int(checked.learnt.sum()), [], "month" if checked.span == 1 else "quarter"
    if setting.season == "reference" and known * checked.span < BORROWED_UNTIL:
        notes.append(f"Only {known} {what}s are known, so the season is England's, not this series' own.")
    if setting.season == "own" and known * checked.span < OWN_FROM:
        notes.append(f"Only {known} {what}s are known, too few to learn a season, so none is used.")
    if known * checked.span < 2 * 12:
        notes.append("Less than two years are known: the intervals are wide and rest on what is usual elsewhere.")
    skipped = int((checked.excluded & lockdown(checked.months)).sum())
    if skipped:
        when = " (March to July 2020, January and February 2021)" if checked.span == 1 else ""
        notes.append(f"{skipped} lockdown {what}s{when} are not learnt from.")
    trailing = len(checked.observed) - 1 - int(np.flatnonzero(np.isfinite(checked.observed))[-1])
    if trailing:
        last = period_label(checked.months[-1 - trailing])
        missing = f"{what} has" if trailing == 1 else f"{trailing} {what}s have"
        notes.append(f"The last {missing} no value: the last known {what} is {last}.")
    for event, kind in setting.events:
        if event > checked.months[-1].asfreq("M", how="E"):
            notes.append(f"The {kind} of {month_label(event)} lies ahead: nothing can be learnt of it and it is left out.")
    return tuple(notes)
