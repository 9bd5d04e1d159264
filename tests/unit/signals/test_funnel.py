"""Funnels against scipy's exact distributions, by hand, and on everything that is awkward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.signals.classic.funnel import funnel
from cfanalysis.signals.classic.funnel_limits import limits_at, spread_of

CELLS = st.lists(st.tuples(st.integers(1, 400), st.floats(0, 1)), min_size=5, max_size=30)


def cells(counts: Any, sizes: Any, **columns: Any) -> pd.DataFrame:
    names = [f"Authority {number}" for number in range(len(counts))]
    return pd.DataFrame({"authority": names, "numerator": counts, "denominator": sizes, **columns})


def test_limits_worked_out_by_hand() -> None:
    # Half of 4: P(0) = .0625 is above 2.5 %, so the limit is 0; P(3 or fewer) = .9375, so 97.5 % is 3 + .0375 / .0625 = 3.6 of 4.
    found = funnel(cells([2], [4]), centre=50)
    assert found["low95"].iloc[0] == 0
    assert found["high95"].iloc[0] == pytest.approx(90)
    assert found["value"].iloc[0] == 50
    assert found["position"].iloc[0] == "within"


def test_a_rate_is_poisson_by_hand() -> None:
    # 2 expected: P(5 or fewer) = .98344, P(4 or fewer) = .94735; 97.5 % lies at 4 + (.975 - .94735) / .03609 = 4.766 events.
    found = funnel(cells([2], [1000]), kind="rate", centre=20)
    assert found["value"].iloc[0] == pytest.approx(20)
    assert found["high95"].iloc[0] == pytest.approx(47.66, abs=0.01)


def test_the_centre_is_all_authorities_together() -> None:
    found = funnel(cells([10, 90], [100, 300]), overdispersion="none")
    assert found["centre"].unique().tolist() == [25]


def test_overdispersion_by_hand() -> None:
    # z-scores -2, -1, 0, 1, 2: the outer tenths are pulled in to -1.6 and 1.6; phi = (2.56 + 1 + 0 + 1 + 2.56) / 5 = 1.424.
    values, variance = 0.5 + 0.1 * np.arange(-2.0, 3), np.full(5, 0.01)
    spread = spread_of(values, variance, 0.5, "additive")
    assert spread.phi == pytest.approx(1.424)
    # tau^2 = (5 x 1.424 - 4) / (500 - 100) with weights of 100.
    assert spread.tau**2 == pytest.approx(3.12 / 400)


def test_units_that_differ_by_chance_only_add_nothing() -> None:
    counts = [50, 52, 48, 51, 49, 50]
    loose, tight = (funnel(cells(counts, [100] * 6), overdispersion=kind) for kind in ("additive", "none"))
    np.testing.assert_allclose(loose[["low95", "high998"]], tight[["low95", "high998"]])


def test_outliers_do_not_hide_themselves() -> None:
    rng = np.random.default_rng(7)
    sizes = rng.integers(200, 2000, 150)
    counts = rng.binomial(sizes, np.clip(rng.normal(0.2, 0.03, 150), 0.05, 0.5))
    counts[0], sizes[0] = 500, 1000
    found = funnel(cells(counts, sizes))
    assert found["position"].iloc[0] == "above 99.8"
    assert found["tau"].iloc[0] == pytest.approx(3, abs=1)
    beyond = (found["position"] != "within").mean()
    assert 0.01 < beyond < 0.12
    assert (funnel(cells(counts, sizes), overdispersion="none")["position"] != "within").mean() > 0.3


def test_additive_limits_are_beta_binomial() -> None:
    spread = spread_of(0.5 + 0.1 * np.arange(-2.0, 3), np.full(5, 0.01), 0.5, "additive")
    centre, n, p = 0.2, 40, 0.975
    total = centre * (1 - centre) / spread.tau**2 - 1
    peer = stats.betabinom(n, centre * total, (1 - centre) * total)
    count = peer.ppf(p)
    wanted = (count - (peer.cdf(count) - p) / peer.pmf(count)) / n
    assert limits_at([p], np.array([n]), centre, "proportion", spread)[0, 0] == pytest.approx(wanted)


def test_multiplicative_limits_widen_about_the_centre() -> None:
    counts, sizes = [10, 30, 20, 28, 12, 20, 31, 9], [100] * 8
    plain, wide = (funnel(cells(counts, sizes), overdispersion=kind) for kind in ("none", "multiplicative"))
    ratio = (wide["high95"] - wide["centre"]) / (plain["high95"] - plain["centre"])
    assert wide["phi"].iloc[0] > 1
    np.testing.assert_allclose(ratio, np.sqrt(wide["phi"]))


def test_limits_do_not_jump_where_the_exact_ones_end() -> None:
    for spread in (
        spread_of(np.full(5, 0.2), np.full(5, 0.01), 0.2, "additive"),
        spread_of(np.arange(5) / 10, np.full(5, 0.01), 0.2, "additive"),
    ):
        exact, smooth = limits_at([0.001, 0.025, 0.975, 0.999], np.array([5000.0, 5001.0]), 0.2, "proportion", spread)
        np.testing.assert_allclose(exact, smooth, atol=0.0005)


def test_a_missing_cell_keeps_its_reason() -> None:
    found = funnel(cells([10, np.nan, 5, 0, 7], [50, 40, np.nan, 0, 60], flag=["", "c", "x", "", ""]))
    assert found["reason"].tolist() == ["", "confidential", "not available", "nothing to take a share of", ""]
    assert found["position"].tolist() == ["within", "", "", "", "within"]
    assert found.loc[1:3, ["value", "low95", "z"]].isna().all().all()
    pd.testing.assert_frame_equal(found.drop(index=[1, 2, 3]).reset_index(drop=True), renamed(funnel(cells([10, 7], [50, 60])), [0, 4]))


def renamed(found: pd.DataFrame, numbers: list[int]) -> pd.DataFrame:
    return found.assign(authority=[f"Authority {number}" for number in numbers])


def test_authorities_may_be_the_index() -> None:
    frame = cells([10, 7], [50, 60])
    pd.testing.assert_frame_equal(funnel(frame.set_index("authority")), funnel(frame).set_index("authority"))


@pytest.mark.parametrize("counts", [[], [np.nan] * 3, [0, 0, 0], [5, 5, 5]], ids=["none", "missing", "zeros", "all"])
@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_awkward_tables_never_crash_or_alarm(counts: list[float], kind: Any) -> None:
    found = funnel(cells(np.array(counts, dtype=float), np.full(len(counts), 5.0)), kind=kind)
    assert len(found) == len(counts)
    assert set(found["position"]) <= {"within", ""}


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (cells([5, 9], [10, 8]), {}, r"row 1, column Authority 1: found 9 of 8"),
        (cells([-1], [10]), {"kind": "rate"}, "found -1 of 10"),
        (cells(["c"], [10]), {}, "belongs in the column flag"),
        (cells([1], [10]).drop(columns="denominator"), {}, "'denominator' is missing"),
        (cells([1], [10]).drop(columns="authority"), {}, "'authority' is missing"),
        (cells([1, 1], [10, 10]).assign(authority="Leeds"), {}, "Leeds is there twice"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(frame: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SeriesError, match=message):
        funnel(frame, **options)


@pytest.mark.parametrize("options", [{"kind": "share"}, {"overdispersion": "lots"}, {"centre": 101}, {"centre": float("nan")}])
def test_an_option_that_cannot_be_used_says_why(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(options))):
        funnel(cells([1], [10]), **options)


@settings(max_examples=40)
@given(CELLS, st.sampled_from(["additive", "multiplicative", "none"]), st.sampled_from(["proportion", "rate"]))
def test_limits_are_in_order_and_hold_the_verdict(pairs: list[tuple[int, float]], overdispersion: Any, kind: Any) -> None:
    sizes = np.array([size for size, _ in pairs])
    counts = np.floor(sizes * np.array([share for _, share in pairs]))
    found = funnel(cells(counts, sizes), overdispersion=overdispersion, kind=kind)
    order = found[["low998", "low95", "high95", "high998"]].to_numpy()
    assert (np.diff(order, axis=1) >= -1e-9).all()
    assert (order >= 0).all()
    assert kind == "rate" or (order <= 100).all()
    within = found["position"] == "within"
    assert ((found["value"] >= found["low95"]) & (found["value"] <= found["high95"]))[within].all()


@settings(max_examples=40)
@given(CELLS)
def test_the_order_of_rows_does_not_matter(pairs: list[tuple[int, float]]) -> None:
    sizes = np.array([size for size, _ in pairs])
    frame = cells(np.floor(sizes * np.array([share for _, share in pairs])), sizes)
    turned = funnel(frame.iloc[::-1]).iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(funnel(frame), turned, rtol=1e-6)
