"""Records that cannot be right together, or that someone should look at: counts by rule, no child named.

The rules follow those of the children in need census (numbers in the meanings), as far as Annex A can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.events.log import EventLog
from cfanalysis.reference import bank_holidays
from cfanalysis.reference.working_days import working_days_between

COLUMNS = ("rule", "event", "count", "of", "meaning")

ASSESSMENT_LIMIT = 45
"""Working days a statutory assessment may take (Working Together)."""

CONFERENCE_LIMIT = 15
"""Working days from strategy discussion to conference (Working Together)."""

OLDEST = 25
"""Years: nobody older is helped as a care leaver or disabled young person (census rule 8775Q)."""

NEAR_DAYS = 31
"""A conference this close to a plan's start is taken for the one that led to it."""

CLOSED_AFTER_ASSESSMENT = ("RC8", "RC9")

Counted = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """One rule: its name, the event it looks at, what it means, and how it is counted (breaches, records looked at)."""

    name: str
    event: str
    meaning: str
    count: Callable[[EventLog], Counted]


def quality(log: EventLog) -> pd.DataFrame:
    """What to look at in the records: rule, event, count, of (records looked at), meaning; one row a rule that has records to look at.

    Counts only: safe to pass on to release. A rule whose records are not in the log has no row; one that nothing breaks has the count 0.
    """
    rows = [(rule.name, rule.event, *rule.count(log), rule.meaning) for rule in RULES]
    return pd.DataFrame([row for row in rows if row[3]], columns=list(COLUMNS))


def _share(rows: pd.DataFrame, broken: pd.Series | np.ndarray) -> Counted:
    return int(np.asarray(broken).sum()), len(rows)


def _last_day(log: EventLog, event: str) -> pd.Timestamp:
    return pd.Timestamp(log.coverage.loc[log.coverage["event"] == event, "end"].max())


def _inside(log: EventLog, event: str, dates: pd.Series) -> pd.Series:
    """Which dates lie in what an event's list covers."""
    inside = pd.Series(False, index=dates.index)
    own = log.coverage[log.coverage["event"] == event]
    for start, end in zip(own["start"], own["end"], strict=True):
        inside |= dates.between(start, end)
    return inside


def _overlapping(event: str) -> Callable[[EventLog], Counted]:
    def count(log: EventLog) -> Counted:
        rows = log.of(event).sort_values(["child_id", "date"], kind="stable")
        # A new one on the very day the last one ended follows it; it does not overlap.
        ends = rows["end_date"].fillna(pd.Timestamp.max.floor("D").as_unit("us"))
        latest = ends.groupby(rows["child_id"], sort=False).cummax().groupby(rows["child_id"], sort=False).shift()
        return _share(rows, rows["date"] < latest)

    return count


def _open_twice(event: str) -> Callable[[EventLog], Counted]:
    def count(log: EventLog) -> Counted:
        rows = log.of(event)
        still = rows[rows["end_date"].isna()]
        return _share(still, still.duplicated("child_id"))

    return count


def _same_day_end(log: EventLog) -> Counted:
    rows = log.of("cp_plan")
    return _share(rows, rows["end_date"] == rows["date"])


def _same_day_referral(log: EventLog) -> Counted:
    rows = log.of("referral")
    return _share(rows, rows.duplicated(["child_id", "date"]))


def _closed_without_reason(log: EventLog) -> Counted:
    rows = log.of("cin_episode")
    closed = rows[rows["end_date"].notna()]
    return _share(closed, closed["outcome"] == "")


def _reason_without_end(log: EventLog) -> Counted:
    rows = log.of("cin_episode")
    still = rows[rows["end_date"].isna()]
    return _share(still, still["outcome"] != "")


def _not_a_working_day(log: EventLog) -> Counted:
    rows = log.of("icpc")
    days = rows["date"].to_numpy().astype("datetime64[D]")
    return _share(rows, ~np.is_busday(days, holidays=bank_holidays()))


def _conference_before_enquiry(log: EventLog) -> Counted:
    rows = log.of("icpc")
    rows = rows[rows["clock_start"].notna()]
    return _share(rows, rows["date"] < rows["clock_start"])


def _late_assessment(log: EventLog) -> Counted:
    rows = log.of("assessment")
    return _share(*_overdue(rows[rows["end_date"].isna()], _last_day(log, "assessment"), ASSESSMENT_LIMIT))


def _late_conference(log: EventLog) -> Counted:
    rows = log.of("s47")
    waiting = rows[rows["end_date"].isna() & (rows["outcome"] != "icpc_not_needed")]
    return _share(*_overdue(waiting, _last_day(log, "s47"), CONFERENCE_LIMIT))


def _overdue(rows: pd.DataFrame, last: pd.Timestamp, limit: int) -> tuple[pd.DataFrame, pd.Series]:
    if rows.empty:
        return rows, pd.Series(dtype=bool)
    return rows, working_days_between(rows["date"], pd.Series(last, index=rows.index)) > limit


def _plan_off_conference(log: EventLog) -> Counted:
    plans = log.of("cp_plan")
    plans = plans[_inside(log, "icpc", plans["date"])]
    near = _nearest_days(plans, log.of("icpc"))
    return _share(plans[near.notna()], (near[near.notna()] > 0))


