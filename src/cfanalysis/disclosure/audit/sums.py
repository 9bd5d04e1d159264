"""Every equation that an attacker can write of a release file: nestings, categories, stocks, shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial

import pandas as pd

from cfanalysis.disclosure.audit.sheet import CLOSE, Address, Sheet, Sum, blur, is_there, said_of, summed, weighed
from cfanalysis.foundation.errors import ReleaseError

Lists = Mapping[tuple[str, str, str, tuple[str, ...]], bool]
"""Of every list of categories (indicator, dimension, part, categories), whether they make the whole wherever all are shown."""


def write_equations(
    sheet: Sheet, asked: Iterable[Address], whole: Lists, stocks: tuple[tuple[str, str, str], ...], rest: frozenset[str],
    percents: frozenset[str],
) -> dict[tuple[str, ...], Sum]:  # fmt: skip
    """Every equation that a hidden figure of those asked for stands in, by a name that is the same in every file."""
    found: dict[tuple[str, ...], Sum] = {}
    for address in asked:
        for key, write in (
            *_over_time(sheet, address), *_by_category(sheet, address, whole), *_stock(sheet, address, stocks),
            *_share(sheet, address, rest, percents),
        ):  # fmt: skip
            if key not in found and (each := write()) and len(each.members) > 1:
                found[key] = each
    return found


Named = tuple[tuple[str, ...], Callable[[], Sum | None]]
"""An equation by its name, written only where nobody has before: it is found from each figure that stands in it."""


def _year_of(period: str) -> tuple[list[str], list[str]]:
    """The quarters and months of a year to March."""
    year = int(period[:4])
    quarters = [f"{year}-Q2", f"{year}-Q3", f"{year}-Q4", f"{year + 1}-Q1"]
    return quarters, [month for quarter in quarters for month in _months_of(quarter)]


def _months_of(quarter: str) -> list[str]:
    year, number = quarter.split("-Q")
    return [f"{year}-{3 * int(number) - 2 + step:02d}" for step in range(3)]


def grain_of(period: str) -> str:
    if len(period) == 10:
        return "date"
    if "/" in period:
        return "year"
    return "quarter" if "Q" in period else "month"


def _over_time(sheet: Sheet, address: Address) -> list[Named]:
    """The quarter and year a figure is part of, and the periods it is made of."""
    indicator, breakdown, period, part = address

    def added(total: str, parts: Sequence[str]) -> Sum | None:
        return summed(sheet, (indicator, breakdown, total, part), [(indicator, breakdown, one, part) for one in parts])

    return [
        (("time", indicator, breakdown, total, part, str(len(parts))), partial(added, total, parts)) for total, parts in _nested(period)
    ]


@cache
def _nested(period: str) -> list[tuple[str, list[str]]]:
    """The quarter and year that a period is part of or is itself, each with what it is made of."""
    grain = grain_of(period)
    if grain == "date":
        return []
    year, month = int(period[:4]), 0
    if grain == "month":
        month = int(period[5:])
    elif grain == "quarter":
        month = 3 * int(period[-1])
    first = year if grain == "year" or month > 3 else year - 1
    fiscal = f"{first}/{(first + 1) % 100:02d}"
    wanted = []
    if grain != "year":
        quarter = period if grain == "quarter" else f"{year}-Q{(month + 2) // 3}"
        wanted.append((quarter, _months_of(quarter)))
    quarters, months = _year_of(fiscal)
    return [*wanted, (fiscal, quarters), (fiscal, months)]


def closed_lists(sheet: Sheet) -> set[Address]:
    """Categories of lists that show none of them, and whose whole is known and too small for each to be hidden for itself.

    Such a list has been closed whole: it may hold zeros as well.
    """
    found = set[Address]()
    for (indicator, period, part), dimensions in sheet.listed.items():
        for dimension, breakdowns in dimensions.items():
            if (indicator, breakdowns[0], period, part) in sheet.shown:
                continue
            every = {sheet.one((indicator, each, period, part)) for each in breakdowns}
            if not every <= sheet.hidden:
                continue
            total = sheet.shown.get(total_of(sheet, indicator, dimension, period, part))
            if total is not None and total - len(every) + 1 < sheet.policy.largest_hidden:
                found |= every
    return found


def total_of(sheet: Sheet, indicator: str, dimension: str, period: str, part: str) -> Address:
    """What the categories are parts of: the whole of their own extract where the file has one, else that of the series."""
    own = (indicator, dimension, period, part)
    return own if is_there(sheet, own) else (indicator, "all", period, part)


def whole_lists(sheet: Sheet) -> Lists:
    """Of every list of categories, whether they make the whole in every period in which all of them are shown."""
    exact: dict[tuple[str, str, str, tuple[str, ...]], bool] = {}
    for (indicator, period, part), dimensions in sheet.listed.items():
        for dimension, breakdowns in dimensions.items():
            values = [sheet.shown.get((indicator, breakdown, period, part)) for breakdown in breakdowns]
            if None in values:
                continue
            total = sheet.shown.get(total_of(sheet, indicator, dimension, period, part))
            if total is not None:
                same = abs(total - sum(value for value in values if value is not None)) <= CLOSE + blur(sheet.policy) * (1 + len(values))
                key = (indicator, dimension, part, tuple(sorted(breakdowns)))
                exact[key] = exact.get(key, True) and same
    return {**dict.fromkeys(_whole_by_definition(sheet), True), **exact}


def _whole_by_definition(sheet: Sheet) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Lists of all categories that are offered, of a code set or under a whole of their own: that is what they come to.

    Unless a list says otherwise where all of it is shown. What has no team or area recorded is in none of them.
    """
    return [
        (indicator, dimension, part, tuple(sorted(breakdowns)))
        for (indicator, period, part), dimensions in sheet.listed.items()
        for dimension, breakdowns in dimensions.items()
        if set(breakdowns) == sheet.offered[indicator, dimension]
        and (dimension not in ("team", "area") or is_there(sheet, (indicator, dimension, period, part)))
    ]


