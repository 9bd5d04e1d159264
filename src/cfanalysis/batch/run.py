"""Running jobs: each becomes a finished page or a sentence saying why not; nothing half-written is left behind."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cfanalysis.batch.engines import ENGINES
from cfanalysis.batch.jobs import INTERNAL, Job
from cfanalysis.batch.runners import RUNNERS
from cfanalysis.errors import CfanalysisError, RunError
from cfanalysis.params import cell_params, read_params
from cfanalysis.published import BESIDE
from cfanalysis.release.control import DRAFT
from cfanalysis.scratch import clear_leftovers, scratch


class Result(BaseModel):
    """What came of one job: ``error`` is blank where the page was made."""

    model_config = ConfigDict(frozen=True)

    job: Job
    title: str = ""
    error: str = ""
    seconds: float = 0.0
    published: str = Field(default="", repr=False, exclude=True)
    """What the page tells, for the editions to come. It holds true counts: it goes to the private store and nowhere else."""


def run_jobs(
    jobs: Sequence[Job], *, engine: str = "kernel", workers: int = 1, told: Callable[[Result], None] = lambda result: None
) -> list[Result]:
    """Run every job and tell of each as it ends; results come back in the order of the jobs.

    What killed runs left in folders to work in is cleared first.
    A job that fails leaves no page behind, an older one of the same name included: a stale page would be taken for this run's.
    """
    stores = {path: _store(job) for path, job in {job.params_path: job for job in jobs}.items()}
    clear_leftovers(store for store in stores.values() if store)
    runner = RUNNERS["processes" if workers > 1 and len(jobs) > 1 else "serial"]
    done: dict[Path, Result] = {}
    for result in runner(partial(run_job, engine=engine), list(jobs), min(workers, len(jobs))):
        told(result)
        done[result.job.page] = result
    return [done[job.page] for job in jobs]


def run_job(job: Job, *, engine: str = "kernel", beside: Sequence[str] = ()) -> Result:
    """Run one job to its page. Never raises: whatever goes wrong is a sentence in the result.

    ``beside`` is what other pages have published that this one must not give away.
    """
    started = time.perf_counter()
    title = error = published = ""
    try:
        job.page.unlink(missing_ok=True)
        title, published = _make(job, engine, beside)
    except CfanalysisError as caught:
        error = str(caught)
    except Exception as caught:  # the text of a foreign error may quote the data: only its kind is told
        error = f"stopped with {type(caught).__name__}; run the notebook in JupyterLab to see why"
    return Result(job=job, title=title, error=error, seconds=time.perf_counter() - started, published=published)


def _make(job: Job, engine: str, beside: Sequence[str]) -> tuple[str, str]:
    from cfanalysis import page

    with scratch(_store(job) if job.policy == INTERNAL else None) as folder:
        executed, draft = folder / job.notebook_path.name, folder / "published.json"
        with _telling(folder, draft, beside):
            ENGINES[engine](job.notebook_path, _values(job), job.params_path.parent, executed)
        published = draft.read_text(encoding="utf-8") if draft.exists() else ""
        title = heading(executed)
        page.export(
            executed, job.page, title=title, authority=job.authority, policy=job.own_policy or job.policy, synthetic=job.synthetic,
            interactive=job.interactive, show_code=job.show_code,
        )  # fmt: skip
    found = page.check_page(job.page, size=False)
    if found:
        job.page.unlink()
        raise RunError(f"the finished page did not pass its checks: {'; '.join(found)}")
    return title, published


def _store(job: Job) -> Path | None:
    """The private store of a job's authority; None where its parameters cannot be read, which the notebook says."""
    try:
        params = read_params(job.params_path)
    except (CfanalysisError, OSError):
        return None
    return params.resolve(params.editions)


@contextmanager
def _telling(folder: Path, draft: Path, beside: Sequence[str]) -> Iterator[None]:
    """Kernels started inside say what they publish, and know what lies beside it."""
    told = {DRAFT: str(draft)}
    if beside:
        (folder / "beside.json").write_text(json.dumps(list(beside)), encoding="utf-8")
        told[BESIDE] = str(folder / "beside.json")
    before = {name: os.environ.get(name) for name in (DRAFT, BESIDE)}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def _values(job: Job) -> dict[str, Any]:
    """What the parameters cell is given, named by its model. An authority's own policy is in its file already; a named one is said."""
    cell = cell_params(params_file=job.params_path.name, policy=None if job.own_policy else job.policy)
    return cell.model_dump(include={"params_file", "policy"})


def heading(notebook: Path) -> str:
    """The first heading of a notebook."""
    from cfanalysis.page.notebook import heading as first
    from cfanalysis.page.notebook import read_notebook

    return first(read_notebook(notebook), notebook.stem)
