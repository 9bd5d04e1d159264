"""How many periods each step of the search for a lasting change takes, by month and by quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Numbers of periods. By quarter each is a third of its months, no fewer than can be told from chance."""

    stricter: Mapping[int, float]
    """The windows a change has to have lasted, and how much clearer than the longest a shorter one has to be: short runs
    are chance more often."""
    before: int
    """What the level before is taken from, fewer where the last shift is nearer."""
    fewest_before: int
    first: int
    """Known before anything is told."""
    search: int
    """How far back an onset is looked for."""
    newest_level: int
    """What a new level needs before its onset can be dated: in a window of three months one may still be old."""
    now: int
    """The size now is that of the newest so many since the onset."""
    newest: int
    wait: int
    """Since the onset before a shift may be called lasting."""
    year: int
    most_of_a_year: int
    noise_worth: float
    """The prior on a period's noise is worth so many."""
    noise: float
    """The noise of a flow, in logs: 13 % by month (the middle authority of DfE's referrals)."""
    stock_noise: float
    noise_memory: float
    neighbours: int
    """Those before that a period is compared with to learn the noise."""
    median_ratio: float
    """A variance over that about the median of so many neighbours."""


MONTHLY = Pace(
    stricter={3: 1.25, 4: 1.15, 5: 1.07, 6: 1.0},
    before=12,
    fewest_before=6,
    first=12,
    search=9,
    newest_level=2,
    now=6,
    newest=3,
    wait=7,
    year=12,
    most_of_a_year=9,
    noise_worth=8.0,
    noise=0.13,
    stock_noise=0.015,
    noise_memory=40.0,
    neighbours=7,
    median_ratio=0.85,
)

QUARTERLY = Pace(
    stricter={2: 0.95, 3: 0.87},
    before=4,
    fewest_before=3,
    first=6,
    search=3,
    newest_level=1,
    now=2,
    newest=1,
    wait=3,
    year=4,
    most_of_a_year=3,
    noise_worth=4.0,
    noise=0.10,
    stock_noise=0.025,
    noise_memory=16.0,
    neighbours=4,
    median_ratio=0.8,
)
"""Noise of quarters of DfE's referrals about the four before: 10 %, for months of one quarter stray together."""
