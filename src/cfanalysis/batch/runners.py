"""Where jobs run: one after the other, or several at once in worker processes. One failure never touches another job."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from typing import TypeVar

from cfanalysis.batch.workers import Worker

Item = TypeVar("Item")
Done = TypeVar("Done")
Runner = Callable[..., Iterator[Done]]


def serial(work: Callable[[Item], Done], items: Sequence[Item], workers: int = 1, **_: object) -> Iterator[Done]:
    """One after the other, in this process."""
    yield from map(work, items)


def processes(
    work: Callable[[Item], Done],
    items: Sequence[Item],
    workers: int = 2,
    *,
    lost: Callable[[Item], Done],
    alike: Callable[[Item], Hashable] = id,
    begin: Callable[[], None] | None = None,
) -> Iterator[Done]:
    """Several at once, as each is finished, in fresh processes: the same on every platform.

    lost: what comes of an item whose worker was killed; another worker takes its place.
    alike: a worker goes on with what is like its last item, for it may hold what both need.
    begin: what a worker does before anything else.
    """
    waiting = list(items)
    hired = [Worker(work, begin) for _ in range(min(workers, len(waiting)))]
    try:
        for worker in hired:
            worker.ask(_take(waiting, hired, worker, alike))
        while busy := [worker for worker in hired if worker.item is not None]:
            ready = wait([each for worker in busy for each in worker.signs])
            for place, worker in enumerate(hired):
                if worker.item is None or not set(worker.signs) & set(ready):
                    continue
                item = worker.item
                answer = worker.answer()
                if worker.is_lost:
                    worker.end()
                    answer = lost(item)
                    worker = hired[place] = Worker(work, begin) if waiting else worker
                if waiting:
                    worker.ask(_take(waiting, hired, worker, alike))
                yield answer
    finally:
        for worker in hired:
            worker.end()


def _take(waiting: list[Item], hired: Sequence[Worker], worker: Worker, alike: Callable[[Item], Hashable]) -> Item:
    """The next item for a worker: like its last, else like nobody's, else the first."""
    mine = None if worker.last is None else alike(worker.last)
    others = {alike(each.last) for each in hired if each.last is not None}
    found = next((item for item in waiting if alike(item) == mine), None)
    if found is None:
        found = next((item for item in waiting if alike(item) not in others), waiting[0])
    waiting.remove(found)
    return found


RUNNERS: Mapping[str, Runner] = {"serial": serial, "processes": processes}
