"""Rules that look at one record, or at one and the episode or child it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.sources.cin_census.sight import ABUSE, NEEDS, NO, REASONS, YES, CensusRule, Find, Seen, said

GESTATION_DAYS = 280


def _before(field: str, other: str) -> Find:
    return lambda rows, seen: rows[field] < rows[other]


def _outside(field: str) -> Find:
    """Present, and not in the census year."""
    return lambda rows, seen: rows[field].notna() & ~rows[field].between(seen.first, seen.last)


def _late_or_missing(field: str) -> Find:
    return lambda rows, seen: rows[field].isna() | (rows[field] > seen.last)


def _not_one_of(field: str, codes: Sequence[str], *, needed: bool) -> Find:
    return lambda rows, seen: ~rows[field].isin(codes) & (needed | (rows[field] != ""))


def _same_day(field: str, other: str) -> Find:
    return lambda rows, seen: rows[field] == rows[other]


def _weekend(field: str) -> Find:
    return lambda rows, seen: rows[field].dt.day_of_week >= 5


def _nfa_part(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return said(rows["episode_ReferralNFA"].astype(str), YES)


def _unconceived(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    days = pd.Timedelta(days=GESTATION_DAYS)
    born = rows["CINreferralDate"] < rows["PersonBirthDate"] - days
    return born | (rows["CINreferralDate"] < rows["ExpectedPersonBirthDate"] - days)


def _enquiry_open(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    waiting = rows["DateOfInitialCPC"].isna() & said(rows["ICPCnotRequired"], NO)
    return waiting & rows["S47ActualStartDate"].notna() & ~rows["S47ActualStartDate"].between(seen.first, seen.last)


def _previous_plans(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return ~rows["NumberOfPreviousCPP"].str.fullmatch(r"\d+").astype(bool)


def _one_birth_date(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return rows["PersonBirthDate"].isna() == rows["ExpectedPersonBirthDate"].isna()


def _repeated_id(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return rows["LAchildID"].duplicated(keep=False)


def _open_assessment(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return rows["AssessmentAuthorisationDate"].isna() & ~rows["AssessmentActualStartDate"].between(seen.first, seen.last)


CHILD, EPISODE, PLAN = "ChildIdentifiers", "CINdetails", "ChildProtectionPlans"
NEED_PLAN, ENQUIRY, ASSESSED = "CINPlanDates", "Section47", "Assessments"

RECORD_RULES = (
    CensusRule("8500", CHILD, "A child without an identifier.", lambda rows, seen: rows["LAchildID"] == ""),
    CensusRule("8510", CHILD, "An identifier that more than one child has.", _repeated_id),
    CensusRule("8520", CHILD, "Born after the census year.", lambda rows, seen: rows["PersonBirthDate"] > seen.last),
    CensusRule("8525Q", CHILD, "Neither or both of birth date and expected birth date.", _one_birth_date),
    CensusRule("8545Q", CHILD, "Died outside the census year.", _outside("PersonDeathDate")),
    CensusRule("8568", EPISODE, "No further action is neither yes nor no.", lambda rows, seen: ~said(rows["ReferralNFA"], YES + NO)),
    CensusRule("8555Q", EPISODE, "Referred after death.", _before("PersonDeathDate", "CINreferralDate")),
    CensusRule("8600", EPISODE, "Referral date missing or after the census year.", _late_or_missing("CINreferralDate")),
    CensusRule("8606", EPISODE, "Referred more than 40 weeks before birth.", _unconceived),
    CensusRule(
        "8610", EPISODE, "Further action, but no primary need.",
        lambda rows, seen: said(rows["ReferralNFA"], NO) & (rows["PrimaryNeedCode"] == ""),
    ),
    CensusRule("8620", EPISODE, "Closed outside the census year.", _outside("CINclosureDate")),
    CensusRule("8630", EPISODE, "Closed before the referral.", _before("CINclosureDate", "CINreferralDate")),
    CensusRule("8640", EPISODE, "A reason for closure that is no code.", _not_one_of("ReasonForClosure", REASONS, needed=False)),
    CensusRule("8650", EPISODE, "A primary need that is no code.", _not_one_of("PrimaryNeedCode", NEEDS, needed=False)),
    CensusRule(
        "8805", EPISODE, "Closed without a reason.",
        lambda rows, seen: rows["CINclosureDate"].notna() & (rows["ReasonForClosure"] == ""),
    ),
    CensusRule(
        "8810", EPISODE, "A reason for closure, but no closure date.",
        lambda rows, seen: rows["CINclosureDate"].isna() & (rows["ReasonForClosure"] != ""),
    ),
    CensusRule("1103", ASSESSED, "An assessment that starts before the referral.",
               _before("AssessmentActualStartDate", "episode_CINreferralDate")),
    CensusRule("8608", ASSESSED, "An assessment that ends before it starts.",
               _before("AssessmentAuthorisationDate", "AssessmentActualStartDate")),
    CensusRule("8696", ASSESSED, "An assessment that ends outside the census year.", _outside("AssessmentAuthorisationDate")),
    CensusRule("8736", ASSESSED, "An open assessment that did not start in the census year.", _open_assessment),
    CensusRule("1104", ENQUIRY, "A conference before the referral.", _before("DateOfInitialCPC", "episode_CINreferralDate")),
    CensusRule("2889", ENQUIRY, "An enquiry that starts before the referral.",
               _before("S47ActualStartDate", "episode_CINreferralDate")),
    CensusRule(
        "8615", ENQUIRY, "A conference before its enquiry, or without an enquiry date.",
        lambda rows, seen: rows["DateOfInitialCPC"].notna() & ~(rows["S47ActualStartDate"] <= rows["DateOfInitialCPC"]),
    ),
    CensusRule("8715", ENQUIRY, "A conference outside the census year.", _outside("DateOfInitialCPC")),
    CensusRule("8740", ENQUIRY, "An enquiry still open that did not start in the census year.", _enquiry_open),
    CensusRule("8870Q", ENQUIRY, "A conference due at a weekend.", _weekend("InitialCPCtarget")),
    CensusRule("8875", ENQUIRY, "A conference held at a weekend.", _weekend("DateOfInitialCPC")),
    CensusRule("4000", NEED_PLAN, "A child in need plan, but no further action.", _nfa_part),
    CensusRule("4010", NEED_PLAN, "Start of a child in need plan missing or after the year.", _late_or_missing("CINPlanStartDate")),
    CensusRule("4011", NEED_PLAN, "A child in need plan that ends before it starts.", _before("CINPlanEndDate", "CINPlanStartDate")),
    CensusRule("4012Q", NEED_PLAN, "A child in need plan of one day.", _same_day("CINPlanStartDate", "CINPlanEndDate")),
    CensusRule("4013", NEED_PLAN, "A child in need plan that ends outside the year.", _outside("CINPlanEndDate")),
    CensusRule("4015", NEED_PLAN, "A child in need plan from before the referral.",
               _before("CINPlanStartDate", "episode_CINreferralDate")),
    CensusRule("1105", PLAN, "A child protection plan from before the referral.",
               _before("CPPstartDate", "episode_CINreferralDate")),
    CensusRule("8720", PLAN, "Start of a child protection plan missing or after the year.", _late_or_missing("CPPstartDate")),
    CensusRule("8730", PLAN, "The number of earlier plans is missing or no number.", _previous_plans),
    CensusRule("8832", PLAN, "A child protection plan, but no further action.", _nfa_part),
    CensusRule("8840", PLAN, "A child protection plan of one day.", _same_day("CPPstartDate", "CPPendDate")),
    CensusRule("8905", PLAN, "The first category of abuse is missing or no code.",
               _not_one_of("InitialCategoryOfAbuse", ABUSE, needed=True)),
    CensusRule("8910", PLAN, "The latest category of abuse is missing or no code.",
               _not_one_of("LatestCategoryOfAbuse", ABUSE, needed=True)),
    CensusRule("8915", PLAN, "A child protection plan that starts after death.", _before("PersonDeathDate", "CPPstartDate")),
    CensusRule("8920", PLAN, "A child protection plan that ends after death.", _before("PersonDeathDate", "CPPendDate")),
    CensusRule("8925", PLAN, "A child protection plan that ends before it starts.", _before("CPPendDate", "CPPstartDate")),
    CensusRule("8930", PLAN, "A child protection plan that ends outside the year.", _outside("CPPendDate")),
)  # fmt: skip
