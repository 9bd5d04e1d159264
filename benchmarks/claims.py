"""How often what is said is false: ``python benchmarks/claims.py [--only NAME] [--runs N] [--seed N]``, one row a claim of issue 11.

``ours`` is the package as it stands, ``textbook`` a rule that people use. Rows of simulated series take the seed; ``held``
and ``winters`` read DfE's monthly referrals, the latter of as many authorities as there are runs. Forecasts by quarter beside
AutoETS, which wants an environment of its own, are in docs/methods/forecasting.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from claims_made import MONTHS, STATIONARY, Made, add_quarters, make_count, make_share
from claims_outlook import measure_verdicts, measure_winters, measure_years
from derive_panel_constants import referrals

from cfanalysis.signals import standing, unusual
from cfanalysis.signals.shifts.level import make_level
from cfanalysis.signals.unusual.task import read_task

Row = tuple[str, str, str, str]
"""Claim, target, ours, textbook."""
CHANGED, TWO_YEARS = 48, 24
RUN = 8
"""Textbook: eight months in a row on one side of the mean of the year before them."""


def run_of_eight(values: np.ndarray) -> np.ndarray:
    """The months at which the rule of eight on one side speaks."""
    found = [t for t in range(RUN + 12, len(values)) if _one_side(values[t - RUN + 1 : t + 1] - values[t - RUN - 11 : t - RUN + 1].mean())]
    return np.array(found, dtype=int)


def _one_side(apart: np.ndarray) -> bool:
    return bool((apart > 0).all() or (apart < 0).all())


def figures(made: Made) -> np.ndarray:
    """A series as it is drawn: of a share the share."""
    below = 1.0 if made.denominator is None else made.denominator.to_numpy(float)
    return np.asarray(made.series.to_numpy(float) / below)


def first_lasting(made: Made, since: int) -> pd.DataFrame:
    """Each shift told from a month on, at the first month at which it is lasting: onset, told, size, seen."""
    rows: dict[pd.Period, dict[str, object]] = {}
    for end in range(since, len(made.series)):
        now = made.to(made.series.index[end])
        for row in standing(now.series, **now.told).to_dict("records"):
            if row["standing"] == "lasting" and row["onset"] not in rows:
                rows[row["onset"]] = row | {"seen": made.series.index[end]}
    return pd.DataFrame(rows.values())


def measure_steady(runs: int, seed: int) -> Iterator[Row]:
    """A lasting shift told in the last two years of a series in which nothing happens."""
    for name, make in STATIONARY.items():
        rng, ours, textbook = np.random.default_rng(seed), 0, 0
        for _ in range(runs):
            made = make(rng)
            told = standing(made.series, **made.told)
            if len(told) and (told["told"] > MONTHS[-TWO_YEARS - 1]).any():
                found = first_lasting(made, len(MONTHS) - TWO_YEARS)
                ours += bool(len(found) and (found["told"] > MONTHS[-TWO_YEARS - 1]).any())
            textbook += bool((run_of_eight(figures(made)) >= len(MONTHS) - TWO_YEARS).any())
        yield f"steady: lasting shift of {name}", "<= 5 %", f"{ours / runs:.1%}", f"{textbook / runs:.0%}"


def measure_found(runs: int, seed: int) -> Iterator[Row]:
    """A lasting change of level told within months of its onset."""
    late = np.arange(len(MONTHS)) >= CHANGED
    cases: dict[str, tuple[Callable[[np.random.Generator], Made], int, str, str]] = {
        "+50 % of a count of 20 within 6 months": (lambda rng: make_count(rng, np.where(late, 30, 20)), 6, "up", ">= 70 %"),
        "75 % to 55 % of 25 within 9 months": (lambda rng: make_share(rng, np.where(late, 0.55, 0.75), 25), 9, "down", ">= 60 %"),
    }
    for name, (make, within, way, target) in cases.items():
        rng, ours, textbook = np.random.default_rng(seed), 0, 0
        for _ in range(runs):
            made = make(rng).to(MONTHS[CHANGED + within - 1])
            found = standing(made.series, **made.told)
            ours += bool(((found["told"] >= MONTHS[CHANGED]) & (found["direction"] == way)).any())
            textbook += bool((run_of_eight(figures(made)) >= CHANGED).any())
        yield f"found: {name}", target, f"{ours / runs:.0%}", f"{textbook / runs:.0%}"


def measure_unusual(runs: int, seed: int) -> Iterator[Row]:
    """Periods called unusual where nothing happens, shares and counts, by month and by quarter."""
    for period in ("monthly", "quarterly"):
        for name, make in STATIONARY.items():
            if name.startswith("stock"):
                continue
            rng, said, judged, flagged = np.random.default_rng(seed), 0, 0, 0
            for _ in range(runs):
                made = make(rng) if period == "monthly" else add_quarters(make(rng))
                states = unusual(made.series, **made.told)["state"].to_numpy()
                said, judged = said + (states == "unusual").sum(), judged + (states != "not judged").sum()
                values = figures(made)
                flagged += (np.abs(values - values.mean()) > values.std()).sum()
            textbook = f"{flagged / (runs * len(values)):.0%} beyond 1 sd"
            yield f"unusual: {name}, {period}", "0.5-1.4 %", f"{said / judged:.2%}", textbook


def measure_held(runs: int, seed: int) -> Iterator[Row]:
    """Of lasting shifts told on referrals, those of which half the stated size is there in the half-year after."""
    del runs, seed
    table, held, at_once = referrals(), [], []
    for name in table.columns[table.notna().sum() > 5 * 12]:
        series = table[name].dropna()
        level = make_level(read_task(series, "count", None, True, "reference", "covid", None))
        seen: set[pd.Period] = set()
        for end in pd.period_range("2015-01", "2021-12", freq="M"):
            for row in standing(series[:end]).to_dict("records"):
                after = np.flatnonzero((level.months > end) & (level.months <= end + 6))
                if len(after) < 3:
                    continue
                size = level.typical(after[0], after[-1] + 1) / row["before"] - 1
                if row["told"] == end:
                    at_once.append(size / row["change"] >= 0.5)
                if row["standing"] == "lasting" and row["onset"] not in seen:
                    seen.add(row["onset"])
                    held.append(size / row["size"] >= 0.5)
    yield f"held: half or more of {len(held)} lasting shifts", ">= 80 %", f"{np.mean(held):.0%}", f"{np.mean(at_once):.0%} when told"


MEASURES = {
    "steady": measure_steady,
    "found": measure_found,
    "unusual": measure_unusual,
    "held": measure_held,
    "winters": measure_winters,
    "verdicts": measure_verdicts,
    "years": measure_years,
}


def main() -> None:
    """Print the table, row by row as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=MEASURES)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"{'claim':56s} {'must':>10s} {'ours':>8s}  textbook")
    for name, measure in MEASURES.items():
        if chosen.only in (None, name):
            for claim, must, ours, textbook in measure(chosen.runs, chosen.seed):
                print(f"{claim:56s} {must:>10s} {ours:>8s}  {textbook}", flush=True)


if __name__ == "__main__":
    main()
