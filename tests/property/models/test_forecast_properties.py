"""What must hold for any series."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import cfanalysis as cf
from cfanalysis.models import one_step

START = pd.Period("2014-01", "M")


def monthly(values) -> pd.Series:
    return pd.Series(np.asarray(values, float), index=pd.period_range(START, periods=len(values), freq="M"), name="contacts")


counts = st.lists(st.integers(0, 2000), min_size=14, max_size=50)
holed = st.lists(st.one_of(st.integers(0, 500), st.none()), min_size=30, max_size=50).filter(lambda v: sum(x is not None for x in v) >= 12)
fractions = st.lists(st.floats(0, 1e7, allow_nan=False), min_size=14, max_size=40)
kinds = st.sampled_from(["count", "stock"])


@settings(max_examples=25)
@given(counts, kinds)
def test_any_counts_give_finite_whole_paths_and_intervals_with_width(values, kind):
    found = cf.forecast(monthly(values), 6, kind=kind, paths=200)
    assert np.isfinite(found.paths).all()
    assert (found.paths >= 0).all()
    assert (found.paths == np.rint(found.paths)).all()
    assert (found.interval(0.8)["high"] > found.interval(0.8)["low"]).all()


@settings(max_examples=15)
@given(fractions, kinds)
def test_any_fractions_too(values, kind):
    found = cf.forecast(monthly(values), 6, kind=kind, paths=200, missing="none")
    assert np.isfinite(found.paths).all()
    assert (found.paths >= 0).all()
    assert (found.interval(0.8)["high"] > found.interval(0.8)["low"]).all()


@settings(max_examples=15)
@given(holed)
def test_holes_anywhere(values):
    series = monthly([np.nan if value is None else value for value in values])
    found = cf.forecast(series, 6, paths=200, missing="none")
    assert np.isfinite(found.paths).all()
    judged = one_step(series, missing="none")
    known = series[judged.index].notna()
    assert judged["z"].notna().tolist() == (known & (known.cumsum() - known >= 12)).tolist()


@settings(max_examples=12)
@given(st.lists(st.integers(0, 500), min_size=30, max_size=40), st.lists(st.integers(0, 500), min_size=1, max_size=12), kinds)
def test_later_months_never_change_an_earlier_judgement(values, more, kind):
    early, late = one_step(monthly(values), kind=kind), one_step(monthly(values + more), kind=kind)
    columns = ["expected", "low", "high", "low95", "high95", "pit", "z", "p"]
    assert np.allclose(early[columns], late.iloc[: len(early)][columns], rtol=1e-6, atol=1e-7, equal_nan=True)


@settings(max_examples=10)
@given(st.lists(st.integers(300, 900), min_size=24, max_size=48), st.sampled_from([10, 1000]))
def test_scaling_a_large_series_scales_its_forecast(values, factor):
    small, large = (cf.forecast(monthly(values) * times, 6, missing="none") for times in (1, factor))
    assert np.allclose(large.median / factor, small.median, rtol=0.01)
    assert np.allclose(large.interval(0.8) / factor, small.interval(0.8), rtol=0.02)


@settings(max_examples=6)
@given(st.permutations(range(5)), st.integers(0, 1000))
def test_the_order_of_authorities_changes_nothing(order, seed):
    rng = np.random.default_rng(seed)
    months = pd.period_range(START, periods=40, freq="M")
    frame = pd.DataFrame(rng.poisson(rng.uniform(5, 500, 5), (40, 5)).astype(float), index=months, columns=list("ABCDE"))
    first, second = cf.forecast_panel(frame, 4, paths=200), cf.forecast_panel(frame.iloc[:, list(order)], 4, paths=200)
    for name in "ABCDE":
        assert np.allclose(first[name].paths, second[name].paths, atol=1)


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), min_size=20, max_size=40))
def test_percentages_stay_within_0_and_100(pairs):
    below = monthly([trials for trials, _ in pairs])
    above = monthly([round(trials * share) for trials, share in pairs])
    if (below > 0).sum() < 12:
        return
    found = cf.forecast(above, 6, denominator=below, paths=200, missing="none")
    band = found.interval(0.8)
    assert ((found.paths >= 0) & (found.paths <= 100)).all()
    assert (band["high"] > band["low"]).all()
    assert ((band >= 0) & (band <= 100)).all().all()
