"""What release files are called, and where they lie: ``outputs/released/<slug>/<slug>_<as-at>_<policy>_<n>.zip``.

``n`` numbers all release files of one authority, of every month and policy, in the order in which they were made: the order in which a
reader may have seen them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cfanalysis.foundation.contracts import About
from cfanalysis.foundation.errors import ReleaseError

RELEASED = "released"
"""The folder among the outputs that may be shown."""

_NAME = re.compile(r"^([a-z0-9][a-z0-9-]{0,79})_(\d{4}-\d{2})_([a-z][a-z0-9_-]{0,30})_([1-9]\d{0,5})\.zip$")


@dataclass(frozen=True)
class ReleaseName:
    """What the name of a release file says.

    >>> str(ReleaseName("camden", "2024-03", "dfe", 4))
    'camden_2024-03_dfe_4.zip'
    """

    slug: str
    as_at: str
    policy: str
    number: int

    def __str__(self) -> str:
        return f"{self.slug}_{self.as_at}_{self.policy}_{self.number}.zip"

    @classmethod
    def of(cls, about: About, number: int | None = None) -> ReleaseName:
        """The name that a release should have."""
        return cls(about.slug, about.as_at, about.policy.name, about.edition if number is None else number)


def read_name(name: str) -> ReleaseName | None:
    """What a file's name says, or None where it is not the name of a release file.

    >>> read_name("camden_2024-03_own_rules_4.zip").policy, read_name("camden.zip")
    ('own_rules', None)
    """
    found = _NAME.match(name)
    return ReleaseName(found[1], found[2], found[3], int(found[4])) if found else None


def release_folder(outputs: Path | str, slug: str) -> Path:
    """Where an authority's release files lie.

    Raises ReleaseError for a slug that would lead elsewhere.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", slug):
        raise ReleaseError(f"found {slug!r}, want a plain name of letters, digits and hyphens for the folder of an authority")
    return Path(outputs) / RELEASED / slug


def release_path(outputs: Path | str, about: About) -> Path:
    """Where a release belongs."""
    return release_folder(outputs, about.slug) / str(ReleaseName.of(about))


def list_releases(folder: Path | str, slug: str) -> tuple[Path, ...]:
    """The release files of an authority in a folder, in the order in which they were made."""
    folder = Path(folder)
    named = [(name, path) for path in folder.glob("*.zip") if (name := read_name(path.name))] if folder.is_dir() else []
    mine = [(name.number, name.as_at, name.policy, path) for name, path in named if name.slug == slug and path.is_file()]
    return tuple(path for *_, path in sorted(mine))


def next_number(folder: Path | str, slug: str, listed: Iterable[str] = ()) -> int:
    """The number of the next edition. listed: names of files that were released and may be gone from the folder."""
    names = [read_name(name) for name in (*(path.name for path in list_releases(folder, slug)), *listed)]
    return 1 + max((name.number for name in names if name and name.slug == slug), default=0)
