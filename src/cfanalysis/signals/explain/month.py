"""``explain``: every alert put through what else it could be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals.explain import around as around
from cfanalysis.signals.explain import beyond as beyond
from cfanalysis.signals.explain.case import COLUMNS, Case, History, Row, make_history
from cfanalysis.signals.unusual.inputs import read_marks
from cfanalysis.signals.unusual.months import RECENT_MONTHS
from cfanalysis.signals.unusual.task import Season, read_task

Parts = pd.DataFrame | Mapping[str, pd.DataFrame] | None

CAUSES = ("season", "catch_up", "late", "recording", "event", "elsewhere", "contacts", "category", "dates", "source")


def explain(
    series: pd.Series,
    alerts: pd.DataFrame,
    *,
    peers: pd.DataFrame | None = None,
    sources: Parts = None,
    events: Any = None,
    contacts: pd.Series | None = None,
    dates: pd.Series | pd.DataFrame | None = None,
    kind: str = "count",
    denominator: pd.Series | None = None,
    calendar: bool = True,
    season: Season = "reference",
    missing: str | Iterable[pd.Period | str] = "covid",
    provisional_months: int = RECENT_MONTHS,
) -> pd.DataFrame:
    """What else an unusual month could be: one row for every alert and every cause that can be looked into.

    ``alerts`` are rows of ``unusual`` (month and z are used). ``peers`` is the same indicator elsewhere, months x authorities. ``sources``
    is the series by category (counts and stocks only), months x categories, or several such by dimension ({"source": ..., "team": ...}).
    ``events`` are dated events, ``contacts`` the series that feeds this one, ``dates`` the dates of the events that were counted,
    or the largest day of each month (month, day, value, of). The rest is as for ``unusual``.

    ``cause`` is one of season, catch_up, late, recording, event, elsewhere, contacts, category, dates, source (or area, team: the
    dimension). ``verdict`` is "yes", "possible", "no" or "cannot tell". ``own`` is how far the month departs from the year before, in logs
    with season and working days taken out (for catch_up, over the months together); ``other`` the same of what it is compared with;
    ``share`` how much of the departure that accounts for; ``detail`` what is named. ``sentence`` says a yes or a possible in plain words,
    without numbers; otherwise it is empty. For ``source`` the sentence names the category that accounts for most. Raises SeriesError for a
    series or a table that cannot be read.

    >>> import cfanalysis
    >>> months = pd.period_range("2020-04", periods=36, freq="M")
    >>> counts = pd.Series([100.0, 96, 104] * 12, months)
    >>> counts["2022-11"], counts["2022-12"] = 50, 152
    >>> judged = cfanalysis.unusual(counts, season="none", calendar=False, missing="none")
    >>> found = explain(counts, judged[judged["month"] == "2022-12"], season="none", calendar=False, missing="none")
    >>> found.loc[found["verdict"] == "yes", ["cause", "sentence"]].to_numpy().tolist()
    [['catch_up', 'November 2022 was low and December 2022 made up for it: together they are normal.']]
    """
    if "month" not in alerts.columns or "z" not in alerts.columns:
        raise SeriesError("alerts: want the columns month and z, as cf.unusual gives them")
    if not len(alerts):
        return pd.DataFrame([], columns=list(COLUMNS))
    task = read_task(series, kind, denominator, calendar, season, missing, events)
    history = make_history(task, series, denominator=denominator, calendar=calendar, season=season, missing=missing, events=events)
    marks = read_marks(events)
    dimensions = _dimensions(sources) if history.additive else {}
    middle = None if peers is None else beyond.peers_movement(history, peers)
    rows: list[Row] = []
    for month, z in zip(alerts["month"], alerts["z"], strict=True):
        case = history.case(pd.Period(month, freq="M"), float(z))
        if case is None:
            continue
        rows += [around.season(history, case), around.catch_up(history, case), around.late(history, case, provisional_months)]
        rows += [around.recording(history, case), *beyond.events(case, marks)]
        rows += _beyond(history, case, middle, dimensions, contacts, dates)
    return pd.DataFrame([row.as_dict() for row in rows], columns=list(COLUMNS))


def _beyond(
    history: History,
    case: Case,
    middle: np.ndarray | None,
    dimensions: Mapping[str, pd.DataFrame],
    contacts: pd.Series | None,
    dates: pd.Series | pd.DataFrame | None,
) -> list[Row]:
    rows = []
    if middle is not None:
        rows.append(beyond.elsewhere(case, middle))
    if contacts is not None:
        rows.append(beyond.contacts_opposite(history, case, contacts))
    if dates is not None:
        rows.append(beyond.one_date(case, dates))
    for dimension, parts in dimensions.items():
        if dimension == "source":
            rows.append(beyond.category_refilled(history, case, parts))
        rows.append(beyond.accounts_for(history, case, dimension, parts))
    return rows


def _dimensions(sources: Parts) -> dict[str, pd.DataFrame]:
    if sources is None:
        return {}
    found = {"source": sources} if isinstance(sources, pd.DataFrame) else dict(sources)
    for name, parts in found.items():
        if not isinstance(parts.index, pd.PeriodIndex):
            raise SeriesError(f"{name}: found an index of {parts.index.dtype}, want months x categories")
    return {name: parts.astype(float) for name, parts in found.items() if np.prod(parts.shape) > 0}
