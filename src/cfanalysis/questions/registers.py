"""How the registers stand on a date: actions overdue, commentary older than the data it explains, events of one indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from cfanalysis.foundation.table import Table
from cfanalysis.registers.entries import Action, Comment, DatedEvent

NO_DATE = "no date given"


def overdue(actions: Iterable[Action], on: date) -> tuple[Action, ...]:
    """Actions not done whose due date has passed, the longest overdue first."""
    late = [action for action in actions if action.done is None and action.due is not None and action.due < on]
    return tuple(sorted(late, key=lambda action: (action.due or on, action.id)))


def stale(comment: Comment, latest: pd.Period) -> bool:
    """Whether a comment is older than the data it explains: written before the latest month was over."""
    return comment.dated < latest.end_time.date()


def events_for(events: Iterable[DatedEvent], indicator: str) -> tuple[DatedEvent, ...]:
    """The events said to show in one indicator, in order of date."""
    return tuple(sorted((event for event in events if event.touches(indicator)), key=lambda event: event.date))


def actions_table(actions: Iterable[Action], on: date) -> Table:
    """Every action with its state on a date: done, overdue, open, or no date given; the overdue first."""
    rows = [
        {
            "state": _state(action, on),
            "what": action.what,
            "owner": action.owner,
            "asked_by": action.asked_by,
            "asked_on": action.asked_on.isoformat(),
            "due": action.due.isoformat() if action.due else NO_DATE,
            "done": action.done.isoformat() if action.done else "",
        }
        for action in actions
    ]
    columns = ["state", "what", "owner", "asked_by", "asked_on", "due", "done"]
    frame = pd.DataFrame(rows, columns=columns)
    order = frame["state"].map({"overdue": 0, "open": 1, NO_DATE: 2, "done": 3})
    frame = frame.assign(order=order).sort_values(["order", "due", "asked_on"]).drop(columns="order").reset_index(drop=True)
    return Table(frame, title="What was asked for", note=f"As at {on.isoformat()}")


def _state(action: Action, on: date) -> str:
    if action.done is not None and action.done <= on:
        return "done"
    if action.due is None:
        return NO_DATE
    return "overdue" if action.due < on else "open"


def commentary_table(comments: Iterable[Comment], latest: pd.Period, titles: Mapping[str, str] | None = None) -> Table:
    """Commentary, newest first, each marked where it is older than the data it stands beside. ``titles``: what indicators are called."""
    ordered = sorted(comments, key=lambda comment: comment.dated, reverse=True)
    rows = [
        {
            "indicator": (titles or {}).get(comment.indicator, comment.indicator),
            "breakdown": comment.breakdown,
            "dated": comment.dated.isoformat(),
            "issue": comment.issue,
            "response": comment.response,
            "update": comment.update or "",
            "older_than_data": stale(comment, latest),
        }
        for comment in ordered
    ]
    columns = ["indicator", "breakdown", "dated", "issue", "response", "update", "older_than_data"]
    return Table(pd.DataFrame(rows, columns=columns), title="Commentary", note="Written by the authority; not worked out from the data")
