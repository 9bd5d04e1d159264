"""The newest settled year of a series beside the one before, like with like, and what may be said of the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ABOUT_THE_SAME, NO_CLEAR_CHANGE
from cfanalysis.foundation.wording import points_between, share
from cfanalysis.indicators import Indicator
from cfanalysis.questions.subject import TOO_HIDDEN, Subject
from cfanalysis.signals import compare_years
from cfanalysis.signals.years import Years

YEAR = 12
NORMAL_90 = 1.2816
"""Nine tenths of a normal variable lie under its mean and so many standard deviations."""
OVER_TWELVE_MONTHS = ("count", "percent")
"""Kinds of which a year is twelve months together, where they are no picture of a day; of the others it is a date."""
LITTLE, LITTLE_POINTS = 0.05, 2.0
"""What is no more than this is "about the same"; more than this, and yet no more than chance, is no clear change."""


@dataclass(frozen=True)
class Change:
    """Two years of one measure, and what may be said of them: every page says it in the same way.

    ``way`` is "up", "down", "about the same", "no clear change", or a reason for which none of these is said; blank where
    the two years cannot be set side by side at all (``years.because`` says why).
    """

    years: Years
    way: str = ""
    moved: bool = False
    """Whether a level moved inside the two years."""

    @property
    def told(self) -> bool:
        """Whether a direction is said."""
        return self.way in ("up", "down")


def change_of(subject: Subject, events: Iterable[Any] = (), onsets: Iterable[pd.Period] = ()) -> Change:
    """The two newest settled years of a measure; ``onsets`` are the months in which the level moved.

    Where no direction is told of the years together, and a level moved inside them, that is said: it is the change.
    """
    found = compare(subject, events)
    if found.last is None or not np.isfinite([found.now, found.before]).all():
        return Change(found)
    if found.direction == "not known":
        return Change(found, f"no verdict: {found.because}")
    if found.direction != ABOUT_THE_SAME:
        return Change(found, found.direction)
    inside = [each for each in onsets if found.last - 2 * YEAR < each <= found.last]
    if inside:
        return Change(found, f"the level moved in {month_label(max(inside))}", moved=True)
    return Change(found, way_of(found, subject.indicator.kind))


def way_of(found: Years, kind: str) -> str:
    """What may be said of two years: "up" or "down" only where that is more than chance and straying; blank where nothing can be."""
    if found.direction != ABOUT_THE_SAME:
        return "" if found.direction == "not known" else found.direction
    little = LITTLE_POINTS if kind == "percent" else LITTLE
    return ABOUT_THE_SAME if not abs(found.change) > little else NO_CLEAR_CHANGE


def over_a_year(indicator: Indicator) -> bool:
    """Whether a year of it is twelve months together; of the others it is a date."""
    return indicator.kind in OVER_TWELVE_MONTHS and not indicator.on_a_day


def compare(subject: Subject, events: Iterable[Any] = ()) -> Years:
    """The year to the newest settled month with the year before. Of a count or a share all twelve months of both must be shown: a part
    of a year is no year.
    """
    if not subject.known or subject.too_hidden:
        return Years(None, because=TOO_HIDDEN if subject.too_hidden else "there are no figures")
    last = subject.settled
    if last < subject.months[0]:
        return Years(None, because="no month has settled")
    told = subject.modelled(settled=True)
    found = compare_years(
        told["series"], kind=told["kind"], denominator=told.get("denominator"), at_date=subject.indicator.on_a_day,
        last=last, events=tuple(events) or None, doubt=_doubt(subject, last),
    )  # fmt: skip
    if found.months < YEAR and over_a_year(subject.indicator):
        return Years(last, because=found.because or "a month of the two years is missing")
    return replace(found, last=last)


def _doubt(subject: Subject, last: pd.Period) -> float:
    """How uncertain the newest figure is where late closures still move it, in logs: its range holds eight outcomes in ten."""
    low, high = subject.likely_range(last)
    return float(np.log(high / low) / (2 * NORMAL_90)) if subject.indicator.kind == "stock" and low > 0 else 0.0


def change_in_words(change: Change, kind: str) -> str:
    """The change as a table says it.

    >>> change_in_words(Change(Years(None, 25.7, 23.1, 2.6, 0.5, 4.6, 2.6, "up", 12), "up"), "percent")
    'up 2.6 percentage points'
    >>> change_in_words(Change(Years(None, because="there is no year before")), "count")
    'not known: there is no year before'
    """
    found = change.years
    if not change.told:
        return change.way or f"not known: {found.because}"
    if kind == "percent":
        return f"{change.way} {points_between(found.now, found.before)}"
    return f"{change.way} {share(abs(found.change))}" if np.isfinite(found.change) else f"{change.way} from none"


def compared(subject: Subject, last: pd.Period) -> str:
    """What is set beside the same a year before."""
    span = f"Year to {month_label(last)}" if over_a_year(subject.indicator) else month_label(last)
    return f"{span}, as it settles" if subject.moved(months_of(subject, last)) else span


def months_of(subject: Subject, last: pd.Period) -> list[pd.Period]:
    """The months that the figure of a year is made of."""
    return [last - back for back in range(YEAR)] if over_a_year(subject.indicator) else [last]
