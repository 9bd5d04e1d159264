"""Which findings lead a page: the answer to its question first, then what is large or surprising."""

from __future__ import annotations

import pandas as pd

NEWS = 3.0
"""What goes with an unusual newest month: it is said before anything older."""
SIZE, SURPRISE, MOST_SURPRISING = 2.0, 0.25, 6.0
"""What a doubling and a standard error are worth, and how many standard errors count: years, shifts, runs and months in one order."""
HALF_OF_A_PERCENTAGE = 50.0
"""A percentage that moved by this many points counts as one that doubled: shares move in less room than numbers do."""
ONE_MONTH, A_FEW_MONTHS = 0.4, 0.7
"""How much of its size a single month is worth beside a year, and a run of months."""
SINCE = 0.3
"""A lasting level says since when, which the change on a year does not."""
PAST = 0.3
"""A level that did not last is worth this much of one that did."""
LEAST_MOVED, LEAST_POINTS = 0.05, 0.06
"""Moves of less are nobody's headline: a share of what it was; of a percentage, 3 points."""
LARGE = 1.0
"""What scores as much is said before any forecast."""
ALERTS = ("alert", "strong", "extreme")
HELD = ("lasting", "new", "fading")


def find_lead(rows: pd.DataFrame, about: str) -> pd.Series:
    """The finding that answers the page's question: a published year where months are old, else the year to the newest month."""
    own = rows[rows["indicator"] == about] if (rows["indicator"] == about).any() else rows
    years = own[(own["kind"] == "trend") & own["observed"].notna()].sort_values("score", ascending=False, kind="stable")
    published = own[own["kind"] == "yearly"].sort_values("score", ascending=False, kind="stable")
    newest = own[own["kind"] == "latest"]
    return next(part.iloc[0] for part in (published, years, newest, own) if len(part))


def standing_out(rows: pd.DataFrame, lead: pd.Series) -> pd.DataFrame:
    """What is large or surprising besides, the most so first, once for each measure."""
    others = rows[(rows["score"] > 0) & (rows.index != lead.name)]
    others = others[~others["kind"].isin(("trend", "yearly")) | (others["indicator"] != lead["indicator"])]
    ordered = others.sort_values(["score", "month"], ascending=False, kind="stable")
    return ordered.drop_duplicates(["indicator", "breakdown"])


def score(row: pd.Series) -> float:
    """How much a finding stands out; 0 where it does not. A year, a level and a month are weighed by how far and how surely they moved."""
    kind = str(row["kind"])
    if kind not in _WEIGHED or pd.isna(row["observed"]) or pd.isna(row["expected"]):
        return 0.0
    moved = _moved(row)
    worth = _WEIGHED[kind](row, moved)
    surprise = SURPRISE * min(abs(float(row["z"])) if pd.notna(row["z"]) else 0.0, MOST_SURPRISING)
    gone = kind == "shift" and row["reason"] not in HELD
    return worth and (worth + surprise) * (PAST if gone else 1.0)


def _of_newest(row: pd.Series, moved: float) -> float:
    return NEWS + SIZE * ONE_MONTH * moved if row["severity"] in ALERTS else 0.0


def _of_month(row: pd.Series, moved: float) -> float:
    return SIZE * ONE_MONTH * moved if row["severity"] in ALERTS else 0.0


def _of_year(row: pd.Series, moved: float) -> float:
    return SIZE * moved if row["reason"] in ("up", "down") and moved >= _least(row) else 0.0


def _of_run(row: pd.Series, moved: float) -> float:
    return SIZE * A_FEW_MONTHS * moved if moved >= _least(row) else 0.0


def _of_level(row: pd.Series, moved: float) -> float:
    if moved < _least(row):
        return 0.0
    lasting = SINCE if row["reason"] == "lasting" else 0.0
    return lasting + SIZE * moved


def _of_pair(row: pd.Series, moved: float) -> float:
    return SIZE * ONE_MONTH * moved


_WEIGHED = {
    "latest": _of_newest, "unusual": _of_month, "trend": _of_year, "yearly": _of_year, "run": _of_run, "shift": _of_level,
    "catch-up": _of_pair,
}  # fmt: skip


def _least(row: pd.Series) -> float:
    return LEAST_POINTS if row["unit"] == "percent" else LEAST_MOVED


def _moved(row: pd.Series) -> float:
    """How far it moved, as a share of what it was, at most 1; of a percentage, as a share of half the scale."""
    expected = float(row["expected"]) / (2 if row["kind"] == "catch-up" else 1)
    told = row["high"] if row["kind"] == "shift" and row["reason"] == "over" else row["observed"]
    whole = HALF_OF_A_PERCENTAGE if row["unit"] == "percent" else expected
    return min(abs(float(told) - expected) / whole, 1.0) if whole else 0.0
