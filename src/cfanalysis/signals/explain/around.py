"""Causes that the series itself can show: season, catch-up, late recording, a step in recording."""

from __future__ import annotations

import numpy as np

from cfanalysis.foundation.months import FINANCIAL_YEAR_STARTS, month_label
from cfanalysis.signals.explain.case import CANNOT_TELL, NO, POSSIBLE, YES, Case, History, Row
from cfanalysis.signals.unusual.tails import ALERT, WATCH

NOTICEABLE = 0.1
"""A departure under a tenth needs no explaining."""
HALF = 0.5

DIP = 1.5
"""A neighbour counts as out the other way when it stands this many standard deviations out."""
TOGETHER = 1.96
"""The months together are normal inside this many."""
TOGETHER_NARROWER = 0.85
"""The spread of two or three months' mean beside one month's: levels wander, so it is not the square root."""

STEP = 0.25
"""A step in recording is at least this, in logs: a quarter more or a fifth less."""
LASTS = 3
"""Months at the new level before it is called one."""


def season(history: History, case: Case) -> Row:
    """Whether season and working days are all there is to it, or the same month of earlier years went the same way."""
    at = case.at
    before = slice(max(0, at - 12), at)
    known = np.isfinite(history.figures[before])
    usual = float(np.log(history.figures[before][known].mean() + 0.5))
    raw = float(np.log(history.figures[at] + 0.5)) - usual
    expected = float(history.season[at] - np.log(np.exp(history.season[before][known]).mean()))
    share = expected / raw if abs(raw) >= NOTICEABLE else np.nan
    z = float(history.judged["z"].iloc[at])
    if np.isfinite(share) and share >= HALF and abs(z) < ALERT:
        return Row(case.month, "season", YES, case.own, expected, share, sentence=f"This is normal for {case.month.strftime('%B')}.")
    earlier = history.departures[at - 12 :: -12] if at >= 12 else np.empty(0)
    earlier = earlier[np.isfinite(earlier)]
    again = (
        len(earlier) >= 2 and bool((np.sign(earlier) == np.sign(case.own)).all()) and float(np.abs(earlier).min()) >= HALF * abs(case.own)
    )
    said = f"{case.month.strftime('%B')} has been {case.way} here in earlier years too."
    other = float(earlier.mean()) if len(earlier) else expected
    return Row(case.month, "season", POSSIBLE if again else NO, case.own, other, share, sentence=said)


def catch_up(history: History, case: Case) -> Row:
    """Whether neighbouring months are out the other way so that together they are normal."""
    if not history.flow:
        return Row(case.month, "catch_up", CANNOT_TELL, detail="only numbers that arrive each month are caught up with")
    best = Row(case.month, "catch_up", NO, case.own)
    for first, last in ((case.at - 1, case.at), (case.at - 2, case.at), (case.at, case.at + 1)):
        found = _together(history, case, first, last)
        if found is not None and found[0] == YES:
            verdict, own, other, share = found
            return Row(case.month, "catch_up", verdict, own, other, share, sentence=_caught_up(history, case, first, last))
    return best


def _together(history: History, case: Case, first: int, last: int) -> tuple[str, float, float, float] | None:
    """Verdict, departure of all the months, of the neighbours, and the share of the alert that the neighbours balance."""
    if first < 0 or last >= len(history.months):
        return None
    at = np.arange(first, last + 1)
    foretold = history.judged.iloc[first]
    expected = float(foretold["expected"]) / history.offered[first] * history.offered[at]
    observed = history.figures[at]
    if not (np.isfinite(observed).all() and np.isfinite(expected).all() and foretold["low"] > 0):
        return None
    spread = float(np.log(foretold["high"] / foretold["low"])) / (2 * WATCH)
    others = at != case.at
    balance = -(observed - expected)[others].sum() / (observed - expected)[~others].sum()
    neighbours = float(np.log((observed[others].sum() + 0.5) / (expected[others].sum() + 0.5)))
    together = float(np.log(observed.sum() / expected.sum())) if observed.sum() > 0 else -np.inf
    opposite = neighbours / spread * (-1 if case.up else 1) >= DIP
    normal = abs(together) / (spread * TOGETHER_NARROWER) < TOGETHER
    return (YES if opposite and normal and balance >= HALF else NO), together, neighbours, float(balance)


def _caught_up(history: History, case: Case, first: int, last: int) -> str:
    names = [month_label(month) for month in history.months[first : last + 1]]
    if first == case.at:
        other = names[-1]
        return f"{case.name} was {case.way} and {other} made up for it: together they are normal."
    others = " and ".join(names[:-1])
    were = "were" if len(names) > 2 else "was"
    return f"{others} {were} {'low' if case.up else 'high'} and {case.name} made up for it: together they are normal."


def late(history: History, case: Case, provisional_months: int) -> Row:
    """Whether a fall may fill up as later records come in."""
    recent = case.at >= len(history.months) - provisional_months
    said = f"{case.name} may still fill up: the newest months are recorded late."
    return Row(case.month, "late", POSSIBLE if recent and not case.up else NO, case.own, sentence=said)


def recording(history: History, case: Case) -> Row:
    """Whether a new level begins with the recording year, on 1 April: what is recorded changes then; demand does not wait for it."""
    april = case.at - (case.month.month - FINANCIAL_YEAR_STARTS) % 12
    if case.at - april >= LASTS or april < 0:
        return Row(case.month, "recording", NO, case.own)
    name = month_label(history.months[april])
    later = history.figures[april : april + 12] / history.offered[april : april + 12]
    later = later[np.isfinite(later)]
    before = history.figures[max(0, april - 12) : april] / history.offered[max(0, april - 12) : april]
    before = before[np.isfinite(before)][-6:]
    if len(before) < LASTS or not len(later):
        return Row(case.month, "recording", CANNOT_TELL, case.own)
    base = float(np.log(before.mean() + 0.5))
    steps = np.log(later + 0.5) - base
    same = np.sign(steps) == (1 if case.up else -1)
    size = float(np.median(steps))
    if len(steps) < LASTS:
        early = f"It begins with the recording year, in {name}: look at recording first."
        verdict = POSSIBLE if case.at == april and bool(same.all()) and abs(size) >= STEP else NO
        return Row(
            case.month,
            "recording",
            verdict,
            case.own,
            size,
            sentence=early,
        )
    abrupt = abs(steps[0]) >= HALF * abs(size) and np.abs(np.log(before[-2:] + 0.5) - base).max() < abs(size)
    holds = bool(same[:LASTS].all()) and same.mean() >= 0.75 and abs(size) >= STEP
    said = f"A new level begins in {name}, with the recording year: a change in recording is likelier than one in demand."
    return Row(
        case.month, "recording", YES if holds and abrupt else NO, case.own, size, size / case.own if case.own else np.nan, sentence=said
    )
