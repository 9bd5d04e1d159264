"""What a run says: a bar on a terminal, plain lines elsewhere, and a summary for programs."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from tests.batch.test_staging import Desk

from cfanalysis.batch import Edition, Job, Result
from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.screen import Screen
from cfanalysis.cli import main
from cfanalysis.foundation.errors import RunError


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def result(notebook: str, error: str = "", *, whole: str = "") -> Result:
    job = Job(
        authority="St Mary's", slug="st-mary-s", notebook=notebook, notebook_path=Path("x.ipynb"), release=None, page=Path("x.html"),
        policy="dfe", synthetic=False, error=whole,
    )  # fmt: skip
    return Result(job=job, error=error, seconds=1.23)


RESULTS = [result("overview"), result("demand", "list5.csv: no such file"), result("workforce", "gone.csv", whole="gone.csv")]


def said(stream: io.StringIO) -> str:
    screen = Screen(stream)
    screen.tell_edition(Edition(authority="St Mary's", slug="st-mary-s", policy="dfe", error="gone.csv: there is no such file"))
    screen.tell_edition(Edition(authority="", slug="", policy="", error="x.yml, line 1: as_at: found 3", file="x.yml"))
    screen.tell_edition(Edition(authority="B", slug="b", policy="dfe", told="B, March 2024 (dfe): b.zip"))
    with screen.counting(len(RESULTS)):
        for each in RESULTS:
            screen.tell_page(each)
    screen.say("the end")
    return stream.getvalue()


EDITIONS = """\
St Mary's: failed: gone.csv: there is no such file
failed: x.yml, line 1: as_at: found 3
B, March 2024 (dfe): b.zip
"""


def test_plain_lines_where_there_is_no_terminal() -> None:
    assert said(io.StringIO()) == EDITIONS + (
        "[1/3] st-mary-s overview: done (1.2 s)\n[2/3] st-mary-s demand: failed: list5.csv: no such file (1.2 s)\nthe end\n"
    )


def test_one_bar_on_a_terminal() -> None:
    text = said(Terminal())
    assert text.startswith(EDITIONS)
    assert "[2/3] st-mary-s demand: failed: list5.csv: no such file (1.2 s)\n" in text
    assert "overview: done" not in text, "the bar says it"
    bars = [each for each in text.split("\r") if "left]" in each]
    assert bars[0].startswith("0/3 |")
    assert "left]" in bars[-1]
    assert text.endswith("the end\n")


def test_the_bar_says_who_how_many_and_how_many_failed() -> None:
    bars = [each.partition("[")[0] for each in said(Terminal()).split("\r") if "left]" in each]
    assert any(each.startswith("1/3 |") and each.endswith("| St Mary's ") for each in bars), bars
    assert any(each.startswith("3/3 |") and each.endswith("| St Mary's, 2 failed ") for each in bars), bars


def test_a_run_of_nothing_has_no_bar() -> None:
    stream = Terminal()
    with Screen(stream).counting(0):
        pass
    assert stream.getvalue() == ""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> Desk:
    made = Desk(tmp_path)
    monkeypatch.setitem(ENGINES, "kernel", made.engine)
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    return made


def test_the_summary_for_programs(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(name: str) -> None:
        if name == "brent 03_demand":
            raise RunError("list5.csv: no such file")

    desk.before = stop
    (tmp_path / "bad.yml").write_text("as_at: 2024-13\n", encoding="utf-8")
    given = [str(path) for path in (tmp_path / "bad.yml", *sorted(tmp_path.glob("*.zip")))]
    asked = ["--out", str(desk.output), "--engine", "kernel", "--workers", "1", "--notebook", "demand", "--notebook", "overview", "--json"]
    assert main(["batch", *given, *asked]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [(each["authority"], each["notebook"]) for each in told["pages"]] == [
        ("Brent", "overview"),
        ("Camden", "demand"),
        ("Camden", "overview"),
    ]
    assert all(Path(each["page"]).is_file() and each["seconds"] >= 0 and each["policy"] == "dfe" for each in told["pages"])
    assert [(each["authority"], each["what"]) for each in told["failed"]] == [("", "bad.yml"), ("Brent", "demand")]
    assert told["failed"][1]["why"] == "list5.csv: no such file"
    assert "as_at: found '2024-13'" in told["failed"][0]["why"]
    assert [Path(each).name for each in told["releases"]] == ["brent_2024-03_dfe_1.zip", "camden_2024-03_dfe_1.zip"]
    assert all(Path(each).is_file() for each in told["indexes"])
    assert told["seconds"] >= 0
    assert "2 authorities, 4 pages\n" in err
    assert "3 pages made, 1 failed; open " in err
    assert "  Brent demand: list5.csv: no such file\n" in err


def test_all_is_well_is_0_and_without_json_everything_goes_to_the_screen(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(path) for path in sorted(tmp_path.glob("*.zip"))]
    assert main(["batch", *given, "--out", str(desk.output), "--engine", "kernel", "--workers", "1", "--notebook", "demand"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[0] == "2 authorities, 2 pages"
    assert out.splitlines()[-1] == f"2 pages made, 0 failed; open {(desk.output / 'released' / 'index.html').as_posix()}"
