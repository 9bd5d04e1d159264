"""One series: shapes that trip models up, and what is read off a forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import SeriesError
from cfanalysis.reference.working_days import working_days

MONTHS = pd.period_range("2012-04", periods=72, freq="M")


def series(values, months=MONTHS) -> pd.Series:
    return pd.Series(np.asarray(values, float), index=months[: len(values)], name="referrals")


def noisy(mean: float, months=MONTHS, seed: int = 0) -> pd.Series:
    return series(np.random.default_rng(seed).poisson(mean, len(months)), months)


HARD = {
    "all zero": np.zeros(72),
    "constant": np.full(72, 50.0),
    "constant and large": np.full(72, 4_000_000.0),
    "zero but for one month": np.where(np.arange(72) == 40, 30.0, 0.0),
    "huge": 1e9 * (1 + 0.1 * np.sin(np.arange(72))),
    "step in the last month": np.where(np.arange(72) == 71, 300.0, 100 + 5 * np.cos(np.arange(72))),
    "spike then silence": np.where(np.arange(72) == 5, 1e6, 10.0),
    "fractions": 0.3 + 0.1 * np.sin(np.arange(72)),
    "twelve months": 40 + np.arange(12.0) % 5,
    "one more than eleven, half of them zero": np.tile([0.0, 9.0], 6),
    "exponential growth": np.rint(np.exp(np.arange(72) / 6)),
    "falls to zero": np.maximum(200 - 4 * np.arange(72), 0.0),
}


@pytest.mark.parametrize("kind", ["count", "stock"])
@pytest.mark.parametrize("shape", HARD)
def test_hard_shapes_get_finite_paths_and_intervals_with_width(shape, kind):
    found = cf.forecast(series(HARD[shape]), kind=kind)
    assert found.paths.shape == (2000, 12)
    assert np.isfinite(found.paths).all()
    assert (found.paths >= 0).all()
    for level in (0.5, 0.8, 0.95):
        band = found.interval(level)
        assert (band["high"] > band["low"]).all()
    if np.all(HARD[shape] == np.rint(HARD[shape])):
        assert (found.paths == np.rint(found.paths)).all()


@pytest.mark.parametrize("value", [0.0, 100.0, 40.0])
def test_a_constant_percentage_keeps_inside_0_to_100_with_width(value):
    found = cf.forecast(series(np.full(48, value)), kind="percent")
    band = found.interval(0.8)
    assert ((found.paths >= 0) & (found.paths <= 100)).all()
    assert (band["high"] > band["low"]).all()
    assert abs(found.median.iloc[0] - value) < 3


@pytest.mark.parametrize("share", [0.0, 0.04, 0.5, 1.0])
@pytest.mark.parametrize("trials", [3, 40, 2000])
def test_percentages_of_denominators(share, trials):
    rng = np.random.default_rng(1)
    below = series(rng.poisson(trials, 48))
    above = series(rng.binomial(below.astype(int), share))
    found = cf.forecast(above, denominator=below)
    band = found.interval(0.8)
    assert found.kind == "percent"
    assert np.isfinite(found.paths).all()
    assert ((found.paths >= 0) & (found.paths <= 100)).all()
    assert (band["high"] > band["low"]).all()
    assert band["low"].iloc[0] - 1e-9 <= 100 * share <= band["high"].iloc[0] + 1e-9 or trials == 3
    assert "denominator" in found.facts


def test_a_denominator_of_zero_is_a_missing_month():
    below = series(np.where(np.arange(48) == 10, 0.0, 20.0))
    found = cf.forecast(series(np.where(np.arange(48) == 10, 0.0, 5.0)), denominator=below)
    assert found.excluded["month"].astype(str).tolist() == ["2013-02"]


def test_a_spike_in_the_last_month_is_not_chased():
    calm = 200 + 8 * np.cos(np.arange(72) * 2.4)
    spiked = np.where(np.arange(72) == 71, 500.0, calm)
    found = cf.forecast(series(spiked), calendar=False, season="none")
    assert found.median.iloc[1:].max() < 200 + 0.4 * 300


def test_a_step_that_lasts_is_followed():
    stepped = np.where(np.arange(72) >= 60, 400.0, 200.0) + 8 * np.cos(np.arange(72) * 2.4)
    found = cf.forecast(series(stepped), calendar=False, season="none")
    assert 330 < found.median.mean() < 430


def test_a_dated_step_is_learnt_faster_than_one_that_must_be_found():
    stepped = np.where(np.arange(72) >= 69, 400.0, 200.0) + 8 * np.cos(np.arange(72) * 2.4)
    told = cf.forecast(series(stepped), calendar=False, season="none", events=[(MONTHS[69], "step")])
    guessed = cf.forecast(series(stepped), calendar=False, season="none")
    assert abs(told.median.mean() - 400) < abs(guessed.median.mean() - 400)


def test_a_dated_pulse_leaves_the_forecast_where_it_was():
    calm = 200 + 8 * np.cos(np.arange(72) * 2.4)
    pulsed = np.where(np.arange(72) == 70, 600.0, calm)
    told = cf.forecast(series(pulsed), calendar=False, season="none", events={"2018-02": "pulse"})
    assert abs(told.median.mean() - 200) < 10


def test_an_event_still_to_come_is_said():
    found = cf.forecast(noisy(100), events=[("2030-01", "step")])
    assert any("January 2030 lies ahead" in note for note in found.notes)


def test_flows_follow_the_calendar():
    per_day = 10.0
    days = working_days(MONTHS)
    found = cf.forecast(series(np.rint(per_day * days)), season="none")
    ahead = working_days(found.months)
    assert np.allclose(found.median / ahead, per_day, rtol=0.02)


def test_the_borrowed_season_shows_an_august_fall_and_own_season_is_learnt():
    borrowed = cf.forecast(noisy(300), season="reference").season.set_index("month")["factor"]
    assert borrowed[8] < 0.9 < borrowed[5]
    shape = np.array([1.0, 1, 1, 1, 1, 1, 1, 1.6, 1, 1, 1, 1])
    own = noisy(300) * shape[MONTHS.month - 1]
    learnt = cf.forecast(own.round(), season="own", calendar=False)
    table = learnt.season.set_index("month")
    assert table["low"][8] > 1.2
    assert learnt.season_evidence > 0.99
    assert learnt.season["month"].tolist() == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]


def test_twelve_factors_from_april_are_taken():
    factors = [1.0] * 4 + [0.5] + [1.0] * 7
    found = cf.forecast(noisy(300).iloc[:24], season=factors, calendar=False)
    august = found.median[found.months.month == 8].iloc[0]
    assert august < 0.65 * found.median.mean()


def test_lockdown_months_are_not_learnt_from_in_flows_and_are_in_stocks():
    months = pd.period_range("2017-04", "2021-03", freq="M")
    fell = noisy(300, months).where(~months.isin(pd.period_range("2020-03", "2020-07", freq="M")), 5.0)
    flow, stock = cf.forecast(fell), cf.forecast(fell, kind="stock")
    assert len(flow.excluded) == 7
    assert set(flow.excluded["reason"]) == {"lockdown"}
    assert any("7 lockdown months" in note for note in flow.notes)
    assert 250 < flow.median.mean() < 350
    assert stock.excluded.empty


def test_months_asked_to_be_left_out_are_named():
    found = cf.forecast(noisy(300), missing=["2013-05"])
    assert found.excluded.astype(str).to_numpy().tolist() == [["2013-05", "left out as asked"]]


def test_short_series_say_whose_season_it_is():
    found = cf.forecast(noisy(300).iloc[:20])
    assert any("season is England's" in note for note in found.notes)
    assert np.isnan(found.season_evidence)
    assert any("too few to learn a season" in note for note in cf.forecast(noisy(300).iloc[:20], season="own").notes)


def test_the_seed_makes_it_reproducible():
    first, again, other = (cf.forecast(noisy(60), seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.paths, again.paths)
    assert not np.array_equal(first.paths, other.paths)


def test_models_hand_over_without_a_jump():
    shape = 1 + 0.1 * np.cos(np.arange(72) * 2.4)
    middles = {mean: cf.forecast(series(mean * shape), calendar=False, season="none").mean.mean() / mean for mean in range(6, 40)}
    values = np.array(list(middles.values()))
    assert np.abs(np.diff(values)).max() < 0.04


def test_what_is_read_off_a_forecast_agrees_with_its_paths():
    found = cf.forecast(noisy(120), 6)
    assert found.median.index.equals(found.months)
    assert np.allclose(found.mean, found.paths.mean(0))
    assert np.allclose(found.quantile(0.9), np.quantile(found.paths, 0.9, axis=0))
    assert found.total().mean == pytest.approx(found.paths.sum(1).mean())
    assert found.total(2).median == np.median(found.paths[:, :2].sum(1))
    assert found.total(["2018-06", "2018-07"]).mean == pytest.approx(found.paths[:, 2:4].sum(1).mean())
    assert found.probability(lambda paths: paths["2018-04"] > 0) == 1
    assert found.probability(lambda paths: paths.mean(axis=1) > 120) == np.mean(found.paths.mean(1) > 120)
    low, high = found.total().interval(0.8)
    assert low < found.total().quantile(0.5) < high
    assert found.total().probability(lambda draws: draws > low) > 0.8
    assert {"mean", "median", "low80", "high95"} <= set(found.to_frame().columns)


def test_a_total_is_less_certain_than_independent_months_would_make_it():
    found = cf.forecast(noisy(400, seed=2))
    assert found.paths.sum(1).std() > np.sqrt((found.paths.std(0) ** 2).sum())


def test_what_cannot_be_read_off_is_refused():
    found = cf.forecast(noisy(120), 6)
    for wrong in (
        lambda: found.total(7),
        lambda: found.total(["2030-01"]),
        lambda: found.interval(80),
        lambda: found.probability(lambda _: True),
    ):
        with pytest.raises(SeriesError):
            wrong()
    with pytest.raises(SeriesError, match="do not add up"):
        cf.forecast(noisy(120), kind="stock").total()


def test_a_stock_is_taken_from_where_it_stands():
    open_cases = np.rint(900 + np.cumsum(np.random.default_rng(5).normal(4, 8, 72)))
    found = cf.forecast(series(open_cases), kind="stock")
    assert abs(found.median.iloc[0] - open_cases[-1]) < 40
    assert found.interval(0.8).eval("high - low").is_monotonic_increasing


def test_of_a_long_series_the_newest_twelve_years_count():
    months = pd.period_range("1990-01", periods=300, freq="M")
    long = noisy(200, months)
    found = [cf.forecast(each, 3, season="none", missing="none").paths for each in (long, long.iloc[-144:])]
    assert np.array_equal(*found)
    share = cf.forecast(long // 2, 3, denominator=noisy(400, months, seed=1), season="none")
    assert share.median.between(15, 35).all()


def long_stocks() -> list[np.ndarray]:
    """Open cases over 18 years whose starts and closures wander slowly around a season; the last year is what is to be foretold."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(24):
        rates = rng.normal(0, 0.01, (2, 216)).cumsum(1) + 0.1 * np.cos(2 * np.pi * np.arange(216) / 12)
        rates[1] -= 0.1 * np.cos(2 * np.pi * np.arange(216) / 12)
        stock, path = 6000.0, []
        for starts, ends in np.exp(rates).T:
            stock += rng.poisson(170 * starts) - rng.binomial(int(stock), 170 / 6000 * ends)
            path.append(stock)
        found.append(np.array(path))
    return found


def test_a_long_smooth_stock_goes_on_as_it_went():
    ours, last_value, last_year, inside = [], [], [], []
    for stock in long_stocks():
        history, truth = stock[:-12], stock[-12:]
        months = pd.period_range("2004-04", periods=len(history), freq="M")
        ahead = cf.forecast(pd.Series(history, index=months), 12, kind="stock", missing="none")
        band = ahead.interval(0.8)
        ours.append(np.abs(ahead.median.to_numpy() - truth).mean())
        last_value.append(np.abs(history[-1] - truth).mean())
        last_year.append(np.abs(history[-12:] - truth).mean())
        inside.append(((truth >= band["low"].to_numpy()) & (truth <= band["high"].to_numpy())).mean())
    assert np.mean(ours) < 0.7 * np.mean(last_value)
    assert np.mean(ours) < 0.6 * np.mean(last_year)
    assert 0.65 < np.mean(inside) < 0.95
