"""Long smooth stocks of children, simulated: open cases whose starts and closures wander slowly. Needs numpy only.

Each has some thousands of children, of whom 2 to 3.5 % start and leave each month, as in care; what a month starts and closes is chance
around rates with a season, and the rates move in one of four ways.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

MONTHS, HORIZON, EACH = 216, 12, 60
KINDS = ("rates wander", "rates come back", "starts step", "starts trend")
SEED = 7


def simulated() -> Mapping[str, Mapping[str, np.ndarray]]:
    """Stocks of each kind by name; the last ``HORIZON`` of ``MONTHS`` months are what is to be foretold."""
    rng = np.random.default_rng(SEED)
    return {kind: {f"{kind} {number + 1}": one_stock(kind, rng) for number in range(EACH)} for kind in KINDS}


def one_stock(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Open cases at the end of each month."""
    stock = rng.uniform(4000, 10_000)
    share = rng.uniform(0.02, 0.035)
    starting = stock * share
    season_starts, season_ends = (_season(rng.uniform(0, 0.15), rng.uniform(0, 12)) for _ in range(2))
    log_starts, log_ends = _wandering(kind, rng)
    chance = rng.normal(0, 0.04, (2, MONTHS))
    found = np.empty(MONTHS)
    for month in range(MONTHS):
        starts = rng.poisson(starting * np.exp(log_starts[month] + season_starts[month] + chance[0, month]))
        ends = rng.binomial(int(stock), min(share * np.exp(log_ends[month] + season_ends[month] + chance[1, month]), 0.9))
        stock = found[month] = max(stock + starts - ends, 50.0)
    return found


def _season(size: float, peak: float) -> np.ndarray:
    return size * np.cos(2 * np.pi * (np.arange(MONTHS) - peak) / 12)


def _wandering(kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Logs of what the monthly rates of starting and of closing are multiplied by."""
    still = np.zeros(MONTHS)
    if kind == "rates wander":
        starts, ends = rng.normal(0, 0.01, (2, MONTHS)).cumsum(1)
        return starts, ends
    if kind == "rates come back":
        return _faded(rng.normal(0, 0.02, MONTHS), 0.97), _faded(rng.normal(0, 0.02, MONTHS), 0.97)
    if kind == "starts step":
        return (rng.normal(0, 0.12, MONTHS) * (rng.random(MONTHS) < 0.015)).cumsum(), still
    return _faded(rng.normal(0, 0.0006, MONTHS), 0.98).cumsum(), still


def _faded(shocks: np.ndarray, memory: float) -> np.ndarray:
    """Each month what is left of the months before, and a new shock."""
    found, level = np.empty(len(shocks)), 0.0
    for month, shock in enumerate(shocks):
        level = found[month] = memory * level + shock
    return found
