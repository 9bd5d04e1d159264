"""A notebook run in a forked child shows what a kernel shows, and whatever happens in it is told and over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from tests.engine_runs import executed, outputs, run, write_notebook
from tests.processes import descendants, is_gone, wait_for

from cfanalysis.batch import Job, make_editions, plan, run_jobs
from cfanalysis.batch.engines import default_engine
from cfanalysis.batch.run import start_inprocess
from cfanalysis.batch.workers import Worker
from cfanalysis.foundation.scratch import clear_leftovers

pytestmark = pytest.mark.skipif(default_engine() != "inprocess", reason="the platform cannot fork safely")

Run = Callable[..., str]

NOTEBOOKS = () if os.environ.get("CFANALYSIS_FULL") else ("overview", "protection_and_care", "projections")
"""All of them are run where time does not matter: those of the kernel take most of it."""

ALL_KINDS = (
    "print('one')\nprint('two')\nimport sys\nprint('three', file=sys.stderr)\nprint('four')",
    "params_file, policy",
    "_ ; 1 + 1",
    "1 + 1;",
    "x = 3",
    "from IPython.display import HTML, Image, display\ndisplay(HTML('<b>x</b>'), {'a': 1}, metadata={'text/plain': {'k': 1}})\n4",
    "handle = display('first', display_id='d')",
    "handle.update('second')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "print('gone'); clear_output(wait=True); print('kept')",
    "Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + bytes(20), format='png', width=3)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "class Own:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        return {'text/plain': 'own', 'application/x+json': {'t': (1, 2), 3: None}}\nOwn()",
    "async def later():\n    return 5\nawait later()",
    "import os\nos.path.basename(os.getcwd()), __name__",
    "print('before')\nraise KeyError('x')",
    "'after'",
    "input('?')",
    "'not reached'",
)
GOES_ON = ALL_KINDS.index("print('before')\nraise KeyError('x')") + 1


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    held = Worker(run, start_inprocess)
    yield held
    held.end()


@pytest.fixture
def ran(worker: Worker, tmp_path: Path) -> Run:
    """Run cells in a child of the worker; gives what went wrong."""

    def run_cells(*cells: str, engine: str = "inprocess", timeout: int = 60) -> str:
        notebook = write_notebook(tmp_path / "question.ipynb", *cells)
        worker.ask((engine, notebook, timeout))
        return str(worker.answer())

    return run_cells


def plain(output: nbformat.NotebookNode) -> dict[str, object]:
    """An output without its traceback, which names files and colours."""
    return {key: value for key, value in output.items() if key != "traceback"}


def test_every_kind_of_output_is_what_a_kernel_gives(worker: Worker, tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path / "kinds.ipynb", *ALL_KINDS, tags={GOES_ON: ["raises-exception"]})
    said = {}
    for engine in ("inprocess", "kernel"):
        worker.ask((engine, notebook, 60))
        said[engine] = worker.answer()
    ours, theirs = (nbformat.read(executed(notebook, engine), as_version=4) for engine in ("inprocess", "kernel"))
    assert said["inprocess"] == said["kernel"]
    assert "StdinNotImplementedError" in said["kernel"]
    assert len(ours.cells) == len(theirs.cells)
    for mine, other in zip(ours.cells, theirs.cells, strict=True):
        assert mine.source == other.source
        assert mine.get("execution_count") == other.get("execution_count")
        assert [plain(each) for each in mine.get("outputs", [])] == [plain(each) for each in other.get("outputs", [])], mine.source


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("raise ValueError('CANARY')", "cell 3 stopped with ValueError; run the notebook in JupyterLab to see why"),
        ("from cfanalysis.foundation.errors import SourceError\nraise SourceError('list3.csv: no such file')", "list3.csv: no such file"),
        ("this is no Python", "cell 3 stopped with SyntaxError; run the notebook in JupyterLab to see why"),
        ("import os\nos.kill(os.getpid(), 9)", "cell 3: its process was killed (SIGKILL), perhaps for want of memory; "),
        ("import os\nos._exit(3)", "cell 3: its process stopped (exit code 3); run the notebook in JupyterLab to see why"),
    ],
)
def test_what_stops_a_notebook_is_told_and_the_next_one_runs(ran: Run, tmp_path: Path, cell: str, said: str) -> None:
    assert ran("1", cell).startswith(said)
    assert ran("2 + 3") == ""
    assert outputs(tmp_path / "question.ipynb")[0][0].data["text/plain"] == "5"


def test_a_hung_cell_is_named_and_what_it_started_is_gone(ran: Run, tmp_path: Path) -> None:
    hangs = "import subprocess, time\nopen('pid', 'w').write(str(subprocess.Popen(['sleep', '60']).pid))\ntime.sleep(60)"
    assert ran("1", hangs, timeout=1) == ("cell 3 took longer than 1 seconds and was stopped; run the notebook in JupyterLab to see why")
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_hung_cell_of_a_kernel_is_named_alike(ran: Run) -> None:
    said = ran("1", "import time\ntime.sleep(60)", engine="kernel", timeout=1)
    assert said == ran("1", "import time\ntime.sleep(60)", timeout=1)


def test_one_notebook_leaves_nothing_to_the_next(ran: Run, tmp_path: Path) -> None:
    assert ran("import os, pandas as pd\nos.environ['LEFT'] = 'x'\npd.options.display.max_rows = 3\nkept = 1") == ""
    asks = "import os, pandas as pd\n'LEFT' in os.environ, pd.options.display.max_rows == 3, 'kept' in globals()"
    assert ran(asks) == ""
    assert outputs(tmp_path / "question.ipynb")[0][0].data["text/plain"] == "(False, False, False)"


def test_a_notebook_is_given_its_parameters(ran: Run, tmp_path: Path) -> None:
    assert ran("params_file, policy") == ""
    assert outputs(tmp_path / "question.ipynb")[0][0].data["text/plain"] == "('x.zip', 'dfe')"


SLEEPS = "import os, time\nwith open('pids', 'w') as file:\n    file.write(f'{os.getpid()} {os.getppid()}')\ntime.sleep(60)"


def test_a_killed_worker_costs_its_own_page(tmp_path: Path) -> None:
    cells = {"good": "from cfanalysis import figures\nfigures.note('All is well.')", "bad": "import os\nos.kill(os.getppid(), 9)"}
    jobs = []
    for name in ("bad", "good", "bad", "good"):
        folder = tmp_path / f"{len(jobs)}"
        folder.mkdir()
        notebook = write_notebook(folder / "x.ipynb", cells[name])
        page = folder / f"{name}.html"
        jobs.append(
            Job(authority="A", slug="a", notebook=name, notebook_path=notebook, release=folder / "x.zip", page=page, policy="dfe",
                synthetic=True)
        )  # fmt: skip
    results = run_jobs(jobs, engine="inprocess", workers=2)
    assert [result.error[:21] for result in results] == ["its worker was killed", "", "its worker was killed", ""]
    assert [job.page.exists() for job in jobs] == [False, True, False, True]


BATCH = """
import sys
from pathlib import Path
from cfanalysis.batch import make_pages
from cfanalysis.batch.jobs import Job
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    page = folder / "outputs" / "released" / "a" / "x.html"
    make_pages([Job(authority="A", slug="a", notebook="x", notebook_path=folder / "question.ipynb", release=folder / "x.zip",
                    page=page, policy="dfe", synthetic=True)], output=folder / "outputs", engine="inprocess")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a process ends with its parent on Linux only")
