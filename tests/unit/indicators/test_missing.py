"""Missing is never zero: what is not covered, not recorded or not divisible is flagged, and a true zero is 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis import indicators
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators.coverage import Need, covered

YEAR = [("2022-04-01", "2023-03-31")]


def flags(frame: pd.DataFrame) -> list[str]:
    return frame.loc["all", "flag"].tolist()


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([("2023-01-01", "2023-03-31")], [True, True, True, False]),
        ([("2023-01-02", "2023-04-29")], [False, True, True, False]),
        ([("2023-01-01", "2023-02-10"), ("2023-02-11", "2023-04-30")], [True, True, True, True]),
        ([("2023-01-01", "2023-02-10"), ("2023-02-12", "2023-04-30")], [True, False, True, True]),
        ([("2022-01-01", "2023-04-30"), ("2022-06-01", "2022-07-01")], [True, True, True, True]),
        ([], [False, False, False, False]),
    ],
)
def test_a_month_is_covered_when_all_its_days_are(log, windows: list[tuple[str, str]], expected: list[bool]) -> None:
    months = pd.period_range("2023-01", "2023-04", freq="M")
    assert covered(log("", referral=windows), (Need("referral"),), months).tolist() == expected


def test_every_list_that_is_needed_must_cover_the_month(log) -> None:
    months = pd.period_range("2023-03", "2023-04", freq="M")
    both = (Need("referral"), Need("contact"))
    assert covered(log("", referral=YEAR), both, months).tolist() == [True, False]


def test_a_month_outside_coverage_is_x_and_a_covered_month_without_events_is_zero(log, worked) -> None:
    frame = worked(log("A referral 2023-05-01", referral=YEAR), "referrals", "2023-03", "2023-05", breakdowns=False)
    assert flags(frame) == ["", "x", "x"]
    assert frame.loc[("all", "2023-03"), "value"] == 0
    assert frame.loc[("all", "2023-05"), ["numerator", "denominator", "value"]].isna().all()


def test_rereferrals_need_twelve_months_of_referrals_before_the_month(log, worked) -> None:
    frame = worked(log("A referral 2023-05-01", referral=[("2022-04-01", "2023-05-31")]), "rereferrals", "2023-03", "2023-05")
    assert flags(frame) == ["x", "z", ""]
    assert frame.loc[("all", "2023-05"), "value"] == 0


def test_rereferrals_after_closure_need_twelve_months_of_referrals_after(log, worked) -> None:
    frame = worked(log("", referral=YEAR), "rereferrals_after_closure", "2022-03", "2022-05")
    assert flags(frame) == ["x", "x", "x"]  # March is not covered by referrals, April wants them to April 2023
    frame = worked(log("", referral=[("2022-03-01", "2023-04-30")]), "rereferrals_after_closure", "2022-03", "2022-05")
    assert flags(frame) == ["z", "z", "x"]


def test_a_conversion_needs_the_days_after_the_month(log, worked) -> None:
    for end, flag in (("2023-05-13", "x"), ("2023-05-14", "z")):
        frame = worked(log("", referral=[("2023-01-01", end)]), "contacts_to_referral", "2023-04")
        assert flags(frame) == [flag]


def test_a_month_with_events_but_no_outcome_recorded_is_x(worked) -> None:
    frame = worked("A referral 2023-05-01\nB referral 2023-06-01 outcome=nfa", "referrals_nfa", "2023-05", "2023-06")
    assert flags(frame) == ["x", ""]


def test_icpcs_without_any_enquiry_date_are_x_but_one_known_is_enough(worked) -> None:
    frame = worked(
        "A icpc 2023-05-02\nB icpc 2023-06-01\nC icpc 2023-06-01 clock_start=2023-06-01", "icpcs_in_15_days", "2023-05", "2023-06"
    )
    assert flags(frame) == ["x", ""]
    assert frame.loc[("all", "2023-06"), "value"] == 50


def test_rates_need_a_population_no_more_than_two_years_older(worked) -> None:
    old = pd.Series({2020: 10_000.0, 2021: np.nan})
    frame = worked("A referral 2023-03-01\nA referral 2023-04-01", "referral_rate", "2023-03", "2023-04", population=old)
    assert flags(frame) == ["", "x"]
    assert flags(worked("A referral 2023-03-01", "referral_rate", "2023-03")) == ["x"]


def test_a_dimension_that_the_files_do_not_hold_is_left_out_and_a_part_missing_is_shown(worked) -> None:
    frame = worked("A referral 2023-05-01 team=East\nB referral 2023-05-01", "referrals", "2023-05")
    assert list(frame.index.get_level_values(0)) == ["all", "team: East", "team: Not recorded"]


def test_categories_that_never_happen_in_the_months_asked_for_are_left_out(worked) -> None:
    frame = worked("A referral 2023-05-01 source=6\nB referral 2023-07-01 source=2A", "referrals", "2023-05", "2023-06")
    assert set(frame.index.get_level_values(0)) == {"all", "source: Police"}


def test_an_empty_log_gives_zeros_where_it_is_covered(log) -> None:
    frame = indicators.compute(log(""), authority="X", first=pd.Period("2023-05"), last=pd.Period("2023-05"))
    counts = frame[frame["indicator"].isin(["referrals", "cin_open", "cp_started"])]
    assert counts["value"].tolist() == [0, 0, 0]
    assert frame.loc[frame["indicator"] == "care_leavers_eet", "flag"].tolist() == ["x"]


def test_workers_are_never_a_breakdown(log) -> None:
    events = "A referral 2023-05-01 worker=Jo team=East\nA cin_episode 2023-05-01 worker=Jo team=East"
    frame = indicators.compute(log(events), authority="X", first=pd.Period("2023-05"), last=pd.Period("2023-05"))
    assert not frame["breakdown"].str.contains("Jo|worker").any()


def test_the_log_is_left_as_it_was(log) -> None:
    events = log("A referral 2023-05-01 source=6\nB referral 2023-05-01")
    before = events.events.copy(deep=True)
    indicators.compute(events, authority="X", first=pd.Period("2023-05"), last=pd.Period("2023-06"))
    pd.testing.assert_frame_equal(events.events, before)


def test_compute_keeps_the_contract_and_the_names_asked_for(log) -> None:
    months = {"first": pd.Period("2023-05"), "last": pd.Period("2023-06")}
    frame = indicators.compute(log("A referral 2023-05-01"), authority="X", names=["referrals", "agency_share", "referrals"], **months)
    pd.testing.assert_frame_equal(tables.validate(frame, "series"), frame)
    assert frame["indicator"].tolist() == ["referrals", "referrals"]
    assert indicators.compute(log(""), authority="X", names=["agency_share"], **months).empty


def test_names_and_months_that_do_not_exist_are_told(log) -> None:
    months = {"first": pd.Period("2023-05"), "last": pd.Period("2023-06")}
    with pytest.raises(ParameterError, match=r"found 'refferals', want names of docs/indicators\.md"):
        indicators.compute(log(""), authority="X", names=["refferals"], **months)
    with pytest.raises(ParameterError, match="first month, 2023-06, is after the last, 2023-05"):
        indicators.compute(log(""), authority="X", first=months["last"], last=months["first"])
