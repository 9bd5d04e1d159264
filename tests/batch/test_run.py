"""Jobs, engine, runners: a page or a plain sentence, and nothing half-written."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from cfanalysis.batch import Job, Result, plan, run_jobs, together, write_indexes
from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.jobs import page_path
from cfanalysis.batch.run import heading
from cfanalysis.errors import ReleaseError, RunError
from cfanalysis.params import read_params

CANARY = "CANARY-7731"

PARAMETERS = 'params_file = "x"\npolicy = "dfe"'
TABLE = """import pandas as pd, cfanalysis as cf
from cfanalysis import figures
from cfanalysis.tables import Table
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


def job(folder: Path, *cells: str, name: str = "page") -> Job:
    (folder / "x.yml").write_text("", encoding="utf-8")
    return Job(
        authority="Solentwick", slug="solentwick", notebook=name, notebook_path=notebook(folder, *cells), params_path=folder / "x.yml",
        page=folder / "outputs" / "released" / "solentwick" / f"{name}.html", policy="dfe", synthetic=True, interactive=False,
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


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (f"raise ValueError('{CANARY}')", "stopped with ValueError; run the notebook in JupyterLab to see why"),
        ("from cfanalysis.errors import SourceError\nraise SourceError('list3.csv: no such file')", "list3.csv: no such file"),
        (f"print('{CANARY}')", "cell"),
        ("from cfanalysis import figures\nfigures.note('from /Users/analyst/data.xlsx')", "names a folder of the machine"),
        (f"import pandas as pd\npd.DataFrame({{'child': ['{CANARY}']}})", "cell"),
    ],
)
def test_a_notebook_that_must_not_become_a_page(tmp_path: Path, cell: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    bad = job(tmp_path, GOOD, cell)
    bad.page.parent.mkdir(parents=True)
    bad.page.write_text("an older page", encoding="utf-8")
    (result,) = run_jobs([bad])
    assert said in result.error
    assert CANARY not in result.error
    assert not bad.page.exists(), "a stale page would be taken for this run's"
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


def test_pages_are_audited_side_by_side_and_their_tables_go_into_one_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = run_jobs([job(tmp_path, TABLE)])
    assert results[0].error == ""
    assert together(results) == results
    assert (results[0].job.page.parent / "tables.xlsx").exists()

    def found(*pages: object) -> int:
        raise ReleaseError("table 'Open by team', row 2 could be worked out")

    monkeypatch.setattr("cfanalysis.page.audit_run", found, raising=False)
    (taken_back,) = together(results)
    assert taken_back.error == "taken back: table 'Open by team', row 2 could be worked out"
    assert not taken_back.job.page.exists()
    assert not (taken_back.job.page.parent / "tables.xlsx").exists()


def test_an_index_names_what_is_missing(tmp_path: Path) -> None:
    done, failed = job(tmp_path, GOOD, name="demand"), job(tmp_path, GOOD, name="timeliness")
    done.page.parent.mkdir(parents=True)
    done.page.write_text("<title>x</title>", encoding="utf-8")
    results = [Result(job=done, title="Demand"), Result(job=failed, error="list5.csv: no such file")]
    lower, upper = write_indexes(results, tmp_path / "outputs")
    assert "demand.html" in lower.read_text(encoding="utf-8")
    assert "This page could not be made" in lower.read_text(encoding="utf-8")
    assert "list5.csv" not in lower.read_text(encoding="utf-8"), "why is for the analyst's screen: it may name files and folders"
    assert "solentwick/index.html" in upper.read_text(encoding="utf-8")
    assert "1 of its pages could not be made" in upper.read_text(encoding="utf-8")


def test_internal_pages_stand_apart_and_say_so() -> None:
    released, internal = (page_path(Path("outputs"), "x", "demand", policy) for policy in ("dfe", "internal"))
    assert released == Path("outputs/released/x/demand.html")
    assert internal == Path("outputs/internal/x/demand-INTERNAL.html")


@pytest.mark.parametrize(("slug", "name"), [("..", "demand"), ("../..", "x"), ("x", "../../../evil"), ("/etc", "passwd")])
def test_paths_cannot_leave_the_output_folder(slug: str, name: str) -> None:
    with pytest.raises(RunError, match="would be written outside"):
        page_path(Path("outputs"), slug, name, "dfe")


def test_the_plan_of_the_sample(root: Path, tmp_path: Path) -> None:
    run = read_params(root / "params" / "solentwick.yml")
    jobs = plan([run], output=tmp_path)
    assert [each.notebook for each in jobs] == list(run.notebooks)
    assert all(each.synthetic and each.policy == "dfe" for each in jobs)
    assert Job.model_validate_json(jobs[0].model_dump_json()) == jobs[0]
    with pytest.raises(RunError, match="there is no notebook 'nonsense'"):
        plan([run], output=tmp_path, notebooks=["nonsense"])


def test_the_title_is_the_first_heading(tmp_path: Path) -> None:
    assert heading(notebook(tmp_path)) == "A question"


def test_pages_that_give_something_away_together_are_made_again_each_with_those_before_in_mind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [Result(job=job(tmp_path, GOOD, name=name), published=f"told by {name}") for name in ("demand", "timeliness", "workforce")]
    beside: dict[str, list[str]] = {}
    room = sys.modules["cfanalysis.batch.together"]  # the function of the same name stands before it

    def again(one: Job, *, engine: str, **more: list[str]) -> Result:
        beside[one.notebook] = list(more["beside"])
        return Result(job=one, published=f"told anew by {one.notebook}")

    monkeypatch.setattr(room, "run_job", again)
    monkeypatch.setattr(room, "_safe", lambda results: False)
    monkeypatch.setattr("cfanalysis.page.audit_run", lambda pages, before: 0, raising=False)
    monkeypatch.setattr("cfanalysis.page.write_workbook", lambda pages, path, title: path, raising=False)
    monkeypatch.setattr(room, "_earlier", lambda results: None)
    kept: dict[str, str] = {}
    monkeypatch.setattr(room, "read_params", lambda path: path)
    monkeypatch.setattr("cfanalysis.published.keep", lambda params, policy, told: kept.update(told))
    together(made)
    assert beside == {"timeliness": ["told by demand"], "workforce": ["told by demand", "told anew by timeliness"]}
    assert kept == {"demand": "told by demand", "timeliness": "told anew by timeliness", "workforce": "told anew by workforce"}


@pytest.mark.parametrize("editions", ["outputs/private", "outputs", "..", "outputs/../outputs/released/x"])
def test_a_private_store_among_the_outputs_is_refused_before_anything_is_written(root: Path, tmp_path: Path, editions: str) -> None:
    run = read_params(root / "params" / "solentwick.yml").model_copy(update={"editions": str(tmp_path / "here" / editions)})
    with pytest.raises(RunError, match="lies among the outputs"):
        plan([run], output=tmp_path / "here" / "outputs")
    assert list(tmp_path.iterdir()) == []


def test_an_internal_run_works_inside_the_private_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hides nothing is never in the system's folder for temporary files."""
    seen: dict[str, Path] = {}

    def stopped(notebook: Path, values: object, folder: Path, output: Path) -> None:
        seen[notebook.stem] = output.parent
        raise RunError("stopped here")

    monkeypatch.setitem(ENGINES, "kernel", stopped)
    for policy in ("internal", "dfe"):
        asked = job(tmp_path, GOOD).model_copy(update={"policy": policy})
        asked.params_path.write_text(
            "authority: {name: Solentwick}\nas_at: 2024-03\nsources: [{format: monthly, path: m.csv}]\n", encoding="utf-8"
        )
        (result,) = run_jobs([asked])
        assert result.error == "stopped here"
        inside = seen.popitem()[1].is_relative_to(tmp_path / "private" / "editions")
        assert inside == (policy == "internal")
    assert not list((tmp_path / "private").rglob("cfanalysis-*"))
