"""When things become known: late entries, late closings, slips put right, records entered in error and removed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER, Clock

# Share entered late and the mean lateness in days. Late closings make the newest count of open cases too high:
# England's falls by 9.5 to 13 % of each 31 March count to the next year (table B1); much of the rest is cases waiting for assessment.
LATE_START = (0.07, 16.0)
LATE_END = (0.35, 52.0)
LATE_CLOSINGS = ("cin", "cp", "cla")
SLIPS_SHARE, SLIP_DAYS = 0.012, (20, 150)  # source or decision first recorded as unknown, put right so many days later
MOVED_SHARE = 0.004  # dates first recorded a few days too late
ERROR_SHARE, ERROR_DAYS = 0.004, (30, 160)  # records entered in error, removed so many days later
ERRORS_IN = ("contact", "referral", "cin")


def late(name: str, table: pd.DataFrame, time: Clock, rng: np.random.Generator) -> pd.DataFrame:
    """The table with the days on which each record, its end, its correction and its removal become known."""
    made = table.reset_index(drop=True)
    if "end" not in made:
        made = made.assign(end=NEVER)
    if name in ERRORS_IN:
        made = _with_errors(made, rng)
    n = len(made)
    removed = made.pop("removed") if "removed" in made else pd.Series(np.full(n, NEVER))
    recorded = made["start"].to_numpy() + _lag(n, LATE_START, rng)
    slip = rng.random(n) < SLIPS_SHARE
    moved = rng.random(n) < MOVED_SHARE
    shown_first = made["start"].to_numpy() + np.where(moved, rng.integers(1, 12, n), 0)
    return made.assign(
        recorded=np.maximum(recorded, np.where(moved, shown_first, 0)),
        end_recorded=np.where(
            made["end"] < NEVER, made["end"].to_numpy() + _lag(n, LATE_END if name in LATE_CLOSINGS else LATE_START, rng), NEVER
        ),
        removed=np.where(removed < NEVER, recorded + removed, NEVER),
        put_right=np.where(slip | moved, recorded + rng.integers(*SLIP_DAYS, n), 0),
        unknown_first=slip,
        start_first=shown_first,
    )


def _lag(n: int, lateness: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    share, mean = lateness
    return np.where(rng.random(n) < share, rng.exponential(mean, n), rng.integers(0, 2, n)).astype(np.int64)


def _with_errors(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A few records more than there should be, each to be removed after ``removed`` days."""
    wrong = table[rng.random(len(table)) < ERROR_SHARE].copy()
    wrong["start"] += rng.integers(1, 4, len(wrong))
    wrong["end"] = np.where(wrong["end"] < NEVER, np.maximum(wrong["end"], wrong["start"]), NEVER)
    wrong["removed"] = rng.integers(*ERROR_DAYS, len(wrong))
    return pd.concat([table.assign(removed=NEVER), wrong], ignore_index=True)


def as_seen(table: pd.DataFrame, name: str, day: int, since: int) -> pd.DataFrame:
    """The table as the system showed it at the end of a day, for a window beginning on ``since``.

    Spells (episodes, plans, periods, assessments) are listed if open in the window, other records if dated in it.
    """
    known = table[(table["recorded"] <= day) & (table["removed"] > day)]
    wrong = known["put_right"].to_numpy() > day
    ended = (known["end"].to_numpy() <= day) & (known["end_recorded"].to_numpy() <= day)
    shown = known.assign(
        start=np.where(wrong, known["start_first"], known["start"]),
        end=np.where(ended, known["end"], NEVER),
        unknown=known["unknown_first"].to_numpy() & wrong,
    )
    spell = name in ("assessment", "cin", "cp", "cla")
    inside = (shown["end"] >= since) if spell else (shown["start"] >= since)
    if name == "s47":  # an enquiry from before the window whose conference lies in it is listed too
        inside |= ended & (shown["end"] >= since)
    return shown[inside & (shown["start"] <= day) & (shown["end"] >= shown["start"])].sort_values(["start", "child"], kind="stable")
