"""Jobs, engine, runners: a page or a plain sentence, and nothing half-written."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.release_made import make_release

from cfanalysis.batch import Job, failures, make_editions, make_pages, plan, run_jobs
from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.jobs import page_path
from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import ParameterError, RunError
from cfanalysis.page.notebook import heading, read_notebook
from cfanalysis.params import NOTEBOOKS, read_params
from cfanalysis.release.writing import write_release
from cfanalysis.releasing.desk import release_authority

CANARY = "CANARY-7731"

PARAMETERS = 'params_file = "x"\npolicy = "dfe"'
TABLE = """import pandas as pd, cfanalysis as cf
from cfanalysis import figures
from cfanalysis.foundation.table import Table
frame = pd.DataFrame({"team": ["North", "South", "All"], "children": [30.0, 40.0, 70.0]})
figures.show(cf.release(Table(frame, "Open by team", counts=("children",), margins={"team": "All"}, synthetic=True), policy))"""
GOOD = "from cfanalysis import figures\nfigures.headlines(['Nothing stands out.'])"


def notebook(folder: Path, *cells: str) -> Path:
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_markdown_cell("# A question\n\nWith words."), nbformat.v4.new_code_cell(PARAMETERS)]
    book.cells[1].metadata["tags"] = ["parameters"]
    book.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    path = folder / "question.ipynb"
    nbformat.write(book, path)
    return path


def job(folder: Path, *cells: str, name: str = "page", output: Path | None = None) -> Job:
    release = folder / "x.zip"
    if not release.exists():
        held = make_release()
        write_release(Release(held.about.model_copy(update={"authority": "Solentwick"}), held.tables), release)
    return Job(
        authority="Solentwick", slug="solentwick", notebook=name, notebook_path=notebook(folder, *cells), release=release,
        page=(output or folder / "outputs") / "released" / "solentwick" / f"{name}.html", policy="dfe", synthetic=True, interactive=False,
    )  # fmt: skip


def test_a_notebook_becomes_a_page(tmp_path: Path) -> None:
    (result,) = run_jobs([job(tmp_path, GOOD)])
    assert result.error == ""
    assert result.title == "A question"
    text = result.job.page.read_text(encoding="utf-8")
    assert "Nothing stands out." in text
    assert "Solentwick" in text
    assert "SYNTHETIC" in text.upper()
    assert str(tmp_path) not in text
    assert [path.name for path in tmp_path.rglob("*.ipynb")] == ["question.ipynb"]


NO_PAGE = (
    (f"raise ValueError('{CANARY}')", "stopped with ValueError; run the notebook in JupyterLab to see why"),
    ("from cfanalysis.foundation.errors import SourceError\nraise SourceError('list3.csv: no such file')", "list3.csv: no such file"),
    (f"print('{CANARY}')", "cell"),
    ("from cfanalysis import figures\nfigures.note('from /Users/analyst/data.xlsx')", "names a folder of the machine"),
    (f"import pandas as pd\npd.DataFrame({{'child': ['{CANARY}']}})", "cell"),
)
"""The last cell of notebooks that must not become a page, and what is said of them."""


def test_notebooks_that_must_not_become_a_page(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One batch for all of them: starting its process takes longest."""
    bad = []
    for number, (cell, _) in enumerate(NO_PAGE):
        (folder := tmp_path / str(number)).mkdir()
        bad.append(job(folder, GOOD, cell, name=f"page-{number}", output=tmp_path / "outputs"))
        bad[-1].page.parent.mkdir(parents=True, exist_ok=True)
        bad[-1].page.write_text("an older page", encoding="utf-8")
    outcome = make_pages(bad, output=tmp_path / "outputs")
    for result, (cell, said) in zip(outcome.results, NO_PAGE, strict=True):
        assert said in result.error, cell
        assert CANARY not in result.error, cell
        assert result.job.page.read_text(encoding="utf-8") == "an older page"
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "question.ipynb"]
    assert not [path for path in written if CANARY in path.read_text(encoding="utf-8", errors="ignore")]
    assert CANARY not in "".join(capfd.readouterr())


