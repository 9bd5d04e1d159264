"""What a system shows on a day: late entries, late closings, slips put right, errors removed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.lists import earlier_in_year
from cfanalysis.sample.recording import as_seen


def _record(**changes: int | bool) -> pd.DataFrame:
    usual = {
        "child": 0,
        "start": 100,
        "end": 200,
        "recorded": 101,
        "end_recorded": 230,
        "removed": NEVER,
        "put_right": 0,
        "unknown_first": False,
    }
    return pd.DataFrame([{**usual, "start_first": 100, **changes}])


def test_a_record_is_not_seen_before_it_is_entered() -> None:
    late = _record(recorded=150)
    assert len(as_seen(late, "cin", 149, 0)) == 0
    assert len(as_seen(late, "cin", 150, 0)) == 1


@pytest.mark.parametrize(("day", "shown"), [(199, NEVER), (200, NEVER), (229, NEVER), (230, 200)])
def test_a_closing_is_open_until_it_is_recorded(day: int, shown: int) -> None:
    assert as_seen(_record(), "cin", day, 0)["end"].tolist() == [shown]


def test_an_error_disappears_on_the_day_it_is_removed() -> None:
    wrong = _record(removed=160)
    assert len(as_seen(wrong, "referral", 159, 0)) == 1
    assert len(as_seen(wrong, "referral", 160, 0)) == 0


def test_a_moved_date_and_an_unknown_source_are_put_right() -> None:
    slip = _record(put_right=180, start_first=105, unknown_first=True)
    before, after = as_seen(slip, "referral", 179, 0), as_seen(slip, "referral", 180, 0)
    assert (before["start"].item(), bool(before["unknown"].item())) == (105, True)
    assert (after["start"].item(), bool(after["unknown"].item())) == (100, False)


def test_a_spell_is_listed_if_open_in_the_window_and_an_event_if_dated_in_it() -> None:
    assert len(as_seen(_record(), "cin", 300, 150)) == 1
    assert len(as_seen(_record(), "cin", 300, 201)) == 0
    assert len(as_seen(_record(), "referral", 300, 150)) == 0
    assert len(as_seen(_record(), "referral", 300, 100)) == 1


def test_earlier_referrals_are_counted_from_each_referral_not_from_today() -> None:
    rows = pd.DataFrame({"child": [7, 7, 7, 8], "start": [1000, 1300, 1366, 1301]})
    assert earlier_in_year(rows, rows).tolist() == [0, 1, 1, 0]
    assert earlier_in_year(rows.assign(start=np.array([1000, 1300, 1365, 1301])), rows.assign(start=[1000, 1300, 1365, 1301])).tolist() == [
        0,
        1,
        2,
        0,
    ]
