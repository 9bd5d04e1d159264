"""The index pages of a run: one per authority, and one above them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cfanalysis.batch.editions import INTERNAL
from cfanalysis.batch.jobs import Job, policy_folder
from cfanalysis.batch.run import Result

NAME = "index.html"
NOT_MADE = "This page could not be made. Whoever made the others has the reason."
"""Why is told on the analyst's screen only: a reason may name files and folders."""


def write_indexes(results: Sequence[Result], output: Path) -> list[Path]:
    """Write an index for every authority of a run, and one above them that lists the authorities.

    A page that could not be made is named in its authority's index, so that a missing page is never overlooked.
    Returns the paths written, the ones above last.
    """
    by_folder: dict[Path, list[Result]] = {}
    for result in results:
        by_folder.setdefault(policy_folder(output, result.job.policy), []).append(result)
    lower = [_authority_index(folder / slug, mine) for folder, part in by_folder.items() for slug, mine in _by_authority(part).items()]
    return lower + [_top_index(folder, _by_authority(part)) for folder, part in by_folder.items()]


def _by_authority(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.job.slug, []).append(result)
    return found


def _authority_index(folder: Path, results: Sequence[Result]) -> Path:
    entries: list[dict[str, Any]] = [
        {"title": result.title, "path": result.job.page.name}
        if not result.error
        else {"title": result.job.notebook.replace("_", " ").capitalize(), "note": NOT_MADE}
        for result in results
    ]
    return _write(folder, entries, results[0].job.authority, [result.job for result in results])


def _top_index(folder: Path, by_authority: dict[str, list[Result]]) -> Path:
    entries = [
        {"title": results[0].job.authority, "path": f"{slug}/{NAME}", "note": _note(sum(1 for result in results if result.error))}
        for slug, results in by_authority.items()
    ]
    return _write(folder, entries, "Authorities", [results[0].job for results in by_authority.values()])


def _note(failed: int) -> str:
    return f"{failed} of its pages could not be made" if failed else ""


def _write(folder: Path, entries: list[dict[str, Any]], title: str, jobs: Sequence[Job]) -> Path:
    from cfanalysis import page

    internal = jobs[0].policy == INTERNAL
    return Path(page.write_index(folder, entries, title=title, internal=internal, synthetic=any(job.synthetic for job in jobs)))
