"""Which earlier periods are looked back on, and how they are grouped: worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.signals.classic.farrington_baseline import baseline, judged_positions, reference_positions, season_groups
from cfanalysis.signals.classic.farrington_options import Options
from cfanalysis.signals.timeline import timeline


def test_a_year_of_months_in_four_groups() -> None:
    # One month either side is the window (group 4); the nine between are three of each, the oldest first.
    lags, groups = season_groups((12,), 1, 4)
    assert dict(zip(lags.tolist(), groups.tolist(), strict=True)) == {
        0: 4, 1: 4, 2: 3, 3: 3, 4: 3, 5: 2, 6: 2, 7: 2, 8: 1, 9: 1, 10: 1, 11: 4, 12: 4, 13: 4,
    }  # fmt: skip


def test_what_is_left_over_goes_to_the_first_groups() -> None:
    lags, groups = season_groups((12,), 0, 4)  # eleven months between, in threes: 4, 4 and 3
    assert [int((groups == part).sum()) for part in (1, 2, 3)] == [4, 4, 3]
    assert groups[lags == 11] == 1


def test_windows_only_with_one_period() -> None:
    lags, groups = season_groups((12, 12), 1, 1)
    assert lags.tolist() == [0, 1, 11, 12, 13, 23, 24, 25]
    assert set(groups.tolist()) == {1}


def test_more_groups_than_periods_are_refused_and_spill_over_as_in_r() -> None:
    with pytest.raises(ParameterError, match="at most 10"):
        season_groups((12,), 1, 11)
    lags, groups = season_groups((12, 12), 1, 11, strict=False)
    assert groups[lags == 1] == 10  # the empty tenth group marks the newer window's first month
    with pytest.raises(ParameterError):
        season_groups((12,), 1, 13, strict=False)


def test_weeks_go_back_52_or_53() -> None:
    # The nearest Monday to the same day a year earlier, whatever the number of weeks.
    line = timeline(pd.Series(np.zeros(700), index=pd.date_range("2004-01-05", periods=700, freq="7D")))
    assert line.dates is not None
    assert set(np.diff(reference_positions(line, np.arange(300, 700), 5)).ravel().tolist()) == {-52, -53}
    for k in (400, 500, 626):
        years = reference_positions(line, np.array([k]), 5)[0]
        for back, found in enumerate(years):
            day = pd.Timestamp(line.dates[k]) - pd.DateOffset(years=back)
            assert abs((pd.Timestamp(line.dates[found]) - day).days) <= 3


def test_without_dates_a_year_is_always_as_long() -> None:
    line = timeline(pd.Series(np.zeros(200)), freq=52)
    assert reference_positions(line, np.array([170]), 3)[0].tolist() == [170, 118, 66, 14]


def test_the_newest_periods_are_not_learnt_from() -> None:
    line = timeline(pd.Series(np.arange(40.0)), freq=12)
    base = baseline(line, np.ones(40), Options(b=3, w=0, no_periods=12, past_weeks_not_included=3))
    last = base.row == base.rows - 1
    assert judged_positions(line, Options(b=3, w=0)).tolist() == [36, 37, 38, 39]
    assert base.count[last].tolist() == list(range(3, 36))  # three years back to four months ago
    assert base.group[last][0] == 11


def test_missing_values_and_populations_are_left_out() -> None:
    counts, people = np.arange(40.0), np.ones(40)
    counts[5], people[6] = np.nan, np.nan
    base = baseline(timeline(pd.Series(counts), freq=12), people, Options(b=3, w=0, no_periods=12, past_weeks_not_included=3))
    assert not {5.0, 6.0} & set(base.count[base.row == base.rows - 1].tolist())
