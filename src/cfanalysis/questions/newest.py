"""The newest figure of a measure and its newest year beside the one before: by month, by quarter, or by the pictures of two dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import Address
from cfanalysis.questions.quarters import Quarters, by_quarter
from cfanalysis.questions.subject import HIDDEN, PARTS, Subject
from cfanalysis.questions.years import Change, change_in_words, compared, months_of, way_of
from cfanalysis.signals.two_stretches import Years, compare_totals

At = Callable[[pd.Period], dict[str, Any]]
"""Value, numerator, denominator and flag of a month, or of the quarter that ends with it."""

NOT_ALL_SHOWN = "not known: not all of it is shown"
MISSING = "not known: a month of the two years is missing"
NO_FIGURES_THEN = "not known: no figure a year before"


@dataclass(frozen=True)
class Year:
    """What a year (or a date) comes to: value, its parts, why there is none, and the months or quarters it adds up."""

    value: float
    numerator: float
    denominator: float
    flag: str
    months: tuple[pd.Period, ...]


def year_in_words(newest: Newest) -> dict[str, Any]:
    """What a headline says of the newest year (``now``, ``before``, ``span``, ``ago``); empty where a part of either is not shown."""
    if newest.now.flag or newest.before.flag or np.isnan(newest.now.value) or np.isnan(newest.before.value):
        return {}
    several = len(newest.now.months) > 1
    span = f"in the {newest.compared[:1].lower()}{newest.compared[1:]}" if several else f"in {newest.compared}"
    ago = "the year before" if several else "a year before"
    return {"now": newest.now.value, "before": newest.before.value, "span": span, "ago": ago}


@dataclass(frozen=True)
class Newest:
    """The newest figure of a measure, and what its newest year is compared with."""

    each: str
    month: pd.Period
    figures: dict[str, Any]
    compared: str
    now: Year
    before: Year
    change: str
    address: Callable[[Sequence[pd.Period], str], Address]


def newest_of(subject: Subject, change: Change) -> Newest:
    """By month where the months tell enough, else by quarter where those are shown, else a percentage of a day by two dates."""
    quarters, years = by_quarter(subject), change.years
    if quarters is not None:
        return _by_quarter(quarters)
    if subject.is_percent and subject.indicator.on_a_day and not np.isfinite(years.now):
        return _by_date(subject)
    last = subject.settled if years.last is None else years.last
    now, before = (_year(subject, subject.at, months_of(subject, month)) for month in (last, last - 12))
    if np.isfinite(years.now):
        now, before = replace(now, value=years.now), replace(before, value=years.before)
    return Newest(
        "month", subject.newest, subject.at(subject.newest), compared(subject, last), now, before, _change(subject, change, now, before),
        _address(subject),
    )  # fmt: skip


def _by_quarter(quarters: Quarters) -> Newest:
    subject, last, years = quarters.subject, quarters.newest, quarters.years
    now, before = (_year(subject, quarters.at, quarters.year(month)) for month in (last, last - 12))
    if not now.flag and not before.flag:
        now, before = replace(now, value=years.now), replace(before, value=years.before)
    change = _change(subject, _told(subject, years), now, before)
    return Newest("quarter", last, quarters.at(last), quarters.compared(), now, before, change, quarters.address)


def _by_date(subject: Subject) -> Newest:
    """A percentage known on some days only: the newest picture beside that of a year before."""
    last = subject.newest
    now, before = (_year(subject, subject.at, [month]) for month in (last, last - 12))
    change = _change(subject, _told(subject, _two_dates(now, before, last)), now, before)
    return Newest("month", last, subject.at(last), month_label(last), now, before, change, _address(subject))


def _told(subject: Subject, years: Years) -> Change:
    return Change(years, way_of(years, subject.indicator.kind))


def _two_dates(now: Year, before: Year, last: pd.Period) -> Years:
    """A percentage of a day beside that of another; not known where the counts of either are not."""
    below = (now.denominator, before.denominator)
    if not np.isfinite([now.numerator, before.numerator, *below]).all() or min(below) <= 0:
        return Years(last, now.value, before.value, because="no figure a year before")
    return compare_totals(now.value, before.value, kind="percent", below=below, at_date=True, last=last)


def _year(subject: Subject, at: At, months: Sequence[pd.Period]) -> Year:
    """The sum of a count or the pooled percentage of some months, the figure itself of one; unknown where any of them is."""
    held = [at(month) for month in months]
    flags = [each["flag"] or "x" for each in held if np.isnan(each["value"])]
    above, below = (float(np.sum([each[name] for each in held])) for name in PARTS)
    flag = "" if not flags else HIDDEN if HIDDEN in flags else flags[0]
    if flags:
        value = np.nan
    elif subject.is_percent and np.isfinite(above) and below > 0:
        value = 100 * above / below
    else:
        value = float(np.mean([each["value"] for each in held]) if subject.is_percent else np.sum([each["value"] for each in held]))
    return Year(value, above, below, flag, tuple(months))


def _change(subject: Subject, change: Change, now: Year, before: Year) -> str:
    said = change_in_words(change, subject.indicator.kind)
    if not said.startswith("not known"):
        return said
    if HIDDEN in (now.flag, before.flag):
        return NOT_ALL_SHOWN
    if subject.too_hidden:
        return "not known: too many months are not shown"
    if now.flag or before.flag:
        return MISSING if len(now.months) > 1 else NO_FIGURES_THEN
    return said


def _address(subject: Subject) -> Callable[[Sequence[pd.Period], str], Address]:
    def address(months: Sequence[pd.Period], part: str) -> Address:
        name, breakdown, _, _ = subject.address(months[0])
        return (name, breakdown, tuple(period for month in months for period in subject.address(month)[2]), part)

    return address
