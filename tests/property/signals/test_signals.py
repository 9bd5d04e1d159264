"""Whatever a series holds: a row a month, a reason where nothing is judged, no look ahead, never a crash."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.signals import explain, shifts, unusual

FIGURE = st.one_of(st.none(), st.sampled_from(["c", "x", "low"]), st.integers(0, 3), st.integers(0, 5000))
KIND = st.sampled_from(["count", "stock", "rate", "measure"])


def series_of(figures: list[object], first: str = "2014-04") -> pd.Series:
    return pd.Series(figures, pd.period_range(first, periods=len(figures), freq="M"), dtype=object)


@settings(max_examples=60)
@given(st.lists(FIGURE, max_size=60), KIND)
def test_every_month_has_a_row_and_every_silence_a_reason(figures: list[object], kind: str) -> None:
    judged = unusual(series_of(figures), kind=kind)
    assert len(judged) == len(figures)
    silent = judged["z"].isna()
    assert (silent == (judged["reason"] != "")).all()
    assert (silent == judged["p"].isna()).all()
    assert judged.loc[silent, "severity"].eq("usual").all()
    spoken = judged[~silent]
    assert np.isfinite(spoken[["expected", "low", "high", "z", "p"]].to_numpy(float)).all()
    assert ((spoken["low"] <= spoken["expected"] + 1) & (spoken["expected"] <= spoken["high"] + 1)).all()
    assert (spoken["low"] >= 0).all()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 400), min_size=15, max_size=50), st.integers(1, 14), KIND)
def test_earlier_rows_do_not_know_of_later_months(figures: list[int], cut: int, kind: str) -> None:
    whole = unusual(series_of(figures), kind=kind).iloc[:-cut]
    part = unusual(series_of(figures[:-cut]), kind=kind)
    columns = ["expected", "low", "high", "z", "p", "severity", "reason"]
    pd.testing.assert_frame_equal(whole[columns], part[columns])
    told = shifts(series_of(figures), kind=kind)
    known = told[told["told"] <= part["month"].iloc[-1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(known, shifts(series_of(figures[:-cut]), kind=kind))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=40))
def test_shares_stay_between_nought_and_a_hundred(pairs: list[tuple[int, int]]) -> None:
    above, below = (series_of([pick(pair) for pair in pairs]) for pick in (min, max))
    judged = unusual(above, denominator=below)
    for name in ("observed", "expected", "low", "high"):
        assert judged[name].dropna().between(0, 100).all()
    shifts(above, denominator=below)


@settings(max_examples=20)
@given(st.lists(FIGURE, min_size=14, max_size=50))
def test_every_month_can_be_put_through_what_else_it_could_be(figures: list[object]) -> None:
    series = series_of(figures)
    found = explain(series, unusual(series))
    assert set(found["verdict"]) <= {"yes", "possible", "no", "cannot tell"}
    assert (found["sentence"].ne("") == found["verdict"].isin(["yes", "possible"])).all()


@settings(max_examples=15)
@given(st.integers(40, 400), st.integers(2, 9))
def test_a_count_scaled_up_is_never_judged_less_unusual_when_it_jumps(mean: int, seed: int) -> None:
    figures = np.random.default_rng(seed).poisson(mean, 40).astype(float)
    last = []
    for times in (1.0, 1.4, 2.0, 4.0):
        jumped = figures.copy()
        jumped[-1] = mean * times
        last.append(unusual(series_of(jumped.tolist()), season="none", calendar=False)["z"].iloc[-1])
    assert (np.diff(last) > 0).all()
