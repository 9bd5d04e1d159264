"""A base of counts as an authority's would be, in a few lines: sums by category, nested periods, a stock with its flows, a percentage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.disclosure.structure import Structure

STRUCTURE = Structure(stocks=(("open", "started", "ended"),), rest=frozenset({"seen"}), percents=frozenset({"nfa"}))
LIST = Sequence[tuple[str, str, str, str, float]]


FIRST_CORRECTED = 13
"""The first edition, by its months, that puts earlier ones right."""


def made_base(seed: int, months: int = 24, *, late: int = 0, size: float = 1.0, corrections: int = 0) -> pd.DataFrame:
    """late: so many of the newest months still lack a record or two, as an edition sent then would. size: of all counts.
    corrections: how many records of earlier months each edition adds, takes away or moves to another category."""
    rng = np.random.default_rng(seed)
    period = pd.period_range("2021-04", periods=60, freq="M")
    counts = {
        name: {f"{dimension}: {each}": rng.poisson(mean * size, 60) for each, mean in zip("abcd", means, strict=False)}
        for name, dimension, means in (
            ("referrals", "source", (30, 14, 9, 22)), ("started", "age", (16, 9, 12)), ("ended", "age", (12, 15, 10)),
        )
    }  # fmt: skip
    counts["nfa"] = {name: rng.binomial(each, 0.35) for name, each in counts["referrals"].items()}
    counts["seen"] = {name: rng.binomial(each, 0.9) for name, each in counts["started"].items()}
    for edition in range(FIRST_CORRECTED, months + 1):
        _put_right(counts, np.random.default_rng([seed, edition]), edition, corrections)
    for step in range(late):
        lacks = list(counts["referrals"])[(seed + months + step) % 4]
        at = months - 1 - step
        counts["referrals"][lacks][at] = max(counts["referrals"][lacks][at] - 1, counts["nfa"][lacks][at])
    rows: list[tuple[str, str, str, str, float]] = []
    for name, of in {"referrals": None, "started": None, "ended": None, "nfa": "referrals", "seen": "started"}.items():
        parts = {"figure": counts[name]} if of is None else {"numerator": counts[name], "denominator": counts[of]}
        for part, categories in parts.items():
            for breakdown, values in {**categories, "all": np.sum(list(categories.values()), axis=0)}.items():
                rows += _nested(name, breakdown, part, period[:months], values[:months])
    flow = np.sum(list(counts["started"].values()), axis=0) - np.sum(list(counts["ended"].values()), axis=0)
    rows += [("open", "all", str(month.end_time.date()), "figure", float(value))
             for month, value in zip(period[:months], 200 + np.cumsum(flow), strict=False)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["indicator", "breakdown", "period", "part", "value"])
    return frame.assign(flag="", priority=(frame["breakdown"] != "all").astype(int))


def _put_right(counts: dict[str, dict[str, np.ndarray]], rng: np.random.Generator, edition: int, corrections: int) -> None:
    """Records that come late, turn out to be none, or belong to another category."""
    for _ in range(corrections):
        name = rng.choice(["referrals", "started", "ended"])
        one, other = rng.choice(list(counts[name]), 2, replace=False)
        at, kind = int(edition - 1 - rng.geometric(0.2)) % edition, rng.choice(["more", "less", "moved"])
        if kind != "less":
            counts[name][one][at] += 1
        if kind != "more":
            counts[name][other][at] = max(counts[name][other][at] - 1, 0)
    for name, of in (("nfa", "referrals"), ("seen", "started")):
        for category in counts[name]:
            counts[name][category] = np.minimum(counts[name][category], counts[of][category])


def _nested(name: str, breakdown: str, part: str, period: pd.PeriodIndex, values: np.ndarray) -> LIST:
    """Months, and the quarters and years to March of which all months are there."""
    quarters = [f"{month.year}-Q{month.quarter}" for month in period]
    first = [month.year - (month.month < 4) for month in period]
    years = [f"{year}/{(year + 1) % 100:02d}" for year in first]
    found = [(name, breakdown, str(month), part, float(value)) for month, value in zip(period, values, strict=True)]
    for labels, size in ((quarters, 3), (years, 12)):
        sums = pd.Series(values).groupby(labels).agg(["sum", "size"])
        found += [(name, breakdown, str(label), part, float(total)) for label, total in sums.loc[sums["size"] == size, "sum"].items()]
    return found
