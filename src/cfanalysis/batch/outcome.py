"""What came of a run: pages, and everything that failed, each with its authority, its cause and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from cfanalysis.batch.edition import Edition
from cfanalysis.batch.run import Result


class Failure(BaseModel):
    """Something that a run did not come to."""

    model_config = ConfigDict(frozen=True)

    authority: str
    """Blank where it is nobody's own: an index, a parameters file that does not say whose it is."""
    what: str
    """A notebook, or a file."""
    why: str


class Outcome(BaseModel):
    """The results of the notebooks, in the order of the jobs; files beside the pages that could not be written; the indexes."""

    model_config = ConfigDict(frozen=True)

    results: tuple[Result, ...]
    refused: tuple[Failure, ...] = ()
    indexes: tuple[Path, ...] = ()

    @property
    def there(self) -> list[Result]:
        """Of the notebooks those that are pages now."""
        return [result for result in self.results if not result.error]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many pages were made, how many were left as they are, how many notebooks failed."""
        unchanged = sum(result.unchanged for result in self.there)
        return len(self.there) - unchanged, unchanged, len(self.results) - len(self.there)


def failures(editions: Sequence[Edition], outcome: Outcome) -> list[Failure]:
    """Everything that failed: an authority without a release file once, not once a notebook."""
    whole = [Failure(authority=each.authority, what=each.file or "release file", why=each.error) for each in editions if each.error]
    pages = [
        Failure(authority=result.job.authority, what=result.job.notebook, why=result.error)
        for result in outcome.results
        if result.error and not result.job.error
    ]
    return [*whole, *pages, *outcome.refused]


def summary(editions: Sequence[Edition], outcome: Outcome, seconds: float) -> dict[str, Any]:
    """What came of a run, for programs: pages, what failed and why, release files, indexes, seconds. Fit for JSON."""
    return {
        "pages": [
            {
                "authority": result.job.authority, "notebook": result.job.notebook, "policy": result.job.policy,
                "page": result.job.page.as_posix(), "seconds": round(result.seconds, 1),
                "unchanged": result.unchanged,
            }
            for result in outcome.there
        ],
        "failed": [failure.model_dump() for failure in failures(editions, outcome)],
        "releases": [edition.release.as_posix() for edition in editions if edition.release],
        "indexes": [path.as_posix() for path in outcome.indexes],
        "seconds": round(seconds, 1),
    }  # fmt: skip
