"""``standing``: a shift told is measured again each month, and only what lasts is called lasting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import shifts, standing

PLAIN = {"season": "none", "calendar": False, "missing": "none"}


def counts(*levels: tuple[float, int]) -> pd.Series:
    """Counts of one level after another, for so many months each, with chance about them."""
    means = np.concatenate([np.full(length, level) for level, length in levels])
    made = np.random.default_rng(3).poisson(means).astype(float)
    return pd.Series(made, pd.period_range("2019-04", periods=len(means), freq="M"))


def test_a_shift_is_new_then_lasting_and_its_first_columns_are_those_of_shifts() -> None:
    series = counts((100, 24), (150, 14))
    early, late = standing(series[:28], **PLAIN), standing(series, **PLAIN)
    assert early["standing"].tolist() == ["new"]
    assert late["standing"].tolist() == ["lasting"]
    assert late["low"].iloc[0] < late["size"].iloc[0] < late["high"].iloc[0]
    assert late["low"].iloc[0] < 0.5 < late["high"].iloc[0]
    told = shifts(series, **PLAIN)
    pd.testing.assert_frame_equal(late[told.columns], told)


def test_what_came_back_is_over_and_what_came_half_way_back_is_fading() -> None:
    over = standing(counts((100, 24), (180, 10), (100, 12)), **PLAIN)
    assert over.iloc[0]["standing"] == "over"
    assert abs(over.iloc[0]["size"]) < 0.15
    fading = standing(counts((100, 24), (180, 10), (145, 12)), **PLAIN)
    assert fading.iloc[0]["standing"] == "fading"
    assert 0.3 < fading.iloc[0]["left"] < 0.75


def test_months_not_settled_are_not_read() -> None:
    series = counts((100, 24), (150, 14))
    longer = pd.concat([series, pd.Series([5.0, 4.0], pd.period_range(series.index[-1] + 1, periods=2, freq="M"))])
    pd.testing.assert_frame_equal(standing(longer, provisional_months=2, **PLAIN), standing(series, **PLAIN))


def test_across_a_break_nothing_is_compared() -> None:
    series = counts((100, 24), (150, 14))
    events = pd.DataFrame({"month": ["2022-01"], "kind": ["break"], "label": ["a new system"]})
    assert standing(series, events=events, **PLAIN)["standing"].tolist() == ["not comparable"]


def test_a_share_is_measured_in_points() -> None:
    rng = np.random.default_rng(4)
    months = pd.period_range("2019-04", periods=40, freq="M")
    below = pd.Series(60.0, months)
    above = pd.Series(rng.binomial(60, np.where(np.arange(40) < 26, 0.8, 0.5)).astype(float), months)
    found = standing(above, denominator=below)
    assert found["standing"].tolist() == ["lasting"]
    assert found["size"].iloc[0] == pytest.approx(-30, abs=7)
    assert found["low"].iloc[0] < -20


@pytest.mark.parametrize(("share", "cases"), [(0.99, 210), (0.75, 25), (0.02, 250)])
def test_steady_shares_rarely_show_a_shift(share: float, cases: int) -> None:
    months = pd.period_range("2018-04", periods=72, freq="M")
    rng, told = np.random.default_rng(5), 0
    for _ in range(40):
        above = pd.Series(rng.binomial(cases, share, 72).astype(float), months)
        found = shifts(above, denominator=pd.Series(float(cases), months))
        told += bool((found["told"] > months[-25]).any())
    assert told <= 4  # 0.1.0: 13, 7 and 7 of 40


def test_nothing_told_is_an_empty_table_with_its_columns_and_bad_arguments_are_said() -> None:
    found = standing(counts((100, 40)), **PLAIN)
    assert found.empty
    assert {"standing", "size", "left"} <= set(found.columns)
    with pytest.raises(SeriesError, match="provisional_months"):
        standing(counts((100, 40)), provisional_months=-1, **PLAIN)
    with pytest.raises(SeriesError, match="evidence"):
        standing(counts((100, 40)), evidence=0, **PLAIN)
