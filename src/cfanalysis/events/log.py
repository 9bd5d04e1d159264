"""The event log: every extract's events merged into one history, with what is covered, what changed and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cfanalysis.sources.problems import Problem
from cfanalysis.sources.windows import SNAPSHOTS

COVERAGE_COLUMNS = ("event", "start", "end")
CHANGE_COLUMNS = ("event", "earlier", "later", "added", "removed", "changed")


@dataclass(frozen=True)
class EventLog:
    """One history of events.

    ``events``: the events contract. ``coverage``: event, start, end: stretches of days each event's list is complete for.
    ``changes``: event, earlier, later, added, removed, changed: what a later extract said differently about days an earlier one
    had covered.
    ``pictures``: the periods of each extract as it stood at a month's end, whose number is ``picture``: where a child was
    on that day; None where the log was not merged from extracts.
    """

    events: pd.DataFrame
    coverage: pd.DataFrame
    changes: pd.DataFrame
    problems: tuple[Problem, ...]
    extracts: tuple[str, ...]
    pictures: pd.DataFrame | None = field(default=None, repr=False)

    def covered(self, event: str, months: pd.PeriodIndex) -> np.ndarray:
        """True for every month all of whose days lie inside what the event's list is complete for; for a picture of one day, the
        day's month."""
        own = self.coverage[self.coverage["event"] == event]
        if event in SNAPSHOTS:
            return np.asarray(months.isin(pd.PeriodIndex(own["end"], freq="M")))
        first = months.to_timestamp(how="start").to_numpy()
        last = (months + 1).to_timestamp(how="start").to_numpy() - np.timedelta64(1, "D")
        inside = np.zeros(len(months), dtype=bool)
        for start, end in zip(own["start"].to_numpy(), own["end"].to_numpy(), strict=True):
            inside |= (first >= start) & (last <= end)
        return inside

    def of(self, event: str) -> pd.DataFrame:
        """The events of one kind."""
        return self.events[self.events["event"] == event]
