"""What is believed before the series is seen: the grid of the structural model, and how much each point of it counts."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from cfanalysis.reference import text


class Point(NamedTuple):
    """One point of the grid: a variance for each part, in one unit that is the same for all of a point."""

    noise: float = 1.0
    walk: float = 0.0
    reverting: float = 0.0
    memory: float = 0.0
    """What the mean-reverting part keeps of itself from month to month."""
    momentum: float = 0.0
    """Monthly shock to a slope that fades within a year."""
    trend: float = 0.0
    """Monthly shock to a slope that fades over many years."""
    own: float = 0.0
    """The own season."""


Dynamics = tuple[float, float, float]

FLOW_WALK = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3)
FLOW_REVERTING = ((0.0, 0.0), *product((0.3, 1.0, 3.0), (0.6, 0.85, 0.95)))
FLOW_SEASON = (0.0, 0.05, 0.2, 0.8)
"""DESIGN section 5: small departures from the borrowed season."""

OWN_SEASON = (0.0, 0.3, 2.0, 12.0, 70.0)
"""Where no season is borrowed it may be far larger than the noise."""

OWN_SHIFT_RATE = 0.01
OWN_WIDTH = 0.925
"""Where a flow's season is its own, shifts are rarer and paths closer, so that referrals forecast as if nothing were known of their season
keep what 80 % and 95 % promise (benchmarks/forecast.py)."""

STOCK_WALK = (0.0, 0.3, 30.0)
"""The walk's variance over the noise's: all noise, some of each, next to no noise (a stock counted from records has none)."""

STOCK_MOMENTUM = (0.0, 0.03, 0.3)
STOCK_TREND = (0.0, 1e-4, 1e-3, 1e-2, 1e-1)
STOCK_SEASON = (0.0, 0.5, 3.0, 15.0)
"""Variances over noise and walk together, so that they mean the same for smooth stocks and rough ones."""

WALK_DECAY, MOMENTUM_DECAY, TREND_DECAY = 3.0, 30.0, 100.0
"""Prior weight of a variance v falls as 1 / (1 + decay x v), its root for the walk: heavy-tailed, and small unless the series says
otherwise (Gelman 2006)."""

NOISE_SHAPE = 1.0
"""Shape of the inverse-gamma prior on the noise: worth two observations."""

SHIFT_RATE = 0.02
SHIFT_SIZE = 0.25
"""A level shift comes in 2 % of months, Laplace with scale 0.25 in logs (DESIGN section 5, measured on referrals)."""

SHIFT_DEVIATIONS = 2.0
"""Shifts are no larger than this many one-month standard deviations: England does not jump as an authority does. Forecasts of England and
its regions covered 87 and 99 % without this, 84 and 97 % with it; those of authorities did not change."""

POOLING_POWER = 2.0
"""Empirical Bayes: a point's prior weight is its mean posterior weight over a panel, to this power (DESIGN section 5)."""

BORROWING_POWER = 0.5
"""Flows that learn their own season are not referrals: what referrals taught about levels counts for less."""

FLOW_TRUST = 0.3
"""Power on a flow's likelihood where the panel prior is known. One-step likelihood is too sure of itself about forecasts of a year
(a power posterior, Grünwald 2012): on referrals 0.1 to 0.5 did about equally well, 1 cost 0.3 % of MASE.
Not so where a season must be learnt."""

FLOOR = 1e-4
"""Least weight of a grid point that no panel has shown, over the number of points."""


@dataclass(frozen=True)
class Constants:
    """What a panel teaches, in a form that can be shipped (reference/panel_constants.csv says how it was made)."""

    profile: tuple[float, ...]
    """Referrals per working day by calendar month, January first, 1 = an average month."""
    dynamics: tuple[tuple[Dynamics, float], ...]
    """Mean posterior weight of each walk, mean-reverting variance and memory."""
    season: tuple[tuple[float, float], ...]
    """Mean posterior weight of each variance of the own season."""
    width: float
    """What the spread of paths is multiplied by, future shifts aside."""
    lockdown: tuple[tuple[str, float], ...] = ()
    """What each lockdown month took from England's referrals, in logs; used where it is part of a quarter."""
    winters: tuple[tuple[int, float], ...] = ()
    """By year: how far January and February of the middle authority lay from what its December foretold, in logs."""
    winter_spread: float = 1.0
    """How much wider the winters of single authorities strayed about that than was foretold."""


@cache
def shipped() -> Constants:
    """The constants that ship with the package."""
    return read_constants(text("panel_constants.csv"))


