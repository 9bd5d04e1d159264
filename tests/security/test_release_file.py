"""The release command on real files with canaries in them: what it leaves, what it says, and that it does the same thing twice."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from tests import authority_made as made
from tests.security.searching import found_in
from tests.security.test_whole_runs import Ran, command, sources

from cfanalysis.store.cache import FOLDER as CACHE


def release(folder: Path, *options: str, **more: object) -> Ran:
    params, out = folder / "params" / "made.yml", folder / "outputs"
    return command(folder, "release", str(params), "--out", str(out), *options, **more)  # type: ignore[arg-type]


def the_file(folder: Path) -> Path:
    (path,) = (folder / "outputs").rglob("*.zip")
    return path


@pytest.fixture(scope="module")
def runs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran]:
    """The same authority released twice: other folder, other working folder, other order of sets and dictionaries' hashes."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other") / "deeper"
    other.mkdir()
    for folder in (one, other):
        made.write(folder, root / "notebooks", per_month=20)
    return release(one, seed="1"), release(other, seed="20", cwd=other.parent)


def test_the_same_files_give_the_same_bytes(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert ran.code == 0, ran.said
        assert "Traceback" not in ran.said
    one, other = (the_file(ran.folder) for ran in runs)
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_no_child_no_worker_no_remark_and_no_folder_is_left_anywhere(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert found_in(ran.folder, made.CANARIES, but=sources(ran.folder)) == set()
        assert not [canary for canary in made.CANARIES if canary in ran.said]


def test_the_file_names_no_machine(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert found_in(ran.folder / "outputs", [str(ran.folder), str(ran.folder.parent), str(Path.home())]) == set()


def test_nothing_but_the_release_file_is_among_the_outputs(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert [path.name for path in (ran.folder / "outputs").rglob("*") if path.is_file()] == [the_file(ran.folder).name]
        assert not list((ran.folder / "temporary").rglob("*"))


def test_the_private_store_is_its_owners_only_and_names_nobody(runs: tuple[Ran, Ran]) -> None:
    store = runs[0].folder / "params" / "private" / "editions"
    assert list(store.rglob("released.json"))
    assert list(store.rglob("digests/*.json.gz"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in store.rglob("*") if path.name != ".gitignore")
    assert found_in(store, [*made.CANARIES, "child_id"], but=[store / CACHE]) == set()
    assert not list(store.rglob("*.part"))


def test_hostile_names_stand_in_the_file_as_text_and_on_no_screen(runs: tuple[Ran, Ran]) -> None:
    path = the_file(runs[0].folder)
    with zipfile.ZipFile(path) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith(".csv")}
    assert "=HYPERLINK(" in texts["registers.csv"], "the hostile text is there"
    cells = [cell for text in texts.values() for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
    checked = command(runs[0].folder, "check", str(path))
    assert checked.code == 0, checked.said
    assert "Proved from the file alone" in checked.said
    assert not set(checked.said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b")


def test_a_damaged_store_costs_no_release(runs: tuple[Ran, Ran]) -> None:
    """Every private file spoiled but the list: set aside or passed over, and the newest file is what it was."""
    folder = runs[1].folder
    before = the_file(folder).read_bytes()
    store = folder / "params" / "private" / "editions"
    spoiled = [path for path in store.rglob("*") if path.is_file() and path.name not in ("released.json", ".gitignore")]
    assert {path.suffix for path in spoiled} == {".zip", ".gz", ".key"}
    for path in spoiled:
        path.write_bytes(path.read_bytes()[:20])
    (folder / "params" / "made.yml").write_text((folder / "params" / "made.yml").read_text(encoding="utf-8") + "horizon: 11\n")
    again = release(folder)
    assert again.code == 0, again.said
    assert "Traceback" not in again.said
    files = sorted((folder / "outputs").rglob("*.zip"))
    assert len(files) == 2
    assert files[0].read_bytes() == before
