"""The fast core against the slow one, on random series with holes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cfanalysis.models.checked import check_series
from cfanalysis.models.core import choose_prior, core_paths, fit
from cfanalysis.models.counts import DISCOUNTS, DISPERSIONS, LEAST_RATE, PRIOR_COUNT, learn_counts
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.prior import Point, Prior
from cfanalysis.models.structural import Design, factorise, learn, learn_in_turn

_spec = importlib.util.spec_from_file_location("reference_model", Path(__file__).with_name("reference_model.py"))
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

POINTS = (
    Point(),
    Point(walk=0.1, reverting=1.0, memory=0.85, own=0.05),
    Point(walk=0.3, reverting=3.0, memory=0.6, own=0.8),
    Point(0.5, 0.5, momentum=0.3, trend=0.001, own=2.0),
    Point(0.03, 0.97, momentum=0.03, trend=0.01),
)
PRIOR = Prior(POINTS, (0.1, 0.3, 0.2, 0.3, 0.1), power=1.5, trust=0.7)
SD = 0.12


def random_case(seed: int) -> tuple[list[int], np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = sorted({0, *rng.choice(np.arange(1, 30), 24, replace=False).tolist()})
    return rows, 5 + np.cumsum(rng.normal(0, 0.05, len(rows))) + rng.normal(0, 0.1, len(rows))


@pytest.mark.parametrize("seed", range(4))
def test_weights_means_and_scales_agree(seed):
    rows, z = random_case(seed)
    ahead = [30, 31, 32, 33]
    factor = factorise(Design(4, 30, tuple(rows), (), 4), POINTS)
    posterior = learn(factor, z[:, None], PRIOR, np.array([SD]))
    weights, found = reference.mixture(POINTS, PRIOR.log_weights, PRIOR.trust, z, rows, ahead, 4, SD)
    assert np.allclose(posterior.weights[:, 0], weights, rtol=1e-4)
    for at, (_, mean, scale, degrees) in enumerate(found):
        assert np.allclose(factor.ahead[at] @ (z - z[0]), mean, atol=1e-5)
        lower = factor.ahead_factor[at] * posterior.scale[at, 0]
        assert np.allclose(lower @ lower.T, scale, rtol=1e-4)
        assert posterior.degrees == pytest.approx(degrees)


@pytest.mark.parametrize("seed", range(2))
def test_every_month_in_turn_agrees_with_starting_again_each_month(seed):
    rows, z = random_case(seed)
    judged = tuple(row for row in range(2, 30) if row not in rows)
    design = Design(4, 30, tuple(rows), judged, 1)
    found = learn_in_turn(factorise(design, POINTS), design, z, PRIOR, SD)
    every = [*rows, *judged]
    for at, row in enumerate(every):
        known = [k for k, earlier in enumerate(rows) if earlier < row]
        if len(known) < 3:
            continue
        past = [rows[k] for k in known]
        weights, slow = reference.mixture(POINTS, PRIOR.log_weights, PRIOR.trust, z[known], past, [row], 4, SD)
        assert np.allclose(found.weights[:, at], weights, rtol=1e-3)
        assert np.allclose(found.mean[:, at], [each[1][0] + z[0] for each in slow], atol=1e-5)
        assert np.allclose(found.scale[:, at] ** 2, [each[2][0, 0] for each in slow], rtol=1e-4)
        assert found.degrees[at] == pytest.approx(slow[0][3])


def test_paths_have_the_distribution_of_the_mixture():
    months = pd.period_range("2015-04", periods=40, freq="M")
    rng = np.random.default_rng(0)
    checked = check_series(pd.Series(rng.poisson(400, 40).astype(float), index=months))
    setting = make_setting("count", True, "reference", 6, None)
    fitted = fit([checked], setting, prior=choose_prior(setting, 40).pruned())
    paths = core_paths(fitted, 0, 20_000, 0)
    z = np.log1p(paths) - fitted.transform.offset[40:]
    weights = fitted.posterior.weights[:, 0]
    means = fitted.factor.ahead @ (fitted.z[:, 0] - fitted.posterior.centre[0]) + fitted.posterior.centre[0]
    assert np.allclose(z.mean(0), weights @ means, atol=0.01)
    sd = np.sqrt(np.einsum("ghk,ghk->gh", fitted.factor.ahead_factor, fitted.factor.ahead_factor)) * fitted.posterior.scale[:, :1]
    for month in range(6):  # no shift has come yet in most paths: the inner half is the mixture's
        for q in (0.3, 0.5, 0.7):
            at = np.quantile(z[:, month], q)
            exact = weights @ stats.t.cdf((at - means[:, month]) / (fitted.prior.width * sd[:, month]), fitted.posterior.degrees)
            assert abs(exact - q) < 0.02


def test_small_counts_agree_with_a_loop_over_scipy():
    rng = np.random.default_rng(4)
    values, learnt, exposure = rng.poisson(4, 30).astype(float), rng.random(30) > 0.1, rng.uniform(0.8, 1.2, 30)
    found = learn_counts(values, learnt, exposure)
    start = max(values[learnt][:12].sum() / exposure[learnt][:12].sum(), LEAST_RATE)
    scores = []
    for discount in DISCOUNTS:
        for dispersion in DISPERSIONS:
            shape, rate, score = PRIOR_COUNT, PRIOR_COUNT / start, 0.0
            for value, use, days in zip(values, learnt, exposure, strict=True):
                if use:
                    mean = shape / rate * days
                    variance = dispersion * mean + mean**2 / shape
                    size = mean**2 / (variance - mean)
                    score += stats.nbinom.logpmf(value, size, size / (size + mean))
                    shape, rate = shape + value / dispersion, rate + days / dispersion
                shape = discount * shape + (1 - discount) * PRIOR_COUNT
                rate = discount * rate + (1 - discount) * PRIOR_COUNT / start
            scores.append(score)
    weights = np.exp(np.array(scores) - max(scores))
    assert np.allclose(found.weights[:, -1], weights / weights.sum(), rtol=1e-6)
