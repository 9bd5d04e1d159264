"""What is worth saying about a series: its newest month, months that stand out, shifts, the year's trend, what to expect.

One row each in the findings table; no sentences, those are made after release. ``kind`` is one of

    latest    the newest month against its usual range
    unusual   a month of the last twelve, not the newest, judged alert or above
    shift     a change of level that began in the last two years: expected is the level before, observed the level now, high the level when
              it was told; reason says how it stands now (lasting, new, fading, over), or until when it held
    trend     the newest settled year (observed) against the one before (expected): a count summed, a share pooled, of others two dates;
              low and high hold the change, reason is its direction: "up", "down", or what may be said where neither can
    run       three to six months (reason names them) that differ from the same months a year before, where the year as a whole does not
    catch-up  a high month (observed) right after a low one (low) that make two usual months (expected) together
    forecast  what the next twelve months bring: a total for a flow, the last month for a stock or share; low and high hold 8 in 10 futures
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation import table as tables
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ALERTS, Table
from cfanalysis.indicators import Indicator
from cfanalysis.models import Forecast
from cfanalysis.questions import years as views_years
from cfanalysis.questions.odd_runs import catch_ups, run_rows
from cfanalysis.questions.subject import HIDDEN, TOO_HIDDEN, Subject
from cfanalysis.questions.years import Change, change_of, over_a_year
from cfanalysis.signals.runs import Run

ABOUT = {
    "demand": "referrals", "rereferrals": "rereferrals", "timeliness": "assessments_in_45_days", "children_in_need": "cin_open",
    "protection_and_care": "cp_open", "workforce": "agency_share",
}  # fmt: skip
"""The measure that the question of a theme's page is about: its level and its change are said first."""
SHOWN: Mapping[str, tuple[str, ...]] = {
    "demand": ("contacts", "referrals", "referrals_nfa", "contacts_to_referral", "referrals_to_assessment"),
    "children_in_need": ("cin_open", "cin_started", "cin_ended", "cin_duration"),
    "timeliness": ("percent",),
    "protection_and_care": ("count", "stock", "percent", "cp_duration", "cla_duration"),
    "workforce": ("percent", "measure"),
}
"""The measures, by name or by kind, that a theme's page has in a table or a chart: nothing else is said on it. All where
a theme is not named here (tests/unit/questions/test_on_the_page.py holds the notebooks to it)."""
RECENT_MONTHS = 12
SHIFT_MONTHS = 24
YEAR = 12
NEWEST_LEVEL = 6
"""Months that the level now is taken from (``signals.standing``)."""

NOT_COMPARABLE = "not comparable"

STILL_RECORDED = "it is still being recorded"
NOT_JUDGED = "not judged"
"""The state of a month of which nobody can say whether it is usual (``cf.unusual``); its reason says why."""

UNSETTLED: dict[str, Any] = {"severity": "", "z": np.nan, "p": np.nan, "reason": STILL_RECORDED, "state": NOT_JUDGED}
"""No drop is claimed from a month that late recording may still raise; of a stock, which late closures bring down, no rise either."""

PROVISIONAL = "provisional"
"""The reason that goes with the newest month where it is as usual so far."""


def on_page(theme: str, indicator: Indicator) -> bool:
    """Whether a theme's page shows a measure, so that a headline may speak of it."""
    shown = SHOWN.get(theme)
    return shown is None or indicator.name in shown or indicator.kind in shown


