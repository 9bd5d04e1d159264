"""Real tables for benchmarks/oracle.py: what a sample authority's release shows and hides."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis import sample
from cfanalysis.disclosure.decide import decide
from cfanalysis.foundation import periods
from cfanalysis.foundation.contracts import ADDRESS
from cfanalysis.foundation.digests import Address
from cfanalysis.foundation.policy import Policy
from cfanalysis.params import read_params
from cfanalysis.prepare.base import prepare_base
from cfanalysis.prepare.inputs import read_inputs
from cfanalysis.releasing.making import policy_of, structure

KEY = list(ADDRESS)
WHOLE = "Total"
"""Tau-Argus' name for what everything comes to."""

TOP = 1e5
"""What no hidden cell is above, as the audit has it."""


@dataclass(frozen=True)
class Table:
    """A list of categories over time.

    cells: address, true value, ``hidden``, and ``column`` (the category, or WHOLE).
    """

    name: str
    pattern: str
    cells: pd.DataFrame

    def hidden(self) -> dict[Address, float]:
        """What is hidden, with its true value."""
        cells = self.cells[self.cells["hidden"]]
        return dict(zip(cells[KEY].itertuples(index=False, name=None), cells["value"], strict=True))

    def as_file(self) -> pd.DataFrame:
        """The table as a release file of its own."""
        hidden = self.cells["hidden"]
        value, flag = self.cells["value"].mask(hidden), np.where(hidden, "c", "")
        return self.cells[KEY].assign(value=value, flag=flag)


def make_figures(stem: str, share: float) -> tuple[pd.DataFrame, Policy]:
    """Every figure of an authority's release with its true value, and whether it is hidden."""
    with tempfile.TemporaryDirectory(prefix="cfanalysis-") as folder:
        (path,) = sample.write_editions(folder, stem, months=1, share=share)
        inputs = read_inputs(read_params(path).model_copy(update={"policy": "dfe"}))
        rules = policy_of(inputs.params)
        base = prepare_base(inputs, hide_below=rules.hide_below)
    shown = decide(base.cells, structure(base.known), rules, []).figures
    shown = shown[KEY].assign(hidden=shown["flag"] == "c")
    return base.cells[[*KEY, "value"]].merge(shown, on=KEY, validate="one_to_one"), rules


def tables_of(figures: pd.DataFrame, *, as_named: bool) -> Iterator[Table]:
    """Every list of two categories or more that makes its whole, where some of it is hidden.

    Of the periods those in which all of it is there. Unless ``as_named``, the whole goes by the
    name of the list: so the audit, like the oracle, takes it that the categories make it.
    """
    breakdown = figures["breakdown"]
    figures = figures.assign(list=breakdown.str.extract(r"^(.+?): ", expand=False))
    keys = ["indicator", "part", "list"]
    for (indicator, part, name), parts in figures.dropna(subset="list").groupby(keys, sort=False):
        series = figures[(figures["indicator"] == indicator) & (figures["part"] == part)]
        own, every = (series[breakdown[series.index] == each] for each in (name, "all"))
        whole = pd.concat([own, every[~every["period"].isin(own["period"])]])
        whole = whole if as_named else whole.assign(breakdown=name)
        columns = [whole.assign(column=WHOLE), parts.assign(column=parts["breakdown"])]
        cells = pd.concat(columns, ignore_index=True)
        square = cells.pivot(index="period", columns="column", values="value").dropna()
        additive = square.index[square.drop(columns=WHOLE).sum(axis=1) == square[WHOLE]]
        cells = cells[cells["period"].isin(additive)]
        if cells["hidden"].any() and square.shape[1] > 2:
            yield Table(f"{indicator} ({part}) by {name}", "released", cells)


def show_guards(table: Table, rules: Policy) -> Table:
    """Small counts alone hidden, as if nothing protected them."""
    cells = table.cells
    small = cells["value"].between(1, rules.hide_below - 1)
    return Table(table.name, "guards shown", cells.assign(hidden=cells["hidden"] & small))


def hide_one(table: Table, rules: Policy) -> Table | None:
    """The least figure that a row shows which hides nothing, hidden; None without such a row."""
    cells = table.cells
    quiet = ~cells.groupby("period")["hidden"].transform("any")
    quiet &= (cells["column"] != WHOLE) & (cells["value"] >= rules.hide_below)
    if not quiet.any():
        return None
    chosen = cells.index == cells.loc[quiet, "value"].idxmin()
    return Table(table.name, "one alone", cells.assign(hidden=cells["hidden"] | chosen))


def patterns(table: Table, rules: Policy) -> list[Table]:
    """A table as it is released, and two unsafe ways to hide it, where there are such."""
    found = [table, show_guards(table, rules), hide_one(table, rules)]
    return [each for each in found if each is not None and each.cells["hidden"].any()]


def parents(there: Sequence[str]) -> dict[str, str]:
    """The quarter or year that each period lies in, where everything that makes it is there.

    >>> parents(["2024-01", "2024-02", "2024-03", "2024-04", "2024-Q1"])["2024-02"]
    '2024-Q1'
    """
    found = dict.fromkeys(there, WHOLE)
    for name in (periods.quarter_period, periods.year_period):
        inside: dict[str, list[str]] = {}
        for period in (each for each in there if found[each] == WHOLE and not _is_date(each)):
            above = name(periods.months_of(period)[1])
            if above in found and _months_in(period) < _months_in(above):
                inside.setdefault(above, []).append(period)
        for above, parts in inside.items():
            if sum(map(_months_in, parts)) == _months_in(above):
                found.update(dict.fromkeys(parts, above))
    return found


def _is_date(period: str) -> bool:
    return len(period) == len("2024-03-31")


def _months_in(period: str) -> int:
    return periods.MONTHS_IN[periods.grain_of(period)]


def question(table: Table, least: Mapping[Address, float]) -> dict[str, object]:
    """What the oracle is told: periods within periods; cells, with limits where they are hidden.

    What all periods come to is in no release: hidden cells at the end, that may be anything.
    """
    cells = table.cells
    within = parents(list(dict.fromkeys(cells["period"])))
    rows = {each: f"p{place:04d}" for place, each in enumerate(within)} | {WHOLE: WHOLE}
    columns = {each: f"c{place:04d}" for place, each in enumerate(cells["column"].unique())}
    columns[WHOLE] = WHOLE

    def told(period: str, column: str, value: float, limits: object) -> dict[str, object]:
        where = {"period": rows[period], "category": columns[column]}
        return {**where, "value": value, "limits": limits}

    found = []
    for cell in cells.itertuples():
        address = (cell.indicator, cell.breakdown, cell.period, cell.part)
        limits = (least.get(address, 1.0), TOP) if cell.hidden else None
        found.append(told(cell.period, cell.column, cell.value, limits))
    outermost = cells[cells["period"].map(within) == WHOLE]
    top = TOP * len(within) * len(columns)
    for column, value in outermost.groupby("column")["value"].sum().items():
        found.append(told(WHOLE, column, value, (0.0, top)))
    nested = {rows[each]: rows[above] for each, above in within.items()}
    return {"name": table.name, "parents": nested, "cells": found}
