"""Children open at the month's end, cases started and cases ended, forecast together: open next = open + starts - ends, on every path.

Starts are a flow. Ends are a rate of closing, that is, ends per child who could have been closed (open at the start of the month, and half
of those who started in it) and per working day, with a season of its own. The rate is what is forecast; the ends follow from it and from the
stock of the same path, so that more children open means more closures and nothing drifts off. What history's identity leaves over
(transfers, late corrections) is shown and carried on. Works alike for children in need, child protection plans and children looked after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cfanalysis.errors import SeriesError
from cfanalysis.models.checked import Missing, check_series
from cfanalysis.models.forecasting import forecast
from cfanalysis.models.result import Forecast
from cfanalysis.months import month_label

PART_OF_STARTS = 0.5
"""Starts spread over the month are at risk of closing for half of it."""

RECENT = 24
"""Months of reconciliation differences that are carried forward."""

OTHER_DRAWS = 104_729
"""Added to the seed for the rate of closing: the same seed would give starts and rate the same luck. Any other number does."""


@dataclass(frozen=True)
class Draws:
    """What the paths are made of, kept so that a what-if can be run over the same luck: paths x months."""

    opening: float
    starts: np.ndarray
    closing_rate: np.ndarray
    """Ends per child at risk in the month."""
    difference: np.ndarray


@dataclass(frozen=True)
class StockForecast:
    """Coherent forecasts of a stock, its starts and its ends.

    On every path and in every month ``stock = stock before + starts - ends + difference``, to the unit. ``reconciliation`` has a row a month
    of history: ``month, before, starts, ends, expected, stock, difference, closing_rate`` (ends per 100 at risk); ``difference`` is what is
    not accounted for, and ``draws.difference`` how it is carried on.
    """

    stock: Forecast
    starts: Forecast
    ends: Forecast
    reconciliation: pd.DataFrame = field(repr=False)
    draws: Draws = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def months(self) -> pd.PeriodIndex:
        """The months ahead."""
        return self.stock.months


def forecast_stock(
    stock: pd.Series,
    starts: pd.Series,
    ends: pd.Series,
    horizon: int = 12,
    *,
    calendar: bool = True,
    season: str | Sequence[float] = "own",
    season_ends: str | Sequence[float] = "own",
    missing: Missing = "covid",
    paths: int = 2000,
    seed: int = 0,
) -> StockForecast:
    """The next months of a stock, of what starts and of what ends, as joint futures that add up.

    ``stock`` is counted at each month's end, ``starts`` and ``ends`` in each month; whole numbers on a monthly index, the last month the same in all
    three. ``season`` and ``calendar`` as in ``forecast``, for starts; ``season_ends`` for the rate of closing.

    Raises SeriesError where the three do not end together or are too short to forecast.
    Method: docs/methods/projections.md.

    >>> months = pd.period_range("2021-04", periods=36, freq="M")
    >>> starts = pd.Series([50.0 + m % 5 for m in range(36)], index=months)
    >>> ends = pd.Series([50.0 + m % 3 for m in range(36)], index=months)
    >>> ahead = forecast_stock(400 + (starts - ends).cumsum(), starts, ends, 6, paths=200)
    >>> flows = ahead.starts.paths - ahead.ends.paths
    >>> bool((ahead.stock.paths[:, 0] == ahead.draws.opening + flows[:, 0]).all())
    True
    """
    history = reconcile(stock, starts, ends)
    options = {"calendar": calendar, "missing": missing, "paths": paths}
    ahead_starts = forecast(_named(starts, "starts"), horizon, season=season, seed=seed, **options)
    rate, scale = closing_rate(history)
    ahead_rate = forecast(rate * scale, horizon, season=season_ends, seed=seed + OTHER_DRAWS, **options)
    difference = carry(history["difference"].to_numpy(float), ahead_starts.paths.shape, seed)
    draws = Draws(float(history["stock"].iloc[-1]), np.rint(ahead_starts.paths), ahead_rate.paths / scale, difference)
    return assemble(draws, ahead_starts, ahead_rate, history, str(stock.name or "stock"))


def assemble(draws: Draws, starts: Forecast, rate: Forecast, history: pd.DataFrame, name: str) -> StockForecast:
    """Run the paths and put the three forecasts together."""
    stock_paths, ends_paths, difference = run(draws)
    ahead_starts = replace(starts, paths=draws.starts, step=1.0)
    ahead_ends = replace(rate, name="ends", paths=ends_paths, step=1.0, method=f"rate of closing ({rate.method}) on the stock")
    unknown = starts.season.assign(factor=np.nan, low=np.nan, high=np.nan)
    ahead_stock = replace(
        ahead_starts, name=name, kind="stock", paths=stock_paths, season=unknown, season_evidence=np.nan, method="stock and flow"
    )
    carried = replace(draws, difference=difference)
    return StockForecast(ahead_stock, ahead_starts, ahead_ends, history, carried, _notes(history, starts))


def run(draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stock, ends and difference on every path, month after month: whole children, never fewer than none."""
    open_now = np.full(len(draws.starts), draws.opening)
    stock, ends, difference = (np.empty_like(draws.starts) for _ in range(3))
    for month in range(draws.starts.shape[1]):
        started = draws.starts[:, month]
        at_risk = open_now + PART_OF_STARTS * started
        ended = np.clip(np.rint(draws.closing_rate[:, month] * at_risk), 0, open_now + started)
        left_over = np.maximum(draws.difference[:, month], -(open_now + started - ended))
        open_now = open_now + started - ended + left_over
        stock[:, month], ends[:, month], difference[:, month] = open_now, ended, left_over
    return stock, ends, difference


