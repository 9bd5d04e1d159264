"""What is to be done: one job is one authority's one notebook, frozen and fit for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from cfanalysis.batch.edition import INTERNAL, Edition
from cfanalysis.batch.selection import EVERYTHING, Selection
from cfanalysis.foundation.errors import RunError
from cfanalysis.params import NOTEBOOKS

NOTEBOOK_FOLDER = "notebooks"


class Job(BaseModel):
    """One notebook for one authority: the release file it is made from, and the page it becomes. Paths are absolute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    slug: str
    notebook: str
    notebook_path: Path
    release: Path | None
    page: Path
    policy: str
    own_policy: dict[str, Any] | None = None
    synthetic: bool
    show_code: bool = False
    interactive: bool = True
    error: str = ""
    """Why there is no release file to make it from."""


def notebook_file(name: str) -> str:
    """The file of a notebook: numbered in reading order.

    >>> notebook_file("overview")
    '01_overview.ipynb'
    """
    return f"{NOTEBOOKS.index(name) + 1:02d}_{name}.ipynb"


def find_notebooks(start: Path) -> Path:
    """The folder of notebooks, here or further up.

    Raises RunError where there is none.
    """
    for folder in (start, *start.parents, Path.cwd(), *Path.cwd().parents):
        if (folder / NOTEBOOK_FOLDER / notebook_file("overview")).exists():
            return folder / NOTEBOOK_FOLDER
    raise RunError(f"there is no folder {NOTEBOOK_FOLDER}/ here or further up; run this inside a clone of the project")


def plan(
    editions: Sequence[Edition],
    *,
    output: Path,
    start: Path,
    notebooks: Sequence[str] = (),
    selection: Selection = EVERYTHING,
    show_code: bool = False,
    interactive: bool = True,
) -> list[Job]:
    """The jobs of a run, authority by authority, in reading order. start: where the folder of notebooks is looked for, and further up.

    selection: which of them are wanted.
    Raises RunError for a notebook that is not there, before anything is written.
    """
    selection.refuse_unknown_notebooks(notebooks)
    folder = find_notebooks(start)
    jobs = []
    for edition in (each for each in editions if each.slug):
        for notebook in (each for each in dict.fromkeys(notebooks or edition.notebooks) if selection.takes(edition.slug, each)):
            path = folder / notebook_file(notebook) if notebook in NOTEBOOKS else folder / notebook
            if not path.exists():
                raise RunError(f"there is no notebook {notebook!r}; want one of {', '.join(NOTEBOOKS)}")
            jobs.append(
                Job(
                    authority=edition.authority,
                    slug=edition.slug,
                    notebook=notebook,
                    notebook_path=path,
                    release=edition.release,
                    page=page_path(output, edition.slug, notebook, edition.policy),
                    policy=edition.policy,
                    own_policy=edition.own_policy,
                    synthetic=edition.synthetic,
                    show_code=show_code,
                    interactive=interactive,
                    error=edition.error,
                )
            )
    return jobs


def policy_folder(output: Path, policy: str) -> Path:
    """Where pages of a policy go: internal pages never share a folder with released ones.

    >>> policy_folder(Path("outputs"), "internal").as_posix(), policy_folder(Path("outputs"), "dfe").as_posix()
    ('outputs/internal', 'outputs/released')
    """
    return output / (INTERNAL if policy == INTERNAL else "released")


def page_path(output: Path, slug: str, notebook: str, policy: str) -> Path:
    """The file of one page; an internal one says so in its name.

    Raises RunError for a path that would leave the output folder.
    """
    mark = "-INTERNAL" if policy == INTERNAL else ""
    folder = policy_folder(output, policy)
    page = folder / slug / f"{notebook}{mark}.html"
    if not page.resolve().is_relative_to(folder.resolve()):
        raise RunError(f"the page of {notebook!r} would be written outside {output.name}/; want a plain name")
    return page