def _by_category(sheet: Sheet, address: Address, whole: Lists) -> list[Named]:
    """The categories of a dimension and the whole they make."""
    indicator, breakdown, period, part = address

    def added(dimension: str, breakdowns: Sequence[str]) -> Sum | None:
        parts = [(indicator, each, period, part) for each in breakdowns]
        left = not whole.get((indicator, dimension, part, tuple(sorted(breakdowns))), False)
        return summed(sheet, total_of(sheet, indicator, dimension, period, part), parts, left=left)

    return [
        (("category", indicator, dimension, period, part), partial(added, dimension, breakdowns))
        for dimension, breakdowns in sheet.listed.get((indicator, period, part), {}).items()
        if breakdown in ("all", dimension, *breakdowns)
    ]


def _stock(sheet: Sheet, address: Address, stocks: tuple[tuple[str, str, str], ...]) -> list[Named]:
    """What was open, and started, less what ended, is what is open."""
    indicator, breakdown, period, part = address
    found: list[Named] = []
    for opened, started, ended in stocks:
        if breakdown != "all" or part != "figure" or indicator not in (opened, started, ended) or grain_of(period) in ("quarter", "year"):
            continue

        def moved(name: str, now: str, then: str, stock: tuple[str, str, str] = (opened, started, ended)) -> Sum | None:
            opened, started, ended = stock
            pairs = [((opened, "all", now, "figure"), 1.0), ((opened, "all", then, "figure"), -1.0),
                     ((started, "all", name, "figure"), -1.0), ((ended, "all", name, "figure"), 1.0)]  # fmt: skip
            return weighed(sheet, pairs) if all(is_there(sheet, one) for one, _ in pairs) else None

        months = _month_and_next(period[:7])
        found += [(("stock", opened, each[0]), partial(moved, *each)) for each in (months if indicator == opened else months[:1])]
    return found


@cache
def _month_and_next(month: str) -> list[tuple[str, str, str]]:
    """A month and the next: each with its last day, and the last day before it."""
    first = pd.Period(month, "M")
    return [(str(each), *(str((each - back).end_time.date()) for back in (0, 1))) for each in (first, first + 1)]  # type: ignore[misc]


def _share(sheet: Sheet, address: Address, rest: frozenset[str], percents: frozenset[str]) -> list[Named]:
    """A numerator is within its denominator."""
    indicator, breakdown, period, part = address
    if indicator not in percents or part == "figure":
        return []
    above, below = ((indicator, breakdown, period, name) for name in ("denominator", "numerator"))
    name = "the rest of the denominator" if indicator in rest else ""

    def within() -> Sum | None:
        there = is_there(sheet, above) and is_there(sheet, below)
        return weighed(sheet, [(above, 1.0), (below, -1.0)], left=True, rest=name) if there else None

    return [(("share", indicator, breakdown, period), within)]


def refuse_shown_rests(sheet: Sheet, rest: frozenset[str]) -> None:
    """What is left of a denominator is small, and both are shown."""
    if sheet.policy.round_to > 1:
        return
    for (indicator, breakdown, period, part), value in sheet.shown.items():
        if indicator in rest and part == "denominator":
            less = sheet.shown.get((indicator, breakdown, period, "numerator"))
            if less is not None and 0 < value - less < sheet.policy.hide_below:
                raise ReleaseError(f"{said_of((indicator, breakdown, period, part))}: what is left of it is a small count, and can be seen")
