"""Where jobs run: one after the other, or several at once in worker processes. One failure never touches another job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Done = TypeVar("Done")
Runner = Callable[[Callable[[Item], Done], Sequence[Item], int], Iterator[Done]]


def serial(work: Callable[[Item], Done], items: Sequence[Item], workers: int = 1) -> Iterator[Done]:
    """One after the other, in this process."""
    yield from map(work, items)


def processes(work: Callable[[Item], Done], items: Sequence[Item], workers: int = 2) -> Iterator[Done]:
    """Several at once, as each is finished. Fresh processes, not forks, so that it is the same on every platform."""
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, item) for item in items]):
            yield future.result()


RUNNERS: Mapping[str, Runner] = {"serial": serial, "processes": processes}
