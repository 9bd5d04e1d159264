"""On DfE's monthly referrals: better than the rules people use, honest intervals, nothing lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.models import one_step

TABLE = "c6_children_in_need_referrals_by_month_2013_to_2022.csv"
NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@pytest.fixture(scope="module")
def referrals(shared_data) -> pd.DataFrame:
    """Months x every fourth authority that is complete."""
    raw = pd.read_csv(shared_data / "published" / TABLE, dtype=str, encoding="utf-8-sig")
    raw = raw[raw["geographic_level"] == "Local authority"]
    long = raw.melt(["time_period", "la_name"], list(NAMES), "name", "value")
    number = long["name"].map({name: at + 1 for at, name in enumerate(NAMES)})
    year = long["time_period"].astype(int)
    long["month"] = pd.PeriodIndex.from_fields(year=np.where(number >= 4, year - 1, year), month=number, freq="M")
    wide = long.pivot_table(index="month", columns="la_name", values="value", aggfunc="first").apply(pd.to_numeric, errors="coerce")
    return wide.loc[:, wide.notna().all()].iloc[:, ::4]


def test_better_than_the_rules_people_use(referrals):
    found = cf.backtest(referrals, origins=["2017-03", "2018-03", "2021-03"], ets=False)
    table = found.table.set_index("method")
    ours = table.loc["this forecast"]
    assert ours["mase"] < 0.98 * table.loc["six-month rule", "mase"]
    assert ours["scrps"] < 0.98 * table.loc["six-month rule", "scrps"]
    assert ours["mase"] < 0.85 * table.loc["same month last year", "mase"]
    assert 0.75 < ours["coverage80"] < 0.86
    assert 0.92 < ours["coverage95"] < 0.975


def test_one_step_tails_hold_what_they_promise(referrals):
    rows = pd.concat([one_step(referrals[name])["2015-04":] for name in referrals.columns[:16]])
    usual = rows[rows["learnt"]]
    assert 0.15 < (usual["pit"].sub(0.5).abs() > 0.4).mean() < 0.25
    assert (usual["pit"].sub(0.5).abs() > 0.495).mean() < 0.02


def test_the_shipped_constants_are_those_the_table_gives(shared_data):
    import importlib.util
    from pathlib import Path

    from cfanalysis.models.prior import shipped

    path = Path(__file__).resolve().parents[3] / "benchmarks" / "derive_panel_constants.py"
    spec = importlib.util.spec_from_file_location("derive_panel_constants", path)
    derive = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(derive)
    found = derive.derive(derive.referrals())
    assert np.allclose(found.profile, shipped().profile, atol=2e-4)
    shown = {key: weight for key, weight in found.dynamics if weight >= derive.LEAST}
    assert dict(shipped().dynamics).keys() == shown.keys()
    assert np.allclose(list(dict(shipped().dynamics).values()), list(shown.values()), atol=2e-4)
