"""Annex A lists 1 to 9 as a system would print them at the end of a month, with Annex A's own column names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER, YEAR
from cfanalysis.sample.leavers import care_leavers
from cfanalysis.sample.plans import Edition
from cfanalysis.sample.recording import as_seen
from cfanalysis.sample.world import World

TITLES = {
    1: "Contacts", 2: "Early help", 3: "Referrals", 4: "Assessments", 5: "Section 47 and ICPC", 6: "Children in need",
    7: "Child protection", 8: "Children looked after", 9: "Care leavers",
}  # fmt: skip
TABLES = {1: "contact", 2: "early_help", 3: "referral", 4: "assessment", 5: "s47", 6: "cin", 7: "cp", 8: "cla"}
WORKERS_A_TEAM = 14
VISIT_EVERY_DAYS, REVIEW_EVERY_DAYS = 28, 170
PREFIX = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)")


def annex_a(world: World, edition: Edition) -> dict[int, pd.DataFrame]:
    """The lists of one edition: codes bare, dates as ``datetime64``, blank cells ``None`` or ``NaT``."""
    day = last_day(edition.as_at)
    since = int((edition.as_at - edition.window_months + 1).to_timestamp().to_datetime64().astype("datetime64[D]").astype(np.int64))
    made = {}
    for number in edition.lists:
        if number == 9:
            shown, body = care_leavers(world, day)
        else:
            shown = as_seen(world.tables[TABLES[number]], TABLES[number], day, since)
            body = _BODIES[number](world, shown, day)
        made[number] = pd.concat([_prefix(world, shown["child"].to_numpy(), day), body.reset_index(drop=True)], axis=1)
        if world.plan.style["area_column"]:
            made[number]["Area"] = world.children["area"].to_numpy()[shown["child"]]
    return made


def last_day(period: pd.Period) -> int:
    """The last day of a month as a whole number."""
    return int(period.end_time.to_datetime64().astype("datetime64[D]").astype(np.int64))


def _prefix(world: World, child: np.ndarray, day: int) -> pd.DataFrame:
    who = world.children.iloc[child]
    born = who["born"].to_numpy()
    return pd.DataFrame({
        "Child Unique ID": who["child"].to_numpy(),
        "Gender": np.where(born > day, "U", who["sex"]),
        "Ethnicity": who["ethnicity"].to_numpy(),
        "Date of Birth": dated(born),
        "Age of Child (Years)": np.where(born > day, -1, (day - born) // YEAR).astype(int),
    })  # fmt: skip


def dated(days: np.ndarray | pd.Series) -> np.ndarray:
    """Whole-number days as dates; NEVER as NaT."""
    numbers = np.asarray(days).astype(np.int64)
    return np.where(numbers < NEVER, numbers.astype("datetime64[D]"), np.datetime64("NaT")).astype("datetime64[s]")


def yes_no(truth: np.ndarray | pd.Series, known: np.ndarray | pd.Series | None = None) -> np.ndarray:
    """Yes and No, blank where not known."""
    words = np.where(truth, "Yes", "No").astype(object)
    return words if known is None else blank_unless(known, words)


def blank_unless(known: np.ndarray | pd.Series, values: np.ndarray | pd.Series) -> np.ndarray:
    """The values where they are known, else blank cells."""
    keep, made = np.asarray(known, dtype=bool), np.full(len(values), None, dtype=object)
    made[keep] = np.asarray(values, dtype=object)[keep]
    return made


def hands(world: World, shown: pd.DataFrame, stage: str | np.ndarray) -> dict[str, np.ndarray]:
    """Team and worker: the team by stage of the case and the family's area, a worker of that team by child."""
    child = shown["child"].to_numpy()
    stages, areas = list(world.plan.teams), list(world.plan.areas)
    names = np.array([[world.plan.teams[each].replace("{area}", area) for area in areas] for each in stages], dtype=object)
    initials = np.array([[f"Worker {name[:3].upper()}" for name in row] for row in names], dtype=object)
    numbers = np.array([f"{n:02d}" for n in range(1, WORKERS_A_TEAM + 1)], dtype=object)
    held = pd.Index(stages).get_indexer(pd.Index(stage if isinstance(stage, np.ndarray) else np.full(len(shown), stage)))
    where = pd.Index(areas).get_indexer(pd.Index(world.children["area"].to_numpy()[child]))
    return {"Allocated Team": names[held, where], "Allocated Worker": initials[held, where] + numbers[child * 7 % WORKERS_A_TEAM]}


