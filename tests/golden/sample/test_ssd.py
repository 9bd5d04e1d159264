"""The same authority as Annex A and as the Standard Safeguarding Dataset: every indicator that both hold is the same, month by month."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import events, indicators
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.sample import simulate, write_ssd
from cfanalysis.sample.census import put_right
from cfanalysis.sample.editions import subsample
from cfanalysis.sample.files import write_csv
from cfanalysis.sample.lists import annex_a
from cfanalysis.sample.plans import Edition
from cfanalysis.sample.ssd import write_ssd as write_tables
from cfanalysis.sources import check, read_annex_a, read_ssd

MONTHS = 72

NOT_IN_THE_SSD = {
    "cp_subsequent": "it does not hold the number of a child's previous plans, which may be older than six years or of elsewhere",
}

DIFFERENT = {
    "area": "it holds no area",
    "team": "the team of a plan or period of care is that of the child's last social worker; lists 7 and 8 name the team of the plan",
}
"""Breakdowns that differ, and why."""

LONG_IN_HAND = 6
"""Months in which an assessment may have come of a referral before the window: Annex A does not hold it then, and the SSD does."""

BY_TEAM_ALIKE = ("referrals", "referrals_nfa", "rereferrals", "assessments_in_45_days", "s47_started", "icpcs", "cin_open", "caseload")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Series from both, side by side."""
    folder = tmp_path_factory.mktemp("both")
    world = put_right(subsample(simulate("marchfordshire"), 0.4))
    last = world.plan.as_at
    for number, frame in annex_a(world, Edition("csv", last, MONTHS, tuple(range(1, 10)))).items():
        write_csv(frame, folder / f"annex_{last.end_time.date()}" / f"list_{number}.csv")
    annex = read_annex_a(folder / f"annex_{last.end_time.date()}", window_months=MONTHS)
    (ssd,) = read_ssd(write_tables(world, folder / "ssd")[0].parent)
    population = pd.Series(dict.fromkeys(range(2011, 2020), 100_000.0))
    months = {"authority": "Marchfordshire", "first": last - MONTHS + 1, "last": last, "population": population}
    series = [indicators.compute(events.merge_extracts([extract]), **months) for extract in (annex, ssd)]
    return series[0].merge(series[1], on=["indicator", "breakdown", "month"], how="outer", suffixes=("", "_ssd"))


def test_all_that_both_hold_agrees(both: pd.DataFrame) -> None:
    dimension = both["breakdown"].str.split(":").str[0]
    compared = both[~dimension.isin(list(DIFFERENT)) | ((dimension == "team") & both["indicator"].isin(BY_TEAM_ALIKE))]
    compared = compared[compared["value"].notna() & ~compared["indicator"].isin(list(NOT_IN_THE_SSD))]
    early = compared["month"] < compared["month"].min() + LONG_IN_HAND
    crossed = compared["indicator"].isin(("assessments_completed", "assessments_in_45_days", "child_seen"))
    unknown = compared["breakdown"].eq("source: No referral") | (early & compared["breakdown"].str.startswith("source: "))
    compared = compared[~(crossed & unknown)]
    assert len(set(compared["indicator"])) == 38
    for part in ("numerator", "denominator", "value"):
        pd.testing.assert_series_equal(compared[part], compared[f"{part}_ssd"], check_names=False, obj=part)
    assert {"team", "source", "age", "category", "reason", "provider"} <= set(dimension[compared.index])


def test_what_only_one_of_them_holds(both: pd.DataFrame) -> None:
    known, known_ssd = (set(both.loc[both[name].notna(), "indicator"]) for name in ("value", "value_ssd"))
    assert known - known_ssd == set(NOT_IN_THE_SSD)
    assert known_ssd - known >= {
        "contacts_nfa", "icpcs_by_target", "cp_visits_up_to_date", "cla_visits_up_to_date", "cla_three_placements", "missing_episodes",
        "return_interviews_offered", "care_leavers_pathway", "three_workers", "worker_changes", "factor_neglect", "cin_plans_open",
        "cp_reviews_up_to_date",
    }  # fmt: skip


def test_written_as_csv_and_as_parquet_it_is_the_same(tmp_path: Path) -> None:
    world = subsample(simulate("marchfordshire"), 0.02)
    made = [write_tables(world, tmp_path / form, form=form)[0].parent for form in ("csv", "parquet")]
    (one,), (other,) = (read_ssd(folder) for folder in made)
    pd.testing.assert_frame_equal(one.events, other.events)
    assert "synthetic" in made[0].name
    told = check(made[0])
    assert told.ok
    assert {problem.rule for problem in told.problems} <= {
        "placeholder_column", "missing_table", "other_role", "as_at_from_name", "shorter_span", "empty_table", "not_recorded",
    }  # fmt: skip


def test_only_forms_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="want csv or parquet"):
        write_ssd(tmp_path, authorities=["moorshire"], form="xlsx")
