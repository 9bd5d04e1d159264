"""The XmR chart of NHS Making Data Count as a table: limits, the rule each month breaks, and whether season makes that unreliable."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from cfanalysis.foundation.table import Table
from cfanalysis.questions.subject import Subject

COMMON_CAUSE = "Common Cause"
POLARITY: dict[str | None, Literal["increase", "decrease"]] = {"high_good": "increase", "low_good": "decrease"}
SEASONAL_NOTE = (
    "{count} of the months that break a rule would break none without the usual difference of their calendar month. "
    "There the season, not a change, may be the reason."
)
PLAIN_NOTE = "This chart takes no account of season or working days. It is drawn because people know it; it is not what flags a month here."


def improvement(subject: Subject) -> Literal["increase", "decrease"] | None:
    """Which way is better, if either is."""
    return POLARITY.get(subject.indicator.polarity)


def chart(subject: Subject, found: pd.DataFrame) -> Table:
    """One row a month: month, (numerator, denominator,) observed, flag, mean, lower, upper, target, rule (blank if none broken), event,
    provisional."""
    kept = found[["month", "mean", "lower", "upper", "target", "rule", "event"]]
    frame = subject.frame().merge(kept, on="month", how="left")
    frame["rule"] = frame["rule"].fillna("").replace(COMMON_CAUSE, "")
    frame["event"] = frame["event"].fillna("")
    frame["provisional"] = subject.unsettled(frame["month"])
    frame.loc[frame["provisional"] & (frame["observed"] < frame["mean"]), "rule"] = ""  # no drop is claimed from an unsettled month
    seasonal = int((found["seasonal"] & (found["rule"] != COMMON_CAUSE)).sum()) if len(found) else 0
    note = f"{SEASONAL_NOTE.format(count=seasonal)} {PLAIN_NOTE}" if seasonal else PLAIN_NOTE
    return subject.table(frame, f"{subject.name}: process chart (XmR)", note=note)
