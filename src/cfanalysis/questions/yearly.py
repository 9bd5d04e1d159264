"""DfE's yearly figures as the answer to a page's question, where its monthly figures are old or there are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import COVID_MONTHS, financial_year_label, month_label
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import Indicator
from cfanalysis.questions.subject import Subject
from cfanalysis.questions.years import way_of
from cfanalysis.reference.comparators import census_label, year_of
from cfanalysis.signals.two_stretches import Years, compare_totals

OLD = 12
"""Monthly figures that end more than a year before the as-at month are no answer to what is asked now."""


def newest_month(subjects: Iterable[Subject]) -> pd.Period | None:
    """The newest month of a page's measures; None where none has a monthly figure."""
    return max((each.newest for each in subjects if each.known), default=None)


def is_old(newest: pd.Period | None, as_at: pd.Period) -> bool:
    """Whether a page has no monthly figures, or none of the year before its as-at month.

    >>> is_old(pd.Period("2022-03", "M"), pd.Period("2025-03", "M")), is_old(pd.Period("2024-12", "M"), pd.Period("2025-03", "M"))
    (True, False)
    """
    return newest is None or newest < as_at - OLD


def yearly_finding(yearly: pd.DataFrame, authority: str, indicator: Indicator, newest: pd.Period | None, as_at: pd.Period) -> pd.DataFrame:
    """The newest published year of a measure beside the one before, as one row of findings; empty where none is newer than its months.

    ``kind`` is "yearly", ``month`` the last of the year (or that of the date), ``reason`` what may be said of the change.
    """
    own = yearly[(yearly["authority"] == authority) & (yearly["indicator"] == indicator.name) & (yearly["breakdown"] == ALL)]
    known = own[own["value"].notna()].drop_duplicates("year", keep="last").set_index("year").sort_index()
    ends = pd.PeriodIndex([_end(int(year), known) for year in known.index], freq="M")
    rows = known[(ends <= as_at) & ((ends > newest) if newest is not None else True)]
    if rows.empty:
        return pd.DataFrame()
    year = int(rows.index[-1])
    found, way = _change(rows.iloc[-1], known.loc[known.index == year - 1], indicator, _end(year, rows))
    row: dict[str, Any] = {
        "authority": authority, "indicator": indicator.name, "breakdown": ALL, "month": _end(year, rows), "kind": "yearly",
        "observed": float(rows["value"].iloc[-1]), "expected": found.before, "low": found.low, "high": found.high, "z": found.z,
        "p": np.nan, "severity": "", "reason": way,
    }  # fmt: skip
    return pd.DataFrame([row]).assign(month=pd.PeriodIndex([row["month"]], freq="M"))


def _end(year: int, rows: pd.DataFrame) -> pd.Period:
    """The last month of a published year; of the workforce the month it is counted in."""
    return pd.Period(f"{year}-09" if year_of(rows) is census_label else f"{year}-03", freq="M")


def _change(now: pd.Series, before: pd.DataFrame, indicator: Indicator, end: pd.Period) -> tuple[Years, str]:
    if before.empty:
        return Years(end, float(now["value"]), because="there is no year before"), ""
    ago = before.iloc[0]
    parts = [float(each["denominator"]) for each in (now, ago)]
    below = (parts[0], parts[1]) if np.isfinite(parts).all() else None
    found = compare_totals(float(now["value"]), float(ago["value"]), kind=indicator.kind, below=below, at_date=indicator.on_a_day, last=end)
    lockdown = pd.period_range(end - 2 * OLD + 1, end, freq="M").isin(COVID_MONTHS).sum()
    if indicator.kind == "count" and lockdown >= FEW:
        return found, "no verdict: one of the years holds lockdown months"
    return found, way_of(found, indicator.kind)


MARCH = 3
FEW = 2
"""March 2020 alone is no year in lockdown."""


def newer_hidden(yearly: pd.DataFrame, found: pd.DataFrame, as_at: pd.Period) -> str:
    """A year that is published after the one found and has no figure that may be shown; blank where there is none.

    An older figure is not passed off as the newest. Asked where one measure answers the page.
    """
    if len(found) != 1:
        return ""
    row = found.iloc[0]
    own = yearly[(yearly["authority"] == row["authority"]) & (yearly["indicator"] == row["indicator"]) & (yearly["breakdown"] == ALL)]
    ends = {int(year): _end(int(year), own) for year in own["year"]}
    later = [year for year, end in ends.items() if row["month"] < end <= as_at]
    if not later:
        return ""
    return financial_year_label(max(later)) if row["month"].month == MARCH else month_label(ends[max(later)])


def said_of_old(newest: pd.Period | None, found: pd.DataFrame, hidden: str = "") -> dict[str, str]:
    """What is said first on a page without monthly figures of its year: where they end, how far the yearly ones go, and what of these
    is ``hidden``.
    """
    if newest is None and found.empty:
        return {}
    last = found["month"].max() if len(found) else None
    to = "" if last is None else financial_year_label(last.year) if last.month == MARCH else month_label(last)
    return {"monthly_to": month_label(newest) if newest is not None else "none", "yearly_to": to, "yearly_hidden": hidden}
