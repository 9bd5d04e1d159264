"""Every indicator that is worked out from events, as what to count and what it needs. What each means is in catalogue.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from cfanalysis.indicators.catalogue import catalogue
from cfanalysis.indicators.census_measures import CENSUS_MEASURES
from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import any_between, end_months, month_numbers, to_days
from cfanalysis.indicators.labels import LEAVER_BANDS
from cfanalysis.indicators.rereferrals import ONE_DAY, RereferralEdges, rereferrals, rereferrals_after_closure
from cfanalysis.indicators.ssd_measures import SSD_MEASURES
from cfanalysis.indicators.tally import Flow, Measure, Median, Stock
from cfanalysis.indicators.view import View
from cfanalysis.reference.working_days import working_days_between

ASSESSMENT_WORKING_DAYS = 45
"""Working Together: an assessment is concluded within 45 working days; DfE publishes it from its start to its authorisation (table C2)."""

ICPC_WORKING_DAYS = 15
"""Working Together: the initial conference is within 15 working days of the strategy discussion (table C4)."""

TWO_YEARS_DAYS = 730
"""LAIT: "more than 729 days"."""

NOT_SAID = ("", "unknown")
"""Outcomes that tell nothing: blank, and what merging writes where a period runs into a gap between extracts."""

IN_WORK_OR_LEARNING = ("F", "P")
"""Activity codes of full-time and part-time education, training or employment; G is none (children looked after return)."""


def _flow(view: View, _: RereferralEdges, *, event: str, on: str = "date") -> Flow:
    rows = view.of(event)
    rows = rows.loc[rows[on].notna()]
    return Flow(rows, to_days(rows[on]), np.ones(len(rows)), needs=(Need(event),))


def _stock(view: View, _: RereferralEdges, *, event: str, distinct: bool = False) -> Stock:
    rows = view.of(event)
    start, end = month_numbers(to_days(rows["date"])), end_months(to_days(rows["end_date"]))
    return Stock(rows, start, end, distinct=distinct, needs=(Need(event),))


def _outcome(view: View, _: RereferralEdges, *, event: str, is_: str) -> Flow:
    rows = view.of(event)
    hit, known = rows["outcome"] == is_, ~rows["outcome"].isin(NOT_SAID)
    return Flow(rows, to_days(rows["date"]), _bool(hit), np.ones(len(rows)), _bool(known), (Need(event),))


def _followed(view: View, _: RereferralEdges, *, event: str, by: str, window_of: str) -> Flow:
    rows, after = view.of(event), view.of(by)
    window = catalogue()[window_of].window
    days = window.days if window else 0
    day = to_days(rows["date"])
    hit = any_between(rows["child"].to_numpy(), day, day + days * ONE_DAY, after["child"].to_numpy(), to_days(after["date"]))
    return Flow(rows, day, hit, np.ones(len(rows)), needs=(Need(event), Need(by, days_after=days)))


def _assessments_in_time(view: View, edges: RereferralEdges) -> Flow:
    done = _flow(view, edges, event="assessment", on="end_date")
    taken = working_days_between(done.rows["date"], done.rows["end_date"], weekends=view.weekends)
    return Flow(done.rows, done.on, _bool(taken.between(0, ASSESSMENT_WORKING_DAYS)), np.ones(len(taken)), needs=done.needs)


def _child_seen(view: View, edges: RereferralEdges) -> Flow:
    done = _flow(view, edges, event="assessment", on="end_date")
    told = (done.rows["category"] != "") & ~(done.rows["birth_date"] > done.rows["end_date"])
    rows = done.rows.loc[told]
    return Flow(rows, done.on[_bool(told)], _bool(rows["category"] == "seen"), np.ones(len(rows)), needs=done.needs)


def _icpcs_in_time(view: View, edges: RereferralEdges) -> Flow:
    held = _flow(view, edges, event="icpc")
    taken = working_days_between(held.rows["clock_start"], held.rows["date"], weekends=view.weekends)
    in_time = taken.between(0, ICPC_WORKING_DAYS) & (held.rows["clock_start"] <= held.rows["date"])
    known = held.rows["clock_start"].notna()
    return Flow(held.rows, held.on, _bool(in_time), np.ones(len(taken)), _bool(known), held.needs)


def _duration(view: View, edges: RereferralEdges, *, event: str) -> Median:
    closed = _flow(view, edges, event=event, on="end_date")
    began = to_days(closed.rows["clock_start"].fillna(closed.rows["date"]))
    return Median(closed.rows, closed.on, (closed.on - began).astype(float), closed.needs)


def _two_years(view: View, edges: RereferralEdges) -> Stock:
    plans = _stock(view, edges, event="cp_plan")
    long = month_numbers(to_days(plans.rows["date"]) + TWO_YEARS_DAYS * ONE_DAY)
    return Stock(plans.rows, long, plans.end, whole=plans.start, needs=plans.needs)


def _leavers(view: View, _: RereferralEdges, *, column: str, hit: Callable[[pd.Series], pd.Series]) -> Flow:
    """The last picture of each month, without those who have died."""
    rows = view.of("care_leaver")
    rows = rows.loc[rows["outcome"] != "died"]
    month = pd.Series(month_numbers(to_days(rows["date"])), index=rows.index)
    rows = rows.loc[rows["date"] == rows.groupby(month)["date"].transform("max")]
    known = _bool(rows[column] != "")
    need = (Need("care_leaver", snapshot=True),)
    return Flow(rows, to_days(rows["date"]), _bool(hit(rows[column])), np.ones(len(rows)), known, need, LEAVER_BANDS)


def _bool(mask: pd.Series) -> np.ndarray:
    return mask.to_numpy(dtype=bool)


MEASURES: Mapping[str, Callable[[View, RereferralEdges], Measure]] = {
    "contacts": partial(_flow, event="contact"),
    "early_help_started": partial(_flow, event="early_help"),
    "referrals": partial(_flow, event="referral"),
    "referrals_nfa": partial(_outcome, event="referral", is_="nfa"),
    "rereferrals": rereferrals,
    "rereferrals_after_closure": rereferrals_after_closure,
    "contacts_to_referral": partial(_followed, event="contact", by="referral", window_of="contacts_to_referral"),
    "referrals_to_assessment": partial(_followed, event="referral", by="assessment", window_of="referrals_to_assessment"),
    "assessments_completed": partial(_flow, event="assessment", on="end_date"),
    "assessments_in_45_days": _assessments_in_time,
    "child_seen": _child_seen,
    "s47_started": partial(_flow, event="s47"),
    "icpcs": partial(_flow, event="icpc"),
    "icpcs_in_15_days": _icpcs_in_time,
    "cin_open": partial(_stock, event="cin_episode"),
    "cin_started": partial(_flow, event="cin_episode"),
    "cin_ended": partial(_flow, event="cin_episode", on="end_date"),
    "cin_ended_by_reason": partial(_flow, event="cin_episode", on="end_date"),
    "cin_duration": partial(_duration, event="cin_episode"),
    "cp_open": partial(_stock, event="cp_plan"),
    "cp_started": partial(_flow, event="cp_plan"),
    "cp_ended": partial(_flow, event="cp_plan", on="end_date"),
    "cp_duration": partial(_duration, event="cp_plan"),
    "cp_subsequent": partial(_outcome, event="cp_plan", is_="subsequent"),
    "cp_two_years": _two_years,
    "cla_open": partial(_stock, event="cla_period"),
    "cla_started": partial(_flow, event="cla_period"),
    "cla_ended": partial(_flow, event="cla_period", on="end_date"),
    "cla_duration": partial(_duration, event="cla_period"),
    "placements": partial(_stock, event="cla_period"),
    "caseload": partial(_stock, event="cin_episode", distinct=True),
    "care_leavers_in_touch": partial(_leavers, column="outcome", hit=lambda text: text == "yes"),
    "care_leavers_suitable": partial(_leavers, column="category", hit=lambda text: text == "suitable"),
    "care_leavers_eet": partial(_leavers, column="source", hit=lambda text: text.str.startswith(IN_WORK_OR_LEARNING)),
    "referral_rate": partial(_flow, event="referral"),
    "cin_rate": partial(_stock, event="cin_episode"),
    "cp_rate": partial(_stock, event="cp_plan"),
    "cla_rate": partial(_stock, event="cla_period"),
    **CENSUS_MEASURES,
    "contacts_nfa": partial(_outcome, event="contact", is_="nfa"),
    **SSD_MEASURES,
}
"""Indicator name to the function that says what to count."""
