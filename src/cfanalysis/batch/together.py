"""What is done when all pages of an authority are there: they are audited side by side, and their tables go into one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cfanalysis.batch.jobs import INTERNAL
from cfanalysis.batch.run import Result
from cfanalysis.errors import CfanalysisError

TABLES = "tables.xlsx"
TABLES_INTERNAL = "tables-INTERNAL.xlsx"


def together(results: Sequence[Result]) -> list[Result]:
    """The results of one run after the audit: pages that would give a hidden count away together are taken back, each saying so.

    Beside the pages of every authority stands one workbook with all their tables.
    """
    groups: dict[Path, list[Result]] = {}
    for result in results:
        groups.setdefault(result.job.page.parent, []).append(result)
    done = {result.job.page: result for folder, group in groups.items() for result in _one_authority(folder, group)}
    return [done[result.job.page] for result in results]


def _one_authority(folder: Path, results: Sequence[Result]) -> list[Result]:
    from cfanalysis import page

    pages = [result.job.page for result in results if not result.error]
    job = results[0].job
    tables = folder / (TABLES_INTERNAL if job.policy == INTERNAL else TABLES)
    tables.unlink(missing_ok=True)
    if not pages:
        return list(results)
    try:
        page.audit_run(pages)
        page.write_workbook(pages, tables, title=f"{job.authority}: tables")
    except CfanalysisError as caught:
        for path in (*pages, tables):
            path.unlink(missing_ok=True)
        return [result if result.error else result.model_copy(update={"error": f"taken back: {caught}"}) for result in results]
    return list(results)
