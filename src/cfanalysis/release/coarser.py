"""What coarser cells tell of hidden months: a released quarter or year less the months of it that are shown.

Hidden months are not missing at random, for it is the small ones that are hidden: a level taken from
the others is too high. Where a coarser cell is released, its remainder is what the hidden months of
it come to together. Everything here is arithmetic on released figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE, NUMERATOR
from cfanalysis.foundation.periods import GRAINS, grain_of, months_of

HIDDEN = "c"


def spread_hidden(figures: pd.DataFrame) -> pd.DataFrame:
    """The hidden months that coarser cells tell of, by part: each an equal share of what they come to.

    ``figures`` are those of one series: period, part, value, flag, at every grain there is. A
    numerator is shared out as its denominator is, so that no month has more than there are. The sums
    are true, single months are not: for levels over many months only.

    >>> told = pd.DataFrame({
    ...     "period": ["2017-04", "2017-05", "2017-06", "2017-Q2"], "part": "figure",
    ...     "value": [15.0, np.nan, np.nan, 27.0], "flag": ["", "c", "c", ""]})
    >>> spread_hidden(told)["figure"].tolist()
    [6.0, 6.0]
    """
    held = {str(part): _cells(rows) for part, rows in figures.groupby("part")}
    found: dict[str, pd.Series] = {}
    for part in (FIGURE, DENOMINATOR, NUMERATOR):
        if part in held:
            weights = _whole(held, found, DENOMINATOR) if part == NUMERATOR else pd.Series(dtype=float)
            found[part] = _spread(held[part], figures[figures["part"] == part], weights)
    return pd.DataFrame(found).dropna(how="all")


def _cells(rows: pd.DataFrame) -> pd.Series:
    """The months of a part by month; hidden ones are missing, and others that have no figure are left out."""
    monthly = rows[[grain_of(period) == GRAINS[0] for period in rows["period"]]]
    monthly = monthly[monthly["value"].notna() | (monthly["flag"] == HIDDEN)]
    return pd.Series(monthly["value"].to_numpy(float), pd.PeriodIndex(monthly["period"].str[:7], freq="M"))


def _whole(held: Mapping[str, pd.Series], found: Mapping[str, pd.Series], part: str) -> pd.Series:
    """A part with what is known of its hidden months."""
    return held[part].fillna(found[part]) if part in found else pd.Series(dtype=float)


def _spread(months: pd.Series, rows: pd.DataFrame, weights: pd.Series) -> pd.Series:
    """The finest cells first: what a quarter tells, a year need not."""
    filled, shown = months.copy(), rows[rows["value"].notna()]
    gaps = months.index[months.isna()]
    for grain in GRAINS[1:]:
        cells = shown[[grain_of(period) == grain for period in shown["period"]]]
        for period, value in zip(cells["period"], cells["value"], strict=True):
            first, last = months_of(period)
            if not ((gaps >= first) & (gaps <= last)).any():
                continue
            inside = pd.period_range(first, last, freq="M")
            if not inside.isin(filled.index).all():
                continue
            known = filled[inside]
            hidden = inside[known.isna()]
            if len(hidden):
                filled[hidden] = max(float(value) - float(known.sum()), 0.0) * _shares(hidden, weights)
    return filled[months.isna()].dropna()


def _shares(hidden: pd.PeriodIndex, weights: pd.Series) -> np.ndarray:
    told = weights.reindex(hidden).to_numpy(float)
    if len(told) and np.isfinite(told).all() and told.sum() > 0:
        return np.asarray(told / told.sum())
    return np.full(len(hidden), 1 / len(hidden))
