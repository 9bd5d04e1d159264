"""Folders to work in: private, gone afterwards, and cleared where a run was killed; never a live run's."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfanalysis.foundation import scratch as working
from cfanalysis.foundation.scratch import FOLDER, PREFIX, clear_leftovers, scratch, staging

only_unix = pytest.mark.skipif(sys.platform == "win32", reason="locks and modes are Unix's")

WORKS = """
import sys, time
from pathlib import Path
from cfanalysis.foundation.scratch import scratch
with scratch(Path(sys.argv[1]) if len(sys.argv) > 1 else None) as folder:
    (folder / "executed.ipynb").write_text("3 children")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def system_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own instead of the system's, for this process and those it starts."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "private" / "editions"


@pytest.fixture(params=["system", "store"])
def elsewhere(request: pytest.FixtureRequest, store: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another run that is working, and its folder."""
    arguments = [str(store)] if request.param == "store" else []
    run = subprocess.Popen([sys.executable, "-c", WORKS, *arguments], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    yield run, Path(run.stdout.readline().strip())
    run.kill()
    run.wait()


def test_a_folder_is_private_and_gone_afterwards(system_folder) -> None:
    with scratch() as folder:
        assert folder.parent == system_folder
        assert sys.platform == "win32" or stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "inner").mkdir()
    assert list(system_folder.iterdir()) == []


def test_it_is_gone_when_the_work_fails_too(system_folder) -> None:
    with pytest.raises(ValueError, match="failed"), scratch():
        raise ValueError("failed")
    assert list(system_folder.iterdir()) == []


@only_unix
def test_what_hides_nothing_is_worked_on_in_the_store(store, system_folder) -> None:
    with scratch(store) as folder:
        assert folder.parent == store / FOLDER
        assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, store / FOLDER, store)] == [0o700] * 3
        assert list(system_folder.iterdir()) == []
    assert list((store / FOLDER).iterdir()) == []


def test_where_the_store_cannot_be_written_the_work_goes_on(tmp_path, system_folder) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with scratch(tmp_path / "file") as folder:
        assert folder.parent == system_folder


@only_unix
def test_a_live_run_s_folder_is_left_alone(elsewhere, store) -> None:
    _, folder = elsewhere
    with scratch(store) as own:
        assert clear_leftovers([store]) == 0
        assert own.is_dir()
    assert (folder / "executed.ipynb").exists()


@only_unix
def test_a_killed_run_s_folder_is_cleared(elsewhere, store) -> None:
    run, folder = elsewhere
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert (folder / "executed.ipynb").exists()
    assert clear_leftovers([store]) == 1
    assert not folder.exists()


def _aged(path: Path) -> Path:
    old = path.stat().st_mtime - working.OLD_SECONDS - 60
    os.utime(path, (old, old))
    return path


def test_folders_that_nobody_could_hold_are_cleared_after_a_day(system_folder) -> None:
    """Those of earlier versions had no lock."""
    new, old = (Path(tempfile.mkdtemp(prefix=PREFIX)) for _ in range(2))
    (old / "published.json").write_text("{}", encoding="utf-8")
    _aged(old)
    assert clear_leftovers() == 1
    assert new.is_dir()
    assert not old.exists()


def test_nothing_but_folders_of_ours_is_cleared(system_folder, tmp_path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep", encoding="utf-8")
    named = system_folder / "cfanalysis-notes-of-march"
    named.mkdir()
    link, file = system_folder / f"{PREFIX}abcdefgh", system_folder / f"{PREFIX}12345678"
    link.symlink_to(mine)
    file.write_text("a file", encoding="utf-8")
    for path in (mine, named, file):
        _aged(path)
    assert clear_leftovers() == 0
    assert (mine / "notes.txt").exists()
    assert named.is_dir()
    assert file.exists()


def test_half_written_files_of_the_store_are_cleared_after_a_day(store) -> None:
    store.mkdir(parents=True)
    new, old = store / ".a.zip.1-0.part", store / ".b.zip.1-0.part"
    for path in (new, old):
        path.write_bytes(b"half")
    _aged(old)
    assert clear_leftovers([store]) == 1
    assert new.exists()
    assert not old.exists()


STAGES = WORKS.replace("import scratch\n", "import staging as scratch\n")


@only_unix
def test_a_hidden_folder_of_the_outputs_is_cleared_when_its_run_was_killed(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    run = subprocess.Popen([sys.executable, "-c", STAGES, str(outputs)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    (outputs / ".own").mkdir()
    (outputs / "released").mkdir()
    with staging(outputs) as mine:
        assert stat.S_IMODE(mine.stat().st_mode) == 0o700
        assert clear_leftovers(outputs=[outputs]) == 0, "both are held"
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert clear_leftovers(outputs=[outputs]) == 1
        assert mine.exists()
        assert not folder.exists()
    assert sorted(path.name for path in outputs.iterdir()) == [".own", "released"]
    assert clear_leftovers(outputs=[tmp_path / "nowhere"]) == 0
