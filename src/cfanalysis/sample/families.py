"""Who comes: families new, families coming back within the year, families known from long ago; and their children."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER, YEAR, Clock
from cfanalysis.sample.demand import FAMILY_SIZES
from cfanalysis.sample.plans import Plan, path

SOON_DAYS, LATE_DAYS = 361, 400  # a re-referral lies within a year of the last one; a return lies beyond it
BACK_SOONER_DAYS = 190.0  # the chance of coming back fades with this mean
RETURNING_SHARE = 0.16  # families known from more than a year ago, by assumption
LONGEST_ABSENCE_DAYS = 6 * YEAR

# Age of the eldest at the first contact, from this year to that: England's children in need by age, 2024, roughly.
AGES = ((-0.5, 0, 0.03), (0, 1, 0.08), (1, 5, 0.24), (5, 10, 0.29), (10, 16, 0.30), (16, 17.8, 0.06))
UNBORN_FROM_DAYS = 220  # how long before birth a child can be named

ETHNICITY = {
    "WBRI": 0.735, "WOTH": 0.045, "WIRI": 0.005, "WROM": 0.007, "MWBC": 0.03, "MWBA": 0.012, "MWAS": 0.015, "MOTH": 0.028, "AIND": 0.012,
    "APKN": 0.022, "ABAN": 0.012, "AOTH": 0.018, "BCRB": 0.01, "BAFR": 0.022, "BOTH": 0.012, "CHNE": 0.002, "OOTH": 0.013,
}  # fmt: skip
DISABLED_SHARE = 0.12  # of children in need, England 2024


@dataclass(frozen=True)
class Children:
    """One row a child; children of one family lie side by side."""

    first: np.ndarray
    """Position of each family's first child, and one beyond the last family's."""
    frame: pd.DataFrame

    def of(self, family: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For many families: which of them a row repeats, and which child it is."""
        size = np.diff(self.first)[family]
        row = np.repeat(np.arange(len(family)), size)
        within = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
        return row, self.first[family][row] + within


def assign(plan: Plan, clock: Clock, day: np.ndarray, closes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which family makes each referral (days sorted), month by month: a share comes back within the year, only with its case closed.

    A family with an open case is not referred again, as the census has it.
    """
    family = np.full(len(day), -1)
    last_day, last_close, first_day = (np.full(len(day), NEVER) for _ in range(3))
    known = 0
    edges = np.searchsorted(day, clock.starts)
    back_share = path(plan, "rereferral", clock.months)
    for m, (start, stop) in enumerate(pairwise(edges)):
        begins, ends = clock.starts[m], clock.starts[m + 1]
        free = last_close[:known] < begins - 5
        since = last_day[:known]
        soon = np.flatnonzero(free & (since > ends - SOON_DAYS))
        late = np.flatnonzero(
            free & (since < begins - LATE_DAYS) & (since > begins - LONGEST_ABSENCE_DAYS) & (first_day[:known] > begins - 12 * YEAR)
        )
        order = start + rng.permutation(stop - start)
        back = _pick(soon, np.exp(-(begins - since[soon]) / BACK_SOONER_DAYS), rng.binomial(stop - start, back_share[m]), rng)
        returned = _pick(late, np.ones(len(late)), rng.binomial(stop - start, RETURNING_SHARE), rng)
        chosen = np.concatenate([back, returned])[: stop - start]
        fresh = np.arange(known, known + stop - start - len(chosen))
        family[order] = np.concatenate([chosen, fresh])
        first_day[fresh] = begins
        known += len(fresh)
        last_day[family[start:stop]], last_close[family[start:stop]] = day[start:stop], closes[start:stop]
    return family


def _pick(candidates: np.ndarray, weight: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` different candidates, the heavier the likelier (the smallest exponential clocks ring first)."""
    n = min(n, len(candidates))
    if n == 0:
        return candidates[:0]
    return candidates[np.argpartition(rng.exponential(1.0, len(candidates)) / weight, n - 1)[:n]]


def children(plan: Plan, family: np.ndarray, day: np.ndarray, rng: np.random.Generator) -> Children:
    """Children of every family, aged so that the eldest is a plausible child at the first contact."""
    families = int(family.max()) + 1
    seen_first = np.full(families, NEVER)
    np.minimum.at(seen_first, family, day)
    size = rng.choice(np.arange(1, 5), families, p=FAMILY_SIZES)
    first = np.concatenate([[0], np.cumsum(size)])
    of_family = np.repeat(np.arange(families), size)
    low, high, share = np.array(AGES).T
    band = rng.choice(len(share), families, p=share)
    eldest = low[band] + (high - low)[band] * rng.random(families)
    order = np.arange(len(of_family)) - first[of_family]
    age = eldest[of_family] - order * (1.2 + 2.2 * rng.random(len(of_family)))
    age = np.where(age < -0.5, rng.random(len(of_family)) * np.maximum(eldest[of_family], 0.5), age)
    n = len(of_family)
    born = (seen_first[of_family] - age * YEAR).astype(np.int64)
    area = rng.choice(list(plan.areas), families, p=np.array(list(plan.areas.values())) / sum(plan.areas.values()))
    ethnic = rng.choice(list(ETHNICITY), families, p=np.array(list(ETHNICITY.values())) / sum(ETHNICITY.values()))
    shuffled = rng.permutation(n) + 1  # numbers that tell nothing of the order in which families came
    frame = pd.DataFrame({
        "child": np.char.add(f"SYN{plan.letter}", np.char.zfill(shuffled.astype(str), 6)),
        "born": born,
        "sex": np.where(rng.random(n) < 0.512, "M", "F"),
        "ethnicity": ethnic[of_family],
        "disabled": rng.random(n) < DISABLED_SHARE,
        "area": area[of_family],
        "family": of_family,
    })  # fmt: skip
    return Children(first, frame)


def is_child(born: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Under 18 on the day, and conceived."""
    return np.asarray((day - born < 18 * YEAR) & (born - day < UNBORN_FROM_DAYS))
