"""Private folders and files: readable by their owner only, written whole or not at all, never among the outputs."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path

from cfanalysis.errors import RunError

DAMAGED = ".damaged"
"""What is added to the name of a file that could not be used."""

PART = ".part"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What a private file or folder grants nobody: any right of the group or of everyone else."""

HAS_MODES = sys.platform != "win32"
"""On Windows a file's rights are those of its folder: the user's own."""

_log = logging.getLogger("cfanalysis")


def keep_apart(store: Path | str, outputs: Path | str) -> None:
    """Stop where the private store lies among the outputs, or the outputs in it.

    Raises RunError, before anything is written.
    """
    private, public = Path(store).resolve(), Path(outputs).resolve()
    if private == public or private in public.parents or public in private.parents:
        raise RunError(
            f"the private store ({store}) holds counts with nothing hidden and what was read of children's records; "
            f"want it outside the outputs ({outputs}): change editions in the parameters file, or --out"
        )


def private_folder(store: Path, folder: Path) -> Path:
    """A folder inside the store, made where it is not there: for its owner only, out of version control.

    Raises OSError where it cannot be made so.
    """
    inner = reversed([above for above in folder.parents if store in above.parents])
    for each in dict.fromkeys((store, *inner, folder)):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        if HAS_MODES and each.stat().st_mode & OTHERS:
            each.chmod(0o700)
    ignore = store / ".gitignore"
    if not ignore.exists():
        write_private(ignore, b"*\n")
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only.

    Raises OSError where it cannot be written, or the disk does not keep it from others.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")  # several runs may write at once
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        if not is_private(part):
            raise OSError(f"{path.name} would be readable by others on this disk")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def is_private(path: Path) -> bool:
    """Whether a file is its owner's alone."""
    return not (HAS_MODES and path.stat().st_mode & OTHERS)


def set_aside(path: Path, why: str) -> Path | None:
    """Rename a file of the store that cannot be used and say so; None where that cannot be done either.

    What it held is made anew: a damaged file of the store costs no page.
    """
    aside = path.with_name(f"{path.name}{DAMAGED}")
    try:
        path.replace(aside)
    except OSError:
        _log.warning("the private store's file %s is %s; it is left out", path.name, why)
        return None
    _log.warning("the private store's file %s is %s; set aside as %s and made anew", path.name, why, aside.name)
    return aside
