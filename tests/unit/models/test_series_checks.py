"""What is handed over: read in one way only, or refused with a sentence an analyst can act on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models import one_step

MONTHS = pd.period_range("2016-04", periods=48, freq="M")


def a_series(values=None, index=MONTHS) -> pd.Series:
    values = 100 + 10 * np.sin(np.arange(len(index))) if values is None else values
    return pd.Series(values, index=index, name="contacts", dtype=float)


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (a_series().set_axis(range(48)), "want months"),
        (a_series().iloc[::-1], "out of order"),
        (pd.concat([a_series(), a_series().iloc[[5]]]).sort_index(), "September 2016 is there more than once"),
        (a_series().where(MONTHS[3] != MONTHS, -2.0), "July 2016: found -2"),
        (a_series().where(MONTHS[3] != MONTHS, np.inf), "July 2016: found inf"),
        (a_series().iloc[:11], "11 months with a value to learn from, want at least 12"),
        (a_series().iloc[:0], "no month has a value"),
        (a_series() * np.nan, "no month has a value"),
        (pd.Series(["a"] * 48, index=MONTHS), "want numbers"),
        (a_series().set_axis(pd.period_range("2016-01", periods=48, freq="W")), "want months"),
        (list(range(48)), "want a pandas Series"),
    ],
)
def test_a_series_that_cannot_be_read_is_refused(series, said):
    with pytest.raises(SeriesError, match=said):
        cf.forecast(series)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"horizon": 0}, "horizon=0"),
        ({"horizon": 2.5}, "horizon=2.5"),
        ({"kind": "rate"}, "kind='rate'"),
        ({"season": "winter"}, "season='winter'"),
        ({"season": [1.0] * 11}, "11 values"),
        ({"season": [0.0] + [1.0] * 11}, "above 0"),
        ({"missing": "lockdown"}, "missing='lockdown'"),
        ({"events": [("2017-01", "bump")]}, "want 'step'"),
        ({"paths": 10}, "paths=10"),
        ({"seed": -1}, "seed=-1"),
        ({"kind": "stock", "denominator": a_series()}, "with a denominator"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, said):
    with pytest.raises(SeriesError, match=said):
        cf.forecast(a_series(), **options)


def test_a_percentage_over_100_is_refused():
    with pytest.raises(SeriesError, match=r"found 1[01]\d.*want a percentage"):
        cf.forecast(a_series(), kind="percent")


def test_a_numerator_larger_than_its_denominator_is_refused():
    with pytest.raises(SeriesError, match="April 2016: found 20 out of 10"):
        cf.forecast(a_series(np.full(48, 20.0)), denominator=a_series(np.full(48, 10.0)))


def test_dates_are_read_as_months():
    by_date = a_series(index=MONTHS.to_timestamp())
    assert np.array_equal(cf.forecast(by_date).paths, cf.forecast(a_series()).paths)


def test_months_left_out_are_the_same_as_missing_months():
    holes = a_series().where(~np.isin(np.arange(48), [7, 20, 21]))
    assert np.array_equal(cf.forecast(holes).paths, cf.forecast(holes.dropna()).paths)


def test_leading_missing_months_change_nothing():
    earlier = pd.period_range("2014-04", periods=72, freq="M")
    assert np.array_equal(cf.forecast(a_series().reindex(earlier)).paths, cf.forecast(a_series()).paths)


def test_trailing_missing_months_are_said_and_widen_the_interval():
    late = a_series().where(np.arange(48) < 45)
    found = cf.forecast(late)
    assert found.months[0] == pd.Period("2020-04", "M")
    assert any("last 3 months have no value: the last known month is December 2019" in note for note in found.notes)
    assert (found.excluded["reason"] == "no value").sum() == 3


def test_nullable_integers_are_taken():
    whole = a_series(np.arange(48.0) % 9 + 50)
    assert np.array_equal(cf.forecast(whole.astype("Int64")).paths, cf.forecast(whole).paths)


def test_one_step_refuses_what_forecast_refuses():
    with pytest.raises(SeriesError, match="out of order"):
        one_step(a_series().iloc[::-1])
