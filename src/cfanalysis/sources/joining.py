"""One series from several sources: the authority's own records, its monthly files and DfE's tables, each for the months it knows best.

Two sources of one indicator are joined where they agree in the months that both know; where they do not, or where they share no month
and their levels differ, the longer history is kept up to the joint, which is a break: before cannot be compared with after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import SERIES_COLUMNS, empty
from cfanalysis.sources.problems import Problem

TITLES = {"events": "the authority's own records", "monthly": "the authority's monthly figures", "published": "DfE's tables"}

NEAR, NEAR_SHARE = 2.0, 0.05
"""Two figures of one month agree within two, or within one in twenty."""

AGREEING = 0.8
"""The share of months known to both sources that must agree."""

LEVEL_MONTHS, LEVEL_SHARE = 12, 0.15
"""Without a month in common: the mean of so many months on either side of the joint may differ by this share."""

FLAGGED = "x"

KEY = ["indicator", "breakdown"]
"""What names a series."""


@dataclass(frozen=True)
class Joint:
    """Where one source takes over from another in a series: ``month`` is the first of the later one."""

    indicator: str
    breakdown: str
    month: pd.Period
    before: str
    after: str
    agrees: bool

    @property
    def sentence(self) -> str:
        """What is said of it on a page.

        >>> Joint("referrals", "all", pd.Period("2024-04", "M"), "published", "events", True).sentence
        "From April 2024 the figures come from the authority's own records; before, from DfE's tables. The two agree."
        """
        told = "The two agree." if self.agrees else "The two do not agree: before cannot be compared with after."
        return f"From {self.month:%B %Y} the figures come from {TITLES[self.after]}; before, from {TITLES[self.before]}. {told}"

    def problem(self) -> Problem:
        """The joint as one of the things said of what was read."""
        rule = "joined" if self.agrees else "joined_with_a_break"
        wanted = "one source for all months, where there is one"
        return Problem("all sources", "", None, self.indicator, self.sentence.rstrip("."), wanted, "kept", rule, list=self.indicator)


@dataclass(frozen=True)
class Joined:
    """The series of all sources as one table, the layer each indicator's newest months come from, and every joint."""

    series: pd.DataFrame
    newest: Mapping[str, frozenset[str]]
    joints: tuple[Joint, ...]


def join_layers(layers: Mapping[str, pd.DataFrame]) -> Joined:
    """Layers of the series contract, the best first, put together series by series."""
    held = {layer: _with_figures(rows) for layer, rows in layers.items()}
    named = [rows[KEY].drop_duplicates().assign(layer=layer) for layer, rows in held.items()]
    best = pd.concat(named, ignore_index=True) if named else pd.DataFrame(columns=[*KEY, "layer"])
    several = pd.MultiIndex.from_frame(best.loc[best.duplicated(KEY), KEY])
    frames = [rows[~_among(rows, several)] for rows in held.values()]  # most series come from one source: nothing to join
    joints: list[Joint] = []
    for (indicator, breakdown), mine in _by_series(held, several).items():
        first, *others = mine
        frame = mine[first].assign(layer=first)
        for other in others:
            frame = _joined(frame, mine[other].assign(layer=other))
        joints += _joints(frame, indicator, breakdown, mine)
        frames.append(frame)
    series = pd.concat(frames, ignore_index=True)[list(SERIES_COLUMNS)] if frames else empty("series")
    first_of = best.drop_duplicates(KEY)
    newest = {layer: frozenset(first_of.loc[first_of["layer"] == layer, "indicator"].astype(str)) for layer in layers}
    return Joined(series, newest, tuple(joints))


def _with_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of series that have a figure in any month."""
    known = rows.loc[rows["value"].notna(), KEY].drop_duplicates()
    return rows[_among(rows, pd.MultiIndex.from_frame(known))]


def _among(rows: pd.DataFrame, keys: pd.MultiIndex) -> np.ndarray:
    return np.asarray(pd.MultiIndex.from_frame(rows[KEY]).isin(keys))


def _by_series(held: Mapping[str, pd.DataFrame], keys: pd.MultiIndex) -> dict[tuple[str, str], dict[str, pd.DataFrame]]:
    """The rows of each of these series by layer, the best layer first."""
    found: dict[tuple[str, str], dict[str, pd.DataFrame]] = {}
    for layer, rows in held.items():
        for (name, part), own in rows[_among(rows, keys)].groupby(KEY, sort=False):
            found.setdefault((str(name), str(part)), {})[layer] = own
    return found


def _known(rows: pd.DataFrame) -> pd.Series:
    return rows.dropna(subset="value").set_index("month")["value"].sort_index()


def _joined(best: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The better rows, and those of the other source for months that the better one does not know."""
    known, more = _known(best), _known(other)
    first, last = known.index.min(), known.index.max()
    wanted = ~more.index.isin(known.index)
    if not agree(known, more):
        wanted &= more.index < first
    elif not (more.index < first).any() and not (more.index > last).any():
        wanted &= False  # holes among our own months are said to be holes
    extra = other[other["month"].isin(more.index[wanted])]
    return pd.concat([best[~best["month"].isin(extra["month"])], extra], ignore_index=True)


def agree(one: pd.Series, other: pd.Series) -> bool:
    """Whether two sources of a series, by month, say the same: in the months that both know, else in level on both sides of the joint."""
    both = one.index.intersection(other.index)
    if len(both):
        gap = (one[both] - other[both]).abs()
        return bool((gap <= (NEAR_SHARE * other[both].abs()).clip(lower=NEAR)).mean() >= AGREEING)
    early, late = (one, other) if one.index.max() < other.index.min() else (other, one)
    before, after = early.iloc[-LEVEL_MONTHS:].mean(), late.iloc[:LEVEL_MONTHS].mean()
    return bool(abs(after - before) <= max(NEAR, LEVEL_SHARE * abs(before)))


def _joints(frame: pd.DataFrame, indicator: str, breakdown: str, own: Mapping[str, pd.DataFrame]) -> list[Joint]:
    rows = frame.dropna(subset="value").sort_values("month")
    layer = rows["layer"].to_numpy()
    found = []
    for place in range(1, len(rows)):
        before, after = str(layer[place - 1]), str(layer[place])
        if before != after:
            agrees = agree(_known(own[after]), _known(own[before]))
            found.append(Joint(indicator, breakdown, rows["month"].iloc[place], before, after, agrees))
    return found
