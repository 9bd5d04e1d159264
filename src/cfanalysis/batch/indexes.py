"""The index pages of an output folder: one per authority, and one above them.

They list what lies there, whichever run made it: what is said of a page is read from the page itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cfanalysis.batch.edition import INTERNAL
from cfanalysis.batch.origin import edition_of
from cfanalysis.batch.outcome import Failure
from cfanalysis.batch.run import Result, told_plainly
from cfanalysis.batch.stage import Stage
from cfanalysis.page.about import PageAbout, read_about
from cfanalysis.page.index import index_page
from cfanalysis.page.shell import STATEMENT, accessibility_page
from cfanalysis.params import NOTEBOOKS

NAME = "index.html"
NOT_MADE = "This page could not be made. Whoever made the others has the reason."
"""Why is told on the analyst's screen only: a reason may name files and folders."""
FROM_BEFORE = "It could not be made anew: this is the page from before."


@dataclass(frozen=True)
class Shelf:
    """The pages of one authority in an output folder, and the notebooks of this run that came to none."""

    folder: Path
    internal: bool
    pages: Mapping[str, PageAbout]
    """By the name of the file, in reading order."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """By the name of the file that there would be, the notebook."""
    otherwise: str = ""
    """What the authority is called, where no page says it."""

    @property
    def authority(self) -> str:
        return next((about.authority for about in self.pages.values()), self.otherwise)

    @cached_property
    def editions(self) -> Mapping[str, int | None]:
        """The number of the edition of each page, where it can be known."""
        return {name: edition_of(self.folder / name, about) for name, about in self.pages.items()}


def write_authority_index(results: Sequence[Result], stage: Stage) -> tuple[Shelf, Path, list[Failure]]:
    """Write the index of an authority: its pages that lie there, and those that the notebooks of this run did not come to.

    A page that could not be made is named, so that a missing page is never overlooked; one from before is listed with its date.
    Gives also what could not be written.
    """
    job = results[0].job
    shelf = _shelf(job.page.parent, job.policy == INTERNAL, results)
    path, refused = _write(shelf.folder, _of_pages(shelf), shelf.authority, [shelf], stage)
    return shelf, path, refused


def write_upper_indexes(shelves: Sequence[Shelf], stage: Stage) -> tuple[list[Path], list[Failure]]:
    """Write the indexes above: of every authority whose pages lie there, those of this run being known already."""
    paths, refused = [], []
    for folder in dict.fromkeys(shelf.folder.parent for shelf in shelves):
        found = _shelves(folder, [shelf for shelf in shelves if shelf.folder.parent == folder])
        path, more = _write(folder, [_of_authority(each) for each in found], "Authorities", found, stage)
        paths.append(path)
        refused += more
    return paths, refused


def _shelves(folder: Path, known: Sequence[Shelf]) -> list[Shelf]:
    """Every authority of whom there is something to say, by name."""
    mine = {shelf.folder for shelf in known}
    others = [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")] if folder.is_dir() else []
    found = [*known, *(_shelf(each, known[0].internal, ()) for each in others if each not in mine)]
    return sorted((each for each in found if each.pages or each.failed), key=lambda each: (each.authority.casefold(), each.folder.name))


def _shelf(folder: Path, internal: bool, results: Sequence[Result]) -> Shelf:
    failed = {result.job.page.name: result.job.notebook for result in results if result.error}
    return Shelf(folder, internal, dict(_pages(folder)), failed, results[0].job.authority if results else folder.name)


def _pages(folder: Path) -> Iterator[tuple[str, PageAbout]]:
    """The pages in a folder, in reading order; others by their names after them. A file that is no page of ours is none."""
    paths = [path for path in folder.glob("*.html") if not path.name.startswith(".")] if folder.is_dir() else []
    for path in sorted(paths, key=lambda path: (_place(path), path.name)):
        about = read_about(path)
        if about is not None:
            yield path.name, about


def _place(path: Path) -> int:
    notebook = path.stem.removesuffix("-INTERNAL")
    return NOTEBOOKS.index(notebook) if notebook in NOTEBOOKS else len(NOTEBOOKS)


def _of_pages(shelf: Shelf, above: str = "") -> list[dict[str, Any]]:
    """An entry for every page of an authority, there or not."""
    there = [
        {"title": about.title, "path": f"{above}{name}", "note": _note(about, shelf.editions[name], name in shelf.failed)}
        for name, about in shelf.pages.items()
    ]
    absent = [notebook for name, notebook in shelf.failed.items() if name not in shelf.pages]
    return there + [{"title": name.replace("_", " ").capitalize(), "note": NOT_MADE} for name in absent]


def _note(about: PageAbout, edition: int | None, from_before: bool) -> str:
    told = [f"Data to {about.data_to}" if about.data_to else "", f"edition {edition}" if edition else ""]
    sentences = [", ".join(filter(None, told)), about.rules, "Synthetic" if about.synthetic else ""]
    return " ".join([*(f"{each}." for each in sentences if each), *([FROM_BEFORE] if from_before else [])])


def _of_authority(shelf: Shelf) -> dict[str, Any]:
    notes = list(dict.fromkeys(_note(about, shelf.editions[name], from_before=False) for name, about in shelf.pages.items()))
    failed = f"{len(shelf.failed)} of its pages could not be made." if shelf.failed else ""
    slug = shelf.folder.name
    return {
        "title": shelf.authority, "path": f"{slug}/{NAME}", "note": " ".join([*notes, failed]).strip(),
        "pages": _of_pages(shelf, above=f"{slug}/"),
    }  # fmt: skip


def _write(folder: Path, entries: list[dict[str, Any]], title: str, shelves: Sequence[Shelf], stage: Stage) -> tuple[Path, list[Failure]]:
    """An index and the accessibility statement beside it."""
    path, statement = folder / NAME, folder / STATEMENT
    _, error = told_plainly(_make, (path, statement), entries, title, shelves, stage)
    refused = {path: error} if error else stage.show([path, statement])
    return path, [Failure(authority=title, what=each.name, why=why) for each, why in refused.items()]


def _make(paths: tuple[Path, Path], entries: list[dict[str, Any]], title: str, shelves: Sequence[Shelf], stage: Stage) -> None:
    pages = [about for shelf in shelves for about in shelf.pages.values()]
    synthetic = bool(pages) and all(about.synthetic for about in pages)
    index, statement = paths
    stage.write(index, index_page(index.parent, entries, title=title, internal=shelves[0].internal, synthetic=synthetic))
    stage.write(statement, accessibility_page())
