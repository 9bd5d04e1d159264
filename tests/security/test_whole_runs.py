"""The whole command on real files with canaries in them: what it leaves, what it says, and that it does the same thing twice.

``CFANALYSIS_FULL=1`` runs every notebook; without it the few that between them show every kind of output.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests import authority_made as made
from tests.security.searching import found_in

from cfanalysis.store.cache import FOLDER as CACHE

FULL = bool(os.environ.get("CFANALYSIS_FULL"))
NOTEBOOKS = () if FULL else ("data_quality", "timeliness", "projections")
DAY = "1711929600"  # 1 April 2024: the one thing on a page that changes from day to day


@dataclass(frozen=True)
class Ran:
    """What one command came to."""

    folder: Path
    code: int
    said: str

    @property
    def pages(self) -> dict[str, bytes]:
        """Every file among the outputs."""
        out = self.folder / "outputs"
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def command(folder: Path, *arguments: str, cwd: Path | None = None, seed: str = "0", **more: str) -> Ran:
    """The command in a process of its own, with a home, a temporary folder and IPython's folder under one roof."""
    roof = {name: str(folder / place) for name, place in {"HOME": "home", "TMPDIR": "temporary", "IPYTHONDIR": "ipython"}.items()}
    for place in roof.values():
        Path(place).mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CFANALYSIS", "JUPYTER", "XDG"))}
    environment: Mapping[str, str] = {
        **kept, **roof, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": DAY, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **more,
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "cfanalysis.cli", *arguments],
        cwd=cwd or folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(folder, run.returncode, run.stdout + run.stderr)


def run(folder: Path, *options: str, notebooks: tuple[str, ...] = NOTEBOOKS, **more: object) -> Ran:
    chosen = [part for name in notebooks for part in ("--notebook", name)]
    params = folder / "params" / "made.yml"
    return command(folder, "run", str(params), "--out", str(folder / "outputs"), "--workers", "2", *chosen, *options, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def runs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Ran]:
    """The same authority run twice: other folder, other working folder, other order of sets and dictionaries' hashes."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other") / "deeper"
    other.mkdir()
    for folder in (one, other):
        made.write(folder, root / "notebooks")
    return run(one, "--show-code", seed="1"), run(other, "--show-code", seed="20", cwd=other.parent)


@pytest.fixture(scope="module")
def inside(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Once more with nothing hidden: every name that a file holds stands on a page."""
    folder = tmp_path_factory.mktemp("inside")
    made.write(folder, root / "notebooks")
    return run(folder, "--policy", "internal", notebooks=("timeliness",))


def sources(folder: Path) -> list[Path]:
    """What holds children's records: the files, and what was read of them, kept in private."""
    return [folder / made.FOLDER, folder / "params" / "made.yml", folder / "notebooks", folder / "params" / "private" / "editions" / CACHE]


