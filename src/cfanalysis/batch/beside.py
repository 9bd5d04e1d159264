"""Work done in a process beside this one, so that this one stays fit to be forked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cfanalysis.batch.workers import Worker
from cfanalysis.foundation.errors import RunError

_held: list[Worker] = []
"""The process beside this one; it is made once, for what it has loaded is loaded slowly."""


def start_beside() -> None:
    """Have a process ready, forked from this one as it is now."""
    if not _held:
        _held.append(Worker(_call, start="fork"))


def call_beside(work: Callable[..., Any], *given: Any) -> Any:
    """What ``work`` gives, called beside. It must not raise.

    Raises RunError where the process was killed; the next call has a new one.
    """
    start_beside()
    worker = _held[0]
    worker.ask((work, given))
    answer = worker.answer()
    if worker.is_lost:
        _held.clear()
        worker.end()
        raise RunError("the process that draws the page was killed; close other programs, run it again")
    return answer


def _call(asked: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
    work, given = asked
    return work(*given)