def test_one_failure_never_touches_another(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    results = run_jobs([job(folders[0], "1 / 0"), job(folders[1], GOOD)], workers=2)
    assert [bool(result.error) for result in results] == [True, False]
    assert results[1].job.page.exists()


def test_tables_of_the_pages_go_into_one_workbook(tmp_path: Path) -> None:
    outcome = make_pages([job(tmp_path, TABLE)], output=tmp_path / "outputs")
    assert failures([], outcome) == []
    assert (tmp_path / "outputs" / "released" / "solentwick" / "tables.xlsx").exists()


def test_internal_pages_stand_apart_and_say_so() -> None:
    released, internal = (page_path(Path("outputs"), "x", "demand", policy) for policy in ("dfe", "internal"))
    assert released == Path("outputs/released/x/demand.html")
    assert internal == Path("outputs/internal/x/demand-INTERNAL.html")


@pytest.mark.parametrize(("slug", "name"), [("..", "demand"), ("../..", "x"), ("x", "../../../evil"), ("/etc", "passwd")])
def test_paths_cannot_leave_the_output_folder(slug: str, name: str) -> None:
    with pytest.raises(RunError, match="would be written outside"):
        page_path(Path("outputs"), slug, name, "dfe")


def test_the_plan_of_release_files(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "released"
    folder.mkdir()
    for edition, as_at in ((1, "2024-02"), (2, "2024-03")):
        write_release(make_release(edition, as_at=as_at), folder / f"camden_{as_at}_dfe_{edition}.zip")
    (edition,) = make_editions(folder, output=tmp_path)
    assert edition.release == folder / "camden_2024-03_dfe_2.zip", "the newest counts"
    jobs = plan([edition], output=tmp_path, start=root)
    assert [each.notebook for each in jobs] == list(NOTEBOOKS)
    assert all(each.policy == "dfe" for each in jobs)
    assert Job.model_validate_json(jobs[0].model_dump_json()) == jobs[0]
    with pytest.raises(RunError, match="there is no notebook 'nonsense'"):
        plan([edition], output=tmp_path, start=root, notebooks=["nonsense"])
    with pytest.raises(ParameterError, match="was released under a policy already"):
        make_editions(folder, output=tmp_path, policy="strict")


def test_a_release_file_that_does_not_read_costs_its_own_authority_only(tmp_path: Path) -> None:
    write_release(make_release(), tmp_path / "camden_2024-03_dfe_1.zip")
    (tmp_path / "brent_2024-03_dfe_1.zip").write_bytes(b"PK nothing")
    brent, camden = make_editions(tmp_path, output=tmp_path / "outputs")
    assert brent.release is None
    assert brent.error.startswith("brent_2024-03_dfe_1.zip: ")
    assert camden.error == ""


def test_a_file_that_cannot_be_used_costs_its_own_edition_only(root: Path, tmp_path: Path) -> None:
    zipped = write_release(make_release(), tmp_path / "camden_2024-03_dfe_1.zip")
    (bad := tmp_path / "bad.yml").write_text("as_at: 2024-13\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    told: list[str] = []
    editions = make_editions([bad, zipped, tmp_path / "empty"], output=tmp_path / "outputs", told=lambda each: told.append(each.error))
    assert {each.file: each.slug for each in editions} == {"bad.yml": "", "empty/": "", "": "camden"}
    assert [each.error for each in editions] == told
    assert any("bad.yml, line 1: as_at: found '2024-13'" in error for error in told)
    jobs = plan(editions, output=tmp_path, start=root, notebooks=["demand"])
    assert [each.slug for each in jobs] == ["camden"], "whose pages a bad file would have made is not known"
    with pytest.raises(ParameterError, match=r"empty/ holds no release file(.|\n)*bad\.yml, line 1"):
        make_editions([bad, tmp_path / "empty"], output=tmp_path / "outputs")


def test_two_release_files_whose_pages_would_overwrite_each_other(root: Path, tmp_path: Path) -> None:
    for edition, policy in ((1, "dfe"), (2, "strict")):
        write_release(make_release(edition, policy=policy), tmp_path / f"camden_2024-03_{policy}_{edition}.zip")
    one, other = make_editions(tmp_path, output=tmp_path / "outputs")
    assert one.error == ""
    assert other.error.startswith("camden_2024-03_strict_2.zip: found pages of Camden in camden_2024-03_dfe_1.zip as well")
    assert len(plan([one, other], output=tmp_path, start=root)) == len(NOTEBOOKS)
    (tmp_path / "camden_2024-03_dfe_1.zip").write_bytes(b"PK")
    one, other = make_editions(tmp_path, output=tmp_path / "outputs")
    assert (one.slug, other.slug) == ("", "camden"), "the one that can be read"
    (params := tmp_path / "camden.yml").write_text(
        "authority: {name: Camden}\nas_at: 2024-03\nsources: [{format: annex_a, path: gone.xlsx}]\n", encoding="utf-8"
    )
    asked = [tmp_path / "camden_2024-03_strict_2.zip", params]
    double, zipped = make_editions(asked, output=tmp_path / "outputs")
    assert double.error.startswith("camden.yml: found pages of Camden in camden_2024-03_strict_2.zip as well")
    assert zipped.error == ""
    assert len(plan([zipped], output=tmp_path, start=root, notebooks=["demand", "demand"])) == 1


def test_a_folder_without_release_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"holds no release file; want files such as camden_2024-03_dfe_1\.zip"):
        make_editions(tmp_path, output=tmp_path / "outputs")


def test_the_title_is_the_first_heading(tmp_path: Path) -> None:
    assert heading(read_notebook(notebook(tmp_path)), "otherwise") == "A question"


@pytest.mark.parametrize("editions", ["outputs/private", "outputs", "..", "outputs/../outputs/released/x"])
def test_a_private_store_among_the_outputs_is_refused_before_anything_is_written(root: Path, tmp_path: Path, editions: str) -> None:
    run = read_params(root / "params" / "solentwick.yml").model_copy(update={"editions": str(tmp_path / "here" / editions)})
    with pytest.raises(RunError, match="lies among the outputs"):
        release_authority(run, out=tmp_path / "here" / "outputs")
    assert list(tmp_path.iterdir()) == []


def test_an_internal_run_works_inside_the_private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hides nothing is never in the system's folder for temporary files."""
    seen: dict[str, Path] = {}
    (tmp_path / "private" / "editions" / "solentwick").mkdir(parents=True)

    def stopped(notebook: Path, values: object, folder: Path, output: Path) -> None:
        seen[notebook.stem] = output.parent
        raise RunError("stopped here")

    monkeypatch.setitem(ENGINES, "kernel", stopped)
    for policy in ("internal", "dfe"):
        asked = job(tmp_path / "private" / "editions" / "solentwick", GOOD).model_copy(update={"policy": policy})
        (result,) = run_jobs([asked], engine="kernel")
        assert result.error == "stopped here"
        inside = seen.popitem()[1].is_relative_to(tmp_path / "private" / "editions")
        assert inside == (policy == "internal")
    assert not list((tmp_path / "private").rglob("cfanalysis-*"))
