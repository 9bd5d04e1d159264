"""Rules about plans: beside the child's other plans, beside conferences, and their reviews."""

from __future__ import annotations

import pandas as pd

from cfanalysis.sources.cin_census.episode_rules import ENQUIRY, EPISODE, NEED_PLAN, PLAN, overlapping, several_open
from cfanalysis.sources.cin_census.sight import WHOLE_FILE, CensusRule, Find, Seen, said

REVIEW = "CPPreviewDate"


def _off_its_conference(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    """Plans of the year that start on another day than a conference of their episode."""
    enquiries = seen.table(ENQUIRY)
    enquiries = enquiries[~said(enquiries["ICPCnotRequired"], ("1",))]
    held = set(zip(enquiries["episode"], enquiries["DateOfInitialCPC"], strict=True))
    enquired = rows["episode"].isin(enquiries["episode"])
    on_day = pd.Series([key in held for key in zip(rows["episode"], rows["CPPstartDate"], strict=True)], index=rows.index, dtype=bool)
    on_day = on_day.where(enquired, rows["CPPstartDate"] == rows["episode_DateOfInitialCPC"])
    return rows["CPPstartDate"].between(seen.first, seen.last) & ~on_day


def _more_plans_than_conferences(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    conferences = _in_year(seen, ENQUIRY, "DateOfInitialCPC") + _in_year(seen, EPISODE, "DateOfInitialCPC")
    return pd.Series([_in_year(seen, PLAN, "CPPstartDate") > conferences], index=rows.index)


def _in_year(seen: Seen, name: str, field: str) -> int:
    return int(seen.table(name)[field].between(seen.first, seen.last).sum())


def _both_open(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    plans = seen.table(PLAN)
    running = rows["CINPlanStartDate"].notna() & rows["CINPlanEndDate"].isna()
    return running & rows["episode"].isin(plans.loc[plans["CPPendDate"].isna(), "episode"])


def _needs_overlap(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return overlapping(rows, "CINPlanStartDate", "CINPlanEndDate", within="child", last=seen.last, touch=True)


def _plans_overlap(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return overlapping(rows, "CPPstartDate", "CPPendDate", within="child", last=seen.last, touch=True)


def _pairs(rows: pd.DataFrame, seen: Seen) -> pd.DataFrame:
    """Each child in need plan with each protection plan of its child."""
    own = rows[["child", "CINPlanStartDate", "CINPlanEndDate"]].reset_index()
    return own.merge(seen.table(PLAN)[["child", "CPPstartDate", "CPPendDate"]], on="child")


def _during(start: str, other: str, end: str) -> Find:
    """Child in need plans one of whose child's plans of either kind begins during one of the other kind."""

    def find(rows: pd.DataFrame, seen: Seen) -> pd.Series:
        pairs = _pairs(rows, seen)
        inside = (pairs[start] < pairs[end]) | (pairs[end].isna() & (pairs[start] <= seen.last))
        return pd.Series(rows.index.isin(pairs.loc[(pairs[start] >= pairs[other]) & inside, "index"]), index=rows.index)

    return find


def _reviewed(rows: pd.DataFrame, seen: Seen) -> pd.DataFrame:
    """Reviews with the plan they are of."""
    plans = seen.table(PLAN).set_index("number")
    days = pd.to_datetime(rows["value"].where(rows["value"] != ""), errors="coerce", format="mixed")
    return rows.assign(day=days, start=rows["parent"].map(plans["CPPstartDate"]), end=rows["parent"].map(plans["CPPendDate"]))


def _review_during_need(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    own = _reviewed(rows, seen)
    pairs = (
        own[["child", "day", "end"]].reset_index().merge(seen.table(NEED_PLAN)[["child", "CINPlanStartDate", "CINPlanEndDate"]], on="child")
    )
    inside = (pairs["day"] >= pairs["CINPlanStartDate"]) & (pairs["day"] < pairs["CINPlanEndDate"])
    hit = pairs.loc[inside & pairs["end"].notna() & (pairs["day"] != pairs["end"]), "index"]
    return pd.Series(rows.index.isin(hit), index=rows.index)


def _review_too_early(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    own = _reviewed(seen.table(REVIEW), seen)
    return rows["number"].isin(own.loc[own["day"] <= own["start"], "parent"])


PLAN_RULES = (
    CensusRule("2883", WHOLE_FILE, "More protection plans begin in the year than conferences are held.", _more_plans_than_conferences),
    CensusRule("2885", PLAN, "A protection plan that does not start on the day of its conference.", _off_its_conference),
    CensusRule("8841", PLAN, "A protection plan reviewed on its first day or before it.", _review_too_early),
    CensusRule("8935", PLAN, "More than one open protection plan of a child.",
               lambda rows, seen: several_open(rows, rows["CPPendDate"].isna(), "child")),
    CensusRule("8940", PLAN, "Protection plans of a child that overlap.", _plans_overlap),
    CensusRule("4001", NEED_PLAN, "An open child in need plan beside an open protection plan.", _both_open),
    CensusRule("4004", NEED_PLAN, "More than one open child in need plan in an episode.",
               lambda rows, seen: several_open(rows, rows["CINPlanEndDate"].isna(), "episode")),
    CensusRule("4014", NEED_PLAN, "Child in need plans of a child that overlap.", _needs_overlap),
    CensusRule("4016", NEED_PLAN, "A child in need plan that starts during a protection plan.",
               _during("CINPlanStartDate", "CPPstartDate", "CPPendDate")),
    CensusRule("4017", NEED_PLAN, "A child in need plan during which a protection plan starts.",
               _during("CPPstartDate", "CINPlanStartDate", "CINPlanEndDate")),
    CensusRule("4003", REVIEW, "A protection plan reviewed during a child in need plan.", _review_during_need),
    CensusRule("8842Q", REVIEW, "A review without a date.", lambda rows, seen: rows["value"] == ""),
)  # fmt: skip