def of_series(
    subject: Subject, unusual: pd.DataFrame, shifts: pd.DataFrame, forecast: Forecast | None, years: Change | None = None,
    run: Run | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The findings of one series, for ``gather``; empty where there is no figure at all.

    ``years`` is the change of its newest settled year (``questions.years.change_of``); it is worked out where it is not
    given. ``run`` is told where no change of the year or of the level says it already.
    """
    if subject.known == 0:
        return pd.DataFrame()
    unusual = without_unsettled(subject, unusual)
    years = years or change_of(subject, onsets=shifts["onset"])
    rows = [
        _latest(subject, unusual),
        *_unusual(subject, unusual),
        *_shifts(subject, shifts),
        *_trend(years),
        *([] if years.told or years.moved else run_rows(run)),
        *catch_ups(subject, unusual, subject.newest - RECENT_MONTHS),
        *_ahead(forecast),
    ]
    blank: dict[str, Any] = dict.fromkeys(("observed", "expected", "low", "high", "z", "p"), np.nan)
    blank |= {
        "authority": subject.authority,
        "indicator": subject.indicator.name,
        "breakdown": subject.breakdown,
        "severity": "",
        "reason": "",
    }
    frame = pd.DataFrame([{**blank, **row} for row in rows])
    return frame.assign(month=pd.PeriodIndex(frame["month"].tolist(), freq="M"))


def without_unsettled(subject: Subject, judged: pd.DataFrame) -> pd.DataFrame:
    """Judged months, with nothing claimed from those that were not judged, or that late recording may still put right."""
    if judged.empty:
        return judged
    if "state" in judged:
        judged = judged.assign(severity=judged["severity"].where(judged["state"] != NOT_JUDGED, ""))
    claimed = judged["severity"].isin(("watch", *ALERTS)) & subject.unsettled(judged["month"])
    if subject.indicator.kind != "stock":
        claimed &= judged["observed"] < judged["expected"]
    blank = {name: value for name, value in UNSETTLED.items() if name in judged}
    return judged.assign(**{name: judged[name].where(~claimed, value) for name, value in blank.items()})


def without_untold(subject: Subject, standing: pd.DataFrame) -> pd.DataFrame:
    """Shifts of which nothing is said, for hidden months: it is the small ones that are hidden.

    A level that would be stated rests on one that no coarser cell tells of: taken from the others it is too high. Or the change was told
    by hidden months alone, which coarser cells tell of together and not one by one.
    """
    hidden = pd.PeriodIndex(subject.rows.loc[subject.rows["flag"].eq(HIDDEN), "month"], freq="M")
    if standing.empty or not len(hidden):
        return standing
    untold, last = subject.untold, subject.settled
    spans = [(pd.period_range(one - YEAR, told, freq="M"), pd.period_range(one, told, freq="M")) for one, told in _told_when(standing)]
    now = bool(untold.isin(pd.period_range(last - NEWEST_LEVEL + 1, last, freq="M")).any())
    silent = [now or untold.isin(around).any() or new.isin(hidden).all() for around, new in spans]
    return standing.assign(standing=standing["standing"].where(~np.array(silent), NOT_COMPARABLE))


def _told_when(standing: pd.DataFrame) -> Iterable[tuple[pd.Period, pd.Period]]:
    return zip(standing["onset"], standing["told"], strict=True)


def gather(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The findings of many series in one table (findings contract)."""
    found = [part for part in parts if len(part)]
    return tables.validate(pd.concat(found, ignore_index=True), "findings") if found else tables.empty("findings")


def as_table(found: pd.DataFrame, subjects: Iterable[Subject]) -> Table:
    """Findings with what words need to know of each: title, unit, kind, polarity."""
    known = {(subject.indicator.name, subject.breakdown): subject for subject in subjects}
    named = [known[key] for key in zip(found["indicator"], found["breakdown"], strict=True)]
    frame = found.assign(
        title=[subject.name for subject in named],
        unit=[subject.indicator.unit for subject in named],
        measured=[subject.indicator.kind for subject in named],
        over_a_year=[over_a_year(subject.indicator) for subject in named],
        polarity=[subject.indicator.polarity or "" for subject in named],
    )
    frame = frame.assign(**_settling(frame, named))
    needs = dict.fromkeys(("expected", "low", "high", "z", "p", "settling_low", "settling_high"), ("observed",))
    hidden = tuple(str(subject.at(month)["flag"]) for subject, month in zip(named, frame["month"], strict=True))
    return Table(
        frame, title="What is worth saying", counts=("observed",), derived=needs, flags={"observed": hidden},
        synthetic=any(subject.synthetic for subject in known.values()),
        published=bool(known) and all(subject.published for subject in known.values()),
    )  # fmt: skip


def _settling(frame: pd.DataFrame, named: list[Subject]) -> dict[str, list[Any]]:
    """Of the newest settled year, whether it counts late records still to come ("learnt", or "assumed"); of a stock its range."""
    rows = list(zip(named, frame["kind"], frame["month"], strict=True))
    moved = [kind == "trend" and each.moved(views_years.months_of(each, month)) for each, kind, month in rows]
    dated = [moves and each.indicator.kind == "stock" for (each, _, _), moves in zip(rows, moved, strict=True)]
    ranges = [each.likely_range(month) if one else (np.nan, np.nan) for (each, _, month), one in zip(rows, dated, strict=True)]
    how = ["" if not moves else "assumed" if each.assumed else "learnt" for each, moves in zip(named, moved, strict=True)]
    return {"settling": how, "settling_low": [low for low, _ in ranges], "settling_high": [high for _, high in ranges]}


def _latest(subject: Subject, unusual: pd.DataFrame) -> dict[str, Any]:
    newest = subject.newest
    row: dict[str, Any] = {"kind": "latest", "month": newest, "observed": float(subject.at(newest)["value"]), "reason": NOT_JUDGED}
    judged = unusual[unusual["month"] == newest]
    if judged.empty or subject.newest != subject.newest_shown:
        return {**row, "reason": TOO_HIDDEN} if subject.too_hidden else row
    told = {**row, **_judged(judged.iloc[0])}
    if told["reason"] == STILL_RECORDED or not told["severity"]:
        return {**told, "low": np.nan, "high": np.nan}
    return {**told, "reason": told["reason"] or PROVISIONAL} if subject.late_months else told


def _judged(row: pd.Series) -> dict[str, Any]:
    return {name: row[name] for name in ("observed", "expected", "low", "high", "z", "p", "severity", "reason")}


def _unusual(subject: Subject, unusual: pd.DataFrame) -> list[dict[str, Any]]:
    newest = subject.newest
    chosen = unusual[unusual["severity"].isin(ALERTS) & (unusual["month"] > newest - RECENT_MONTHS) & (unusual["month"] < newest)]
    return [{"kind": "unusual", "month": row["month"], **_judged(row)} for _, row in chosen.iterrows()]


def _shifts(subject: Subject, shifts: pd.DataFrame) -> list[dict[str, Any]]:
    """Recent shifts with how they stand now (``signals.standing``); one that another has since replaced says until when it held."""
    newest = subject.newest
    rows = []
    for place, (_, row) in enumerate(shifts.iterrows()):
        later = shifts["onset"].iloc[place + 1] if place + 1 < len(shifts) else None
        if row["standing"] == NOT_COMPARABLE:  # the counting changed since: nobody can tell what is left of it
            continue
        held = row["standing"] if later is None else f"until {month_label(later - 1)}"
        now = row["now"] if later is None else row["after"]
        levels = {"observed": now, "expected": row["before"], "high": row["after"], "z": row["z"]}
        rows.append({"kind": "shift", "month": row["onset"], **levels, "severity": "shift", "reason": held})
    return [row for row in rows if row["month"] > newest - SHIFT_MONTHS]


def _trend(change: Change) -> list[dict[str, Any]]:
    """The newest settled year against the one before; nothing where they cannot be set side by side."""
    years = change.years
    if not change.way or years.last is None:
        return []
    levels = {"observed": years.now, "expected": years.before, "low": years.low, "high": years.high, "z": years.z}
    return [{"kind": "trend", "month": years.last, **levels, "reason": change.way}]


def _ahead(forecast: Forecast | None) -> list[dict[str, Any]]:
    if forecast is None:
        return []
    month = forecast.months[min(YEAR, len(forecast.months)) - 1]
    if forecast.kind == "count":
        total = forecast.total(min(YEAR, len(forecast.months)))
        low, high = total.interval(0.8)
        return [{"kind": "forecast", "month": month, "expected": total.median, "low": low, "high": high}]
    band = forecast.interval(0.8).loc[month]
    return [{"kind": "forecast", "month": month, "expected": float(forecast.median[month]), "low": band["low"], "high": band["high"]}]
