"""One row for an area and year of a DfE table: totals are taken where a table is split by a filter, years where quarters stand beside
them, and what still says two things of one area and year stops the reading."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import plain
from cfanalysis.sources.problems import Problem

TOTALS = frozenset(
    [
        "total",
        "all",
        "allchildren",
        "persons",
        "allpersons",
        "people",
        "both",
        "bothsexes",
        "any",
        "allages",
        "alltypes",
        "allneeds",
        "allplacements",
        "allgenders",
        "maleandfemale",
        "malesandfemales",
        "totalchildren",
        "alltotals",
    ]
)
"""What DfE and ONS write for all categories of a filter together."""

PLACES = (
    *("time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name"),
    *("old_la_code", "new_la_code", "la_name", "authority", "level", "year"),
)

_PART = re.compile(r"quarter|\bq[1-4]\b|month|week|term|january|april|july|october", re.IGNORECASE)

FEWER = 0.8
MANY = 3
"""The newest year with fewer than this share of the authorities of the year before, where those were many: rows were cut off."""


def part_years(frame: pd.DataFrame) -> np.ndarray:
    """Which rows are of a quarter or a month and not of a year, by the identifier or by a period like 202402."""
    period = frame["time_period"].str.strip().str.extract(r"^(\d{4})(\d{2})$")
    first, second = (pd.to_numeric(period[column]) for column in (0, 1))
    odd = second.notna() & (second != (first + 1) % 100)
    if "time_identifier" in frame:
        odd |= frame["time_identifier"].str.contains(_PART, na=False)
    return odd.to_numpy(dtype=bool)


def one_row_each(frame: pd.DataFrame, about: dict[str, Any], used: Collection[str], file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows that are totals of every filter a table is split by, and what was left aside."""
    key = ["authority", "level", "year", *([about["rows"]] if "rows" in about else [])]
    problems = []
    for column in [name for name in frame.columns if name not in {*PLACES, *key, *used}]:
        again = frame.duplicated(key, keep=False)
        if not again.any():
            break
        text = frame[column].fillna("").map(plain)
        total = text.isin(TOTALS)
        split = again & (text.groupby([frame[name] for name in key]).transform("nunique") > 1)
        has_total = total.groupby([frame[name] for name in key]).transform("any")
        aside = (split & has_total & ~total).to_numpy()
        if aside.any():
            found, wanted = f"figures split by {column!r}", "totals (rows of a part were left aside)"
            place = int(np.flatnonzero(aside)[0]) + 2
            problems.append(Problem(file, "", place, column, found, wanted, "kept", "filter_column", int(aside.sum())))
            frame = frame[~aside].reset_index(drop=True)
    return frame, problems


def disagreements(figures: pd.DataFrame) -> list[Problem]:
    """Two figures of one table for one area, indicator and year: which is right cannot be told."""
    known = figures[figures["value"].notna()]
    key = ["authority", "indicator", "breakdown", "year", "source_table"]
    several = known.groupby(key)["value"].transform("nunique") > 1
    if not several.any():
        return []
    first = known[several].iloc[0]
    rows = known[(known[key] == first[key]).all(axis=1)]
    values = " and ".join(f"{value:g}" for value in rows["value"].unique()[:3])
    files = " and ".join(dict.fromkeys(rows["file"]))
    found = f"{values} for {first['indicator']} ({first['breakdown']}) of {first['authority']} in {first['year']}"
    wanted = "one figure; delete the older download, or keep only the rows of totals"
    return [Problem(files, "", None, "", found, wanted, "stopped", "two_figures", int(several.sum()))]


def cut_off(frame: pd.DataFrame, file: str) -> list[Problem]:
    """A newest year that lacks many of the authorities of the year before."""
    every = sorted(frame["year"].unique())
    counts = frame[frame["level"] == "authority"].groupby("year")["authority"].nunique().reindex(every, fill_value=0)
    if len(counts) < 2 or counts.iloc[-2] < MANY or counts.iloc[-1] >= FEWER * counts.iloc[-2]:
        return []
    found = f"{counts.iloc[-1]} authorities in {counts.index[-1]} and {counts.iloc[-2]} in the year before"
    wanted = "all of them; was the file cut off? Download it again"
    return [Problem(file, "", None, "la_name", found, wanted, "kept", "rows_missing", int(counts.iloc[-2] - counts.iloc[-1]))]
