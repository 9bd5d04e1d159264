"""``forecast_panel``: many series of the same kind at once, each learning from what the others have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.errors import SeriesError
from cfanalysis.models.checked import Checked, Kind, Missing, check_series, enough
from cfanalysis.models.core import Events, Fitted, Setting, choose_prior, fit
from cfanalysis.models.finishing import finish
from cfanalysis.models.forecasting import check_paths, make_setting
from cfanalysis.models.result import Forecast

POOLING_POWER = 2.0
"""Empirical Bayes: each point's prior weight is the mean posterior weight over the panel, to this power (DESIGN section 5)."""


def forecast_panel(
    frame: pd.DataFrame,
    horizon: int = 12,
    *,
    kind: Kind = "count",
    calendar: bool = True,
    season: str | Sequence[float] = "reference",
    missing: Missing = "covid",
    events: Events | None = None,
    paths: int = 2000,
    seed: int = 0,
) -> dict[str, Forecast]:
    """The next months of each column, as ``forecast`` gives them, in one pass.

    ``frame``: months x authorities. What the columns have in common (how fast levels wander, how large own seasons are) is learnt from
    the panel; the order of the columns changes nothing. Forecasts are of each column alone: paths of different columns must not be added
    up. Forecast a total on the total itself. Raises SeriesError naming every column that cannot be forecast.

    >>> months = pd.period_range("2020-01", periods=30, freq="M")
    >>> frame = pd.DataFrame({"A": np.arange(30) % 7 + 90.0, "B": np.arange(30) % 5 + 200.0}, index=months)
    >>> sorted(forecast_panel(frame, 2, calendar=False, season="none"))
    ['A', 'B']
    """
    setting = make_setting(kind, calendar, season, horizon, events)
    check_paths(paths, seed)
    members = _check_columns(frame, setting, missing)
    fits = _pool(_groups(members), setting)
    found = {one.members[at].name: finish(one, at, paths, seed) for one in fits for at in range(len(one.members))}
    return {name: found[name] for name in (str(column) for column in frame.columns)}


def _check_columns(frame: pd.DataFrame, setting: Setting, missing: Missing) -> list[Checked]:
    if not isinstance(frame, pd.DataFrame) or frame.shape[1] == 0:
        raise SeriesError("found no columns, want a frame of months x authorities")
    if not frame.columns.is_unique:
        raise SeriesError(f"found column {frame.columns[frame.columns.duplicated()][0]!r} more than once, want each authority once")
    members, wrong = [], []
    for column in frame.columns:
        try:
            members.append(enough(check_series(frame[column].rename(str(column)), kind=setting.kind, missing=missing)))
        except SeriesError as caught:
            wrong.append(str(caught))
    if wrong:
        raise SeriesError("; ".join(wrong))
    return members


def _groups(members: list[Checked]) -> list[list[Checked]]:
    """Members that share first month, length and months learnt from."""
    found: dict[tuple[object, ...], list[Checked]] = {}
    for each in members:
        found.setdefault((each.months[0], len(each.observed), each.learnt.tobytes()), []).append(each)
    return list(found.values())


def _pool(groups: list[list[Checked]], setting: Setting) -> list[Fitted]:
    """Fit every group twice: as it comes, then with the grid weighed by what the whole panel showed."""
    first = [fit(group, setting) for group in groups]
    pooled = []
    for one in first:
        same = [other for other in first if other.prior.points == one.prior.points]
        mean = np.concatenate([other.posterior.weights for other in same], axis=1).mean(1)
        prior = choose_prior(setting, len(one.design.learnt)).with_weights(mean**POOLING_POWER)
        pooled.append(fit(one.members, setting, prior=prior))
    return pooled
