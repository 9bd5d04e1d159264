"""What pages are made from: a release file for every authority, made now from its own files or given.

This is the only part of a run that reads an authority's own files. What comes after it sees the release file and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cfanalysis.batch.edition import Edition, named_double, one_for_each_page, pages_of, unknown
from cfanalysis.batch.runners import RUNNERS
from cfanalysis.batch.selection import EVERYTHING, Selection
from cfanalysis.foundation.errors import CfanalysisError, ParameterError
from cfanalysis.foundation.policy import policies
from cfanalysis.foundation.refused import why_refused
from cfanalysis.params import NOTEBOOKS, RELEASE_FILE, Params, find
from cfanalysis.release.naming import read_name
from cfanalysis.release.reading import read_release
from cfanalysis.runs import Unread, read_runs

Options = dict[str, Any]


def make_editions(
    given: Path | str | Sequence[Path | str],
    *,
    output: Path,
    policy: str | None = None,
    options: Options | None = None,
    workers: int = 1,
    selection: Selection = EVERYTHING,
    told: Callable[[Edition], None] = lambda edition: None,
) -> list[Edition]:
    """The editions that paths stand for: parameters files, files that list several, release files, or folders of release files.

    Of a folder the newest file of every authority and policy counts. policy: another than the parameters' own. A file that cannot be
    used, and an authority whose release cannot be made, cost their own edition only. selection: which authorities are wanted; nothing is
    made for the others. Raises ParameterError where no path stands for anything, or nobody has a name that is selected.
    """
    files, written, unread = _sorted_out([given] if isinstance(given, str | Path) else given)
    if files and policy is not None:
        raise ParameterError(f"--policy: {files[0].name} was released under a policy already; want the parameters file for another")
    runs, wrong = read_runs(written)
    unread += wrong
    if unread and not files and not runs:
        raise ParameterError("\n".join(each.why for each in unread))
    of_files = one_for_each_page([_of_file(each) for each in files])
    fit, double = _without_double(runs, of_files, policy)
    wanted = selection.authorities([*(each.slug for each in of_files if each.slug), *(run.slug for run in fit)])
    editions = [unknown(each) for each in (*unread, *double)] + [each for each in of_files if not each.slug or each.slug in wanted]
    for edition in editions:
        told(edition)
    return editions + _released([run for run in fit if run.slug in wanted], output, policy, options or {}, workers, told)


def _sorted_out(given: Sequence[Path | str]) -> tuple[list[Path], list[Path], list[Unread]]:
    """Release files, everything else, and folders that hold no release file."""
    files, written, unread = [], [], []
    for path in map(find, given):
        found = _release_files(path)
        files += found
        if not found and path.is_dir():
            why = "holds no release file; want files such as camden_2024-03_dfe_1.zip, or a parameters file"
            unread.append(Unread(f"{path.name}/", f"{path.name}/ {why}"))
        elif not found:
            written.append(path)
    return files, written, unread


def _without_double(runs: Sequence[Params], editions: Sequence[Edition], policy: str | None) -> tuple[list[Params], list[Unread]]:
    """Parameters files whose pages are made from no release file that is given as well; and those whose are."""
    known = {pages_of(each): each for each in editions if each.slug}
    of_runs = [(run, known.get(pages_of(_without(run, policy, "")))) for run in runs]
    double = [named_double(run.file, run.authority.name, other) for run, other in of_runs if other]
    return [run for run, other in of_runs if other is None], double


def _released(
    runs: Sequence[Params],
    output: Path,
    policy: str | None,
    options: Options,
    workers: int,
    told: Callable[[Edition], None],
) -> list[Edition]:
    """The editions of parameters files, each made from the authority's own files, in their order."""
    runner = RUNNERS["processes" if workers > 1 and len(runs) > 1 else "serial"]
    made: dict[str, Edition] = {}
    work = partial(_made, output=output, policy=policy, options=options)
    for edition in runner(work, list(runs), workers=workers, lost=partial(_lost, policy=policy)):
        told(edition)
        made[edition.slug] = edition
    return [made[run.slug] for run in runs]


def _release_files(path: Path) -> list[Path]:
    if path.is_dir():
        return newest_of_each(path.rglob(f"*{RELEASE_FILE}"))
    return [path] if path.suffix.lower() == RELEASE_FILE else []


def newest_of_each(files: Iterable[Path]) -> list[Path]:
    """Of release files the newest of every authority and policy, by the number in their names.

    >>> newest_of_each([Path("a_2024-03_dfe_1.zip"), Path("a_2024-04_dfe_2.zip"), Path("b_2024-03_dfe_1.zip")])[0].name
    'a_2024-04_dfe_2.zip'
    """
    newest: dict[tuple[str, str], tuple[int, Path]] = {}
    for path in sorted(files):
        name = read_name(path.name)
        if name is not None:
            key = (name.slug, name.policy)
            newest[key] = max(newest.get(key, (0, path)), (name.number, path), key=lambda held: held[0])
    return [newest[key][1] for key in sorted(newest)]


def _of_file(path: Path) -> Edition:
    try:
        return _edition(path)
    except CfanalysisError as caught:
        named = read_name(path.name)
        slug = named.slug if named else path.stem
        return Edition(authority=slug, slug=slug, policy=named.policy if named else "", error=str(caught))


def _edition(path: Path, told: str = "") -> Edition:
    about = read_release(path).about
    own = None if about.policy.name in policies() else about.policy.model_dump()
    return Edition(
        authority=about.authority, slug=about.slug, policy=about.policy.name, own_policy=own, synthetic=about.synthetic,
        notebooks=about.notebooks or NOTEBOOKS, release=path.resolve(), told=told,
    )  # fmt: skip


def _lost(run: Params, policy: str | None) -> Edition:
    why = "its process was killed, perhaps for want of memory; close other programs or give fewer --workers, and run it again"
    return _without(run, policy, why)


def _made(run: Params, *, output: Path, policy: str | None, options: Options) -> Edition:
    """The edition of one authority, made from its own files. Never raises: whatever goes wrong is a sentence in it."""
    from cfanalysis.releasing.desk import Options as Asked
    from cfanalysis.releasing.desk import describe_made, release_authority

    params = run if policy is None else run.model_copy(update={"policy": policy})
    try:
        made = release_authority(params, out=output, options=Asked(**options))
        return _edition(made.path, describe_made(made))
    except CfanalysisError as caught:
        error = str(caught)
    except OSError as caught:
        error = why_refused(caught)
    except Exception as caught:  # the text of a foreign error may quote the data: only its kind is told
        error = f"stopped with {type(caught).__name__}; open the parameters file in JupyterLab to see why"
    return _without(run, policy, error)


def _without(run: Params, policy: str | None, why: str) -> Edition:
    """The edition of an authority that has no release file."""
    own = run.policy if isinstance(run.policy, str) else run.policy.name
    return Edition(
        authority=run.authority.name, slug=run.slug, policy=policy or own, synthetic=run.synthetic, notebooks=run.notebooks, error=why
    )