def read_constants(content: str) -> Constants:
    """Constants from the text of the reference file: rows of a part, its keys and a value; lines starting with # say what they are."""
    rows = list(csv.reader(line for line in content.splitlines() if line and not line.startswith("#")))[1:]
    parts = {
        name: [[float(cell) for cell in row[1:] if cell] for row in rows if row[0] == name]
        for name in ("profile", "width", "season", "dynamics", "lockdown", "winter", "winter_spread")
    }
    profile = tuple(value for _, value in sorted((month, value) for month, value in parts["profile"]))
    dynamics = tuple(((walk, var, memory), weight) for walk, var, memory, weight in parts["dynamics"])
    season = tuple((var, weight) for var, weight in parts["season"])
    lockdown = tuple((f"{year:.0f}-{month:02.0f}", value) for year, month, value in parts["lockdown"])
    winters = tuple((int(year), value) for year, value in parts["winter"])
    spread = parts["winter_spread"][0][0] if parts["winter_spread"] else 1.0
    return Constants(profile, dynamics, season, parts["width"][0][0], lockdown, winters, spread)


@dataclass(frozen=True)
class Prior:
    """Grid points, the log of their weights, and what goes with them."""

    points: tuple[Point, ...]
    mean_weights: tuple[float, ...]
    """Mean posterior weights over a panel, or equal where there is none."""
    power: float = 1.0
    trust: float = 1.0
    width: float = 1.0
    shift_rate: float = 0.0
    shift_size: float = SHIFT_SIZE

    @property
    def log_weights(self) -> np.ndarray:
        """Logs of the prior weights."""
        return np.asarray(self.power * np.log(np.asarray(self.mean_weights)))

    @property
    def hopeless(self) -> float:
        """Log odds against a point beyond which the likelihood could not save it."""
        return HOPELESS if self.trust == 1 else POOLED_HOPELESS

    def without_season(self) -> Prior:
        """The grid points that have no own season, for series too short to show one."""
        return self._only(np.flatnonzero(np.array([point.own for point in self.points]) == 0))

    def pruned(self) -> Prior:
        """Without the points that could never count: a single series need not be worked out at them."""
        logs = self.log_weights
        return self._only(np.flatnonzero(logs > logs.max() - self.hopeless))

    def _only(self, keep: np.ndarray) -> Prior:
        return replace(self, points=tuple(self.points[k] for k in keep), mean_weights=tuple(self.mean_weights[k] for k in keep))


HOPELESS = 12.0
POOLED_HOPELESS = 7.0
"""Log odds against a point from the prior alone beyond which it is left out: sooner where a panel says so and likelihood is tempered."""


@cache
def flow_prior(season: str, constants: Constants) -> Prior:
    """The prior of a flow: a level that wanders little, departures that come back, no slope. ``season``: "reference", "own" or "none"."""
    variances = {"reference": FLOW_SEASON, "own": OWN_SEASON, "none": (0.0,)}[season]
    points = tuple(Point(1.0, walk, var, rho, own=own) for walk in FLOW_WALK for var, rho in FLOW_REVERTING for own in variances)
    dynamics, seasons = dict(constants.dynamics), dict(constants.season)
    known = season == "reference"
    weights = np.array([dynamics.get(point[1:4], 0.0) * (seasons.get(point.own, 0.0) if known else 1.0) for point in points])
    weights = weights / weights.sum() + FLOOR / len(points)
    mean_weights = tuple(weights.tolist())
    if season == "own":
        return Prior(points, mean_weights, BORROWING_POWER, 1.0, constants.width * OWN_WIDTH, OWN_SHIFT_RATE)
    return Prior(points, mean_weights, POOLING_POWER, FLOW_TRUST, constants.width, SHIFT_RATE)


@cache
def stock_prior(season: str) -> Prior:
    """The prior of a stock: it stays where it was taken, drifts, and moves on for a while as it moved; nothing pulls it back."""
    variances = (0.0,) if season == "none" else STOCK_SEASON
    points = tuple(
        Point(1 / (1 + walk), walk / (1 + walk), momentum=momentum, trend=trend, own=own)
        for walk, momentum, trend, own in product(STOCK_WALK, STOCK_MOMENTUM, STOCK_TREND, variances)
    )
    rough = np.array([(1 + WALK_DECAY * point.walk / point.noise) ** 0.5 for point in points])
    weights = 1 / (rough * [(1 + MOMENTUM_DECAY * point.momentum) * (1 + TREND_DECAY * point.trend) for point in points])
    return Prior(points, tuple((weights / weights.sum()).tolist()))
