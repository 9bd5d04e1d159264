"""Folders of the standard: one extract, several dates of one authority, or several authorities side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.reference import authorities
from cfanalysis.sources.annex_a.reading import Extract
from cfanalysis.sources.cells import plain
from cfanalysis.sources.finding import folder_entries, shown
from cfanalysis.sources.ids import FEW
from cfanalysis.sources.ssd.files import TableFile, table_file, table_files
from cfanalysis.sources.ssd.reading import extract_of

DEEPEST = 3
"""Folders inside a folder that are looked into: authority, year, tables."""

_NOT_A_NAME = re.compile(r"ssd|extract|synthetic|council|[\d_.\- ]+", re.IGNORECASE)


def read_ssd(
    path: str | Path,
    *,
    authority: str = "",
    as_at: date | None = None,
    window_months: int | None = None,
) -> tuple[Extract, ...]:
    """Read the Standard Safeguarding Dataset: a folder of its tables as CSV or Parquet, a folder of such folders, or one table.

    ``authority``: where folders are named after authorities, only its own are read. ``as_at``: the day it was drawn; without it the
    date in the folder's name, else the latest date in the tables. ``window_months``: how far back it is complete; without it six
    years, or less where its rows show that it begins later.

    Raises SourceError where a file cannot be read, or it is not clear whose or of when the extracts are.
    """
    path = Path(path)
    found = ssd_folders(path)
    if not found:
        wanted = "files like ssd_contacts.csv with the fields of the standard (cont_contact_id, cont_person_id, ...)"
        raise SourceError(
            at(
                f"found no table of the Standard Safeguarding Dataset, want {wanted}",
                file=shown(path),
            )
        )
    own = _own(path, list(found), authority)
    if as_at and len(own) > 1:
        raise SourceError(
            at(
                f"as_at is for one extract; the folder holds {len(own)}, name each by itself",
                file=shown(path),
            )
        )
    extracts = tuple(extract_of(found[folder], folder, as_at=as_at, months=window_months) for folder in own)
    _one_authority(extracts, path)
    return extracts


def ssd_folders(path: Path) -> dict[Path, list[TableFile]]:
    """The folders, at a path and inside it, that hold tables of the standard, with their files; a single table is by itself.

    Raises SourceError where a folder cannot be looked into, or a table is there twice.
    """
    if not path.is_dir():
        one = table_file(path)
        return {path: [one]} if one else {}
    found: dict[Path, list[TableFile]] = {}
    _look(path, found, 0)
    return found


def _look(folder: Path, found: dict[Path, list[TableFile]], depth: int) -> None:
    if files := table_files(folder):
        found[folder] = files
    if depth < DEEPEST:
        for inside in folder_entries(folder):
            if inside.is_dir() and not inside.is_symlink():
                _look(inside, found, depth + 1)


def _named(top: Path, folder: Path) -> str:
    """The authority that a folder, or one it lies in, is named after; blank where none is."""
    known = {plain(row["name"]): row["name"] for row in authorities()}
    parts = [top.name, *folder.relative_to(top).parts] if folder != top else [top.name]
    named = [known[word] for part in parts if (word := plain(_NOT_A_NAME.sub(" ", part))) in known]
    return named[-1] if named else ""


def _own(path: Path, folders: Sequence[Path], authority: str) -> list[Path]:
    """The folders of one authority."""
    if not path.is_dir():
        return list(folders)
    names = {folder: _named(path, folder) for folder in folders}
    mine = {plain(authority)} - {""}
    for folder in folders:  # one that is none of DfE's names: a test, or a made-up authority
        if not names[folder] and any(plain(part) in mine for part in folder.relative_to(path).parts):
            names[folder] = authority
    told = {name for name in names.values() if name}
    if not told:
        return list(folders)
    if authority in told:
        return [folder for folder in folders if names[folder] == authority]
    if len(told) > 1 or (authority and authority in {row["name"] for row in authorities()}):
        wanted = f"one of {authority}" if authority else "one authority's; give each its own folder, or name the authority as DfE does"
        raise SourceError(at(f"found extracts of {', '.join(sorted(told))}, want {wanted}", file=shown(path)))
    return list(folders)


def _one_authority(extracts: Sequence[Extract], path: Path) -> None:
    """Raises SourceError for extracts that cannot be of one authority: no child in common, or two of one day."""
    children = [set(extract.events["child_id"].unique()) for extract in extracts]
    for (one, theirs), (other, others) in combinations(zip(extracts, children, strict=True), 2):
        names = f"{Path(one.file).name} and {Path(other.file).name}"
        if one.as_at == other.as_at:
            wanted = "extracts of different days; leave one out, or date the folders (like ssd_2024-03-31)"
            raise SourceError(
                at(
                    f"found two extracts as at {one.as_at:%d/%m/%Y}: {names}, want {wanted}",
                    file=shown(path),
                )
            )
        if min(len(theirs), len(others)) >= FEW and not theirs & others:
            wanted = "extracts of one authority, with the same ids; give each authority its own folder"
            raise SourceError(at(f"found no child of one in the other: {names}, want {wanted}", file=shown(path)))
