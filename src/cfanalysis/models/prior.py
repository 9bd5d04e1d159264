"""What is believed before the series is seen: the grid of the structural model, and how much each point of it counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from cfanalysis.reference import read_yaml

Point = tuple[float, float, float, float, float]
"""Variances in units of the noise: random walk, mean-reverting part, its monthly memory, damped slope, own season."""

FLOW_WALK = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3)
FLOW_REVERTING = ((0.0, 0.0), *product((0.3, 1.0, 3.0), (0.6, 0.85, 0.95)))
FLOW_SEASON = (0.0, 0.05, 0.2, 0.8)
"""DESIGN section 5: small departures from the borrowed season."""

OWN_SEASON = (0.0, 0.2, 1.0, 4.0, 16.0)
"""Where no season is borrowed it may be far larger than the noise."""

STOCK_WALK = (0.0, 0.1, 1.0, 10.0, 100.0)
STOCK_SLOPE = (0.0, 0.01, 0.1, 1.0, 10.0)

NOISE_SHAPE = 1.0
"""Shape of the inverse-gamma prior on the noise: worth two observations."""

SHIFT_RATE = 0.02
SHIFT_SIZE = 0.25
"""A level shift comes in 2 % of months, Laplace with scale 0.25 in logs (DESIGN section 5, measured on referrals)."""


@dataclass(frozen=True)
class Prior:
    """Grid points, the log of their weights, and the widths that go with them."""

    points: tuple[Point, ...]
    log_weights: tuple[float, ...]
    width: float = 1.0
    shift_rate: float = 0.0
    shift_size: float = SHIFT_SIZE

    def with_weights(self, weights: np.ndarray) -> Prior:
        """The same grid weighted otherwise; points that count for nothing are left out."""
        weights = weights / weights.sum()
        keep = weights > NEGLIGIBLE
        points = tuple(point for point, kept in zip(self.points, keep, strict=True) if kept)
        return replace(self, points=points, log_weights=tuple(np.log(weights[keep])))


NEGLIGIBLE = 1e-6


@cache
def constants() -> Any:
    """The panel constants that ship with the package (reference/panel_constants.yml)."""
    return read_yaml("panel_constants.yml")


@cache
def profile() -> np.ndarray:
    """England's referrals per working day by calendar month, January first, 1 = an average month."""
    by_month = constants()["profile"]
    values = np.array([float(by_month[month]) for month in range(1, 13)])
    return np.asarray(values / values.mean())


@cache
def flow_prior(season: str) -> Prior:
    """The prior of a flow: a level that wanders little, departures that come back, no slope."""
    seasons = {"reference": FLOW_SEASON, "own": OWN_SEASON, "none": (0.0,)}[season]
    points = tuple((walk, var, rho, 0.0, own) for walk in FLOW_WALK for var, rho in FLOW_REVERTING for own in seasons)
    return Prior(points, (0.0,) * len(points), shift_rate=SHIFT_RATE)


@cache
def stock_prior(season: str) -> Prior:
    """The prior of a stock: it stays where it was taken and drifts; nothing pulls it back."""
    seasons = (0.0,) if season == "none" else OWN_SEASON
    points = tuple((walk, 0.0, 0.0, slope, own) for walk in STOCK_WALK for slope in STOCK_SLOPE for own in seasons)
    return Prior(points, (0.0,) * len(points))
