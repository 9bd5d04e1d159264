"""Rules about a child: identifiers, dates of birth and death, ethnicity, disability, and a child beside its own episodes."""

from __future__ import annotations

import pandas as pd

from cfanalysis.sources.cin_census.sight import NO, WHOLE_FILE, YES, CensusRule, Find, Seen, said

CHILD, TRAITS, DISABILITY, EPISODE, NEED_PLAN = "ChildIdentifiers", "ChildCharacteristics", "Disability", "CINdetails", "CINPlanDates"

UPN_LENGTH = 13
CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_LAST = frozenset("ABCDEFGHJKLMNPQRTUVWXYZ0123456789")
UPN_RANGES = (
    (1, 5), (201, 213), (301, 320), (330, 336), (340, 344), (350, 359), (370, 373), (380, 384), (390, 394), (420, 420), (660, 681),
    (701, 708), (800, 803), (805, 808), (810, 813), (815, 816), (820, 823), (825, 826), (830, 831), (835, 841), (845, 846), (850, 852),
    (855, 857), (860, 861), (865, 896), (908, 909), (916, 916), (919, 919), (921, 921), (925, 926), (928, 929), (931, 931), (933, 933),
    (935, 938), (940, 943),
)  # fmt: skip
"""The authorities, and stand-ins for one, that the second to fourth character of a unique pupil number may name (rule 1530)."""

UPN_LACKS = ("un2", "un3", "un4", "un5", "un6", "un7")
"""Reasons for which a child of school age may have no pupil number (rule 8770Q)."""

ETHNICITIES = (
    "ABAN", "AIND", "AOTH", "APKN", "BAFR", "BCRB", "BOTH", "CHNE", "MOTH", "MWAS", "MWBA", "MWBC", "NOBT", "OOTH", "REFU", "WBRI",
    "WIRI", "WIRT", "WOTH", "WROM",
)  # fmt: skip
DISABILITIES = ("NONE", "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA")
NO_SEX = {"GenderCurrent": ("0", "9"), "Sex": ("u",)}
SEX_CODES = {"GenderCurrent": ("0", "1", "2", "9"), "Sex": ("m", "f", "u")}
UNBORN = {"GenderCurrent": "0", "Sex": "u"}

FEWEST_KINDS = 8
MOST_WITHOUT_SEX = 0.02
SCHOOL_YEARS, OLDEST_YEARS = 6, 25
LONGEST_ID = 20
DUE_BEFORE_DAYS, DUE_AFTER_MONTHS = 30, 9
SCHOOL_STARTS_SINCE = 2025
"""The first census year that counts school age from the start of a school year."""


def _whole(rows: pd.DataFrame) -> pd.Series:
    return rows["UPN"].str.len() == UPN_LENGTH


