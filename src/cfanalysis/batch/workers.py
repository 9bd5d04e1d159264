"""A process that does one thing after another for the one that started it, and ends with it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from cfanalysis.batch.orphans import end_with_parent
from cfanalysis.batch.warm import ONE_THREAD

PATIENCE = 2.0
"""Seconds that a process is given to end by itself."""


class Worker:
    """A fresh process with nothing in it but ``work``, which it does for every item it is asked.

    ``item`` is what it is at, ``last`` what it was asked last; ``signs`` are what to wait on.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        begin: Callable[[], None] | None = None,
        start: str = "spawn",
    ) -> None:
        context: Any = get_context(start)
        self._mine, theirs = context.Pipe()
        not_theirs = self._mine if start == "fork" else None
        asked = (theirs, not_theirs, work, begin, os.getpid())
        # what is forked ends with this process; a fresh one has children of its own
        self._process = context.Process(target=_serve, args=asked, daemon=start == "fork")
        with _set(ONE_THREAD):
            self._process.start()
        theirs.close()
        self.item: Any = None
        self.last: Any = None
        self.is_lost = False

    @property
    def signs(self) -> tuple[Any, ...]:
        """Ready when there is an answer, or when the process is gone."""
        return (self._mine, self._process.sentinel)

    def ask(self, item: Any) -> None:
        """Give it something to do."""
        self.item = self.last = item
        try:
            self._mine.send(item)
        except OSError:  # it is gone; the answer will say so
            self.is_lost = True

    def answer(self) -> Any:
        """Wait for what came of it; ``is_lost`` where the process ended first."""
        self.item = None
        try:
            return self._mine.recv()
        except (EOFError, OSError):
            self.is_lost = True
            return None

    def end(self) -> None:
        """End it, at once if it is at something."""
        self._mine.close()
        if self.item is not None or self.is_lost:
            self._process.kill()
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def _set(environment: Mapping[str, str]) -> Iterator[None]:
    """Variables of the environment for a process that is started now, which has to find them."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def _serve(
    asked: Connection,
    not_mine: Connection | None,
    work: Callable[[Any], Any],
    begin: Callable[[], None] | None,
    parent: int,
) -> None:
    """The life of a worker."""
    end_with_parent(parent)
    if not_mine is not None:
        not_mine.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if begin is not None:
        begin()
    while True:
        try:
            item = asked.recv()
        except EOFError:
            sys.exit(0)
        asked.send(work(item))
