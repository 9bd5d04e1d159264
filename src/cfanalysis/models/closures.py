"""How long cases stay open, and for which reasons they will close: read off a stock forecast, adding up to its ends on every path."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.result import Forecast
from cfanalysis.models.stock_flow import StockForecast

MEMORY = 0.9
"""What a month's reasons count for a month later: about the last year matters, as for small counts (West & Harrison 1997)."""

LEAST = 0.5
"""Half a case of every reason (Jeffreys), so that one not seen of late stays possible."""

YEAR = 12


def split_ends(forecast: StockForecast, reasons: pd.DataFrame, seed: int = 0) -> dict[str, Forecast]:
    """The ends of each path by reason for closure.

    ``reasons`` has months x reasons, the number of cases ended in each; they add up to the ends. Shares are drawn once a path
    (Dirichlet, recent months counting for more) and cases by the shares (multinomial), so that the parts add up to the ends to the unit.

    Raises SeriesError where there is no reason or no case with one.
    """
    counts = reasons.fillna(0).to_numpy(float)
    if counts.shape[1] == 0 or counts.sum() == 0:
        raise SeriesError("no case that ended has a reason, so ends cannot be split by reason")
    weights = MEMORY ** np.arange(len(counts))[::-1]
    rng = np.random.default_rng([seed, counts.shape[1]])
    shares = rng.dirichlet(weights @ counts + LEAST, size=len(forecast.ends.paths))
    parts = rng.multinomial(forecast.ends.paths.astype(int), shares[:, None, :])
    return {
        str(name): replace(forecast.ends, name=str(name), paths=parts[:, :, at].astype(float))
        for at, name in enumerate(reasons.columns)
    }  # fmt: skip


def months_open(forecast: StockForecast) -> pd.DataFrame:
    """How many months a case stays open on average, as stock over ends a month in the year to each month (Little 1961).

    Columns: month, months, low, high (80 %, missing for history), kind ("recorded" or "expected"). It is what the durations of cases come
    to in the long run; while the stock is moving fast it lags.
    """
    past = forecast.reconciliation.set_index("month")[["stock", "ends"]]
    stay = past["stock"].rolling(YEAR).mean() / past["ends"].rolling(YEAR).mean().replace(0, np.nan)
    recorded = pd.DataFrame({"month": stay.index, "months": stay.to_numpy(), "low": np.nan, "high": np.nan, "kind": "recorded"})
    before = past.tail(YEAR - 1)
    low, middle, high = np.quantile(_yearly(before, forecast), [0.1, 0.5, 0.9], axis=0)
    expected = pd.DataFrame({"month": forecast.months, "months": middle, "low": low, "high": high, "kind": "expected"})
    return pd.concat([recorded.dropna(subset="months"), expected], ignore_index=True)


def _yearly(before: pd.DataFrame, forecast: StockForecast) -> np.ndarray:
    means = {}
    for name in ("stock", "ends"):
        paths = getattr(forecast, name).paths
        whole = np.column_stack([np.tile(before[name].to_numpy(float), (len(paths), 1)), paths])
        means[name] = np.lib.stride_tricks.sliding_window_view(whole, YEAR, axis=1).mean(axis=-1)
    return np.asarray(means["stock"] / np.maximum(means["ends"], 1 / YEAR))
