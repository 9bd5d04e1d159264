"""From what each page that lies there was made: so that one is made anew only where something has changed.

Beside the pages of an authority lies a hidden folder with a small record of each. It holds digests, and the tables that the page shows;
a page whose record is gone or does not fit it is made anew.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cfanalysis.batch.edition import INTERNAL
from cfanalysis.batch.jobs import Job
from cfanalysis.batch.run import Result
from cfanalysis.batch.stage import Stage
from cfanalysis.foundation.files import compress
from cfanalysis.foundation.program import program_digest
from cfanalysis.page.workbook_file import PageTable
from cfanalysis.release.layout import hash_of

FOLDER = ".made"
OF_A_PAGE = {"authority", "slug", "notebook", "policy", "own_policy", "synthetic", "show_code", "interactive"}
"""What of a job its page depends on, beside the content of its files."""

_TABLES = TypeAdapter(tuple[PageTable, ...])


class Kept(BaseModel):
    """What a file of the output was made from, and what it was when it was made: digests."""

    model_config = ConfigDict(frozen=True)

    key: str
    sha256: str
    title: str = ""
    tables: str = ""


def key_of(job: Job) -> str:
    """A digest of all that a page depends on: release file, notebook, options, this program and its libraries.

    Blank where there is no such file, and for internal pages: their tables hold true counts, which lie in no hidden folder.
    """
    if job.release is None or job.policy == INTERNAL:
        return ""
    try:
        contents = [_hash_of_file(job.release), _hash_of_file(job.notebook_path)]
    except OSError:  # whoever runs the notebook says so
        return ""
    options = job.model_dump(mode="json", include=OF_A_PAGE)
    day = os.environ.get("SOURCE_DATE_EPOCH", "")
    return hash_of(json.dumps([program_digest(), contents, options, day], sort_keys=True).encode())


def standing(job: Job, key: str) -> Result | None:
    """The result of a job whose page lies there, whole and made from the same; else None."""
    kept = _read(job.page)
    if not key or kept is None or kept.key != key or not is_as_kept(job.page, kept):
        return None
    tables = _tables_of(job.page)
    if not tables.is_file() or hash_of(tables.read_bytes()) != kept.tables:
        return None
    return Result(job=job, title=kept.title, unchanged=True)


def is_as_kept(path: Path, kept: Kept | None) -> bool:
    """Whether a file of the output is still what it was."""
    return kept is not None and path.is_file() and hash_of(path.read_bytes()) == kept.sha256


def read_tables(result: Result) -> tuple[PageTable, ...]:
    """The tables of a page: those of one that was made now, else those kept."""
    if not result.unchanged:
        return result.tables
    return _TABLES.validate_json(gzip.decompress(_tables_of(result.job.page).read_bytes()))


def keep_page(result: Result, key: str, stage: Stage) -> None:
    """Keep what a page that is shown now was made from; nothing where it has no key."""
    if not key:
        return
    page = result.job.page
    tables = compress(_TABLES.dump_json(result.tables).decode())
    kept = Kept(key=key, sha256=hash_of(page.read_bytes()), title=result.title, tables=hash_of(tables))
    stage.write(_tables_of(page), tables)
    stage.write(_record_of(page), kept.model_dump_json())
    stage.show([_tables_of(page), _record_of(page)])


def keep_workbook(path: Path, results: Sequence[Result], stage: Stage) -> None:
    """Keep what the workbook beside some pages was made from: the pages."""
    stage.write(_record_of(path), Kept(key=_key_of_pages(results), sha256=hash_of(path.read_bytes())).model_dump_json())
    stage.show([_record_of(path)])


def workbook_stands(path: Path, results: Sequence[Result]) -> bool:
    """Whether the workbook that lies there is that of these pages, none of which was made now."""
    kept = _read(path)
    return (
        all(result.unchanged for result in results) and kept is not None and kept.key == _key_of_pages(results) and is_as_kept(path, kept)
    )


def _key_of_pages(results: Sequence[Result]) -> str:
    kept = [_read(result.job.page) for result in results]
    return hash_of("\n".join(f"{each.key} {each.tables}" if each else "" for each in kept).encode())


def _record_of(path: Path) -> Path:
    return path.parent / FOLDER / f"{path.name}.json"


def _tables_of(page: Path) -> Path:
    return page.parent / FOLDER / f"{page.name}.tables.json.gz"


def _read(path: Path) -> Kept | None:
    try:
        return Kept.model_validate_json(_record_of(path).read_bytes())
    except (OSError, ValidationError):
        return None


def _hash_of_file(path: Path) -> str:
    about = path.stat()
    return _hash_of_stamped(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1024)
def _hash_of_stamped(path: Path, changed: int, size: int) -> str:
    return hash_of(path.read_bytes())
