"""Which stretch of time an extract that has been read speaks for, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.ages import drawn_between
from cfanalysis.sources.problems import Problem
from cfanalysis.sources.records import Records
from cfanalysis.sources.windows import (
    DENSE,
    DENSE_ENOUGH,
    SNAPSHOTS,
    WINDOW_MONTHS,
    Window,
    date_in_path,
    last_hole,
    latest_date,
    months_back,
    windows,
)

QUIET_DAYS = 14
"""No authority with ten contacts or referrals a month goes two weeks without one: a list that stops so long before was cut short."""

ENOUGH_TO_MISS = 12
"""Rows that should have come in a quiet stretch before a list other than these is said to be cut short: families come together."""

FEWEST_TO_TELL = 20
"""Rows below which the pace of a list is not known."""

LATE_START_DAYS = 62
"""Days that the first row of a dense list may lie after the start of its window."""

DAYS_A_MONTH = 30.4

LATE_AGES = timedelta(days=31)
"""How far the day of the children's ages may lie from the as-at date before it is said: ages are worked out when a report is run."""


def as_at_of(path: Path, read: Sequence[Records], given: date | None) -> tuple[date, list[Problem]]:
    """The as-at date: given, else in the name (unless contacts and referrals stop well before it), else told by what is in the lists.

    Raises SourceError where there is none to be found.
    """
    if given is not None:
        return given, _unlike_ages(path, read, given)
    named, latest = date_in_path(path), latest_date(_dates(read), date.today())
    stops = list(_stops(read, named).values()) if named else []
    if named and (not stops or None in stops):
        said = _noted(path, "as_at_from_name", f"no as-at date given; {named.isoformat()} is in the name")
        return named, [said, *_unlike_ages(path, read, named)]
    if named and latest is not None:
        last = max(stop for stop in stops if stop is not None)
        found = f"{named.isoformat()} in the name, but contacts and referrals stop on {last.isoformat()}: taken as the as-at date"
        return last, [_noted(path, "as_at_too_late", found)]
    return _told_by_lists(path, read, latest)


def _told_by_lists(path: Path, read: Sequence[Records], latest: date | None) -> tuple[date, list[Problem]]:
    """The as-at date where nothing names it: the latest event, visit or day seen, or the first day on which all are as old as they are said
    to be.
    """
    seen = latest_date(_column(read, "last_seen"), date.today())
    drawn = drawn_between(read)
    told = {
        "the latest date in the lists is": latest,
        "the latest visit was on": seen,
        "the children are as old as on": drawn[0] if drawn else None,
    }
    known = {how: day for how, day in told.items() if day is not None}
    if not known:
        advice = "add as_at to this source in the parameters file"
        raise SourceError(at(f"found no as-at date given, none in the name and no date in the lists; {advice}", file=path.name))
    how, day = max(known.items(), key=lambda each: each[1])
    problems = [_noted(path, "as_at_from_dates", f"no as-at date given; {how} {day.isoformat()}")]
    return day, [*problems, *_unlike_ages(path, read, day)]


def _unlike_ages(path: Path, read: Sequence[Records], day: date) -> list[Problem]:
    """What is said where the children's ages are those of another day, by more than a month."""
    drawn = drawn_between(read)
    if drawn is None or drawn[0] - LATE_AGES <= day <= drawn[1] + LATE_AGES:
        return []
    found = f"ages of {drawn[0].isoformat()} to {drawn[1].isoformat()}, and the as-at date {day.isoformat()}"
    return [_noted(path, "as_at_unlike_ages", found)]


def _noted(path: Path, rule: str, found: str) -> Problem:
    return Problem(path.name, "", None, "", found, "as_at or window_months in the parameters file if that is wrong", "kept", rule)


def _dates(read: Sequence[Records]) -> pd.Series:
    dates = [records.data[key] for records in read for key in records.spec.date_keys if key in records.data]
    return pd.concat(dates) if dates else pd.Series(dtype="datetime64[us]")


def _column(read: Sequence[Records], key: str) -> pd.Series:
    columns = [records.data[key] for records in read if key in records.data]
    return pd.concat(columns) if columns else pd.Series(dtype="datetime64[us]")


def _stops(read: Sequence[Records], day: date) -> Mapping[str, date | None]:
    """For every dense list its last date where it stops well before a day, None where it does not; lists too thin to tell are left out."""
    stops: dict[str, date | None] = {}
    for event, dates in _by_event(read).items():
        last = latest_date(dates[dates <= pd.Timestamp(day)], date.today())
        if event in SNAPSHOTS or last is None:
            continue
        monthly = _a_month(dates, last)
        if monthly >= DENSE_ENOUGH:
            quiet = (day - last).days
            expected = monthly * quiet / DAYS_A_MONTH
            stops[event] = last if quiet > QUIET_DAYS and (event in DENSE or expected >= ENOUGH_TO_MISS) else None
    return stops


