"""``forecast_panel``: many series of the same kind at once, each learning from what the others have in common."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.checked import Checked, Kind, Missing, check_series, enough
from cfanalysis.models.core import Events, Setting
from cfanalysis.models.finishing import finish
from cfanalysis.models.forecasting import check_paths, make_setting
from cfanalysis.models.pooling import learn_together
from cfanalysis.models.result import Forecast


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

    ``frame``: months (or calendar quarters) x authorities. What the columns have in common (how fast
    levels wander, how large own seasons are) is learnt from the panel; the order of the columns
    changes nothing. Forecasts are of each column alone: paths of different columns must not be
    added up. Forecast a total on the total itself. Raises SeriesError naming every column that
    cannot be forecast.

    >>> months = pd.period_range("2020-01", periods=30, freq="M")
    >>> frame = pd.DataFrame({"A": [90.0 + m % 7 for m in range(30)], "B": [200.0 + m % 5 for m in range(30)]}, index=months)
    >>> sorted(forecast_panel(frame, 2, calendar=False, season="none"))
    ['A', 'B']
    """
    setting = make_setting(kind, calendar, season, horizon, events)
    check_paths(paths, seed)
    members = _check_columns(frame, setting, missing)
    fits = learn_together(members, setting)
    found = {one.members[at].name: finish(one, at, paths, seed) for one in fits for at in range(len(one.members))}
    return {name: found[name] for name in (str(column) for column in frame.columns)}


def _check_columns(frame: pd.DataFrame, setting: Setting, missing: Missing) -> list[Checked]:
    if not isinstance(frame, pd.DataFrame) or frame.shape[1] == 0:
        raise SeriesError("found no columns, want a frame of months x authorities")
    if not frame.columns.is_unique:
        raise SeriesError(f"found column {frame.columns[frame.columns.duplicated()][0]!r} more than once, want each authority once")
    members: list[Checked] = []
    wrong: list[str] = []
    for column in frame.columns:
        try:
            members.append(enough(_check(frame[column].rename(str(column)), setting, missing), setting.kind))
        except SeriesError as caught:
            wrong.append(str(caught))
    if wrong:
        raise SeriesError("; ".join(wrong))
    return members


def _check(series: pd.Series, setting: Setting, missing: Missing) -> Checked:
    return check_series(series, kind=setting.kind, missing=missing, quarters=True)
