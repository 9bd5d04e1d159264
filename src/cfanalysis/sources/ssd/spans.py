"""How far back an extract of the standard speaks, list by list: six years unless its own rows show that it begins later or stops sooner.

Nothing in the files says it. A month without rows, where so many come that there must be some, was not extracted: it is not
available, and not 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from cfanalysis.sources.problems import Problem
from cfanalysis.sources.windows import DENSE, DENSE_ENOUGH, MONTHS_THAT_TELL, SNAPSHOTS, Window, last_hole, months_back

HISTORY_MONTHS = 72
"""The standard's own scope: six years."""

EXPECTED = 7.0
"""So many rows are to be expected in a stretch that has none: chance leaves it empty once in a thousand times."""

SHORTEST_GAP = {"start": 31, "end": 14}
"""Days: a shorter stretch without rows is a holiday."""

STILL_THERE = 0.3
"""A half-year with fewer rows a month than this share of the year after it lies before the extract's (or the system's) beginning: it
holds the cases only that were still open. An authority's own steps are smaller (1 to 2.6 is the largest seen)."""

WHOLE = 0.7
"""The first month that is there is a whole one where it has so much of the rows of the year after it; else the next is the first."""

YEAR, HALF_A_YEAR = 12, 6
FIRST_DAYS = 7
"""A list whose first row is of the first days of a month has the whole of it."""


def spans(events: Mapping[str, pd.Series], day: date, months: int | None, file: str) -> tuple[dict[str, Window], list[Problem]]:
    """The window of every kind of event, by the dates read of it, and what is said of those that are shorter than the scope.

    ``months``: how far back it is complete, where somebody says so: then that is taken, and only the end and holes are looked at.
    """
    scope = months_back(day, months or HISTORY_MONTHS)
    common = scope
    if months is None:
        begun = {event: _full_since(dates, scope, day) for event, dates in events.items() if event in DENSE}
        common = max([scope, *begun.values()])
    windows: dict[str, Window] = {}
    problems: list[Problem] = []
    if common > scope:
        found = f"contacts or referrals that begin in {common:%B %Y}: all tables are taken to be complete from then"
        problems.append(_said(file, "shorter_history", found))
    for event, dates in events.items():
        if event in SNAPSHOTS:
            windows[event] = (day, day)
            continue
        inside = dates[dates.between(pd.Timestamp(common), pd.Timestamp(day))]
        if inside.empty:
            continue
        start, end = _edges(inside, common, day, told=months is not None)
        start = _after_holes(inside, start, end)
        if start > end:
            continue
        windows[event] = (start, end)
        if (start, end) != (common, day):
            found = (
                f"{event.replace('_', ' ')} rows from {start:%d/%m/%Y} to {end:%d/%m/%Y} only: the days before and after are not covered"
            )
            problems.append(_said(file, "shorter_span", found))
    return windows, problems


def _said(file: str, rule: str, found: str) -> Problem:
    return Problem(
        file,
        "",
        None,
        "",
        found,
        "window_months in the parameters file if that is wrong",
        "kept",
        rule,
    )


def _edges(dates: pd.Series, start: date, end: date, *, told: bool) -> Window:
    """The window without a beginning or an end in which rows were to be expected and there is none."""
    first, last = dates.min().date(), dates.max().date()
    many = dates.nunique()  # days and not rows: the children of a family come together
    late, early = (first - start).days, (end - last).days
    if not told and late > SHORTEST_GAP["start"] and many * late / ((end - first).days + 1) >= EXPECTED:
        start = first.replace(day=1) if first.day <= FIRST_DAYS else first
    if early > SHORTEST_GAP["end"] and many * early / ((last - start).days + 1) >= EXPECTED:
        end = last
    return start, end


def _after_holes(dates: pd.Series, start: date, end: date) -> date:
    return last_hole(dates, start, end) or start


def _full_since(dates: pd.Series, scope: date, day: date) -> date:
    """The first month from which on a dense list is fully there; the scope itself where it is too thin to tell."""
    first = pd.Period(scope, freq="M") + int(scope.day > 1)
    months = pd.period_range(first, pd.Period(day, freq="M") - 1, freq="M")
    counts = pd.PeriodIndex(dates.dropna().dt.to_period("M")).value_counts().reindex(months, fill_value=0).to_numpy()
    if len(counts) <= MONTHS_THAT_TELL or float(np.median(counts[-YEAR:])) < DENSE_ENOUGH:
        return scope
    for place in range(len(counts) - MONTHS_THAT_TELL - 1, -1, -1):
        after = float(np.median(counts[place + 1 : place + 1 + YEAR]))
        before = float(np.median(counts[max(0, place + 1 - HALF_A_YEAR) : place + 1]))
        if after >= DENSE_ENOUGH and max(before, counts[place]) < STILL_THERE * after:
            partial = int(counts[place + 1] < WHOLE * after)
            begun: date = months[min(place + 1 + partial, len(months) - 1)].start_time.date()
            return begun
    return scope
