"""An index lists what lies there, whichever run made it, with whose it is, of when and under which rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.pages_made import exported, shown, words
from tests.release_made import make_release

from cfanalysis import figures, page
from cfanalysis.batch import Job, Result
from cfanalysis.batch.indexes import write_authority_index, write_upper_indexes
from cfanalysis.batch.jobs import page_path
from cfanalysis.batch.stage import open_stage
from cfanalysis.page.about import read_about
from cfanalysis.release.writing import write_release
from cfanalysis.words.sentences import foot

Made = Callable[..., Job]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Write a page as a run does; gives the job that it came from."""

    def make(notebook: str, authority: str = "Camden", *, policy: str = "dfe", to: str = "2024-03", synthetic: bool = False) -> Job:
        about = {"as_at": pd.Period(to, "M"), "sources": "monthly figures", "edition": "as at a day", "version": "0.2.0"}
        cells = [
            words(f"# {notebook.capitalize()}?"),
            shown(figures.headlines(["All is well."])),
            shown(figures.note(foot(about), role="foot")),
        ]
        path = page_path(tmp_path / "outputs", authority.lower(), notebook, policy)
        path.parent.mkdir(parents=True, exist_ok=True)
        exported(
            path.parent, cells, name=path.name, title=f"{notebook.capitalize()}?", authority=authority, policy=policy, synthetic=synthetic
        )
        (path.parent / "executed.ipynb").unlink()
        return Job(
            authority=authority, slug=authority.lower(), notebook=notebook, notebook_path=tmp_path / "x.ipynb",
            release=tmp_path / "x.zip", page=path, policy=policy, synthetic=synthetic,
        )  # fmt: skip

    return make


def write_indexes(results: list[Result], output: Path) -> list[Path]:
    """The indexes of a run of some results: those of the authorities first."""
    by_folder: dict[Path, list[Result]] = {}
    for result in results:
        by_folder.setdefault(result.job.page.parent, []).append(result)
    with open_stage(output) as stage:
        lower = [write_authority_index(group, stage) for group in by_folder.values()]
        upper, refused = write_upper_indexes([shelf for shelf, _, _ in lower], stage)
    assert not [each for *_, failed in lower for each in failed] + refused
    return [path for _, path, _ in lower] + upper


def entries(path: Path) -> list[str]:
    """The entries of an index as a reader sees them."""
    text = path.read_text(encoding="utf-8")
    main = re.sub(r"<details>.*?</details>", "", text[text.index("<main") : text.index("</main>")], flags=re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each.replace("<br>", " | ")).split()) for each in main.split("<li>")[1:]]


def test_a_page_says_what_it_is(made: Made) -> None:
    job = made("demand", '<b>Saint "Mary\'s"</b>, x', synthetic=True)
    about = read_about(job.page)
    assert about is not None
    assert (about.authority, about.title, about.data_to) == ('<b>Saint "Mary\'s"</b>, x', "Demand?", "March 2024")
    assert (about.policy, about.rules, about.synthetic) == ("dfe", "Department for Education rules", True)
    job.page.write_text(job.page.read_text(encoding="utf-8").partition("cf-released")[0], encoding="utf-8")
    assert read_about(job.page) is None, "cut off"


def test_pages_of_other_runs_stay_listed(made: Made, tmp_path: Path) -> None:
    before = [made("demand", to="2024-02"), made("overview", to="2024-02"), made("demand", "Brent")]
    write_indexes([Result(job=job) for job in before], tmp_path / "outputs")
    lower, upper = write_indexes([Result(job=made("demand"))], tmp_path / "outputs")
    assert entries(lower) == [
        "Overview? | Data to February 2024. Department for Education rules.",
        "Demand? | Data to March 2024. Department for Education rules.",
    ]
    assert [each.partition(" ")[0] for each in entries(upper)] == ["Brent", "Camden"]
    assert "Data to February 2024. Department for Education rules. Data to March 2024." in entries(upper)[1]
    text = upper.read_text(encoding="utf-8")
    assert all(f'href="{each}"' in text for each in ("brent/demand.html", "camden/overview.html", "camden/demand.html", "brent/index.html"))
    assert page.check_page(upper) == page.check_page(lower) == []


