"""The scale on which a series is modelled: logs per working day for flows, logs for stocks, log odds for percentages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import months_of
from cfanalysis.models.checked import Checked, Kind, span_of
from cfanalysis.reference.working_days import working_days

SeasonChoice = str | tuple[float, ...]

AVERAGE_WORKING_DAYS = 21.0
"""Only a unit: exposure is working days over this, so that levels read as counts a month."""

BORROWED_UNTIL = 36
"""Months from which a series may show its own season (DESIGN section 5)."""

OWN_FROM = 24


@dataclass(frozen=True)
class Transform:
    """``offset`` (one a month, history and future) is what calendar and borrowed season add on the log scale; ``season_part`` is the
    season alone."""

    kind: Kind
    offset: np.ndarray
    season_part: np.ndarray

    def forward(self, values: np.ndarray, trials: np.ndarray | None = None) -> np.ndarray:
        """To the additive scale, one value a month of history."""
        if self.kind == "percent":
            share = values / 100 if trials is None else (values / 100 * trials + 0.5) / (trials + 1)
            share = np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE) if trials is None else share
            return np.asarray(np.log(share / (1 - share)) - self.offset[: len(values)])
        return np.asarray(np.log1p(values) - self.offset[: len(values)])

    def back(self, z: np.ndarray, months: slice) -> np.ndarray:
        """From the additive scale; the last axis is months."""
        if self.kind == "percent":
            return np.asarray(100 / (1 + np.exp(-(z + self.offset[months]))))
        return np.asarray(np.maximum(np.expm1(z + self.offset[months]), 0.0))


LEAST_SHARE = 0.001
"""A percentage without a denominator is held 0.1 points away from 0 and 100 before log odds are taken."""


def season_choice(season: object, kind: Kind) -> SeasonChoice:
    """The season asked for, checked. Stocks and percentages have no published profile: they learn their own."""
    if isinstance(season, str):
        if season not in ("reference", "own", "none"):
            raise SeriesError(f"found season={season!r}, want 'reference', 'own', 'none' or twelve values, April first")
        return "own" if season == "reference" and kind != "count" else season
    try:
        values = tuple(float(value) for value in season)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise SeriesError(f"found season={season!r}, want 'reference', 'own', 'none' or twelve values, April first") from None
    if len(values) != 12 or not all(np.isfinite(value) and value > 0 for value in values):
        raise SeriesError(f"found a season of {len(values)} values, want twelve numbers above 0, April first")
    return values


def make_transform(kind: Kind, season: SeasonChoice, calendar: bool, months: pd.PeriodIndex, profile: tuple[float, ...]) -> Transform:
    """The transform over the periods of history and future together; ``profile`` (January first) is what "reference" borrows.

    A quarter of a flow offers what its months offer together, so that levels read as counts a month.
    """
    if span_of(months) > 1:
        each = pd.PeriodIndex([one for part in months_of(months) for one in part], freq="M")
        monthly = make_transform(kind, season, calendar, each, profile)
        share = np.log(3.0) if kind == "count" else 0.0
        return Transform(kind, _by_quarter(monthly.offset, kind), _by_quarter(monthly.season_part, kind) - share)
    offset = np.zeros(len(months))
    if isinstance(season, tuple):
        january_first = np.roll(np.log(season), 3)
        offset += (january_first - january_first.mean())[months.month - 1]
    elif season == "reference":
        shape = np.log(profile) + (0.0 if calendar and kind == "count" else _usual_days())
        offset += (shape - shape.mean())[months.month - 1]
    season_part = offset.copy()
    if calendar and kind == "count":
        offset += np.log(working_days(months) / AVERAGE_WORKING_DAYS)
    return Transform(kind, offset, season_part)


def put_back(transform: Transform, checked: Checked, lockdown: Mapping[str, float]) -> Transform:
    """The transform of a flow by quarter with what lockdown took from part of a quarter allowed for; of months, as it was.

    Whole quarters of lockdown are not learnt from; one that holds a month or two of it would else be taken for a fall.
    """
    if checked.span == 1 or not checked.lockdown_left_out:
        return transform
    took = [[lockdown.get(str(month), 0.0) for month in part] for part in months_of(checked.months)]
    offset = transform.offset.copy()
    offset[: len(took)] += np.log(np.exp(np.array(took)).mean(axis=1))
    return replace(transform, offset=offset)


def _by_quarter(offset: np.ndarray, kind: Kind) -> np.ndarray:
    """What the months add to their quarter: together of a flow, on average of a percentage, at its end of a stock."""
    each = offset.reshape(-1, 3)
    if kind == "stock":
        return np.asarray(each[:, -1])
    return np.asarray(each.mean(1) if kind == "percent" else np.log(np.exp(each).sum(1)))


def _usual_days() -> np.ndarray:
    """Logs of the usual working days of each calendar month, January first."""
    months = pd.period_range("2001-01", "2028-12", freq="M")
    days = np.log(working_days(months))
    return np.array([days[months.month == month].mean() for month in range(1, 13)])


def season_grid(season: SeasonChoice) -> str:
    """Which own-season part the grid has: departures from a borrowed season, a whole season, or none."""
    return season if season in ("own", "none") else "reference"


def season_opens(season: SeasonChoice) -> int:
    """Months that must be known before the own-season part of the grid is used."""
    return OWN_FROM if season == "own" else BORROWED_UNTIL


def noise_guess(checked: Checked, transform: Transform, trials: np.ndarray | None = None) -> float:
    """A guess of a month's noise from the first year alone, worth two months: chance in a count of that size and a little more.
    What a stock's
    size says nothing of, how fast its children turn over, its first year's moves from month to month show."""
    first = np.flatnonzero(checked.learnt)[: 12 // checked.span]
    level = float(np.mean(checked.observed[first]))
    if transform.kind == "count":
        return float(np.sqrt(COUNT_NOISE**2 + 1 / (level / checked.span + 1)))
    if transform.kind == "stock":
        moves = np.diff(transform.forward(checked.observed)[first]) / np.sqrt(checked.span)
        return float(np.sqrt(np.mean(moves**2) + LEAST_STOCK_NOISE**2))
    if trials is None:
        return SHARE_NOISE
    share = np.clip(level / 100, 0.02, 0.98)
    return float(np.sqrt(SHARE_NOISE**2 / 4 + 1 / (share * (1 - share) * max(float(np.mean(trials[first])) / checked.span, 1.0))))


COUNT_NOISE = 0.05
SHARE_NOISE = 0.1
"""Noise beyond chance, in logs and log odds: a guess that two months' weight soon overrules."""

LEAST_STOCK_NOISE = 0.001
"""Logs: a stock that stood still for a year may yet move."""
