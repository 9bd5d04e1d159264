"""``second_opinion``: what statsmodels makes of the same series, to be drawn beside the core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.models.checked import Checked, Kind, Missing, check_series, enough
from cfanalysis.models.core import Setting
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.result import Forecast
from cfanalysis.models.transform import OWN_FROM, Transform, make_transform

LEVELS = (0.8, 0.95)
SEASONAL_FROM = 36
"""Months from which a differenced season can be fitted: a year is lost to differencing and two must be left."""

DISAGREES = 0.5
"""An opinion disagrees where its middle leaves the core's 80 % interval in at least half of the months."""

FEWEST_FOR_SEASON = 24
STL_WINDOW = 13
"""Season smoother of STL, in years: close to a fixed season (Cleveland et al. 1990 advise 7 or more, odd)."""


@dataclass(frozen=True)
class Opinion:
    """``forecasts``: method, month, middle, low80, high80, low95, high95. ``decomposition``: observed, trend, season, remainder by month.

    ``notes`` say which method could not be fitted, and why.
    """

    name: str
    forecasts: pd.DataFrame
    decomposition: pd.DataFrame
    notes: tuple[str, ...]

    def against(self, forecast: Forecast) -> pd.DataFrame:
        """A row a method: ``outside`` (share of months in which its middle leaves the forecast's 80 % interval) and ``disagrees``."""
        band = forecast.interval(0.8)
        joined = self.forecasts.join(band, on="month", how="inner")
        apart = (joined["middle"] < joined["low"]) | (joined["middle"] > joined["high"])
        outside = apart.groupby(joined["method"], sort=False).mean().rename("outside").reset_index()
        return outside.assign(disagrees=outside["outside"] >= DISAGREES)


def second_opinion(
    series: pd.Series,
    horizon: int = 12,
    *,
    kind: Kind = "count",
    calendar: bool = True,
    season: str | Sequence[float] = "reference",
    missing: Missing = "covid",
) -> Opinion:
    """Forecasts of the same series by exponential smoothing, unobserved components and SARIMAX, and its STL decomposition.

    Arguments are those of ``forecast``. All are fitted by statsmodels on the scale of the core: logs (log odds for percentages), working
    days and borrowed season taken off. Each is chosen from a few shapes by AICc. A method that fails is left out and said so in ``notes``.

    Raises SeriesError as ``forecast`` does. Sources: Hyndman et al. 2008 (ETS); Harvey 1989 (unobserved components); Box & Jenkins 1976
    (the airline model); Cleveland et al. 1990 (STL).

    >>> months = pd.period_range("2019-01", periods=48, freq="M")
    >>> referrals = pd.Series([200.0 + 5 * (m % 12) + m % 5 for m in range(48)], index=months)
    >>> opinion = second_opinion(referrals, 6, season="own", missing="none")
    >>> sorted(opinion.forecasts["method"].unique()), len(opinion.decomposition)
    (['ETS', 'SARIMAX', 'unobserved components'], 48)
    """
    setting = make_setting(kind, calendar, season, horizon, None)
    checked = enough(check_series(series, kind=setting.kind, missing=missing), setting.kind)
    months = pd.period_range(checked.months[0], periods=len(checked.observed) + setting.horizon, freq="M")
    transform = make_transform(setting.kind, setting.season, setting.calendar, months, setting.constants.profile)
    z = np.where(checked.learnt, transform.forward(checked.observed), np.nan)
    seasonal = setting.season == "own" and int(checked.learnt.sum()) >= OWN_FROM
    frames, notes = [], []
    for method, fit in METHODS.items():
        try:
            frames.append(_forecast(method, fit, z, setting, transform, months[len(z) :], seasonal))
        except (ValueError, ArithmeticError, np.linalg.LinAlgError, IndexError) as caught:
            notes.append(f"{method} could not be fitted: {caught}")
    columns = ["method", "month", "middle", "low80", "high80", "low95", "high95"]
    forecasts = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return Opinion(checked.name, forecasts, decompose(checked, z, transform, setting), tuple(notes))


