"""Rules about an episode: beside the child's other episodes, and beside the assessments and enquiries within it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sources.cin_census.sight import CLOSED_AFTER_ASSESSMENT, NO, YES, CensusRule, Find, Seen, said

EPISODE, ASSESSED, FACTOR, ENQUIRY = "CINdetails", "Assessments", "AssessmentFactors", "Section47"
PLAN, NEED_PLAN = "ChildProtectionPlans", "CINPlanDates"

SOURCES = (
    "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4", "5A", "5B", "5C", "5D", "6", "7", "8", "9", "10",
)  # fmt: skip
SOURCES_SINCE = pd.Timestamp("2013-04-01")
FACTORS = frozenset(
    [
        *(f"{n}{letter}" for n in range(1, 7) for letter in "ABC"), "7A", "8B", "8C", "8D", "8E", "8F", "9A", "10A", "11A", "12A", "13A",
        "14A", "15A", "16A", "17A", "18A", "18B", "18C", "19A", "19B", "19C", "20", "21", "22A", "23A", "24A",
    ]
)  # fmt: skip
NO_FACTOR = "21"
ASSESSMENT_LIMIT, CONFERENCE_LIMIT = 45, 15
"""Working days before the end of the year (rules 8670Q and 8675Q)."""


def overlapping(
    rows: pd.DataFrame,
    start: str,
    end: str,
    *,
    within: str,
    last: pd.Timestamp,
    touch: bool,
    open_too: pd.Series | None = None,
    same: bool = True,
) -> pd.Series:
    """Rows that begin while another of the same child or episode runs, and those others; ``touch``: on its last day too.

    ``open_too``: which rows run on where they have no end (all). ``same``: whether rows alike in start and end count.
    """
    known = rows[rows[start].notna()]
    known = known[known[within].duplicated(keep=False)]  # nothing overlaps what stands alone
    if known.empty:
        return pd.Series(False, index=rows.index)
    runs = known.assign(open=True if open_too is None else open_too.reindex(known.index))
    pairs = runs.reset_index().merge(runs.reset_index(), on=within, suffixes=("", "_other"))
    begun = (pairs["index"] != pairs["index_other"]) & (pairs[start] >= pairs[f"{start}_other"])
    ends = pairs[f"{end}_other"]
    inside = (pairs[start] <= ends) if touch else (pairs[start] < ends)
    upto = (pairs[start] <= last) if touch else (pairs[start] < last)
    inside |= ends.isna() & upto & pairs["open_other"].astype(bool)
    if not same:
        alike = (pairs[start] == pairs[f"{start}_other"]) & ((pairs[end] == ends) | (pairs[end].isna() & ends.isna()))
        inside &= ~alike
    hit = pairs[begun & inside]
    return pd.Series(np.isin(rows.index, [*hit["index"], *hit["index_other"]]), index=rows.index)


def several_open(rows: pd.DataFrame, is_open: pd.Series, within: str) -> pd.Series:
    """Open rows of a child or an episode that has more than one."""
    count = is_open.groupby(rows[within]).transform("sum")
    return is_open & (count > 1)


def _has(rows: pd.DataFrame, seen: Seen, name: str, which: pd.Series | None = None) -> pd.Series:
    """Episodes that hold an element (or one of some rows of it)."""
    table = seen.table(name)
    own = table if which is None else table[which]
    return rows["number"].isin(own["episode"])


def _overlap(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    helped = said(rows["ReferralNFA"], NO)
    return overlapping(rows, "CINreferralDate", "CINclosureDate", within="child", last=seen.last, touch=False, open_too=helped)


def _open_helped(rows: pd.DataFrame) -> pd.Series:
    return rows["CINclosureDate"].isna() & said(rows["ReferralNFA"], NO)


def _open_twice(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    many = several_open(rows, _open_helped(rows), "child")
    return rows["child"].isin(rows.loc[many, "child"]) & rows["CINclosureDate"].isna()


def _open_not_latest(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    dated = rows["CINreferralDate"].notna()
    latest = rows.loc[dated].groupby("child")["CINreferralDate"].idxmax()
    return dated & _open_helped(rows) & ~rows.index.isin(latest)


def _active_though_closed(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    active = rows["DateOfInitialCPC"].notna()
    for name in (ENQUIRY, PLAN, NEED_PLAN):
        active |= _has(rows, seen, name)
    return rows["ReasonForClosure"].isin(CLOSED_AFTER_ASSESSMENT) & active


def _active_after_closure(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    after = rows["CINclosureDate"] < rows["DateOfInitialCPC"]
    for name, fields in (
        (ASSESSED, ("AssessmentActualStartDate", "AssessmentAuthorisationDate")), (ENQUIRY, ("S47ActualStartDate", "DateOfInitialCPC")),
        (PLAN, ("CPPendDate",)), (NEED_PLAN, ("CINPlanStartDate", "CINPlanEndDate")),
    ):  # fmt: skip
        table = seen.table(name)
        late = pd.concat([table["episode_CINclosureDate"] < table[field] for field in fields], axis=1).any(axis=1)
        after |= _has(rows, seen, name, late)
    return after


def _old_without_action(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return (rows["CINreferralDate"] < seen.working_days_before_the_start(1)) & ~said(rows["ReferralNFA"], NO)


def _died_without_date(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return (rows["ReasonForClosure"] == "RC2") & rows["PersonDeathDate"].isna()


def _active_without_action(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    enquiries, assessments = seen.table(ENQUIRY), seen.table(ASSESSED)
    started = assessments["AssessmentActualStartDate"].notna() | assessments["AssessmentAuthorisationDate"].notna()
    active = rows["DateOfInitialCPC"].notna() | _has(rows, seen, ENQUIRY, enquiries["S47ActualStartDate"].notna())
    return said(rows["ReferralNFA"], YES) & (active | _has(rows, seen, ASSESSED, started))


def _bad_source(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return (rows["CINreferralDate"] >= SOURCES_SINCE) & ~rows["ReferralSource"].isin(SOURCES)


def _closed_unassessed(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    assessments = seen.table(ASSESSED)
    return rows["CINclosureDate"].notna() & _has(rows, seen, ASSESSED, assessments["AssessmentAuthorisationDate"].isna())


def _closed_in_doubt(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    enquiries = seen.table(ENQUIRY)
    doubtful = enquiries["DateOfInitialCPC"].isna() != said(enquiries["ICPCnotRequired"], YES)
    return rows["CINclosureDate"].notna() & _has(rows, seen, ENQUIRY, doubtful)


def _assessments_overlap(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    names = ("AssessmentActualStartDate", "AssessmentAuthorisationDate")
    return overlapping(rows, *names, within="episode", last=seen.last, touch=True, same=False)


def _enquiries_overlap(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    open_too = ~said(rows["ICPCnotRequired"], YES)
    names = ("S47ActualStartDate", "DateOfInitialCPC")
    return overlapping(rows, *names, within="episode", last=seen.last, touch=True, open_too=open_too, same=False)


def _enquiries_open(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return several_open(rows, rows["DateOfInitialCPC"].isna() & ~said(rows["ICPCnotRequired"], YES), "episode")


def _conference_twice(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    held = seen.table(EPISODE)[["child", "DateOfInitialCPC"]].dropna()
    keys = set(zip(held["child"], held["DateOfInitialCPC"], strict=True))
    return pd.Series([(c, d) in keys for c, d in zip(rows["child"], rows["DateOfInitialCPC"], strict=True)], index=rows.index, dtype=bool)


def _late_conference(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    waiting = rows["DateOfInitialCPC"].isna() & said(rows["ICPCnotRequired"], NO)
    return waiting & (rows["S47ActualStartDate"] < seen.working_days_before_the_end(CONFERENCE_LIMIT))


def _late_assessment(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    late = rows["AssessmentActualStartDate"] < seen.working_days_before_the_end(ASSESSMENT_LIMIT)
    return rows["AssessmentAuthorisationDate"].isna() & late


def _factors(seen: Seen) -> pd.DataFrame:
    table = seen.table(FACTOR)
    return table.assign(value=table["value"].str.upper())


def _with_factor(code: str) -> Find:
    return lambda rows, seen: rows["number"].isin((own := _factors(seen)).loc[own["value"] == code, "parent"])


def _none_beside_others(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    own = _factors(seen)
    none, others = (set(own.loc[(own["value"] == NO_FACTOR) == same, "parent"]) for same in (True, False))
    return rows["number"].isin(none & others)


def _none_but_helped(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    alone = rows.groupby("episode")["number"].transform("size") == 1
    return alone & _with_factor(NO_FACTOR)(rows, seen) & ~rows["episode_ReasonForClosure"].isin(CLOSED_AFTER_ASSESSMENT)


def _done_without_factors(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    own = _factors(seen)
    good, bad = set(own.loc[own["value"].isin(FACTORS), "parent"]), set(own.loc[~own["value"].isin(FACTORS), "parent"])
    return (rows["AssessmentAuthorisationDate"] >= seen.first) & (~rows["number"].isin(good) | rows["number"].isin(bad))


def _factor_twice(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    own = _factors(seen)
    return rows["number"].isin(own.loc[own.duplicated(["parent", "value"]), "parent"])


EPISODE_RULES = (
    CensusRule("2990", EPISODE, "Closed after assessment, but there was an enquiry, a conference or a plan.", _active_though_closed),
    CensusRule("8565", EPISODE, "Activity after the case was closed.", _active_after_closure),
    CensusRule("8569Q", EPISODE, "No further action on a referral from before the year.", _old_without_action),
    CensusRule("8585Q", EPISODE, "Closed because the child died, but no date of death.", _died_without_date),
    CensusRule("8815", EPISODE, "More than one open episode of a child.", _open_twice),
    CensusRule("8816", EPISODE, "An open episode that is not the child's latest.", _open_not_latest),
    CensusRule("8820", EPISODE, "Episodes of a child that overlap.", _overlap),
    CensusRule("8825Q", EPISODE, "Closed after assessment, but no assessment.",
               lambda rows, seen: rows["ReasonForClosure"].isin(CLOSED_AFTER_ASSESSMENT) & ~_has(rows, seen, ASSESSED)),
    CensusRule("8831", EPISODE, "No further action, but an assessment, an enquiry or a conference.", _active_without_action),
    CensusRule("8866", EPISODE, "The source of the referral is missing or no code.", _bad_source),
    CensusRule("8867", EPISODE, "Closed with an assessment still open.", _closed_unassessed),
    CensusRule("8868", EPISODE, "Closed with an enquiry that is open, or decided both ways.", _closed_in_doubt),
    CensusRule("2884", ENQUIRY, "A conference recorded with the enquiry and with the episode.", _conference_twice),
    CensusRule("2991Q", ENQUIRY, "An enquiry in an episode without assessment.",
               lambda rows, seen: ~rows["episode"].isin(seen.table(ASSESSED)["episode"])),
    CensusRule("8675Q", ENQUIRY, "Begun more than 15 working days before the year's end, and no conference.", _late_conference),
    CensusRule("8839", ENQUIRY, "More than one open enquiry in an episode.", _enquiries_open),
    CensusRule("8890", ENQUIRY, "An enquiry that starts while another is going on.", _enquiries_overlap),
    CensusRule("8614", ASSESSED, "Factors found, but the assessment is not finished.",
               lambda rows, seen: rows["AssessmentAuthorisationDate"].isna() & rows["number"].isin(_factors(seen)["parent"])),
    CensusRule("8670Q", ASSESSED, "Begun more than 45 working days before the year's end, and not finished.", _late_assessment),
    CensusRule("8863Q", ASSESSED, "An assessment that starts while another is going on.", _assessments_overlap),
    CensusRule("8869", ASSESSED, "No factor found, beside factors that were.", _none_beside_others),
    CensusRule("8873Q", ASSESSED, "No factor found in the only assessment, but not closed after it.", _none_but_helped),
    CensusRule("8896", ASSESSED, "More than one open assessment in an episode.",
               lambda rows, seen: several_open(rows, rows["AssessmentAuthorisationDate"].isna(), "episode")),
    CensusRule("8897Q", ASSESSED, "A finished assessment without factors, or with one that is no code.", _done_without_factors),
    CensusRule("8898", ASSESSED, "A factor given twice for an assessment.", _factor_twice),
    CensusRule("8945Q", ASSESSED, "Factor 18A, which is not used any more.", _with_factor("18A"), since=2025),
    CensusRule("8950Q", ASSESSED, "Factor 19A, which is not used any more.", _with_factor("19A"), since=2025),
)  # fmt: skip
