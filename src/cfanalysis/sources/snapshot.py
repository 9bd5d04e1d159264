"""One picture of the files of a run: what they held when reading began is what they hold when it ends, or nothing is made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.finding import shown

CHUNK = 1 << 20

Snapshot = Mapping[Path, str]
"""A digest of the content of every file."""


def take_snapshot(paths: Iterable[Path]) -> Snapshot:
    """The files as they stand: those named, and every one in a folder named and in the folders in it. What cannot be read is left to
    whoever reads it.
    """
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return {file: digest for file in files if (digest := _digest(file)) is not None}


def stop_if_changed(before: Snapshot, paths: Iterable[Path]) -> None:
    """Raises SourceError where a file is not as it was when the snapshot was taken: changed, gone, or new."""
    now = take_snapshot(paths)
    changed = [file for file in (*before, *now) if before.get(file) != now.get(file)]
    if changed:
        named = ", ".join(dict.fromkeys(shown(file) for file in changed[:5]))
        found = f"{len(set(changed)):,} files that changed while they were read ({named})"
        wanted = "files that nobody writes to; wait until the export or copy is done, and run it again"
        raise SourceError(at(f"found {found}, want {wanted}", file=shown(changed[0])))


def _digest(file: Path) -> str | None:
    if not file.is_file() or file.name.startswith("."):
        return None
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
