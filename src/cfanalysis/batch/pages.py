"""From jobs to pages that lie in the output folder: run, held against the release file, shown, listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfanalysis.batch.edition import INTERNAL
from cfanalysis.batch.finish import finish
from cfanalysis.batch.indexes import Shelf, write_authority_index, write_upper_indexes
from cfanalysis.batch.jobs import Job
from cfanalysis.batch.kept import key_of, standing
from cfanalysis.batch.outcome import Failure, Outcome
from cfanalysis.batch.run import Result, results_of
from cfanalysis.batch.stage import Stage, open_stage
from cfanalysis.foundation.scratch import clear_leftovers


def make_pages(
    jobs: Sequence[Job],
    *,
    output: Path,
    engine: str | None = None,
    workers: int = 1,
    force: bool = False,
    told: Callable[[Result], None] = lambda result: None,
) -> Outcome:
    """Make the pages of some jobs, and the indexes of the folders that they lie in.

    Nothing is seen of a page before it is finished: pages are made in a hidden folder inside the output, and those of an authority
    appear together, when its last notebook has been run and every figure has been held against the release file. What fails costs its
    own page, and leaves the one from before. A page that lies there and was made from the same (release file, notebook, options, this
    program and its libraries) is left as it is; ``force`` makes all anew.

    engine: a name of ENGINES; the best that the platform has if none is named. told: of every notebook when it has been run.
    Raises RunError where the output folder cannot be written to.
    """
    clear_leftovers((job.release.parent for job in jobs if job.release and job.policy == INTERNAL), [output])
    with open_stage(output) as stage:
        keys = {job.page: key_of(job) for job in jobs}
        stand = {} if force else {job.page: found for job in jobs if (found := standing(job, keys[job.page]))}
        with closing(_results(jobs, stand, stage, told, engine=engine, workers=workers)) as ended:
            shown = [_show(group, stage, keys) for group in _authorities(jobs, ended)]
        upper, refused = write_upper_indexes([each.shelf for each in shown], stage)
    done = {result.job.page: result for each in shown for result in each.results}
    return Outcome(
        results=tuple(done[job.page] for job in jobs),
        refused=(*(failure for each in shown for failure in each.refused), *refused),
        indexes=(*(each.index for each in shown), *upper),
    )


@dataclass(frozen=True)
class _Shown:
    """What came of one authority."""

    results: Sequence[Result]
    shelf: Shelf
    index: Path
    refused: Sequence[Failure]


def _show(group: Sequence[Result], stage: Stage, keys: Mapping[Path, str]) -> _Shown:
    """Show the finished pages of an authority, and list them."""
    results, beside = finish(group, stage, keys)
    shelf, index, refused = write_authority_index(results, stage)
    return _Shown(results, shelf, index, [*beside, *refused])


def _authorities(jobs: Sequence[Job], results: Iterator[Result]) -> Iterator[list[Result]]:
    """The results of each authority, in the order of its jobs, as soon as its last notebook has been run."""
    wanted = Counter(page.parent for page in {job.page for job in jobs})
    groups: dict[Path, dict[Path, Result]] = defaultdict(dict)
    for result in results:
        folder = result.job.page.parent
        groups[folder][result.job.page] = result
        if len(groups[folder]) == wanted[folder]:
            group = groups.pop(folder)
            yield [group[page] for page in dict.fromkeys(job.page for job in jobs) if page in group]


def _results(
    jobs: Sequence[Job],
    stand: Mapping[Path, Result],
    stage: Stage,
    told: Callable[[Result], None],
    **how: Any,
) -> Generator[Result, None, None]:
    """The result of every job, those that stand first; the others are made on the stage."""
    for result in stand.values():
        told(result)
        yield result
    staged = {stage.place_of(job.page): job for job in jobs if job.page not in stand}
    begun = [job.model_copy(update={"page": place}) for place, job in staged.items()]
    with closing(results_of(begun, **how)) as results:
        for each in results:
            result = each.model_copy(update={"job": staged[each.job.page]})
            told(result)
            yield result
