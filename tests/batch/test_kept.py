"""A page is made anew where something that it depends on has changed, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.batch.test_staging import NAMES, Desk
from tests.release_made import make_release

from cfanalysis.batch import kept
from cfanalysis.batch.engines import ENGINES
from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import RunError
from cfanalysis.release.writing import pack_release

EVERY = [f"{slug} {name}" for slug in ("brent", "camden") for name in NAMES]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """All pages made once."""
    made = Desk(tmp_path)
    monkeypatch.setitem(ENGINES, "kernel", made.engine)
    assert made.make().counts == (6, 0, 0)
    assert made.ran == EVERY
    made.ran.clear()
    return made


def files(desk: Desk) -> dict[str, tuple[bytes, int]]:
    """Every file of the output but the indexes, and when it was written."""
    found = [path for path in sorted(desk.output.rglob("*")) if path.is_file() and path.name not in ("index.html", "accessibility.html")]
    return {path.relative_to(desk.output).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def test_nothing_is_made_anew_where_nothing_has_changed(desk: Desk) -> None:
    before = files(desk)
    outcome = desk.make()
    assert desk.ran == []
    assert outcome.counts == (0, 6, 0)
    assert all(result.title == "A question" for result in outcome.results)
    assert files(desk) == before


def test_force_makes_all_anew_and_the_same(desk: Desk) -> None:
    before = files(desk)
    assert desk.make(force=True).counts == (6, 0, 0)
    assert desk.ran == EVERY
    assert {name: data for name, (data, _) in files(desk).items()} == {name: data for name, (data, _) in before.items()}


def of_brent(desk: Desk) -> Path:
    return desk.output / "released" / "brent"


def change_release(desk: Desk) -> None:
    made = make_release(slug="brent", as_at="2024-04")
    path = desk.jobs[0].release
    assert path is not None
    path.write_bytes(pack_release(Release(made.about.model_copy(update={"authority": "Brent"}), made.tables), file=path.name))


def change_notebook(desk: Desk) -> None:
    desk.jobs[1].notebook_path.write_text("another notebook", encoding="utf-8")


def change_option(desk: Desk) -> None:
    desk.jobs[1] = desk.jobs[1].model_copy(update={"show_code": True})


CHANGES: dict[str, tuple[Callable[[Desk], object], list[str]]] = {
    "a release file": (change_release, EVERY[:3]),
    "a notebook": (change_notebook, ["brent demand", "camden demand"]),
    "an option": (change_option, ["brent demand"]),
    "a page edited": (lambda desk: (of_brent(desk) / "demand.html").write_text("x", encoding="utf-8"), ["brent demand"]),
    "a page gone": (lambda desk: (of_brent(desk) / "demand.html").unlink(), ["brent demand"]),
    "a record gone": (lambda desk: (of_brent(desk) / ".made" / "demand.html.json").unlink(), ["brent demand"]),
    "a record cut off": (lambda desk: (of_brent(desk) / ".made" / "demand.html.json").write_text("{"), ["brent demand"]),
    "tables of a record gone": (lambda desk: (of_brent(desk) / ".made" / "demand.html.tables.json.gz").unlink(), ["brent demand"]),
    "tables of a record edited": (lambda desk: (of_brent(desk) / ".made" / "demand.html.tables.json.gz").write_text("x"), ["brent demand"]),
    "the workbook gone": (lambda desk: (of_brent(desk) / "tables.xlsx").unlink(), []),
    "the workbook edited": (lambda desk: (of_brent(desk) / "tables.xlsx").write_text("x"), []),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_depends_on_a_change_is_made_anew_and_no_more(desk: Desk, what: str) -> None:
    change, redone = CHANGES[what]
    workbook = (of_brent(desk) / "tables.xlsx").read_bytes()
    change(desk)
    outcome = desk.make()
    assert desk.ran == redone
    assert outcome.counts == (len(redone), 6 - len(redone), 0)
    assert (of_brent(desk) / "tables.xlsx").read_bytes() == workbook, "the tables of pages that were left as they are are in it"
    desk.ran.clear()
    desk.make()
    assert desk.ran == []


def test_another_program_makes_all_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "program_digest", lambda: "another")
    assert desk.make().counts == (6, 0, 0)


def test_a_page_that_failed_is_tried_again_and_the_one_from_before_counts_for_what_it_is(desk: Desk) -> None:
    def stop(name: str) -> None:
        raise RunError("list5.csv: no such file")

    desk.before = stop
    change_notebook(desk)
    assert desk.make().counts == (0, 4, 2)
    assert desk.make().counts == (0, 4, 2)
    desk.jobs[1].notebook_path.write_text("the notebook demand", encoding="utf-8")
    assert desk.make().counts == (0, 6, 0), "the page from before is that of the notebook from before"


def test_a_run_that_was_stopped_goes_on_where_it_was(desk: Desk) -> None:
    def stop(name: str) -> None:
        if name == "camden overview":
            raise KeyboardInterrupt

    before = {name: data for name, (data, _) in files(desk).items()}
    desk.before = stop
    with pytest.raises(KeyboardInterrupt):
        desk.make(force=True)
    for path in (desk.output / "released" / "camden").glob("*.html"):
        path.unlink()
    desk.before = lambda name: None
    desk.ran.clear()
    assert desk.make().counts == (3, 3, 0)
    assert desk.ran == EVERY[3:]
    assert {name: data for name, (data, _) in files(desk).items()} == before


def test_nothing_of_an_internal_page_is_kept(desk: Desk) -> None:
    """Its tables hold true counts: they lie in no hidden folder, and the page is made anew each time."""
    job = desk.jobs[0]
    assert kept.key_of(job)
    assert kept.key_of(job.model_copy(update={"policy": "internal"})) == ""
    outcome = desk.make()
    record = kept._record_of(job.page)
    record.unlink()
    kept.keep_page(outcome.results[0], "", None)  # type: ignore[arg-type]
    assert not record.exists()
