"""From jobs to pages that lie in the output folder: run, held against the release file, shown, listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

from cfanalysis.batch.editions import INTERNAL
from cfanalysis.batch.finish import finish
from cfanalysis.batch.indexes import Shelf, write_authority_index, write_upper_indexes
from cfanalysis.batch.jobs import Job
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
    told: Callable[[Result], None] = lambda result: None,
) -> Outcome:
    """Make the pages of some jobs, and the indexes of the folders that they lie in.

    Nothing is seen of a page before it is finished: pages are made in a hidden folder inside the output, and those of an authority
    appear together, when its last notebook has been run and every figure has been held against the release file. What fails costs its
    own page, and leaves the one from before.

    engine: a name of ENGINES; the best that the platform has if none is named. told: of every notebook when it has been run.
    Raises RunError where the output folder cannot be written to.
    """
    clear_leftovers((job.release.parent for job in jobs if job.release and job.policy == INTERNAL), [output])
    with open_stage(output) as stage:
        done: dict[Path, Result] = {}
        refused: list[Failure] = []
        shelves: list[Shelf] = []
        indexes: list[Path] = []
        with closing(_authorities(jobs, stage, engine, workers, told)) as groups:
            for group in groups:
                results, beside = finish(group, stage)
                shelf, index, more = write_authority_index(results, stage)
                done |= {result.job.page: result for result in results}
                shelves.append(shelf)
                indexes.append(index)
                refused += [*beside, *more]
        upper, more = write_upper_indexes(shelves, stage)
    return Outcome(results=tuple(done[job.page] for job in jobs), refused=(*refused, *more), indexes=(*indexes, *upper))


def _authorities(
    jobs: Sequence[Job], stage: Stage, engine: str | None, workers: int, told: Callable[[Result], None]
) -> Generator[list[Result], None, None]:
    """The results of each authority, in the order of its jobs, as soon as its last notebook has been run."""
    staged = {stage.place_of(job.page): job for job in jobs}
    wanted = Counter(job.page.parent for job in jobs)
    groups: dict[Path, dict[Path, Result]] = defaultdict(dict)
    begun = [job.model_copy(update={"page": place}) for place, job in staged.items()]
    with closing(results_of(begun, engine=engine, workers=workers)) as results:
        for result in results:
            job = staged[result.job.page]
            folder = job.page.parent
            groups[folder][job.page] = result.model_copy(update={"job": job})
            told(groups[folder][job.page])
            if len(groups[folder]) == wanted[folder]:
                group = groups.pop(folder)
                yield [group[each.page] for each in jobs if each.page in group]
