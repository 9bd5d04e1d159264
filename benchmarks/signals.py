"""Unusual months and shifts on DfE's monthly referrals, beside the rules people use: ``python benchmarks/signals.py [--limit N]``.

Every month from April 2017 to February 2020 is judged from the months before it. ``alarms``: share of months at alert (of a rule: flagged).
``worst``: the calendar month with most. ``+50 %`` and so on: one month multiplied, found at the z beyond which 0.5 % of untouched months
lie in that tail, so that rules with different habits can be compared. ``ms``: time for a month of history.

"learnt before" is cf.unusual with the month profile and the prior noise taken only from months before April 2017.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pandas as pd
from derive_panel_constants import referrals

from cfanalysis import explain, farrington, shifts, unusual
from cfanalysis.foundation.months import COVID_MONTHS
from cfanalysis.models import one_step
from cfanalysis.reference.working_days import working_days
from cfanalysis.signals.classic.farrington_options import FARRINGTON_1996_MONTHLY
from cfanalysis.signals.unusual.inputs import exposure, reference_profile

START, END = pd.Period("2017-04", freq="M"), pd.Period("2020-02", freq="M")
ALERTS = ("alert", "strong", "extreme")
FACTORS = (1.5, 2.0, 0.5)
TAIL = 0.005

Rule = Callable[[pd.Series], pd.DataFrame]


def textbook(y: pd.Series) -> pd.DataFrame:
    """Mean and standard deviation of all earlier months, flagged beyond one."""
    z = (y - y.expanding().mean().shift(1)) / y.expanding().std().shift(1)
    return pd.DataFrame({"z": z, "alarm": z.abs() > 1})


def xmr(y: pd.Series) -> pd.DataFrame:
    """XmR: mean of the 24 months before, limits from their moving range, flagged beyond three sigma."""
    sigma = y.diff().abs().rolling(23).mean().shift(1) / 1.128
    z = (y - y.rolling(24).mean().shift(1)) / sigma
    return pd.DataFrame({"z": z, "alarm": z.abs() > 3})


def quasi_poisson(y: pd.Series) -> pd.DataFrame:
    """A discounted level (0.90) with season and working days, quasi-Poisson, both tails reweighted: the prototype."""
    offered = exposure(y.index, calendar=True, profile=reference_profile())
    figures, covid = y.to_numpy(float), y.index.isin(COVID_MONTHS)
    z = np.full(len(y), np.nan)
    events, trials, squares, weights = 0.0, 0.0, 24.0, 6.0
    for t in range(len(y)):
        trust = 1.0
        if t >= 6:
            mean = events / trials * offered[t]
            score = 1.5 * (figures[t] ** (2 / 3) - mean ** (2 / 3)) / mean ** (1 / 6)
            z[t] = score / np.sqrt(max(squares / weights, 1.0)) if t >= 12 else np.nan
            trust = min(1.0, (2.58 / max(abs(z[t]), 1e-9)) ** 2) if t >= 12 else 1.0
            squares, weights = 0.98 * squares + trust * score**2, 0.98 * weights + 1
        if not covid[t]:
            events, trials = 0.9 * events + trust * figures[t], 0.9 * trials + trust * offered[t]
    return pd.DataFrame({"z": z, "alarm": np.abs(z) > 2.58}, index=y.index)


def textbook_farrington(y: pd.Series) -> pd.DataFrame:
    """Farrington 1996 for months, limits at 0.5 % a side: the month and its neighbours in three years before."""
    found = farrington(y, **(FARRINGTON_1996_MONTHLY | {"b": 3}))
    z = np.where(found["observed"] >= found["expected"], 1.0, -1.0) * _distance(found)
    frame = pd.DataFrame(
        {"z": z, "alarm": (found["alarm"] | found["low_alarm"]).to_numpy()}, index=pd.PeriodIndex(found["month"], freq="M")
    )
    return frame.reindex(y.index)


def _distance(found: pd.DataFrame) -> np.ndarray:
    """How far out, in lengths from the expected number to the limit on that side."""
    above = (found["observed"] - found["expected"]) / (found["upper"] - found["expected"])
    below = (found["expected"] - found["observed"]) / (found["expected"] - found["lower"])
    return np.where(found["observed"] >= found["expected"], above, below)


def core(y: pd.Series) -> pd.DataFrame:
    """The forecast core's own one-step tail, flagged at the same z as cf.unusual."""
    z = one_step(y)["z"].reindex(y.index)
    return pd.DataFrame({"z": z, "alarm": z.abs() > 2.55})


