"""The index pages of an output folder: one per authority, and one above them.

They list what lies there, whichever run made it: what is said of a page is read from the page itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cfanalysis.batch.editions import INTERNAL
from cfanalysis.batch.jobs import policy_folder
from cfanalysis.batch.origin import edition_of
from cfanalysis.batch.run import Result
from cfanalysis.page.about import PageAbout, read_about
from cfanalysis.params import NOTEBOOKS

NAME = "index.html"
NOT_MADE = "This page could not be made. Whoever made the others has the reason."
"""Why is told on the analyst's screen only: a reason may name files and folders."""
FROM_BEFORE = "It could not be made anew: this is the page from before."


@dataclass(frozen=True)
class Shelf:
    """The pages of one authority in an output folder, and the notebooks of this run that came to none."""

    folder: Path
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


def write_indexes(results: Sequence[Result], output: Path) -> list[Path]:
    """Write an index for every authority of a run, and one above them that lists the authorities whose pages lie there.

    A page that could not be made is named, so that a missing page is never overlooked; one from before is listed with its date.
    Returns the paths written, the ones above last.
    """
    folders = dict.fromkeys(policy_folder(output, result.job.policy) for result in results)
    lower, upper = [], []
    for folder in folders:
        mine = [result for result in results if policy_folder(output, result.job.policy) == folder]
        shelves, internal = _shelves(folder, mine), folder.name == INTERNAL
        made = {result.job.slug for result in mine}
        lower += [_write(each.folder, _of_pages(each), each.authority, [each], internal) for each in shelves if each.folder.name in made]
        upper.append(_write(folder, [_of_authority(each) for each in shelves], "Authorities", shelves, internal))
    return lower + upper


def _shelves(folder: Path, results: Sequence[Result]) -> list[Shelf]:
    """Every authority of whom there is something to say, by name."""
    slugs = {result.job.slug for result in results}
    if folder.is_dir():
        slugs |= {each.name for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")}
    found = [_shelf(folder / slug, [result for result in results if result.job.slug == slug]) for slug in slugs]
    return sorted((each for each in found if each.pages or each.failed), key=lambda each: (each.authority.casefold(), each.folder.name))


def _shelf(folder: Path, results: Sequence[Result]) -> Shelf:
    failed = {result.job.page.name: result.job.notebook for result in results if result.error}
    return Shelf(folder, dict(_pages(folder)), failed, results[0].job.authority if results else folder.name)


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


def _write(folder: Path, entries: list[dict[str, Any]], title: str, shelves: Sequence[Shelf], internal: bool) -> Path:
    from cfanalysis import page

    pages = [about for shelf in shelves for about in shelf.pages.values()]
    synthetic = bool(pages) and all(about.synthetic for about in pages)
    return Path(page.write_index(folder, entries, title=title, internal=internal, synthetic=synthetic))
