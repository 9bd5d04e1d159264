"""Running jobs: each becomes a finished page or a sentence saying why not; nothing half-written is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.jobs import INTERNAL, Job
from cfanalysis.batch.runners import RUNNERS
from cfanalysis.errors import CfanalysisError, RunError
from cfanalysis.page.workbook_file import PageTable
from cfanalysis.params import cell_params
from cfanalysis.scratch import clear_leftovers, scratch


class Result(BaseModel):
    """What came of one job: ``error`` is blank where the page was made."""

    model_config = ConfigDict(frozen=True)

    job: Job
    title: str = ""
    error: str = ""
    seconds: float = 0.0
    tables: tuple[PageTable, ...] = Field(default=(), repr=False)
    """The tables of the page, for the workbook that stands beside the pages."""


def run_jobs(
    jobs: Sequence[Job], *, engine: str = "kernel", workers: int = 1, told: Callable[[Result], None] = lambda result: None
) -> list[Result]:
    """Run every job and tell of each as it ends; results come back in the order of the jobs.

    What killed runs left in folders to work in is cleared first.
    A job that fails leaves no page behind, an older one of the same name included: a stale page would be taken for this run's.
    """
    clear_leftovers(job.release.parent for job in jobs if job.release and job.policy == INTERNAL)
    runner = RUNNERS["processes" if workers > 1 and len(jobs) > 1 else "serial"]
    done: dict[Path, Result] = {}
    for result in runner(partial(run_job, engine=engine), list(jobs), min(workers, len(jobs))):
        told(result)
        done[result.job.page] = result
    return [done[job.page] for job in jobs]


def run_job(job: Job, *, engine: str = "kernel") -> Result:
    """Run one job to its page. Never raises: whatever goes wrong is a sentence in the result."""
    started = time.perf_counter()
    title = error = ""
    tables: tuple[PageTable, ...] = ()
    try:
        job.page.unlink(missing_ok=True)
        title, tables = _make(job, engine)
    except CfanalysisError as caught:
        error = str(caught)
    except Exception as caught:  # the text of a foreign error may quote the data: only its kind is told
        error = f"stopped with {type(caught).__name__}; run the notebook in JupyterLab to see why"
    return Result(job=job, title=title, error=error, seconds=time.perf_counter() - started, tables=tables)


def _make(job: Job, engine: str) -> tuple[str, tuple[PageTable, ...]]:
    from cfanalysis import page

    if job.release is None:
        raise RunError(job.error)
    with scratch(job.release.parent if job.policy == INTERNAL else None) as folder:  # what hides nothing stays in the private store
        executed = folder / job.notebook_path.name
        ENGINES[engine](job.notebook_path, _values(job, job.release), job.release.parent, executed)
        title = heading(executed)
        page.export(
            executed, job.page, title=title, authority=job.authority, policy=job.own_policy or job.policy, synthetic=job.synthetic,
            interactive=job.interactive, show_code=job.show_code,
        )  # fmt: skip
        tables = page.written_tables(executed, title)
    found = page.check_page(job.page, size=False)
    if found:
        job.page.unlink()
        raise RunError(f"the finished page did not pass its checks: {'; '.join(found)}")
    return title, tables


def _values(job: Job, release: Path) -> dict[str, Any]:
    """What the parameters cell is given, named by its model: the release file, beside which the notebook is run, and its policy."""
    cell = cell_params(params_file=release.name, policy=job.policy)
    return cell.model_dump(include={"params_file", "policy"})


def heading(notebook: Path) -> str:
    """The first heading of a notebook."""
    from cfanalysis.page.notebook import heading as first
    from cfanalysis.page.notebook import read_notebook

    return first(read_notebook(notebook), notebook.stem)
