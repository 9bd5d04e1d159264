"""The same authority as Annex A and as census files: every indicator that both hold is the same, month by month."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cfanalysis import events, indicators
from cfanalysis.sample.census import census_lines, put_right
from cfanalysis.sample.editions import subsample
from cfanalysis.sample.files import write_csv
from cfanalysis.sample.lists import annex_a
from cfanalysis.sample.plans import Edition
from cfanalysis.sources import read_annex_a, read_cin_census

YEARS = (2022, 2023, 2024)
SHARE = 0.4
"""Of the children: enough for every element and every indicator."""
NOT_IN_THE_CENSUS = {"child_seen"}
"""Annex A says whether the child was seen at the assessment; the census does not."""

HELD_BY_AREA_OR_TEAM = ("team", "area")
"""The census names no team and no area."""


def test_all_that_both_hold_agrees(measured, tmp_path: Path) -> None:
    world = put_right(subsample(measured["moorshire"].world, SHARE))
    lists = []
    for year in YEARS:
        (tmp_path / "census").mkdir(exist_ok=True)
        (tmp_path / "census" / f"{year}.xml").write_text("".join(census_lines(world, year)), encoding="utf-8")
        for number, frame in annex_a(world, Edition("csv", pd.Period(f"{year}-03", "M"), 12, (3, 4, 5, 6, 7))).items():
            write_csv(frame, tmp_path / f"annex_{year}-03-31" / f"list_{number}.csv")
        lists.append(read_annex_a(tmp_path / f"annex_{year}-03-31", window_months=12))
    months = {"authority": "Moorshire", "first": pd.Period("2021-04", "M"), "last": pd.Period("2024-03", "M")}
    annex = indicators.compute(events.merge_extracts(lists), **months)
    census = indicators.compute(events.merge_extracts(read_cin_census(tmp_path / "census")), **months)
    both = annex.merge(census, on=["indicator", "breakdown", "month"], how="outer", suffixes=("", "_census"))
    both = both[~both["breakdown"].str.startswith(HELD_BY_AREA_OR_TEAM)]
    known, known_census = (set(both.loc[both[name].notna(), "indicator"]) for name in ("value", "value_census"))
    assert known - known_census == NOT_IN_THE_CENSUS
    assert {
        "rereferrals",
        "cin_open",
        "cin_ended_by_reason",
        "icpcs_in_15_days",
        "cp_subsequent",
        "s47_per_100_cin",
    } <= known & known_census
    shared = both[both["indicator"].isin(known & known_census)]
    for part in ("numerator", "denominator", "value"):
        pd.testing.assert_series_equal(shared[part], shared[f"{part}_census"], check_names=False, obj=part)
    assert {"factor_neglect", "complex_assessments", "cin_plans_open", "cp_reviews_up_to_date"} <= known_census


def test_the_files_say_that_they_are_made_up(measured) -> None:
    head = "".join(line for line, _ in zip(census_lines(put_right(measured["moorshire"].world), 2022), range(2), strict=False))
    assert "SYNTHETIC DATA" in head
