"""The newest settled year of a series beside the one before, like with like, and what may be said of the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ABOUT_THE_SAME, NO_CLEAR_CHANGE, OVER_TWELVE_MONTHS
from cfanalysis.foundation.wording import points, share
from cfanalysis.questions.subject import TOO_HIDDEN, Subject
from cfanalysis.signals import compare_years
from cfanalysis.signals.years import Years

YEAR = 12
NORMAL_90 = 1.2816
"""Nine tenths of a normal variable lie under its mean and so many standard deviations."""
LITTLE, LITTLE_POINTS = 0.05, 2.0
"""What is no more than this is "about the same"; more than this, and yet no more than chance, is no clear change."""


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
        told["series"], kind=told["kind"], denominator=told.get("denominator"), last=last,
        events=tuple(events) or None, doubt=_doubt(subject, last),
    )  # fmt: skip
    if found.months < YEAR and subject.indicator.kind in OVER_TWELVE_MONTHS:
        return Years(last, because=found.because or "a month of the two years is missing")
    return replace(found, last=last)


def _doubt(subject: Subject, last: pd.Period) -> float:
    """How uncertain the newest figure is where late closures still move it, in logs: its range holds eight outcomes in ten."""
    low, high = subject.likely_range(last)
    return float(np.log(high / low) / (2 * NORMAL_90)) if subject.indicator.kind == "stock" and low > 0 else 0.0


def direction_of(found: Years, kind: str) -> str:
    """ "up" or "down" only where it is more than chance and ordinary straying; else how little can be said; blank where nothing can."""
    if found.direction != ABOUT_THE_SAME:
        return "" if found.direction == "not known" else found.direction
    little = LITTLE_POINTS if kind == "percent" else LITTLE
    return ABOUT_THE_SAME if not abs(found.change) > little else NO_CLEAR_CHANGE


def change_in_words(found: Years, kind: str) -> str:
    """The change as a table says it.

    >>> change_in_words(Years(None, 25.7, 23.1, 2.6, 0.5, 4.6, 2.6, "up", 12), "percent")
    'up 2.6 percentage points'
    >>> change_in_words(Years(None, 1030.0, 1000.0, 0.03, -0.04, 0.1, 0.7, "about the same", 12), "count")
    'about the same'
    """
    way = direction_of(found, kind)
    if way not in ("up", "down"):
        return way or f"not known: {found.because}"
    if kind == "percent":
        return f"{way} {points_of(found.change)}"
    return f"{way} {share(abs(found.change))}" if np.isfinite(found.change) else f"{way} from none"


def points_of(change: float) -> str:
    """Percentage points with a decimal, as the percentages beside them have one."""
    said = points(round(abs(change), 1))
    return said if abs(change) < 1 else f"{abs(change):.1f} percentage points"


def compared(subject: Subject, last: pd.Period) -> str:
    """What is set beside the same a year before."""
    span = f"Year to {month_label(last)}" if subject.indicator.kind in OVER_TWELVE_MONTHS else month_label(last)
    return f"{span}, as it settles" if subject.moved(months_of(subject, last)) else span


def months_of(subject: Subject, last: pd.Period) -> list[pd.Period]:
    """The months that the figure of a year is made of."""
    return [last - back for back in range(YEAR)] if subject.indicator.kind in OVER_TWELVE_MONTHS else [last]
