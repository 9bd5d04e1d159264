"""Files written whole or not at all, and those that only their owner may read: in one place, for every room that writes.

A file appears under its name only when it is finished, so that a run that is killed leaves nothing half-written to be read as whole.
"""

from __future__ import annotations

import gzip
import itertools
import os
import stat
import sys
from pathlib import Path

from cfanalysis.foundation.errors import RunError

PRIVATE_FILE, PRIVATE_FOLDER, SHARED_FILE = 0o600, 0o700, 0o644

PART = ".part"
"""The end of the name of a file that is being written; one that is found later was left by a run that was killed."""

_numbers = itertools.count()


def write_whole(path: Path, data: bytes | str, *, private: bool = False) -> Path:
    """Write a file whole or not at all, over one of the same name; ``private`` files are readable by their owner only."""
    part = _write_part(path, data, PRIVATE_FILE if private else SHARED_FILE)
    part.replace(path)
    return path


def write_new(path: Path, data: bytes, *, private: bool = False) -> Path:
    """Write a file whole that was not there; one that is there is never overwritten.

    The same bytes under the same name are the same file, and nothing is done. Raises RunError where other bytes are there.
    """
    if not path.exists():
        part = _write_part(path, data, PRIVATE_FILE if private else SHARED_FILE)
        try:
            _give_name(part, path)
        except FileExistsError:  # another run was quicker
            pass
        finally:
            part.unlink(missing_ok=True)
    if path.read_bytes() != data:
        raise RunError(f"{path.name} is there already and holds something else; it is not overwritten. Move it away, or use another name")
    return path


def make_private_folder(store: Path, folder: Path) -> Path:
    """A folder inside a private store, made where it is not there: its owner's only, and the store kept out of version control."""
    for each in (store, *reversed([above for above in folder.parents if store in above.parents]), folder):
        each.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if not is_private(each):
            each.chmod(PRIVATE_FOLDER)
    ignore = store / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def refuse_among_outputs(store: Path, outputs: Path) -> None:
    """Raises RunError where a private store lies among the outputs, or the outputs in it."""
    one, other = store.resolve(), outputs.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise RunError(
            f"the private store ({store}) lies among the outputs ({outputs}), or they in it: it holds counts with nothing "
            "hidden, they are passed on. Change editions in the parameters file, or write to another folder (--out)"
        )


def is_private(path: Path) -> bool:
    """Whether a file is its owner's alone; on Windows its rights are those of the folder, and taken to be so."""
    return sys.platform == "win32" or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def compress(text: str) -> bytes:
    """Text as gzip: the same bytes for the same text, whenever it is made.

    >>> compress("x") == compress("x")
    True
    """
    return gzip.compress(text.encode(), mtime=0)


def set_aside(path: Path) -> Path:
    """A damaged file under another name beside it, so that it can be looked at and another made."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in itertools.count(1))
    free = next(name for name in names if not name.exists())
    path.replace(free)
    return free


def _write_part(path: Path, data: bytes | str, mode: int) -> Path:
    """The file beside its place, under a name of its own: several runs may write at once."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{next(_numbers)}{PART}")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _give_name(part: Path, path: Path) -> None:
    """Raises FileExistsError where the name is taken."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a drive without links: a shared folder, a memory stick
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        part.replace(path)
