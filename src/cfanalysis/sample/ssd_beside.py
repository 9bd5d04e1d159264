"""What the synthetic worlds do not hold and the Standard Safeguarding Dataset does, made up from what they hold: who worked with a child,
visits, reviews, plans of children in need, placements, legal status, missing episodes. The same child always has the same."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.sample.census import FIRST_REVIEW_DAYS, NEXT_REVIEW_DAYS, PLAN_AFTER_DAYS
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.lists import blank_unless, dated
from cfanalysis.sample.world import World

WORKER_DAYS = 240
"""How long a social worker stays with a child, about."""

VISIT_DAYS = {"cin": 42, "cp": 17, "cla": 35}
MISSING_EVERY = 23
"""One child looked after in so many goes missing, as Annex A's own column says of them."""


def ids(world: World, child: np.ndarray | pd.Series) -> np.ndarray:
    """The identifiers of children given by their places."""
    return world.children["child"].to_numpy()[np.asarray(child)]


def numbered(letter: str, size: int) -> np.ndarray:
    """Keys of so many records."""
    return np.char.add(letter, np.arange(1, size + 1).astype(str)).astype(object)


def tables(
    world: World,
    seen: Mapping[str, pd.DataFrame],
    listed: pd.DataFrame,
    day: int,
    since: int,
    teams: Mapping[str, str],
) -> dict[str, pd.DataFrame]:
    """The tables by name. ``listed`` is Annex A's list of children in need, with the team and worker of each on the day."""
    return {
        "ssd_cin_plans": _need_plans(world, seen["cin"], day, since, set(world.tables["cp"]["child"])),
        "ssd_cin_visits": _visits(world, seen["cin"], "cinv_cin", VISIT_DAYS["cin"], day, since),
        "ssd_cp_visits": _visits(world, seen["cp"], "cppv_cp", VISIT_DAYS["cp"], day, since),
        "ssd_cla_visits": _visits(world, seen["cla"], "clav_cla", VISIT_DAYS["cla"], day, since),
        "ssd_cp_reviews": _reviews(world, seen["cp"], day),
        "ssd_cla_episodes": _care(world, seen["cla"]),
        "ssd_cla_placement": _placements(world, seen["cla"]),
        "ssd_legal_status": _legal(world, seen["cla"]),
        "ssd_missing": _missing(world, seen["cla"], day, since),
        "ssd_involvements": _involvements(world, seen["cin"], listed, day, teams),
    }


