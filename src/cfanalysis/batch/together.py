"""What is done when all pages of an authority are there: they are audited side by side, and their tables go into one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cfanalysis.batch.jobs import INTERNAL
from cfanalysis.batch.run import Result, run_job
from cfanalysis.errors import CfanalysisError
from cfanalysis.params import read_params
from cfanalysis.release.memory import Memory

TABLES = "tables.xlsx"
TABLES_INTERNAL = "tables-INTERNAL.xlsx"


def together(results: Sequence[Result], *, engine: str = "kernel") -> list[Result]:
    """The results of one run after the audit.

    The pages of an authority are audited side by side, and beside what its earlier editions have published. Where two would give a hidden
    count away together, they are made again one after the other, each with those before it in mind; what is still not safe is taken back.
    What has been published is remembered for the editions to come, and one workbook with all tables stands beside the pages.
    """
    groups: dict[Path, list[Result]] = {}
    for result in results:
        groups.setdefault(result.job.page.parent, []).append(result)
    done = {result.job.page: result for folder, group in groups.items() for result in _one_authority(folder, group, engine)}
    return [done[result.job.page] for result in results]


def _one_authority(folder: Path, results: Sequence[Result], engine: str) -> list[Result]:
    from cfanalysis import page, published

    job, made = results[0].job, list(results)
    tables = folder / (TABLES_INTERNAL if job.policy == INTERNAL else TABLES)
    tables.unlink(missing_ok=True)
    if not _pages(made):
        return made
    try:
        if not _safe(made):
            made = _one_by_one(made, engine)
        page.audit_run(_pages(made), _earlier(made))
        page.write_workbook(_pages(made), tables, title=f"{job.authority}: tables")
    except CfanalysisError as caught:
        for path in (*_pages(made), tables):
            path.unlink(missing_ok=True)
        return [result if result.error else result.model_copy(update={"error": f"taken back: {caught}"}) for result in made]
    told = {result.job.notebook: result.published for result in made if result.published}
    if told:
        published.keep(read_params(job.params_path), job.policy, told)
    return made


def _pages(results: Sequence[Result]) -> list[Path]:
    return [result.job.page for result in results if not result.error]


def _earlier(results: Sequence[Result]) -> Memory:
    """What readers hold already: earlier editions, and pages of this one that are not made now."""
    from cfanalysis import published

    if not any(result.published for result in results):
        return Memory()
    job = results[0].job
    return published.before(read_params(job.params_path), job.policy, but=[result.job.notebook for result in results])


def _safe(results: Sequence[Result]) -> bool:
    from cfanalysis import page

    try:
        page.audit_run(_pages(results), _earlier(results))
    except CfanalysisError:
        return False
    return True


def _one_by_one(results: Sequence[Result], engine: str) -> list[Result]:
    """The pages once more in reading order, each with what those before it tell in mind."""
    again: list[Result] = []
    for result in results:
        told = [before.published for before in again if before.published]
        again.append(result if result.error or not told else run_job(result.job, engine=engine, beside=told))
    return again
