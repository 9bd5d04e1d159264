"""Farrington and XmR against reference outputs: R's surveillance (both variants) and NHSRplotthedots.

The folder is CFANALYSIS_SPIKES_DATA, or ``data/spikes`` among the public tables; any further series of the same form are checked as well.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cfanalysis.signals.classic.farrington import farrington
from cfanalysis.signals.classic.farrington_baseline import reference_positions, season_groups
from cfanalysis.signals.classic.spc import spc
from cfanalysis.signals.timeline import timeline

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("CFANALYSIS_SHARED", ROOT.parent / "shared"))
SPIKES = Path(os.environ.get("CFANALYSIS_SPIKES_DATA", SHARED / "data" / "spikes"))

pytestmark = pytest.mark.skipif(not SPIKES.is_dir(), reason=f"the reference outputs (CFANALYSIS_SPIKES_DATA, now {SPIKES}) are not at hand")

VARIANTS = {"upstream": "upstream", "fixed": "corrected"}
RENAMED = {"powertrans": "power"}
METHODS = {"delta": "delta", "nbPlugin": "nb_plugin", "muan": "muan"}

# ours -> theirs. Negative binomial limits are whole numbers, so that 1e-6 means equal.
RELATIVE = {
    "expected": "mu", "phi": "phi", "fit": "pred_fit", "se": "pred_se", "lower": "lower", "upper": "upper", "upper_raw": "upper_raw",
}  # fmt: skip
ABSOLUTE = {"p": "pvalue", "score": "score_pkg", "trend_coefficient": "trend_coef"}
EQUAL = {"alarm": "alarm", "low_alarm": "low_alarm", "trend": "trend_kept", "n": "n_base"}

WEEKLY_STARTS = {"newport": "2004-01-05"}
"""First Mondays of dated weekly series in blocks.csv, which has no dates (surveillance: salmNewport)."""

IMPROVEMENT = {"default_dec": "decrease", "target_dec": "decrease", "neutral": None}
"""Configurations of ptd_ref.csv in which higher is not better."""


def snake(name: str) -> str:
    return RENAMED.get(name) or re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name)


@cache
def configurations() -> dict[str, dict[str, Any]]:
    kinds = json.loads((SPIKES / "configs.json").read_text())
    found = {name: {snake(option): value for option, value in options.items()} for kind in kinds.values() for name, options in kind.items()}
    for options in found.values():
        if "threshold_method" in options:
            options["threshold_method"] = METHODS[options["threshold_method"]]
        options["limit54"] = tuple(options.get("limit54", (5, 4)))
    return found


def groups(file: str) -> list[tuple[str, str, str]]:
    path = SPIKES / file
    if not path.is_file():
        return []
    return list(pd.read_csv(path, usecols=["series", "config", "variant"]).drop_duplicates().itertuples(index=False, name=None))


@cache
def table(file: str) -> pd.DataFrame:
    return pd.read_csv(SPIKES / file)


def series_of(file: str, name: str) -> tuple[pd.Series, np.ndarray, int]:
    rows = table(file)
    rows = rows[rows["series"] == name]
    freq = int(rows["freq"].iloc[0])
    index = None
    if rows["date"].notna().all():
        index = pd.DatetimeIndex(rows["date"]).to_period("M") if freq == 12 else pd.DatetimeIndex(rows["date"])
    return pd.Series(rows["y"].to_numpy(dtype=float), index=index), rows["pop"].to_numpy(dtype=float), freq


@pytest.mark.parametrize("source", ["real", "sim", "la"])
def test_every_row_of_farrington_equals_the_reference(source: str) -> None:
    file = f"{source}_ff.csv"
    if not (SPIKES / file).is_file():
        pytest.skip(f"{file} is not in {SPIKES}")
    reference, checked = table(file), 0
    for name, config, variant in groups(file):
        options = dict(configurations()[config])
        series, population, freq = series_of(f"{source}_series.csv", name)
        offset = population if options.pop("population_offset", False) else None
        dated = isinstance(series.index, pd.PeriodIndex | pd.DatetimeIndex)
        found = farrington(series, population=offset, freq=None if dated else freq, variant=VARIANTS[variant], **options)
        wanted = reference[(reference["series"] == name) & (reference["config"] == config) & (reference["variant"] == variant)]
        compare(found.iloc[wanted["t"].to_numpy() - 1], wanted, f"{name} {config} {variant}")
        checked += len(wanted)
    assert checked == len(reference)


def compare(found: pd.DataFrame, wanted: pd.DataFrame, what: str) -> None:
    known = wanted["mu"].notna().to_numpy()  # R has no result where its fit does not settle
    assert not found.loc[~known, "alarm"].any(), what
    found, wanted = found[known], wanted[known]
    for ours, theirs in {**RELATIVE, **ABSOLUTE}.items():
        absolute = 1e-9 if ours in ABSOLUTE else 0
        np.testing.assert_allclose(found[ours], wanted[theirs].astype(float), rtol=1e-6, atol=absolute, err_msg=f"{what}: {ours}")
    for ours, theirs in EQUAL.items():
        assert (found[ours].to_numpy(dtype=float) == wanted[theirs].to_numpy(dtype=float)).all(), f"{what}: {ours}"


def test_every_season_group_equals_the_reference() -> None:
    if not (SPIKES / "blocks.csv").is_file():
        pytest.skip(f"blocks.csv is not in {SPIKES}")
    for (name, k, b, w, parts), rows in table("blocks.csv").groupby(["series", "k", "b", "w", "noPeriods"]):
        dated = name in WEEKLY_STARTS
        index = pd.date_range(WEEKLY_STARTS[name], periods=len(rows), freq="7D") if dated else None
        freq = 52 if name in {"agona", *WEEKLY_STARTS} else 12
        line = timeline(pd.Series(np.zeros(len(rows)), index=index), freq=None if dated else freq)
        references = reference_positions(line, np.array([k - 1]), b)[0]
        lags, group = season_groups(tuple(-np.diff(references)), w, parts)
        found = np.full(len(rows), np.nan)
        found[k - 1 - lags] = group
        np.testing.assert_array_equal(found, rows.sort_values("t")["block"], err_msg=f"{name} k={k} b={b} w={w} noPeriods={parts}")


def test_every_point_of_the_xmr_charts_equals_the_reference() -> None:
    if not (SPIKES / "ptd_ref.csv").is_file():
        pytest.skip(f"ptd_ref.csv is not in {SPIKES}")
    for (name, config), rows in table("ptd_ref.csv").groupby(["series", "config"]):
        months = pd.DatetimeIndex(rows["date"]).to_period("M")
        chart = spc(
            pd.Series(rows["y"].to_numpy(dtype=float), index=months),
            improvement=IMPROVEMENT.get(config, "increase"),
            rebase=[(month, "a named event") for month in months[rows["rebase_group"].diff().to_numpy() > 0]],
            target=None if rows["target"].isna().all() else rows["target"].iloc[0],
            fix_after=int(config.removeprefix("fix")) if config.startswith("fix") else None,
            screen_outliers=not config.startswith("excel"),
        )
        where = f"{name} {config}"
        for ours, theirs in {"mean": "mean", "lower": "lpl", "upper": "upl", "side": "relative_to_mean", "target": "target"}.items():
            np.testing.assert_allclose(chart[ours], rows[theirs].astype(float), rtol=1e-9, atol=1e-9, err_msg=f"{where}: {ours}")
        for ours, theirs in {"outside": "outside", "close": "close", "stretch": "rebase_group", "trial": "short_group_warning"}.items():
            assert chart[ours].astype(int).tolist() == rows[theirs].fillna(0).astype(int).tolist(), f"{where}: {ours}"
        assert chart["rule"].tolist() == rows["special_cause_type"].tolist(), where
        assert chart["point_type"].tolist() == rows["point_type"].tolist(), where
