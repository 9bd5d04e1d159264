"""The rows of ``benchmarks/claims.py`` that look ahead or back over a year: winters, verdicts, year on year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from claims_made import MONTHS, Made, make_count, make_share
from derive_panel_constants import referrals
from scipy.optimize import minimize
from scipy.special import logit

from cfanalysis.judging.projections import judge
from cfanalysis.judging.verdicts import Verdict
from cfanalysis.judging.winters import shake
from cfanalysis.models import forecast
from cfanalysis.models.prior import shipped
from cfanalysis.registers.entries import Projection
from cfanalysis.signals import compare_years

Row = tuple[str, str, str, str]


def complete() -> pd.DataFrame:
    """Months x authorities with something in every month."""
    frame = referrals()
    return frame.loc[:, frame.notna().all() & (frame.min() > 0)]


@dataclass(frozen=True)
class Winter:
    """One authority's winter: what was said of a fall, and whether it came."""

    year: int
    said: float
    plain: float
    came: bool


def read_winters(limit: int) -> list[Winter]:
    """Chances of a fall from each December, the national part learnt from the other winters only."""
    frame, found = complete(), []
    for year, _ in shipped().winters:
        december = pd.Period(f"{year - 1}-12", freq="M")
        others = replace(shipped(), winters=tuple(pair for pair in shipped().winters if pair[0] != year))
        for name in frame.columns[:limit]:
            autumn = frame.loc[december - 2 : december, name].mean()
            after = forecast(frame.loc[:december, name], 2, paths=1000).paths
            came = frame.loc[december + 1 : december + 2, name].mean() < autumn
            plain, said = (float((each.mean(axis=1) < autumn).mean()) for each in (after, shake(after, 0, others)))
            found.append(Winter(year, said, plain, bool(came)))
    return found


def slope_of(odds: np.ndarray, came: np.ndarray, weight: np.ndarray) -> float:
    """Slope of a logistic regression of what came on the log odds that were stated."""

    def loss(line: np.ndarray) -> float:
        score = line[0] + line[1] * odds
        return float((weight * (np.logaddexp(0, score) - came * score)).sum())

    return float(minimize(loss, [0.0, 1.0], method="BFGS").x[1])


def measure_winters(runs: int, seed: int) -> Iterator[Row]:
    """Reliability of the chance of a fall in January and February, one winter left out at a time; winters drawn again."""
    winters = read_winters(runs)
    rng, came = np.random.default_rng(seed), np.array([float(each.came) for each in winters])
    years, at = np.unique([each.year for each in winters], return_inverse=True)
    base = float(came.mean())
    for name, chances in (("said", [each.said for each in winters]), ("without the national part", [each.plain for each in winters])):
        chance = np.clip(chances, 0.002, 0.998)
        odds = logit(chance)
        drawn = [slope_of(odds, came, np.bincount(rng.integers(0, len(years), len(years)), minlength=len(years))[at]) for _ in range(200)]
        low, high = np.quantile(drawn, [0.05, 0.95])
        whole = slope_of(odds, came, np.ones(len(odds)))
        brier = f"{((chance - came) ** 2).mean():.3f}"
        yield f"winters: slope, {name}", "holds 1", f"{whole:.2f}", f"90 %: {low:.2f} to {high:.2f}"
        yield f"winters: Brier, {name}", f"< {base * (1 - base):.3f}", brier, "base rate"


NOW = 4
"""Months from the claim to the end of its window of two."""

STEADY: dict[str, Callable[[np.random.Generator], Made]] = {
    "count 40": lambda rng: make_count(rng, 40),
    "count 250": lambda rng: make_count(rng, 250),
    "75 % of 25": lambda rng: make_share(rng, 0.75, 25),
}


