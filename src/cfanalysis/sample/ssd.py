"""The synthetic authorities as the Standard Safeguarding Dataset: one CSV or Parquet file a table, as drawn on the last day simulated.

Six years of what happened, once records had been put right. What the worlds do not hold (who worked with a child, visits, missing
episodes, ...) is made up in ``ssd_beside``, the same for the same child.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.reference import bank_holidays
from cfanalysis.sample import ssd_beside
from cfanalysis.sample.census import factors, put_right
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.files import write_csv
from cfanalysis.sample.leavers import care_leavers
from cfanalysis.sample.lists import annex_a, blank_unless, dated, last_day
from cfanalysis.sample.plans import Edition
from cfanalysis.sample.recording import as_seen
from cfanalysis.sample.ssd_beside import ids, numbered
from cfanalysis.sample.world import World

HISTORY_MONTHS = 72
TARGET_WORKING_DAYS = 15
FOLLOWED_DAYS = 14
"""A contact is said to have led to a referral of the same child that came within so many days."""

CONTACT_FLAGS = ("NEW_REFERRAL_FLAG", "EXISTING_REFERRAL_FLAG", "NFA_FLAG", "ADVICE_FLAG")


def write_ssd(world: World, folder: Path, *, form: str = "csv") -> list[Path]:
    """Write the tables of one authority into a folder of its own; gives the paths. ``form`` is csv or parquet."""
    made = folder / f"{world.plan.stem}_synthetic_ssd_{world.plan.as_at.end_time.date()}"
    made.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in ssd_tables(put_right(world), world.plan.as_at).items():
        path = made / f"{name}.{form}"
        if form == "parquet":
            frame.to_parquet(path, index=False)
        else:
            write_csv(_as_text(frame), path)
        paths.append(path)
    return paths


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as a database writes them, with a time of day."""
    dates = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d %H:%M:%S") for name in dates})


def ssd_tables(world: World, as_at: pd.Period, months: int = HISTORY_MONTHS) -> dict[str, pd.DataFrame]:
    """The tables of one authority as they stand at the end of a month, by the names and with the fields of the standard."""
    day, first = last_day(as_at), as_at - months + 1
    since = int(first.to_timestamp().to_datetime64().astype("datetime64[D]").astype(np.int64))
    lists = annex_a(world, Edition("csv", as_at, months, tuple(range(1, 10))))
    names = ("contact", "early_help", "referral", "assessment", "s47", "cin", "cp", "cla")
    seen = {name: as_seen(world.tables[name], name, day, since) for name in names}
    departments = _departments(world, lists)
    teams = dict(zip(departments["dept_team_name"], departments["dept_team_id"], strict=True))
    made = {
        "ssd_contacts": _contacts(world, seen, lists[1]),
        "ssd_early_help_episodes": _early_help(world, seen["early_help"]),
        "ssd_cin_episodes": _episodes(world, seen, lists, day, teams),
        "ssd_cin_assessments": _assessments(world, seen["assessment"], lists[4], teams),
        "ssd_assessment_factors": _factors(seen["assessment"]),
        "ssd_s47_enquiry": _enquiries(world, seen["s47"], lists[5], day, teams),
        "ssd_initial_cp_conference": _conferences(world, seen["s47"], lists[5], day, teams),
        "ssd_cp_plans": _plans(world, seen["cp"]),
        "ssd_care_leavers": _leavers(world, day, lists[9], teams),
        "ssd_department": departments,
        **ssd_beside.tables(world, seen, lists[6], day, since, teams),
    }
    return {"ssd_person": _persons(world, made, day), **made}


def _flags(names: tuple[str, ...], chosen: np.ndarray) -> np.ndarray:
    """JSON with one flag of several set."""
    words = [json.dumps({name: "Y" if place == one else "N" for place, name in enumerate(names)}) for one in range(len(names))]
    return np.array(words, dtype=object)[chosen]


