"""At which grain each series and category is offered: by month, by quarter, or by year to March.

A category that is sparse by month would be a row of hidden cells, and each of them would cost others. It is
offered by quarter, else by year. The grain of an earlier edition stays; a finer one may join it, once enough
is known to say that little of it would be hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, NUMERATOR
from cfanalysis.foundation.periods import GRAINS, Grain, ends_period, periods
from cfanalysis.indicators import Indicator
from cfanalysis.prepare.parts import dimension_of, is_small

MOST_SMALL = 0.1
"""Over more than a tenth of small cells a finer grain tells less than a coarser one."""

FEW_PERIODS, STRAYING = 6, 2.0
"""With fewer known periods than this, a count counts as small that is within so many square roots of itself of being so."""

JOINS = 0.05
"""A finer grain than that of earlier editions joins it with at most this share of small cells: what is near the edge stays as it is."""

MONTHS_OF: Mapping[Grain, int] = {"month": 1, "quarter": 3, "year": 12}

Key = tuple[str, str]
"""An indicator and a breakdown."""


def choose_grains(parts: pd.DataFrame, known: Mapping[str, Indicator], hide_below: int, before: Mapping[Key, Grain]) -> dict[Key, Grain]:
    """The grain of every (indicator, breakdown) of the parts; those of earlier editions (``before``) stay, or become finer."""
    found: dict[Key, Grain] = {}  # a whole series is offered by month: what is hidden of it stands beside its quarters and years
    for name, rows in parts.groupby("indicator", sort=False):
        indicator = known[str(name)]
        wide = _wide(_with_rest(rows) if indicator.rest else rows, indicator.on_a_day)
        alone = {breakdown: _offered(each, hide_below, before.get((indicator.name, breakdown))) for breakdown, each in wide.items()}
        for dimension in {dimension_of(breakdown) for breakdown in alone}:
            mine = {breakdown: grain for breakdown, grain in alone.items() if dimension_of(breakdown) == dimension}
            settled: Mapping[str, Grain] = (
                dict.fromkeys(mine, GRAINS[0]) if dimension == "" else _with_company(mine, wide, hide_below, indicator.name, before)
            )
            found |= {(indicator.name, breakdown): grain for breakdown, grain in settled.items()}
    return found


Wide = Mapping[Grain, np.ndarray]
"""At every grain the counts of one breakdown: parts x periods."""


def _with_rest(rows: pd.DataFrame) -> pd.DataFrame:
    """With what is left of each denominator, where that is protected like a count."""
    keys = ["breakdown", "month"]
    above, below = (rows[rows["part"] == part].set_index(keys)["value"] for part in (NUMERATOR, DENOMINATOR))
    left = (below - above).rename("value").reset_index().assign(part="rest")
    return pd.concat([rows, left], ignore_index=True)


def _wide(rows: pd.DataFrame, on_a_day: bool) -> dict[str, Wide]:
    """The counts of each breakdown of an indicator at every grain."""
    table = rows.pivot(index=["breakdown", "part"], columns="month", values="value")
    months = pd.PeriodIndex(table.columns, freq="M")
    at = {grain: _coarser(table.to_numpy(float), months, grain, on_a_day) for grain in GRAINS}
    names = table.index.get_level_values("breakdown")
    return {str(name): {grain: at[grain][names == name] for grain in GRAINS} for name in names.unique()}


def _coarser(values: np.ndarray, months: pd.PeriodIndex, grain: Grain, on_a_day: bool) -> np.ndarray:
    """Months added up to periods, or of what is there on a day the last month of each."""
    if grain == "month":
        return values
    if on_a_day:
        return np.asarray(values[:, [ends_period(month, grain) for month in months]])
    codes, names = pd.factorize(periods(months, grain))
    sums = np.zeros((values.shape[0], len(names)))
    np.add.at(sums.T, codes, values.T)
    whole = np.bincount(codes, minlength=len(names)) == MONTHS_OF[grain]  # a year that has just begun is no small year
    return np.where(whole, sums, np.nan)


def _share_small(values: np.ndarray, hide_below: int) -> float:
    """The share of periods in which any part is small, of those that are known; all of them where none is.

    Where some have been, the share that is to be expected of counts of this size, which vary by chance, if that is more: the grain
    chosen stays for all periods to come. Of a few periods, what could easily have been small counts whole.
    """
    known = np.asarray(~np.isnan(values).all(axis=0)) if values.size else np.empty(0, bool)
    if not known.any():
        return 1.0
    small = np.asarray(is_small(values, hide_below))
    if hide_below > 1 and known.sum() < FEW_PERIODS:
        small = small | (values - STRAYING * np.sqrt(values) < hide_below)
    found = float(np.asarray(small.any(axis=0))[known].mean())
    expected = np.nan_to_num(chance_of_small(values, hide_below)).max(axis=0)[known].mean() if found else 0.0
    return max(found, float(expected))


def chance_of_small(values: np.ndarray, hide_below: int) -> np.ndarray:
    """How likely a count that is usually so large is small: at least 1 and under the limit, by Poisson's distribution.

    >>> chance_of_small(np.array([0.0, 4.0, 10.0, 30.0]), 6).round(2).tolist()
    [0.0, 0.77, 0.07, 0.0]
    """
    from scipy.special import pdtr

    return np.asarray(pdtr(hide_below - 1, values) - np.exp(-values)) if hide_below > 1 else np.zeros(values.shape)


def _offered(wide: Wide, hide_below: int, before: Grain | None) -> Grain:
    """The finest grain with few small cells; beside that of earlier editions only one of which enough is known."""
    finer = GRAINS[:-1] if before is None else GRAINS[: GRAINS.index(before)]
    most = MOST_SMALL if before is None else JOINS
    fit = (grain for grain in finer if _share_small(wide[grain], hide_below) <= most)
    return next((grain for grain in fit if before is None or _known(wide[grain]) >= FEW_PERIODS), before or GRAINS[-1])


def _known(values: np.ndarray) -> int:
    return int((~np.isnan(values).all(axis=0)).sum())


def _with_company(
    grains: Mapping[str, Grain], wide: Mapping[str, Wide], hide_below: int, indicator: str, before: Mapping[Key, Grain]
) -> dict[str, Grain]:
    """The grains of one dimension such that what is left over at a finer grain is not small itself.

    Where all categories but one are shown by month, that one follows from the whole. The sparsest of the
    others then joins it, until what they hold together is large enough not to be hidden most of the time.
    """
    settled = dict(grains)
    for grain in GRAINS[:-1]:
        order = _sparsest_first(wide, [name for name in settled if _reaches(settled[name], grain)], grain, hide_below)
        movable = [name for name in order if not _reaches(before.get((indicator, name), GRAINS[-1]), grain)]
        while movable and _left_over_is_small(settled, wide, grain, hide_below):
            settled[movable.pop(0)] = GRAINS[GRAINS.index(grain) + 1]
    return settled


def _reaches(offered: Grain, grain: Grain) -> bool:
    """Whether something offered at one grain is there at another, the same or coarser."""
    return GRAINS.index(offered) <= GRAINS.index(grain)


def _sparsest_first(wide: Mapping[str, Wide], names: Sequence[str], grain: Grain, hide_below: int) -> list[str]:
    return sorted(names, key=lambda name: (-_share_small(wide[name][grain], hide_below), float(np.nansum(wide[name][grain])), name))


def _left_over_is_small(grains: Mapping[str, Grain], wide: Mapping[str, Wide], grain: Grain, hide_below: int) -> bool:
    coarse = [wide[name][grain] for name, offered in grains.items() if not _reaches(offered, grain)]
    if not coarse:
        return False
    return _share_small(np.nansum(coarse, axis=0), hide_below) > MOST_SMALL


def offered_at(grains: Mapping[Key, Grain], key: Key, grain: Grain) -> bool:
    """Whether a series has cells at a grain.

    >>> offered_at({("referrals", "all"): "month"}, ("referrals", "all"), "year")
    True
    """
    return _reaches(grains[key], grain)