def _plan_without_conference(log: EventLog) -> Counted:
    plans = log.of("cp_plan")
    first = pd.to_datetime(log.coverage.loc[log.coverage["event"] == "icpc", "start"]).min()
    plans = (
        plans[_inside(log, "icpc", plans["date"]) & (plans["date"] >= first + pd.Timedelta(days=NEAR_DAYS))]
        if pd.notna(first)
        else plans[:0]
    )
    return _share(plans, _nearest_days(plans, log.of("icpc")).isna())


def _nearest_days(left: pd.DataFrame, right: pd.DataFrame) -> pd.Series:
    """Days from each record to the same child's nearest record of another kind; missing where there is none within a month."""
    if left.empty:
        return pd.Series(dtype=float)
    keyed = left[["child_id", "date"]].assign(row=np.arange(len(left))).sort_values("date")
    other = right[["child_id", "date"]].assign(other=right["date"]).sort_values("date")
    both = pd.merge_asof(keyed, other, on="date", by="child_id", direction="nearest", tolerance=pd.Timedelta(days=NEAR_DAYS))
    days = (both["other"] - both["date"]).abs().dt.days.astype(float)
    return pd.Series(days.to_numpy(), index=both["row"]).sort_index().set_axis(left.index)


def _closed_unassessed(log: EventLog) -> Counted:
    rows = log.of("cin_episode")
    rows = rows[rows["outcome"].isin(CLOSED_AFTER_ASSESSMENT) & _inside(log, "assessment", rows["date"])]
    starts = log.of("assessment")[["child_id", "date"]].rename(columns={"date": "assessed"})
    pairs = rows[["child_id", "date", "end_date"]].reset_index().merge(starts, on="child_id")
    within = pairs[(pairs["assessed"] >= pairs["date"]) & (pairs["assessed"] <= pairs["end_date"])]
    return _share(rows, ~rows.index.isin(within["index"]))


def _too_old(log: EventLog) -> Counted:
    rows = log.events[log.events["birth_date"].notna()]
    return _share(rows, rows["date"] > rows["birth_date"] + pd.DateOffset(years=OLDEST + 1))


def _no_birth_date(log: EventLog) -> Counted:
    return _share(log.events, log.events["birth_date"].isna())


def _two_birth_dates(log: EventLog) -> Counted:
    known = log.events[log.events["birth_date"].notna()]
    different = known.drop_duplicates(["child_id", "birth_date"])["child_id"].duplicated()
    return int(different.sum()), known["child_id"].nunique()


def _blank(event: str, column: str) -> Callable[[EventLog], Counted]:
    return lambda log: _share(log.of(event), log.of(event)[column] == "")


RULES = (
    Rule("cin_overlap", "cin_episode", "An episode that starts before the last one ended (8820).", _overlapping("cin_episode")),
    Rule("cin_open_twice", "cin_episode", "More than one open child in need episode of the same child (8815).", _open_twice("cin_episode")),
    Rule("cin_no_reason", "cin_episode", "A closed episode without a reason for closure (8805).", _closed_without_reason),
    Rule("cin_reason_open", "cin_episode", "A reason for closure on an episode that is still open (8810).", _reason_without_end),
    Rule("cin_unassessed", "cin_episode", "Closed after assessment (RC8, RC9) without one during it (8825Q).", _closed_unassessed),
    Rule("cin_no_need", "cin_episode", "An episode without a primary need code (8610).", _blank("cin_episode", "category")),
    Rule("referral_same_day", "referral", "More than one referral of the same child on the same day.", _same_day_referral),
    Rule("referral_no_source", "referral", "A referral without a source (8866).", _blank("referral", "source")),
    Rule("referral_no_nfa", "referral", "A referral that does not say whether there was further action.", _blank("referral", "outcome")),
    Rule("contact_no_source", "contact", "A contact without a source.", _blank("contact", "source")),
    Rule("assessment_late", "assessment", "An open assessment older than 45 working days (8670Q).", _late_assessment),
    Rule("s47_late", "s47", "Neither a conference nor a decision against one after 15 working days (8675Q).", _late_conference),
    Rule("icpc_weekend", "icpc", "An initial conference at a weekend or on a bank holiday (8875).", _not_a_working_day),
    Rule("icpc_before_s47", "icpc", "A conference before its enquiry started: left out of timeliness.", _conference_before_enquiry),
    Rule("cp_overlap", "cp_plan", "A child protection plan that starts before the child's last one ended (8940).", _overlapping("cp_plan")),
    Rule("cp_same_day", "cp_plan", "A plan that starts and ends on the same day (8840).", _same_day_end),
    Rule("cp_off_icpc", "cp_plan", "A plan that does not start on the day of its conference (2885).", _plan_off_conference),
    Rule("cp_no_icpc", "cp_plan", "A plan without a conference within a month of its start.", _plan_without_conference),
    Rule("cla_overlap", "cla_period", "A period of being looked after that starts before the last one ended.", _overlapping("cla_period")),
    Rule("too_old", "all", "A record of somebody over 25 (8775Q).", _too_old),
    Rule("no_birth_date", "all", "A record without a usable date of birth: left out of ages.", _no_birth_date),
    Rule("two_birth_dates", "all", "Children with more than one date of birth.", _two_birth_dates),
)  # fmt: skip
