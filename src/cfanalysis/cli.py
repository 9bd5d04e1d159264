"""The ``cfanalysis`` command.

Exit codes: 0 all is well; 1 something failed or a file has a problem that stops it; 2 the command or a parameters file is wrong.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cfanalysis import __version__
from cfanalysis.errors import CfanalysisError, ParameterError

if TYPE_CHECKING:
    from cfanalysis.batch import Result
    from cfanalysis.params import Params

OK, FAILED, WRONG = 0, 1, 2

_TEACH = """\
first steps:
  cfanalysis sample                     write five synthetic authorities to data/sample
  cfanalysis batch params/sample.yml    make their pages in outputs/
  cfanalysis lab                        open the notebooks in JupyterLab

your own data:
  cfanalysis check data/raw/*.xlsx      what is in these files, and what is wrong with them
  cfanalysis run params/mine.yml        one page per notebook, and an index

exit codes: 0 all is well, 1 something failed, 2 the command or a parameters file is wrong
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors meant for an analyst are printed plainly, without a traceback."""
    parser = _parser()
    parsed, options = parser.parse_known_args(arguments)
    if options and parsed.work is not _lab:
        parser.error(f"unrecognised arguments: {' '.join(options)}")
    parsed.options = options
    _print_anything()
    try:
        return int(parsed.work(parsed))
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


def _print_anything() -> None:
    """A console that knows few characters shows a question mark for the rest; it must not stop the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _plain_words(caught: BaseException) -> str:
    """What the machine refused, as an analyst reads it: the file, what was wrong, what to do."""
    if isinstance(caught, MemoryError):
        return "there is not enough memory; close other programs, or give fewer files at once"
    if not isinstance(caught, OSError):
        # The text of such an error may quote the data: only its kind is told.
        return f"stopped with {type(caught).__name__}: a file or value that cannot be used; run cfanalysis check on each file"
    file = Path(str(caught.filename)).name.encode("utf-8", "replace").decode("utf-8") if caught.filename else "a file"
    told = {
        errno.ENOSPC: "the disk is full; make room, or give another folder with --out",
        errno.EDQUOT: "the disk is full (your share of it is used up); make room, or give another folder with --out",
        errno.EACCES: "access is refused; close it in Excel, or ask for access",
        errno.EPERM: "access is refused; ask for access",
        errno.EROFS: "the folder cannot be written to; give another one with --out",
        errno.ENOENT: "there is no such file or folder; check the path",
        errno.EEXIST: "there is a file of that name where a folder is wanted; give another one with --out",
        errno.ENOTDIR: "there is a file where a folder is wanted; check the path",
        errno.EISDIR: "this is a folder, want a file; check the path",
        errno.ENAMETOOLONG: "the path is too long; give a shorter one",
        errno.ELOOP: "a link that leads back to itself; give the file itself",
    }
    return f"{file}: {told.get(caught.errno or 0, caught.strerror or 'it cannot be used; check the path')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cfanalysis",
        description="An analytical workbook for children's services in English local authorities.",
        epilog=_TEACH,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cfanalysis {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _check_command(commands)
    _adopt_command(commands)
    _run_command(commands, "run", "make the pages of one authority from its parameters file", "PARAMS", "params/mine.yml")
    _run_command(commands, "batch", "make the pages of every authority that a batch file lists", "BATCH", "params/sample.yml")
    lab = commands.add_parser(
        "lab",
        help="open JupyterLab on the notebooks, offline",
        description="Open JupyterLab on the notebooks, offline.",
        epilog="Other options are passed on to JupyterLab, for example --no-browser.",
    )
    lab.set_defaults(work=_lab)
    sample = commands.add_parser("sample", help="write five synthetic authorities", description="Write five synthetic authorities.")
    sample.add_argument("--out", type=Path, default=Path("data/sample"), help="folder to write to (data/sample)")
    sample.add_argument("--seed", type=int, default=None, help="another seed makes other children with the same events")
    sample.add_argument(
        "--format",
        choices=("annex_a", "census", "ssd"),
        default="annex_a",
        help="annex_a with monthly figures (default), census XML, or ssd (Standard Safeguarding Dataset, CSV)",
    )
    sample.set_defaults(work=_sample)
    _register_command(commands)
    return parser


def _check_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        help="say what files hold and every problem found in them",
        description="Say what each file or folder is, its lists, rows and months, and every problem found; of a release file, "
        "what it holds and every text in it. Nothing is written.",
        epilog="The messages may quote the data: they are for your own screen.",
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file or folder; several may be given")
    check.add_argument(
        "--queue",
        type=Path,
        metavar="FILE",
        help="write, for census files, each child and line to look at by rule (child-level: keep it private)",
    )
    check.set_defaults(work=_check)


def _adopt_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    adopt = commands.add_parser(
        "adopt",
        help="take a release file made elsewhere as released from here",
        description="Check a release file, put it with the others of its authority, and list it: the next edition is made with it in mind.",
        epilog="cfanalysis adopt camden_2024-03_dfe_1.zip --params params/camden.yml",
    )
    adopt.add_argument("file", type=Path, metavar="FILE.zip", help="a release file")
    adopt.add_argument("--params", type=Path, default=None, help="the authority's parameters, where its private store lies elsewhere")
    adopt.add_argument("--out", type=Path, default=Path("outputs"), help="folder of the pages (outputs)")
    adopt.set_defaults(work=_adopt)


def _run_command(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, metavar: str, example: str) -> None:
    run = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}, and an index.", epilog=f"cfanalysis {name} {example}"
    )
    run.add_argument("params", type=Path, metavar=metavar, help=f"for example {example}")
    run.add_argument("--out", type=Path, default=Path("outputs"), help="folder to write to (outputs)")
    run.add_argument("--policy", choices=("dfe", "open", "strict", "internal"), help="disclosure policy, instead of the one in the file")
    run.add_argument("--notebook", action="append", default=[], metavar="NAME", help="only this notebook; may be given again")
    run.add_argument("--workers", type=int, default=max(1, min(4, os.cpu_count() or 1)), help="pages made at once (%(default)s)")
    run.add_argument("--static", action="store_true", help="leave out the interactive charts: smaller pages")
    run.add_argument("--show-code", action="store_true", help="show the code of each cell, for analysts")
    run.set_defaults(work=_run)


def _register_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    register = commands.add_parser(
        "register", help="start a register of what was said and done", description="Write a register to fill in."
    )
    actions = register.add_subparsers(title="actions", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="write a template", description="Write a template with one example entry.")
    new.add_argument("kind", choices=("projections", "events", "actions", "commentary"))
    new.add_argument("path", type=Path, help="for example params/registers/mine/projections.yml")
    new.set_defaults(work=_new_register)


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
    """Say what a release file holds; False where it is not as it was written."""
    from cfanalysis.release.checking import check_release

    try:
        print(check_release(path))
    except CfanalysisError as caught:
        print(caught)
        return False
    return True


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


def _known_indicators(runs: Sequence[Params]) -> None:
    """Raises ParameterError for an indicator that is not in the catalogue: once, before anything is run."""
    from cfanalysis import indicators

    for run in runs:
        unknown = [name for name in (run.indicators if run.indicators != "all" else ()) if name not in indicators.catalogue()]
        if unknown:
            raise ParameterError(f"{run.file}: indicators: found {unknown[0]!r}, want names of docs/indicators.md, such as referrals")


def _run(parsed: argparse.Namespace) -> int:
    from cfanalysis import batch
    from cfanalysis.params import read_batch

    if parsed.workers < 1:
        raise ParameterError(f"--workers: found {parsed.workers}, want 1 or more")
    runs = read_batch(parsed.params)
    _known_indicators(runs)
    jobs = batch.plan(
        runs, output=parsed.out, policy=parsed.policy, notebooks=parsed.notebook, show_code=parsed.show_code, interactive=not parsed.static
    )
    number = 0

    def tell(result: batch.Result) -> None:
        nonlocal number
        number += 1
        said = f"failed: {result.error}" if result.error else "done"
        print(f"[{number}/{len(jobs)}] {result.job.slug} {result.job.notebook}: {said} ({result.seconds:.1f} s)", flush=True)

    print(f"{len(runs)} authorities, {len(jobs)} pages, {min(parsed.workers, len(jobs))} at once", flush=True)
    results = batch.together(batch.run_jobs(jobs, workers=parsed.workers, told=tell))
    return _sum_up(results, batch.write_indexes(results, parsed.out))


def _sum_up(results: Sequence[Result], indexes: Sequence[Path]) -> int:
    failed = Counter(result.error for result in results if result.error)
    print(f"{len(results) - failed.total()} pages made, {failed.total()} failed; open {indexes[-1].as_posix()}")
    for error, count in failed.most_common():
        print(f"  {count} x {error}")
    return FAILED if failed else OK


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
    from cfanalysis import registers

    registers.write_template(parsed.kind, parsed.path)
    print(f"{parsed.path.as_posix()} written; fill it in and name it under registers in the parameters file")
    return OK


if __name__ == "__main__":
    sys.exit(main())
