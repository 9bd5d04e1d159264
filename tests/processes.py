"""Processes as /proc shows them, for tests of what is left running."""

from __future__ import annotations

import time
from pathlib import Path


def is_gone(process: int, seconds: float = 5.0) -> bool:
    """Whether a process has ended, or does within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _state(process) in ("", "Z"):
            return True
        time.sleep(0.05)
    return False


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def descendants(process: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    try:
        begun = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [each for child in map(int, begun) for each in (child, *descendants(child))]


def wait_for(folder: Path, pattern: str, many: int = 1, seconds: float = 90.0) -> list[Path]:
    """Files that something is about to write, when there are so many of them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [path for path in folder.glob(pattern) if path.stat().st_size]
        if len(found) >= many:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{pattern} was not written")
