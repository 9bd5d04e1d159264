"""Pages appear together when they are finished; whatever goes wrong leaves whole pages, and is named."""

from __future__ import annotations

import errno
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.pages_made import notebook, referrals, shown, words
from tests.release_made import make_release

import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.batch import Job, Outcome, failures, make_pages
from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.jobs import page_path
from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import ReleaseError, RunError
from cfanalysis.release.writing import write_release

NAMES = ("overview", "demand", "workforce")
OLD = "an older page"


class Desk:
    """Two authorities with release files, and an engine that hands over notebooks that have been run already."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "outputs"
        self.executed = notebook(
            folder / "executed.ipynb",
            [words("# A question"), shown(figures.headlines(["All is well."])), shown(figures.show(cf.release(referrals(), "dfe")))],
        )
        self.jobs: list[Job] = []
        for name in NAMES:
            (folder / f"{name}.ipynb").write_text(f"the notebook {name}", encoding="utf-8")
        self.ran: list[str] = []
        self.before: Callable[[str], None] = lambda name: None
        for authority in ("Brent", "Camden"):
            made = make_release(slug=authority.lower())
            release = Release(made.about.model_copy(update={"authority": authority}), made.tables)
            path = write_release(release, folder / f"{authority.lower()}_2024-03_dfe_1.zip")
            for name in NAMES:
                self.jobs.append(
                    Job(authority=authority, slug=authority.lower(), notebook=name, notebook_path=folder / f"{name}.ipynb", release=path,
                        page=page_path(self.output, authority.lower(), name, "dfe"), policy="dfe", synthetic=True, interactive=False)
                )  # fmt: skip

    def engine(self, path: Path, values: Mapping[str, Any], folder: Path, output: Path) -> None:
        """What an engine does: a notebook that has been run, in the place of the output."""
        name = f"{values['params_file'].partition('_')[0]} {path.stem}"
        self.before(name)
        self.ran.append(name)
        shutil.copy(self.executed, output)

    def make(self, **options: Any) -> Outcome:
        """The pages of all jobs, made one after the other in this process."""
        return make_pages(self.jobs, output=self.output, engine="kernel", **options)

    def older(self) -> None:
        """Something that lies where each page will."""
        for job in self.jobs:
            job.page.parent.mkdir(parents=True, exist_ok=True)
            job.page.write_text(OLD, encoding="utf-8")
            (job.page.parent / "tables.xlsx").write_text(OLD, encoding="utf-8")

    @property
    def visible(self) -> set[str]:
        """The files of the output that a reader sees, whole pages and indexes only."""
        found = {path.relative_to(self.output) for path in self.output.rglob("*") if path.is_file()}
        return {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)}

    def is_whole(self, place: str) -> bool:
        """Whether a page is a new one and whole."""
        text = (self.output / "released" / place).read_text(encoding="utf-8")
        return text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    monkeypatch.setitem(ENGINES, "kernel", made.engine)
    return made


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(each.authority, each.what, each.why) for each in failures([], outcome)]


def of_an_authority(slug: str) -> set[str]:
    return {f"released/{slug}/{name}" for name in (*(f"{each}.html" for each in NAMES), "index.html", "accessibility.html", "tables.xlsx")}


UPPER = {"released/index.html", "released/accessibility.html"}


def test_pages_of_an_authority_appear_together(desk: Desk) -> None:
    seen: dict[str, set[str]] = {}
    folders: list[Path] = []

    def look(name: str) -> None:
        seen[name] = desk.visible
        folders.extend(path for path in desk.output.iterdir() if path.name.startswith("."))

    desk.before = look
    outcome = desk.make()
    assert told(outcome) == []
    assert [result.job for result in outcome.results] == desk.jobs
    assert [seen[f"brent {name}"] for name in NAMES] == [set()] * 3
    assert [seen[f"camden {name}"] for name in NAMES] == [of_an_authority("brent")] * 3
    assert desk.visible == of_an_authority("brent") | of_an_authority("camden") | UPPER
    assert len(set(folders)) == 1
    assert not folders[0].exists()


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the folder")
def test_what_is_being_made_is_seen_by_its_owner_only(desk: Desk) -> None:
    modes = set()
    desk.before = lambda name: modes.update(
        stat.S_IMODE(path.stat().st_mode) for path in desk.output.iterdir() if path.name.startswith(".")
    )
    desk.make()
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in desk.output.rglob("*.*") if path.is_file()} == {0o644}


def test_a_notebook_that_fails_leaves_the_page_from_before(desk: Desk) -> None:
    desk.older()

    def stop(name: str) -> None:
        if name == "brent demand":
            raise RunError("list5.csv: no such file")

    desk.before = stop
    outcome = desk.make()
    assert told(outcome) == [("Brent", "demand", "list5.csv: no such file")]
    assert (desk.output / "released/brent/demand.html").read_text(encoding="utf-8") == OLD
    assert all(desk.is_whole(f"{slug}/{name}.html") for slug, name in (("brent", "overview"), ("brent", "workforce"), ("camden", "demand")))


def full(*given: object, **options: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


FULL = "the disk is full; make room, or give another folder with --out"


@pytest.mark.parametrize(
    ("place", "failed"),
    [
        ("cfanalysis.page.exporter.write_whole", [(slug, name) for slug in ("Brent", "Camden") for name in NAMES]),
        ("cfanalysis.page.workbook_file.write_whole", [("Brent", "tables.xlsx"), ("Camden", "tables.xlsx")]),
        ("cfanalysis.batch.stage.write_whole", [("Brent", "index.html"), ("Camden", "index.html"), ("Authorities", "index.html")]),
    ],
)
def test_a_full_disk_leaves_whole_files(desk: Desk, monkeypatch: pytest.MonkeyPatch, place: str, failed: list[tuple[str, str]]) -> None:
    desk.older()
    monkeypatch.setattr(place, full)
    outcome = desk.make()
    assert told(outcome) == [(*each, FULL) for each in failed]
    for job in desk.jobs:
        older = job.page.read_text(encoding="utf-8") == OLD
        assert older == ("exporter" in place)
        assert older or desk.is_whole(f"{job.slug}/{job.page.name}")
    assert not [path for path in desk.output.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("locked", ["tables.xlsx", "demand.html", "index.html"])
def test_a_file_that_is_open_in_excel(desk: Desk, monkeypatch: pytest.MonkeyPatch, locked: str) -> None:
    desk.older()
    put = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if target == desk.output / "released" / "brent" / locked:
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        return put(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    outcome = desk.make()
    what = locked.removesuffix(".html") if locked == "demand.html" else locked
    why = f"{locked} is open in another program or write-protected; close it (in Excel), then run this again"
    assert told(outcome) == [("Brent", what, why)]
    assert (desk.output / "released" / "brent" / "demand.html").read_text(encoding="utf-8").startswith(OLD) == (locked == "demand.html")
    assert all(desk.is_whole(f"{slug}/workforce.html") for slug in ("brent", "camden"))


def test_pages_that_say_otherwise_than_the_release_are_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.older()
    audited: list[Path] = []

    def found(pages: list[Path], release: Release) -> int:
        audited.extend(pages)
        assert all(path.is_file() for path in pages)
        if release.about.authority == "Brent":
            raise ReleaseError("demand.html: referrals: the page says 3")
        return 0

    monkeypatch.setattr("cfanalysis.page.audit_pages", found, raising=False)
    outcome = desk.make()
    assert told(outcome) == [("Brent", name, "not shown: demand.html: referrals: the page says 3") for name in NAMES]
    assert [job.page.read_text(encoding="utf-8") == OLD for job in desk.jobs] == [True] * 3 + [False] * 3
    assert (desk.output / "released/brent/tables.xlsx").read_text(encoding="utf-8") == OLD
    assert len(audited) == 6
    assert not {path for path in audited if path in {job.page for job in desk.jobs}}, "before they are seen"


def test_an_output_folder_that_cannot_be_used(desk: Desk) -> None:
    desk.output.write_text("a file", encoding="utf-8")
    with pytest.raises(RunError, match="the folder for the pages cannot be used: outputs: there is a file"):
        desk.make()
    assert desk.ran == []


def test_a_run_that_is_stopped_leaves_what_is_finished(desk: Desk) -> None:
    def stop(name: str) -> None:
        if name == "camden demand":
            raise KeyboardInterrupt

    desk.before = stop
    with pytest.raises(KeyboardInterrupt):
        desk.make()
    assert desk.visible == of_an_authority("brent")
    assert not [path for path in desk.output.iterdir() if path.name.startswith(".")]
    desk.before = lambda name: None
    assert told(desk.make()) == []


def test_every_result_is_told_when_its_notebook_has_been_run(desk: Desk) -> None:
    said: list[tuple[str, int]] = []
    desk.make(told=lambda result: said.append((f"{result.job.slug} {result.job.notebook}", len(desk.ran))))
    assert said == [(name, place) for place, name in enumerate(desk.ran, start=1)]
