"""Which authorities a command is about: one bad file costs its own authority only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.test_params import GOOD, write

from cfanalysis.runs import read_runs


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    """Parameters files of two authorities."""
    return [write(tmp_path, GOOD, "a.yml"), write(tmp_path, GOOD.replace("Solentwick", "Moorshire"), "b.yml")]


def test_parameters_files_and_files_that_list_them(two: list[Path], tmp_path: Path) -> None:
    batch = write(tmp_path, "params: [b.yml, a.yml]\n", "batch.yml")
    for given, slugs in ((two[:1], ["solentwick"]), (two, ["solentwick", "moorshire"]), ([batch], ["moorshire", "solentwick"])):
        runs, unread = read_runs(given)
        assert [run.slug for run in runs] == slugs
        assert not unread


def test_a_file_that_is_given_twice_counts_once(two: list[Path], tmp_path: Path) -> None:
    """As with params/*.yml, where one of the files lists the others."""
    batch = write(tmp_path, "params: [a.yml, b.yml]\n", "batch.yml")
    (tmp_path / "inner").mkdir()
    runs, unread = read_runs([two[0], batch, tmp_path / "inner" / ".." / "b.yml"])
    assert [run.slug for run in runs] == ["solentwick", "moorshire"]
    assert not unread


def test_two_files_of_one_authority(two: list[Path], tmp_path: Path) -> None:
    runs, unread = read_runs([*two, write(tmp_path, GOOD, "c.yml")])
    assert [run.file for run in runs] == ["a.yml", "b.yml"]
    (found,) = unread
    assert found.why.startswith("c.yml: authority.name: found 'Solentwick', which a.yml is of as well; pages would overwrite each other")


BAD = {
    "no YAML": ("authority: [x", "bad.yml, line 2: this is not YAML"),
    "a wrong value": (GOOD.replace("2018-09\n", "2018-13\n", 1), "bad.yml, line 4: as_at: found '2018-13'"),
    "nothing": ("", "bad.yml: the file: found nothing, want keys and values"),
    "a list of nothing": ("params: []\n", "bad.yml, line 1: "),
    "a list of itself": ("params: [bad.yml]\n", "bad.yml, line 1: "),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_costs_its_own_authority_only(two: list[Path], tmp_path: Path, kind: str) -> None:
    text, said = BAD[kind]
    bad = write(tmp_path, text, "bad.yml")
    for given in ([two[0], bad, two[1]], [write(tmp_path, "params: [a.yml, bad.yml, b.yml]\n", "batch.yml")]):
        runs, unread = read_runs(given)
        assert [run.slug for run in runs] == ["solentwick", "moorshire"]
        assert [each.file for each in unread] == ["bad.yml"]
        assert unread[0].why.startswith(said)
        assert "want" in unread[0].why


def test_files_that_are_not_there_or_cannot_be_opened(two: list[Path], tmp_path: Path) -> None:
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "latin.yml").write_bytes(b"authority: {name: Ynys M\xf4n}")
    (tmp_path / "round.yml").symlink_to("round.yml")
    batch = write(tmp_path, "params: [nowhere.yml, folder.yml, latin.yml, round.yml, a.yml]\n", "batch.yml")
    runs, unread = read_runs([batch, tmp_path / f"{'x' * 300}.yml"])
    assert [run.slug for run in runs] == ["solentwick"]
    said = {each.file: each.why for each in unread}
    assert said["nowhere.yml"].startswith("nowhere.yml: there is no such file; check the path")
    assert said["folder.yml"] == "folder.yml: this is a folder, want a YAML file"
    assert said["latin.yml"] == "latin.yml: the text is not UTF-8; save the file as UTF-8"
    assert "round.yml" in said
    assert f"{'x' * 300}.yml" in said
