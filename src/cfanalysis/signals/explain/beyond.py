"""Causes that need more than the series: dated events, other authorities, contacts, categories, dates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import gammainc

from cfanalysis.foundation.months import month_label
from cfanalysis.reference.working_days import working_days
from cfanalysis.signals.explain.case import CANNOT_TELL, NO, POSSIBLE, YES, Case, History, Row, departures, usual_before
from cfanalysis.signals.unusual.inputs import Mark

FEWEST_PEERS = 5
COMMON = 0.05
"""The middle peer moved: by a twentieth at least, and by more than COMMON_Z times its own ordinary movement."""
COMMON_Z = 2.5
THIRD = 1 / 3
"""A third of the departure seen in the middle peer is a yes; a sixth is possible."""
MAD_TO_SD = 1.4826

OPPOSITE = 0.2
MOST = 0.5
EMPTY = 0.2
"""A category that holds less than a fifth of its usual number has emptied."""
LEAST_EXPECTED = 5.0
ONE_DATE_P = 1e-4
ONE_DATE_SHARE = 0.15
"""A working day's share of a month is about a twentieth: three times that, and beyond chance."""


def events(case: Case, marks: Sequence[Mark]) -> list[Row]:
    """Dated events of the month or of the one before it: a yes where a break or a step was declared, else possible."""
    rows = []
    for mark in marks:
        near = mark.months.append(mark.months[-1:] + 1)
        if case.month not in near:
            continue
        verdict = YES if mark.kind in ("break", "step") else POSSIBLE
        said = f"{mark.label} was dated {month_label(mark.months[0])}."
        rows.append(Row(case.month, "event", verdict, case.own, detail=mark.label, sentence=said))
    return rows


def peers_movement(history: History, peers: pd.DataFrame) -> np.ndarray:
    """How far the middle of other authorities stands from its year before, month by month; NaN where fewer than five are known."""
    table = peers.reindex(history.months).to_numpy(float)
    moved = departures(table, history.offered)
    enough = np.isfinite(moved).sum(axis=1) >= FEWEST_PEERS
    middle = np.full(len(table), np.nan)
    middle[enough] = np.nanmedian(moved[enough], axis=1)
    return middle


def elsewhere(case: Case, middle: np.ndarray) -> Row:
    """Whether the middle of other authorities (``peers_movement``) moved the same way in the same month."""
    common = float(middle[case.at])
    if not np.isfinite(common):
        return Row(case.month, "elsewhere", CANNOT_TELL, case.own, detail=f"fewer than {FEWEST_PEERS} peers have the month")
    share = common / case.own if case.own else np.nan
    clear = abs(common) >= max(COMMON, COMMON_Z * _ordinary(np.delete(middle, case.at)))
    verdict = YES if clear and share >= THIRD else POSSIBLE if clear and share >= THIRD / 2 else NO
    said = f"Other authorities were {case.way} in {case.name} too."
    return Row(case.month, "elsewhere", verdict, case.own, common, share, sentence=said)


def _ordinary(middle: np.ndarray) -> float:
    middle = middle[np.isfinite(middle)]
    return float(MAD_TO_SD * np.median(np.abs(middle - np.median(middle)))) if len(middle) >= 6 else 0.0


def contacts_opposite(history: History, case: Case, contacts: pd.Series) -> Row:
    """Whether contacts moved the other way: then what is called a referral has likely changed."""
    figures = contacts.reindex(history.months).to_numpy(float)
    other = float(departures(figures, history.offered)[case.at])
    if not np.isfinite(other):
        return Row(case.month, "contacts", CANNOT_TELL, case.own)
    opposite = other * case.own < 0 and min(abs(other), abs(case.own)) >= OPPOSITE
    said = f"Contacts moved the other way in {case.name}: what is counted as a referral may have changed."
    return Row(case.month, "contacts", YES if opposite else NO, case.own, other, -other / case.own if case.own else np.nan, sentence=said)


