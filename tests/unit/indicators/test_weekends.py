"""Which working day stands for one that is none: both readings, and what the parameters say."""

from __future__ import annotations

import pandas as pd
import pytest

from cfanalysis.reference.working_days import working_days_between

FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY = (f"2024-03-{day:02d}" for day in (8, 9, 10, 11, 12))
GOOD_FRIDAY, AFTER_EASTER = "2024-03-29", "2024-04-02"


@pytest.mark.parametrize(
    ("start", "end", "following", "before"),
    [
        (FRIDAY, MONDAY, 1, 1),
        (SATURDAY, MONDAY, 0, 1),
        (SUNDAY, TUESDAY, 1, 2),
        (FRIDAY, SATURDAY, 1, 0),
        (SATURDAY, SUNDAY, 0, 0),
        (GOOD_FRIDAY, AFTER_EASTER, 0, 1),
        (MONDAY, MONDAY, 0, 0),
    ],
)
def test_both_readings(start: str, end: str, following: int, before: int) -> None:
    dates = pd.Series(pd.to_datetime([start])), pd.Series(pd.to_datetime([end]))
    assert working_days_between(*dates).tolist() == [following]
    assert working_days_between(*dates, weekends="previous").tolist() == [before]
