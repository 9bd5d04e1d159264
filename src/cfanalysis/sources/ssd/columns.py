"""The fields of one table: stand-ins read as blank, every record once, and what is not there said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.annex_a.reading import MOST_USABLE
from cfanalysis.sources.cells import PLACEHOLDERS, as_text, distinct
from cfanalysis.sources.problems import Place, Problem
from cfanalysis.sources.ssd.files import TableFile, field_names
from cfanalysis.sources.ssd.parquet import parquet_columns, parquet_rows
from cfanalysis.sources.ssd.specs import needed_fields, table_specs
from cfanalysis.sources.ssd.texts import count_lines, text_columns

STAND_INS = ("placeholder_data", "placeholder", "ssd_placeholder", "ssd_ph", "[placeholder]")
"""What an extract writes where its system holds no such field."""

NO_DATES = ("1900-01-01", "9999-12-31", "1753-01-01", "01/01/1900")
"""What it writes in a date field for the same; dates like these in a field of others are blanks too."""


@dataclass(frozen=True)
class SsdTable:
    """One table: its fields by name (object values, blank where not there) and where they stand.

    ``rows_read`` counts the rows of the file, ``lost`` those that had too many or too few cells.
    ``absent`` are fields that the file has not, or holds nothing but stand-ins for.
    """

    name: str
    cells: pd.DataFrame
    place: Place
    rows_read: int
    lost: int
    absent: frozenset[str]


def read_table(file: TableFile) -> tuple[SsdTable, list[Problem]]:
    """The fields of a table that events are made from.

    Raises SourceError where the file cannot be read.
    """
    spec = table_specs()[file.table]
    names = field_names(list(file.header))
    if twice := sorted({name for name in names if name in spec.fields and names.count(name) > 1}):
        found = "found the field twice, want it once; delete or rename the other"
        raise SourceError(at(found, file=file.name, column=twice[0]))
    places = {name: names.index(name) for name in spec.fields if name in names}
    read = parquet_columns(file, places) if file.parquet else text_columns(file, places)
    blank = np.full(len(read.rows), "", dtype=object)
    cells = pd.DataFrame({name: read.columns.get(name, blank) for name in spec.fields})
    place = Place(file.name, "", file.table, read.rows)
    absent = {name for name in spec.fields if name not in places}
    cells, said, stood_in = _without_stand_ins(cells, place, spec.key)
    cells, place, again = _once(cells, place, spec.key)
    every = frozenset(absent | stood_in)
    table = SsdTable(file.table, cells, place, len(read.rows) + read.lost, read.lost, every)
    return table, [*read.problems, *_missing(file, set(places)), *said, *again, *_mostly_shifted(table)]


def count_rows(file: TableFile) -> int:
    """Rows of a table that is not read any further."""
    return parquet_rows(file) if file.parquet else max(0, count_lines(file) - file.skip)


def _mostly_shifted(table: SsdTable) -> list[Problem]:
    """A problem that stops the reading, where most rows have another number of cells than the header."""
    if table.lost <= MOST_USABLE * table.rows_read:
        return []
    found = f"{table.lost:,} of {table.rows_read:,} rows that cannot be used, for more or fewer cells than fields"
    wanted = "as many cells as fields; export the table again"
    return [table.place.problem("", "mostly_unusable", found, wanted, "stopped")]


def _missing(file: TableFile, there: set[str]) -> list[Problem]:
    """Fields that are not there: without some of them the table says nothing that can be relied on."""
    stop = "; add it, or leave the table out: its figures are then shown as not available"
    problems = []
    for name, needed in needed_fields(file.table).items():
        if name not in there:
            wanted = f"a field {name}{stop if needed == 'stop' else '; what needs it is shown as not available'}"
            action = "stopped" if needed == "stop" else "kept"
            problems.append(
                Problem(file.name, "", None, name, "no such field", wanted, action, "missing_column", list=file.table)  # type: ignore[arg-type]
            )
    return problems


def _without_stand_ins(cells: pd.DataFrame, place: Place, key: str) -> tuple[pd.DataFrame, list[Problem], set[str]]:
    """Stand-ins read as blank; fields that hold nothing else are not available."""
    problems, absent = [], set()
    for name in cells.columns:
        codes, values = distinct(cells[name])
        if name == key and len(values) == len(cells):  # nothing stands in for keys that all differ
            continue
        if not any(isinstance(value, str) and _may_stand_in(value) for value in values):
            continue
        texts = [as_text(value).lower() for value in values]
        stands_in = np.array([text in STAND_INS for text in texts], dtype=bool)
        no_date = np.array([text[:10] in NO_DATES for text in texts], dtype=bool)
        nothing = np.array([text in PLACEHOLDERS for text in texts], dtype=bool)
        if (stands_in | no_date | nothing).all():
            absent.add(name)
            found = "nothing but stand-ins (like PLACEHOLDER_DATA)"
            wanted = "values; what needs it is shown as not available"
            problems.append(place.problem(name, "placeholder_column", found, wanted, "kept"))
            cells = cells.assign(**{name: np.full(len(cells), "", dtype=object)})
        elif stands_in.any():
            found, wanted = "a stand-in (like PLACEHOLDER_DATA)", "an empty cell where nothing is known (read as blank)"
            where = stands_in[codes]
            problems.append(place.problem(name, "placeholder", found, wanted, "coerced", where))
            cells = cells.assign(**{name: cells[name].mask(where, "")})
    return cells, problems, absent


def _may_stand_in(text: str) -> bool:
    return text[:10] in NO_DATES or ("p" in text[:5].lower() and text.strip().lower() in STAND_INS)


def _once(cells: pd.DataFrame, place: Place, key: str) -> tuple[pd.DataFrame, Place, list[Problem]]:
    """Each record once: a key that comes again is a record written twice, the first is kept."""
    again = (cells[key].duplicated() & (cells[key] != "")).to_numpy()
    if not again.any():
        return cells, place, []
    wanted = "every record once (the first was kept)"
    problem = place.problem(key, "duplicate_row", "the same key again", wanted, "dropped", again)
    kept = Place(place.file, place.sheet, place.label, place.rows[~again])
    return cells[~again].reset_index(drop=True), kept, [problem]