def ours(y: pd.Series, **told: object) -> pd.DataFrame:
    """cf.unusual at alert."""
    found = unusual(y, **told)
    return pd.DataFrame({"z": found["z"].to_numpy(), "alarm": found["severity"].isin(ALERTS).to_numpy()}, index=y.index)


def earlier_profile(table: pd.DataFrame) -> list[float]:
    """January-first profile per working day from months before the scored period."""
    rate = table[: START - 1].div(working_days(table[: START - 1].index), axis=0)
    level = rate.rolling(12, center=True).mean()
    ratio = (rate / level).median(axis=1).dropna()
    by_month = ratio.groupby(ratio.index.month).mean()
    return (by_month / by_month.mean()).reindex([4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]).tolist()  # April first


def learnt_before(table: pd.DataFrame) -> Rule:
    """cf.unusual with nothing from the scored period: its own profile and prior noise."""
    profile = earlier_profile(table)
    module = sys.modules["cfanalysis.signals.unusual.months"]

    def rule(y: pd.Series) -> pd.DataFrame:
        shipped = module.FLOW_NOISE
        module.FLOW_NOISE = (2.5, 0.003)  # least squares over the same authorities, months before April 2017
        try:
            return ours(y, season=profile)
        finally:
            module.FLOW_NOISE = shipped

    return rule


def score(name: str, rule: Rule, table: pd.DataFrame, every: int) -> dict[str, object]:
    """One row of the table."""
    months = pd.period_range(START, END, freq="M")
    began = time.perf_counter()
    judged = [rule(table[area][:END]) for area in table]
    seconds = time.perf_counter() - began
    z = np.array([found["z"].reindex(months).to_numpy(float) for found in judged])
    alarm = np.array([found["alarm"].reindex(months).to_numpy(bool) for found in judged])
    by_month = {m: 100 * alarm[:, months.month == m].mean() for m in range(1, 13)}
    worst = max(by_month, key=lambda m: by_month[m])
    high, low = np.nanquantile(z, 1 - TAIL), np.nanquantile(z, TAIL)
    found = {}
    for factor in FACTORS:
        hits = []
        for offset, area in enumerate(table):
            for month in months[offset % every :: every]:
                changed = table[area][:month].astype(float).copy()
                changed.iloc[-1] = np.round(changed.iloc[-1] * factor)
                value = rule(changed)["z"].iloc[-1]
                hits.append(value > high if factor > 1 else value < low)
        found[f"{100 * (factor - 1):+.0f} %"] = f"{100 * np.mean(hits):.0f}"
    length = sum(len(found) for found in judged)
    return {
        "rule": name,
        "alarms %": f"{100 * alarm.mean():.2f}",
        "worst": f"{worst}: {by_month[worst]:.1f}",
        **found,
        "ms": f"{1000 * seconds / length:.2f}",
    }


