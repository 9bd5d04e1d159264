"""Every month judged from earlier months alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.models import one_step

MONTHS = pd.period_range("2013-04", periods=96, freq="M")


def poisson(mean: float, seed: int = 0, months=MONTHS) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).poisson(mean, len(months)).astype(float), index=months, name="referrals")


def test_a_row_a_month_and_the_first_year_cannot_be_judged():
    found = one_step(poisson(200), missing="none")
    assert found.index.equals(MONTHS)
    assert found["z"].isna().sum() == 12
    assert found["z"].iloc[12:].notna().all()


@pytest.mark.parametrize("mean", [2, 15, 30, 300])
def test_months_that_are_only_chance_look_like_chance(mean):
    tails = pd.concat([one_step(poisson(mean, seed), calendar=False, season="none", missing="none").iloc[24:] for seed in range(12)])
    assert abs(tails["pit"].mean() - 0.5) < 0.03
    assert 0.8 < tails["z"].std() < 1.1
    inside = (tails["observed"] >= tails["low"]) & (tails["observed"] <= tails["high"])
    assert 0.78 < inside.mean() < 0.95
    assert (tails["p"] < 0.01).mean() < 0.02


@pytest.mark.parametrize(("factor", "sign"), [(2.0, 1), (0.4, -1)])
def test_a_spike_and_a_drop_stand_out_with_their_sign(factor, sign):
    odd = poisson(200)
    odd.iloc[60] = round(odd.iloc[60] * factor)
    row = one_step(odd, calendar=False, season="none").iloc[60]
    assert sign * row["z"] > 3
    assert row["p"] < 0.01
    assert not row["low95"] <= row["observed"] <= row["high95"]


def test_lockdown_months_are_judged_and_not_learnt_from():
    fell = poisson(300)
    lockdown = MONTHS.isin(pd.period_range("2020-03", "2020-07", freq="M"))
    fell[lockdown] = 60.0
    found = one_step(fell)
    assert (found.loc[lockdown, "z"] < -3).all()
    assert not found.loc[lockdown, "learnt"].any()
    assert found["expected"].iloc[-6:].mean() > 200


def test_missing_months_have_an_expectation_and_no_judgement():
    holed = poisson(200).where(np.arange(96) != 50)
    row = one_step(holed).iloc[50]
    assert np.isnan(row["z"])
    assert np.isnan(row["observed"])


def test_percentages_are_judged_given_their_own_denominator():
    rng = np.random.default_rng(3)
    below = pd.Series(rng.poisson(80, 96).astype(float), index=MONTHS)
    above = pd.Series(rng.binomial(below.astype(int), 0.2).astype(float), index=MONTHS)
    above.iloc[70] = round(below.iloc[70] * 0.5)
    found = one_step(above, denominator=below, missing="none")
    assert found["z"].iloc[70] > 3.5
    bands = found[["low", "high", "expected"]].iloc[12:].to_numpy()
    assert ((bands >= 0) & (bands <= 100)).all()
    calm = found.drop(found.index[70]).iloc[12:]
    assert (calm["z"].abs() > 3.5).sum() == 0


def test_a_stock_is_judged_by_its_change():
    steps = np.cumsum(np.random.default_rng(0).normal(0, 5, 96))
    stock = pd.Series(np.rint(800 + steps), index=MONTHS)
    stock.iloc[80:] += 150
    found = one_step(stock, kind="stock")
    assert found["z"].iloc[80] > 4
    assert found["z"].iloc[82:].abs().max() < 3.5


def test_zeros_and_constants_are_judged_usual():
    for value in (0.0, 50.0):
        found = one_step(pd.Series(value, index=MONTHS), missing="none", calendar=False, season="none")
        assert found["z"].iloc[12:].abs().max() < 1
        assert np.isfinite(found[["expected", "low", "high"]].iloc[12:].to_numpy()).all()