def test_the_order_of_runs_makes_no_difference(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [made("demand"), made("overview", "Brent"), made("workforce"), made("overview")]
    written = [
        [path.read_bytes() for path in write_indexes([Result(job=job) for job in order], tmp_path / "outputs")]
        for order in (jobs, jobs[::-1])
    ]
    assert written[0] == written[1]


def test_a_page_that_failed_is_named_and_one_from_before_stays_with_its_date(made: Made, tmp_path: Path) -> None:
    jobs = [made("demand", to="2023-12"), made("overview"), made("timeliness")]
    jobs[2].page.unlink()
    why = "list5.csv: no such file"
    results = [Result(job=jobs[0], error=why), Result(job=jobs[1]), Result(job=jobs[2], error=why)]
    lower, upper = write_indexes(results, tmp_path / "outputs")
    assert entries(lower) == [
        "Overview? | Data to March 2024. Department for Education rules.",
        "Demand? | Data to December 2023. Department for Education rules. It could not be made anew: this is the page from before.",
        "Timeliness | This page could not be made. Whoever made the others has the reason.",
    ]
    assert entries(upper)[0].endswith("2 of its pages could not be made.")
    assert "list5.csv" not in lower.read_text(encoding="utf-8"), "why is for the analyst's screen: it may name files and folders"


def test_an_authority_without_any_page_is_named(made: Made, tmp_path: Path) -> None:
    job = made("demand")
    job.page.unlink()
    lower, upper = write_indexes([Result(job=job, error="x")], tmp_path / "outputs")
    assert entries(lower) == ["Demand | This page could not be made. Whoever made the others has the reason."]
    assert entries(upper) == ["Camden | 1 of its pages could not be made."]


def test_the_edition_is_told_by_the_release_files_beside(made: Made, tmp_path: Path) -> None:
    jobs = [made("demand"), made("overview", to="2024-02"), made("workforce", to="2023-01")]
    for number, as_at in ((1, "2024-02"), (2, "2024-03"), (3, "2024-03")):
        write_release(make_release(number, as_at=as_at), jobs[0].page.parent / f"camden_{as_at}_dfe_{number}.zip")
    write_release(make_release(4, as_at="2024-02", policy="strict"), jobs[0].page.parent / "camden_2024-02_strict_4.zip")
    lower, _ = write_indexes([Result(job=job) for job in jobs], tmp_path / "outputs")
    assert [each.partition(" | ")[2].partition(".")[0] for each in entries(lower)] == [
        "Data to February 2024, edition 1",
        "Data to March 2024, edition 3",
        "Data to January 2023",
    ]


def test_released_and_internal_pages_have_indexes_of_their_own(made: Made, tmp_path: Path) -> None:
    jobs = [made("demand"), made("demand", policy="internal")]
    paths = write_indexes([Result(job=job) for job in jobs], tmp_path / "outputs")
    assert [path.relative_to(tmp_path / "outputs").as_posix() for path in paths] == [
        "released/camden/index.html", "internal/camden/index.html", "released/index.html", "internal/index.html",
    ]  # fmt: skip
    marked = ['class="banner internal"' in path.read_text(encoding="utf-8") for path in paths]
    assert marked == [False, True, False, True]


def test_only_made_up_authorities_make_an_index_synthetic(made: Made, tmp_path: Path) -> None:
    jobs = [made("demand", "Solentwick", synthetic=True), made("demand")]
    *_, upper = write_indexes([Result(job=job) for job in jobs], tmp_path / "outputs")
    assert "Every figure on these pages is made up" not in upper.read_text(encoding="utf-8")
    assert ["Synthetic." in each for each in entries(upper)] == [False, True]
    lower, _ = write_indexes([Result(job=jobs[0])], tmp_path / "outputs")
    assert "Every figure on these pages is made up" in lower.read_text(encoding="utf-8")


def test_files_that_are_no_pages_are_left_out(made: Made, tmp_path: Path) -> None:
    job = made("demand")
    (job.page.parent / "own.html").write_text("<h1>Mine</h1>", encoding="utf-8")
    (job.page.parent / ".demand.html").write_bytes(job.page.read_bytes())
    (job.page.parent / "torn.html").write_bytes(job.page.read_bytes()[:5000] + b"\xff\xfe")
    (tmp_path / "outputs" / "released" / "somebody").mkdir()
    lower, upper = write_indexes([Result(job=job)], tmp_path / "outputs")
    assert len(entries(lower)) == len(entries(upper)) == 1
