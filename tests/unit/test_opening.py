"""A release that is held for processes forked later gives what it gives when it is opened there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfanalysis.workbook import opening
from cfanalysis.workbook.opening import hold_release, open_workbook


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    yield
    opening._held.clear()


def test_what_is_held_is_what_is_opened(sample_release: Path) -> None:
    fresh = open_workbook({"params_file": str(sample_release), "policy": "dfe"})
    hold_release(sample_release)
    held = open_workbook({"params_file": str(sample_release), "policy": "dfe"})
    nearer = open_workbook({"params_file": str(sample_release), "policy": "dfe", "horizon": 6})
    assert held.evidence is not fresh.evidence
    assert held.findings().equals(fresh.findings())
    assert held.forecast("referrals") is nearer.forecast("referrals", horizon=12), "worked out already"
    assert len(nearer.forecast("referrals").months) == 6


def test_other_months_and_another_file_are_opened_anew(sample_release: Path, tmp_path: Path) -> None:
    hold_release(sample_release)
    held = open_workbook(sample_release)
    assert open_workbook(shutil.copy(sample_release, tmp_path / sample_release.name)).evidence is held.evidence, "the same content"
    assert open_workbook(sample_release, as_at=str(held.as_at - 6)).as_at == held.as_at - 6
    spoiled = tmp_path / "x_2024-03_dfe_1.zip"
    spoiled.write_bytes(b"no zip")
    hold_release(spoiled)
    assert open_workbook(sample_release).evidence is not held.evidence, "only the last file is held"


def test_books_of_one_process_share_nothing_unless_it_was_asked_for(sample_release: Path) -> None:
    assert open_workbook(sample_release).evidence is not open_workbook(sample_release).evidence
