"""The campaign of bad and odd inputs: a sample in every run of the tests, all of them by ``python -m tests.campaign``."""

from __future__ import annotations

import os

import pytest
from tests.campaign.case import ERROR, MISSING, RIGHT, SAID, TRACEBACK, WRONG, Case, Reading, is_good_message
from tests.campaign.cases import every_case, sample
from tests.campaign.running import run, run_all
from tests.campaign.table import lines, problems

from cfanalysis.foundation.errors import SourceError

SAMPLE, SEED = 150, 2024
ALL_TOLD = 750

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each input is read in a process forked from this one")


def test_there_are_as_many_inputs_as_promised() -> None:
    every = every_case()
    assert len({case.name for case in every}) == len(every) >= ALL_TOLD


def test_a_sample_is_right_or_said_or_a_clean_error() -> None:
    results = list(run_all(sample(SAMPLE, SEED)))
    assert len(results) == SAMPLE
    assert not problems(results), "\n".join(lines(results))


def _case(read, right: float = 12, may: frozenset[str] = frozenset(), told: str = "") -> Case:
    make = lambda folder: folder  # noqa: E731
    return Case("made up", "a trait", "a form", make, read, lambda: {"referrals": right}, lambda folder: folder / "faultless", may, told)


def _giving(value: float | None, *said: str):
    return lambda path: Reading({"referrals": value}, () if path.name == "faultless" else said)


def _raising(error: Exception):
    def read(path):
        if path.name == "faultless":
            return Reading()
        raise error

    return read


def test_every_outcome_is_told_apart() -> None:
    assert run(_case(_giving(12))).outcome == RIGHT
    assert run(_case(_giving(11))).outcome == WRONG
    assert run(_case(_giving(None))).outcome == MISSING
    assert run(_case(_giving(11, "a.csv: a row is gone"))).outcome == SAID
    assert run(_case(_giving(11, "a.csv: a row is gone"), told="a column")).outcome == WRONG
    assert run(_case(_raising(KeyError("x")))).outcome == TRACEBACK
    refused = run(_case(_raising(SourceError("nonsense")), may=frozenset(["error"])))
    assert (refused.outcome, refused.as_wanted, refused.good_message) == (ERROR, True, False)
    assert not run(_case(_raising(SourceError("nonsense")))).as_wanted
    assert problems([refused])


def test_what_is_said_of_every_file_does_not_count() -> None:
    read = lambda path: Reading({"referrals": 11}, ("b.csv: found no as-at date given; 2024-03-31 is in the name",))  # noqa: E731
    assert run(_case(read)).outcome == WRONG


def test_a_good_message_names_file_place_finding_and_wish() -> None:
    case = _case(_giving(12))
    good = "a.csv, row 7, column Date of referral: found '31/02/2024', want a date like 28/02/2024"
    assert is_good_message(case, good, ("a.csv",))
    assert not is_good_message(case, good, ("b.csv",))
    assert not is_good_message(case, good.replace(", row 7, column Date of referral", ""), ("a.csv",))
    assert not is_good_message(case, good.partition(", want")[0], ("a.csv",))
    assert not is_good_message(case, good.replace("found '31/02/2024'", "ValueError('x') found"), ("a.csv",))
