"""Levels over hidden months: by what coarser cells tell, and not stated where nothing tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cfanalysis.foundation import table as tables
from cfanalysis.foundation.contracts import FIGURE
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue
from cfanalysis.questions import findings
from cfanalysis.questions.findings import NOT_COMPARABLE
from cfanalysis.questions.subject import Subject
from cfanalysis.signals import standing

FIRST = "2014-07"
SHOWN = np.array([
    33, 20, 21, 25, 23, 35, 14, 14, 22, 8, 28, 36, 27, 24, 25, 24, 13, 14, 37, 18, 39, 22, 25, 24, 15,
    34, 32, 26, 20, 17, 22, 17, 28, 15, np.nan, np.nan, 28, 18, 23, 8, 38, 9, 11, 13, 19, 13, 15, 15,
    31, 23, 8, 22, 15, 12,
])  # fmt: skip
"""Child protection plans ended in synthetic Marchfordshire to December 2018; May and June 2017 are hidden."""


def plans(spread: bool) -> Subject:
    months = pd.period_range(FIRST, periods=len(SHOWN), freq="M")
    frame = pd.DataFrame(
        {"authority": "Marchfordshire", "indicator": "cp_ended", "breakdown": ALL, "month": months,
         "numerator": SHOWN, "denominator": np.nan, "value": SHOWN, "flag": np.where(np.isnan(SHOWN), "c", "")}
    )  # fmt: skip
    hidden = pd.PeriodIndex(["2017-05", "2017-06"], freq="M")
    told = pd.DataFrame({FIGURE: [6.0, 6.0]}, index=hidden) if spread else None
    return Subject(catalogue()["cp_ended"], "Marchfordshire", tables.validate(frame, "series"), spread=told)


def stood(given: Subject) -> pd.DataFrame:
    told = given.modelled(settled=True, spread=True)
    return findings.without_untold(given, standing(told.pop("series"), **told))


def test_a_level_before_holds_what_the_quarter_tells():
    """Of the shown months alone plans ended "fell in October 2017", from 23 a month to 16 and 18."""
    shown = replace(plans(spread=True), spread=None).modelled(settled=True)
    alone = standing(shown.pop("series"), **shown).iloc[-1]
    assert (str(alone["onset"]), alone["before"] > 22) == ("2017-10", True)
    found = stood(plans(spread=True))
    assert "2017-10" not in set(found["onset"].astype(str))
    assert set(found["standing"]) == {NOT_COMPARABLE}, "two hidden months alone make no change"


def test_where_nothing_tells_no_level_is_stated():
    given = plans(spread=False)
    assert [str(month) for month in given.untold] == ["2017-05", "2017-06"]
    assert set(stood(given)["standing"]) == {NOT_COMPARABLE}
    said = findings.of_series(given, pd.DataFrame({"month": [], "severity": []}), stood(given), None)
    assert "shift" not in set(said["kind"])


def test_hidden_months_stay_hidden_everywhere_else():
    given = plans(spread=True)
    assert given.modelled()["series"].isna().sum() == 2
    assert given.frame()["observed"].isna().sum() == 2
    assert not len(given.untold)
