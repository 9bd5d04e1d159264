"""Judging a projection on year-ends, where that is all there is: DfE publishes open cases at 31 March only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.judging.verdicts import Level, Verdict
from cfanalysis.registers.entries import Projection

DIRECTION_ONLY = "with two year-ends only the direction can be judged"


def judge_year_ends(projection: Projection, bases: Mapping[str, pd.Series], year: int) -> Verdict:
    """What became of a projection between the last 31 March before it was said and 31 March of ``year``.

    ``bases`` are the same figure counted in one or more ways (for open cases: as counted on the day, and as later recorded), each a
    series by the year of the 31 March; the first is the one shown. Where they disagree about the direction nobody can tell. A size or a
    target is not judged: two points have no noise to compare it with.

    >>> claim = Projection(id="cin", said_on="2017-11-16", where="panel", who="officers", indicator="cin_open", direction="down",
    ...     window={"from": "2018-01", "to": "2018-02"}, reason="diversion", source="minutes")
    >>> judge_year_ends(claim, {"as counted": pd.Series({2017: 2287.0, 2018: 2394.0})}, 2018).verdict
    'not met'
    """
    before = _year_before(projection)
    end = pd.Period(f"{year}-03", freq="M")
    shown = next(iter(bases.values()))
    verdict = Verdict(
        projection,
        "cannot tell",
        "",
        "stock",
        pd.Period(f"{before}-03", freq="M"),
        end,
        base=Level(float(shown.get(before, np.nan))),
        observed=Level(float(shown.get(year, np.nan))),
        notes=(DIRECTION_ONLY,),
    )
    said, because = _say(projection, _directions(bases, before, year), end)
    return Verdict(**{**vars(verdict), "verdict": said, "because": because})


def _year_before(projection: Projection) -> int:
    said = projection.known_to
    return said.year if said.month >= 3 else said.year - 1


def _directions(bases: Mapping[str, pd.Series], before: int, year: int) -> dict[str, float]:
    moves = {label: float(series.get(year, np.nan)) - float(series.get(before, np.nan)) for label, series in bases.items()}
    return {label: float(np.sign(move)) for label, move in moves.items() if np.isfinite(move)}


def _say(projection: Projection, directions: Mapping[str, float], end: pd.Period) -> tuple[str, str]:
    move, went, wanted = ("fall", "fell", -1.0) if projection.direction == "down" else ("rise", "rose", 1.0)
    if end < projection.window.first:
        return "too early", "the window had not begun"
    if not directions:
        return "cannot tell", "one of the two year-ends is not known"
    if len(set(directions.values())) > 1:
        return "cannot tell", f"the ways of counting ({', '.join(directions)}) disagree about the direction"
    if next(iter(directions.values())) == wanted:
        return "met", f"it {went}; {DIRECTION_ONLY}"
    return "not met", f"it did not {move}; {DIRECTION_ONLY}"