def _disability(world: World, shown: pd.DataFrame) -> np.ndarray:
    return yes_no(world.children["disabled"].to_numpy()[shown["child"]])


def earlier_in_year(everything: pd.DataFrame, shown: pd.DataFrame, column: str = "start") -> np.ndarray:
    """How many rows of the same child lie in the 12 months before each shown row."""
    known = everything[everything[column] < NEVER]
    key = np.sort(known["child"].to_numpy() * 200_000 + known[column].to_numpy())
    mine = shown["child"].to_numpy() * 200_000 + shown["start"].to_numpy()
    return np.asarray(np.searchsorted(key, mine) - np.searchsorted(key, mine - 365))


def _contacts(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    return pd.DataFrame({"Date of Contact": dated(shown["start"]), "Contact Source": np.where(shown["unknown"], "10", shown["source"])})


def _early_help(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    return pd.DataFrame({
        "Assessment start date": dated(shown["start"]),
        "Assessment completion date": dated(shown["end"]),
        "Organisation completing assessment": shown["organisation"].to_numpy(dtype=object),
    })  # fmt: skip


def _referrals(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    return pd.DataFrame({
        "Date of referral": dated(shown["start"]),
        "Referral Source": shown["source"].to_numpy(dtype=object),
        "Referral NFA?": np.where(shown["unknown"], "Unknown", yes_no(shown["nfa"])),
        "Number of Referrals in Last 12 Months": earlier_in_year(world.tables["referral"], shown),
        **hands(world, shown, "front"),
    })  # fmt: skip


def _assessments(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    done = shown["end"] < NEVER
    return pd.DataFrame({
        "Does the Child have a Disability": _disability(world, shown),
        "Continuous Assessment Start Date": dated(shown["start"]),
        "Child Seen During Continuous Assessment": yes_no(shown["seen"], done),
        "Continuous Assessment Date of Authorisation": dated(shown["end"]),
        "Was the child assessed as requiring LA children's social care support?": yes_no(shown["support"], done),
        **hands(world, shown, "assessment"),
    })  # fmt: skip


def _enquiries(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    held, settled = shown["end"] < NEVER, shown["start"] < day - 30
    return pd.DataFrame({
        "Does the Child have a Disability": _disability(world, shown),
        "Strategy discussion initiating Section 47 Enquiry Start Date": dated(shown["start"]),
        "Was an Initial Child Protection Conference deemed unnecessary?": yes_no(~held, held | settled),
        "Date of Initial Child Protection Conference": dated(shown["end"]),
        "Did the Initial Child Protection Conference Result in a Child Protection Plan": yes_no(shown["plan_start"] < NEVER, held),
        "Number of Section 47 Enquiries in the last 12 months": earlier_in_year(world.tables["s47"], shown),
        "Number of ICPCs in the last 12 months": earlier_in_year(world.tables["s47"], shown, "end"),
        **hands(world, shown, "assessment"),
    })  # fmt: skip


def _episodes(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    is_open = (shown["end"] == NEVER).to_numpy()
    cared, planned = (((shown[f"{name}_from"] <= day) & (shown[f"{name}_to"] > day)).to_numpy() for name in ("care", "plan"))
    disabled = world.children["disabled"].to_numpy()[shown["child"]]
    waiting = (shown["authorised"] > day).to_numpy() & (shown["start"] > day - 120).to_numpy()
    status = np.select(
        [~is_open, cared, planned, waiting],
        ["Closed episode", "Looked after child", "Child Protection plan", "Open assessment"],
        "Child in need plan",
    )
    stage = np.select([cared, planned, disabled, waiting], ["care", "long", "disabled", "assessment"], "long").astype(object)
    last_seen = np.minimum(np.where(is_open, day, shown["end"]), day) - (shown["child"].to_numpy() * 13) % VISIT_EVERY_DAYS
    return pd.DataFrame({
        "Does the Child have a Disability": yes_no(disabled),
        "CIN Start Date": dated(shown["start"]),
        "Primary Need Code": shown["need"].to_numpy(dtype=object),
        "Date Child Was Last Seen": dated(np.maximum(last_seen, shown["start"])),
        "CIN Closure Date": dated(shown["end"]),
        "Reason for Closure": blank_unless(~is_open, shown["reason"]),
        "Case Status": status.astype(object),
        **hands(world, shown, stage),
    })  # fmt: skip


def _protection(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    upto = np.minimum(shown["end"].to_numpy(), day)
    visit, review = (upto - (shown["child"].to_numpy() * 11) % every for every in (VISIT_EVERY_DAYS // 2, REVIEW_EVERY_DAYS))
    return pd.DataFrame({
        "Does the Child have a Disability": _disability(world, shown),
        "Child Protection Plan Start Date": dated(shown["start"]),
        "Initial Category of Abuse": shown["first_abuse"].to_numpy(dtype=object),
        "Latest Category of Abuse": shown["abuse"].to_numpy(dtype=object),
        "Date of the Last Statutory Visit": dated(np.maximum(visit, shown["start"])),
        "Was the Child Seen Alone?": yes_no(shown["child"] % 5 > 0),
        "Date of latest review conference": dated(np.where(review > shown["start"] + 60, review, NEVER)),
        "Child Protection Plan End Date": dated(shown["end"]),
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)": yes_no(shown["child"] % 41 == 0),
        "Number of Previous Child Protection Plans": shown["previous"].to_numpy(),
        **hands(world, shown, "long"),
    })  # fmt: skip


def _care(world: World, shown: pd.DataFrame, day: int) -> pd.DataFrame:
    n, child, upto = len(shown), shown["child"].to_numpy(), np.minimum(shown["end"].to_numpy(), day)
    back = partial(_ago, child, upto, shown["start"].to_numpy())
    foster = (child % 10) < 7
    blank, again = np.full(n, None), yes_no(earlier_in_year(world.tables["cla"], shown) > 0)
    return pd.DataFrame({
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": yes_no(np.zeros(n, dtype=bool)),
        "Does the Child have a Disability": _disability(world, shown),
        "Date Started to be Looked After": dated(shown["start"]),
        "Child's Category of Need": shown["need"].to_numpy(dtype=object),
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)": again,
        "Start date of current legal status": dated(shown["start"]),
        "Child's Legal Status": np.where(child % 3 == 0, "V2", np.where(child % 3 == 1, "C2", "C1")).astype(object),
        "Date of Latest Statutory Review": back(180),
        "Date of Last Social Work Visit": back(42),
        "What is the permanence plan for this child?": np.where(foster, "Long-term fostering", "Return home").astype(object),
        "Date of Last IRO Visit / Contact to the Child": back(150),
        "Date of Last Health Assessment": back(365),
        "Date of Last Dental Check": back(300),
        "Number of Placements in the Last 12 months": 1 + (shown["placed"] > upto - 365).to_numpy().astype(int),
        "Date Ceased to be Looked After": dated(shown["end"]),
        "Reason Ceased to be Looked After": blank_unless(shown["end"] < NEVER, shown["left"]),
        "Start Date of Most Recent Placement": dated(np.minimum(shown["placed"], upto)),
        "Placement Type": np.where(foster, "U6", np.where(child % 10 == 7, "U1", np.where(child % 10 == 8, "K2", "P1"))).astype(object),
        "Placement Provider": shown["provider"].to_numpy(dtype=object),
        "Placement postcode": blank,
        "URN of Placement": blank,
        "Placement Location": np.where(child % 4 == 0, "OUT", "IN").astype(object),
        "LA of Placement": blank_unless(child % 4 > 0, np.full(n, world.plan.name)),
        "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months": (child % 23 == 0).astype(int),
        "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months": np.zeros(n, dtype=int),
        "Was the child offered a Return Interview after their last missing episode (Y/N)?": yes_no(child % 23 == 0, child % 23 == 0),
        "Did the child accept a Return Interview after their last missing episode (Y/N)?": yes_no(child % 46 == 0, child % 23 == 0),
        **hands(world, shown, "care"),
    })  # fmt: skip


def _ago(child: np.ndarray, upto: np.ndarray, start: np.ndarray, every: int) -> np.ndarray:
    days = upto - (child * 17) % every
    return dated(np.where(days >= start, days, NEVER))


_BODIES: dict[int, Callable[[World, pd.DataFrame, int], pd.DataFrame]] = {
    1: _contacts, 2: _early_help, 3: _referrals, 4: _assessments, 5: _enquiries, 6: _episodes, 7: _protection, 8: _care,
}  # fmt: skip