def _departments(world: World, lists: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    named = sorted({name for frame in lists.values() if "Allocated Team" in frame for name in frame["Allocated Team"].unique()})
    return pd.DataFrame({
        "dept_team_id": numbered("TEAM", len(named)), "dept_team_name": named,
        "dept_team_parent_id": "", "dept_team_parent_name": "Children's services",
    })  # fmt: skip


def _persons(world: World, made: Mapping[str, pd.DataFrame], day: int) -> pd.DataFrame:
    known = {child for frame in made.values() for name in frame.columns if name.endswith("_person_id") for child in frame[name].unique()}
    who = world.children[world.children["child"].isin(known)]
    born = who["born"].to_numpy()
    return pd.DataFrame({
        "pers_person_id": who["child"].to_numpy(), "pers_sex": who["sex"].to_numpy(),
        "pers_gender": np.where(born > day, "U", who["sex"]), "pers_ethnicity": who["ethnicity"].to_numpy(),
        "pers_dob": dated(np.where(born > day, NEVER, born)), "pers_expected_dob": dated(np.where(born > day, born, NEVER)),
        "pers_common_child_id": "PLACEHOLDER_DATA",
    })  # fmt: skip


def _contacts(world: World, seen: Mapping[str, pd.DataFrame], listed: pd.DataFrame) -> pd.DataFrame:
    rows, referrals, cases = seen["contact"], seen["referral"], world.tables["cin"]
    led = _within(rows, referrals, FOLLOWED_DAYS)
    known = ~led & _open_at(rows, cases)
    chosen = np.select([led, known, rows["child"] % 4 > 0], [0, 1, 2], 3)
    return pd.DataFrame({
        "cont_contact_id": numbered("CON", len(rows)), "cont_person_id": ids(world, rows["child"]),
        "cont_contact_date": dated(rows["start"]), "cont_contact_source_code": listed["Contact Source"].to_numpy(),
        "cont_contact_source_desc": "", "cont_contact_outcome_json": _flags(CONTACT_FLAGS, chosen),
    })  # fmt: skip


def _within(rows: pd.DataFrame, others: pd.DataFrame, days: int) -> np.ndarray:
    """Whether the same child has one of the others on the day or so many days after."""
    key = np.sort(others["child"].to_numpy() * 200_000 + others["start"].to_numpy())
    first = rows["child"].to_numpy() * 200_000 + rows["start"].to_numpy()
    return np.asarray(np.searchsorted(key, first + days, side="right") > np.searchsorted(key, first))


def _open_at(rows: pd.DataFrame, cases: pd.DataFrame) -> np.ndarray:
    """Whether the last case that the child had by then was still open."""
    ordered = cases.sort_values(["child", "start"])
    key = ordered["child"].to_numpy() * 200_000 + ordered["start"].to_numpy()
    place = np.searchsorted(key, rows["child"].to_numpy() * 200_000 + rows["start"].to_numpy()) - 1
    last = ordered.iloc[np.maximum(place, 0)]
    return np.asarray((place >= 0) & (last["child"].to_numpy() == rows["child"]) & (last["end"].to_numpy() > rows["start"]))


def _early_help(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "earl_episode_id": numbered("EH", len(rows)), "earl_person_id": ids(world, rows["child"]),
        "earl_episode_start_date": dated(rows["start"]), "earl_episode_end_date": dated(rows["end"]),
        "earl_episode_organisation": rows["organisation"].to_numpy(dtype=object), "earl_episode_reason": "PLACEHOLDER_DATA",
    })  # fmt: skip


def _episodes(
    world: World,
    seen: Mapping[str, pd.DataFrame],
    lists: Mapping[int, pd.DataFrame],
    day: int,
    teams: Mapping[str, str],
) -> pd.DataFrame:
    """A referral and the case it opened in one row: referrals of the six years, and cases open in them that are older."""
    every = as_seen(world.tables["referral"], "referral", day, 0)[["child", "start", "source", "nfa"]]
    held = seen["referral"][["child", "start"]].assign(
        team=lists[3]["Allocated Team"].to_numpy(),
        worker=lists[3]["Allocated Worker"].to_numpy(),
        listed=True,
    )
    cases = seen["cin"][["child", "start", "end", "need", "reason"]].assign(case=True)
    rows = every.merge(held, on=["child", "start"], how="left").merge(cases, on=["child", "start"], how="outer")
    rows = rows[rows["listed"].eq(True) | rows["case"].eq(True)].sort_values(["start", "child"], kind="stable").reset_index(drop=True)
    ended = rows["end"].fillna(NEVER).astype(np.int64)
    nfa = rows["nfa"].eq(True).to_numpy()
    return pd.DataFrame({
        "cine_referral_id": numbered("REF", len(rows)), "cine_person_id": ids(world, rows["child"]),
        "cine_referral_date": dated(rows["start"]), "cine_cin_primary_need_code": blank_unless(~nfa, rows["need"]),
        "cine_referral_source_code": rows["source"].to_numpy(dtype=object), "cine_referral_source_desc": "",
        "cine_referral_outcome_json": _flags(("NFA_FLAG", "SINGLE_ASSESSMENT_FLAG"), (~nfa).astype(int)),
        "cine_referral_nfa": np.where(nfa, "Y", "N"), "cine_close_reason": blank_unless(ended < NEVER, rows["reason"]),
        "cine_close_date": dated(ended), "cine_referral_team": rows["team"].map(teams).to_numpy(dtype=object),
        "cine_referral_worker_id": rows["worker"].to_numpy(dtype=object),
    })  # fmt: skip


