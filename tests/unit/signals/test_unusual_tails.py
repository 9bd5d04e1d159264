"""Exact tails against scipy's distributions, and severities against their lines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cfanalysis.signals.unusual import small as small
from cfanalysis.signals.unusual.level import Mixture
from cfanalysis.signals.unusual.shares import judge_shares
from cfanalysis.signals.unusual.tails import severity, tails_to_z


def one(mean: float, spread: float) -> small.Predictions:
    return small.Predictions(np.array([[mean]]), np.array([[spread]]), np.array([[1.0]]))


@pytest.mark.parametrize(("mean", "spread", "count"), [(3.0, 5.0, 9), (20.0, 8.0, 44), (20.0, 8.0, 4), (0.4, 1.0, 0)])
def test_a_small_count_has_the_negative_binomials_tail(mean: float, spread: float, count: int) -> None:
    judged = small.judge_counts(one(mean, spread), np.array([float(count)]))
    expected = stats.nbinom(spread, spread / (spread + mean))
    tail = min(expected.cdf(count), expected.sf(count - 1), 0.5)
    assert judged.p[0] == pytest.approx(min(1.0, 2 * tail), rel=1e-9)
    assert judged.low[0] == expected.ppf(0.025)
    assert judged.high[0] == expected.ppf(0.975)


@pytest.mark.parametrize(("share", "spread", "top", "below"), [(0.8, 40.0, 9, 20), (0.1, 200.0, 12, 60), (0.95, 25.0, 50, 60)])
def test_a_small_share_has_the_beta_binomials_tail(share: float, spread: float, top: int, below: int) -> None:
    judged = judge_shares(one(share, spread), np.array([float(top)]), np.array([float(below)]))
    expected = stats.betabinom(below, share * spread, (1 - share) * spread)
    tail = min(expected.cdf(top), expected.sf(top - 1), 0.5)
    assert judged.p[0] == pytest.approx(min(1.0, 2 * tail), rel=1e-6)
    assert judged.low[0] == pytest.approx(100 * expected.ppf(0.025) / below)


def test_a_large_share_is_close_to_its_exact_tail() -> None:
    judged = judge_shares(one(0.3, 300.0), np.array([190.0]), np.array([500.0]))
    expected = stats.betabinom(500, 90.0, 210.0)
    assert judged.z[0] == pytest.approx(stats.norm.isf(expected.sf(189)), abs=0.05)


def test_a_mixtures_limits_are_where_its_probability_is() -> None:
    mixture = Mixture(np.array([[0.0, 1.5]]), np.array([[0.5, 1.0]]), np.array([[0.7, 0.3]]), np.array([9.0]))
    for share, found in zip((0.025, 0.5, 0.975), mixture.quantiles((0.025, 0.5, 0.975)), strict=True):
        assert mixture.lower(found)[0] == pytest.approx(share, abs=0.015)


def test_z_is_signed_by_the_smaller_tail_and_never_infinite() -> None:
    z, p = tails_to_z(np.log([0.001, 1.0, 0.6, 1e-300]), np.log([1.0, 0.001, 0.6, 1.0]))
    assert z[0] == pytest.approx(-3.09, abs=0.01)
    assert z[1] == pytest.approx(3.09, abs=0.01)
    assert z[2] == 0
    assert np.isfinite(z[3])
    assert ((p >= 0) & (p <= 1)).all()


def test_severity_grows_with_distance_on_both_sides() -> None:
    assert severity(np.array([1.9, 1.97, 2.56, 3.31, 4.41])).tolist() == ["usual", "watch", "alert", "strong", "extreme"]
    assert severity(np.array([-1.9, -1.97, -2.56, -3.31, -4.41])).tolist() == ["usual", "watch", "alert", "strong", "extreme"]
