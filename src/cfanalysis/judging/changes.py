"""Whether a figure changed at all: the months of a claim pooled, against those before it was made, allowing for chance.

This is one of the two questions of a verdict. The other, whether the data alone expected it, is the forecast's: levels stray
by themselves, so that a change may be no chance and yet no more than was to be expected.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.signals.shifts.level import make_level, straying_of_shares
from cfanalysis.signals.unusual.task import read_task

CHANGED = 1.96
"""Standard errors from which two pooled figures differ by more than chance: 1 in 20, both sides together."""

FEWEST_MOVES = 6
"""Months' moves from which the straying of a stock, a rate or a measure is taken."""


def share_z(before: tuple[float, float], after: tuple[float, float], dispersion: float = 1.0) -> float:
    """How many standard errors one share stands from another, each a numerator and its denominator.

    ``dispersion`` is the variance of a month's share over what chance alone gives.

    >>> round(share_z((45, 83), (89, 114)), 1), round(share_z((98, 149), (173, 252)), 1)
    (3.5, 0.6)
    """
    (one, below), (other, beneath) = before, after
    if not (below > 0 and beneath > 0):
        return np.nan
    share = (one + other) / (below + beneath)
    variance = dispersion * share * (1 - share) * (1 / below + 1 / beneath)
    return _over(other / beneath - one / below, variance)


def count_z(before: tuple[float, int], after: tuple[float, int], dispersion: float = 1.0) -> float:
    """How many standard errors one monthly count stands from another, each a total and its months.

    >>> round(count_z((300, 3), (260, 2)), 1)
    3.1
    """
    (one, months), (other, number) = before, after
    if not (months and number):
        return np.nan
    rate = (one + other) / (months + number)
    return _over(other / number - one / months, dispersion * rate * (1 / months + 1 / number))


def _over(difference: float, variance: float) -> float:
    if variance > 0:
        return float(difference / np.sqrt(variance))
    return 0.0 if difference == 0 else np.nan


def share_dispersion(numerator: pd.Series, denominator: pd.Series) -> float:
    """The variance of a month's share about the year before, over what chance alone gives; never under 1."""
    known = (numerator.notna() & (denominator > 0)).to_numpy()
    if not known.any():
        return 1.0
    return float(straying_of_shares(numerator.to_numpy(float)[known], denominator.to_numpy(float)[known])[-1])


def count_dispersion(counts: pd.Series, *, calendar: bool = True, season: str = "reference") -> float:
    """The variance of a month's count over its mean, working days and season allowed for; never under 1."""
    level = make_level(read_task(counts, "count", None, calendar, season, "covid", None))
    if not level.length:
        return 1.0
    mean = float(level.top[-RECENT:].mean())
    return max(float(level.noise[-1]) * mean, 1.0)


RECENT = 12


def level_z(history: pd.Series, before: float, after: float, months: int) -> float:
    """How far a stock, a rate or a measure went in some months, beside how far it goes in so many by its monthly moves."""
    moves = history.diff().dropna().to_numpy(float)[-4 * RECENT :]
    if len(moves) < FEWEST_MOVES or months < 1:
        return np.nan
    return _over(after - before, float(np.mean(moves**2)) * months)
