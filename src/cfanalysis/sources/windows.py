"""What stretch of time an extract speaks for: its as-at date, and the first and last day each list is complete for.

Annex A is everything of the six months before its date. Nothing in the file says either, so both are worked out, and said.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.sources.headers import list_specs

WINDOW_MONTHS = 6
"""Annex A's scope: "in the six months before the date of inspection"."""

DENSE = ("contact", "referral")
"""Events that happen every month: where they run on without a break before the six months, the extract holds more than six."""

SNAPSHOTS = ("care_leaver",)
"""Lists that are a picture of one day: they speak for the as-at date and no other."""

DENSE_ENOUGH = 10
"""Rows a month (median in the window) below which a list is too thin to tell a break from chance."""

STILL_FULL = 0.5
"""A month with less than this share of the window's median is not taken for fully there (August, the lowest, has 0.8)."""

MONTHS_THAT_TELL = 3
"""Busy months that show a list to be dense: a month without a row among or before them was lost on the way."""

STRAY_GAP_DAYS = 62
STRAY_SHARE = 0.01
"""A last few dates (under 1 %) more than two months after all others are typing errors, not the date of the extract."""

Window = tuple[date, date]

_ISO = re.compile(r"(?<!\d)(20\d{2})[-_. ]?(\d{2})[-_. ]?(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-_. ](\d{1,2})[-_. ](20\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?:(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[-_. ]*)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_. ]*(20\d{2})(?!\d)",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?<!\d)(20\d{2})[-_. ](\d{2})(?!\d)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def date_in_name(name: str) -> date | None:
    """The date written in a file or folder name; a month alone is its last day.

    >>> date_in_name("annex_a_2024-03-31"), date_in_name("Annex A March 2024"), date_in_name("annex a v2")
    (datetime.date(2024, 3, 31), datetime.date(2024, 3, 31), None)
    """
    if found := _ISO.search(name):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.search(name):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _NAMED.search(name):
        return _day(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]) if found[1] else None)
    if found := _MONTH.search(name):
        return _day(int(found[1]), int(found[2]), None)
    return None


def _day(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None


def date_in_path(path: Path) -> date | None:
    """The date in the name of a file, else of the folder it lies in."""
    return date_in_name(path.stem if path.is_file() else path.name) or (date_in_name(path.parent.name) if path.is_file() else None)


def latest_date(dates: pd.Series, today: date) -> date | None:
    """The latest day seen that is not in the future and not a stray far after all others; None where there is no date."""
    days = np.sort(dates.dropna().to_numpy().astype("datetime64[D]"))
    days = days[days <= np.datetime64(today)]
    if not len(days):
        return None
    gaps = np.diff(days).astype(int)
    breaks = np.flatnonzero(gaps > STRAY_GAP_DAYS)
    if len(breaks) and len(days) - breaks[-1] - 1 <= STRAY_SHARE * len(days):
        days = days[: breaks[-1] + 1]
    last: date = days[-1].astype(object)
    return last


def months_back(as_at: date, months: int) -> date:
    """The first day of the so many months that end on a day: six months to 31 March start on 1 October.

    >>> months_back(date(2024, 3, 31), 6), months_back(date(2024, 3, 15), 6)
    (datetime.date(2023, 10, 1), datetime.date(2023, 9, 16))
    """
    after = as_at + timedelta(days=1)
    total = after.year * 12 + after.month - 1 - months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(after.day, calendar.monthrange(year, month + 1)[1]))


def dense_start(dates: pd.Series, start: date, as_at: date) -> date:
    """How far back a dense list runs on without a break: `start`, or the first day of an earlier month."""
    known = dates.dropna()
    months = pd.PeriodIndex(known.dt.to_period("M"))
    first_full = pd.Period(start, freq="M") + int(start.day > 1)
    inside = pd.period_range(first_full, pd.Period(as_at + timedelta(days=1), freq="M") - 1, freq="M")
    counts = months.value_counts()
    typical = float(np.median([counts.get(month, 0) for month in inside])) if len(inside) else 0.0
    if typical < DENSE_ENOUGH:
        return start
    month = first_full
    while counts.get(month - 1, 0) >= STILL_FULL * typical:
        month -= 1
    return min(start, month.start_time.date())


def last_hole(dates: pd.Series, start: date, as_at: date) -> date | None:
    """The first day after the last whole month without a row in a list that is otherwise dense; None where there is no such hole."""
    known = dates.dropna()
    inside = pd.period_range(pd.Period(start, freq="M") + int(start.day > 1), pd.Period(as_at + timedelta(days=1), freq="M") - 1, freq="M")
    counts = pd.PeriodIndex(known.dt.to_period("M")).value_counts()
    held = [int(counts.get(month, 0)) for month in inside]
    busy = [place for place, count in enumerate(held) if count]
    if not busy or float(np.median([held[place] for place in busy])) < DENSE_ENOUGH:
        return None
    # A few months with rows and none before them may be an authority's first; three and none before is a shorter extract.
    gone = [place for place, count in enumerate(held) if not count and (place > busy[0] or len(busy) >= MONTHS_THAT_TELL)]
    if not gone:
        return None
    first: date = (inside[max(gone)] + 1).start_time.date()
    return first if first <= as_at else None


def windows(events: Mapping[str, pd.Series], as_at: date, months: int | None) -> dict[str, Window]:
    """The window of every event kind of an extract: given months, else six, else as far back as the dense lists run on.

    ``events`` holds the dates of each event kind read (an empty list still has its window: nothing happened).
    """
    start = months_back(as_at, months or WINDOW_MONTHS)
    if months is not None:
        return {event: (as_at if event in SNAPSHOTS else start, as_at) for event in events}
    starts = {event: dense_start(dates, start, as_at) for event, dates in events.items() if event in DENSE}
    # The thinner lists cannot show how far they reach: they take the most cautious of the dense ones.
    rest = max(starts.values(), default=start)
    return {event: (as_at if event in SNAPSHOTS else starts.get(event, rest), as_at) for event in events}


def kinds_of(numbers: list[int]) -> tuple[str, ...]:
    """The event kinds that lists give."""
    return tuple(str(event["event"]) for spec in list_specs() if spec.number in numbers for event in spec.events)
