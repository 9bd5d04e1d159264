"""Lasting changes of level in series by quarter: told, dated, measured again; silence where nothing lasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.signals import no_shifts, shifts, standing, year_on_year

PLAIN = {"season": "none", "calendar": False, "missing": "none"}
QUARTERS = pd.period_range("2014Q2", periods=28, freq="Q-DEC")


def counts(*levels: tuple[float, int], seed: int = 3) -> pd.Series:
    """Counts of one level after another, for so many quarters each."""
    means = np.concatenate([np.full(length, level) for level, length in levels])
    made = np.random.default_rng(seed).poisson(means).astype(float)
    return pd.Series(made, QUARTERS[: len(made)])


@pytest.mark.parametrize("times", [1.6, 0.55])
def test_a_lasting_change_is_told_once_within_three_quarters(times: float) -> None:
    found = shifts(counts((150, 16), (150 * times, 6)), **PLAIN)
    assert len(found) == 1
    row = found.iloc[0]
    assert str(row["onset"]) == "2018Q2"
    assert str(row["told"]) in ("2018Q3", "2018Q4")
    assert row["direction"] == ("up" if times > 1 else "down")
    assert row["change"] == pytest.approx(times - 1, abs=0.15)
    assert str(found["told"].dtype) == "period[Q-DEC]"


def test_one_quarter_alone_and_chance_are_no_shift() -> None:
    steady = counts((150, 28))
    assert shifts(steady, **PLAIN).empty
    steady.iloc[14] *= 2
    assert shifts(steady, **PLAIN).empty


def test_later_quarters_change_no_row() -> None:
    series = counts((150, 12), (260, 8), (120, 8))
    whole, part = shifts(series, **PLAIN), shifts(series.iloc[:18], **PLAIN)
    assert len(whole) == 2
    pd.testing.assert_frame_equal(whole.iloc[: len(part)], part)


def test_a_share_by_quarter_is_told_in_points() -> None:
    below = pd.Series(80.0, QUARTERS)
    above = counts((60, 14), (40, 6))
    found = shifts(above, denominator=below, **PLAIN)
    assert len(found) == 1
    assert found["change"].iloc[0] == pytest.approx(-25, abs=8)


def test_it_lasts_after_three_quarters_and_is_over_when_it_has_come_back() -> None:
    series = counts((150, 16), (240, 6), (150, 4))
    assert standing(series.iloc[:18], **PLAIN)["standing"].tolist() == ["new"]
    assert standing(series.iloc[:21], **PLAIN)["standing"].tolist() == ["lasting"]
    assert standing(series, **PLAIN)["standing"].iloc[0] == "over"


def test_four_quarters_are_set_against_the_four_before() -> None:
    last = year_on_year(counts((100, 8), (130, 4)), calendar=False).iloc[-1]
    assert str(last["month"]) == "2017Q1"
    assert last["change"] == pytest.approx(0.3, abs=0.12)


def test_where_there_is_none_the_table_has_quarters() -> None:
    assert str(no_shifts("Q-DEC")["onset"].dtype) == "period[Q-DEC]"
    assert str(shifts(counts((150, 20)), **PLAIN)["onset"].dtype) == "period[Q-DEC]"
