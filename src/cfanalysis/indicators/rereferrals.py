"""Re-referrals, pairwise by date.

Never from Annex A's count column: it looks back from the day of the extract, not from the referral.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import add_months, any_between, to_days
from cfanalysis.indicators.tally import Flow
from cfanalysis.indicators.view import View

Window = Literal["12 months", "365 days"]
Earlier = Literal["all", "not_nfa"]

ONE_DAY = np.timedelta64(1, "D")
WINDOW_MONTHS = 12
"""DfE: "a child is referred within 12 months of a previous referral"."""


@dataclass(frozen=True)
class RereferralEdges:
    """The edges of the definition that DfE's published text leaves open, each with the reading taken as DfE's as the default.

    ``window``    12 calendar months, the anniversary included, or 365 days.
    ``same_day``  whether an earlier row of the same child on the same day counts as a previous referral (by default it is one event twice).
    ``earlier``   whether a referral that ended in no further action counts as a previous one.
    """

    window: Window = "12 months"
    same_day: bool = False
    earlier: Earlier = "all"

    def __post_init__(self) -> None:
        for name, value, wanted in (("window", self.window, get_args(Window)), ("earlier", self.earlier, get_args(Earlier))):
            if value not in wanted:
                raise ParameterError(f"rereferral {name}: found {value!r}, want one of {', '.join(wanted)}")

    def back(self, days: np.ndarray) -> np.ndarray:
        """The first day of the window that ends on each day."""
        return add_months(days, -WINDOW_MONTHS) if self.window == "12 months" else days - 365 * ONE_DAY

    def forward(self, days: np.ndarray) -> np.ndarray:
        """The last day of the window that starts on each day."""
        return add_months(days, WINDOW_MONTHS) if self.window == "12 months" else days + 365 * ONE_DAY


def rereferrals(view: View, edges: RereferralEdges) -> Flow:
    """Referrals whose child had an earlier referral within the window before, out of all referrals (DfE, table C1)."""
    rows = view.of("referral")
    day, child = to_days(rows["date"]), rows["child"].to_numpy()
    counts = np.ones(len(rows), dtype=bool) if edges.earlier == "all" else (rows["outcome"] != "nfa").to_numpy(dtype=bool)
    again = any_between(child, edges.back(day), day - ONE_DAY, child[counts], day[counts])
    if edges.same_day:
        again |= _earlier_same_day(rows, counts)
    return Flow(rows, day, again, np.ones(len(rows)), needs=(Need("referral", months_before=WINDOW_MONTHS),))


def rereferrals_after_closure(view: View, edges: RereferralEdges) -> Flow:
    """Episodes closed in the month whose child was referred again within the window after (as in Goldacre and others, 2025).

    A referral on the day of closure counts only with ``same_day``; ``earlier`` does not apply, for the anchor is a closure.
    """
    episodes, referrals = view.of("cin_episode"), view.of("referral")
    closed = episodes.loc[episodes["end_date"].notna()]
    day = to_days(closed["end_date"])
    after = day if edges.same_day else day + ONE_DAY
    again = any_between(closed["child"].to_numpy(), after, edges.forward(day), referrals["child"].to_numpy(), to_days(referrals["date"]))
    needs = (Need("cin_episode"), Need("referral", months_after=WINDOW_MONTHS))
    return Flow(closed, day, again, np.ones(len(closed)), needs=needs)


def _earlier_same_day(rows: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Whether a row above it, of the same child on the same day, counts as an earlier referral."""
    seen = pd.Series(counts.astype(int)).groupby([rows["child"].to_numpy(), rows["date"].to_numpy()]).cumsum().to_numpy()
    return np.asarray(seen - counts > 0)
