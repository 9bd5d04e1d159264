"""``forecast``: one series in, equally likely futures out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.checked import Kind, Missing, check_horizon, check_series, enough
from cfanalysis.models.core import Events, Setting, check_events, fit
from cfanalysis.models.finishing import finish
from cfanalysis.models.result import Forecast
from cfanalysis.models.shares import check_shares, forecast_share
from cfanalysis.models.transform import season_choice

FEWEST_PATHS = 100


def forecast(
    series: pd.Series,
    horizon: int = 12,
    *,
    kind: Kind = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: str | Sequence[float] = "reference",
    missing: Missing = "covid",
    events: Events | None = None,
    paths: int = 2000,
    seed: int = 0,
) -> Forecast:
    """The next months of a series, as equally likely futures.

    ``series``: one value a month on a monthly index, missing months NaN; or one a quarter on an index
    of calendar quarters, whose working days and season are those of its months together
    (``horizon`` then counts quarters). ``kind``: "count" for things that happen in a month
    (contacts, referrals), "stock" for things open at its end (open plans), "percent" for 0 to 100.
    With ``denominator`` the series is the numerator and results are in percent. ``calendar``:
    counts are per working day. ``season``: "reference" borrows England's (published for referrals
    only; counts only), "own" learns it from the series, "none", or twelve factors from April.
    ``missing``: months not learnt from: "covid" (the lockdown months, counts only), "none" or a
    list. ``events``: dated changes as (month, "step" | "pulse"). The same ``seed`` gives the same
    paths.

    Raises SeriesError under 12 months, or 6 quarters, with a value, or for a series that cannot be read in one way only.
    Method: a structural model averaged over a grid (docs/methods/forecasting.md; Harvey 1989), discounted gamma-Poisson and
    beta-binomial models for small counts (West & Harrison 1997).

    >>> months = pd.period_range("2020-01", periods=36, freq="M")
    >>> referrals = pd.Series([100.0 + 5 * (m % 3) for m in range(36)], index=months)
    >>> ahead = forecast(referrals, 3, season="none", calendar=False)
    >>> [str(m) for m in ahead.months], ahead.paths.shape
    (['2023-01', '2023-02', '2023-03'], (2000, 3))
    >>> bool((ahead.interval(0.8)["low"] < ahead.median).all())
    True
    """
    setting = make_setting(kind, calendar, season, horizon, events, denominator)
    check_paths(paths, seed)
    if denominator is not None:
        return forecast_share(check_shares(series, denominator, missing, quarters=True), setting, paths, seed)
    checked = enough(check_series(series, kind=setting.kind, missing=missing, quarters=True), setting.kind)
    return finish(fit([checked], setting), 0, paths, seed)


def make_setting(
    kind: Kind, calendar: bool, season: str | Sequence[float], horizon: int, events: Events | None, denominator: object = None
) -> Setting:
    """What was asked for, checked. Raises SeriesError for what does not go together."""
    if denominator is not None and kind not in ("count", "percent"):
        raise SeriesError(f"found kind={kind!r} with a denominator, want kind='percent'")
    chosen: Kind = "percent" if denominator is not None else kind
    return Setting(chosen, bool(calendar), season_choice(season, chosen), check_horizon(horizon), check_events(events))


def check_paths(paths: int, seed: int) -> None:
    """The number of paths and the seed, checked."""
    if isinstance(paths, bool) or not isinstance(paths, (int, np.integer)) or paths < FEWEST_PATHS:
        raise SeriesError(f"found paths={paths!r}, want a whole number of at least {FEWEST_PATHS}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise SeriesError(f"found seed={seed!r}, want a whole number from 0")
