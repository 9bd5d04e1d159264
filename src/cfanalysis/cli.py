"""The ``cfanalysis`` command.

Exit codes: 0 all is well; 1 something failed or a file has a problem that stops it; 2 the command or a parameters file is wrong.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cfanalysis.arguments import build_parser
from cfanalysis.foundation.errors import CfanalysisError, ParameterError
from cfanalysis.foundation.refused import why_refused
from cfanalysis.registers.templates import write_template

if TYPE_CHECKING:
    from cfanalysis.batch import Outcome
    from cfanalysis.batch.screen import Screen

OK, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors meant for an analyst are printed plainly, without a traceback."""
    parser = build_parser()
    parsed, options = parser.parse_known_args(arguments)
    if options and parsed.command != "lab":
        parser.error(f"unrecognised arguments: {' '.join(options)}")
    parsed.options = options
    _print_anything()
    try:
        with _stopped_by_sigterm():
            return WORK[parsed.command](parsed)
    except ParameterError as caught:
        print(f"cfanalysis: {caught}", file=sys.stderr)
        return WRONG
    except CfanalysisError as caught:
        print(f"cfanalysis: {caught}", file=sys.stderr)
        return FAILED
    except (OSError, ValueError, RecursionError, MemoryError) as caught:
        print(f"cfanalysis: {_plain_words(caught)}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("cfanalysis: stopped; pages already finished are whole, nothing half-written is left", file=sys.stderr)
        return FAILED


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Whoever ends the command (a scheduler, a closing session) stops it as Ctrl-C does: in order, workers included."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_anything() -> None:
    """A console that knows few characters shows a question mark for the rest; it must not stop the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _plain_words(caught: BaseException) -> str:
    """What the machine refused, as an analyst reads it: the file, what was wrong, what to do."""
    if isinstance(caught, MemoryError):
        return "there is not enough memory; close other programs, or give fewer files at once"
    if isinstance(caught, OSError):
        return why_refused(caught)
    # The text of such an error may quote the data: only its kind is told.
    return f"stopped with {type(caught).__name__}: a file or value that cannot be used; run cfanalysis check on each file"


def _check(parsed: argparse.Namespace) -> int:
    from cfanalysis import indicators, sources

    kinds = {name: each.kind for name, each in indicators.catalogue().items()}
    stopped = False
    if parsed.queue:
        print(
            f"{sources.write_queue(parsed.files, parsed.queue):,} lines written to {parsed.queue.as_posix()}: child-level, keep it private"
        )
    zips, parsed.files = _release_files(parsed.files)
    for path in zips:
        stopped |= not _check_release(path)
    for given in parsed.files:
        try:
            paths = _one_format_each(given)
        except CfanalysisError as caught:  # a folder that cannot be opened must not hide the other files
            print(f"{sources.shown(given)}: not recognised\n  CANNOT BE USED: {caught}")
            stopped = True
            continue
        for path in paths:
            checked = sources.check(path, kinds=kinds)
            print("\n".join(checked.lines()).encode("utf-8", "replace").decode("utf-8"))
            stopped |= not checked.ok
    return FAILED if stopped else OK


def _release_files(given: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Release files, and everything else that was given."""
    from cfanalysis.release.reading import looks_like_release

    zips = [path for path in given if looks_like_release(path)]
    return zips, [path for path in given if path not in zips]


def _check_release(path: Path) -> bool:
    """Say what a release file holds and prove it; False where it is not as it was written, or gives something away."""
    from cfanalysis.releasing.proving import check_file

    try:
        print(check_file(path))
    except CfanalysisError as caught:
        print(caught)
        return False
    return True


def _release(parsed: argparse.Namespace) -> int:
    from cfanalysis.releasing import desk as releases
    from cfanalysis.runs import read_runs

    runs, unread = read_runs(parsed.params)
    for each in unread:
        print(f"cfanalysis: {each.why}", file=sys.stderr, flush=True)
    options = releases.Options(without_missing=parsed.without_missing, pages_first=parsed.pages_are_first_edition)
    stopped = bool(unread)
    for run in runs:
        run = run.model_copy(update={"policy": parsed.policy}) if parsed.policy else run
        try:
            made = releases.release_authority(run, out=parsed.out, options=options)
        except CfanalysisError as caught:  # one authority must not keep the others from their files
            print(f"cfanalysis: {run.authority.name}: {caught}", file=sys.stderr, flush=True)
            stopped = True
            continue
        print(releases.describe_made(made), flush=True)
    return WRONG if stopped else OK


def _adopt(parsed: argparse.Namespace) -> int:
    from cfanalysis.params import Params, find, read_params
    from cfanalysis.release.reading import read_release
    from cfanalysis.store import adopt_release

    about = read_release(parsed.file).about
    if parsed.params is not None:
        params = read_params(parsed.params)
        if params.slug != about.slug:
            raise ParameterError(f"{params.file} is of {params.authority.name}, {parsed.file.name} of {about.authority}; want the same")
        store = params.resolve(params.editions)
    else:
        store = find(Path("params")).resolve() / str(Params.model_fields["editions"].default)
    place = adopt_release(parsed.file, store, parsed.out)
    print(f"{place.as_posix()} is on the list of files released: the next edition of {about.authority} is made with it in mind")
    return OK


def _one_format_each(path: Path) -> list[Path]:
    """A folder that holds several formats is checked thing by thing; anything else as it is."""
    from cfanalysis import sources

    if not path.is_dir():
        return [path]
    extracts = sources.extract_paths(path) if _reads_as_extracts(path) else []
    if len(extracts) > 1:
        return extracts
    inner = [each for each in sources.folder_entries(path) if each.name != "README.md"]
    if any(each.is_dir() for each in inner):
        return inner
    try:
        sources.identify(path)
    except CfanalysisError:
        return inner or [path]
    return [path]


def _reads_as_extracts(path: Path) -> bool:
    from cfanalysis import sources

    try:
        return all(each.is_dir() or sources.identify(each) == "annex_a" for each in sources.extract_paths(path))
    except CfanalysisError:
        return False


def _run(parsed: argparse.Namespace) -> int:
    from cfanalysis import batch
    from cfanalysis.batch.screen import Screen

    if parsed.workers < 1:
        raise ParameterError(f"--workers: found {parsed.workers}, want 1 or more")
    shard, shards = parsed.shard
    selection = batch.Selection(only=tuple(parsed.only), shard=shard, shards=shards)
    begun, screen = time.monotonic(), Screen(sys.stderr if parsed.json else sys.stdout)
    editions = batch.make_editions(
        parsed.params, output=parsed.out, policy=parsed.policy, workers=parsed.workers, selection=selection,
        told=screen.tell_edition,
        options={"without_missing": parsed.without_missing, "pages_first": parsed.pages_are_first_edition},
    )  # fmt: skip
    jobs = batch.plan(
        editions, output=parsed.out, start=parsed.params[0].resolve().parent, notebooks=parsed.notebook, selection=selection,
        show_code=parsed.show_code, interactive=not parsed.static,
    )  # fmt: skip
    screen.say(f"{_many(len({job.slug for job in jobs}), 'authority', 'authorities')}, {_many(len(jobs), 'page', 'pages')}")
    with screen.counting(len(jobs)):
        outcome = batch.make_pages(
            jobs, output=parsed.out, engine=parsed.engine, workers=parsed.workers, force=parsed.force, told=screen.tell_page
        )
    _sum_up(outcome, screen)
    if parsed.json:
        print(json.dumps(batch.summary(editions, outcome, time.monotonic() - begun), indent=1))
    return FAILED if batch.failures(editions, outcome) else OK


def _sum_up(outcome: Outcome, screen: Screen) -> None:
    """Say what was made. An authority without a release file was named when that could not be made."""
    from cfanalysis import batch

    where = f"; open {outcome.indexes[-1].as_posix()}" if outcome.indexes else ""
    made, unchanged, failed = outcome.counts
    left = f"{unchanged} unchanged, " if unchanged else ""
    screen.say(f"{_many(made, 'page', 'pages')} made, {left}{failed} failed{where}")
    for failure in batch.failures([], outcome):
        screen.say(f"  {' '.join(filter(None, (failure.authority, failure.what)))}: {failure.why}")


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _lab(parsed: argparse.Namespace) -> int:
    from cfanalysis.batch.jobs import find_notebooks

    folder = find_notebooks(Path.cwd())
    command = [
        sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder.parent}",
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly", "--LabApp.default_url=/lab/tree/notebooks/01_overview.ipynb", *parsed.options,
    ]  # fmt: skip
    os.execv(sys.executable, command)  # noqa: S606  (the interpreter that runs this, with a fixed list of arguments)
    return OK


def _sample(parsed: argparse.Namespace) -> int:
    from cfanalysis import sample

    seed = {} if parsed.seed is None else {"seed": parsed.seed}
    write = {"annex_a": sample.write, "census": sample.write_census, "ssd": sample.write_ssd}[parsed.format]
    paths = write(parsed.out, **seed)
    print(f"{len(paths)} synthetic files written to {parsed.out.as_posix()}; no real child is in them")
    return OK


def _new_register(parsed: argparse.Namespace) -> int:

    write_template(parsed.kind, parsed.path)
    print(f"{parsed.path.as_posix()} written; fill it in and name it under registers in the parameters file")
    return OK


WORK: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check, "release": _release, "adopt": _adopt, "run": _run, "batch": _run, "lab": _lab, "sample": _sample,
    "new_register": _new_register,
}  # fmt: skip
"""What does each command."""

if __name__ == "__main__":
    sys.exit(main())
