"""A verdict answers two questions apart: did it change, and would it have anyway."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.judging.changes import count_dispersion, count_z, level_z, share_dispersion, share_z
from cfanalysis.judging.projections import _settle, judge
from cfanalysis.judging.verdicts import Level, Verdict
from cfanalysis.registers.entries import Projection

MONTHS = pd.period_range("2014-01", "2018-05", freq="M")


def claim(direction: str, indicator: str = "referrals") -> Projection:
    return Projection(
        id="x", said_on="2018-02-15", who="officers", where="panel", indicator=indicator, direction=direction,
        window={"from": "2018-04", "to": "2018-05"}, reason="a plan", source="minutes",
    )  # fmt: skip


def shares(last: list[int], level: float = 0.62, cases: int = 28) -> tuple[pd.Series, pd.Series]:
    below = pd.Series(float(cases), MONTHS)
    above = pd.Series(np.random.default_rng(2).binomial(cases, level, len(MONTHS)).astype(float), MONTHS)
    above.iloc[-len(last) :] = last
    return above, below


def test_two_shares_pooled_differ_by_more_than_chance_or_not():
    assert share_z((45, 83), (89, 114)) > 3.4
    assert 0.5 < share_z((98, 149), (173, 252)) < 0.7
    assert share_z((45, 83), (89, 114), dispersion=4.0) == pytest.approx(share_z((45, 83), (89, 114)) / 2)
    assert np.isnan(share_z((0, 0), (3, 4)))
    assert share_z((5, 5), (9, 9)) == 0


def test_a_change_beyond_chance_and_forecast_answers_both():
    above, below = shares([26, 27])
    found = judge(claim("up"), above, denominator=below, paths=500, season="none")
    assert (found.verdict, found.changed, found.beyond_expected, found.expected_anyway) == ("met", True, True, False)
    assert found.change_z > 2.5
    assert found.observed.value == pytest.approx(100 * 53 / 56)


def test_no_larger_than_chance_is_said_only_where_that_is_so():
    above, below = shares([19, 18])
    base = judge(claim("up"), above, denominator=below, paths=500, season="none")
    assert base.verdict in ("cannot tell", "not met")
    assert base.changed is False
    if base.verdict == "cannot tell":
        assert "chance" in base.because


@pytest.mark.parametrize(
    ("changed", "probability", "verdict", "said"),
    [
        (True, 0.5, "cannot tell", "more than chance, but such figures stray as far by themselves"),
        (True, 0.8, "met, but expected anyway", "more than chance, but earlier data made it likely anyway"),
        (False, 0.8, "cannot tell", "no more than chance can bring, and earlier data made it likely anyway"),
        (False, 0.5, "cannot tell", "no more than chance can bring, and such figures stray as far"),
    ],
)
def test_short_of_the_edge_both_answers_decide(changed, probability, verdict, said):
    at = pd.Period("2018-05", "M")
    held = Verdict(
        claim("up"), "cannot tell", "", "count", at, at, base=Level(100.0), observed=Level(112.0), expected=105.0,
        edge=120.0, far=130.0, probability=probability, changed=changed,
    )  # fmt: skip
    found = _settle(held, {})
    assert (found.verdict, found.beyond_expected, found.expected_anyway) == (verdict, False, probability > 0.6)
    assert said in found.because
    barely, clearly = (_settle(replace(held, observed=Level(value)), {}) for value in (121.0, 127.0))
    assert barely.verdict == ("met" if changed else "cannot tell"), "never met where the change is no more than chance"
    assert clearly.verdict == "met", "so far beyond, the whole history tells what a few months do not"
    assert clearly.changed is not False
    assert "no more than chance" not in clearly.because


def test_what_is_not_judged_has_no_answer_and_a_stock_is_held_against_its_own_moves():
    counts = pd.Series(100.0, MONTHS[:-1])
    early = judge(claim("up"), counts, paths=500)
    assert (early.verdict, early.changed, early.expected_anyway) == ("too early", None, None)
    stock = pd.Series(900 + np.random.default_rng(1).normal(0, 6, len(MONTHS)).cumsum().round(), MONTHS)
    stock.iloc[-1] = stock.iloc[-4] + 90
    found = judge(claim("up", "cin_open"), stock, kind="stock", paths=500)
    assert (found.verdict, found.changed) == ("met", True)


def test_straying_beyond_chance_is_learnt_and_is_never_less_than_chance():
    rng = np.random.default_rng(3)
    calm = pd.Series(rng.poisson(200, len(MONTHS)).astype(float), MONTHS)
    wild = pd.Series(np.rint(200 * np.exp(rng.normal(0, 0.3, len(MONTHS)))), MONTHS)
    assert 1 <= count_dispersion(calm, calendar=False, season="none") < 2
    assert count_dispersion(wild, calendar=False, season="none") > 5
    below = pd.Series(100.0, MONTHS)
    assert share_dispersion(pd.Series(50.0, MONTHS), below) == 1
    assert share_dispersion(pd.Series(np.where(np.arange(len(MONTHS)) % 2, 20.0, 80.0), MONTHS), below) > 3
    assert count_z((0, 3), (0, 2)) == 0
    assert np.isnan(level_z(pd.Series([4.0, 5.0]), 4.0, 6.0, 2))
