"""This program as it is: what a thing was made by, where that is to be known again."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import distributions
from importlib.resources import files
from pathlib import Path


@cache
def program_digest() -> str:
    """A digest of this program's own files of every kind, of Python, and of the version of every library that is installed."""
    libraries = sorted({f"{each.name} {each.version}" for each in distributions()})
    digest = hashlib.sha256("\n".join([platform.python_version(), *libraries]).encode())
    top = Path(str(files("cfanalysis")))
    for path in sorted(each for each in top.rglob("*") if each.is_file() and each.suffix != ".pyc"):
        digest.update(path.relative_to(top).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
