"""What is done when all notebooks of an authority have been run: every figure is held against the release file, the tables go into one
workbook, and the pages appear, together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cfanalysis.batch.editions import INTERNAL
from cfanalysis.batch.jobs import Job
from cfanalysis.batch.outcome import Failure
from cfanalysis.batch.run import Result, told_plainly
from cfanalysis.batch.stage import Stage

TABLES = "tables.xlsx"
TABLES_INTERNAL = "tables-INTERNAL.xlsx"


def finish(results: Sequence[Result], stage: Stage) -> tuple[list[Result], list[Failure]]:
    """Show the pages of one authority that are finished, all of which agree with its release file; else none.

    Gives the results, and what could not be written beside the pages. A page that is not shown leaves the one from before.
    """
    job = results[0].job
    made = [result for result in results if not result.error]
    error = told_plainly(_audit, [stage.place_of(result.job.page) for result in made], job)[1] if made else ""
    if error or not made:
        return [_failed(result, f"not shown: {error}") for result in results], []
    tables = job.page.parent / (TABLES_INTERNAL if job.policy == INTERNAL else TABLES)
    no_tables = told_plainly(_write_tables, made, stage.place_of(tables))[1]
    refused = stage.show([*(result.job.page for result in made), *([] if no_tables else [tables])])
    no_tables = no_tables or refused.get(tables, "")
    beside = [Failure(authority=job.authority, what=tables.name, why=no_tables)] if no_tables else []
    return [_failed(result, refused.get(result.job.page, "")) for result in results], beside


def _failed(result: Result, why: str) -> Result:
    """The result without its tables, which are written; with what went wrong at last, if nothing did before."""
    return result.model_copy(update={"error": result.error or why, "tables": ()})


def _audit(pages: Sequence[Path], job: Job) -> None:
    from cfanalysis import page
    from cfanalysis.release.reading import read_release

    if job.release is not None:
        page.audit_pages(pages, read_release(job.release))


def _write_tables(made: Sequence[Result], path: Path) -> None:
    from cfanalysis import page

    page.write_workbook([table for result in made for table in result.tables], path, title=f"{made[0].job.authority}: tables")
