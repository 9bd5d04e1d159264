"""Months in a row that differ from a year before, where no month alone and no year as a whole shows it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.signals import compare_years, find_run

MONTHS = pd.period_range("2012-04", periods=66, freq="M")


def monthly(values) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=float), MONTHS)


def test_four_high_months_of_a_share_are_found():
    below = monthly(np.full(66, 300.0))
    above = monthly(np.full(66, 64.0))
    above["2016-11":"2017-02"] = [89, 78, 94, 95]
    run = find_run(above, denominator=below)
    assert run is not None
    assert (str(run.first), str(run.last), run.years.direction) == ("2016-11", "2017-02", "up")
    assert run.years.now == pytest.approx(100 * 356 / 1200)
    assert run.years.before == pytest.approx(100 * 256 / 1200)
    assert compare_years(above, denominator=below, last="2017-09").change < 3


def test_nothing_is_found_across_a_break_or_of_a_stock():
    counts = monthly(np.r_[np.full(57, 100.0), [180, 170, 175], np.full(6, 100.0)])
    assert find_run(counts) is not None
    events = pd.DataFrame({"month": ["2016-12"], "kind": ["break"], "label": ["a new system"]})
    assert find_run(counts, events=events) is None
    assert find_run(counts, kind="stock") is None
    assert find_run(monthly(np.full(66, np.nan))) is None


def test_steady_series_hardly_ever_have_one():
    rng, told = np.random.default_rng(2), 0
    for _ in range(60):
        told += find_run(monthly(rng.poisson(40, 66))) is not None
        told += find_run(monthly(rng.binomial(250, 0.22, 66)), denominator=monthly(np.full(66, 250.0))) is not None
    assert told <= 0.04 * 120
