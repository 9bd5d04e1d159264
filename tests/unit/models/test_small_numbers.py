"""The models of small counts and percentages, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cfanalysis.models.counts import LARGE, SMALL, count_paths, cumulative, learn_counts, mix, one_negative_binomial, share_of_small
from cfanalysis.models.proportions import learn_shares, log_mass, masses, share_of_few, share_paths

ONES = np.ones(60)
ALWAYS = np.ones(60, dtype=bool)


def test_the_share_of_the_small_model_falls_from_one_to_none():
    shares = [share_of_small(np.full(60, mean), ALWAYS)[-1] for mean in (0.0, SMALL, 15.0, 25.0, LARGE, 400.0)]
    assert shares[:2] == [1, 1]
    assert shares[-2:] == pytest.approx([0, 0], abs=1e-9)
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_mixture_has_the_share_asked_for(share):
    found = mix(np.ones((2000, 2)), np.zeros((2000, 2)), share)
    assert abs(found.mean() - share) < 0.002


def test_one_negative_binomial_stands_for_the_mixture():
    values = np.random.default_rng(0).poisson(6, 60).astype(float)
    model = learn_counts(values, ALWAYS, ONES)
    mean, size = one_negative_binomial(model, ONES)
    paths = count_paths(model, ONES[:1], 40_000, True, 0)
    assert paths.mean() == pytest.approx(values[-12:].mean(), rel=0.2)
    assert cumulative(mean, size, np.full(60, 6.0))[-1] == pytest.approx(stats.nbinom.cdf(6, size[-1], size[-1] / (size[-1] + mean[-1])))
    assert abs((paths <= 6).mean() - cumulative(mean, size, np.full(60, 6.0))[-1]) < 0.06


def test_counts_below_zero_have_no_probability():
    assert cumulative(np.array([3.0]), np.array([2.0]), np.array([-1.0])).tolist() == [0.0]


def test_a_beta_binomial_without_overdispersion_is_scipys():
    yes, no, one = np.array([3.0]), np.array([7.0]), np.array([1.0])
    assert log_mass(4.0, 12.0, yes, no, one)[0] == pytest.approx(stats.betabinom.logpmf(4, 12, 3, 7))


def test_overdispersion_widens_a_percentage():
    yes, no = np.full(2, 300.0), np.full(2, 700.0)
    probability = np.exp([log_mass(float(k), 50.0, yes, no, np.array([1.0, 3.0])) for k in range(51)])
    assert np.allclose(probability.sum(0), 1)
    spread = [np.average((np.arange(51) - 15) ** 2, weights=column) for column in probability.T]
    assert spread[1] > 2 * spread[0]


def test_probabilities_of_every_number_of_cases_add_up():
    rng = np.random.default_rng(1)
    trials = rng.poisson(12, 60) + 1.0
    model = learn_shares(rng.binomial(trials.astype(int), 0.3).astype(float), trials, ALWAYS)
    for count in (1, 12, 200):
        found = masses(model, 59, count)
        assert len(found) == count + 1
        assert found.sum() == pytest.approx(1)
        assert np.average(np.arange(count + 1), weights=found) / count == pytest.approx(0.3, abs=0.1)


def test_percentages_with_no_denominator_ahead_still_have_a_share():
    model = learn_shares(np.full(60, 3.0), np.full(60, 10.0), ALWAYS)
    found = share_paths(model, np.zeros((500, 4)), 0)
    assert ((found > 0) & (found < 100)).all()


def test_the_rarer_side_decides_which_model_takes_a_percentage():
    often = share_of_few(np.full(60, 98.0), np.full(60, 100.0), ALWAYS, 0.9)[-1]
    even = share_of_few(np.full(60, 50.0), np.full(60, 100.0), ALWAYS, 0.9)[-1]
    assert (often, even) == (1, 0)
