"""Which files of a folder are tables of the standard: told by the prefix of their fields, in CSV or Parquet, never by name alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.finding import TEXTS, folder_files, shown, stop_unless_plain
from cfanalysis.sources.ssd.specs import table_of_fields, table_of_name

PARQUET = ".parquet"
LARGEST = 1 << 30
"""Bytes of one file: the visits of a large authority over six years have a tenth of it."""

PEEKED = 1 << 16
"""Bytes looked at for the header."""

MARKS = ",;\t|"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class TableFile:
    """A file that is a table of the standard: its name, its header as it stands, and how its text is written."""

    path: Path
    table: str
    header: tuple[str, ...]
    mark: str = ","
    encoding: str = "utf-8"
    skip: int = 1
    """Lines up to and with the header."""

    @property
    def name(self) -> str:
        """The file's name for messages."""
        return shown(self.path)

    @property
    def parquet(self) -> bool:
        """Whether it is Parquet."""
        return self.path.suffix.lower() == PARQUET


def table_file(path: Path) -> TableFile | None:
    """A file as a table of the standard; None where its fields are of none.

    Raises SourceError where it cannot be opened, or is named after one table and holds another's fields.
    """
    stop_unless_plain(path)
    if path.stat().st_size > LARGEST:
        raise SourceError(
            at(
                f"found more than {LARGEST >> 30} GB, want one table of one authority",
                file=shown(path),
            )
        )
    found = _parquet(path) if path.suffix.lower() == PARQUET else _text(path)
    if found is None:
        return None
    named = table_of_name(path.stem)
    if named and named != found.table:
        raise SourceError(
            at(
                f"found the fields of {found.table}, want those of {named}; rename the file or export it again",
                file=shown(path),
            )
        )
    return found


def table_files(folder: Path) -> list[TableFile]:
    """The tables that lie in a folder (not in those inside it), by file name.

    Raises SourceError where one table is there twice.
    """
    each = [found for path in folder_files(folder, (PARQUET, *TEXTS)) if (found := table_file(path))]
    by_table: dict[str, TableFile] = {}
    for found in each:
        if found.table in by_table:
            names = f"{by_table[found.table].name} and {found.name}"
            raise SourceError(
                at(
                    f"found {found.table} twice: {names}, want one file a table; put extracts of other dates into folders",
                    file=shown(folder),
                )
            )
        by_table[found.table] = found
    return list(by_table.values())


def field_names(header: list[str]) -> tuple[str, ...]:
    """A header as field names: no spaces, brackets or quotes around them, small letters.

    >>> field_names([" [CONT_Contact_ID] ", '"cont_person_id"'])
    ('cont_contact_id', 'cont_person_id')
    """
    return tuple(name.strip().strip("[]\"'` \ufeff").lower() for name in header)


def _parquet(path: Path) -> TableFile | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = [str(name) for name in pq.read_schema(path).names]
    except (pa.ArrowException, OSError, ValueError):
        raise SourceError(at("the Parquet file is damaged or cut off; export it again", file=shown(path))) from None
    table = table_of_fields(list(field_names(names)))
    return TableFile(path, table, tuple(names)) if table else None


def _text(path: Path) -> TableFile | None:
    try:
        with path.open("rb") as file:
            start = file.read(PEEKED)
    except OSError as caught:
        raise SourceError(
            at(
                f"the file cannot be opened ({caught.strerror}); close it or ask for access",
                file=shown(path),
            )
        ) from None
    encoding = "utf-16" if start[:2] in _UTF16 else "utf-8"
    lines = start.decode("utf-16" if encoding == "utf-16" else "utf-8-sig", "replace").splitlines()
    blank = next((number for number, line in enumerate(lines) if line.strip(MARKS + ' "')), None)
    if blank is None:
        return None
    mark = max(MARKS, key=lines[blank].count)
    try:
        header = next(csv.reader([lines[blank]], delimiter=mark), [])
    except csv.Error:
        return None
    table = table_of_fields(list(field_names(header)))
    return TableFile(path, table, tuple(header), mark, encoding, blank + 1) if table else None
