"""What holds for any claim and any series."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.foundation.wording import likelihood
from cfanalysis.judging.projections import claimed
from cfanalysis.models.stock_flow import Draws, run
from cfanalysis.registers.entries import Projection
from cfanalysis.registers.windows import SEASONS, read_window

DATES = st.dates(date(1991, 1, 1), date(2099, 1, 1))
LEVELS = st.floats(0, 1e6)


def claim(**changes) -> Projection:
    given = {
        "id": "a", "said_on": "2017-11-16", "where": "p", "who": "o", "indicator": "x", "direction": "down",
        "window": "2018-01", "reason": "r", "source": "s",
    }  # fmt: skip
    return Projection(**{**given, **changes})


@given(st.sampled_from(sorted(SEASONS)), DATES)
def test_a_season_without_a_year_ends_on_or_after_the_day_and_starts_within_a_year(season, said_on):
    window = read_window(season, said_on)
    said = pd.Period(said_on, freq="M")
    assert window.last >= said
    assert (window.last - said).n < 12
    assert window.first.month == SEASONS[season]
    assert len(window.months) == 3


@given(st.floats(0, 1))
def test_a_probability_is_spoken_to_the_nearest_ten_and_never_as_certain(probability):
    words = likelihood(probability)
    if words.startswith("about"):
        tens = int(words.split()[1])
        assert 1 <= tens <= 9
        assert abs(probability - tens / 10) <= 0.05 + 1e-9
    else:
        assert words in ("less than 1 in 10", "more than 9 in 10")
        assert min(probability, 1 - probability) <= 0.05 + 1e-9


@given(LEVELS, LEVELS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_larger_claim_is_never_easier(base, value, size, more):
    for direction in ("down", "up"):
        small, large = (claim(direction=direction, size=each) for each in sorted((size, more)))
        assert not claimed(large, value, base) or claimed(small, value, base)


@given(LEVELS, LEVELS)
def test_a_fall_and_a_rise_are_never_both_claimed(base, value):
    assert not (claimed(claim(direction="down"), value, base) and claimed(claim(direction="up"), value, base))


@settings(max_examples=60)
@given(
    st.integers(0, 5000),
    st.integers(1, 24),
    st.floats(0, 3),
    st.floats(0, 400),
    st.integers(-60, 60),
    st.sampled_from([0.0, 1.0, 4.0]),
    st.floats(-50, 500),
    st.integers(0, 2**32 - 1),
)
def test_the_identity_holds_to_the_unit_whatever_the_draws(opening, months, rate, level, difference, faster, more, seed):
    rng = np.random.default_rng(seed)
    shape = (8, months)
    draws = Draws(
        opening=float(opening), starts=rng.poisson(level, shape).astype(float), closing_rate=rng.uniform(0, rate, shape),
        difference=rng.integers(min(difference, 0), max(difference, 0) + 1, shape).astype(float),
        faster=np.full(8, faster), started=np.array([level // 1, level // 1]), more_ends=np.full(months, more),
    )  # fmt: skip
    stock, ends, left_over = run(draws)
    before = np.column_stack([np.full(8, opening), stock[:, :-1]])
    assert (stock == before + draws.starts - ends + left_over).all()
    assert (stock >= 0).all()
    assert (ends >= 0).all()
    assert (ends <= before + draws.starts).all()
