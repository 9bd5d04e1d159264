"""Something dear, made once for all workers of a run of the tests: the first that asks makes it, the others wait for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

LONGEST_SECONDS = 600
"""How long a worker waits for another that makes something."""


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder ``name`` of this run of the tests, as ``make`` left it. It is shared: nobody may change what it holds.

    What could not be made is made anew by the next that asks, who then fails for himself.
    """
    top = factory.getbasetemp()
    shared = (top.parent if "PYTEST_XDIST_WORKER" in os.environ else top) / "made-once"
    shared.mkdir(exist_ok=True)
    folder, lock = shared / name, shared / f"{name}.making"
    until = time.monotonic() + LONGEST_SECONDS
    while not folder.exists():
        try:
            lock.mkdir()
        except FileExistsError:
            if time.monotonic() > until:
                pytest.fail(f"waited {LONGEST_SECONDS} s for another worker to make {name}", pytrace=False)
            time.sleep(0.1)
            continue
        try:
            _make(folder, make)
        finally:
            lock.rmdir()
    return folder


def _make(folder: Path, make: Callable[[Path], object]) -> None:
    """Whole or not at all."""
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.{os.getpid()}.{time.monotonic_ns()}")
        part.mkdir()
        make(part)
        part.rename(folder)
