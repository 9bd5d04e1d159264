"""What was said in the minutes, on DfE's own figures, with what was known on the day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.judging.winter_question import january_february
from cfanalysis.judging.year_ends import judge_year_ends
from cfanalysis.models import forecast
from cfanalysis.registers.entries import Projection
from cfanalysis.signals import unusual

MONTHS = ("April", "May", "June", "July", "August", "September", "October", "November", "December", "January", "February", "March")


def referrals(shared_data: Path, name: str) -> pd.Series:
    table = pd.read_csv(shared_data / "published" / "c6_children_in_need_referrals_by_month_2013_to_2022.csv", dtype=str)
    rows = table[table["la_name"] == name].assign(year=lambda each: each["time_period"].astype(int)).sort_values("year")
    values = rows[list(MONTHS)].apply(pd.to_numeric).to_numpy().ravel()
    first = pd.Period(f"{rows['year'].iloc[0] - 1}-04", freq="M")
    return pd.Series(values, pd.period_range(first, periods=len(values), freq="M"), name=name)


def open_cases(shared_data: Path, name: str) -> dict[str, pd.Series]:
    """Children in need at each 31 March as counted, and as the next year's return has it: open at any point in it less started in it."""
    table = pd.read_csv(shared_data / "published" / "b1_children_in_need_2013_to_2025.csv", dtype=str)
    rows = table[table["la_name"] == name].assign(year=lambda each: each["time_period"].astype(int)).set_index("year").sort_index()
    number = rows[["At31_episodes", "Anypoint_episodes", "Started_episodes"]].apply(pd.to_numeric)
    later = (number["Anypoint_episodes"] - number["Started_episodes"]).rename(lambda year: year - 1)
    return {"as counted": number["At31_episodes"], "as later recorded": later}


@pytest.fixture
def claim() -> Projection:
    return Projection(
        id="fewer-children-in-need", said_on="2017-11-16", where="Children and Families Scrutiny Panel", who="officers",
        indicator="cin_open", direction="down", window={"from": "2018-01", "to": "2018-02"},
        reason="a targeted diversion service", source="minutes of 16 November 2017, item 21",
    )  # fmt: skip


def test_southampton_october_2017_no_fall_beyond_season_expected_or_seen(shared_data):
    series = referrals(shared_data, "Southampton")
    ahead = january_february(series[:"2017-10"])
    assert (ahead.year, ahead.answer) == (2018, "too early")
    assert not ahead.expected_anyway
    assert ahead.per_day.expected > -0.05
    assert 0.05 < ahead.raw.smallest < 0.5
    after = january_february(series[:"2018-02"], year=2018, known_to="2017-10")
    assert after.answer in ("no fall", "fall no further than expected")
    assert 0.10 <= after.tail <= 0.90
    assert after.raw.probability == ahead.raw.probability


def test_surrey_november_2016_is_a_spike_as_seen_from_october(shared_data):
    series = referrals(shared_data, "Surrey")
    ahead = forecast(series[:"2016-10"], 1)
    came = series["2016-11"]
    assert came == 1293
    assert came > ahead.interval(0.95)["high"].iloc[0]
    assert ahead.probability(lambda paths: paths.iloc[:, 0] >= came) < 0.02
    last = unusual(series[:"2016-11"]).iloc[-1]
    assert (str(last["month"]), last["severity"] in ("alert", "strong", "extreme"), last["z"] > 0) == ("2016-11", True, True)


def test_southampton_children_in_need_at_31_march_2018_not_met(shared_data, claim):
    bases = open_cases(shared_data, "Southampton")
    verdict = judge_year_ends(claim, {"as counted": bases["as counted"]}, 2018)
    assert (verdict.verdict, verdict.base.value, verdict.observed.value) == ("not met", 2287.0, 2394.0)
    assert "only the direction can be judged" in verdict.because
    assert np.isnan(verdict.probability)
    assert judge_year_ends(claim, bases, 2018).verdict == "not met"  # both ways of counting say so


def test_southampton_children_in_need_at_31_march_2019_cannot_tell(shared_data, claim):
    bases = open_cases(shared_data, "Southampton")
    assert (bases["as counted"][2019], bases["as later recorded"][2019]) == (2657, 2054)
    verdict = judge_year_ends(claim, bases, 2019)
    assert verdict.verdict == "cannot tell"
    assert "disagree about the direction" in verdict.because
    assert judge_year_ends(claim, {"as counted": bases["as counted"]}, 2019).verdict == "not met"
