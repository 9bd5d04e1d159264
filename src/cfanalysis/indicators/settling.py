"""How the newest months settle: what late recording makes of them, learnt from successive editions, else from a stated default.

The ratio of a month's value in the newest edition to its value when it was so many months old, over all pairs of editions there are. A
month counts as settled when it is at least ``SETTLED`` months older than the newest edition.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import Table

if TYPE_CHECKING:
    from cfanalysis.sources import Extract

    Remember = Callable[[Sequence[Extract], pd.Period, pd.Period, Callable[[], pd.DataFrame]], pd.DataFrame]
    """Gives an edition (of extracts, from one month to another) that was worked out before, else has it made."""

SETTLED = 12
"""Months. DfE's next census corrects a year's open cases within twelve months; later corrections are rare."""

ENOUGH = 4
"""Pairs of values at one age from which a ratio is learnt: of fewer nobody can say how much they differ."""

STILL = 0.01
"""A month is settled where it usually changes by less than this."""

OPEN_CASES = (0.804, 0.910, 0.986)
"""Stated default for open cases: DfE's B1, 31 March 2013 to 2024, 1,804 counts of single authorities. What was there as recorded later
(open at any point in the next year less started in it), as a share of the count: a tenth, the middle and nine tenths of them. It is taken
for the newest month; how the correction spreads over the year is not published: it is taken to shrink evenly to nothing at ``SETTLED``."""

SHOWN = 6
"""Of the newest months the table shows so many: what is older hardly moves."""

COLUMNS = ["age", "low", "middle", "high", "pairs"]

EDITIONS, PUBLISHED_FIGURES = "editions", "published figures"
PART_ASSUMED = "published figures and a stated default"
ASSUMED, NOT_KNOWN = "stated default", "not known"
"""Where it comes from how months settle. Of the newest month only the first two have learnt it."""

SOURCES = {
    EDITIONS: "learnt from earlier editions",
    PUBLISHED_FIGURES: "learnt from the published figures of 31 March",
    PART_ASSUMED: "the newest by a stated default (as in the rest of England), older ones learnt from the published figures of 31 March",
    ASSUMED: "a stated default (as in the rest of England), not learnt from these files",
}
"""The same in words."""


def _made_each_time(extracts: Sequence[Extract], start: pd.Period, last: pd.Period, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return make()


def successive(
    extracts: Sequence[Extract],
    *,
    authority: str,
    first: pd.Period,
    names: Sequence[str],
    ages: int = SETTLED + 1,
    remember: Remember = _made_each_time,
) -> list[tuple[pd.Period, pd.DataFrame]]:
    """What each of several extracts, laid over those before it, made of some indicators: editions, oldest first, to learn settling from.

    An extract made within a month knows whole months only up to the one before. Of all but the last only the newest ``ages`` months are
    worked out, and only the lists that the indicators are made from are laid over each other: that is most of the work. ``remember`` may
    give an edition that was worked out before: with a new extract each month, all but the newest.
    """
    from cfanalysis.indicators import catalogue

    lists = {kind for name in names for kind in catalogue()[name].lists}
    ordered = [_only(extract, lists) for extract in sorted(extracts, key=lambda extract: extract.as_at)]
    ordered = [extract for extract in ordered if extract.windows]
    last_of = {_last_whole(extract): count for count, extract in enumerate(ordered, start=1) if _last_whole(extract) >= first}
    editions = []
    for last, count in sorted(last_of.items()):
        start = first if count == len(ordered) else max(first, last - ages + 1)
        upto = ordered[:count]
        make = partial(_edition, upto, authority=authority, first=start, last=last, names=names)
        editions.append((last, remember(upto, start, last, make)))
    return editions


def _edition(extracts: Sequence[Extract], *, authority: str, first: pd.Period, last: pd.Period, names: Sequence[str]) -> pd.DataFrame:
    from cfanalysis.events import merge_extracts
    from cfanalysis.indicators import compute

    return compute(merge_extracts(extracts), authority=authority, first=first, last=last, names=names, breakdowns=False)


def _only(extract: Extract, lists: Collection[str]) -> Extract:
    """An extract with some of its lists only."""
    windows = {kind: window for kind, window in extract.windows.items() if kind in lists}
    return replace(extract, windows=windows, events=extract.events[extract.events["event"].isin(windows)])


def _last_whole(extract: Extract) -> pd.Period:
    month = pd.Period(extract.as_at, freq="M")
    return month if month.end_time.date() == pd.Timestamp(extract.as_at).date() else month - 1


@dataclass(frozen=True)
class Settling:
    """By the age of a month (0 = the newest): what its first value is multiplied by to settle, with the middle eight tenths.

    ``source`` says where it comes from: one of ``SOURCES``, or "not known" (then the ratios are missing).
    """

    ratios: pd.DataFrame
    source: str

    @property
    def assumed(self) -> bool:
        """Whether what is said of the newest month is no more than the stated default."""
        return self.source in (ASSUMED, PART_ASSUMED)

    @property
    def provisional(self) -> int:
        """Months still moving: all up to the oldest whose middle ratio, or half of whose spread, is more than 1 %."""
        spread = (self.ratios["high"] - self.ratios["low"]) / 2
        moving = self.ratios.loc[((self.ratios["middle"] - 1).abs() > STILL) | (spread > STILL), "age"]
        return int(moving.max()) + 1 if len(moving) else 0


def learn_settling(
    editions: Sequence[tuple[pd.Period, pd.DataFrame]],
    indicator: str,
    *,
    breakdown: str = "all",
    ages: int = SETTLED,
    default: tuple[float, float, float] | None = None,
) -> Settling:
    """How the months of an indicator settle, from editions (date, series frame), oldest first.

    What still happens after ``SETTLED`` months is taken out: of the newest months it is said what they come to by then. ``default`` (low,
    middle, high, of the newest month; less and less of older ones) is used where there are too few pairs; without one nothing is claimed.
    """
    values = {as_at: _values(frame, indicator, breakdown) for as_at, frame in editions}
    pairs = _pairs(values, SETTLED + 1)
    learnt = pd.DataFrame([_ratio(pairs.get(age, []), age) for age in range(ages)], columns=COLUMNS)
    known = learnt["pairs"] >= ENOUGH
    if known.any():
        by_then = np.median(pairs[SETTLED]) if len(pairs.get(SETTLED, [])) >= ENOUGH else 1.0
        parts = {name: learnt[name] / by_then for name in ("low", "middle", "high")}
        return Settling(learnt.assign(**parts)[known].reset_index(drop=True), EDITIONS)
    if default is None:
        return Settling(learnt, NOT_KNOWN)
    left = np.clip(1 - learnt["age"] / SETTLED, 0, 1)
    return Settling(
        learnt.assign(**dict(zip(("low", "middle", "high"), (1 - (1 - part) * left for part in default), strict=True))), ASSUMED
    )


def _values(frame: pd.DataFrame, indicator: str, breakdown: str) -> dict[pd.Period, float]:
    chosen = frame[(frame["indicator"] == indicator) & (frame["breakdown"] == breakdown)]
    return {month: float(value) for month, value in zip(chosen["month"], chosen["value"], strict=True) if np.isfinite(value)}


def _pairs(values: Mapping[pd.Period, Mapping[pd.Period, float]], ages: int) -> dict[int, list[float]]:
    """Ratios of settled values to values at each age."""
    if not values:
        return {}
    last = max(values)
    settled = {month: value for month, value in values[last].items() if month <= last - SETTLED}
    found: dict[int, list[float]] = {}
    for as_at, then in values.items():
        for age in range(ages):
            month = as_at - age
            if as_at != last and settled.get(month, 0.0) > 0 and then.get(month, 0.0) > 0:
                found.setdefault(age, []).append(settled[month] / then[month])
    return found


def _ratio(ratios: list[float], age: int) -> dict[str, float]:
    if len(ratios) < ENOUGH:
        return {"age": age, "low": np.nan, "middle": np.nan, "high": np.nan, "pairs": len(ratios)}
    from scipy.stats import t

    logs = np.log(ratios)
    reach = float(t.ppf(0.9, len(logs) - 1) * logs.std(ddof=1) * np.sqrt(1 + 1 / len(logs)))  # of one more ratio, few being known
    middle = float(np.median(ratios))
    return {"age": age, "low": middle * np.exp(-reach), "middle": middle, "high": middle * np.exp(reach), "pairs": len(ratios)}


def settle(series: pd.Series, settling: Settling, *, months: int = SETTLED) -> pd.DataFrame:
    """The newest months, so many of them, as first recorded and as they are likely to settle.

    Columns: month, recorded, settled, low, high (the middle eight tenths), source. Months whose settling is not known are left out. A
    month that hardly moves any more (``provisional``) has settled as it is recorded: one number for one date.

    >>> from cfanalysis.indicators.settling import Settling
    >>> ratios = pd.DataFrame({"age": [0, 1], "low": [1.0, 1.0], "middle": [1.1, 1.02], "high": [1.2, 1.05], "pairs": [9, 9]})
    >>> recorded = pd.Series([100.0, 80.0], index=pd.period_range("2024-02", periods=2, freq="M"))
    >>> settle(recorded, Settling(ratios, "editions"))["settled"].round(1).tolist()
    [102.0, 88.0]
    """
    last = series.dropna().index[-1]
    ratios = settling.ratios.dropna(subset="middle").set_index("age")
    firm, parts = ratios.index >= settling.provisional, ["low", "middle", "high"]
    ratios.loc[firm, parts] = ratios.loc[firm, parts].div(ratios.loc[firm, "middle"], axis=0)
    rows = []
    for age in sorted((age for age in ratios.index if age < months), reverse=True):
        month, ratio = last - int(age), ratios.loc[age]
        recorded = float(series.get(month, np.nan))
        if np.isfinite(recorded):
            rows.append((month, recorded, recorded * ratio["middle"], recorded * ratio["low"], recorded * ratio["high"], settling.source))
    return pd.DataFrame(rows, columns=["month", "recorded", "settled", "low", "high", "source"])


def settling_table(settled: pd.DataFrame, title: str) -> Table:
    """The newest months as first recorded and as they are likely to settle (of counts and stocks), ready for release."""
    said = SOURCES.get(settled["source"].iloc[0], NOT_KNOWN) if len(settled) else NOT_KNOWN
    return Table(
        settled.drop(columns="source").round({"settled": 0, "low": 0, "high": 0}),
        title=f"{title}: the newest months as recorded, and as they are likely to settle",
        counts=("recorded",),
        derived=dict.fromkeys(("settled", "low", "high"), ("recorded",)),
        note=f"How months settle: {said}.",
    )
