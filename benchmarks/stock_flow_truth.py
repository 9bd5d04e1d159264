"""Stock-flow histories whose truth is known: what benchmarks/projections.py forecasts and takes apart.

None of them is made by the model that is tested: levels that revert, wander or stay; counts with more than chance in them; cases that
close by their age (the aggregate model knows no ages); small authorities; short histories. ``KINDS`` are those the model's two constants
were chosen on; ``OTHERS`` were written afterwards, to find out where it fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.reference.working_days import working_days

FLOW_SEASON = np.array([1.02, 1.0, 1.035, 0.98, 1.10, 1.08, 1.02, 0.83, 0.99, 1.01, 1.045, 0.925])
MEMORY = 0.9


@dataclass(frozen=True)
class Truth:
    """How a history comes about. Rates a month; ``stay`` in months; ``*_sd`` what is added to the log levels each month."""

    level: float = 150
    stay: float = 8
    starts_sd: float = 0.03
    closing_sd: float = 0.02
    wanders: bool = False
    dispersion: float = 1.0
    by_age: bool = False
    known: int = 72
    trend: float = 0.0
    """Added to the log level of starts each month."""
    season: float = 1.0
    """The power of the season of starts."""
    swing: float = 0.08
    """How far the rate of closing swings over the year."""
    slower: float = 0.0
    """Share by which the rate of closing falls a year and a half before the end of what is known, for good."""
    late: tuple[float, ...] = ()
    """Shares of the newest months' closures that are recorded so far, the newest last."""


KINDS = {
    "levels revert": Truth(),
    "levels wander": Truth(wanders=True),
    "levels stay": Truth(starts_sd=0, closing_sd=0),
    "rough counts": Truth(starts_sd=0.06, closing_sd=0.05, dispersion=2),
    "close by age": Truth(by_age=True),
    "small": Truth(level=20, starts_sd=0.05, closing_sd=0.03),
    "three years known": Truth(known=36),
}

OTHERS = {
    "a stock of 50": Truth(level=6, starts_sd=0.05, closing_sd=0.03),
    "a stock of 3,000": Truth(level=375),
    "starts grow by 8 % a year": Truth(trend=0.0065),
    "strong seasons": Truth(season=3.0, swing=0.25),
    "two years known": Truth(known=24),
    "ten years known": Truth(known=120),
    "closing slows by a quarter": Truth(slower=0.25),
    "newest months unsettled": Truth(late=(0.95, 0.8, 0.55)),
}
SLOWER_FROM = 18


@dataclass(frozen=True)
class Planted:
    """A change of starts or of the rate of closing (shares) that holds from a month on."""

    at: int
    starts: float = 0.0
    closures: float = 0.0


NOTHING = Planted(10**6)


def history(truth: Truth, seed: int, ahead: int = 12, planted: Planted = NOTHING) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Stock, starts and ends over ``known + ahead`` months."""
    rng = np.random.default_rng(seed)
    months = pd.period_range("2013-04", periods=truth.known + ahead, freq="M")
    late = np.arange(len(months)) >= planted.at
    days, calendar = working_days(months) / 21, np.array([month.month for month in months])
    growth = np.exp(truth.trend * (np.arange(len(months)) - truth.known))
    mean = truth.level * growth * np.exp(_level(rng, truth.starts_sd, len(months), truth.wanders)) * days
    mean = mean * FLOW_SEASON[calendar - 1] ** truth.season
    starts = _counts(rng, mean * (1 + planted.starts * late), truth.dispersion)
    swing = (1 + truth.swing * np.cos(2 * np.pi * (calendar - 7) / 12)) * (1 + planted.closures * late)
    swing = swing * (1 - truth.slower * (np.arange(len(months)) >= truth.known - SLOWER_FROM))
    intensity = np.exp(_level(rng, truth.closing_sd, len(months), truth.wanders)) * days * swing / truth.stay
    chance = 1 - np.exp(-intensity)
    stock, ends = (_by_age if truth.by_age else _together)(rng, truth, starts, chance)
    return tuple(pd.Series(each, months, dtype=float, name=name) for each, name in ((stock, "stock"), (starts, "starts"), (ends, "ends")))  # type: ignore[return-value]


def recorded(truth: Truth, stock: pd.Series, ends: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Stock and ends as they stand while the newest months' closures are not all written down."""
    if not truth.late:
        return stock, ends
    so_far = ends.copy()
    so_far.iloc[-len(truth.late) :] = np.round(ends.iloc[-len(truth.late) :] * truth.late)
    return stock + (ends - so_far).cumsum(), so_far


def _level(rng: np.random.Generator, sd: float, months: int, wanders: bool) -> np.ndarray:
    memory = 1.0 if wanders else MEMORY
    level = [0.0 if wanders else rng.normal() * sd / np.sqrt(1 - MEMORY**2)]
    for _ in range(months - 1):
        level.append(memory * level[-1] + rng.normal() * sd)
    return np.array(level)


def _counts(rng: np.random.Generator, mean: np.ndarray, dispersion: float) -> np.ndarray:
    if dispersion <= 1:
        return rng.poisson(mean)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion)


def _together(rng: np.random.Generator, truth: Truth, starts: np.ndarray, chance: np.ndarray) -> tuple[list[int], list[int]]:
    open_now, stock, ends = int(truth.level * truth.stay), [], []
    for started, closing in zip(starts, chance, strict=True):
        ended = rng.binomial(open_now, closing) + rng.binomial(started, closing / 2)
        open_now += started - ended
        stock.append(open_now)
        ends.append(ended)
    return stock, ends


def _by_age(rng: np.random.Generator, truth: Truth, starts: np.ndarray, chance: np.ndarray) -> tuple[list[int], list[int]]:
    """Cases under four months old close at 1.8 times the rate, older ones at 0.7 of it."""
    ages, stock, ends = rng.geometric(1 / (1.4 * truth.stay), int(truth.level * truth.stay)), [], []
    for started, closing in zip(starts, chance, strict=True):
        gone = rng.random(len(ages)) < 1 - (1 - closing) ** np.where(ages < 4, 1.8, 0.7)
        gone_new = rng.random(started) < 0.9 * closing
        ends.append(int(gone.sum() + gone_new.sum()))
        ages = np.concatenate([ages[~gone] + 1, np.ones(int((~gone_new).sum()), dtype=int)])
        stock.append(len(ages))
    return stock, ends


def smooth_stock(seed: int, known: int = 180, ahead: int = 12) -> pd.Series:
    """A long, smooth, trending stock, as provinces and countries have: a level that takes its slope with it, with little noise."""
    rng = np.random.default_rng(seed)
    months = pd.period_range("2005-04", periods=known + ahead, freq="M")
    slope = np.zeros(len(months))
    for month in range(1, len(months)):
        slope[month] = 0.93 * slope[month - 1] + rng.normal() * 0.0018
    season = 0.004 * np.sin(2 * np.pi * (np.arange(len(months)) - rng.integers(12)) / 12)
    level = np.cumsum(slope) + rng.normal(0, 0.002, len(months)).cumsum()
    return pd.Series(np.round(9000 * np.exp(level + season)), months, name="stock")