def reconcile(stock: pd.Series, starts: pd.Series, ends: pd.Series) -> pd.DataFrame:
    """History month by month: what starts and ends make of the stock before, and what is left over.

    Raises SeriesError where the three do not end in the same known month.
    """
    checked = {name: check_series(_named(series, name), kind=kind, missing="none") for name, series, kind in (
        ("stock", stock, "stock"), ("starts", starts, "count"), ("ends", ends, "count"))}  # fmt: skip
    last = {name: each.months[np.isfinite(each.observed)][-1] for name, each in checked.items()}
    if len(set(last.values())) > 1:
        said = ", ".join(f"{name} {month_label(each)}" for name, each in last.items())
        raise SeriesError(f"the last known months differ ({said}); want the three to end in the same month")
    frame = pd.DataFrame({name: pd.Series(each.observed, index=each.months) for name, each in checked.items()})
    frame = frame[frame.index <= last["stock"]]
    before = frame["stock"].shift(1)
    expected = before + frame["starts"] - frame["ends"]
    at_risk = before + PART_OF_STARTS * frame["starts"]
    shown = frame.assign(before=before, expected=expected, difference=frame["stock"] - expected, closing_rate=100 * frame["ends"] / at_risk)
    columns = ["before", "starts", "ends", "expected", "stock", "difference", "closing_rate"]
    return shown[columns].rename_axis("month").reset_index()


def closing_rate(history: pd.DataFrame) -> tuple[pd.Series, float]:
    """Ends per child at risk by month, and the usual number at risk: times that, the rate reads as a count and is modelled like one."""
    at_risk = history["before"] + PART_OF_STARTS * history["starts"]
    rate = (history["ends"] / at_risk.where(at_risk > 0)).set_axis(pd.PeriodIndex(history["month"], freq="M"))
    known = at_risk[at_risk > 0].tail(RECENT)
    if known.empty:
        raise SeriesError("stock: no month has children open, so there is no rate of closing to learn from")
    return rate.rename("closing rate"), float(known.mean())


def carry(difference: np.ndarray, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Differences for the months ahead, drawn from the last two years' known ones; how often each comes is itself not certain (bootstrap)."""
    known = difference[np.isfinite(difference)][-RECENT:]
    if len(known) == 0 or not known.any():
        return np.zeros(shape)
    rng = np.random.default_rng([seed, len(known)])
    pool = rng.choice(known, size=(shape[0], len(known)))
    return np.rint(np.take_along_axis(pool, rng.integers(0, len(known), size=shape), axis=1))


def _named(series: pd.Series, name: str) -> pd.Series:
    return series.rename(name) if series.name is None else series


def _notes(history: pd.DataFrame, starts: Forecast) -> tuple[str, ...]:
    known = history["difference"].dropna()
    off = int((known != 0).sum())
    if not off:
        return starts.notes
    per_month = known.tail(RECENT).mean()
    said = f"In {off} of {len(known)} months starts and ends do not account for the whole change; {per_month:+.1f} a month is carried on."
    return (*starts.notes, said)
