"""Event logs written as text, one event a line, so that the ground truth of a test can be read beside it.

child event date [end date] [key=value ...]        for example    A referral 2023-05-01 source=6 outcome=nfa
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cfanalysis import indicators
from cfanalysis.foundation.table import EVENT_KINDS, validate

DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
KEYS = ("source", "outcome", "category", "team", "area", "worker", "birth_date", "clock_start")


def _event(line: str) -> dict[str, Any]:
    child, event, date, *rest = line.split()
    end = [part for part in rest if DATE.match(part)]
    given = dict(part.split("=", 1) for part in rest if "=" in part)
    assert not set(given) - set(KEYS), f"unknown key in {line!r}"
    words = {key: given.get(key, "").replace("_", " ") if key in ("team", "area") else given.get(key, "") for key in KEYS[:6]}
    words["category"] = words["category"].replace(",", " ")
    dates = {key: pd.Timestamp(given[key]) if key in given else pd.NaT for key in KEYS[6:]}
    ends = pd.Timestamp(end[0]) if end else pd.NaT
    return {"child_id": child, "event": event, "date": pd.Timestamp(date), "end_date": ends, "extract": "by hand", **words, **dates}


def _log(text: str, start: str = "2021-01-01", end: str = "2025-12-31", **windows: list[tuple[str, str]]) -> SimpleNamespace:
    rows = [_event(line) for line in text.strip().splitlines() if line.strip()]
    covers = {kind: [(start, end)] for kind in EVENT_KINDS} | windows
    coverage = [{"event": kind, "start": pd.Timestamp(a), "end": pd.Timestamp(b)} for kind, spans in covers.items() for a, b in spans]
    frame = pd.DataFrame(rows, columns=list(_event("A contact 2023-01-01")))
    for column in ("date", "end_date", "birth_date", "clock_start"):
        frame[column] = pd.to_datetime(frame[column])
    return SimpleNamespace(events=validate(frame, "events"), coverage=pd.DataFrame(coverage, columns=["event", "start", "end"]))


@pytest.fixture(scope="session")
def log():
    """Text to an event log; every list is covered from 2021 to 2025 unless a list's windows are given by name."""
    return _log


@pytest.fixture(scope="session")
def worked(log):
    """Text, an indicator and months to its rows, indexed by (breakdown, month)."""

    def work(text: str | SimpleNamespace, name: str, first: str, last: str | None = None, **options: Any) -> pd.DataFrame:
        events = log(text) if isinstance(text, str) else text
        months = {"first": pd.Period(first, "M"), "last": pd.Period(last or first, "M")}
        frame = indicators.compute(events, authority="Testshire", names=[name], **months, **options)
        assert (frame["authority"] == "Testshire").all()
        assert (frame["indicator"] == name).all()
        return frame.assign(month=frame["month"].astype(str)).set_index(["breakdown", "month"])[
            ["numerator", "denominator", "value", "flag"]
        ]

    return work
