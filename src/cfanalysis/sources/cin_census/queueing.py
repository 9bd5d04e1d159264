"""The desk's queue: which child and line breaks which census rule. Child-level, written on request only, readable by its owner."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.cin_census.folder import census_files
from cfanalysis.sources.cin_census.parsing import read_tables
from cfanalysis.sources.cin_census.rules import queue

OWNER_ONLY = 0o600


def write_queue(paths: Iterable[Path], target: Path) -> int:
    """Write the queue of census files as a CSV that only its owner can read; gives how many lines.

    Raises SourceError where there is no census file among the paths, or the file cannot be written.
    """
    files = [file for path in paths for file in (census_files(path) if path.is_dir() else [path]) if file.suffix.lower() == ".xml"]
    if not files:
        raise SourceError("--queue: found no census file (.xml) among the files, want one at least")
    rows = pd.concat([queue(read_tables(file)).assign(file=file.name) for file in files], ignore_index=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w", encoding="utf-8", newline="") as out:
            os.chmod(target, OWNER_ONLY)
            rows.to_csv(out, index=False, lineterminator="\n")
    except OSError as caught:
        raise SourceError(at(f"the queue cannot be written: {caught.strerror or caught}", file=target.name)) from None
    return len(rows)