def _forecast(
    method: str, fit: Callable[..., Any], z: np.ndarray, setting: Setting, transform: Transform, months: pd.PeriodIndex, seasonal: bool
) -> pd.DataFrame:
    """One method's middle and intervals, back in the unit of the series."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence chatter: a bad fit shows in its intervals
        middle, bands = fit(z, len(months), seasonal)
    columns = {"middle": middle}
    for level, band in zip(LEVELS, bands, strict=True):
        columns |= {f"low{level * 100:.0f}": band[:, 0], f"high{level * 100:.0f}": band[:, 1]}
    if not all(np.isfinite(each).all() for each in columns.values()):
        raise ValueError("its forecasts are not finite")
    ahead = slice(len(z), len(z) + len(months))
    values = {name: transform.back(np.clip(each, -EDGE, EDGE), ahead) for name, each in columns.items()}
    return pd.DataFrame({"method": method, "month": months, **values})


EDGE = 30.0
"""Beyond e^30 nothing is a count."""


MOST_STEPS = 60
"""Of the optimiser: a fit that needs more is not going to be good."""


def fit_ets(z: np.ndarray, horizon: int, seasonal: bool) -> tuple[np.ndarray, list[np.ndarray]]:
    """Additive exponential smoothing; missing months are filled in from the months around them, which ETS cannot do itself."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    filled = pd.Series(z).interpolate(limit_direction="both")
    shapes = [{"trend": trend, "damped_trend": bool(trend)} for trend in (None, "add")]
    season = {"seasonal": "add", "seasonal_periods": 12} if seasonal else {}
    fits = [ETSModel(filled, error="add", **shape, **season).fit(disp=False) for shape in shapes]
    best = min(fits, key=lambda each: each.aicc)
    found = best.get_prediction(start=len(z), end=len(z) + horizon - 1)
    bands = [found.pred_int(1 - level).to_numpy() for level in LEVELS]
    return np.asarray(found.predicted_mean), bands


def fit_components(z: np.ndarray, horizon: int, seasonal: bool) -> tuple[np.ndarray, list[np.ndarray]]:
    """A local level, with a damped cycle of departures or without, and a fixed season."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    season = {"seasonal": 12, "stochastic_seasonal": False} if seasonal else {}
    shapes: list[dict[str, Any]] = [{"level": "local level"}, {"level": "local level", "autoregressive": 1}]
    return _best([UnobservedComponents(z, **shape, **season) for shape in shapes], horizon)


def fit_sarimax(z: np.ndarray, horizon: int, seasonal: bool) -> tuple[np.ndarray, list[np.ndarray]]:
    """The airline model where a season is to be learnt, else ARIMA(0,1,1) or (1,0,1) with a mean."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    if seasonal and int(np.isfinite(z).sum()) >= SEASONAL_FROM:
        return _best([SARIMAX(z, order=(0, 1, 1), seasonal_order=(0, 1, 1, 12))], horizon)
    return _best([SARIMAX(z, order=(0, 1, 1)), SARIMAX(z, order=(1, 0, 1), trend="c")], horizon)


def _best(models: Sequence[Any], horizon: int) -> tuple[np.ndarray, list[np.ndarray]]:
    fits = [model.fit(disp=False, maxiter=MOST_STEPS) for model in models]
    best = min(fits, key=lambda each: each.aicc)
    found = best.get_forecast(horizon)
    return np.asarray(found.predicted_mean), [np.asarray(found.conf_int(alpha=1 - level)) for level in LEVELS]


METHODS: dict[str, Callable[..., Any]] = {"ETS": fit_ets, "unobserved components": fit_components, "SARIMAX": fit_sarimax}


def decompose(checked: Checked, z: np.ndarray, transform: Transform, setting: Setting) -> pd.DataFrame:
    """Robust STL in the unit of the series: ``trend``; ``season`` and ``remainder`` as factors (points for a percentage); empty under
    two years."""
    from statsmodels.tsa.seasonal import STL

    if len(z) < FEWEST_FOR_SEASON:
        return pd.DataFrame(columns=["month", "observed", "trend", "season", "remainder"])
    history = slice(0, len(z))
    season_part = transform.season_part[history]
    filled = pd.Series(z + season_part).interpolate(limit_direction="both").to_numpy()
    parts = STL(filled, period=12, seasonal=STL_WINDOW, robust=True).fit()
    trend = transform.back(parts.trend - season_part, history)
    if setting.kind == "percent":
        season = transform.back(parts.trend + parts.seasonal - season_part, history) - trend
        remainder = checked.observed - trend - season
    else:
        season = np.exp(parts.seasonal)
        remainder = np.where(checked.learnt, np.exp(parts.resid), np.nan)
    frame = {"month": checked.months, "observed": checked.observed, "trend": trend, "season": season, "remainder": remainder}
    return pd.DataFrame(frame)
