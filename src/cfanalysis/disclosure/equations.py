"""Equations between addresses: sums by category, nested periods, stocks with their flows, numerators within denominators.

Every equation is a row of weights over addresses. What is left of a row (a total beyond its categories, a denominator less its
numerator) is named by ``slack``: not a figure anybody shows, but never negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cfanalysis.disclosure.structure import ALL, DATE, MONTH, QUARTER, YEAR, Structure, period_parts

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NEST, SUM, STOCK, SHARE = range(4)
"""Kinds of equation."""


@dataclass(frozen=True)
class Equations:
    """Rows of weights over addresses; ``kind`` and ``watched`` (what is left is protected like a count) by row."""

    matrix: csr_array
    kind: np.ndarray
    watched: np.ndarray

    @property
    def slack(self) -> np.ndarray:
        """Rows of which something may be left over."""
        found: np.ndarray = (self.kind == SUM) | (self.kind == SHARE)
        return found


@dataclass(frozen=True)
class _Part:
    """Some equations of one kind: parallel row, cell and weight."""

    row: np.ndarray
    cell: np.ndarray
    weight: np.ndarray
    kind: int
    watched: np.ndarray


def derive_equations(addresses: pd.DataFrame, structure: Structure) -> Equations:
    """All equations between these addresses (indicator, breakdown, period, part; index 0, 1, ...)."""
    from scipy.sparse import csr_array

    table = _placed(addresses)
    parts = [part for part in (*_nestings(table), _sums(table), *_shares(table, structure), *_stocks(table, structure)) if len(part.row)]
    offsets = np.cumsum([0, *(part.row.max() + 1 for part in parts)])
    row = np.concatenate([part.row + offset for part, offset in zip(parts, offsets, strict=False)] or [np.empty(0, int)])
    cell = np.concatenate([part.cell for part in parts] or [np.empty(0, int)])
    weight = np.concatenate([part.weight for part in parts] or [np.empty(0)])
    count = int(offsets[-1])
    matrix = csr_array((weight, (row, cell)), shape=(count, len(addresses)))
    kind = np.concatenate([np.full(part.row.max() + 1, part.kind) for part in parts] or [np.empty(0, int)])
    watched = np.concatenate([part.watched for part in parts] or [np.empty(0, bool)])
    return Equations(matrix, kind.astype(int), watched.astype(bool))


def _placed(addresses: pd.DataFrame) -> pd.DataFrame:
    """Addresses with their grain, the periods they nest in, and the dimension of their breakdown."""
    told = {period: period_parts(period) for period in addresses["period"].unique()}
    table = addresses.reset_index(drop=True)
    table["cell"] = np.arange(len(table))
    for place, name in enumerate(("grain", "quarter", "year")):
        table[name] = table["period"].map({period: parts[place] for period, parts in told.items()})
    dimension = table["breakdown"].astype(str).str.partition(": ")
    table["dimension"] = np.where(dimension[1] == "", "", dimension[0])
    return table


def _part(frame: pd.DataFrame, kind: int, watched: bool | np.ndarray = False) -> _Part:
    """From a frame with the columns row, cell and weight; rows need not be numbered without gaps."""
    codes, _ = pd.factorize(frame["row"])
    count = int(codes.max(initial=-1)) + 1
    return _Part(codes, frame["cell"].to_numpy(int), frame["weight"].to_numpy(float), kind, np.broadcast_to(watched, count))


def _nestings(table: pd.DataFrame) -> Iterator[_Part]:
    """Three months make a quarter, four quarters a year; twelve months a year where a quarter is not there."""
    by_year: dict[Any, Any] = {}
    for fine, coarse, column, size in ((MONTH, QUARTER, "quarter", 3), (QUARTER, YEAR, "year", 4), (MONTH, YEAR, "year", 12)):
        parts = table[table["grain"] == fine]
        totals = table[table["grain"] == coarse][["indicator", "breakdown", "part", "period", "cell"]]
        held = parts.merge(
            totals, left_on=["indicator", "breakdown", "part", column], right_on=["indicator", "breakdown", "part", "period"],
            suffixes=("", "_total"),
        )  # fmt: skip
        held = held[held.groupby("cell_total")["cell"].transform("size") == size]
        if fine == MONTH and coarse == YEAR:
            held = held[~held["cell_total"].isin(by_year[QUARTER])]
        by_year[fine] = held["cell_total"].unique()
        yield _part(_against(held["cell_total"], held["cell"]), NEST)


def _against(total: pd.Series, cell: pd.Series) -> pd.DataFrame:
    """Rows that say: the total, less its parts, is what is left."""
    parts = pd.DataFrame({"row": total.to_numpy(), "cell": cell.to_numpy(), "weight": -1.0})
    totals = pd.DataFrame({"row": total.unique(), "cell": total.unique(), "weight": 1.0})
    return pd.concat([parts, totals])


def _sums(table: pd.DataFrame) -> _Part:
    """The categories of a dimension make the whole: that of their own extract where it is there, else that of the series."""
    keys = ["indicator", "period", "part"]
    bare = table[table["dimension"] == ""]
    own = bare[bare["breakdown"] != ALL].assign(dimension=bare["breakdown"])[[*keys, "dimension", "cell"]]
    held = table[table["dimension"] != ""].merge(
        bare[bare["breakdown"] == ALL][[*keys, "cell"]], on=keys, how="left", suffixes=("", "_all")
    )
    held = held.merge(own, on=[*keys, "dimension"], how="left", suffixes=("", "_own"))
    held = held.assign(cell_total=held["cell_own"].fillna(held["cell_all"])).dropna(subset=["cell_total"])
    held["cell_total"] = held["cell_total"].astype(int)
    row = held["cell_total"].astype(str) + " " + held["dimension"]
    parts = pd.DataFrame({"row": row, "cell": held["cell"], "weight": -1.0})
    totals = pd.DataFrame({"row": row, "cell": held["cell_total"], "weight": 1.0}).drop_duplicates("row")
    return _part(pd.concat([parts, totals]), SUM)


def _shares(table: pd.DataFrame, structure: Structure) -> Iterator[_Part]:
    """A denominator, less its numerator."""
    keys, bounded = ["indicator", "breakdown", "period"], structure.percents | structure.rest
    some = table[table["indicator"].isin(bounded)]
    above = some[some["part"] == "numerator"][[*keys, "cell"]]
    held = some[some["part"] == "denominator"][[*keys, "cell"]].merge(above, on=keys, suffixes=("", "_n"))
    if len(held):
        rows = pd.DataFrame({"row": held["cell"], "cell": held["cell"], "weight": 1.0})
        less = pd.DataFrame({"row": held["cell"], "cell": held["cell_n"], "weight": -1.0})
        yield _part(pd.concat([rows, less]), SHARE, held["indicator"].isin(structure.rest).to_numpy())


def _stocks(table: pd.DataFrame, structure: Structure) -> Iterator[_Part]:
    """What is open is what was open a month before, and what started, less what ended."""
    whole = table[(table["breakdown"] == ALL) & (table["part"] == "figure")]
    for names in structure.stocks:
        opened, started, ended = (whole[whole["indicator"] == name] for name in names)
        dates = opened[opened["grain"] == DATE]
        month = pd.PeriodIndex(dates["period"].str[:7], freq="M")
        now = pd.Series(dates["cell"].to_numpy(), index=month.astype(str))
        before = pd.Series(dates["cell"].to_numpy(), index=(month + 1).astype(str))
        flows = [flow[flow["grain"] == MONTH].set_index("period")["cell"] for flow in (started, ended)]
        held = pd.concat([now, before, *flows], axis=1, join="inner", keys=["now", "before", "started", "ended"])
        weights = {"now": 1.0, "before": -1.0, "started": -1.0, "ended": 1.0}
        frames = [pd.DataFrame({"row": held["now"], "cell": held[name], "weight": weight}) for name, weight in weights.items()]
        yield _part(pd.concat(frames), STOCK)
