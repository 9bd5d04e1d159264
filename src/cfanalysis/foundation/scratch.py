"""Folders to work in: their owner's only, gone when the work is done, and cleared where a run was killed.

A folder is held by a lock that ends with the process, however it ends: what nobody holds is a
leftover. Where there are no such locks (Windows), and for folders of earlier versions, a leftover is
what has lain there for a day.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cfanalysis.foundation.files import PART, make_private_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "cfanalysis-"
HIDDEN = "."
"""Folders among the outputs are not seen: what begins so is not shown by file managers."""

FOLDER = "_work"
"""Inside the store; no authority's folder has such a name."""

LOCK = "held.lock"
OLD_SECONDS = 24 * 3600
"""No run takes a day: what is older and held by nobody is left over."""

_OURS = re.compile(rf"^\.?{PREFIX}[a-z0-9_]{{8}}$")


@contextmanager
def scratch(store: Path | None = None) -> Iterator[Path]:
    """A folder of one's own to work in, removed afterwards: inside a private store, else in the system's.

    What hides nothing is worked on in the store; where that cannot be written, in the system's folder.
    """
    with _removed_afterwards(_inside(store) or Path(tempfile.mkdtemp(prefix=PREFIX))) as folder:
        yield folder


@contextmanager
def staging(output: Path) -> Iterator[Path]:
    """A hidden folder inside the outputs, removed afterwards: for files that appear among them by a rename when they are finished."""
    output.mkdir(parents=True, exist_ok=True)
    with _removed_afterwards(Path(tempfile.mkdtemp(prefix=f"{HIDDEN}{PREFIX}", dir=output))) as folder:
        yield folder


@contextmanager
def _removed_afterwards(folder: Path) -> Iterator[Path]:
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(stores: Iterable[Path] = (), outputs: Iterable[Path] = ()) -> int:
    """Remove what killed runs left in the system's folder, in stores and in folders of outputs; nothing that a live run holds.

    Gives how many.
    """
    stores = tuple(dict.fromkeys(stores))
    places = (Path(tempfile.gettempdir()), *(store / FOLDER for store in stores), *outputs)
    cleared = 0
    for folder in (each for place in places for each in _folders(place)):
        if _is_left_over(folder):
            shutil.rmtree(folder, ignore_errors=True)
            cleared += not folder.exists()
    for part in (each for store in stores if store.is_dir() for each in store.rglob(f"*{PART}")):
        if _is_old(part):
            part.unlink(missing_ok=True)
            cleared += 1
    return cleared


def _inside(store: Path | None) -> Path | None:
    if store is None:
        return None
    try:
        return Path(tempfile.mkdtemp(prefix=PREFIX, dir=make_private_folder(store, store / FOLDER)))
    except OSError:
        return None


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder. The lock has its name only when it is held: nobody sees one that is not yet."""
    if fcntl is None:
        yield
        return
    new = folder / f"{LOCK}{PART}"
    with new.open("wb") as file:
        with contextlib.suppress(OSError):  # a disk without locks: left over is then what is old
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new.rename(folder / LOCK)
        yield


def _folders(place: Path) -> list[Path]:
    """Folders of ours in a place: by their name and owner; no links."""
    try:
        named = [each for each in place.iterdir() if _OURS.match(each.name)]
    except OSError:
        return []
    return [each for each in named if _is_mine(each)]


def _is_mine(folder: Path) -> bool:
    try:
        about = folder.lstat()
    except OSError:  # another run was quicker
        return False
    mine = about.st_uid == os.getuid() if hasattr(os, "getuid") else True
    return mine and stat.S_ISDIR(about.st_mode)


def _is_left_over(folder: Path) -> bool:
    lock = folder / LOCK
    if fcntl is None or not lock.is_file():
        return _is_old(folder)
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > OLD_SECONDS
    except OSError:
        return False
