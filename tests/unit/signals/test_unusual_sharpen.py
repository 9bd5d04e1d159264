"""Steady counts are judged by chance once they have shown that they stray no more than that."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.signals import unusual
from cfanalysis.signals.unusual.sharpen import sharpen_counts
from cfanalysis.signals.unusual.tails import Judged

PLAIN = {"season": "none", "calendar": False, "missing": "none"}


def steady_share(mean: float, series: int, months: int = 72) -> float:
    """Share of judged months called unusual, of Poisson counts in which nothing happens."""
    rng, said, judged = np.random.default_rng(4), 0, 0
    for _ in range(series):
        made = pd.Series(rng.poisson(mean, months).astype(float), pd.period_range("2018-04", periods=months, freq="M"))
        states = unusual(made, **PLAIN)["state"]
        said, judged = said + int((states == "unusual").sum()), judged + int((states != "not judged").sum())
    return said / judged


def test_of_steady_counts_about_one_month_in_a_hundred_is_unusual():
    assert 0.004 < steady_share(60, 30) < 0.016


def judged_of(z: np.ndarray, figures: np.ndarray, expected: float) -> Judged:
    flat = np.full(len(z), expected)
    return Judged(flat, flat - 30, flat + 30, z, np.full(len(z), 0.5))


def test_counts_that_stray_more_than_chance_stay_as_they_are():
    rng = np.random.default_rng(1)
    calm = rng.poisson(200, 60).astype(float)
    restless = 200 + 3 * (calm - 200)
    z = rng.normal(0, 0.7, 60)
    learnt = np.ones(60, dtype=bool)
    sharpened = sharpen_counts(judged_of(z, calm, 200.0), calm, learnt, 24.0)
    left = sharpen_counts(judged_of(z, restless, 200.0), restless, learnt, 24.0)
    assert (np.abs(sharpened.z[40:]) > np.abs(z[40:])).all()
    assert (sharpened.high[40:] < 230).all()
    np.testing.assert_allclose(left.z[40:], z[40:])