def _assessments(world: World, rows: pd.DataFrame, listed: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    done = (rows["end"] < NEVER).to_numpy()
    return pd.DataFrame({
        "cina_assessment_id": numbered("ASM", len(rows)), "cina_person_id": ids(world, rows["child"]),
        "cina_assessment_start_date": dated(rows["start"]), "cina_assessment_auth_date": dated(rows["end"]),
        "cina_assessment_child_seen": blank_unless(done, np.where(rows["seen"], "Y", "N")),
        "cina_assessment_outcome_nfa": blank_unless(done, np.where(rows["support"], "N", "Y")),
        "cina_assessment_team": listed["Allocated Team"].map(teams).to_numpy(dtype=object),
        "cina_assessment_worker_id": listed["Allocated Worker"].to_numpy(),
    })  # fmt: skip


def _factors(rows: pd.DataFrame) -> pd.DataFrame:
    """Up to five factors of each assessment that is done, or the code for none: those of the census."""
    done = np.flatnonzero(rows["end"] < NEVER)
    seeds = (rows["child"] * 31 + rows["start"]).to_numpy()[done]
    return pd.DataFrame({
        "cinf_table_id": numbered("FAC", len(done)), "cinf_assessment_id": numbered("ASM", len(rows))[done],
        "cinf_assessment_factors_json": [json.dumps(factors(int(seed))) for seed in seeds],
    })  # fmt: skip


def _enquiries(world: World, rows: pd.DataFrame, listed: pd.DataFrame, day: int, teams: Mapping[str, str]) -> pd.DataFrame:
    held, settled = (rows["end"] < NEVER).to_numpy(), (rows["start"] < day - 30).to_numpy()
    over = np.where(held, rows["end"], np.where(settled, rows["start"] + 15, NEVER))
    return pd.DataFrame({
        "s47e_s47_enquiry_id": numbered("S47", len(rows)), "s47e_person_id": ids(world, rows["child"]),
        "s47e_s47_start_date": dated(rows["start"]), "s47e_s47_end_date": dated(over),
        "s47e_s47_nfa": blank_unless(held | settled, np.where(held, "N", "Y")),
        "s47e_s47_outcome_json": _flags(("CP_CONFERENCE_FLAG", "NFA_FLAG"), (~held).astype(int)),
        "s47e_s47_completed_by_team": listed["Allocated Team"].map(teams).to_numpy(dtype=object),
        "s47e_s47_completed_by_worker_id": listed["Allocated Worker"].to_numpy(),
    })  # fmt: skip


def _conferences(world: World, rows: pd.DataFrame, listed: pd.DataFrame, day: int, teams: Mapping[str, str]) -> pd.DataFrame:
    """Conferences held, and those of the last month that are still to come."""
    asked = ((rows["end"] < NEVER) | (rows["start"] >= day - 30)).to_numpy()
    own = rows[asked]
    held = own["end"] < NEVER
    start = own["start"].to_numpy().astype("datetime64[D]")
    target = np.busday_offset(start, TARGET_WORKING_DAYS, roll="forward", holidays=bank_holidays()).astype(np.int64)
    return pd.DataFrame({
        "icpc_icpc_id": numbered("ICPC", len(own)), "icpc_s47_enquiry_id": numbered("S47", len(rows))[asked],
        "icpc_person_id": ids(world, own["child"]), "icpc_icpc_transfer_in": "N",
        "icpc_icpc_target_date": dated(target), "icpc_icpc_date": dated(own["end"]),
        "icpc_icpc_outcome_cp_flag": blank_unless(held, np.where(own["plan_start"] < NEVER, "Y", "N")),
        "icpc_icpc_team": listed["Allocated Team"].map(teams).to_numpy(dtype=object)[asked],
        "icpc_icpc_worker_id": listed["Allocated Worker"].to_numpy()[asked],
    })  # fmt: skip


def _plans(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "cppl_cp_plan_id": numbered("CPP", len(rows)), "cppl_person_id": ids(world, rows["child"]),
        "cppl_cp_plan_start_date": dated(rows["start"]), "cppl_cp_plan_end_date": dated(rows["end"]),
        "cppl_cp_plan_initial_category": rows["first_abuse"].to_numpy(dtype=object),
        "cppl_cp_plan_latest_category": rows["abuse"].to_numpy(dtype=object), "cppl_cp_plan_ola": "N",
    })  # fmt: skip


def _leavers(world: World, day: int, listed: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    """Care leavers with a pathway plan reviewed up to ten months before."""
    shown, _ = care_leavers(world, day)
    child = shown["child"].to_numpy()
    return pd.DataFrame({
        "clea_table_id": numbered("CL", len(shown)), "clea_person_id": ids(world, child),
        "clea_care_leaver_eligibility": listed["Eligibility Category"].to_numpy(),
        "clea_care_leaver_in_touch": listed["LA in Touch"].to_numpy(),
        "clea_care_leaver_accommodation": listed["Type of Accommodation"].to_numpy(),
        "clea_care_leaver_accom_suitable": listed["Suitability of Accommodation"].to_numpy(),
        "clea_care_leaver_activity": listed["Activity Status"].to_numpy(),
        "clea_pathway_plan_review_date": dated(day - child * 13 % 300),
        "clea_care_leaver_allocated_team": listed["Allocated Team"].map(teams).to_numpy(dtype=object),
        "clea_care_leaver_worker_id": listed["Allocated Worker"].to_numpy(),
    })  # fmt: skip
