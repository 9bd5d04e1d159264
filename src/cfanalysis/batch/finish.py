"""What is done when all notebooks of an authority have been run: every figure is held against the release file, the tables go into one
workbook, and the pages appear, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cfanalysis.batch.edition import INTERNAL
from cfanalysis.batch.jobs import Job
from cfanalysis.batch.kept import keep_page, keep_workbook, read_tables, workbook_stands
from cfanalysis.batch.outcome import Failure
from cfanalysis.batch.run import Result, told_plainly
from cfanalysis.batch.stage import Stage

TABLES = "tables.xlsx"
TABLES_INTERNAL = "tables-INTERNAL.xlsx"


def finish(results: Sequence[Result], stage: Stage, keys: Mapping[Path, str]) -> tuple[list[Result], list[Failure]]:
    """Show the pages of one authority that are finished, all of which agree with its release file; else none.

    keys: of each page what it is made from. Gives the results, and what could not be written beside the pages. A page that is not shown
    leaves the one from before.
    """
    job = results[0].job
    made = [result for result in results if not result.error and not result.unchanged]
    error = told_plainly(_audit, [stage.place_of(result.job.page) for result in made], job)[1] if made else ""
    if error:
        return [_failed(result, "" if result.unchanged else f"not shown: {error}") for result in results], []
    there = [result for result in results if not result.error]
    refused = stage.show(result.job.page for result in made)
    for result in made:
        if result.job.page not in refused:
            told_plainly(keep_page, result, keys[result.job.page], stage)  # what cannot be kept only costs time
    tables = job.page.parent / (TABLES_INTERNAL if job.policy == INTERNAL else TABLES)
    why = _show_tables(there, tables, stage)
    beside = [Failure(authority=job.authority, what=tables.name, why=why)] if why else []
    return [_failed(result, refused.get(result.job.page, "")) for result in results], beside


def _failed(result: Result, why: str) -> Result:
    """The result without its tables, which are written; with what went wrong at last, if nothing did before."""
    return result.model_copy(update={"error": result.error or why, "tables": ()})


def _audit(pages: Sequence[Path], job: Job) -> None:
    from cfanalysis import page
    from cfanalysis.release.reading import read_release

    if job.release is not None:
        page.audit_pages(pages, read_release(job.release))


def _show_tables(results: Sequence[Result], path: Path, stage: Stage) -> str:
    """Put the workbook of some pages beside them; gives why it could not be."""
    if not results or workbook_stands(path, results):
        return ""
    why = told_plainly(_write_tables, results, stage.place_of(path))[1] or stage.show([path]).get(path, "")
    if not why:
        told_plainly(keep_workbook, path, results, stage)
    return why


def _write_tables(results: Sequence[Result], path: Path) -> None:
    from cfanalysis import page

    page.write_workbook([table for result in results for table in read_tables(result)], path, title=f"{results[0].job.authority}: tables")