def lasting(table: pd.DataFrame) -> str:
    """Onsets a series-year, and how many lasting +50 % are told within six months."""
    told = sum(len(shifts(table[area])) for area in table)
    years = table.shape[1] * (len(table) - 12) / 12
    generator = np.random.default_rng(3)
    hits, near = [], []
    for area in table:
        at = int(generator.integers(30, 90))
        changed = table[area].iloc[: at + 6].astype(float).copy()
        changed.iloc[at:] = np.round(changed.iloc[at:] * 1.5)
        found = shifts(changed)
        found = found[(found["told"] >= table.index[at]) & (found["direction"] == "up")]
        hits.append(len(found) > 0)
        near += [abs((found["onset"].iloc[0] - table.index[at]).n) <= 1] if len(found) else []
    return (
        f"shifts: {told / years:.2f} onsets a series-year; a lasting +50 % told within six months in {100 * np.mean(hits):.0f} %, "
        f"dated to a month in {100 * np.mean(near):.0f} % of those"
    )


def pelt(table: pd.DataFrame) -> str:
    """ruptures' PELT on whole histories with the same change put in: how often its nearest change is within a month."""
    ruptures = import_module("ruptures")
    generator = np.random.default_rng(3)
    near = []
    for area in table:
        at = int(generator.integers(30, 90))
        changed = table[area].iloc[: at + 6].astype(float).copy()
        changed.iloc[at:] *= 1.5
        x = np.log(changed.to_numpy()) - np.log(exposure(changed.index, calendar=True, profile=reference_profile()))
        noise = np.median(np.abs(np.diff(x))) ** 2 / (2 * 0.455)
        splits = ruptures.Pelt(model="l2", jump=1, min_size=2).fit(x).predict(pen=3 * np.log(len(x)) * noise)
        near.append(min((abs(split - at) for split in splits[:-1]), default=99) <= 1)
    return f"PELT (ruptures, jump 1) with the same six months: a change within a month of it in {100 * np.mean(near):.0f} % of all"


def catch_up(table: pd.DataFrame) -> str:
    """Half of a month moved on, and genuine spikes: how often each is called catch-up when flagged."""
    generator = np.random.default_rng(5)
    called: dict[str, list[bool]] = {"moved": [], "genuine": []}
    for area in table:
        at = int(generator.integers(40, 82))
        moved = table[area].iloc[: at + 2].astype(float).copy()
        half = moved.iloc[at - 1] // 2
        moved.iloc[at - 1] -= half
        moved.iloc[at] += half
        genuine = table[area].iloc[: at + 2].astype(float).copy()
        genuine.iloc[at] *= 1.75
        for kind, changed, first in (("moved", moved, at - 1), ("genuine", genuine, at)):
            judged = unusual(changed)
            alerts = judged[judged["severity"].isin(ALERTS) & judged["month"].isin(changed.index[first : at + 1])]
            found = explain(changed, alerts)
            called[kind] += found.loc[found["cause"] == "catch_up", "verdict"].eq("yes").tolist() if len(found) else []
    moved, genuine = (f"{100 * np.mean(called[kind]):.0f} % of {len(called[kind])}" for kind in ("moved", "genuine"))
    return f"called catch-up: {moved} flagged months where half a month was moved on; {genuine} flagged spikes"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=40, help="authorities, spread evenly (0 for all)")
    parser.add_argument("--every", type=int, default=6, help="inject into every Nth month")
    chosen = parser.parse_args()
    whole = referrals()
    whole = whole.loc[:, whole.notna().all() & (whole.min() > 0)]
    table = whole.iloc[:, :: max(1, whole.shape[1] // chosen.limit)] if chosen.limit else whole
    rules: dict[str, Rule] = {
        "cf.unusual": ours,
        "cf.unusual, learnt before": learnt_before(whole),
        "forecast core's one-step tail": core,
        "discounted quasi-Poisson z": quasi_poisson,
        "Farrington 1996, three years": textbook_farrington,
        "XmR, 24 months": xmr,
        "mean +/- 1 SD": textbook,
    }
    print(f"{table.shape[1]} authorities, {START} to {END}")
    print(pd.DataFrame([score(name, rule, table, chosen.every) for name, rule in rules.items()]).to_string(index=False))
    print(lasting(table))
    print(pelt(table))
    print(catch_up(table))


if __name__ == "__main__":
    main()
