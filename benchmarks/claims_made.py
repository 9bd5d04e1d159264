"""Series whose truth is known, for ``benchmarks/claims.py``: stationary counts, shares and stocks, and changes put into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MONTHS = pd.period_range("2018-04", "2024-03", freq="M")
"""Six years: what an authority's own system holds."""

STAY = 9.0
"""Months a child stays open on average, in stationary stocks."""


@dataclass(frozen=True)
class Made:
    """A series as the public functions take it: of a share the numerator, with its denominator."""

    series: pd.Series
    kind: str
    denominator: pd.Series | None = None

    @property
    def told(self) -> dict[str, object]:
        """The keyword arguments that go with the series: none of these has a season, a calendar or a lockdown."""
        told: dict[str, object] = {"kind": self.kind, "season": "none", "calendar": False, "missing": "none"}
        return told if self.denominator is None else {**told, "kind": "percent", "denominator": self.denominator}

    def to(self, last: pd.Period) -> Made:
        """The same as it stood at the end of a period."""
        below = None if self.denominator is None else self.denominator[:last]
        return Made(self.series[:last], self.kind, below)


def make_count(rng: np.random.Generator, level: float | np.ndarray, months: pd.PeriodIndex = MONTHS) -> Made:
    """Independent Poisson counts of a level, or of one level a month."""
    return Made(pd.Series(rng.poisson(level, len(months)).astype(float), months), "count")


def make_share(rng: np.random.Generator, share: float | np.ndarray, cases: int, months: pd.PeriodIndex = MONTHS) -> Made:
    """Binomial numbers out of about so many cases a month (Poisson, at least one)."""
    below = np.maximum(rng.poisson(cases, len(months)), 1)
    above = rng.binomial(below, share)
    return Made(pd.Series(above.astype(float), months), "count", pd.Series(below.astype(float), months))


def make_stock(rng: np.random.Generator, level: float, months: pd.PeriodIndex = MONTHS) -> Made:
    """Children open, each leaving by chance after nine months on average, as many coming: it strays, and comes back."""
    stay = np.exp(-1 / STAY)
    held, values = rng.poisson(level), []
    for _ in months:
        held = rng.binomial(held, stay) + rng.poisson(level * (1 - stay))
        values.append(held)
    return Made(pd.Series(np.array(values, dtype=float), months), "stock")


STATIONARY = {
    "99 % of 210": lambda rng: make_share(rng, 0.99, 210),
    "75 % of 25": lambda rng: make_share(rng, 0.75, 25),
    "2 % of 250": lambda rng: make_share(rng, 0.02, 250),
    "22 % of 250": lambda rng: make_share(rng, 0.22, 250),
    "count 10": lambda rng: make_count(rng, 10),
    "count 40": lambda rng: make_count(rng, 40),
    "count 250": lambda rng: make_count(rng, 250),
    "stock 300": lambda rng: make_stock(rng, 300),
    "stock 2,500": lambda rng: make_stock(rng, 2500),
}
"""The nine of the table of issue 11."""


def add_quarters(made: Made) -> Made:
    """The same series by quarter: flows and both parts of a share added up, of a stock the last month."""

    def by_quarter(part: pd.Series) -> pd.Series:
        grouped = part.groupby(part.index.asfreq("Q-MAR"))
        return grouped.last() if made.kind == "stock" else grouped.sum()

    below = None if made.denominator is None else by_quarter(made.denominator)
    return Made(by_quarter(made.series), made.kind, below)
