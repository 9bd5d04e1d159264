"""The list of files released: what has gone out of an authority, so that the next edition is made with all of it in mind.

It lies in the private store (``<store>/<slug>/released.json``). A file that is listed and gone, or there and not listed, stops a run: an
edition made without it could give away what it hid.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.files import make_private_folder, refuse_among_outputs, set_aside, write_new, write_whole
from cfanalysis.release.layout import hash_of
from cfanalysis.release.naming import ReleaseName, list_releases, next_number, read_name, release_folder
from cfanalysis.release.reading import read_packed, read_release

LIST = "released.json"
FORMAT = 1

WITHOUT_MISSING = "--without-missing"
PAGES_FIRST = "--pages-are-first-edition"
"""Options of the command that go on where a run would stop."""

NO_FIGURES = ("index.html", "accessibility.html")
"""Pages beside the others that show no figure."""


@dataclass(frozen=True)
class Listed:
    """A file that was released: its name, its hash, the policy it was made under, and what it was made from."""

    name: str
    sha256: str
    policy: str
    source: str = ""
    """A digest of everything it was made from; blank where that is not known (a file made elsewhere)."""


def read_listed(store: Path, slug: str) -> tuple[Listed, ...]:
    """The files of an authority that were released, in the order in which they were made.

    A list that is damaged is set aside and counts as empty: the files themselves are then found as not listed, and named.
    """
    path = store / slug / LIST
    if not path.is_file():
        return ()
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        form = written["format"]
        listed = [_listed(each) for each in written["files"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        set_aside(path)
        return ()
    if form != FORMAT:
        raise RunError(f"{LIST} in the private store of {slug} has the form {form}, this version reads {FORMAT}: update cfanalysis")
    return tuple(sorted(listed, key=_order))


def _listed(written: Mapping[str, Any]) -> Listed:
    """Raises KeyError where something is not there."""
    return Listed(str(written["name"]), str(written["sha256"]), str(written["policy"]), str(written.get("source", "")))


def record_release(store: Path, path: Path, *, source: str | None = None) -> Listed:
    """List a file that was released; the same file again changes nothing but what it is known to be made from.

    source: a digest of everything it was made from (``made_from``). Raises RunError where its name is listed for another file.
    """
    data = path.read_bytes()
    about = read_packed(data, file=path.name).about
    listed = read_listed(store, about.slug)
    same = next((each for each in listed if each.name == path.name), None)
    if same and same.sha256 != hash_of(data):
        raise RunError(f"{path.name} was released before with other contents; put the file that was sent back in its place")
    new = Listed(path.name, hash_of(data), about.policy.name, source or (same.source if same else ""))
    if new != same:
        _write_list(store, about.slug, [*(each for each in listed if each != same), new])
    return new


def made_from(store: Path, path: Path) -> str:
    """The digest of everything that a listed file was made from; blank where that is not known."""
    name = read_name(path.name)
    listed = read_listed(store, name.slug) if name else ()
    return next((each.source for each in listed if each.name == path.name), "")


def earlier_releases(store: Path, folder: Path, slug: str, *, without_missing: bool = False) -> tuple[Path, ...]:
    """The release files of an authority that a new edition must have in mind, in the order in which they were made.

    folder: where they lie. Raises RunError where one that is listed is missing or was changed, or one that is there is not listed, naming
    what to do.
    """
    listed, there = read_listed(store, slug), list_releases(folder, slug)
    _stop_at_missing([each for each in listed if each.name not in {path.name for path in there}], folder, without_missing)
    hashes = {each.name: each.sha256 for each in listed}
    unlisted = [path for path in there if path.name not in hashes]
    if unlisted:
        raise RunError(
            f"{_named([path.name for path in unlisted])} in {folder.name}/ is not on the list of files released from here. "
            f"Where it was released: cfanalysis adopt {unlisted[0].as_posix()}; else move it out of the folder"
        )
    changed = [path.name for path in there if hash_of(path.read_bytes()) != hashes[path.name]]
    if changed:
        raise RunError(
            f"{_named(changed)} in {folder.name}/ is not the file that was released: it was changed since. Put the one sent back"
        )
    return there


def _stop_at_missing(missing: Sequence[Listed], folder: Path, without_missing: bool) -> None:
    if missing and not without_missing:
        raise RunError(
            f"{_named([each.name for each in missing])} was released and is not in {folder.name}/: without it, what it hid could be given "
            f"away. Where you have a copy: cfanalysis adopt {missing[0].name}; where it is lost: the same command with {WITHOUT_MISSING}"
        )


def adopt_release(path: Path, store: Path, outputs: Path) -> Path:
    """Take a release file that was made elsewhere, or is not on the list, as released: checked, put in its place, and listed.

    Returns where it is now. A file whose name is taken by another gets the next number. Raises ReleaseError for a file that is none.
    """
    refuse_among_outputs(store, outputs)
    about = read_release(path).about
    if about.policy.name == "internal":
        raise RunError(f"{path.name} hides nothing (policy internal): it was never released and stays out of the released files")
    data, folder, listed = path.read_bytes(), release_folder(outputs, about.slug), read_listed(store, about.slug)
    digest = hash_of(data)
    known = next((each.name for each in listed if each.sha256 == digest), None)
    place = folder / (known or _free_name(path, folder, about.slug, listed, ReleaseName.of(about)))
    folder.mkdir(parents=True, exist_ok=True)
    write_new(place, data)
    record_release(store, place)
    return place


def _free_name(path: Path, folder: Path, slug: str, listed: Sequence[Listed], own: ReleaseName) -> str:
    """The file's own name where it is the name of this release and free, else that of the release, else one with the next number."""
    said = read_name(path.name)
    fits = said is not None and (said.slug, said.as_at, said.policy) == (own.slug, own.as_at, own.policy)
    name = path.name if fits else str(own)
    taken = {each.name for each in listed} | {
        each.name for each in list_releases(folder, slug) if each.read_bytes() != path.read_bytes()
    }  # fmt: skip
    if name not in taken:
        return name
    return str(ReleaseName(own.slug, own.as_at, own.policy, next_number(folder, slug, taken)))


def first_edition_pages(store: Path, outputs: Path, slug: str) -> tuple[Path, ...]:
    """Pages of an authority that were made before there were release files: pages there, and no release file there or listed."""
    folder = release_folder(outputs, slug)
    if read_listed(store, slug) or list_releases(folder, slug):
        return ()
    return tuple(sorted(path for path in folder.glob("*.html") if path.name not in NO_FIGURES))


def refuse_first_pages(store: Path, outputs: Path, slug: str) -> None:
    """Raises RunError where pages of version 0.1.0 lie in the output folder, naming what to do."""
    pages = first_edition_pages(store, outputs, slug)
    if pages:
        raise RunError(
            f"released/{slug} holds {len(pages)} pages from before there were release files, such as {pages[0].name}; a release file "
            f"beside them could give away what they hid. Where they were shown to anyone: the same command with {PAGES_FIRST}, which "
            "takes them as the first edition; where not: move them away"
        )


def _write_list(store: Path, slug: str, listed: Sequence[Listed]) -> None:
    folder = make_private_folder(store, store / slug)
    written = {"format": FORMAT, "files": [asdict(each) for each in sorted(listed, key=_order)]}
    write_whole(folder / LIST, json.dumps(written, indent=1) + "\n", private=True)


def _order(listed: Listed) -> tuple[int, str]:
    name = read_name(listed.name)
    return (name.number if name else 0, listed.name)


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} (and {len(names) - 1} more)"
