"""``backtest``: how good forecasts of these series would have been, beside what people would pick instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import month
from cfanalysis.models.checked import SHORTEST, Checked, Kind, Missing, check_series
from cfanalysis.models.core import Setting
from cfanalysis.models.finishing import finish
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.pooling import learn_together
from cfanalysis.models.transform import OWN_FROM, make_transform

QUANTILES = np.array([0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975])
PROMISES = tuple(QUANTILES.tolist())
CORE, LAST_YEAR, SIX_MONTHS, ETS = "this forecast", "same month last year", "six-month rule", "ETS"
RULE_MONTHS = 6
EARLIEST = 24
"""Months before the first origin: the scale of MASE needs a second year."""

SPACING = 12
PATHS = 1000


@dataclass(frozen=True)
class Backtest:
    """``table``: a row a method with ``mase`` (mean absolute error over that of "same month last year" in the history), ``scrps``
    (weighted quantile
    loss on the same scale), ``coverage80``, ``coverage95``, ``forecasts`` (how many) and ``origins_won`` (by this forecast against the
    row). ``reliability``: method, ``promised``, ``came_true``: the share of months at or under each quantile.
    ``forecasts``: method, series, origin, month, observed, middle, low80, high80, low95, high95.
    """

    table: pd.DataFrame
    reliability: pd.DataFrame
    forecasts: pd.DataFrame

    def chart(self) -> Any:
        """An Altair chart of what was promised against what came true; the diagonal is a promise kept."""
        import altair as alt

        line = alt.Chart(pd.DataFrame({"promised": [0.0, 1.0], "came_true": [0.0, 1.0]})).mark_line(color="#b1b4b6")
        points = alt.Chart(self.reliability).mark_line(point=True)
        axes = {"x": alt.X("promised", title="Promised share at or under"), "y": alt.Y("came_true", title="Share that came true")}
        return (line.encode(**axes) + points.encode(**axes, color=alt.Color("method", title="Method"))).properties(width=320, height=320)


def backtest(
    data: pd.Series | pd.DataFrame,
    horizon: int = 12,
    *,
    origins: int | Iterable[pd.Period | str] = 4,
    kind: Kind = "count",
    calendar: bool = True,
    season: str | Sequence[float] = "reference",
    missing: Missing = "covid",
    ets: bool = True,
    seed: int = 0,
) -> Backtest:
    """Forecast again from earlier months, each time with nothing later in hand, and score against what happened.

    ``data``: a series, or a frame of months x authorities (forecast as a panel). ``origins``: the last known months, or how many of
    them, a year apart back from ``horizon`` months before the end. ``ets``: also statsmodels' exponential smoothing (about a third of a
    second a forecast). The panel constants that ship were learnt from referrals to March 2022. Months left out as ``missing`` are not
    scored.

    Raises SeriesError where no origin leaves two years before it and a month after it.

    >>> months = pd.period_range("2017-01", periods=60, freq="M")
    >>> referrals = pd.Series([150.0 + (m * 7) % 11 for m in range(60)], index=months, name="A")
    >>> backtest(referrals, 6, origins=2, ets=False).table["method"].tolist()
    ['this forecast', 'same month last year', 'six-month rule']
    """
    frame = data.to_frame(data.name if data.name is not None else "series") if isinstance(data, pd.Series) else data
    setting = make_setting(kind, calendar, season, horizon, None)
    members = [check_series(frame[column].rename(str(column)), kind=setting.kind, missing=missing) for column in frame]
    chosen = _origins(frame, members, origins, setting.horizon)
    methods = METHODS if ets else {name: method for name, method in METHODS.items() if name != ETS}
    rows = [row for origin in chosen for row in _score_origin(members, origin, setting, methods, seed)]
    if not rows:
        raise SeriesError(f"no origin leaves {EARLIEST} months before it and a known month after it; want a longer series or other origins")
    return summarise(rows)


def _origins(frame: pd.DataFrame, members: list[Checked], origins: int | Iterable[pd.Period | str], horizon: int) -> list[pd.Period]:
    if not isinstance(origins, (int, np.integer)):
        return [month(each) for each in origins]
    last = max(each.months[-1] for each in members)
    found = [last - horizon - SPACING * back for back in range(int(origins))]
    first = min(each.months[0] for each in members) + EARLIEST - 1
    return sorted(each for each in found if each >= first)


@dataclass(frozen=True)
class Scored:
    """One forecast of one series: quantiles (months x QUANTILES), what was observed, the scale of its errors."""

    method: str
    name: str
    origin: pd.Period
    months: pd.PeriodIndex
    observed: np.ndarray
    quantiles: np.ndarray
    scale: float


def _score_origin(
    members: list[Checked], origin: pd.Period, setting: Setting, methods: dict[str, Callable[..., Any]], seed: int
) -> list[Scored]:
    """Every method's forecasts from one origin, for the members that can be scored there."""
    usable = []
    for each in members:
        known = max((origin - each.months[0]).n + 1, 0)
        past = replace(each, months=each.months[:known], observed=each.observed[:known], excluded=each.excluded[:known])
        future = np.where(each.excluded, np.nan, each.observed)[known : known + setting.horizon]
        enough = known >= EARLIEST and past.learnt.sum() >= SHORTEST and np.isfinite(future).any() and past.learnt[-1]
        scale = naive_scale(past) if enough else 0.0
        if scale > 0:
            usable.append((past, np.pad(future, (0, setting.horizon - len(future)), constant_values=np.nan), scale))
    if not usable:
        return []
    months = pd.period_range(origin + 1, periods=setting.horizon, freq="M")
    rows = []
    for method, forecaster in methods.items():
        quantiles = forecaster([past for past, _, _ in usable], setting, seed)
        rows += [
            Scored(method, past.name, origin, months, future, q, scale) for (past, future, scale), q in zip(usable, quantiles, strict=True)
        ]
    return rows


