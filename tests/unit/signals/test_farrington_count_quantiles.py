"""Quantiles and tails of counts against scipy's general ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cfanalysis.signals.unusual.count_quantiles import count_cdf, count_quantile, count_tail

MEANS = st.floats(0.01, 5000)
PHIS = st.one_of(st.just(1.0), st.floats(1.01, 60))
CHANCES = st.sampled_from([0.001, 0.005, 0.025, 0.05, 0.5, 0.95, 0.975, 0.995, 0.999])


def peer(mean: float, phi: float) -> object:
    return stats.poisson(mean) if phi == 1 else stats.nbinom(mean / (phi - 1), 1 / phi)


@given(CHANCES, MEANS, PHIS)
def test_a_quantile_is_the_smallest_count_that_reaches_the_chance(p: float, mean: float, phi: float) -> None:
    found = float(count_quantile(p, np.array([mean]), np.array([phi]))[0])
    cdf = peer(mean, phi).cdf  # type: ignore[attr-defined]
    assert cdf(found) >= p * (1 - 1e-12)
    assert found == 0 or cdf(found - 1) < p * (1 + 1e-12)


@given(st.integers(0, 300), MEANS, PHIS)
def test_distribution_and_tail_agree_with_scipy(x: int, mean: float, phi: float) -> None:
    reference = peer(mean, phi)
    args = np.array([float(x)]), np.array([mean]), np.array([phi])
    assert count_cdf(*args)[0] == pytest.approx(reference.cdf(x), rel=1e-8, abs=1e-300)  # type: ignore[attr-defined]
    assert count_tail(*args)[0] == pytest.approx(reference.sf(x - 1), rel=1e-8, abs=1e-300)  # type: ignore[attr-defined]


def test_means_of_nothing_and_no_mean() -> None:
    found = count_quantile(0.995, np.array([0.0, np.nan, np.inf]), np.array([2.0, 1.0, 1.0]))
    np.testing.assert_array_equal(found, [0, np.nan, np.nan])
    assert count_tail(np.array([0.0, 1.0]), np.zeros(2), np.ones(2)).tolist() == [1, 0]


def test_a_mean_beyond_all_counting_ends() -> None:
    found = count_quantile(0.995, np.array([1e20, 1e200, 1e308, 5.0]), np.array([1.0, 3.0, 7.0, 1.0]))
    np.testing.assert_allclose(found[:2], [1e20, 1e200], rtol=1e-6)
    assert found[3] == 12


def test_a_chance_reached_exactly_is_reached() -> None:
    # Poisson of mean log 2: P(0) is exactly one half.
    assert count_quantile(0.5, np.array([np.log(2)]), np.array([1.0]))[0] == 0
