"""What is done when all pages of an authority are there: every figure is held against the release file, and the tables go into one
workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cfanalysis.batch.editions import INTERNAL
from cfanalysis.batch.run import Result
from cfanalysis.foundation.errors import CfanalysisError

TABLES = "tables.xlsx"
TABLES_INTERNAL = "tables-INTERNAL.xlsx"


def finish(results: Sequence[Result]) -> list[Result]:
    """The results of one run after the audit; a page that says otherwise than the release file is taken back, with those beside it."""
    groups: dict[Path, list[Result]] = {}
    for result in results:
        groups.setdefault(result.job.page.parent, []).append(result)
    done = {result.job.page: result for folder, group in groups.items() for result in _one_authority(folder, group)}
    return [done[result.job.page] for result in results]


def _one_authority(folder: Path, results: Sequence[Result]) -> list[Result]:
    from cfanalysis import page
    from cfanalysis.release.reading import read_release

    job = results[0].job
    tables = folder / (TABLES_INTERNAL if job.policy == INTERNAL else TABLES)
    tables.unlink(missing_ok=True)
    pages = [result.job.page for result in results if not result.error]
    if not pages or job.release is None:
        return list(results)
    try:
        page.audit_pages(pages, read_release(job.release))
        page.write_workbook([table for result in results for table in result.tables], tables, title=f"{job.authority}: tables")
    except CfanalysisError as caught:
        for path in (*pages, tables):
            path.unlink(missing_ok=True)
        return [result if result.error else result.model_copy(update={"error": f"taken back: {caught}"}) for result in results]
    return list(results)
