"""What has been, what is to be expected, and which months stand out: one table by month."""

from __future__ import annotations

import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import Table
from cfanalysis.models import Forecast
from cfanalysis.questions.subject import Subject, whole

JUDGED = ("expected", "low", "high")
SETTLED = ("settled", "settled_low", "settled_high")
BANDS = (*JUDGED, "low95", "high95", *SETTLED)
NO_CAUSE = "nothing was found that would explain it"
LEVELS = {"": 0.8, "95": 0.95}
"""Bands drawn: the suffix of their columns, and the share of futures inside."""


def outlook(
    subject: Subject, unusual: pd.DataFrame, forecast: Forecast | None, *, because: str = "", settling: pd.DataFrame | None = None
) -> Table:
    """History with each month's usual range, then the forecast with its 80 and 95 % bands.

    Columns: month, (numerator, denominator,) observed, flag, expected, low, high, low95, high95, severity, provisional, reason, future.
    In months gone by, expected, low and high are what was to be expected from earlier months only. With ``settling`` (month, settled,
    settled_low, settled_high) there are also the figures at which the newest months are likely to settle.
    """
    past = subject.frame()
    judged = unusual.set_index("month").reindex(past["month"])
    for column in JUDGED:
        past[column] = judged[column].to_numpy(dtype=float)
    past["severity"] = judged["severity"].fillna("").to_numpy()
    past["provisional"] = subject.unsettled(past["month"])
    past["reason"] = judged["reason"].fillna("").to_numpy()
    if settling is not None:
        past = past.merge(settling, on="month", how="left")
    frame = pd.concat([past.assign(future=False), _ahead(forecast)], ignore_index=True) if forecast else past.assign(future=False)
    return subject.table(whole(subject, frame, BANDS), _title(subject, forecast), note=because)


def _ahead(forecast: Forecast) -> pd.DataFrame:
    bands = {f"{side}{suffix}": forecast.interval(level)[side].to_numpy() for suffix, level in LEVELS.items() for side in ("low", "high")}
    frame = pd.DataFrame({"month": forecast.months, "expected": forecast.median.to_numpy(), **bands, "future": True})
    return frame.assign(flag="", severity="", provisional=False, reason="")


def _title(subject: Subject, forecast: Forecast | None) -> str:
    if subject.known == 0:
        return f"{subject.name}: no figures"
    span = f"{month_label(subject.months[0])} to {month_label(subject.months[-1])}"
    return f"{subject.name}, {span}" + (f", and what to expect to {month_label(forecast.months[-1])}" if forecast else "")


def season(subject: Subject, forecast: Forecast | None) -> Table:
    """The season: how each calendar month compares with an average month, working days taken out where they matter."""
    if forecast is None:
        return Table(pd.DataFrame({"calendar_month": [], "factor": [], "low": [], "high": []}), title=f"{subject.name}: no season known")
    frame = forecast.season.rename(columns={"month": "calendar_month"})[["calendar_month", "factor", "low", "high"]].reset_index(drop=True)
    per = " per working day" if subject.indicator.calendar else ""
    return Table(
        frame, title=f"The season of {subject.name.lower()}{per}", unit="1 is an average month", source=subject.source,
        synthetic=subject.synthetic, published=subject.published, facts={"name": subject.name, "evidence": forecast.season_evidence},
    )  # fmt: skip


def unusual_months(subject: Subject, unusual: pd.DataFrame, causes: pd.DataFrame, *, severities: tuple[str, ...]) -> Table:
    """The months that stand out, the latest first, each with what else it could be."""
    frame = subject.frame().merge(unusual.drop(columns="observed"), on="month", how="inner")
    frame = frame[frame["severity"].isin(severities)].sort_values("month", ascending=False)
    said = causes.groupby("month")["sentence"].agg(" ".join) if len(causes) else pd.Series(dtype=str)
    frame["because"] = frame["month"].map(said.str.strip().replace("", NO_CAUSE)).fillna(NO_CAUSE).to_numpy()
    keep = [
        "month",
        *subject.parts,
        "observed",
        "expected",
        "low",
        "high",
        "severity",
        "because",
    ]
    return subject.table(whole(subject, frame[keep].reset_index(drop=True), BANDS), f"Unusual months: {subject.name.lower()}")