def claim(direction: str) -> Projection:
    """A claim for the last two months of a made series."""
    first, last = MONTHS[-2], MONTHS[-1]
    said = (MONTHS[-NOW] + 1).start_time.date()
    return Projection(
        id="none", said_on=date.isoformat(said), where="nowhere", who="nobody", indicator="referrals", direction=direction,
        window={"from": str(first), "to": str(last)}, reason="none", source="none",
    )  # fmt: skip


def hold(made: Made, direction: str) -> Verdict:
    """The verdict on a claim about a made series."""
    told = {name: value for name, value in made.told.items() if name != "kind"}
    return judge(claim(direction), made.series, kind=made.kind, paths=500, **told)


def measure_verdicts(runs: int, seed: int) -> Iterator[Row]:
    """Claims about series in which nothing happens; the same with the out-turn put 1.5 smallest changes beyond."""
    for name, make in STEADY.items():
        rng, met, reached, missed, tried, plain = np.random.default_rng(seed), 0, 0, 0, 0, 0
        for at in range(runs):
            made, way = make(rng), -1 if at % 2 else 1
            held = hold(made, "up" if way > 0 else "down")
            met += held.verdict == "met"
            reached += bool((held.observed.value - held.edge) * way > 0)
            plain += (held.observed.value - held.base.value) * way > 0
            beyond = _move(made, held, way)
            if (beyond - held.base.value) * way > 0:  # else the claim does not come true
                tried += 1
                missed += hold(_put(made, beyond), "up" if way > 0 else "down").verdict != "met"
        yield f"verdict: met by chance, {name}", "<= 12 %", f"{met / runs:.1%}", f"{plain / runs:.0%} went that way"
        yield f"verdict: smallest change reached by chance, {name}", "8-12 %", f"{reached / runs:.1%}", ""
        yield f"verdict: not met at 1.5 times it, {name}", "0 %", f"{missed / max(tried, 1):.1%}", f"{tried} tried"


def _move(made: Made, held: Verdict, way: int) -> float:
    size = 1.5 * held.smallest_change
    return held.expected + way * (size if made.denominator is not None else size * held.expected)


def _put(made: Made, value: float) -> Made:
    """The same with the window at a value."""
    series, below = made.series.copy(), made.denominator
    if below is None:
        series.iloc[-2:] = value
        return Made(series, made.kind)
    below = below.copy()
    below.iloc[-2:] = 1000 * below.iloc[-2:]  # so that whole numbers can stand where they should
    series.iloc[-2:] = np.clip(value / 100, 0, 1) * below.iloc[-2:]
    return Made(series, made.kind, below)


def measure_years(runs: int, seed: int) -> Iterator[Row]:
    """The year with the year before, a true change put in: direction against it, and against one month with one month."""
    months = MONTHS[-24:]
    makers: dict[str, Callable[[np.random.Generator, float], Made]] = {
        "count 20": lambda rng, by: make_count(rng, 20 * np.exp(np.repeat([0, by], 12)), months),
        "count 250": lambda rng, by: make_count(rng, 250 * np.exp(np.repeat([0, by], 12)), months),
        "25 % of 200": lambda rng, by: make_share(rng, 0.25 * np.exp(np.repeat([0, by], 12)), 200, months),
    }
    for name, make in makers.items():
        rng, wrong, naive, told = np.random.default_rng(seed), 0, 0, 0
        for _ in range(runs):
            by = float(rng.normal(0, 0.1))
            made = make(rng, by)
            found = compare_years(made.series, kind="count", denominator=made.denominator)
            wrong += found.direction == ("down" if by > 0 else "up")
            ratio = made.series if made.denominator is None else made.series / made.denominator
            naive += (ratio.iloc[-1] - ratio.iloc[-13]) * by < 0
            steady = make(rng, 0.0)
            told += compare_years(steady.series, kind="count", denominator=steady.denominator).direction in ("up", "down")
        yield f"year on year: wrong in sign, {name}", "<= 2 %", f"{wrong / runs:.1%}", f"month on month {naive / runs:.0%}"
        yield f"year on year: told of no change, {name}", "", f"{told / runs:.1%}", ""
