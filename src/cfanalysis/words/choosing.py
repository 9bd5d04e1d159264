"""Which findings lead a page: the answer to its question first, then what is large or surprising."""

from __future__ import annotations

import pandas as pd

_STANDS_OUT = {"latest": 6.0, "unusual": 3.5, "shift": 3.0, "trend": 2.5}
"""What stands out is said in the order of how large and how surprising it is; this much goes with its kind."""
_SURPRISE = {"alert": 0.3, "strong": 0.8, "extreme": 1.5}
_PAST = 0.3
"""A level that did not last is worth this much of one that did."""
LEAST_MOVED, LEAST_POINTS = 0.05, 0.03
"""Moves of less are nobody's headline: a share of what it was; of a percentage, 3 points."""


def find_lead(rows: pd.DataFrame, about: str) -> pd.Series:
    """The finding that answers the page's question: a year beside the one before, else the newest month."""
    own = rows[rows["indicator"] == about] if (rows["indicator"] == about).any() else rows
    years = own[(own["kind"] == "trend") & own["observed"].notna()].sort_values("score", ascending=False, kind="stable")
    newest = own[own["kind"] == "latest"]
    return next(part.iloc[0] for part in (years, newest, own) if len(part))


def standing_out(rows: pd.DataFrame, lead: pd.Series) -> pd.DataFrame:
    """What is large or surprising besides, the most so first, once for each measure."""
    others = rows[(rows["score"] > 0) & (rows.index != lead.name)]
    others = others[(others["kind"] != "trend") | (others["indicator"] != lead["indicator"])]
    ordered = others.sort_values(["score", "month"], ascending=False, kind="stable")
    return ordered.drop_duplicates(["indicator", "breakdown"])


def score(row: pd.Series) -> float:
    """How much a finding stands out; 0 where it does not."""
    kind, surprise = str(row["kind"]), _SURPRISE.get(str(row["severity"]), 0.0)
    if kind not in _STANDS_OUT or pd.isna(row["observed"]):
        return 0.0
    if kind in ("latest", "unusual"):
        return _STANDS_OUT[kind] + surprise if surprise else 0.0
    moved = _moved(row)
    if moved < (LEAST_POINTS if row["unit"] == "percent" else LEAST_MOVED) or (kind == "trend" and row["reason"] not in ("up", "down")):
        return 0.0
    held = kind == "trend" or row["reason"] in ("lasting", "new", "fading")
    return (_STANDS_OUT[kind] + 4 * min(moved, 1.0)) * (1.0 if held else _PAST)


def _moved(row: pd.Series) -> float:
    """How far a level moved, as a share of what it was; points count as they are: from 1% to 2% is nobody's headline."""
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        return 0.0
    told = row["high"] if row["kind"] == "shift" and row["reason"] == "over" else row["observed"]
    whole = 100.0 if row["unit"] == "percent" else float(row["expected"])
    return abs(float(told) - float(row["expected"])) / whole if whole else 0.0