def _a_month(dates: pd.Series, last: date) -> float:
    """Rows a month in the six months before a list stops, or since its first row where that is later."""
    start = pd.Timestamp(months_back(last, WINDOW_MONTHS))
    recent = dates[dates.between(start, pd.Timestamp(last))]
    months = (pd.Timestamp(last) - recent.min()).days / DAYS_A_MONTH
    return len(recent) / max(1.0, months) if len(recent) >= FEWEST_TO_TELL else 0.0


def _by_event(read: Sequence[Records]) -> dict[str, pd.Series]:
    never = pd.Series(dtype="datetime64[us]")
    return {str(about["event"]): records.data.get(str(about["date"]), never) for records in read for about in records.spec.events}


def windows_of(path: Path, settled: Sequence[Records], day: date, months: int | None) -> tuple[dict[str, Window], list[Problem]]:
    """The window of every event kind, and what is said: longer than six months, or a list that stops short of the as-at date."""
    complete = windows(_by_event(settled), day, months)
    _stop_if_beyond(path, settled, complete, months)
    problems = _without_holes(path, settled, complete)
    for event, last in _stops(settled, day).items():
        if last is not None:
            complete[event] = (min(complete[event][0], last), last)
            found = f"{event}s that stop on {last.isoformat()}, well before {day.isoformat()}: the days after are not covered"
            problems.append(_noted(path, "stops_early", found))
    starts = [start for start, _ in complete.values() if start < months_back(day, WINDOW_MONTHS)]
    if months is None and starts:
        found = f"contacts or referrals without a break from {max(starts).isoformat()}: all lists are taken to be complete from then"
        problems.append(_noted(path, "longer_window", found))
    return complete, problems


def _stop_if_beyond(path: Path, settled: Sequence[Records], complete: Mapping[str, Window], months: int | None) -> None:
    """Raises SourceError where more months are claimed than a dense list has rows for."""
    for event, dates in _by_event(settled).items():
        if months is None or event not in DENSE or event not in complete:
            continue
        start, end = complete[event]
        inside = dates[dates.between(pd.Timestamp(start), pd.Timestamp(end))]
        first = inside.min()
        rest = max(1, (pd.Timestamp(end) - first).days) / DAYS_A_MONTH if len(inside) else 1.0
        if len(inside) >= DENSE_ENOUGH * rest and (first - pd.Timestamp(start)).days > LATE_START_DAYS:
            found = f"window_months: {months}, but the first of the {event}s is of {first:%d/%m/%Y}"
            wanted = f"as many months before {end:%d/%m/%Y} as the lists hold; correct it in the parameters file"
            raise SourceError(at(f"found {found}, want {wanted}", file=path.name))


def _without_holes(path: Path, settled: Sequence[Records], complete: dict[str, Window]) -> list[Problem]:
    """A month without a row between busy ones was lost on the way: what lies before its end is not covered by this extract."""
    problems: list[Problem] = []
    late_starts: list[date] = []
    for event, dates in _by_event(settled).items():
        if event not in SNAPSHOTS and event in complete and (after := last_hole(dates, *complete[event])):
            found = f"no {event} in {pd.Period(after, freq='M') - 1:%B %Y}, among months with many: the days before {after} are not covered"
            begins = not dates.between(pd.Timestamp(complete[event][0]), pd.Timestamp(after) - pd.Timedelta(days=1)).any()
            late_starts += [after] if begins and event in DENSE else []
            complete[event] = (after, complete[event][1])
            problems.append(_noted(path, "hole", found))
    if late_starts and len(late_starts) == len([event for event in DENSE if event in complete]):
        _begin_no_earlier(complete, min(late_starts))
    return problems


def _begin_no_earlier(complete: dict[str, Window], start: date) -> None:
    """Where the dense lists hold nothing before a day, the extract is of fewer months: so are the lists too thin to show it."""
    for event, (first, last) in complete.items():
        if event not in SNAPSHOTS:
            complete[event] = (min(max(first, start), last), last)


def whole_months(first: date, last: date) -> tuple[pd.Period | None, pd.Period | None]:
    """The first and last month that lie wholly between two days; None, None where there is none."""
    start = pd.Period(first, freq="M") + int(first.day > 1)
    end = pd.Period(last + timedelta(days=1), freq="M") - 1
    return (start, end) if start <= end else (None, None)
