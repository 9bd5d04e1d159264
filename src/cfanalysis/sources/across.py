"""What one list says of another: children who must be in both and are not, where a list was filtered or cut on the way.

Each list by itself may look whole. Nothing is changed for this: it is said, with how many of how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from cfanalysis.sources.problems import Problem
from cfanalysis.sources.records import Records
from cfanalysis.sources.windows import Window

FEW = 10
"""Children of whom something must be known before anything is said of the other list."""

MOST_FOUND = 0.8
"""Where fewer than this share of the children are found again, rows of the other list are missing. A few always are."""

FEWEST_CONTACTS = 0.5
"""Contacts for every referral: most referrals begin with a contact, and most contacts lead to none."""

SETTLING_DAYS = 14
"""What began in the last two weeks may not have come to the next list yet."""

COLUMN = "Child Unique ID"


def missing_across(settled: Sequence[Records], day: date, complete: Mapping[str, Window]) -> list[Problem]:
    """What is said of lists that lack children whom another list names."""
    lists = {records.spec.number: records for records in settled}
    asked = [
        (3, 6, _helped(lists.get(3), day, complete), "referrals with further action"),
        (6, 3, _begun(lists.get(6), day, complete), "episodes of need that began in the window"),
        (5, 7, _planned(lists.get(5), day), "conferences that led to a plan"),
    ]
    problems = [
        problem
        for here, there, children, what in asked
        if here in lists and there in lists and (problem := _lacking(lists[here], lists[there], children, what))
    ]
    return [*problems, *_few_contacts(lists, complete)]


def _recent(records: Records, key: str, day: date, window: Window | None) -> pd.Series:
    """Rows that began in the window, and not in its last days."""
    first = pd.Timestamp(window[0]) if window else records.data[key].min()
    last = min(pd.Timestamp(day), pd.Timestamp(window[1]) if window else pd.Timestamp(day))
    return records.data[key].between(first, last - pd.Timedelta(days=SETTLING_DAYS))


def _helped(referrals: Records | None, day: date, complete: Mapping[str, Window]) -> set[str]:
    if referrals is None or "referral_date" not in referrals.data:
        return set()
    rows = referrals.data[_recent(referrals, "referral_date", day, complete.get("cin_episode")) & (referrals.data["nfa"] == "no")]
    return set(rows["child_id"])


def _begun(episodes: Records | None, day: date, complete: Mapping[str, Window]) -> set[str]:
    if episodes is None or "start" not in episodes.data:
        return set()
    return set(episodes.data.loc[_recent(episodes, "start", day, complete.get("referral")), "child_id"])


def _planned(enquiries: Records | None, day: date) -> set[str]:
    if enquiries is None or "result" not in enquiries.data:
        return set()
    held = enquiries.data["icpc_date"] <= pd.Timestamp(day) - pd.Timedelta(days=SETTLING_DAYS)
    return set(enquiries.data.loc[held & (enquiries.data["result"] == "yes"), "child_id"])


def _lacking(here: Records, there: Records, children: set[str], what: str) -> Problem | None:
    found = children & set(there.data["child_id"])
    if len(children) < FEW or not found or len(found) >= MOST_FOUND * len(children):
        return None
    gone = len(children) - len(found)
    place = there.place
    seen = f"{gone:,} of {len(children):,} children of {what} ({here.spec.label}) who are not in {there.spec.label}"
    wanted = "them in both lists; was a filter left on, or rows cut off?"
    return Problem(place.file, place.sheet, None, COLUMN, seen, wanted, "kept", "missing_across", gone, list=there.spec.label)


def _few_contacts(lists: Mapping[int, Records], complete: Mapping[str, Window]) -> list[Problem]:
    if 1 not in lists or 3 not in lists or "contact" not in complete or "referral" not in complete:
        return []
    first = pd.Timestamp(max(complete["contact"][0], complete["referral"][0]))
    last = pd.Timestamp(min(complete["contact"][1], complete["referral"][1]))
    contacts, referrals = (
        int(lists[number].data[key].between(first, last).sum()) for number, key in ((1, "contact_date"), (3, "referral_date"))
    )
    if referrals < FEW or contacts >= FEWEST_CONTACTS * referrals:
        return []
    place = lists[1].place
    found = f"{contacts:,} contacts and {referrals:,} referrals in the same months"
    wanted = "all contacts, those that led to a referral as well; was a filter left on?"
    return [Problem(place.file, place.sheet, None, "", found, wanted, "kept", "few_contacts", list=lists[1].spec.label)]