def category_refilled(history: History, case: Case, parts: pd.DataFrame) -> Row:
    """Whether a category emptied in the month while another filled: a change of codes."""
    changes, usual, now = _changes(history, case, parts)
    if changes is None:
        return Row(case.month, "category", CANNOT_TELL, case.own)
    emptied = (usual >= LEAST_EXPECTED) & (now < EMPTY * usual)
    lost, gained = -changes[emptied].sum(), changes.clip(min=0)
    if not emptied.any() or gained.max() < MOST * lost:
        return Row(case.month, "category", NO, case.own)
    names = [
        _plain(name) for name in (parts.columns[int(np.argmin(np.where(emptied, changes, np.inf)))], parts.columns[int(gained.argmax())])
    ]
    said = f"{names[0]} emptied in {case.name} as {names[1]} filled: codes may have changed."
    return Row(case.month, "category", YES, case.own, share=float(gained.max() / lost), detail=f"{names[0]} to {names[1]}", sentence=said)


FEWEST_LIVE = 2
"""Where one category holds everything, that all of it came from there says nothing."""


def accounts_for(history: History, case: Case, dimension: str, parts: pd.DataFrame) -> Row:
    """Which category accounts for most of what is above, or below, the usual."""
    changes, usual, now = _changes(history, case, parts)
    if changes is None or not np.isfinite(changes).all() or changes.sum() == 0:
        return Row(case.month, dimension, CANNOT_TELL, case.own)
    if int(((usual > 0) | (now > 0)).sum()) < FEWEST_LIVE:
        return Row(case.month, dimension, CANNOT_TELL, case.own)
    shares = changes / changes.sum() if np.sign(changes.sum()) == (1 if case.up else -1) else np.zeros(len(changes))
    first = int(shares.argmax())
    name = _plain(parts.columns[first])
    verdict = YES if shares[first] >= MOST else NO
    what = "excess" if case.up else "fall"
    said = f"{_most(float(shares[first])).capitalize()} of the {what} in {case.name} came from {name}."
    return Row(case.month, dimension, verdict, case.own, share=float(shares[first]), detail=name, sentence=said)


def _changes(history: History, case: Case, parts: pd.DataFrame) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    table = parts.reindex(history.months).to_numpy(float)
    usual, now = usual_before(table, history.offered, case.at), table[case.at]
    return (now - usual if np.isfinite(usual).all() and np.isfinite(now).all() else None), usual, now


def _plain(name: object) -> str:
    """A category without its dimension: "source: Police" is Police."""
    return str(name).split(": ", 1)[-1]


def _most(share: float) -> str:
    return "all" if share > 0.95 else "nearly all" if share > 0.8 else "most" if share > 0.6 else "more than half"


def one_date(case: Case, dates: pd.Series | pd.DataFrame) -> Row:
    """Whether many of the month's events carry one date: entered together, not happened together.

    ``dates`` are the dates of the events, or the largest day of each month: month, day, value, of (all events of the month).
    """
    largest = dates if isinstance(dates, pd.DataFrame) else largest_days(dates)
    found = largest[(largest["month"] == case.month) & largest["of"].gt(0)]
    if found.empty:
        return Row(case.month, "dates", CANNOT_TELL, case.own)
    day, top, whole = pd.Timestamp(found["day"].iloc[0]), float(found["value"].iloc[0]), float(found["of"].iloc[0])
    days = float(working_days(pd.PeriodIndex([case.month], freq="M"))[0])
    p = min(1.0, days * float(gammainc(top, whole / days)))
    many = p < ONE_DATE_P and top / whole > ONE_DATE_SHARE
    said = f"Unusually many carry the date {day.day} {day.strftime('%B %Y')}: they may have been entered together."
    return Row(case.month, "dates", YES if many else NO, case.own, share=top / whole, detail=day.strftime("%Y-%m-%d"), sentence=said)


def largest_days(dates: pd.Series) -> pd.DataFrame:
    """The day of each month that most of the dates fall on, with how many of how many.

    >>> largest_days(pd.Series(["2024-03-01", "2024-03-01", "2024-03-05"]))[["value", "of"]].to_numpy().tolist()
    [[2, 3]]
    """
    by_day = pd.to_datetime(dates).dt.normalize().value_counts()
    frame = pd.DataFrame({"day": by_day.index, "value": by_day.to_numpy()})
    frame["month"] = pd.PeriodIndex(frame["day"], freq="M")
    frame["of"] = frame.groupby("month")["value"].transform("sum")
    return frame.drop_duplicates("month")[["month", "day", "value", "of"]].reset_index(drop=True)
