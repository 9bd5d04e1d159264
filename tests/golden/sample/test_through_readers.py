"""From the files back to the truth: read, merged and counted by the package, every month agrees with what the generator knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis import events, indicators, sources
from cfanalysis.params import read_params
from cfanalysis.sample import write
from cfanalysis.sample.lists import last_day
from cfanalysis.sample.plans import plans
from cfanalysis.sample.recording import as_seen

COUNTS = {
    "contacts": ("contact", "start"),
    "referrals": ("referral", "start"),
    "assessments_completed": ("assessment", "end"),
    "s47_started": ("s47", "start"),
    "icpcs": ("s47", "end"),
    "cin_started": ("cin", "start"),
    "cin_ended": ("cin", "end"),
    "cp_started": ("cp", "start"),
    "cp_ended": ("cp", "end"),
    "cla_started": ("cla", "start"),
    "cla_ended": ("cla", "end"),
    "early_help_started": ("early_help", "start"),
}
STOCKS = {"cin_open": "cin", "cp_open": "cp", "cla_open": "cla"}
# Rows that the planted dirt takes away from an indicator: those a reader must leave out.
LOST = {
    "contacts": ["blank_ids"],
    "referrals": ["future_dates"],
    "assessments_completed": ["impossible_dates"],
    "cin_started": ["end_before_start"],
    "cin_ended": ["end_before_start"],
    "cin_open": ["end_before_start"],
}


Found = tuple[events.EventLog, pd.DataFrame, list[sources.Problem]]


def _read(root: Path, folder: Path, stem: str) -> Found:
    write(folder, authorities=[stem])
    params, base = read_params(root / "params" / f"{stem}.yml"), root / "data" / "sample"
    extracts = [
        sources.read_annex_a(
            folder / params.resolve(source.path).relative_to(base.resolve()), as_at=source.as_at, window_months=source.window_months
        )
        for source in params.sources
        if source.format == "annex_a"
    ]
    log = events.merge_extracts(extracts)
    series = indicators.compute(log, authority=params.authority.name, first=params.first_month, last=params.as_at, breakdowns=False)
    totals = series[series["breakdown"] == "all"].pivot(index="month", columns="indicator", values="value")
    return log, totals, [problem for extract in extracts for problem in extract.problems]


@pytest.fixture(scope="module")
def marchfordshire(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return _read(root, tmp_path_factory.mktemp("marchfordshire"), "marchfordshire")


@pytest.fixture(scope="module")
def moorshire(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    return _read(root, tmp_path_factory.mktemp("moorshire"), "moorshire")


def _shown(found, name: str) -> pd.DataFrame:
    """A table as its authority's system shows it on the as-at day, since the first month."""
    return as_seen(found.world.tables[name], name, last_day(found.plan.as_at), found.first)


def _truth(found, indicator: str) -> pd.Series:
    name, column = COUNTS[indicator]
    return pd.Series(np.histogram(_shown(found, name)[column], found.clock.starts)[0], found.clock.months)[found.plan.first :]


def _open(found, name: str) -> pd.Series:
    shown, last = _shown(found, name), found.clock.starts[1:] - 1
    held = [((shown["start"] <= day) & (shown["end"] > day)).sum() for day in last]
    return pd.Series(held, found.clock.months)[found.plan.first :]


@pytest.mark.parametrize("indicator", [*COUNTS, *STOCKS])
def test_one_folder_of_lists_gives_the_truth_less_the_planted_dirt(measured, marchfordshire, indicator: str) -> None:
    found, series = measured["marchfordshire"], marchfordshire[1][indicator]
    truth = _truth(found, indicator) if indicator in COUNTS else _open(found, STOCKS[indicator])
    lost = sum(found.plan.dirt[kind] for kind in LOST.get(indicator, []))
    gap = truth - series
    assert gap.min() >= 0
    assert gap.max() <= lost
    if indicator in COUNTS:
        assert gap.sum() <= lost


@pytest.mark.parametrize("indicator", [*COUNTS, *STOCKS])
def test_overlapping_workbooks_merge_to_within_a_hair_of_the_truth(measured, moorshire, indicator: str) -> None:
    """Slips put right after their month has left the last window stay: under one in a hundred."""
    found, series = measured["moorshire"], moorshire[1][indicator]
    truth = _truth(found, indicator) if indicator in COUNTS else _open(found, STOCKS[indicator])
    assert series.notna().all()
    assert (series - truth).abs().sum() < 0.012 * truth.sum()
    settled = truth.iloc[-6:]
    lost = sum(found.plan.dirt[kind] for kind in LOST.get(indicator, []))
    assert (series.iloc[-6:] - settled).abs().sum() <= (lost if indicator in COUNTS else 6 * (lost + 4)) + 2


def test_revisions_show_between_editions(moorshire) -> None:
    """Late records, slips put right and removed records: each edition changes the last one's figures."""
    changes = moorshire[0].changes
    assert changes[["added", "removed", "changed"]].sum().min() > 0
    referrals = changes[changes["event"] == "referral"]
    assert len(referrals) == 8
    assert (referrals["added"] > 0).all()


def test_care_leavers_are_known_on_the_days_of_the_editions_only(measured, moorshire) -> None:
    known = moorshire[1]["care_leavers_suitable"].dropna()
    assert [str(month) for month in known.index] == [str(edition.as_at) for edition in plans()["moorshire"].editions]
    assert known.mean() == pytest.approx(78, abs=8)


def test_the_reader_counts_the_dirt(marchfordshire) -> None:
    found = {problem.rule: problem.count for problem in marchfordshire[2]}
    dirt = plans()["marchfordshire"].dirt
    wanted = {
        "blank_child_id": "blank_ids",
        "duplicate_row": "duplicates",
        "future_date": "future_dates",
        "impossible_date": "impossible_dates",
    }
    assert {rule: found.get(rule) for rule in wanted} == {rule: dirt[kind] for rule, kind in wanted.items()}
    assert found["end_before_start"] == dirt["end_before_start"]


def test_rereferrals_agree_with_the_truth(measured, marchfordshire) -> None:
    """From files, with twelve calendar months; the truth with 365 days: the same within a point over the years."""
    series, truth = marchfordshire[1]["rereferrals"].dropna(), measured["marchfordshire"].rereferred()
    assert series.mean() == pytest.approx(100 * truth[series.index].mean(), abs=1.0)
    assert marchfordshire[1]["rereferrals"].iloc[:12].isna().all()
