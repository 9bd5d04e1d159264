"""What follows a referral: decision, assessment, section 47, conference, plan, care, closing. One row a family; children come later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER, YEAR, Clock
from cfanalysis.sample.demand import season
from cfanalysis.sample.plans import Plan, path

# Working days from start to authorisation (C2 bins, England 2024: of those within 45 days) and beyond.
ASSESSMENT_BINS = ((0, 0, 0.02), (1, 10, 0.16), (11, 20, 0.16), (21, 30, 0.17), (31, 40, 0.27), (41, 45, 0.22))
ASSESSMENT_LIMIT, ASSESSMENT_LATE_MEAN = 45, 14
# Working days from section 47 to conference (C4 bins): most in the third week; late ones by assumption.
ICPC_LIMIT, ICPC_LATE_MEAN = 15, 8
# A share of cases closes soon, the rest runs on (35 % of open cases are two years old or more, B1 2024); scaled to the authority's stock.
SHORT_SHARE, SHORT_MEAN_DAYS, LONG_MEAN_DAYS = 0.55, 80.0, 520.0
GROWN_UP_LOSS = 0.93  # how much of its length an episode keeps on average, as young people turn 18; measured on this generator
# Closings a calendar day, April to March: fewer in August and December, more before the summer and the year's end. By assumption.
CLOSING_SEASON = np.array([0.97, 1.0, 1.03, 1.10, 0.86, 1.0, 1.02, 1.03, 0.88, 1.0, 1.0, 1.11])
PLAN_SHAPE, PLAN_MEAN_DAYS, PLAN_SHORTEST = (
    1.9,
    285.0,
    85,
)  # shape by assumption; mean .80 years: 49,900 plans open against 62,110 started (D1, D3, 2024)
SECOND_S47_SHARE = 0.22  # of families with one
CARE_SHORT_SHARE, CARE_SHORT_MEAN, CARE_LONG_MEAN = 0.35, 75.0, 1500.0  # days
CARE_CHILD_SHARE = 0.6  # children of a family who go into care when one does
CARE_MEAN_DAYS = 850.0  # after coming of age; measured on this generator


def follow(plan: Plan, clock: Clock, day: np.ndarray, source: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The way of every referral (one row a family), and its section 47 enquiries (none, one or two rows).

    ``closes`` is the day the case closes: the referral's own day without further action, the authorisation where nothing was needed.
    """
    month = clock.month_of(day)
    p = {name: path(plan, name, clock.months)[month] for name in ("nfa", "not_in_need", "assessed", "s47", "care")}
    nfa = rng.random(len(day)) < _weighed(p["nfa"], source == "6", plan.base["nfa_police"])
    assessed = ~nfa & (rng.random(len(day)) < p["assessed"])
    started = clock.add(day, rng.choice(4, len(day), p=[0.35, 0.35, 0.2, 0.1]))
    authorised = clock.add(started, _assessment_days(path(plan, "assess_in_time", clock.months)[month], rng))
    not_in_need = assessed & (rng.random(len(day)) < p["not_in_need"] / np.maximum((1 - p["nfa"]) * p["assessed"], 0.01))
    need = ~nfa & ~not_in_need
    ways = pd.DataFrame({"day": day, "source": source, "nfa": nfa, "assessed": assessed, "need": need})
    ways["started"], ways["authorised"] = np.where(assessed, started, NEVER), np.where(assessed, authorised, NEVER)
    settled = np.where(assessed, authorised, clock.add(day, np.full(len(day), 10)))
    first = _enquiries(plan, clock, np.flatnonzero(need & (rng.random(len(day)) < p["s47"])), started, rng)
    ways["into_care"] = np.where(
        need & (rng.random(len(day)) < p["care"] * _care_share(plan)), clock.add(settled, rng.integers(0, 140, len(day))), NEVER
    )
    ways["care_days"] = _two_speeds(len(day), CARE_SHORT_SHARE, CARE_SHORT_MEAN, CARE_LONG_MEAN, rng)
    floor = settled.astype(float)
    np.maximum.at(floor, first["way"].to_numpy(), np.where(first["plan_end"] < NEVER, first["plan_end"] + 45, 0))
    floor = np.maximum(floor, np.where(ways["into_care"] < NEVER, ways["into_care"] + ways["care_days"] + 30, 0))
    ways["closes"] = np.where(nfa, day, clock.add(settled, rng.integers(0, 4, len(day))))
    ways.loc[need, "closes"] = _closing(plan, clock, day[need], settled[need], floor[need], rng)
    again = _second_enquiries(plan, clock, ways, first, rng)
    return ways, pd.concat([first, again], ignore_index=True)


def _weighed(share: np.ndarray, police: np.ndarray, weight: float) -> np.ndarray:
    """Police referrals end without further action more often (or less), the others so that the whole keeps its share."""
    of_police = police.mean()
    others = share * (1 - of_police * weight) / (1 - of_police)
    return np.clip(np.where(police, share * weight, others), 0, 0.97)


