"""``shifts``: told once, dated, sized; silence where nothing lasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import no_shifts, screen, shifts, year_on_year
from cfanalysis.signals.shifts.changes import COLUMNS


def months(number: int, first: str = "2013-04") -> pd.PeriodIndex:
    return pd.period_range(first, periods=number, freq="M")


def flow(mean: float, number: int = 72, seed: int = 2) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).poisson(mean, number).astype(float), months(number))


PLAIN = {"season": "none", "calendar": False, "missing": "none"}


@pytest.mark.parametrize("times", [1.5, 0.6])
@pytest.mark.parametrize("mean", [60, 400])
def test_a_lasting_change_is_told_once_within_six_months_with_date_and_size(times: float, mean: float) -> None:
    series = flow(mean)
    series.iloc[40:] = np.round(series.iloc[40:] * times)
    found = shifts(series, **PLAIN)
    assert len(found) == 1
    row = found.iloc[0]
    assert abs((row["onset"] - series.index[40]).n) <= 1
    assert series.index[41] <= row["told"] <= series.index[45]
    assert row["direction"] == ("up" if times > 1 else "down")
    assert row["after"] / row["before"] == pytest.approx(times, rel=0.15)
    assert row["change"] == pytest.approx(row["after"] / row["before"] - 1)


def test_nothing_is_told_of_noise_or_of_one_spike() -> None:
    series = flow(200, 144)
    assert shifts(series, **PLAIN).empty
    series.iloc[60] *= 3
    assert shifts(series, **PLAIN).empty


def test_a_small_change_is_not_told_however_sure() -> None:
    series = flow(5000)
    series.iloc[40:] *= 1.1
    assert shifts(series, **PLAIN).empty


def test_later_months_never_change_a_row() -> None:
    series = flow(150)
    series.iloc[30:] = np.round(series.iloc[30:] * 1.7)
    series.iloc[55:] = np.round(series.iloc[55:] * 0.5)
    whole = shifts(series, **PLAIN)
    assert len(whole) == 2
    part = shifts(series.iloc[:50], **PLAIN)
    pd.testing.assert_frame_equal(whole.iloc[:1], part)


def test_a_break_is_known_and_not_told() -> None:
    series = flow(150)
    series.iloc[40:] *= 3
    events = pd.DataFrame({"month": [series.index[40]], "kind": ["break"], "label": ["New system"]})
    assert shifts(series, events=events, **PLAIN).empty


def test_gaps_do_not_hide_a_shift() -> None:
    series = flow(150)
    series.iloc[40:] = np.round(series.iloc[40:] * 1.8)
    found = shifts(series.drop(series.index[[37, 38, 42]]), **PLAIN)
    assert len(found) == 1
    assert abs((found["onset"].iloc[0] - series.index[40]).n) <= 1


def test_the_season_is_no_shift() -> None:
    index = months(72)
    summer = np.where(index.month.isin([6, 7, 8]), 0.7, 1.0)
    series = pd.Series(np.round(400 * summer), index)
    profile = [0.7 if month in (6, 7, 8) else 1.0 for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    assert shifts(series, season=profile, calendar=False).empty


def test_shares_and_stocks_have_shifts_too() -> None:
    generator = np.random.default_rng(7)
    below = pd.Series(generator.poisson(300, 60).astype(float), months(60))
    share = np.where(np.arange(60) < 35, 0.7, 0.5)
    above = pd.Series(generator.binomial(below.astype(int), share).astype(float), months(60))
    found = shifts(above, denominator=below)
    assert len(found) == 1
    assert found["before"].iloc[0] == pytest.approx(70, abs=4)
    assert found["change"].iloc[0] == pytest.approx(-20, abs=5)
    stock = pd.Series(1000 + np.cumsum(generator.normal(0, 4, 60)), months(60))
    stock.iloc[35:] += 250
    told = shifts(stock, kind="stock")
    assert len(told) == 1
    assert abs((told["onset"].iloc[0] - stock.index[35]).n) <= 1


@pytest.mark.parametrize("values", [[], [0.0] * 40, [5.0] * 40, [np.nan] * 40, [50.0] * 11, [0.0] * 39 + [9.0]])
def test_edges_give_an_empty_table_of_the_agreed_form(values: list[float]) -> None:
    found = shifts(pd.Series(values, months(len(values)), dtype=float), **PLAIN)
    assert found.empty
    assert tuple(found.columns) == COLUMNS
    assert (found.dtypes == no_shifts().dtypes).all()


def test_evidence_is_a_number_above_nought() -> None:
    with pytest.raises(SeriesError, match="evidence"):
        shifts(flow(100), evidence=0)
    series = flow(30)
    series.iloc[40:] *= 1.35
    assert len(shifts(series, evidence=1.2, **PLAIN)) >= len(shifts(series, evidence=4.0, **PLAIN))


def test_year_on_year_compares_whole_years() -> None:
    series = pd.Series([100.0] * 12 + [np.nan] * 4 + [80.0] * 8, months(24))
    last = year_on_year(series, calendar=False).iloc[-1]
    assert np.isnan(last["change"]), "eight months are not a year"
    series.iloc[12:16] = 80.0
    last = year_on_year(series, calendar=False).iloc[-1]
    assert last["change"] == pytest.approx(-0.2)
    assert last["z"] < 0


def test_the_screen_is_benjamini_and_hochbergs() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(8).uniform(size=200) ** 2
    stands, q, _, _ = multipletests(p, 0.1, method="fdr_bh")
    found = screen(p, rate=0.1)
    assert found["stands"].to_numpy().tolist() == stands.tolist()
    np.testing.assert_allclose(found["q"], q)


def test_the_screen_refuses_what_is_no_probability() -> None:
    with pytest.raises(SeriesError, match="probabilities"):
        screen(np.array([0.1, 1.2]))
    with pytest.raises(SeriesError, match="false discovery rate"):
        screen(np.array([0.1]), rate=1.5)
    assert screen(np.array([np.nan])).iloc[0]["stands"] is np.False_ or not screen(np.array([np.nan])).iloc[0]["stands"]