def test_children_of_a_killed_batch_are_gone(tmp_path: Path) -> None:
    write_notebook(tmp_path / "question.ipynb", SLEEPS)
    (tmp_path / "batch.py").write_text(BATCH, encoding="utf-8")
    batch = subprocess.Popen([sys.executable, str(tmp_path / "batch.py"), str(tmp_path)])
    wait_for(tmp_path, "pids")
    child, parent = map(int, (tmp_path / "pids").read_text().split())
    running = descendants(batch.pid)
    assert {child, parent} < set(running)
    assert len(descendants(parent)) == 2, "the notebook, and what draws"
    batch.send_signal(signal.SIGKILL)
    batch.wait()
    assert all(is_gone(each) for each in running)
    (left,) = (tmp_path / "outputs").iterdir()
    assert left.name.startswith("."), "no page, and a hidden folder that the next run clears"
    clear_leftovers(outputs=[tmp_path / "outputs"])
    assert not left.exists()


def test_notebooks_give_the_same_pages_with_both_engines(sample_release: Path, root: Path, tmp_path: Path) -> None:
    pages = {}
    for engine in ("inprocess", "kernel"):
        editions = make_editions(sample_release, output=tmp_path / engine)
        jobs = plan(editions, output=tmp_path / engine, start=root, notebooks=NOTEBOOKS)
        results = run_jobs(jobs, engine=engine, workers=min(2, os.cpu_count() or 1))
        assert [result.error for result in results] == [""] * len(jobs)
        pages[engine] = {path.name: path.read_bytes() for path in (tmp_path / engine).rglob("*.html")}
        tables = [result.tables for result in results]
        assert tables == pages.setdefault("tables", tables)  # type: ignore[arg-type]
    assert pages["inprocess"].keys() == pages["kernel"].keys()
    for name, page in pages["inprocess"].items():
        assert page == pages["kernel"][name], name
