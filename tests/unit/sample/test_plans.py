"""The plans of the synthetic authorities, and how planted events bend a level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month
from cfanalysis.reference import authorities
from cfanalysis.sample import names, simulate, write
from cfanalysis.sample.plans import Effect, path, plans

MONTHS = pd.period_range("2016-01", "2016-06", freq="M")


def _with(*effects: Effect):
    plan = plans()["solentwick"]
    return replace(plan, base={**plan.base, "agency": 0.10}, effects=effects)


def test_a_level_without_effects_is_the_usual_one() -> None:
    assert path(_with(), "agency", MONTHS).tolist() == [0.10] * 6


def test_a_ramp_runs_from_its_first_month_to_its_last_and_then_stops() -> None:
    effect = Effect("agency", month("2016-02"), month("2016-04"), None, (0.2, 0.4), "")
    assert path(_with(effect), "agency", MONTHS) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.1, 0.1])


def test_an_effect_without_an_end_runs_to_the_last_month() -> None:
    effect = Effect("agency", month("2016-05"), None, (2.0, 2.0), None, "")
    assert path(_with(effect), "agency", MONTHS) == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.2, 0.2])


def test_a_later_effect_works_on_what_the_earlier_left() -> None:
    effects = [Effect("agency", MONTHS[0], None, None, (0.3, 0.3), ""), Effect("agency", MONTHS[0], MONTHS[0], (2.0, 2.0), None, "")]
    assert path(_with(*effects), "agency", MONTHS) == pytest.approx([0.6, 0.3, 0.3, 0.3, 0.3, 0.3])


def test_no_name_or_code_is_that_of_a_real_authority() -> None:
    real = {row["name"] for row in authorities()} | {row["code"] for row in authorities()}
    assert not {plan.name for plan in plans().values()} & real
    assert not {plan.code for plan in plans().values()} & real


def test_each_authority_has_at_least_eight_years() -> None:
    for plan in plans().values():
        assert (plan.as_at - plan.first).n + 1 >= 96, plan.name


def test_editions_reach_from_the_first_month_to_the_as_at_month_without_a_gap() -> None:
    for plan in plans().values():
        full = [edition for edition in plan.editions if len(edition.lists) == 9]
        covered = {period for edition in full for period in pd.period_range(end=edition.as_at, periods=edition.window_months, freq="M")}
        assert covered == set(pd.period_range(plan.first, plan.as_at, freq="M")), plan.name


def test_an_unknown_authority_is_named_with_those_there_are(tmp_path) -> None:
    with pytest.raises(ParameterError, match="found 'atlantis', want one of the synthetic authorities: solentwick, "):
        write(tmp_path, authorities=["atlantis"])
    assert not list(tmp_path.iterdir())


def test_another_seed_lives_another_life() -> None:
    one, other = simulate("marchfordshire", seed=1), simulate("marchfordshire", seed=2)
    assert len(one.tables["referral"]) != len(other.tables["referral"])
    assert np.mean(one.tables["cin"]["end"] - one.tables["cin"]["start"]) != np.mean(
        other.tables["cin"]["end"] - other.tables["cin"]["start"]
    )


def test_names_are_those_of_the_parameters_files(root) -> None:
    assert all((root / "params" / f"{stem}.yml").is_file() for stem in names())