def repeated(rows: pd.DataFrame, times: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Every row so many times, and which time it is, from 0."""
    row = np.repeat(np.arange(len(rows)), times)
    return rows.iloc[row].reset_index(drop=True), np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)


def _need_plans(world: World, rows: pd.DataFrame, day: int, since: int, planned: set[int]) -> pd.DataFrame:
    """A plan some weeks into a case that stays open, for two children in three who were never on a protection plan."""
    start = rows["start"] + PLAN_AFTER_DAYS
    kept = (
        ~rows["child"].isin(planned)
        & (rows["child"] % 3 > 0)
        & ~rows["reason"].isin(["RC8", "RC9"])
        & (start <= np.minimum(rows["end"], day))
    )
    own = rows[kept & (rows["end"] >= since)]
    return pd.DataFrame({
        "cinp_cin_plan_id": numbered("CINP", len(own)), "cinp_person_id": ids(world, own["child"]),
        "cinp_cin_plan_start_date": dated(own["start"] + PLAN_AFTER_DAYS), "cinp_cin_plan_end_date": dated(own["end"]),
        "cinp_cin_plan_team": "PLACEHOLDER_DATA", "cinp_cin_plan_worker_id": "PLACEHOLDER_DATA",
    })  # fmt: skip


def _visits(world: World, rows: pd.DataFrame, field: str, every: int, day: int, since: int) -> pd.DataFrame:
    """A visit every so many days of a period; one in nine did not see the child."""
    upto = np.minimum(rows["end"].to_numpy(), day)
    many, time = repeated(rows, np.maximum((upto - rows["start"].to_numpy()) // every, 0))
    at = many["start"].to_numpy() + (time + 1) * every
    inside = at >= since
    many, at = many[inside], at[inside]
    prefix = field.split("_")[0]
    return pd.DataFrame({
        f"{field}_visit_id": numbered(f"V{prefix[:3].upper()}", len(many)), f"{prefix}_person_id": ids(world, many["child"]),
        f"{field}_visit_date": dated(at), f"{field}_visit_seen": np.where((many["child"] + at) % 9 == 0, "N", "Y"),
        f"{field}_visit_seen_alone": np.where((many["child"] + at) % 3 == 0, "N", "Y"),
    })  # fmt: skip


def _reviews(world: World, rows: pd.DataFrame, day: int) -> pd.DataFrame:
    """Review conferences of plans: the first within three months, then every six."""
    upto = np.minimum(rows["end"].to_numpy(), day)
    times = np.maximum((upto - rows["start"].to_numpy() - FIRST_REVIEW_DAYS) // NEXT_REVIEW_DAYS + 1, 0)
    many, time = repeated(rows.assign(plan=numbered("CPP", len(rows))), times)
    at = many["start"].to_numpy() + FIRST_REVIEW_DAYS + time * NEXT_REVIEW_DAYS
    return pd.DataFrame({
        "cppr_cp_review_id": numbered("REV", len(many)), "cppr_person_id": ids(world, many["child"]),
        "cppr_cp_plan_id": many["plan"].to_numpy(dtype=object), "cppr_cp_review_due": dated(at), "cppr_cp_review_date": dated(at),
        "cppr_cp_review_outcome_continue_cp": "Y",
    })  # fmt: skip


def _stays(rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Stays within periods of care, two where the child has moved: rows, which stay it is, and from when to when."""
    placed = np.minimum(rows["placed"].to_numpy(), rows["end"].to_numpy())
    moved = placed > rows["start"].to_numpy()
    many, time = repeated(
        rows.assign(at=placed, moved=moved, period=numbered("CLA", len(rows))),
        1 + moved.astype(int),
    )
    start = np.where(time > 0, many["at"], many["start"])
    return many, time, start, np.where(many["moved"] & (time == 0), many["at"], many["end"])


def _care(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Episodes: a move ends one and begins the next on the same day."""
    many, time, start, end = _stays(rows)
    goes_on = (many["moved"] & (time == 0)).to_numpy()
    return pd.DataFrame({
        "clae_cla_episode_id": numbered("CLAE", len(many)), "clae_person_id": ids(world, many["child"]),
        "clae_cla_id": many["period"].to_numpy(dtype=object), "clae_cla_episode_start_date": dated(start),
        "clae_cla_episode_start_reason": np.where(time > 0, "P", "S"), "clae_cla_primary_need_code": many["need"].to_numpy(dtype=object),
        "clae_cla_episode_ceased_date": dated(end),
        "clae_cla_episode_ceased_reason": blank_unless(end < NEVER, np.where(goes_on, "X1", many["left"])),
        "clae_cla_placement_id": numbered("PLA", len(many)), "clae_entered_care_date": dated(many["start"]),
    })  # fmt: skip


def _placements(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Placements, one a stay: the last is with the provider that the world knows, the one before with the authority itself."""
    many, time, start, end = _stays(rows)
    before = (many["moved"] & (time == 0)).to_numpy()
    kinds = np.array(["U6", "U6", "U6", "U6", "U6", "U6", "U6", "U1", "K2", "P1"], dtype=object)
    return pd.DataFrame({
        "clap_cla_placement_id": numbered("PLA", len(many)), "clap_person_id": ids(world, many["child"]),
        "clap_cla_id": many["period"].to_numpy(dtype=object), "clap_cla_placement_start_date": dated(start),
        "clap_cla_placement_end_date": dated(end), "clap_cla_placement_type": kinds[many["child"] % 10],
        "clap_cla_placement_provider": np.where(before, "PR1", many["provider"]).astype(object),
        "clap_cla_placement_change_reason": blank_unless(before, np.full(len(many), "CARPL", dtype=object)),
    })  # fmt: skip


def _legal(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "lega_legal_status_id": numbered("LEG", len(rows)), "lega_person_id": ids(world, rows["child"]),
        "lega_legal_status": np.array(["V2", "C2", "C1"], dtype=object)[rows["child"] % 3],
        "lega_legal_status_start_date": dated(rows["start"]), "lega_legal_status_end_date": dated(rows["end"]),
    })  # fmt: skip


def _missing(world: World, rows: pd.DataFrame, day: int, since: int) -> pd.DataFrame:
    """Now and again one child in so many is away for a night or three; in most cases an interview is offered."""
    own = rows[rows["child"] % MISSING_EVERY == 0]
    upto = np.minimum(own["end"].to_numpy(), day)
    many, time = repeated(own, np.maximum((upto - own["start"].to_numpy() - 30) // 60 + 1, 0))
    at = many["start"].to_numpy() + 30 + time * 60
    many, at = many[at >= since], at[at >= since]
    offered = (many["child"] + at) % 5 > 0
    return pd.DataFrame({
        "miss_table_id": numbered("MIS", len(many)), "miss_person_id": ids(world, many["child"]),
        "miss_missing_episode_start_date": dated(at), "miss_missing_episode_end_date": dated(at + 1 + many["child"] % 3),
        "miss_missing_episode_type": np.where(at % 7 == 0, "A", "M"), "miss_missing_rhi_offered": np.where(offered, "Y", "N"),
        "miss_missing_rhi_accepted": np.where(offered, np.where(at % 2 == 0, "Y", "N"), "NA"),
    })  # fmt: skip


def _involvements(world: World, rows: pd.DataFrame, listed: pd.DataFrame, day: int, teams: Mapping[str, str]) -> pd.DataFrame:
    """One social worker after another through a case; the last is the one whom Annex A names. Each case has a reviewing officer too."""
    stay = WORKER_DAYS + rows["child"].to_numpy() * 37 % 200
    upto = np.minimum(rows["end"].to_numpy(), day)
    own = rows.assign(
        stay=stay,
        team=listed["Allocated Team"].to_numpy(),
        worker=listed["Allocated Worker"].to_numpy(),
    )
    many, time = repeated(own, 1 + np.maximum(upto - rows["start"].to_numpy() - 1, 0) // stay)
    last = np.r_[time[1:] == 0, True] if len(time) else np.zeros(0, dtype=bool)
    start = many["start"].to_numpy() + time * many["stay"].to_numpy()
    before = np.char.add(many["worker"].to_numpy().astype(str), np.char.add("-", time.astype(str))).astype(object)
    made = pd.DataFrame({
        "invo_professional_id": np.where(last, many["worker"], before), "invo_professional_role_id": "Allocated Case Worker",
        "invo_professional_team": many["team"].map(teams).to_numpy(dtype=object), "invo_involvement_start_date": dated(start),
        "invo_involvement_end_date": dated(np.where(last, many["end"], start + many["stay"].to_numpy())),
        "invo_worker_change_reason": blank_unless(~last, np.full(len(many), "Worker left", dtype=object)),
        "invo_person_id": ids(world, many["child"]),
    })  # fmt: skip
    officers = made[last].assign(
        invo_professional_id="IRO01",
        invo_professional_role_id="Independent Reviewing Officer",
        invo_professional_team="",
    )
    every = pd.concat([made, officers], ignore_index=True)
    every.insert(0, "invo_involvements_id", numbered("INV", len(every)))
    return every
