"""Every projection in the five sets of minutes is an entry of the sample's registers, and all of them can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfanalysis import indicators
from cfanalysis.registers import read_registers

# what was said of the future, by the indicator it is about (the minutes themselves are not part of the project)
SAID = {
    "solentwick": {"cin_open", "vacancy_rate"},
    "wealdshire": {"vacancy_rate", "assessments_in_45_days"},
    "moorshire": {"icpcs_in_15_days", "agency_share", "vacancy_rate"},
    "itchenport": {"icpcs_in_15_days", "cp_open", "cla_open", "agency_share", "audits_completed"},
    "marchfordshire": set(),
}


def registers_of(root: Path, name: str):
    folder = root / "params" / "registers" / name
    paths = {kind: folder / f"{kind}.yml" for kind in ("projections", "events", "actions", "commentary")}
    return read_registers({kind: path for kind, path in paths.items() if path.exists()}, known=set(indicators.catalogue()))


@pytest.mark.parametrize("name", SAID)
def test_the_registers_of_the_sample_are_read_and_hold_what_was_said(root, name):
    registers = registers_of(root, name)
    assert {claim.indicator for claim in registers.projections} >= SAID[name]
    assert registers.actions
    assert all(claim.source and claim.reason for claim in registers.projections)
    assert all(claim.window.first >= claim.known_to + 1 for claim in registers.projections)


def test_autumn_is_read_as_september_to_november(root):
    (conferences,) = [claim for claim in registers_of(root, "moorshire").projections if claim.indicator == "icpcs_in_15_days"]
    assert [str(month) for month in conferences.window.months] == ["2023-09", "2023-10", "2023-11"]
