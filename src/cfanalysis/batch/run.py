"""Running jobs: each becomes a page, drawn and checked, or a sentence saying why not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence, Set
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from cfanalysis.batch.beside import call_beside, start_beside
from cfanalysis.batch.edition import INTERNAL
from cfanalysis.batch.engines import ENGINES, INPROCESS, KERNEL, default_engine
from cfanalysis.batch.engines.failures import LOOK
from cfanalysis.batch.jobs import Job
from cfanalysis.batch.runners import RUNNERS
from cfanalysis.batch.warm import warm_up
from cfanalysis.foundation.errors import CfanalysisError, RunError
from cfanalysis.foundation.refused import why_refused
from cfanalysis.foundation.scratch import scratch
from cfanalysis.page.workbook_file import PageTable
from cfanalysis.params import cell_params
from cfanalysis.workbook.opening import hold_release

Made = dict[str, Any]
"""The title and the tables of a page."""

Done = TypeVar("Done")

SEVERAL = 3
"""Pages of one release from which on it pays to work out first what they share."""


class Result(BaseModel):
    """What came of one job: ``error`` is blank where the page was made."""

    model_config = ConfigDict(frozen=True)

    job: Job
    title: str = ""
    error: str = ""
    seconds: float = 0.0
    unchanged: bool = False
    """The page lies there already, made from the same."""
    tables: tuple[PageTable, ...] = Field(default=(), repr=False)
    """The tables of the page, for the workbook that stands beside the pages."""


def run_jobs(jobs: Sequence[Job], *, engine: str | None = None, workers: int = 1) -> list[Result]:
    """Run every job; results come back in the order of the jobs."""
    done = {result.job.page: result for result in results_of(jobs, engine=engine, workers=workers)}
    return [done[job.page] for job in jobs]


def results_of(jobs: Sequence[Job], *, engine: str | None = None, workers: int = 1) -> Generator[Result, None, None]:
    """The result of every job as it ends.

    engine: a name of ENGINES; the best that the platform has if none is named.
    """
    name = engine or default_engine()
    fit = [job for job in jobs if job.release is not None]
    pages = Counter(job.release for job in fit)
    work = partial(run_job, engine=name, shared=frozenset(each for each in pages if each and pages[each] >= SEVERAL))
    yield from map(work, (job for job in jobs if job.release is None))
    yield from _runner(name, workers, len(fit))(work, fit)


def _runner(engine: str, workers: int, jobs: int) -> Callable[..., Iterator[Result]]:
    """Where the jobs of a run are done. A process that notebooks are forked from is never this one, which has read the files."""
    if engine != INPROCESS and (workers == 1 or jobs == 1):
        return RUNNERS["serial"]
    begin = start_inprocess if engine == INPROCESS else None
    return partial(RUNNERS["processes"], workers=workers, lost=_lost, alike=attrgetter("release"), begin=begin)


def start_inprocess() -> None:
    """What a worker does before its first notebook: import everything, and have a process for the pages beside it."""
    warm_up()
    start_beside()


def _lost(job: Job) -> Result:
    why = "its worker was killed, perhaps for want of memory; close other programs or give fewer --workers, and run it again"
    return Result(job=job, error=why)


def run_job(job: Job, *, engine: str = KERNEL, shared: Set[Path] = frozenset()) -> Result:
    """Run one job to its page. Never raises: whatever goes wrong is a sentence in the result.

    shared: release files that several pages are made from, so that what they share is worth working out first.
    """
    started = time.perf_counter()
    if engine == INPROCESS and job.release is not None and job.release in shared:
        hold_release(job.release)
    made, error = told_plainly(_make, job, engine)
    return Result(job=job, error=error, seconds=time.perf_counter() - started, **(made or {}))


def told_plainly(work: Callable[..., Done], *given: Any) -> tuple[Done | None, str]:
    """What was done, or why it was not, in an analyst's words."""
    try:
        return work(*given), ""
    except CfanalysisError as caught:
        return None, str(caught)
    except OSError as caught:
        return None, why_refused(caught)
    except Exception as caught:  # the text of a foreign error may quote the data: only its kind is told
        return None, f"stopped with {type(caught).__name__}; {LOOK}"


def _make(job: Job, engine: str) -> Made:
    if job.release is None:
        raise RunError(job.error)
    with scratch(job.release.parent if job.policy == INTERNAL else None) as folder:  # what hides nothing stays in the private store
        executed = folder / job.notebook_path.name
        run_notebook(job, engine, executed)
        made, error = call_beside(told_plainly, make_page, job, executed) if engine == INPROCESS else told_plainly(make_page, job, executed)
    if made is None:
        raise RunError(error)
    return made


def run_notebook(job: Job, engine: str, executed: Path) -> None:
    """Run the notebook of a job beside its release file, by whose name alone it knows it."""
    if job.release is None:
        raise RunError(job.error)
    cell = cell_params(params_file=job.release.name, policy=job.policy)
    values = cell.model_dump(include={"params_file", "policy"})
    ENGINES[engine](job.notebook_path, values, job.release.parent, executed)


def make_page(job: Job, executed: Path) -> Made:
    """From an executed notebook to its page, drawn and checked."""
    from cfanalysis import page
    from cfanalysis.page.notebook import heading, read_notebook

    notebook = read_notebook(executed)
    title = heading(notebook, executed.stem)
    page.export(
        notebook, job.page, title=title, authority=job.authority, policy=job.own_policy or job.policy, synthetic=job.synthetic,
        interactive=job.interactive, show_code=job.show_code,
    )  # fmt: skip
    tables = page.written_tables(notebook, title)
    found = page.check_page(job.page, size=False)
    if found:
        raise RunError(f"the finished page did not pass its checks: {'; '.join(found)}")
    return {"title": title, "tables": tables}
