"""Every event that the README lists is there to be found, and every claim of the minutes is a register entry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.months import month_label
from cfanalysis.indicators import catalogue
from cfanalysis.registers.reading import read_registers
from cfanalysis.sample import describe, names
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.monthly import monthly
from cfanalysis.sample.plans import plans


def _file(found) -> pd.DataFrame:
    rows = monthly(found.world, np.random.default_rng(7))
    rows["month"] = pd.PeriodIndex(rows["month"], freq="M")
    return rows[rows["breakdown"] == "all"].pivot(index="month", columns="indicator", values="value")


def _in_time(found, name: str, limit: int) -> pd.Series:
    rows = found.tables[name]
    rows = rows[rows["end"] < NEVER]
    return found.share(found.working_days(rows["start"], rows["end"]) <= limit, rows["end"])


def test_the_page_in_the_repository_is_the_one_made_from_the_plans(root) -> None:
    assert (root / "data" / "sample" / "README.md").read_text(encoding="utf-8") == describe()


def test_the_page_lists_everything_planted_with_its_month() -> None:
    page = describe()
    for plan in plans().values():
        assert plan.name in page
        for effect in plan.effects:
            assert f"| {month_label(effect.first)} |" in page
            assert effect.note in page
        for kind, n in plan.dirt.items():
            assert n == 0 or f"{n} " in page, kind


def test_solentwick_s_children_in_need_rise_from_summer_and_do_not_fall_in_january_or_february(measured) -> None:
    found = measured["solentwick"].stock("cin")
    assert found["2017-10"] > 1.05 * found["2017-04"]
    assert min(found["2018-01"], found["2018-02"], found["2018-03"]) > 0.98 * found["2017-10"]


def test_solentwick_s_decisions_in_time_fall_from_91_to_57_and_stay(measured) -> None:
    found = _file(measured["solentwick"])
    decided = found["contact_decision_in_time"]
    assert decided[pd.Period("2016-11")] == pytest.approx(91, abs=4)
    assert decided[pd.Period("2017-10")] == pytest.approx(57, abs=5)
    assert decided["2018-01":].mean() < 66
    assert found["vacancy_rate"]["2017-12":"2018-03"].mean() > 20


def test_wealdshire_has_a_spike_in_november_and_a_dip_in_january(measured) -> None:
    found = measured["wealdshire"]
    contacts = found.count("contact")
    around = contacts[["2016-09", "2016-10", "2016-12", "2017-01"]]
    assert contacts["2016-11"] > 1.25 * around.max()
    assert found.rereferred()["2016-11":"2017-02"].mean() > found.rereferred()["2015-11":"2016-10"].mean() + 0.03
    assessed = _in_time(found, "assessment", 45)
    assert assessed["2017-01"] < min(assessed["2016-09"], assessed["2017-04"]) - 0.08
    assert assessed["2017-01"] > assessed["2016-01"]
    conferences = _in_time(found, "s47", 15)
    assert conferences["2017-02":"2017-09"].mean() > conferences["2016-01":"2016-12"].mean() + 0.08


def test_moorshire_is_as_its_minutes_say(measured) -> None:
    found = measured["moorshire"]
    conferences, file = _in_time(found, "s47", 15), _file(found)
    assert conferences["2022-06":"2023-08"].mean() < 0.72
    assert conferences["2023-10":"2024-02"].mean() > conferences["2022-06":"2023-08"].mean() + 0.08
    assert file["agency_share"][pd.Period("2023-03")] == pytest.approx(32, abs=2.5)
    assert file["agency_share"]["2024-01":].mean() < 29
    assert 0.22 < found.rereferred()["2022-04":].mean() < 0.27
    done = found.shown("assessment").query("end < @NEVER")
    born = found.world.children["born"].to_numpy()[done["child"]] <= done["end"]
    assert done["seen"].mean() == pytest.approx(0.97, abs=0.015)
    assert done["seen"][born].mean() > 0.99


def test_itchenport_steps_up_and_its_carers_go(measured) -> None:
    found = measured["itchenport"]
    referrals, file = found.count("referral"), _file(found)
    assert referrals["2019-02":"2020-02"].mean() > 1.4 * referrals["2018-01":"2018-12"].mean()
    assert referrals["2020-04"] < 0.9 * referrals["2019-04":"2020-02"].mean()
    assert file["caseload_average"]["2020-12":"2021-03"].mean() > 22
    audits = file["audits_completed"]
    assert audits["2020-06":"2021-03"].mean() < 0.6 * audits["2019-01":"2020-03"].mean()
    assert audits["2021-10":].mean() > 1.3 * audits["2020-06":"2021-03"].mean()
    placed = found.tables["cla"]
    own = found.share(placed["provider"] == "PR1", placed["placed"].clip(upper=found.clock.starts[-1] - 1))
    assert own["2021-04":].mean() < own["2014-04":"2016-12"].mean() - 0.15


def test_marchfordshire_s_year_of_tripled_referrals(measured) -> None:
    found = measured["marchfordshire"]
    referrals, rows = found.count("referral"), found.tables["referral"]
    without = found.share(rows["nfa"], rows["start"])
    assert referrals["2017-04":"2018-03"].mean() > 2.3 * referrals["2016-04":"2017-03"].mean()
    assert referrals["2018-04":].mean() < 0.5 * referrals["2017-04":"2018-03"].mean()
    assert without["2017-04":"2018-03"].mean() == pytest.approx(0.56, abs=0.03)
    assert without["2018-04":].mean() < 0.08


def test_marchfordshire_s_snow_and_its_retired_category(measured) -> None:
    found = measured["marchfordshire"]
    conferences = found.count("s47", "end")
    usual = conferences["2017-04":"2018-02"].mean()
    assert conferences["2018-03"] < usual
    assert conferences["2018-04"] > 1.2 * conferences["2018-03"]
    snow = pd.Timestamp("2018-03-01").to_datetime64().astype("datetime64[D]").astype(int)
    assert not (found.shown("referral")["start_first"] == snow).any()
    plans_made = found.tables["cp"]
    multiple = found.share(plans_made["first_abuse"] == "MUL", plans_made["start"])
    physical = found.share(plans_made["first_abuse"] == "PHY", plans_made["start"])
    assert multiple[:"2015-03"].mean() > 0.1
    assert (multiple["2017-04":] == 0).all()
    assert physical["2017-04":].mean() < 0.6 * physical[:"2016-03"].mean()
    on_plans = found.stock("cp")
    assert on_plans["2018-09"] < on_plans["2017-06":"2018-01"].max()


CLAIMS = {
    "solentwick": {"cin_open", "vacancy_rate"},
    "wealdshire": {"icpcs_in_15_days", "cp_visits_in_time", "assessments_in_45_days", "vacancy_rate", "audits_good", None},
    "moorshire": {"icpcs_in_15_days", "agency_share", "vacancy_rate"},
    "itchenport": {
        "caseload_average", "agency_share", "audits_completed", "audits_good", "vacancy_rate", "icpcs_in_15_days", "cp_open", "cla_open",
        "placements",
    },
    "marchfordshire": {"icpcs", "cp_open", "caseload_average", "audits_good"},
}  # fmt: skip
"""What the five sets of minutes say will change, read by hand; None for what no indicator measures."""


@pytest.mark.parametrize("stem", names())
def test_every_claim_of_the_minutes_is_a_register_entry_that_can_be_scored(root, stem: str) -> None:
    folder = root / "params" / "registers" / stem
    kept = read_registers(
        {kind: folder / f"{kind}.yml" for kind in ("projections", "events", "actions", "commentary")}, known=set(catalogue())
    )
    plan = plans()[stem]
    assert {claim.indicator for claim in kept.projections} == CLAIMS[stem]
    assert all(claim.window.last <= plan.as_at for claim in kept.projections if claim.indicator)
    assert kept.events
    assert kept.actions
    assert kept.commentary
