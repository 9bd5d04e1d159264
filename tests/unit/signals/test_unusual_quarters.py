"""``unusual`` by quarter: working days and season are those of the quarter, and steady series stay quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import unusual
from cfanalysis.signals.unusual.inputs import exposure, reference_profile

MONTHS = pd.period_range("2012-04", periods=96, freq="M")


def by_quarter(series: pd.Series) -> pd.Series:
    return series.groupby(series.index.asfreq("Q-MAR")).sum()


def seasonal_quarters(mean: float, seed: int = 1) -> pd.Series:
    """Poisson months with England's season and working days, added up."""
    offered = exposure(MONTHS, calendar=True, profile=reference_profile())
    return by_quarter(pd.Series(np.random.default_rng(seed).poisson(mean * offered).astype(float), MONTHS))


def test_a_quarter_twice_what_it_should_be_is_unusual_and_the_others_are_not() -> None:
    series = seasonal_quarters(60)
    series.iloc[-1] *= 2
    judged = unusual(series)
    assert judged["state"].iloc[-1] == "unusual"
    assert judged["state"].iloc[:6].eq("not judged").all()
    assert "quarters to judge from" in judged["reason"].iloc[0]
    assert (judged["state"].iloc[6:-1] == "unusual").mean() < 0.1


def test_what_a_quarter_offers_is_the_mean_of_its_months() -> None:
    months = exposure(MONTHS, calendar=True, profile=reference_profile())
    quarters = exposure(pd.period_range("2013Q1", periods=32, freq="Q-MAR"), calendar=True, profile=reference_profile())
    np.testing.assert_allclose(quarters, months.reshape(-1, 3).mean(axis=1))


def test_later_quarters_change_no_row() -> None:
    series = seasonal_quarters(20)
    early = unusual(series.iloc[:20])
    pd.testing.assert_series_equal(unusual(series)["z"].iloc[:20], early["z"])


def test_steady_shares_and_counts_are_rarely_unusual() -> None:
    rng, unusual_quarters, judged_quarters = np.random.default_rng(2), 0, 0
    for _ in range(25):
        below = by_quarter(pd.Series(25.0, MONTHS))
        above = by_quarter(pd.Series(rng.binomial(25, 0.75, 96).astype(float), MONTHS))
        states = unusual(above, denominator=below)["state"]
        unusual_quarters += int((states == "unusual").sum())
        judged_quarters += int((states != "not judged").sum())
    assert unusual_quarters <= 0.03 * judged_quarters


def test_parts_by_different_periods_are_refused() -> None:
    series = seasonal_quarters(20)
    with pytest.raises(SeriesError, match="denominator by M"):
        unusual(series, denominator=pd.Series(1000.0, MONTHS))
