"""Census files of one or many years and authorities in a folder: which are read for one authority, and which are left."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.reference import authorities
from cfanalysis.sources.annex_a.reading import Extract
from cfanalysis.sources.cin_census.lines import LineProblem
from cfanalysis.sources.cin_census.parsing import read_tables
from cfanalysis.sources.cin_census.reading import extract_of
from cfanalysis.sources.cin_census.year import census_year


def read_cin_census(path: str | Path, *, authority: str = "", as_at: date | None = None) -> tuple[Extract, ...]:
    """Read a census file, or every one of an authority in a folder (a year sent twice: the newer one by the header's DateTime).

    ``authority``: a name of reference/authorities.csv; files of another authority's LEA number are left out. Without it, or where
    the name is not a real authority's, the files must all be of one LEA. ``as_at``: for one file, the last day of its year.
    Raises SourceError where a file cannot be read, none is the authority's, or it is not clear which are.
    """
    path = Path(path)
    files = census_files(path)
    if as_at and len(files) > 1:
        raise SourceError(at(f"as_at is for one census file; the folder holds {len(files)}, name each by itself", file=path.name))
    own = _codes(authority)
    newest: dict[object, tuple[tuple[str, str], Extract, int]] = {}
    seen: dict[str, str] = {}
    for file in files:
        census = read_tables(file)
        lea = census.header.get("LEA", "")
        if own and lea not in own:
            seen.setdefault(lea, file.name)
            continue
        _one_authority(path, seen, lea, file, bound=bool(own))
        rank = (census.header.get("DateTime", ""), census.header.get("SerialNo", ""))
        extract, before = extract_of(census, file, as_at=as_at), newest.get(census_year(census, as_at)[0])
        kept = (rank, extract, 0) if before is None or rank >= before[0] else before
        newest[census_year(census, as_at)[0]] = (kept[0], kept[1], before[2] + 1 if before else 0)
    if not newest:
        found = ", ".join(f"{lea or 'no LEA'} ({name})" for lea, name in list(seen.items())[:5])
        raise SourceError(at(f"found census files of {found}, want LEA {' or '.join(sorted(own))} of {authority}", file=path.name))
    return tuple(_told(extract, left) for _, extract, left in newest.values())


def census_files(path: Path) -> list[Path]:
    """The census files of a path: itself, or every XML file of a folder and of the folders in it.

    Raises SourceError for a folder that has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".xml" and file.is_file() and not file.name.startswith("."))
    if not found:
        raise SourceError(at("the folder holds no XML file, want census files as sent to DfE", file=path.name))
    return found


def _codes(authority: str) -> frozenset[str]:
    return frozenset(row["old_code"] for row in authorities() if authority and row["name"] == authority)


def _one_authority(path: Path, seen: dict[str, str], lea: str, file: Path, *, bound: bool) -> None:
    seen.setdefault(lea, file.name)
    if not bound and len(seen) > 1:
        found = ", ".join(f"{code or 'none'} ({name})" for code, name in seen.items())
        wanted = "one authority's; give each its own folder, or name the authority as DfE does"
        raise SourceError(at(f"found census files of several LEA numbers: {found}, want {wanted}", file=path.name))


def _told(extract: Extract, left: int) -> Extract:
    if not left:
        return extract
    found = f"{left + 1} files of the same year"
    said = LineProblem(Path(extract.file).name, "", None, "DateTime", found, "one; the newest was taken", "kept", "year_sent_twice", left)
    return Extract(**{**vars(extract), "problems": (*extract.problems, said)})
