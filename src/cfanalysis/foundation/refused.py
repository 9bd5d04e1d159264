"""What the machine refused (a full disk, a file open in Excel), as an analyst reads it."""

from __future__ import annotations

import errno
from pathlib import Path

_ELSEWHERE = "make room, or give another folder with --out"

_WHY = {
    errno.ENOSPC: f"the disk is full; {_ELSEWHERE}",
    errno.EDQUOT: f"the disk is full (your share of it is used up); {_ELSEWHERE}",
    errno.EFBIG: f"the file is larger than may be written there; {_ELSEWHERE}",
    errno.EACCES: "access is refused; close it in Excel, or ask for access",
    errno.EPERM: "access is refused; ask for access",
    errno.EROFS: "the folder cannot be written to; give another one with --out",
    errno.ENOENT: "there is no such file or folder; check the path",
    errno.EEXIST: "there is a file of that name where a folder is wanted; give another one with --out",
    errno.ENOTDIR: "there is a file where a folder is wanted; check the path",
    errno.EISDIR: "this is a folder, want a file; check the path",
    errno.ENAMETOOLONG: "the path is too long; give a shorter one",
    errno.ELOOP: "a link that leads back to itself; give the file itself",
}


def why_refused(caught: OSError) -> str:
    """The file, where one that a person knows is named, what was wrong, and what to do.

    >>> why_refused(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full; make room, or give another folder with --out'
    >>> why_refused(PermissionError(errno.EACCES, "Permission denied", "outputs/released/x/tables.xlsx"))
    'tables.xlsx: access is refused; close it in Excel, or ask for access'
    """
    why = _WHY.get(caught.errno or 0, caught.strerror or "a file cannot be used; check the path")
    name = Path(str(caught.filename or "")).name.encode("utf-8", "replace").decode("utf-8")
    return why if not name or name.startswith(".") else f"{name}: {why}"