def _check_letter(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    known = _whole(rows) & rows["UPN"].str[1:].str.isdigit()
    return known & (rows["UPN"].where(known, "").map(_letter) != rows["UPN"].str[0])


def _letter(upn: str) -> str:
    return CHECK_LETTERS[sum(int(digit) * weight for weight, digit in enumerate(upn[1:], start=2)) % 23] if upn else ""


def _strange_authority(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    known = {f"{number:03d}" for first, last in UPN_RANGES for number in range(first, last + 1)}
    return _whole(rows) & ~rows["UPN"].str[1:4].isin(known)


def _former(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    former = rows["FormerUPN"]
    well = (former.str.len() == UPN_LENGTH) & former.str[1:].str.isdigit() & former.str[:1].str.isalpha()
    return (former != "") & ~well


def sex_field(rows: pd.DataFrame) -> str:
    """The element a file tells a child's sex in: Sex from 2025-26 on, GenderCurrent before."""
    return "Sex" if (rows["Sex"] != "").any() else "GenderCurrent"


def _no_sex(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    name = sex_field(rows)
    return ~said(rows[name], SEX_CODES[name])


def _many_without_sex(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    children = seen.table(CHILD)
    name = sex_field(children)
    born = children["ExpectedPersonBirthDate"].isna()
    without = born & ((children[name] == "") | said(children[name], NO_SEX[name]))
    return pd.Series([len(children) > 0 and without.mean() > MOST_WITHOUT_SEX], index=rows.index)


def _unborn_with_sex(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    name = sex_field(rows)
    unborn = rows["PersonBirthDate"].isna() & rows["ExpectedPersonBirthDate"].notna()
    return unborn & ~said(rows[name], (UNBORN[name],))


def _due(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    due = rows["ExpectedPersonBirthDate"]
    early, late = seen.last - pd.Timedelta(days=DUE_BEFORE_DAYS), seen.last + pd.DateOffset(months=DUE_AFTER_MONTHS)
    return (due >= late) | (due <= early)


def _death_before_birth(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    dead = rows["PersonDeathDate"].notna()
    return dead & ((rows["PersonBirthDate"] > rows["PersonDeathDate"]) | rows["PersonBirthDate"].isna())


def _no_episode(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    return ~rows["child"].isin(seen.table(EPISODE)["child"])


def _helped(seen: Seen) -> set[int]:
    """Children with an episode that led to further action."""
    episodes = seen.table(EPISODE)
    return set(episodes.loc[said(episodes["ReferralNFA"], NO), "child"])


def _bad_disability(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    told = seen.table(DISABILITY)
    good, bad = told["value"].isin(DISABILITIES), ~told["value"].isin(DISABILITIES)
    missing = ~rows["child"].isin(told.loc[good, "child"]) | rows["child"].isin(told.loc[bad, "child"])
    return missing & rows["PersonBirthDate"].notna() & rows["child"].isin(_helped(seen))


def _school_age_without_upn(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    since = seen.last + pd.DateOffset(months=4, days=31) if seen.last.year >= SCHOOL_STARTS_SINCE else seen.last
    old = rows["PersonBirthDate"] <= since - pd.DateOffset(years=SCHOOL_YEARS)
    return old & (rows["UPN"] == "") & ~said(rows["UPNunknown"], UPN_LACKS) & rows["child"].isin(_helped(seen))


def _no_upn_for_nfa(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    episodes = seen.table(EPISODE)
    others = set(episodes.loc[~said(episodes["ReferralNFA"], YES), "child"])
    return said(rows["UPNunknown"], ("un7",)) & rows["child"].isin(others)


def _over_25(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    old = rows["PersonBirthDate"] < seen.last - pd.DateOffset(years=OLDEST_YEARS)
    if not old.any():
        return old
    episodes = seen.table(EPISODE)
    late = episodes["CINclosureDate"].isna() | (episodes["CINclosureDate"] > episodes["child"].map(_birthdays(rows)))
    return old & rows["child"].isin(episodes.loc[late, "child"])


def _birthdays(rows: pd.DataFrame) -> pd.Series:
    own = rows.drop_duplicates("child").set_index("child")["PersonBirthDate"]
    return own + pd.DateOffset(years=OLDEST_YEARS)


def _plan_after_death(field: str) -> Find:
    def find(rows: pd.DataFrame, seen: Seen) -> pd.Series:
        plans = seen.table(NEED_PLAN)
        return rows["child"].isin(plans.loc[plans["PersonDeathDate"] < plans[field], "child"])

    return find


def _none_and_others(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    none = said(rows["value"], ("none",))
    return rows["child"].isin(rows.loc[none, "child"]) & ~none


def _few_kinds(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    told = seen.table(DISABILITY)["value"]
    return pd.Series([told[told.isin(DISABILITIES)].nunique() < FEWEST_KINDS], index=rows.index)


def _one_each(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    told = seen.table(DISABILITY)
    own = told[~said(told["value"], ("none",))].groupby("child").size()
    return pd.Series([len(own) > 0 and own.max() <= 1], index=rows.index)


def _header_date(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    header = seen.census.header
    wrong = header.get("ReferenceDate", "")[:10] not in (f"{header.get('Year', '')}-03-31", f"31/03/{header.get('Year', '')}")
    return pd.Series([wrong], index=rows.index)


PEOPLE_RULES = (
    CensusRule("100", WHOLE_FILE, "The reference date is not the 31 March of the census year.", _header_date),
    CensusRule("1510", CHILD, "The check letter of the pupil number (UPN) is wrong.", _check_letter),
    CensusRule("1520", CHILD, "A pupil number that more than one child has.",
               lambda rows, seen: (rows["UPN"] != "") & rows["UPN"].duplicated(keep=False)),
    CensusRule("1530", CHILD, "A pupil number of no authority that is known.", _strange_authority),
    CensusRule("1540", CHILD, "A pupil number that is not of figures from the fifth to the twelfth character.",
               lambda rows, seen: (rows["UPN"] != "") & ~rows["UPN"].str[4:12].str.isdigit()),
    CensusRule("1550", CHILD, "A pupil number whose last character is none that it can be.",
               lambda rows, seen: _whole(rows) & ~rows["UPN"].str[12:13].isin(UPN_LAST)),
    CensusRule("1560Q", CHILD, "An earlier pupil number that is not written like one.", _former),
    CensusRule("1570", CHILD, "An identifier of more than 20 characters.",
               lambda rows, seen: rows["LAchildID"].str.len() > LONGEST_ID, since=2025),
    CensusRule("1580", CHILD, "An identifier with other characters than letters and figures.",
               lambda rows, seen: (rows["LAchildID"] != "") & ~rows["LAchildID"].str.isalnum(), since=2025),
    CensusRule("2886Q", WHOLE_FILE, "No sex is recorded of more than 2 % of the children who are born.", _many_without_sex),
    CensusRule("2887Q", WHOLE_FILE, "Fewer than eight kinds of disability are used.", _few_kinds),
    CensusRule("2888Q", WHOLE_FILE, "No child has more than one disability.", _one_each),
    CensusRule("4008", CHILD, "A child in need plan that starts after death.", _plan_after_death("CINPlanStartDate")),
    CensusRule("4009Q", CHILD, "A child in need plan that ends after death.", _plan_after_death("CINPlanEndDate")),
    CensusRule("4180", CHILD, "Sex or gender is missing or no code.", _no_sex),
    CensusRule("4220", TRAITS, "Ethnicity is missing or no code.", lambda rows, seen: ~rows["Ethnicity"].isin(ETHNICITIES)),
    CensusRule("8530Q", CHILD, "Expected to be born long before or after the end of the year.", _due),
    CensusRule("8535Q", CHILD, "Died before birth, or has no date of birth.", _death_before_birth),
    CensusRule("8540", CHILD, "Further action, but disability is missing or no code.", _bad_disability),
    CensusRule("8590", CHILD, "A child without an episode.", _no_episode),
    CensusRule("8750", CHILD, "A sex is recorded of a child not yet born.", _unborn_with_sex),
    CensusRule("8770Q", CHILD, "Of school age and helped, but neither a pupil number nor a reason for none.", _school_age_without_upn),
    CensusRule("8772", CHILD, "No pupil number for want of further action, but there was further action.", _no_upn_for_nfa),
    CensusRule("8775Q", CHILD, "Over 25 and still helped.", _over_25),
    CensusRule("8790", DISABILITY, "A disability beside none.", _none_and_others),
    CensusRule("8794", DISABILITY, "A disability given twice for a child.",
               lambda rows, seen: rows.duplicated(["child", "value"], keep=False)),
)  # fmt: skip
