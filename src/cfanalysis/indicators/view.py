"""An event log opened for counting: one frame per list, children as whole numbers."""

from __future__ import annotations

import pandas as pd

from cfanalysis.indicators.coverage import Log
from cfanalysis.reference.working_days import Weekends


class View:
    """The events of a log by list, with a whole number for each child in the column ``child``. Nothing of the log is changed.

    ``weekends``: which working day stands for one that is none (``months.working_days_between``).
    """

    def __init__(self, log: Log, weekends: Weekends = "next") -> None:
        self.weekends: Weekends = weekends
        events = log.events
        children, _ = pd.factorize(events["child_id"])
        numbered = events.assign(child=children)
        self._none = numbered.iloc[:0]
        self._lists = {str(name): rows.reset_index(drop=True) for name, rows in numbered.groupby("event", sort=False)}

    def of(self, event: str) -> pd.DataFrame:
        """The rows of one list; no rows where the log has none."""
        return self._lists.get(event, self._none)
