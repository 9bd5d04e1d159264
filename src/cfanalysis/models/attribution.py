"""Why the number open moved: fewer or more starts, more or fewer closures, or a backlog clearing or building as it was going to.

The change is taken apart against what the data alone expected just before it: run on with the expected starts and the expected rate of
closing, the stock makes the part that *was coming anyway*; putting in the starts that came, and the rate of closing that came, makes the
other two parts (each averaged over both orders, so that they add up: Shapley 1953). What starts and ends do not account for is shown apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import month_label
from cfanalysis.models.stock_flow import PART_OF_STARTS, StockForecast, forecast_stock, reconcile

TAIL = 0.10
"""A part is told from noise where fewer than this share of futures, both sides together, went as far."""

Cause = Literal[
    "fewer starts", "more starts", "more closures", "fewer closures", "a backlog clearing", "a backlog building", "cannot tell"
]  # fmt: skip


@dataclass(frozen=True)
class Attribution:
    """A change taken apart.

    ``parts`` has ``part`` (coming anyway, starts, closures, not accounted for), ``children`` (adds up to ``change``) and ``tail``: the
    share of futures, both sides together, at least as far from what was expected; NaN where it is not tested.
    """

    first: pd.Period
    last: pd.Period
    opening: float
    closing: float
    cause: Cause
    parts: pd.DataFrame
    expected: StockForecast

    @property
    def change(self) -> float:
        """Children more (or fewer) at the end than at the start."""
        return self.closing - self.opening


def why_changed(
    stock: pd.Series, starts: pd.Series, ends: pd.Series, first: pd.Period | str, last: pd.Period | str | None = None, **options: Any
) -> Attribution:
    """Why the stock moved between the end of the month before ``first`` and the end of ``last`` (the last month where there is none).

    The rest goes to ``forecast_stock``, which sees nothing from ``first`` on. Raises SeriesError for months out of order, missing or too
    early.

    >>> months = pd.period_range("2019-04", periods=48, freq="M")
    >>> starts = pd.Series([100.0 + m % 4 - (30 if m >= 40 else 0) for m in range(48)], index=months)
    >>> ends = pd.Series([100.0 + m % 3 for m in range(48)], index=months)
    >>> why_changed(900 + (starts - ends).cumsum(), starts, ends, "2022-08", paths=500).cause
    'fewer starts'
    """
    first = pd.Period(first, freq="M")
    history = reconcile(stock, starts, ends).set_index("month")
    last = history.index[-1] if last is None else pd.Period(last, freq="M")
    came = _came(history, first, last)
    opened, started, ended = (series[series.index < first] for series in (stock, starts, ends))
    expected = forecast_stock(opened, started, ended, len(came), **options)
    parts, opening = _parts(came, expected)
    return Attribution(first, last, opening, float(came["stock"].iloc[-1]), _cause(parts), parts, expected)


def _came(history: pd.DataFrame, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    came = history[(history.index >= first) & (history.index <= last)]
    if came.empty:
        raise SeriesError(f"{first} to {last} holds no month of the series, which runs from {history.index[0]} to {history.index[-1]}")
    if came[["stock", "starts", "ends", "before"]].isna().any(axis=None):
        raise SeriesError(
            f"{month_label(first)} to {month_label(last)}: a month is missing or not shown, so the change cannot be taken apart"
        )
    return came


def _parts(came: pd.DataFrame, expected: StockForecast) -> tuple[pd.DataFrame, float]:
    opening = float(came["before"].iloc[0])
    wide = expected.draws
    starts, rates = came["starts"].to_numpy(float), _rate(came)
    usual_starts, usual_rates = np.mean(wide.starts, axis=0), np.mean(_path_rates(expected), axis=0)
    neither, s_only, r_only, both = (
        _end(opening, s, r) for s, r in ((usual_starts, usual_rates), (starts, usual_rates), (usual_starts, rates), (starts, rates))
    )
    children = {
        "coming anyway": neither - opening,
        "starts": ((s_only - neither) + (both - r_only)) / 2,
        "closures": ((r_only - neither) + (both - s_only)) / 2,
        "not accounted for": float(came["stock"].iloc[-1]) - both,
    }
    tails = {
        "starts": _tail(wide.starts.sum(axis=1), starts.sum()),
        "closures": _tail(_path_rates(expected).sum(axis=1), rates.sum()),
    }
    rows = [{"part": part, "children": value, "tail": tails.get(part, np.nan)} for part, value in children.items()]
    return pd.DataFrame(rows), opening


def _rate(came: pd.DataFrame) -> np.ndarray:
    return np.asarray(came["ends"] / (came["before"] + PART_OF_STARTS * came["starts"]).clip(lower=1), dtype=float)


def _path_rates(expected: StockForecast) -> np.ndarray:
    """Ends per child at risk on every path, young cases not told apart, to be compared with what came."""
    opening = np.broadcast_to(np.asarray(expected.draws.opening, dtype=float), len(expected.stock.paths))
    before = np.column_stack([opening, expected.stock.paths[:, :-1]])
    return np.asarray(expected.ends.paths / np.maximum(before + PART_OF_STARTS * expected.starts.paths, 1))


def _end(opening: float, starts: np.ndarray, rates: np.ndarray) -> float:
    """Where the stock ends, run on with these starts and rates."""
    for started, rate in zip(starts, rates, strict=True):
        opening += started - rate * (opening + PART_OF_STARTS * started)
    return opening


def _tail(draws: np.ndarray, value: float) -> float:
    below = (np.sum(draws < value) + 0.5 * np.sum(draws == value)) / len(draws)
    return float(max(2 * min(below, 1 - below), 1 / len(draws)))


def _cause(parts: pd.DataFrame) -> Cause:
    """The larger of the parts that can be told from noise and that moved the stock the way it went; else what was coming anyway, if it
    is most of it."""
    children, tails = (parts.set_index("part")[name] for name in ("children", "tail"))
    change = float(children.sum())
    way = np.sign(change)
    told = [part for part in ("starts", "closures") if tails[part] < TAIL and np.sign(children[part]) == way]
    if told:
        biggest = max(told, key=lambda part: abs(children[part]))
        if biggest == "starts":
            return "fewer starts" if way < 0 else "more starts"
        return "more closures" if way < 0 else "fewer closures"
    if change and way * children["coming anyway"] > abs(change) / 2 and not _moved_by_more(parts, abs(change)):
        return "a backlog clearing" if way < 0 else "a backlog building"
    return "cannot tell"


def _moved_by_more(parts: pd.DataFrame, change: float) -> bool:
    """Whether what is not accounted for is as large as the change itself."""
    left_over = parts.loc[parts["part"] == "not accounted for", "children"]
    return bool(abs(left_over.iloc[0]) >= change)
