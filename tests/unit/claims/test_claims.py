"""Typed claims: what may be said, made from released rows alone; a sentence without one cannot be made."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from cfanalysis.claims.claim import Direction, Kind, claim_of, claims_of
from cfanalysis.claims.promise import promise_of
from cfanalysis.claims.winter import winter_of
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.table import ABOUT_THE_SAME, NO_CLEAR_CHANGE
from cfanalysis.words.finding import sentence

YEAR = {"kind": "trend", "indicator": "referrals", "breakdown": "all", "title": "Referrals", "unit": "referrals", "measured": "count",
        "over_a_year": True, "month": pd.Period("2023-03", "M"), "observed": 1560.0, "expected": 1200.0, "z": 5.0}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "direction"),
    [
        ("up", Direction.UP), (ABOUT_THE_SAME, Direction.SAME), (NO_CLEAR_CHANGE, Direction.UNCLEAR),
        ("the level moved in April 2022", Direction.UNTOLD),
    ],
)  # fmt: skip
def test_a_year_has_a_direction_only_where_it_may_be_said(reason, direction):
    claim = claim_of(YEAR | {"reason": reason})
    assert claim.direction is direction
    assert claim.share == pytest.approx(0.3)
    assert ("30% more" in sentence(claim)) == (direction is Direction.UP)


def test_a_hidden_figure_has_no_direction():
    assert claim_of(YEAR | {"reason": "up", "observed": None}).direction is Direction.UNTOLD


def test_a_shift_that_is_over_is_measured_as_it_was_told():
    shift = YEAR | {"kind": "shift", "observed": 101.0, "expected": 100.0, "high": 180.0}
    assert claim_of(shift | {"reason": "over"}).change == 80.0
    assert claim_of(shift | {"reason": "lasting"}).change == 1.0


def test_a_sentence_is_made_of_a_claim_and_of_nothing_else():
    with pytest.raises(TypeError, match="a sentence is made of a claim; found a Series"):
        sentence(pd.Series(YEAR | {"reason": "up"}))


def test_a_claim_is_made_of_what_is_released():
    with pytest.raises(ReleaseError, match="claims are made of released findings only; found a DataFrame"):
        claims_of(pd.DataFrame([YEAR]))


def test_every_kind_of_claim_can_be_said():
    from cfanalysis.words.finding import _SAY

    assert set(_SAY) == set(Kind)


def test_figures_of_a_promise_and_a_winter_are_in_the_unit_of_their_kind():
    row = {"said_on": "2021-02-11", "kind": "percent", "base": 3.0, "base_value": 17.4, "year": 2021, "series": "Agency staff, 2021"}
    assert promise_of(row).base == winter_of(row).base == 17.4
    assert promise_of(row | {"kind": "count"}).base == 3.0
    assert math.isnan(promise_of(row).observed)
    assert winter_of(row).name == "Agency staff"