def _assessment_days(in_time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    low, high, weight = np.array(ASSESSMENT_BINS).T
    picked = rng.choice(len(weight), len(in_time), p=weight / weight.sum())
    inside = rng.integers(low[picked].astype(int), high[picked].astype(int) + 1)
    late = ASSESSMENT_LIMIT + rng.geometric(1 / ASSESSMENT_LATE_MEAN, len(in_time))
    return np.where(rng.random(len(in_time)) < in_time, inside, late)


def _two_speeds(n: int, share: float, short: float, long: float, rng: np.random.Generator) -> np.ndarray:
    return rng.exponential(1.0, n) * np.where(rng.random(n) < share, short, long)


def _enquiries(plan: Plan, clock: Clock, ways: np.ndarray, started: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Section 47 enquiries beginning near the assessment, most within a week and a half."""
    n = len(ways)
    delay = np.where(rng.random(n) < 0.75, rng.integers(0, 9, n), rng.integers(15, 120, n))
    return _conferences(plan, clock, ways, clock.add(started[ways], delay), rng)


def _conferences(plan: Plan, clock: Clock, ways: np.ndarray, s47: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    n, month = len(ways), clock.month_of(s47)
    in_time = rng.random(n) < path(plan, "icpc_in_time", clock.months)[month]
    days = np.where(in_time, ICPC_LIMIT - np.minimum(rng.geometric(0.22, n) - 1, 14), ICPC_LIMIT + rng.geometric(1 / ICPC_LATE_MEAN, n))
    held = rng.random(n) < path(plan, "icpc", clock.months)[month]
    icpc = clock.add(s47, days)
    put_off = rng.random(n) < path(plan, "icpc_put_off", clock.months)[clock.month_of(icpc)]
    icpc = np.where(put_off, clock.add(icpc, rng.integers(15, 26, n)), icpc)
    on_plan = held & (rng.random(n) < path(plan, "plan", clock.months)[month])
    length = np.maximum(
        rng.gamma(PLAN_SHAPE, PLAN_MEAN_DAYS / PLAN_SHAPE, n) * path(plan, "plan_length", clock.months)[month], PLAN_SHORTEST
    )
    ends = clock.open_day(icpc + length.astype(np.int64))
    return pd.DataFrame({
        "way": ways,
        "s47": s47,
        "icpc": np.where(held, icpc, NEVER),
        "plan_start": np.where(on_plan, icpc, NEVER),
        "plan_end": np.where(on_plan, ends, NEVER),
    })  # fmt: skip


def _second_enquiries(plan: Plan, clock: Clock, ways: pd.DataFrame, first: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A later enquiry while the case is open; a conference only where no plan is running and time is left for one."""
    again = first[rng.random(len(first)) < SECOND_S47_SHARE]
    closes = ways["closes"].to_numpy()[again["way"]]
    s47 = clock.open_day((again["s47"] + rng.integers(60, 420, len(again))).to_numpy())
    fits = s47 < closes - 10
    made = _conferences(plan, clock, again["way"].to_numpy()[fits], s47[fits], rng)
    ended = again["plan_end"].where(again["plan_end"] < NEVER, 0).to_numpy()[fits]
    barred = (made["s47"].to_numpy() < ended + 30) | (made["icpc"].to_numpy() + PLAN_SHORTEST > closes[fits])
    made.loc[barred, ["icpc", "plan_start", "plan_end"]] = NEVER
    made["plan_end"] = np.where(made["plan_end"] < NEVER, np.minimum(made["plan_end"], closes[fits]), NEVER)
    return made


def _care_share(plan: Plan) -> float:
    """The share of families in need with a child going into care that keeps the looked after at the authority's rate."""
    in_care = plan.base["cla_rate"] * plan.population / 10_000
    return float(in_care / (CARE_MEAN_DAYS * CARE_CHILD_SHARE * _need_a_day(plan)))


def _need_a_day(plan: Plan) -> float:
    return float(plan.base["referrals"] * 12 / YEAR * (1 - plan.base["nfa"] - plan.base["not_in_need"]))


def _closing(plan: Plan, clock: Clock, day: np.ndarray, settled: np.ndarray, floor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Days on which cases in need close, scaled so that the open stock stands at the authority's rate.

    Durations run on an operational clock that slows in August and December and where a slowing or a push is planted.
    """
    hazard = path(plan, "closing", clock.months) * season(CLOSING_SEASON / CLOSING_SEASON.mean(), clock.months)
    ticks = np.concatenate([[0.0], np.cumsum(hazard * np.diff(clock.starts))])
    days = clock.starts.astype(float)
    ticks, days = np.append(ticks, ticks[-1] + NEVER), np.append(days, days[-1] + NEVER)
    begun = np.interp(settled, days, ticks)
    length = _two_speeds(len(day), SHORT_SHARE, SHORT_MEAN_DAYS, LONG_MEAN_DAYS, rng)
    stock = plan.base["cin_rate"] * plan.population / 10_000
    waiting = plan.base["not_in_need"] * plan.base["referrals"] * 12 / YEAR * 45  # open until assessed as not in need
    wanted = (stock - waiting) / _need_a_day(plan) / GROWN_UP_LOSS

    def closes(scale: float) -> np.ndarray:
        return np.asarray(np.maximum(np.interp(begun + scale * length, ticks, days), floor))

    usual = day < clock.starts[-1] - 8 * YEAR  # scaled on the years before anything is planted
    low, high = 0.01, 20.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if (closes(middle) - day)[usual].mean() < wanted else (low, middle)
    return clock.open_day(closes(low).astype(np.int64))
