"""The Farrington methods on cases small enough to work out, beside a slow engine, and on everything that is awkward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.signals.classic.farrington import farrington
from cfanalysis.signals.classic.farrington_options import FARRINGTON_1996_MONTHLY, NOUFAILY_2013_MONTHLY

Z = 2.5758293035489004
"""The 99.5 % point of the normal distribution."""

MONTHLY = [FARRINGTON_1996_MONTHLY, NOUFAILY_2013_MONTHLY, {**NOUFAILY_2013_MONTHLY, "threshold_method": "muan"}]


def months(counts: Any, first: str = "2014-04") -> pd.Series:
    values = np.asarray(counts, dtype=float)
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"))


def three_augusts(observed: float) -> pd.Series:
    """Three earlier years whose judged month counted 8, 10 and 12; all else is 1."""
    counts = np.ones(37)
    counts[[0, 12, 24, 36]] = 8, 10, 12, observed
    return months(counts)


def last(series: pd.Series, **options: Any) -> pd.Series:
    return farrington(series, **options).iloc[-1]


def test_limits_worked_out_by_hand() -> None:
    # The mean is 10; Pearson's dispersion (4 + 0 + 4) / 10 / 2 = 0.4, so that phi is 1; the mean's variance 0.4 x 10 / 3.
    found = last(three_augusts(20), b=3, w=0, trend=False, reweight=False, alpha=0.005, limit54=(0, 4))
    tau = 1 + (0.4 * 10 / 3) / 10
    spread = np.sqrt(4 / 9 * 10 ** (1 / 3) * tau)
    assert found["expected"] == pytest.approx(10)
    assert found["phi"] == 1
    assert found["se"] == pytest.approx(np.sqrt(0.4 * 10 / 3))
    assert found["upper"] == pytest.approx((10 ** (2 / 3) + Z * spread) ** 1.5)
    assert found["lower"] == pytest.approx((10 ** (2 / 3) - Z * spread) ** 1.5)
    assert found["n"] == 3
    assert found["alarm"]  # the limit is 19.8


def test_poisson_limits_by_the_plug_in_method() -> None:
    # phi is 1, so the limits are Poisson quantiles of mean 10: P(count <= 2) = 0.0028 and P(count <= 3) = 0.0103; P(count <= 19) = 0.9965.
    found = last(three_augusts(20), b=3, w=0, trend=False, reweight=False, threshold_method="nb_plugin", alpha=0.005, limit54=(0, 4))
    assert (found["lower"], found["upper"], found["fit"]) == (3, 19, pytest.approx(np.log(10)))
    assert found["p"] == pytest.approx(0.003454, rel=1e-3)  # P(count >= 20)
    assert found["alarm"]


def test_past_outbreaks_are_played_down() -> None:
    counts = 20 + np.arange(85) % 3
    counts[12 * 5] = 90  # an outbreak two years before the judged month
    options = {**FARRINGTON_1996_MONTHLY, "w": 0, "trend": False}
    plain, damped = (last(months(counts), **{**options, "reweight": reweight}) for reweight in (False, True))
    assert damped["expected"] < plain["expected"] - 5
    assert damped["upper"] < plain["upper"] * 0.75


def test_a_trend_stays_only_where_it_is_significant_long_enough_and_modest() -> None:
    rng = np.random.default_rng(1)
    flat, falling = rng.poisson(40, 85), rng.poisson(80 * np.exp(-0.01 * np.arange(85)))
    assert last(months(falling), **FARRINGTON_1996_MONTHLY)["trend"]
    assert last(months(falling), **FARRINGTON_1996_MONTHLY)["trend_coefficient"] == pytest.approx(-0.01, abs=0.004)
    assert not last(months(falling), **{**FARRINGTON_1996_MONTHLY, "b": 2})["trend"]
    assert not last(months(flat), **FARRINGTON_1996_MONTHLY)["trend"]
    rising = np.round(2 * np.exp(0.05 * np.arange(85)))
    found = last(months(rising), **FARRINGTON_1996_MONTHLY)
    assert not found["trend"]  # it would predict above every count there has been
    assert np.isnan(found["trend_coefficient"])


def test_few_cases_give_no_limit() -> None:
    counts = np.tile([0, 1, 0], 28)
    few = last(months(counts), w=1, limit54=(5, 4))
    assert np.isnan(few["upper"])
    assert not few["alarm"]
    assert few["reason"] == "fewer than 5 cases in the last 4 months"
    assert np.isfinite(few["upper_raw"])
    assert last(months(counts), w=1, limit54=(0, 4))["reason"] == ""


def test_the_variants_differ_only_after_reweighting() -> None:
    counts = months(np.random.default_rng(2).negative_binomial(3, 0.1, 100))
    plain = {**NOUFAILY_2013_MONTHLY, "reweight": False}
    pd.testing.assert_frame_equal(farrington(counts, variant="upstream", **plain), farrington(counts, variant="corrected", **plain))
    ours, theirs = (farrington(counts, variant=variant, **NOUFAILY_2013_MONTHLY) for variant in ("corrected", "upstream"))
    both = ours["trend"] == theirs["trend"]
    np.testing.assert_allclose(ours["phi"][both], theirs["phi"][both])
    assert not np.allclose(ours["se"].dropna(), theirs["se"].dropna())


def test_a_lower_limit_is_never_squared_back_from_below_zero() -> None:
    counts = np.zeros(37)
    counts[[0, 12, 24]] = 0, 1, 1
    options: dict[str, Any] = {"b": 3, "w": 0, "trend": False, "reweight": False, "alpha": 0.001, "limit54": (0, 4), "power": "1/2"}
    assert last(months(counts), variant="corrected", **options)["lower"] == 0
    assert last(months(counts), variant="upstream", **options)["lower"] > 0


def test_a_gap_at_the_start_of_a_dated_baseline_moves_the_prediction_as_it_does_in_r() -> None:
    counts = np.round(200 * np.exp(-0.02 * np.arange(73)))
    whole = last(months(counts), **NOUFAILY_2013_MONTHLY)
    counts[12:15] = np.nan
    gap = last(months(counts), **NOUFAILY_2013_MONTHLY)
    upstream = last(months(counts), variant="upstream", **NOUFAILY_2013_MONTHLY)
    for moved in (gap, upstream):
        assert moved["expected"] > whole["expected"] * 1.05  # three months too early on a falling trend


def test_population_is_what_counts_are_proportional_to() -> None:
    rng = np.random.default_rng(3)
    days = rng.integers(18, 24, 90).astype(float)
    counts = months(rng.poisson(3 * days))
    per_day = farrington(counts, population=days, **NOUFAILY_2013_MONTHLY)
    per_hour = farrington(counts, population=days * 8, **NOUFAILY_2013_MONTHLY)
    np.testing.assert_allclose(per_day["expected"], per_hour["expected"], rtol=1e-6)
    plain = farrington(counts, **NOUFAILY_2013_MONTHLY)
    judged = per_day["expected"].notna()
    miss = [np.abs(frame["expected"] - 3 * days)[judged].mean() for frame in (per_day, plain)]
    assert miss[0] < miss[1]


def test_a_month_without_population_is_neither_learnt_from_nor_judged() -> None:
    counts, days = months(np.tile([20, 22, 24], 28)), np.full(84, 20.0)
    days[-1], days[30] = np.nan, 0
    found = farrington(counts, population=days, **NOUFAILY_2013_MONTHLY)
    assert np.isnan(found["expected"].iloc[-1])
    assert found["reason"].iloc[-1] != ""
    assert found["n"].iloc[-1] == farrington(counts, **NOUFAILY_2013_MONTHLY)["n"].iloc[-1] - 1


@pytest.mark.parametrize("options", MONTHLY)
@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        (np.zeros(84), {""}),
        (np.full(84, 7), {""}),
        (np.full(84, np.nan), {"no value for this month"}),
        (np.r_[np.zeros(83), 40], {""}),
        (np.r_[np.full(80, np.nan), 5, 6, 7, 8], {"no value for this month", "too few"}),
    ],
    ids=["zeros", "constant", "missing", "one spike", "new"],
)
def test_awkward_series_give_a_reason_or_a_sensible_limit(counts: np.ndarray, wanted: set[str], options: dict[str, Any]) -> None:
    found = farrington(months(counts), **options)
    judged = found[found["reason"] != "fewer than 5 years of earlier months"]
    assert all(any(reason.startswith(text) if text else reason == "" for text in wanted) for reason in judged["reason"])
    known = judged[judged["reason"] == ""]
    assert (known["upper"] >= known["expected"].round(6)).all()
    assert (known["lower"] >= 0).all()
    assert not known.loc[known["observed"] == 0, "alarm"].any()


def test_one_spike_after_nothing_is_an_alarm() -> None:
    assert last(months(np.r_[np.zeros(83), 40]), **NOUFAILY_2013_MONTHLY)["alarm"]


@pytest.mark.parametrize("length", [0, 1, 11, 60, 61])
def test_a_short_series_is_not_judged(length: int) -> None:
    found = farrington(months(np.arange(length) % 5 + 10), **NOUFAILY_2013_MONTHLY)
    assert len(found) == length
    assert found["expected"].notna().sum() == max(length - 60, 0)
    assert (found["reason"][:60] == "fewer than 5 years of earlier months").all()


def test_months_left_out_are_missing_and_not_zero() -> None:
    counts = months(np.tile([20, 22, 24], 28))
    skipped = farrington(counts.drop(counts.index[[30, 31]]), **NOUFAILY_2013_MONTHLY)
    blank = counts.copy()
    blank.iloc[[30, 31]] = np.nan
    pd.testing.assert_frame_equal(skipped, farrington(blank, **NOUFAILY_2013_MONTHLY))
    assert skipped["expected"].iloc[-1] == pytest.approx(24, rel=0.02)


def test_a_recent_gap_says_so() -> None:
    counts = months(np.tile([20, 22, 24], 28))
    counts.iloc[-3] = np.nan
    found = last(counts, **NOUFAILY_2013_MONTHLY)
    assert found["reason"] == "a month is missing among the last 4, so their cases cannot be counted"
    assert np.isnan(found["upper"])
    assert np.isfinite(found["upper_raw"])


def test_weeks_follow_the_calendar() -> None:
    index = pd.date_range("2004-01-05", periods=320, freq="7D")
    weekly = pd.Series(np.random.default_rng(4).poisson(30, 320), index=index)
    found = farrington(weekly, alpha=0.005)
    assert list(found.columns[:2]) == ["week", "observed"]
    assert found["expected"].notna().sum() == 320 - (5 * 52 + 3)
    undated = farrington(weekly.reset_index(drop=True), freq=52, alpha=0.005)
    assert undated.columns[0] == "period"


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (pd.Series([1.0, -2.0], index=pd.period_range("2020-01", periods=2, freq="M")), "never below 0"),
        (pd.Series(["4", "c"], index=pd.period_range("2020-01", periods=2, freq="M")), "found 'c'"),
        (pd.Series([1.0, np.inf], index=pd.period_range("2020-01", periods=2, freq="M")), "infinite"),
        (pd.Series([1.0, 2.0], index=pd.PeriodIndex(["2020-02", "2020-01"], freq="M")), "out of order"),
        (pd.Series([1.0, 2.0], index=pd.PeriodIndex(["2020-01", "2020-01"], freq="M")), "2020-01 twice"),
        (pd.Series([1.0, 2.0], index=pd.period_range("2020", periods=2, freq="Y")), "want months"),
        (pd.Series([1.0, 2.0], index=pd.DatetimeIndex(["2020-01-03", "2020-01-05"])), "neither months"),
        ([1.0, 2.0], "want a series"),
    ],
)
def test_a_series_that_cannot_be_used_says_why(series: Any, message: str) -> None:
    with pytest.raises(SeriesError, match=message):
        farrington(series)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"b": 0}, "b: found 0"),
        ({"w": -1}, "w: found -1"),
        ({"w": 1.5}, "w: found 1.5"),
        ({"alpha": 0}, "alpha: found 0"),
        ({"power": "3/4"}, "power: found '3/4'"),
        ({"threshold_method": "nbPlugin"}, "nb_plugin"),
        ({"variant": "fixed"}, "corrected, upstream"),
        ({"limit54": (5, 0)}, "limit54"),
        ({"weights_threshold": 0}, "weights_threshold"),
        ({"p_threshold_trend": 2}, "p_threshold_trend"),
        ({"w": 1, "no_periods": 11}, "want at most 10 with w=1"),
        ({"population": [1.0]}, "want 84, one for each"),
    ],
)
def test_an_option_that_cannot_be_used_says_why(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        farrington(months(np.full(84, 9)), **options)


def test_a_series_without_dates_needs_its_frequency() -> None:
    with pytest.raises(ParameterError, match="freq=12"):
        farrington(pd.Series([1.0, 2.0]))


@settings(max_examples=20)
@given(st.lists(st.integers(0, 60), min_size=75, max_size=90), st.sampled_from(MONTHLY), st.integers(62, 70))
def test_later_months_never_change_an_earlier_row(counts: list[int], options: dict[str, Any], cut: int) -> None:
    series = months(counts)
    pd.testing.assert_frame_equal(farrington(series, **options).iloc[:cut], farrington(series.iloc[:cut], **options))


def slow_expected(counts: np.ndarray, k: int, years: int) -> tuple[float, float]:
    """The mean and dispersion of the flexible method without trend, one month at a time with a general model: a slow, obvious reference."""
    from statsmodels.api import GLM, families

    past = np.arange(k - 12 * years, k - 3)
    design = np.eye(12)[(past - k) % 12]
    y = counts[past]

    def fit(weights: np.ndarray) -> tuple[Any, float]:
        model = GLM(y, design, family=families.Poisson(), var_weights=weights).fit(tol=1e-12)
        return model, max(float(np.sum(weights * (y - model.mu) ** 2 / model.mu)) / (len(y) - 12), 1)

    model, phi = fit(np.ones(len(y)))
    leverage = np.array([model.mu[i] / model.mu[design[:, design[i] == 1].ravel() == 1].sum() for i in range(len(y))])
    residual = 1.5 * (y ** (2 / 3) * model.mu ** (-1 / 6) - model.mu**0.5) / np.sqrt(phi * (1 - leverage))
    raw = np.where(residual > 2.58, residual**-2.0, 1.0)
    model, phi = fit(raw * len(y) / raw.sum())
    return float(np.exp(model.params[0])), phi


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=10)
@given(st.lists(st.integers(1, 200), min_size=62, max_size=70))
def test_the_fast_fit_equals_a_slow_one(counts: list[int]) -> None:
    values = np.array(counts, dtype=float)
    found = farrington(months(values), **{**NOUFAILY_2013_MONTHLY, "trend": False}).iloc[-1]
    mean, phi = slow_expected(values, len(values) - 1, 5)
    assert found["expected"] == pytest.approx(mean, rel=1e-5)
    assert found["phi"] == pytest.approx(phi, rel=1e-4)
