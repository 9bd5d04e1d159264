"""Young people who have left care, as they are on one day (Annex A list 9)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import YEAR
from cfanalysis.sample.plans import path
from cfanalysis.sample.world import World

SHORTEST_CARE_DAYS = 91  # thirteen weeks: who counts as a care leaver
LEAVING_AGE, OLDEST = 16.0, 21.0
YOUNG_AGE = 19.0  # below it an authority's figures may be worse, as Devon's minutes say of 17 and 18
IN_EET = {"F1": 0.12, "F2": 0.36, "P2": 0.06, "F4": 0.08, "F5": 0.26, "P5": 0.12}
NOT_IN_EET = {"G4": 0.28, "G5": 0.53, "G6": 0.19}
SUITABLE_HOMES = {"B": 0.16, "D": 0.2, "E": 0.07, "K": 0.04, "T": 0.08, "U": 0.33, "Z": 0.12}
UNSUITABLE_HOMES = {"S": 0.16, "V": 0.2, "W": 0.1, "X": 0.34, "R": 0.2}


def care_leavers(world: World, day: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is on list 9 that day (``child``), and the list's own columns.

    How a young person fares hangs on a fixed luck of theirs against the authority's level of the month: snapshots hang together.
    """
    plan, periods = world.plan, world.tables["cla"]
    born = world.children["born"].to_numpy()
    at_end = (np.minimum(periods["end"], day) - born[periods["child"]]) / YEAR
    now = (day - born[periods["child"]]) / YEAR
    left = (periods["recorded"] <= day) & (periods["end"] <= day) & (periods["end"] - periods["start"] >= SHORTEST_CARE_DAYS)
    shown = periods[left & (at_end >= LEAVING_AGE) & (now >= 17) & (now < OLDEST)].drop_duplicates("child", keep="last")
    young = ((day - born[shown["child"]]) / YEAR < YOUNG_AGE).astype(float)
    month = world.clock.months[[int(world.clock.month_of(np.array([day]))[0])]]
    level = {name: float(path(plan, name, month)[0]) for name in ("in_touch", "suitable", "eet", "young_gap")}
    luck = {
        name: _luck(shown["child"].to_numpy(), salt) for salt, name in enumerate(("in_touch", "suitable", "eet", "home", "doing"), start=1)
    }
    touch = luck["in_touch"] < level["in_touch"]
    suitable = luck["suitable"] < level["suitable"] - level["young_gap"] * young
    home = np.where(suitable, _by_luck(SUITABLE_HOMES, luck["home"]), _by_luck(UNSUITABLE_HOMES, luck["home"]))
    eet = touch & (luck["eet"] < (level["eet"] - level["young_gap"] * young) / level["in_touch"])
    return shown, pd.DataFrame({
        "Does the Child have a Disability": np.where(world.children["disabled"].to_numpy()[shown["child"]], "Yes", "No").astype(object),
        "Allocated Team": np.full(len(shown), plan.teams["leaving"], dtype=object),
        "Allocated Worker": np.array([f"Worker LEA{n:02d}" for n in shown["child"] % 9 + 1], dtype=object),
        "Eligibility Category": np.where(young > 0, "Relevant child", "Former relevant child").astype(object),
        "LA in Touch": _touch(touch, luck["home"]),
        "Type of Accommodation": home.astype(object),
        "Suitability of Accommodation": np.where(suitable, "Suitable", "Unsuitable").astype(object),
        "Activity Status": _doing(eet, touch, luck["doing"]),
    })  # fmt: skip


def _touch(touch: np.ndarray, luck: np.ndarray) -> np.ndarray:
    return np.where(touch, "Yes", np.select([luck < 0.6, luck < 0.75, luck < 0.85], ["No", "REFU", "NREQ"], "RHOM")).astype(object)


def _doing(eet: np.ndarray, touch: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Activity, blank for those the authority is not in touch with."""
    made = np.where(eet, _by_luck(IN_EET, luck), _by_luck(NOT_IN_EET, luck)).astype(object)
    made[~touch] = None
    return made


def _luck(child: np.ndarray, salt: int) -> np.ndarray:
    """A number between 0 and 1 that is always the same for one child and one question."""
    mixed = (child.astype(np.uint64) * np.uint64(2654435761) + np.uint64(salt) * np.uint64(40503) * np.uint64(65537)) % np.uint64(
        4294967291
    )
    return (mixed * np.uint64(48271) % np.uint64(2147483647)) / 2147483647.0


def _by_luck(shares: dict[str, float], luck: np.ndarray) -> np.ndarray:
    upto = np.cumsum(list(shares.values()))
    return np.array(list(shares), dtype=object)[np.minimum(np.searchsorted(upto / upto[-1], luck), len(shares) - 1)]
