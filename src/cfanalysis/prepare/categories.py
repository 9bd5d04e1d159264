"""Lists of categories that tell nothing by themselves: whole code sets, zeros included; small teams and areas together as "other"."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import Indicator, category_names
from cfanalysis.prepare.parts import is_breakdown

LOCAL = ("team", "area")
"""Dimensions whose categories are an authority's own: no code set says which there are."""

OTHER = "other"
"""What the teams or areas that are too small to stand alone are called together."""

LARGE_ENOUGH = 30
"""A team or an area stands alone once it has this many in the newest twelve months, or open at
once: smaller ones would mostly be hidden, and that they exist may itself tell something."""

YEAR = 12


def complete_categories(parts: pd.DataFrame, known: Mapping[str, Indicator]) -> pd.DataFrame:
    """The parts with every category of a code set, those in which nothing happened as zeros.

    A list of only the categories in use says that each of them was used.
    """
    added = [
        _zeros(rows, absent)
        for name, rows in parts.groupby("indicator", sort=False)
        for dimension in known[str(name)].breakdowns
        if (absent := _absent(rows, known[str(name)], dimension))
    ]
    return pd.concat([parts, *added], ignore_index=True) if added else parts


def _absent(rows: pd.DataFrame, indicator: Indicator, dimension: str) -> list[str]:
    """The categories of a code set that a breakdown which is there at all does not hold."""
    if dimension in LOCAL or not is_breakdown(rows["breakdown"], dimension).any():
        return []
    held = set(rows["breakdown"])
    names = [f"{dimension}: {name}" for name in category_names(indicator.lists, dimension)]
    return [name for name in names if name not in held]


def _zeros(rows: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    whole = rows[(rows["breakdown"] == ALL)]
    copies = [whole.assign(breakdown=name, value=whole["value"].where(whole["value"].isna(), 0.0)) for name in names]
    return pd.concat(copies, ignore_index=True)


def join_small(parts: pd.DataFrame, known: Mapping[str, Indicator], standing: Collection[str]) -> pd.DataFrame:
    """The parts with small teams and areas together as one category, "other".

    ``standing`` are breakdowns (``team: North``) that earlier editions have shown by themselves:
    they go on standing alone. A category is judged over all indicators together, so that a team is
    on every page or on none.
    """
    done = parts
    for dimension in LOCAL:
        rows = is_breakdown(parts["breakdown"], dimension)
        small = _small(parts[rows], known) - set(standing)
        if small:
            done = _joined(done, small, f"{dimension}: {OTHER}")
    return done


def _small(parts: pd.DataFrame, known: Mapping[str, Indicator]) -> set[str]:
    """Categories that no indicator makes large enough."""
    if parts.empty:
        return set()
    counted = parts[parts["part"].isin((FIGURE, DENOMINATOR))]
    on_a_day = counted["indicator"].map({name: each.on_a_day for name, each in known.items()}).astype(bool)
    recent = counted["month"] > counted["month"].max() - YEAR
    grouped = counted[recent].groupby([on_a_day[recent].rename("day"), "indicator", "breakdown"], observed=True)["value"]
    flows, stocks = grouped.sum(), grouped.max()
    size = stocks.where(stocks.index.get_level_values("day").astype(bool), flows)
    largest = size.groupby("breakdown").max().reindex(sorted(set(parts["breakdown"])), fill_value=0.0)
    return set(largest.index[largest.to_numpy(dtype=float, na_value=0.0) < LARGE_ENOUGH])


def _joined(parts: pd.DataFrame, small: set[str], name: str) -> pd.DataFrame:
    """The parts with some categories added up under one name; a month in which one is missing is missing."""
    own = parts["breakdown"].isin(small | {name})
    sums = parts[own].groupby(["indicator", "month", "part"], sort=False, observed=True)
    whole = sums["value"].count() == sums["value"].size()
    together = pd.DataFrame({"value": sums["value"].sum().where(whole), "flag": sums["flag"].max().where(~whole, "")})
    together = together.reset_index().assign(breakdown=name)
    return pd.concat([parts[~own], together[list(parts.columns)]], ignore_index=True)
