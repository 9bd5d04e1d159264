"""Figures of a monthly CSV that cannot be what they say: shares written as fractions, counts not whole, figures beyond any count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cfanalysis.sources.monthly.rows import Draft

COUNTED = ("count", "stock")

MOST_COUNTED, MOST = 1e7, 1e9
"""There are twelve million children in England: no authority counts as many; nothing here is larger than the second."""

ENOUGH = 3
"""Figures that must all lie between 0 and 1 before a series of percentages is taken for fractions."""

LIKE, UNLIKE = 4.0, 4.0
"""A fraction among percentages: a hundred times as much is within four times the rest, and as it stands it is not."""

NOT_AVAILABLE = ":"


def make_plausible(draft: Draft, kinds: Mapping[str, str] | None) -> Draft:
    """The draft with what cannot be right put right where it is plain how, else not available; every step is said."""
    kind = draft.frame["indicator"].map(dict(kinds or {})).astype(object).fillna("")
    for step in (_denominators, _whole, _huge, _fractions):
        draft = step(draft, kind)
    return draft


def _denominators(draft: Draft, kind: pd.Series) -> Draft:
    frame = draft.frame
    over = (kind.isin(COUNTED) & frame["denominator"].notna() & (frame["numerator"].notna() | frame["value"].notna())).to_numpy()
    wanted = "a number of children or things, of nothing (the denominator was left aside)"
    draft = draft.say("denominator", "denominator_of_count", over, draft.first("denominator", over), wanted)
    return replace(draft, frame=frame.assign(denominator=frame["denominator"].mask(over)))


def _taken_out(draft: Draft, name: str, rule: str, where: np.ndarray, wanted: str) -> Draft:
    if not where.any():
        return draft
    draft = draft.say(name, rule, where, draft.first(name, where), wanted)
    frame = draft.frame
    gone = {column: frame[column].mask(where) for column in ("numerator", "denominator", "value")}
    return replace(draft, frame=frame.assign(**gone, flag=frame["flag"].mask(where & (frame["flag"] == ""), NOT_AVAILABLE)))


def _whole(draft: Draft, kind: pd.Series) -> Draft:
    for name in ("numerator", "value"):
        numbers = draft.frame[name]
        part = (kind.isin(COUNTED) & numbers.notna() & (numbers < MOST) & (numbers != numbers.round())).to_numpy()
        draft = _taken_out(draft, name, "not_whole", part, "a whole number (read as not available)")
    return draft


def _huge(draft: Draft, kind: pd.Series) -> Draft:
    most = kind.isin(COUNTED).map({True: MOST_COUNTED, False: MOST})
    for name in ("numerator", "denominator", "value"):
        huge = (draft.frame[name].abs() > most).to_numpy()
        draft = _taken_out(draft, name, "too_large", huge, "a figure an authority can have (read as not available)")
    return draft


def _fractions(draft: Draft, kind: pd.Series) -> Draft:
    """Percentages as Excel holds them: 0.18 for 18 %, all of a series or some of it."""
    frame = draft.frame
    alone = (kind == "percent") & frame["value"].notna() & frame["numerator"].isna() & ~frame["signed"]
    part, doubtful = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for _, places in frame[kind == "percent"].groupby(["indicator", "breakdown"]).indices.items():
        rows = np.flatnonzero(kind == "percent")[places]
        values = frame["value"].to_numpy(dtype=float)[rows]
        own = alone.to_numpy()[rows]
        low = own & (values > 0) & (values <= 1)
        rest = values[(values > 1) | (~own & (values > 0))]
        if len(rest):
            middle = float(np.median(rest))
            like = (100 * values <= LIKE * middle) & (100 * values >= middle / LIKE) & (values < middle / UNLIKE)
            part[rows] = low & like
        else:
            certain = low.sum() >= ENOUGH and bool((values[low] < 1).any())
            part[rows], doubtful[rows] = low & certain, low & (not certain) & (values < 1)
    wanted = "a percentage from 0 to 100, such as 18 and not 0.18"
    draft = draft.say("value", "fraction", part, draft.first("value", part), f"{wanted} (taken a hundred times)")
    draft = draft.say("value", "perhaps_a_fraction", doubtful, draft.first("value", doubtful), f"{wanted}; read as it stands", "kept")
    return replace(draft, frame=draft.frame.assign(value=frame["value"].where(~part, 100 * frame["value"])))
