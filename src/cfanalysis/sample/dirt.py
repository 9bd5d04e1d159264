"""A little dirt, as real lists have it, in the last full edition of each authority: planted, counted, and told in the README."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

KINDS = {
    "duplicates": "rows of list 3 (referrals) that stand twice",
    "end_before_start": "episodes in list 6 that close ten days before they start",
    "blank_ids": "rows of list 1 (contacts) without a child's identifier",
    "future_dates": "referrals in list 3 dated two years after the extract",
    "impossible_dates": "assessments in list 4 that start on 31 February (text dates only)",
}


def soil(lists: Mapping[int, pd.DataFrame], dirt: Mapping[str, int], rng: np.random.Generator) -> dict[int, pd.DataFrame]:
    """Bare lists with the planted faults; ``impossible_dates`` are left to :func:`spoil_text`, after dates have become text."""
    made = {number: frame.reset_index(drop=True) for number, frame in lists.items()}
    made[3] = _future(_twice(made[3], dirt["duplicates"], rng), dirt["future_dates"], rng)
    made[6] = _backwards(made[6], dirt["end_before_start"], rng)
    blank = _some(made[1], dirt["blank_ids"], rng)
    made[1]["Child Unique ID"] = made[1]["Child Unique ID"].astype(object).where(~made[1].index.isin(blank), None)
    return made


def spoil_text(frame: pd.DataFrame, n: int, rng: np.random.Generator, *, day_first: bool) -> pd.DataFrame:
    """List 4 with a date that does not exist in so many rows."""
    column = frame["Continuous Assessment Start Date"].astype(object)
    rows = _some(frame, n, rng)
    years = [text[-4:] if day_first else text[:4] for text in column.loc[rows]]
    column.loc[rows] = [f"31/02/{year}" if day_first else f"{year}-02-31" for year in years]
    return frame.assign(**{"Continuous Assessment Start Date": column})


def _some(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.choice(len(frame), min(n, len(frame)), replace=False))


def _twice(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = _some(frame, n, rng)
    return pd.concat([frame, frame.iloc[rows]]).sort_index(kind="stable").reset_index(drop=True)


def _future(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = _some(frame.iloc[-200:], n, rng) + max(len(frame) - 200, 0)
    dates = frame["Date of referral"].copy()
    dates.iloc[rows] = dates.iloc[rows] + np.timedelta64(731 + 30, "D")
    return frame.assign(**{"Date of referral": dates})


def _backwards(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    closed = np.flatnonzero(frame["CIN Closure Date"].notna())
    rows = closed[_some(frame.iloc[closed], n, rng)]
    ends = frame["CIN Closure Date"].copy()
    ends.iloc[rows] = frame["CIN Start Date"].iloc[rows].to_numpy() - np.timedelta64(10, "D")
    return frame.assign(**{"CIN Closure Date": ends})
