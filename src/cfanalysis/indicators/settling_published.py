"""How months settle where no editions teach it: the published figure of 31 March beside the recorded one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from cfanalysis.indicators.settling import (
    COLUMNS,
    ENOUGH,
    PART_ASSUMED,
    PUBLISHED_FIGURES,
    SETTLED,
    STILL,
    Settling,
)

CENSUS_AGE = 4
"""Months: the children in need census of a year to March is put right until the end of July."""

BELIEVABLE = (0.7, 1.1)
"""What lies further from the recorded figure is another way of counting, and no late record: of
1,804 counts in DfE's B1 the corrections of a year left 0.80 to 0.99 in eight of ten."""

QUICK, SLOW = 2.0, 0.5
"""Between two ages whose ratios are known, what is left to correct shrinks evenly (the middle), or
sooner or later than that: the share left, to these powers, bounds the range."""


@dataclass(frozen=True)
class Anchor:
    """What is known of the months of one age: low, middle and high of settled over recorded."""

    age: int
    low: float
    middle: float
    high: float


def settle_by_published(recorded: pd.Series, published: pd.Series, default: Settling) -> Settling:
    """How months settle by the published figures of 31 March; the default where those say nothing.

    ``recorded`` is the newest edition by month, ``published`` the published figure by the month it
    is of. Years that have settled show how the two ways of counting differ; what is published of
    the newest March, so put right, is where its recorded figure settles. Where they do not differ,
    a month has settled by the time of the census. What is known of neither the newest month nor
    of one after the census stays the default's, and the source says so.

    >>> from cfanalysis.indicators.settling import OPEN_CASES, learn_settling
    >>> months = pd.period_range("2013-03", "2018-03", freq="M")
    >>> recorded, marches = pd.Series(1000.0, months), months[months.month == 3]
    >>> published = pd.Series([1000.0] * 5 + [940.0], marches)
    >>> default = learn_settling([], "cin_open", default=OPEN_CASES)
    >>> found = settle_by_published(recorded, published, default)
    >>> found.source, found.ratios["middle"].round(3).tolist()[:5]
    ('published figures', [0.94, 0.955, 0.97, 0.985, 1.0])
    """
    anchors = _anchors(recorded.dropna(), published.dropna())
    if not anchors:
        return default
    newest = default.ratios.iloc[0]
    assumed = anchors[0].age > 0
    if assumed:
        anchors.insert(0, Anchor(0, newest["low"], newest["middle"], newest["high"]))
    rows = [_between(anchors, int(age)) for age in default.ratios["age"]]
    pairs = int((published.index <= recorded.index[-1]).sum())
    ratios = pd.DataFrame(rows, columns=COLUMNS[:-1]).assign(pairs=pairs)
    return Settling(ratios[COLUMNS], PART_ASSUMED if assumed else PUBLISHED_FIGURES)


def _anchors(recorded: pd.Series, published: pd.Series) -> list[Anchor]:
    """The ages that published figures tell of, newest first; none where there are none."""
    both = published.index.intersection(recorded.index)
    if recorded.empty or not len(both):
        return []
    last = recorded.index[-1]
    ratios = (published[both] / recorded[both].where(recorded[both] > 0)).dropna()
    logs = pd.Series(np.log(ratios.to_numpy(float)), ratios.index)
    old = logs[logs.index <= last - SETTLED]
    apart, reach = float(old.median()) if len(old) else 0.0, _reach(old)
    found = {}
    if len(old) >= ENOUGH and abs(apart) <= STILL and reach <= STILL:
        found[CENSUS_AGE] = Anchor(CENSUS_AGE, 1 - reach, 1.0, 1 + reach)
    for month, log in logs[logs.index > last - SETTLED].items():
        ratio = float(np.exp(log - apart))
        if BELIEVABLE[0] <= ratio <= BELIEVABLE[1]:
            age = int((last - month).n)
            found[age] = Anchor(age, ratio * np.exp(-reach), ratio, ratio * np.exp(reach))
    ends = [Anchor(SETTLED, 1.0, 1.0, 1.0)] if found else []
    return [*(found[age] for age in sorted(found)), *ends]


def _reach(logs: pd.Series) -> float:
    """How far one more year may differ from those known, eight times in ten; at least 1 % of few."""
    if len(logs) < ENOUGH:
        return max(STILL, float(logs.abs().max()) if len(logs) else STILL)
    spread = float(logs.std(ddof=1) * np.sqrt(1 + 1 / len(logs)))
    return float(t.ppf(0.9, len(logs) - 1)) * spread


def _between(anchors: Sequence[Anchor], age: int) -> tuple[float, float, float, float]:
    """Age, low, middle and high: on the way from the anchor before an age to the one after it."""
    before = max((each for each in anchors if each.age <= age), key=lambda each: each.age)
    after = min((each for each in anchors if each.age >= age), key=lambda each: each.age)
    left = 1.0 if after is before else (after.age - age) / (after.age - before.age)
    way = {
        "low": left**SLOW if before.low < after.low else left**QUICK,
        "middle": left,
        "high": left**QUICK if before.high < after.high else left**SLOW,
    }
    low, middle, high = (share * getattr(before, name) + (1 - share) * getattr(after, name) for name, share in way.items())
    return age, low, middle, high