def test_the_runs_came_off(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert ran.code == 0, ran.said
        assert len([name for name in ran.pages if name.endswith(".html")]) >= len(NOTEBOOKS) + 2


def test_no_child_no_worker_no_remark_and_no_folder_is_left_anywhere(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert found_in(ran.folder, made.CANARIES, but=sources(ran.folder)) == set()
        assert not [canary for canary in made.CANARIES if canary in ran.said]


def test_no_page_and_no_message_names_the_machine(runs: tuple[Ran, Ran]) -> None:
    for ran in runs:
        assert found_in(ran.folder / "outputs", [str(ran.folder), str(Path.home()), str(ran.folder.parent)]) == set()


def test_the_private_store_holds_counts_and_nobody(runs: tuple[Ran, Ran]) -> None:
    store = runs[0].folder / "params" / "private" / "editions"
    assert list(store.rglob("released.json")), "what has been released is listed"
    assert list(store.rglob("*.csv.gz")), "the edition is kept"
    assert found_in(store, [*made.CANARIES, "child_id"], but=[store / CACHE]) == set()
    assert (store / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert list((store / CACHE).glob("extract-*.zip")), "what was read is kept"
    assert all(path.stat().st_mode & 0o077 == 0 for path in store.rglob("*") if path.name != ".gitignore")
    assert not list(store.rglob("*.part"))


def test_the_same_files_give_the_same_bytes(runs: tuple[Ran, Ran]) -> None:
    one, other = (ran.pages for ran in runs)
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_a_second_run_of_an_edition_gives_the_same_pages_and_no_other_release_file(runs: tuple[Ran, Ran]) -> None:
    before = {name: data for name, data in runs[0].pages.items() if name.endswith(("timeliness.html", ".zip"))}
    again = run(runs[0].folder, "--show-code", notebooks=("timeliness",))
    assert again.code == 0, again.said
    assert {name: data for name, data in again.pages.items() if name.endswith(("timeliness.html", ".zip"))} == before


def test_pages_made_from_the_release_file_alone_are_the_same_bytes(runs: tuple[Ran, Ran], root: Path, tmp_path: Path) -> None:
    """On a machine without any file of the authority: a region that was sent the one file."""
    (release,) = (path for path in (runs[0].folder / "outputs").rglob("*.zip"))
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    sent = tmp_path / release.name
    sent.write_bytes(release.read_bytes())
    chosen = [part for name in NOTEBOOKS for part in ("--notebook", name)]
    ran = command(tmp_path, "run", str(sent), "--out", str(tmp_path / "outputs"), "--workers", "2", "--show-code", *chosen)
    assert ran.code == 0, ran.said
    asked = {name: data for name, data in runs[0].pages.items() if Path(name).stem in NOTEBOOKS}
    assert {name: data for name, data in ran.pages.items() if Path(name).stem in NOTEBOOKS} == asked
    assert len(asked) == len(NOTEBOOKS) or FULL


class Seen(HTMLParser):
    """What a browser makes of a page: elements, attributes, text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.images: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_hostile_names_stand_on_the_pages_as_text(inside: Ran) -> None:
    pages = {name: data.decode() for name, data in inside.pages.items() if name.endswith(".html")}
    said = ""
    for name, page in pages.items():
        seen = Seen()
        seen.feed(page)
        assert not seen.handlers, name
        assert not seen.tags & {"img", "iframe", "object", "embed"}, name
        said += "".join(seen.text)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)), name
    for text in ("<script>alert(1)</script>", "onerror=alert(2)", "../../../etc/cron.d/x", "👩", "L" * 60, "=HYPERLINK("):
        assert text in said, text
    assert 'Saint "Quote\'s"' in said


def test_hostile_names_never_become_paths(runs: tuple[Ran, Ran]) -> None:
    out = runs[0].folder / "outputs"
    assert {path.name for path in (out / "released").iterdir() if path.is_dir()} == {"b-saint-quote-s-b-1-1"}
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", path.name) for path in out.rglob("*"))


def test_no_cell_of_the_workbook_is_a_formula(inside: Ran) -> None:
    (path,) = (inside.folder / "outputs").rglob("tables-INTERNAL.xlsx")
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells), "the hostile text is there"
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_no_download_begins_with_a_formula(inside: Ran) -> None:
    import csv
    import io
    from urllib.parse import unquote

    starts = set()
    for name, data in inside.pages.items():
        for address in re.findall(r'href="data:text/csv[^,]*,([^"]*)"', data.decode()) if name.endswith(".html") else ():
            starts |= {
                cell[:1] for row in csv.reader(io.StringIO(unquote(address))) for cell in row if not re.fullmatch(r"-?[\d.]+%?", cell)
            }
    assert "'" in starts, "the hostile text is there"
    assert not starts & set("=+-@\t\r")


def test_check_says_nothing_of_single_children(runs: tuple[Ran, Ran]) -> None:
    folder = runs[0].folder
    checked = command(folder, "check", *(str(folder / made.FOLDER / name) for name in ("extract", "extract.xlsx", "monthly.csv")))
    assert checked.code == 0, checked.said
    assert not [canary for canary in (made.CHILD, made.WORKER, made.REMARK, made.UPN) if canary in checked.said]
    assert found_in(folder, made.CANARIES, but=sources(folder)) == set()


BREAK = """import pandas as pd
children = book.events[["child_id", "worker"]] if "worker" in book.events else book.events
{}"""


@pytest.mark.parametrize("code", ["raise ValueError(children.head().to_string())", "children.head()", "print(children.head())"])
def test_a_notebook_that_fails_in_the_middle_leaves_nothing(root: Path, tmp_path: Path, code: str) -> None:
    import nbformat
    from nbformat.v4 import new_code_cell

    made.write(tmp_path, root / "notebooks", per_month=6)
    (tmp_path / "notebooks").unlink()
    (tmp_path / "notebooks").mkdir()
    for path in (root / "notebooks").glob("*.ipynb"):
        held = nbformat.read(path, as_version=4)
        if path.name == "03_demand.ipynb":
            place = next(number for number, cell in enumerate(held.cells) if "cf.open" in cell.source)
            held.cells = [*held.cells[: place + 1], new_code_cell(BREAK.format(code))]
        nbformat.write(held, tmp_path / "notebooks" / path.name)
    ran = run(tmp_path, notebooks=("demand",))
    assert ran.code == 1, ran.said
    assert not [name for name in ran.pages if name.endswith("demand.html")]
    assert found_in(tmp_path, made.CANARIES, but=sources(tmp_path)) == set()
    assert not [canary for canary in made.CANARIES if canary in ran.said]
    assert "Traceback" not in ran.said


def test_a_file_that_cannot_be_read_is_named_without_what_it_holds(root: Path, tmp_path: Path) -> None:
    made.write(tmp_path, root / "notebooks", per_month=6)
    path = tmp_path / made.FOLDER / "extract" / "list_3_referrals.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0].replace("Date of referral", "Day"), *lines[1:]]), encoding="utf-8")
    ran = run(tmp_path, notebooks=("demand", "data_quality"))
    assert found_in(tmp_path, made.CANARIES, but=sources(tmp_path)) == set()
    assert not [canary for canary in made.CANARIES if canary in ran.said]
    assert "Traceback" not in ran.said


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    import base64
    import gzip
    import sqlite3
    import zipfile
    import zlib

    canary = f"... {made.CHILD}00001 ..."
    (tmp_path / "a.html").write_text(base64.b64encode(zlib.compress(canary.encode() * 3)).decode(), encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(canary.encode()))
    (tmp_path / "c.html").write_text("data:," + canary.replace("-", "%2D"), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as held:
        held.writestr("sheet.xml", gzip.compress(canary.encode()))
    with sqlite3.connect(tmp_path / "history.sqlite") as base:
        base.execute("create table history (source text)")
        base.execute("insert into history values (?)", (canary,))
    (tmp_path / f"{made.CHILD}.txt").write_text("", encoding="utf-8")
    (tmp_path / "e.json").write_text('"' + canary.replace("-", "\\u002d") + '"', encoding="utf-8")
    assert {name for name, _ in found_in(tmp_path, [made.CHILD])} == {
        "a.html", "b.csv.gz", "c.html", "d.xlsx", "history.sqlite", f"{made.CHILD}.txt", "e.json",
    }  # fmt: skip
