"""What was worked out, kept by the content of what it was worked out from; never a pickle, nothing that runs.

An entry is one file: a zip of Parquet tables and a JSON of the rest, named by a digest of everything
it depends on: the content of the files, the parameters that matter, this program's own files and the
libraries under it. So an entry is never out of date: what has changed has another name.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import platform
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.foundation.files import is_private, make_private_folder, set_aside, write_whole

FOLDER = "_cache"
"""Inside the store; no authority's folder has such a name."""

MOST_BYTES = 500_000_000
"""Beyond it the entries that were not used for longest are dropped: sixty editions of a large authority fit."""

LEAVE = 0.8
"""The part of it that is left after dropping, so that not every entry drops another."""

FORMAT = 1
SUFFIX = ".zip"
FACTS = "entry.json"
PROGRAM = (".py", ".yml", ".csv")
LIBRARIES = ("numpy", "pandas", "pyarrow", "python-calamine")
_log = logging.getLogger("cfanalysis")

STARTED = (1980, 1, 1, 0, 0, 0)
"""The date on every file of an entry: the same entry is the same bytes."""


@dataclass(frozen=True)
class Entry:
    """What is kept together: tables by name, and facts fit for JSON."""

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class Cache:
    """The cache of one private store. Where the store cannot be written, everything is worked out each time."""

    def __init__(self, store: Path | str) -> None:
        self.store = Path(store)
        self.folder = self.store / FOLDER

    def remember(self, key: str, make: Callable[[], Entry]) -> Entry:
        """The entry of a key, made where it is not there; what ``make`` raises is raised and nothing kept.

        What was just made is given as it will be read the next time, so that both times are alike.
        """
        path = self.folder / f"{key}{SUFFIX}"
        kept = self._read(path)
        if kept is not None:
            return kept
        made = make()
        try:
            content = encoded(made, key)
        except (TypeError, ValueError):  # what no table of this kind can hold is not kept
            return made
        self._write(path, content)
        return decoded(content, key)

    def _read(self, path: Path) -> Entry | None:
        try:
            if not path.exists():
                return None
            if not is_private(path):
                _set_aside(path, "readable by others")
                return None
            entry = decoded(path.read_bytes(), path.stem)
        except (OSError, ValueError, TypeError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile):
            _set_aside(path, "cut short, damaged or of another version")
            return None
        with suppress(OSError):
            os.utime(path)  # used now: not the first to be dropped
        return entry

    def _write(self, path: Path, content: bytes) -> None:
        try:
            make_private_folder(self.store, self.folder)
            write_whole(path, content, private=True)
            if not is_private(path):  # a disk without rights: children's records do not stay there
                path.unlink()
            self._drop_oldest()
        except OSError:
            return

    def _drop_oldest(self) -> None:
        """Keep within bounds: what was set aside or left half-written goes first, then what was used longest ago."""
        found = []
        for path in self.folder.iterdir():
            try:
                about = path.stat()
            except FileNotFoundError:  # another run was quicker
                continue
            found.append((path.suffix == SUFFIX, about.st_mtime, about.st_size, path))
        left = sum(size for _, _, size, _ in found)
        if left <= MOST_BYTES:
            return
        for _, _, size, path in sorted(found):
            if left <= LEAVE * MOST_BYTES:
                return
            path.unlink(missing_ok=True)
            left -= size


def _set_aside(path: Path, why: str) -> None:
    """Say what is wrong with an entry and put it out of the way; it is made anew, and costs no page."""
    with suppress(OSError):
        aside = set_aside(path)
        _log.warning("private store: %s is %s; set aside as %s and made anew", path.name, why, aside.name)


def key(kind: str, *parts: Any) -> str:
    """The name of an entry: its kind, and a digest of all it depends on, this program included.

    >>> key("log", 1) == key("log", 1), key("log", 1) == key("log", 2), key("log", 1)[:4]
    (True, False, 'log-')
    """
    said = json.dumps([FORMAT, program(), kind, parts], sort_keys=True, default=str)
    return f"{kind}-{hashlib.sha256(said.encode()).hexdigest()[:40]}"


@cache
def program() -> str:
    """A digest of this program's own files and of the versions of what reads and counts for it."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    top = Path(str(files("cfanalysis")))
    for path in sorted(each for each in top.rglob("*") if each.suffix in PROGRAM):
        digest.update(path.relative_to(top).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def encoded(entry: Entry, name: str) -> bytes:
    """An entry as bytes.

    Raises ValueError or TypeError for what Parquet or JSON cannot hold.
    """
    dtypes = {table: frame.dtypes.astype(str).to_dict() for table, frame in entry.frames.items()}
    facts = {"format": FORMAT, "key": name, "dtypes": dtypes, "facts": dict(entry.facts)}
    parts = {FACTS: json.dumps(facts, ensure_ascii=False, default=_plain).encode()}
    for table, frame in entry.frames.items():
        parts[f"{table}.parquet"] = _parquet(frame)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for part, content in parts.items():
            bundle.writestr(zipfile.ZipInfo(part, STARTED), content)
    return buffer.getvalue()


def decoded(content: bytes, name: str) -> Entry:
    """An entry from its bytes.

    Raises ValueError, KeyError, OSError or BadZipFile where they are not whole, or not the entry of that name.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        said = json.loads(bundle.read(FACTS))
        if said["format"] != FORMAT or said["key"] != name:
            raise ValueError("another entry, or of another version")
        frames = {table: _frame(bundle.read(f"{table}.parquet"), dtypes) for table, dtypes in said["dtypes"].items()}
    return Entry(frames, said["facts"])


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _frame(content: bytes, dtypes: Mapping[str, str]) -> pd.DataFrame:
    import pyarrow.parquet

    read = pyarrow.parquet.read_table(io.BytesIO(content), use_threads=False)
    frame: pd.DataFrame = read.to_pandas(use_threads=False)
    changed = {column: dtype for column, dtype in dtypes.items() if str(frame[column].dtype) != dtype}
    return frame.astype(changed) if changed else frame


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not kept")
