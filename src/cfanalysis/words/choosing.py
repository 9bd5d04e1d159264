"""Which claims lead a page: the answer to its question first, then what is large or surprising."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.claims.claim import Claim, Kind

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
HELD = ("lasting", "new", "fading")


def find_lead(claims: Sequence[Claim], about: str) -> Claim:
    """The claim that answers the page's question: a published year where months are old, else the year to the newest month."""
    own = [each for each in claims if each.measure.indicator == about] or claims
    years = sorted((each for each in own if each.kind is Kind.TREND and pd.notna(each.observed)), key=score, reverse=True)
    published = sorted((each for each in own if each.kind is Kind.YEARLY), key=score, reverse=True)
    newest = [each for each in own if each.kind is Kind.LATEST]
    return next(part[0] for part in (published, years, newest, own) if part)


def standing_out(claims: Sequence[Claim], lead: Claim) -> list[Claim]:
    """What is large or surprising besides, the most so first, once for each measure."""
    others = [each for each in claims if each is not lead and score(each) > 0]
    others = [each for each in others if each.kind not in (Kind.TREND, Kind.YEARLY) or each.measure.indicator != lead.measure.indicator]
    first: dict[tuple[str, str], Claim] = {}
    for each in sorted(others, key=lambda claim: (score(claim), claim.month.ordinal), reverse=True):
        first.setdefault((each.measure.indicator, each.measure.breakdown), each)
    return list(first.values())


def score(claim: Claim) -> float:
    """How much a claim stands out; 0 where it does not. A year, a level and a month are weighed by how far and how surely they moved."""
    if claim.kind not in _WEIGHED or pd.isna(claim.observed) or pd.isna(claim.expected):
        return 0.0
    moved = _moved(claim)
    worth = _WEIGHED[claim.kind](claim, moved)
    surprise = SURPRISE * min(abs(claim.z) if pd.notna(claim.z) else 0.0, MOST_SURPRISING)
    gone = claim.kind is Kind.SHIFT and claim.reason not in HELD
    return worth and (worth + surprise) * (PAST if gone else 1.0)


def _of_newest(claim: Claim, moved: float) -> float:
    return NEWS + SIZE * ONE_MONTH * moved if claim.unusual else 0.0


def _of_month(claim: Claim, moved: float) -> float:
    return SIZE * ONE_MONTH * moved if claim.unusual else 0.0


def _of_year(claim: Claim, moved: float) -> float:
    return SIZE * moved if claim.reason in ("up", "down") and moved >= _least(claim) else 0.0


def _of_run(claim: Claim, moved: float) -> float:
    return SIZE * A_FEW_MONTHS * moved if moved >= _least(claim) else 0.0


def _of_level(claim: Claim, moved: float) -> float:
    if moved < _least(claim):
        return 0.0
    lasting = SINCE if claim.reason == "lasting" else 0.0
    return lasting + SIZE * moved


def _of_pair(claim: Claim, moved: float) -> float:
    return SIZE * ONE_MONTH * moved


_WEIGHED = {
    Kind.LATEST: _of_newest, Kind.UNUSUAL: _of_month, Kind.TREND: _of_year, Kind.YEARLY: _of_year, Kind.RUN: _of_run,
    Kind.SHIFT: _of_level, Kind.CATCH_UP: _of_pair,
}  # fmt: skip


def _least(claim: Claim) -> float:
    return LEAST_POINTS if claim.measure.unit == "percent" else LEAST_MOVED


def _moved(claim: Claim) -> float:
    """How far it moved, as a share of what it was, at most 1; of a percentage, as a share of half the scale."""
    expected = claim.expected / (2 if claim.kind is Kind.CATCH_UP else 1)
    whole = HALF_OF_A_PERCENTAGE if claim.measure.unit == "percent" else expected
    return min(abs(claim.told - expected) / whole, 1.0) if whole else 0.0