def naive_scale(past: Checked) -> float:
    """Mean absolute difference from the same month a year before: the scale of MASE (Hyndman & Koehler 2006)."""
    found = np.abs(past.observed[12:] - past.observed[:-12])
    return float(np.nanmean(found)) if np.isfinite(found).any() else 0.0


def forecast_core(pasts: list[Checked], setting: Setting, seed: int) -> list[np.ndarray]:
    """Quantiles of this package's forecasts, learnt as a panel."""
    fits = learn_together(pasts, setting)
    found = {one.members[at].name: finish(one, at, PATHS, seed).paths for one in fits for at in range(len(one.members))}
    return [np.quantile(found[past.name], QUANTILES, axis=0).T for past in pasts]


def forecast_last_year(pasts: list[Checked], setting: Setting, seed: int) -> list[np.ndarray]:
    """The same month last year, as wide as that has been wrong before."""
    rows = []
    for past in pasts:
        filled = pd.Series(past.observed).ffill().to_numpy()
        middle = np.resize(filled[-12:], setting.horizon)
        spread = np.nanstd(past.observed[12:] - past.observed[:-12])
        rows.append(_normal(middle, np.full(setting.horizon, spread) * np.sqrt(np.arange(setting.horizon) // 12 + 1)))
    return rows


def forecast_six_months(pasts: list[Checked], setting: Setting, seed: int) -> list[np.ndarray]:
    """The mean of the last six months, working days and borrowed season allowed for, as wide as that has been wrong before."""
    rows = []
    for past in pasts:
        months = pd.period_range(past.months[0], periods=len(past.observed) + setting.horizon, freq="M")
        offset = make_transform(setting.kind, setting.season, setting.calendar, months, setting.constants.profile).offset
        usual = np.exp(offset)
        level = pd.Series(np.where(past.learnt, past.observed, np.nan) / usual[: len(past.observed)])
        mean = level.rolling(RULE_MONTHS, min_periods=1).mean()
        ahead = np.arange(1, setting.horizon + 1)
        spread = [float(np.nan_to_num((level - mean.shift(int(h))).std(), nan=float(level.std()))) for h in ahead]
        scale = usual[len(past.observed) :]
        rows.append(_normal(float(mean.iloc[-1]) * scale, np.array(spread) * scale))
    return rows


def forecast_ets(pasts: list[Checked], setting: Setting, seed: int) -> list[np.ndarray]:
    """Exponential smoothing by statsmodels on the counts as they are: what an analyst would run."""
    from cfanalysis.models.opinion import fit_ets

    rows = []
    for past in pasts:
        values = np.where(past.learnt, past.observed, np.nan)
        middle, bands = fit_ets(values, setting.horizon, int(past.learnt.sum()) >= OWN_FROM)
        rows.append(_normal(middle, (bands[1][:, 1] - bands[1][:, 0]) / (2 * NORMAL_95)))
    return rows


NORMAL_95 = 1.959964

METHODS: dict[str, Callable[..., Any]] = {
    CORE: forecast_core,
    LAST_YEAR: forecast_last_year,
    SIX_MONTHS: forecast_six_months,
    ETS: forecast_ets,
}


def _normal(middle: np.ndarray, spread: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return np.asarray(np.maximum(middle[:, None] + spread[:, None] * ndtri(QUANTILES), 0.0))


def summarise(rows: list[Scored]) -> Backtest:
    """From scored forecasts to the three tables."""
    frame = pd.concat([_long(row) for row in rows], ignore_index=True).dropna(subset="observed")
    per = frame.groupby(["method", "series", "origin"], sort=False)[["mase", "scrps", "inside80", "inside95"]].mean()
    table = per.groupby("method", sort=False).mean()
    table["forecasts"] = per.groupby("method", sort=False).size()
    by_origin = per["mase"].groupby(["method", "origin"], sort=False).mean().unstack("method")
    won = {method: int((by_origin[CORE] < by_origin[method]).sum()) for method in table.index}
    table["origins_won"] = [f"{won[method]} of {len(by_origin)}" if method != CORE else "" for method in table.index]
    table = table.rename(columns={"inside80": "coverage80", "inside95": "coverage95"}).reset_index()
    under = frame[["method", *PROMISES]].groupby("method", sort=False).mean().reset_index()
    reliability = under.melt("method", var_name="promised", value_name="came_true")
    columns = ["method", "series", "origin", "month", "observed", "middle", "low80", "high80", "low95", "high95"]
    return Backtest(table, reliability.astype({"promised": float}), frame[columns])


def _long(row: Scored) -> pd.DataFrame:
    """One forecast, a row a month, with its scores."""
    observed, q = row.observed[:, None], row.quantiles
    losses = np.maximum(QUANTILES * (observed - q), (QUANTILES - 1) * (observed - q))
    weights = np.gradient(QUANTILES) / np.gradient(QUANTILES).sum()
    frame = pd.DataFrame(
        {
            "method": row.method, "series": row.name, "origin": row.origin, "month": row.months, "observed": row.observed,
            "middle": q[:, 5], "low80": q[:, 1], "high80": q[:, 9], "low95": q[:, 0], "high95": q[:, 10],
            "mase": np.abs(row.observed - q[:, 5]) / row.scale, "scrps": 2 * (losses @ weights) / row.scale,
            "inside80": (row.observed >= q[:, 1]) & (row.observed <= q[:, 9]),
            "inside95": (row.observed >= q[:, 0]) & (row.observed <= q[:, 10]),
        }
    )  # fmt: skip
    under = pd.DataFrame(np.where(np.isfinite(observed), observed <= q, np.nan), columns=PROMISES)
    return pd.concat([frame, under], axis=1)
