"""One authority's edition, and which editions can be made into pages of one output folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from cfanalysis.params import NOTEBOOKS
from cfanalysis.runs import Unread

INTERNAL = "internal"


class Edition(BaseModel):
    """One authority's edition: its release file, or the sentence that says why there is none."""

    model_config = ConfigDict(frozen=True)

    authority: str
    slug: str
    """Blank where a file does not even say whose it is; no page can be made then."""
    policy: str
    own_policy: dict[str, Any] | None = None
    synthetic: bool = False
    notebooks: tuple[str, ...] = NOTEBOOKS
    release: Path | None = None
    error: str = ""
    told: str = ""
    """What is said of it on the screen: where the file is, what it hides."""
    file: str = ""
    """The name of a file that cannot be used."""


def unknown(unread: Unread) -> Edition:
    """What stands for a file that cannot be used."""
    return Edition(authority="", slug="", policy="", notebooks=(), error=unread.why, file=unread.file)


def one_for_each_page(editions: Sequence[Edition]) -> list[Edition]:
    """Release files whose pages would not overwrite each other: the first of each that can be read, the others with the reason why not."""
    first: dict[tuple[str, bool], Edition] = {}
    for edition in sorted(editions, key=lambda each: each.release is None):
        first.setdefault(pages_of(edition), edition)
    return [each if (other := first[pages_of(each)]) is each else unknown(_double(each, other)) for each in editions]


def pages_of(edition: Edition) -> tuple[str, bool]:
    """Which pages come of an edition: two with the same would overwrite each other's."""
    return edition.slug, edition.policy == INTERNAL


def _double(edition: Edition, other: Edition) -> Unread:
    if edition.release is None:
        return Unread(edition.authority, edition.error)
    return named_double(edition.release.name, edition.authority, other)


def named_double(file: str, authority: str, other: Edition) -> Unread:
    """A file whose pages would overwrite those of another edition."""
    beside = other.release.name if other.release else other.authority
    why = f"found pages of {authority} in {beside} as well; they would overwrite each other"
    return Unread(file, f"{file}: {why}, give one of the two or another --out")
