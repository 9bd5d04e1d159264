"""The January and February question on series whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.claims.winter import winter_of
from cfanalysis.foundation.errors import SeriesError
from cfanalysis.judging.winter_question import january_february, question_table
from cfanalysis.reference.working_days import working_days
from cfanalysis.words.january_february import question_sentences

MONTHS = pd.period_range("2012-04", "2018-03", freq="M")
OPTIONS = {"season": "none", "paths": 500}


def per_day(rate: float = 15.0, seed: int = 5) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).poisson(rate * working_days(MONTHS)).astype(float), index=MONTHS)


def test_a_short_month_is_not_a_fall():
    # January and February 2015 have 41 working days, October to December 2014 have 64
    answer = january_february(per_day(), year=2015, **OPTIONS)
    assert answer.raw.probability > answer.per_day.probability + 0.12
    assert answer.raw.probability > 0.5
    assert answer.raw.expected == pytest.approx((41 / 2) / (64 / 3) - 1, abs=0.04)
    assert answer.per_day.expected == pytest.approx(0, abs=0.04)


def test_a_planted_fall_is_beyond_season_and_an_even_run_is_not():
    series = per_day()
    assert january_february(series, year=2018, **OPTIONS).answer in ("no fall", "fall no further than expected")
    series["2018-01":"2018-02"] = (series["2018-01":"2018-02"] * 0.7).round()
    answer = january_february(series, year=2018, **OPTIONS)
    assert answer.answer == "fall further than expected"
    assert answer.raw.seen < -answer.raw.smallest
    assert answer.tail < 0.1


def test_from_october_the_autumn_that_lies_ahead_comes_from_the_paths():
    series = per_day()
    answer = january_february(series[:"2017-10"], **OPTIONS)
    assert (answer.year, str(answer.known_to), answer.answer) == (2018, "2017-10", "too early")
    assert 0 < answer.raw.probability < 1
    assert np.isnan(answer.raw.seen)
    late = january_february(series, year=2018, known_to="2017-10", **OPTIONS)
    assert late.edge == answer.edge  # nothing later than October was used


def test_no_fall_is_claimed_from_months_that_are_not_settled():
    series = per_day()[:"2018-02"]
    series["2018-01":] = (series["2018-01":] * 0.5).round()
    assert january_february(series, year=2018, provisional=2, **OPTIONS).answer == "too early"
    assert january_february(series, year=2018, **OPTIONS).answer == "fall further than expected"


def test_stocks_and_percentages_have_no_working_days():
    stock = pd.Series(np.round(2000 + np.random.default_rng(2).normal(0, 15, len(MONTHS)).cumsum()), index=MONTHS)
    answer = january_february(stock, year=2018, kind="stock", paths=500)
    assert answer.base == stock["2017-12"]
    assert np.isnan(answer.per_day.probability)
    below = pd.Series(200.0, index=MONTHS)
    above = pd.Series(np.random.default_rng(0).binomial(200, 0.6, len(MONTHS)).astype(float), index=MONTHS)
    percent = january_february(above, year=2018, denominator=below, paths=500)
    assert percent.raw.smallest > 0.5  # points, not shares


def test_cannot_tell_with_little_history_or_a_missing_month():
    assert january_february(per_day()["2017-06":"2017-12"], **OPTIONS).answer == "cannot tell"
    series = per_day()
    series["2018-01"] = np.nan
    assert january_february(series, year=2018, **OPTIONS).answer == "cannot tell"
    with pytest.raises(SeriesError, match="no month before January"):
        january_february(per_day(), year=2018, known_to="2018-01")


def test_what_is_not_settled_is_not_learnt_from_and_a_stock_is_compared_end_to_end():
    rng = np.random.default_rng(2)
    months = pd.period_range("2013-04", "2018-02", freq="M")
    stock = pd.Series(800 + rng.normal(0, 5, len(months)).cumsum().round(), months)
    ahead = january_february(stock[:"2017-11"], kind="stock", provisional=3, paths=500)
    assert (ahead.year, str(ahead.known_to)) == (2018, "2017-08")
    row = question_table({"x": january_february(stock, kind="stock", year=2018, paths=500)}).frame.iloc[0]
    said = " ".join(question_sentences(winter_of(row)))
    assert f"It went from {stock['2017-12']:,.0f} at the end of December to {stock['2018-02']:,.0f} at the end of February" in said
    assert "October" not in said


@pytest.mark.parametrize(
    ("odds", "words"), [(0.8, "It was likely."), (0.5, "It was neither likely nor unlikely."), (0.1, "It was unlikely.")]
)
def test_whether_it_was_to_be_expected_anyway_is_said(odds, words):
    row = {"year": 2018, "kind": "count", "answer": "no fall", "because": "x", "probability": odds, "probability_per_day": odds,
           "smallest": 0.1, "known_to": "December 2017"}  # fmt: skip
    assert words in " ".join(question_sentences(winter_of(row)))


def test_a_rise_is_no_fall_even_where_more_of_it_was_expected():
    from cfanalysis.judging.winter_question import _in_words

    assert _in_words(100.0, 0.05, 110.0, "count")[0] == "no fall"
    assert _in_words(100.0, -0.05, 110.0, "count")[0] == "fall further than expected"


def test_sentences_come_from_the_row_and_leave_out_what_is_not_there():
    table = question_table({"referrals": january_february(per_day(), year=2018, **OPTIONS)})
    assert table.counts == ("base", "observed")
    row = table.frame.iloc[0]
    said = question_sentences(winter_of(row))
    assert said[0].startswith("January and February 2018: no fall")
    assert any("per working day" in sentence for sentence in said)
    hidden = row.to_dict() | dict.fromkeys(("base", "observed", "seen", "seen_per_day", "probability_per_day", "smallest"), float("nan"))
    bare = question_sentences(winter_of(hidden))
    assert len(bare) == 2
    assert f"{row['base']:,.0f}" not in " ".join(bare)
