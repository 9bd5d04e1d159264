"""The level of a series in any stretch of months, and how far two stretches stand apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, rel_entr

from cfanalysis.signals.shifts.pace import MONTHLY, QUARTERLY, Pace
from cfanalysis.signals.unusual.task import Task

WANDER = 0.10
"""How far, in logs, the level of a flow or share strays within a year with nothing lasting having happened (DfE's referrals)."""
STOCK_WANDER = 0.03
MATTERS = {"count": np.log(1.2), "stock": np.log(1.1), "percent": 0.25, "points": 3.0, "rate": np.log(1.1), "measure": np.log(1.1)}
"""The least change that is told: a fifth of a flow, a tenth of a stock; for shares a quarter in log odds (80 % to 84 %)."""
MIDDLE_MONTH = 1.15
"""How far the difference of two levels may exceed that of the middle month from the level before."""
PAIR = 2
CLIPPED = 3.0
"""A month counts for the noise as no further out than three standard deviations: spikes are no noise."""


@dataclass(frozen=True)
class Level:
    """The known months of a series, in order. ``top`` and ``bottom`` are summed over a stretch to give its level."""

    months: pd.PeriodIndex
    scaled: np.ndarray
    """On a scale where effects add: logs, log odds, or points."""
    top: np.ndarray
    bottom: np.ndarray
    noise: np.ndarray
    """Variance of a month on that scale, learnt from the months before it and itself; of shares, over what chance alone gives."""
    breaks: np.ndarray
    kind: str
    pace: Pace = MONTHLY

    @property
    def freq(self) -> str:
        """Months ("M"), or the quarters there are."""
        return str(self.months.freqstr)

    @property
    def length(self) -> int:
        """How many months are known."""
        return len(self.scaled)

    @property
    def in_points(self) -> bool:
        """Whether levels are percentages."""
        return self.kind in ("percent", "points")

    def typical(self, first: int, end: int) -> float:
        """The level of the months from first up to, not including, end: of an average month, or in percent."""
        level = float(self.top[first:end].sum() / self.bottom[first:end].sum())
        return 100 * level if self.kind == "percent" else level

    def departure(self, base: int, first: int, end: int) -> float:
        """How many standard errors the months from ``first`` stand from those from ``base``; 0 where the difference does not matter.

        The difference is that of the two levels, or that of the middle month where that is clearly less: one month alone does not make a
        change that lasts.
        """
        before = self._scaled(*self._sums(base, first))
        top, bottom = self._sums(first, end)
        each = self.top[first:end] / self.bottom[first:end]
        whole = self._scaled(top, bottom) - before
        # two quarters have no middle: the one nearer to the level before has to show the change
        middle_month = _middle(each.tolist()) if len(each) > PAIR else float(each.min() if whole > 0 else each.max())
        middle = self._scaled(middle_month * bottom, bottom) - before
        difference = np.sign(whole) * max(0.0, min(abs(whole), MIDDLE_MONTH * float(np.sign(whole)) * middle))
        if abs(difference) < MATTERS[self.kind]:
            return 0.0
        if self.kind == "percent":
            return float(difference / abs(whole) * self._share_evidence(base, first, end))
        return float(difference / self._error(base, first, end))

    def _share_evidence(self, base: int, first: int, end: int) -> float:
        """How many standard errors two shares stand apart, never negative: the root of the likelihood ratio of two binomials.

        It holds where one side is rare, as a difference of log odds does not. Months straying more than chance and the wandering of
        levels make it less; so does the number of times that it is looked for.
        """
        parts = slice(base, first), slice(first, end)
        top, bottom = (np.array([float(each[part].sum()) for part in parts]) for each in (self.top, self.bottom))
        share = float(top.sum() / bottom.sum())
        ratio = 2 * float((rel_entr(top, bottom * share) + rel_entr(bottom - top, bottom * (1 - share))).sum())
        chance = float((1 / bottom).sum()) / max(share * (1 - share), 1e-9)
        return float(np.sqrt(max(ratio, 0.0) * chance / (SHARE_CARE * chance * self.noise[end - 1] + WANDER**2)))

    def difference(self, base: int, onset: int, first: int, end: int) -> tuple[float, float]:
        """How far the months from ``first`` stand from those before the onset, on the additive scale, and its standard error."""
        apart = self._scaled(*self._sums(first, end)) - self._scaled(*self._sums(base, onset))
        return apart, self._spread(base, onset, first, end)

    def size_of(self, base: int, onset: int, apart: float) -> float:
        """A distance on the additive scale from the level before as it is said: a share of that level, or points."""
        before = self._scaled(*self._sums(base, onset))
        if self.kind == "points":
            return apart
        if self.kind == "percent":
            return 100 * float(expit(before + apart) - expit(before))
        return float(np.expm1(apart))

    def _sums(self, first: int, end: int) -> tuple[float, float]:
        return float(self.top[first:end].sum()), float(self.bottom[first:end].sum())

    def _scaled(self, top: float, bottom: float) -> float:
        if self.kind == "points":
            return top / bottom
        if self.kind == "percent":
            return float(np.log((top + 0.5) / (bottom - top + 0.5)))
        return float(np.log((top + 0.5) / bottom))

    def _error(self, base: int, first: int, end: int) -> float:
        return self._spread(base, first, first, end)

    def _spread(self, base: int, onset: int, first: int, end: int) -> float:
        """The standard error of the difference of two stretches of months, the second one from ``first``."""
        before, after, now = onset - base, end - first, end - 1
        parts = slice(base, onset), slice(first, end)
        if self.kind == "percent":
            chance = sum(1 / (self.top[part].sum() + 0.5) + 1 / ((self.bottom - self.top)[part].sum() + 0.5) for part in parts)
            return float(np.sqrt(self.noise[now] * chance + WANDER**2))
        if self.kind == "count":
            chance = sum(1 / (self.top[part].sum() + 0.5) for part in parts)
            return float(np.sqrt(max(self.noise[now] * (1 / before + 1 / after), chance) + WANDER**2))
        wander = POINTS_WANDER if self.kind == "points" else STOCK_WANDER
        # a stock carries every change on: the means of two stretches of a random walk differ by this many steps' variance
        steps = 1 + (np.arange(1, after) ** 2).sum() / after**2 + (np.arange(1, before) ** 2).sum() / before**2
        return float(np.sqrt(self.noise[now] * steps + wander**2))


POINTS_WANDER = 1.0
"""As STOCK_WANDER, in percentage points, for percentages that come without a denominator."""


def make_level(task: Task) -> Level:
    """The known months of a task, with the noise learnt along the way."""
    known, pace = task.learnt, QUARTERLY if task.quarterly else MONTHLY
    figures = task.series.figures[known]
    shares = task.denominator is not None
    kind = "percent" if shares else "points" if task.kind == "percent" else task.kind
    bottom = task.denominator[known] if task.denominator is not None else task.exposure[known]
    if kind == "points":
        values = figures
    elif shares:
        values = np.log((figures + 0.5) / (bottom - figures + 0.5))
    else:
        values = np.log((figures + 0.5) / bottom)
    noise = straying_of_shares(figures, bottom, pace) if shares else _noise(values, figures, bottom, kind, pace)
    return Level(task.series.months[known], values, figures, bottom, noise, _next_known(task.breaks, known), kind, pace)


SHARE_CARE = 1.75
"""By what the chance part of a share's variance is taken larger, because it is looked at each month and over four windows: simulated series
of a steady share then show a shift in the last two years in fewer than one case in twenty (docs/methods/claims.md)."""


def straying_of_shares(top: np.ndarray, bottom: np.ndarray, pace: Pace = MONTHLY) -> np.ndarray:
    """The running variance of a month's share about the year before it, over what chance alone gives; never under 1."""
    months, running = pace.noise_worth, np.ones(len(top))
    variance = 1.0
    for t in range(1, len(top)):
        before = slice(max(0, t - pace.year), t)
        past = float(bottom[before].sum())
        share = (float(top[before].sum()) + 0.5) / (past + 1)
        chance = share * (1 - share) * bottom[t] * (1 + bottom[t] / past)
        apart = min((top[t] - share * bottom[t]) ** 2 / chance, CLIPPED**2)
        variance = (months * variance + apart) / (months + 1)
        months = min(months + 1, pace.noise_memory)
        running[t] = max(variance, 1.0)
    return running


def _next_known(breaks: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Breaks among the known months: a break in a missing month falls on the next known one."""
    counted = np.cumsum(breaks)[known]
    return np.asarray(np.diff(counted, prepend=0) > 0)


def _noise(values: np.ndarray, figures: np.ndarray, bottom: np.ndarray, kind: str, pace: Pace) -> np.ndarray:
    """The running variance of a month about the middle of the months before it; of a stock, of a month's change."""
    months = pace.noise_worth
    flow = kind in ("count", "percent")
    variance = (pace.noise if flow else 1.0 if kind == "points" else pace.stock_noise) ** 2
    running = np.empty(len(values))
    for t in range(len(values)):
        least = _least_variance(figures, bottom, slice(max(0, t - pace.year + 1), t + 1), kind)
        if t >= (pace.neighbours if flow else 1):
            residual = _residual(values, figures, bottom, t, kind, pace.neighbours) if flow else values[t] - values[t - 1]
            scale = np.sqrt(max(variance, least))
            clipped = float(np.clip(residual, -CLIPPED * scale, CLIPPED * scale))
            variance = (months * variance + clipped**2 * (pace.median_ratio if flow else 1.0)) / (months + 1)
            months = min(months + 1, pace.noise_memory)
        running[t] = max(variance, least)
    return running


def _residual(values: np.ndarray, figures: np.ndarray, bottom: np.ndarray, t: int, kind: str, neighbours: int) -> float:
    before = slice(t - neighbours, t)
    if kind == "percent":
        return float(values[t] - np.median(values[before]))
    # counts as shares of what was expected: an empty month is one below, where its log would be without bound
    expected = np.median(figures[before] / bottom[before]) * bottom[t] + 0.5
    return float((figures[t] - expected) / expected)


def _least_variance(figures: np.ndarray, bottom: np.ndarray, recent: slice, kind: str) -> float:
    """No month is steadier than chance alone leaves it: Poisson for counts, binomial for shares, rounding for the rest."""
    mean = float(figures[recent].mean())
    if kind == "count":
        return 1 / max(mean, 0.5)
    if kind == "percent":
        size = float(bottom[recent].mean())
        share = min(max(mean / size, 0.5 / size), 1 - 0.5 / size) if size > 1 else 0.5
        return 1 / max(size * share * (1 - share), 0.5)
    return 0.25 if kind == "points" else 0.25 / max(mean, 1.0) ** 2


def _middle(values: list[float]) -> float:
    """The median, as numpy has it and ten times as quick for a few values.

    >>> _middle([3.0, 1.0, 2.0]), _middle([4.0, 1.0])
    (2.0, 2.5)
    """
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
