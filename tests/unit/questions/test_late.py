"""January and February of a stock whose closures are still to come."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.unit.questions.test_one_number import MONTHS, subject

from cfanalysis.judging.winter_question import JanuaryFebruary
from cfanalysis.questions.late import unless_turned

FEBRUARY = pd.Period("2023-02", "M")


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [(1010.0, 1030.0, "no fall"), (960.0, 1035.0, "cannot tell"), (1000.0, 1030.0, "cannot tell")],
)
def test_closures_to_come_that_may_turn_it_leave_no_answer(low, high, answer):
    given = subject("cin_open", pd.Series(1040.0, MONTHS).to_numpy())
    settled = {"settled": [1020.0], "low": [low], "high": [high]}
    given = replace(given, likely=pd.DataFrame({"month": [FEBRUARY], **settled}))
    found = JanuaryFebruary(FEBRUARY.year, "stock", FEBRUARY - 2, "no fall", "", base=1000.0, observed=1020.0)
    assert unless_turned(found, given).answer == answer
    assert unless_turned(replace(found, kind="count"), given).answer == "no fall"
