"""Series by calendar quarter: the model of the months, seen by their quarters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.prior import shipped
from cfanalysis.reference.working_days import working_days

MONTHS = pd.period_range("2010-04", "2019-03", freq="M")


def by_quarter(series: pd.Series) -> pd.Series:
    return series.groupby(series.index.asfreq("Q-DEC")).sum()


def monthly(mean: float, seed: int = 0, months: pd.PeriodIndex = MONTHS) -> pd.Series:
    """Poisson months with England's season per working day."""
    offered = np.asarray(shipped().profile)[months.month - 1] * working_days(months) / 21
    return pd.Series(np.random.default_rng(seed).poisson(mean * offered).astype(float), months, name="referrals")


@pytest.mark.parametrize("mean", [1.5, 25.0, 300.0])
def test_a_quarter_is_forecast_as_its_months_together(mean):
    series = monthly(mean)
    quarters, months = cf.forecast(by_quarter(series), 4), cf.forecast(series, 12)
    together = months.paths.reshape(-1, 4, 3).sum(axis=2)
    assert [str(each) for each in quarters.months] == ["2019Q2", "2019Q3", "2019Q4", "2020Q1"]
    np.testing.assert_allclose(quarters.mean, together.mean(axis=0), rtol=0.12)
    wide, other = quarters.paths.std(axis=0), together.std(axis=0)
    assert (wide < 1.4 * other).all()
    assert (wide > 0.7 * other).all()


def test_a_quarter_with_fewer_working_days_is_foretold_lower():
    years = [cf.forecast(by_quarter(monthly(400.0))[: f"{year}Q4"], 2, season="none").median for year in (2015, 2017)]
    # January to March 2016 had 62 working days, those of 2018 63; April to June 2016 had 63, those of 2018 62
    assert years[0].iloc[1] / years[0].iloc[0] > years[1].iloc[1] / years[1].iloc[0]


def test_what_is_read_off_speaks_of_quarters():
    found = cf.forecast(by_quarter(monthly(60.0)), 6)
    assert found.season["quarter"].tolist() == [2, 3, 4, 1]
    assert (found.season["low"] < found.season["high"]).all()
    assert found.total(["2019Q2", "2019Q3"]).mean == pytest.approx(found.paths[:, :2].sum(axis=1).mean())
    assert found.paths.shape == (2000, 6)
    assert (found.paths == np.rint(found.paths)).all()


def test_an_own_season_by_quarter_is_learnt():
    offered = np.where(MONTHS.quarter == 3, 0.5, 1.0)
    series = pd.Series(np.random.default_rng(3).poisson(200 * offered).astype(float), MONTHS)
    found = cf.forecast(by_quarter(series), 4, season="own", calendar=False)
    assert found.median["2019Q3"] == pytest.approx(300, rel=0.15)
    assert found.median["2019Q2"] == pytest.approx(600, rel=0.15)


@pytest.mark.parametrize("cases", [4, 60])
def test_shares_by_quarter_keep_their_level(cases):
    rng = np.random.default_rng(1)
    below = by_quarter(pd.Series(rng.poisson(cases, len(MONTHS)) + 1.0, MONTHS))
    above = pd.Series(rng.binomial(below.to_numpy().astype(int), 0.7).astype(float), below.index)
    found = cf.forecast(above, 4, denominator=below)
    assert abs(found.median.mean() - 70) < 8
    assert ((found.paths >= 0) & (found.paths <= 100)).all()


def test_a_stock_by_quarter_stays_where_it_was():
    stock = pd.Series(np.round(900 + np.random.default_rng(2).normal(0, 9, 36).cumsum()), pd.period_range("2010Q2", periods=36, freq="Q"))
    found = cf.forecast(stock, 4, kind="stock")
    assert abs(found.median.iloc[0] - stock.iloc[-1]) < 40
    assert found.paths.std(axis=0)[0] < found.paths.std(axis=0)[-1]


def test_a_step_within_a_quarter_is_learnt_of():
    series = monthly(100.0)
    series[series.index >= "2018-08"] *= 1.6
    quarters = by_quarter(series)
    told = cf.forecast(quarters, 2, events={"2018-08": "step"})
    untold = cf.forecast(quarters, 2)
    after = 1.6 * cf.forecast(by_quarter(monthly(100.0)), 2).median.iloc[0]
    assert abs(told.median.iloc[0] - after) < abs(untold.median.iloc[0] - after)


def test_what_lockdown_took_from_part_of_a_quarter_is_put_back():
    months = pd.period_range("2012-04", "2021-03", freq="M")
    series = monthly(200.0, months=months)
    for month, took in shipped().lockdown:
        series[pd.Period(month, "M")] *= np.exp(took)
    found = cf.forecast(by_quarter(series), 4)
    assert found.excluded["month"].astype(str).tolist() == ["2020Q2"]
    free = monthly(200.0, months=pd.period_range("2012-04", "2022-03", freq="M"))
    assert found.mean.mean() == pytest.approx(by_quarter(free).iloc[-4:].mean(), rel=0.03)
    believed = cf.forecast(by_quarter(series), 4, missing="none")
    assert believed.mean.mean() < found.mean.mean()


def test_a_panel_of_quarters_gives_every_column_its_forecast():
    frame = pd.DataFrame({f"A{at}": by_quarter(monthly(80.0 + at, seed=at)) for at in range(21)})
    found = cf.forecast_panel(frame, 4)
    assert list(found) == list(frame)
    assert abs(found["A3"].median.mean() - frame["A3"].mean()) < 60


def test_too_few_quarters_other_quarters_and_a_mixture_are_refused():
    quarters = by_quarter(monthly(60.0))
    with pytest.raises(SeriesError, match="5 quarters with a value to learn from, want at least 6"):
        cf.forecast(quarters[-5:], 4)
    odd = pd.Series(np.arange(20.0), pd.period_range("2015Q1", periods=20, freq="Q-JAN"))
    with pytest.raises(SeriesError, match="want calendar quarters"):
        cf.forecast(odd, 4)
    with pytest.raises(SeriesError, match="values by quarter and denominators by month"):
        cf.forecast(quarters, 4, denominator=monthly(900.0))
    with pytest.raises(SeriesError, match="want months: a PeriodIndex of frequency M, or dates"):
        cf.backtest(quarters)
