"""From monthly parts to the cells of the base: every part at its grain and at the coarser ones it nests in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import ADDRESS
from cfanalysis.foundation.periods import GRAINS, MONTHS_IN, Grain, date_period, ends_period, periods
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import Indicator
from cfanalysis.prepare.grains import Key, offered_at

WITHHELD_FIRST, LESS_WANTED = 100_000, 30_000
"""Categories give way before whole series; among them what the catalogue says is wanted less, by each step of it."""

CELL_COLUMNS = (*ADDRESS, "value", "flag", "priority")


def make_cells(parts: pd.DataFrame, known: Mapping[str, Indicator], grains: Mapping[Key, Grain]) -> pd.DataFrame:
    """The cells of the base: address, value, flag, priority (what has a higher one is withheld first).

    A month adds to the quarter and the year that it lies in where all months of them are known. What is
    counted on a day is given on the last day of the month, at a coarser grain on the last day of each period.
    """
    found = [cells for name, rows in parts.groupby("indicator", sort=False) for cells in _of_indicator(rows, known[str(name)], grains)]
    cells = pd.concat(found, ignore_index=True)
    return cells.assign(priority=_priority(cells, known))[list(CELL_COLUMNS)]


def _of_indicator(rows: pd.DataFrame, indicator: Indicator, grains: Mapping[Key, Grain]) -> Iterator[pd.DataFrame]:
    names = rows["breakdown"].unique()
    for grain in GRAINS:
        here = [name for name in names if offered_at(grains, (indicator.name, name), grain)]
        if not here:
            continue
        mine = rows if len(here) == len(names) else rows[rows["breakdown"].isin(here)]
        if indicator.on_a_day:
            first = mine["breakdown"].map({name: grains[indicator.name, name] == grain for name in here})
            yield _on_days(mine[first.astype(bool)], grain)
        else:
            yield mine.assign(period=_months(mine["month"])) if grain == "month" else _added_up(mine, grain)


def _months(months: pd.Series) -> np.ndarray:
    place, each = pd.factorize(months)
    return np.asarray(each.astype(str))[place]


def _on_days(rows: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    place, months = pd.factorize(rows["month"])
    ends = np.array([ends_period(month, grain) for month in months], dtype=bool)[place]
    names = np.array([date_period(month) for month in months], dtype=object)[place]
    return rows[ends].assign(period=names[ends])


def _added_up(rows: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """The whole periods of one indicator; each stands at its last month. Grouped by number, which is quicker than by text."""
    place, months = pd.factorize(rows["month"], sort=True)
    period, names = pd.factorize(periods(months, grain))
    series = 10 * pd.factorize(rows["breakdown"])[0] + pd.factorize(rows["part"])[0]
    cell, _ = pd.factorize(series * len(names) + period[place])
    grouped = rows["value"].groupby(cell)
    whole = (grouped.count() == MONTHS_IN[grain]).to_numpy()
    first = np.flatnonzero(~pd.Index(cell).duplicated())[whole]
    mine = period[place[first]]
    last = np.searchsorted(period, mine, side="right") - 1
    return rows.iloc[first].assign(period=names[mine], value=grouped.sum().to_numpy()[whole], month=months[last], flag="")


def _priority(cells: pd.DataFrame, known: Mapping[str, Indicator]) -> np.ndarray:
    """The oldest cells of categories of what is wanted least go first, the newest months of the whole series wanted most last."""
    age = cells["month"].max().ordinal - pd.PeriodIndex(cells["month"]).asi8
    wanted = cells["indicator"].map({name: each.priority for name, each in known.items()}).to_numpy(np.int64)
    category = np.where(cells["breakdown"] == ALL, 0, WITHHELD_FIRST)
    return np.asarray(np.minimum(age, LESS_WANTED - 1) + LESS_WANTED * (wanted - 1) + category, dtype=np.int64)
