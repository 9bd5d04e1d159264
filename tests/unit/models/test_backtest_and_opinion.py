"""Backtests and second opinions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import SeriesError

MONTHS = pd.period_range("2012-04", periods=84, freq="M")


def walk(seed: int = 0) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(rng.poisson(200 * np.exp(np.cumsum(rng.normal(0, 0.03, 84)))).astype(float), index=MONTHS, name=f"A{seed}")


def test_a_backtest_scores_every_method_on_the_same_months():
    found = cf.backtest(walk().iloc[:60], 6, origins=2, calendar=False, season="none")
    assert found.table["method"].tolist() == ["this forecast", "same month last year", "six-month rule", "ETS"]
    assert (found.table["forecasts"] == 2).all()
    assert set(found.forecasts["method"].value_counts()) == {12}
    assert found.table[["mase", "scrps"]].gt(0).all().all()
    assert found.table[["coverage80", "coverage95"]].to_numpy().max() <= 1


def test_a_panel_is_scored_and_reliability_rises():
    frame = pd.concat([walk(seed) for seed in range(6)], axis=1)
    found = cf.backtest(frame, origins=3, calendar=False, season="none", ets=False)
    table = found.table.set_index("method")
    assert table.loc["this forecast", "mase"] < table.loc["same month last year", "mase"]
    ours = found.reliability[found.reliability["method"] == "this forecast"]
    assert ours["came_true"].is_monotonic_increasing
    assert found.chart().to_dict()["layer"]


def test_a_backtest_knows_nothing_later():
    changed = walk().copy()
    changed.iloc[-12:] *= 5
    first, second = (cf.backtest(each, origins=["2018-03"], ets=False).forecasts for each in (walk(), changed))
    assert np.array_equal(first["middle"], second["middle"])
    assert not np.array_equal(first["observed"], second["observed"])


def test_origins_that_leave_nothing_are_refused():
    with pytest.raises(SeriesError, match="no origin leaves 24 months"):
        cf.backtest(walk(), origins=["2013-01"])


def test_opinions_are_finite_in_the_unit_of_the_series():
    found = cf.second_opinion(walk().iloc[:48], 6, season="own", calendar=False)
    assert set(found.forecasts["method"]) == {"ETS", "unobserved components", "SARIMAX"}
    assert found.notes == ()
    assert found.forecasts["middle"].between(50, 800).all()
    ordered = found.forecasts[["low95", "low80", "middle", "high80", "high95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()
    assert len(found.decomposition) == 48


def test_opinions_cope_with_holes_short_series_and_percentages():
    holes = walk().where(~np.isin(np.arange(84), [10, 50, 83]))
    assert len(cf.second_opinion(holes, 3).forecasts) == 9
    short = cf.second_opinion(walk().iloc[:14], 3)
    assert short.decomposition.empty
    assert len(short.forecasts) >= 3
    share = cf.second_opinion(walk() / 10, 3, kind="percent", season="none")
    assert share.forecasts["high95"].between(0, 100).all()


def test_a_constant_series_gets_an_opinion_or_a_note():
    found = cf.second_opinion(pd.Series(50.0, index=MONTHS), 3, calendar=False, season="none")
    assert len(found.forecasts) / 3 + len(found.notes) == 3
    assert np.isfinite(found.forecasts["middle"]).all()


def test_disagreement_is_flagged():
    found, forecast = cf.second_opinion(walk(), 6, calendar=False, season="none"), cf.forecast(walk(), 6, calendar=False, season="none")
    assert not found.against(forecast)["disagrees"].any()
    elsewhere = cf.forecast(walk() * 3, 6, calendar=False, season="none")
    assert found.against(elsewhere)["disagrees"].all()


def test_forecasting_loads_neither_statsmodels_nor_altair():
    code = "import sys, cfanalysis as cf; cf.forecast; cf.backtest; cf.second_opinion; print({'statsmodels', 'altair'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
