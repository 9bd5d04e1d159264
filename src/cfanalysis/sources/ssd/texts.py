"""The fields of a table from CSV, read by column: the number of every row, rows of another width, and quotes that were never closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.problems import ROWS_NAMED, Problem
from cfanalysis.sources.ssd.files import TableFile

MOST_ROWS = 20_000_000
"""Rows of one table: ten times the visits of the largest authority."""

BLOCK = 1 << 23
_MARKS = {"\t": "tabs", ";": "semicolons", "|": "bars"}
_WHOLE = "every quotation mark closed and every row whole; export the table again as CSV UTF-8"


@dataclass(frozen=True)
class Columns:
    """Fields by name, the number of each row, how many rows had too many or too few cells, and what is said of that."""

    columns: Mapping[str, np.ndarray]
    rows: np.ndarray
    lost: int = 0
    problems: Sequence[Problem] = field(default=())


def text_columns(file: TableFile, places: Mapping[str, int]) -> Columns:
    """Fields of a CSV by their places in its header.

    Raises SourceError where it cannot be read, or not without guessing which row is which.
    """
    table, bad, encoding = _parse(file, [str(place) for place in places.values()])
    in_all = table.num_rows + len(bad)
    if count_lines(file) > file.skip + in_all:
        _stop_if_swallowed(file)
    rows = np.setdiff1d(np.arange(file.skip + 1, file.skip + 1 + in_all), np.array(bad, dtype=int))
    columns = {name: objects(table.column(str(place))) for name, place in places.items()}
    return Columns(columns, rows, len(bad), _odd(file, bad, encoding))


def _odd(file: TableFile, bad: list[int], encoding: str) -> list[Problem]:
    problems = []
    if bad:
        wanted = f"{len(file.header)} in every row, and text that holds such a mark in quotes; export it again"
        found, rows = "more or fewer cells than fields", tuple(bad[:ROWS_NAMED])
        problems.append(Problem(file.name, "", bad[0], "", found, wanted, "dropped", "ragged_row", len(bad), rows, file.table))
    if encoding != "utf-8":
        wanted = "UTF-8 (letters with accents may be wrong)"
        problems.append(Problem(file.name, "", None, "", f"text in {encoding}", wanted, "kept", "encoding", list=file.table))
    if file.mark != ",":
        found = f"{_MARKS[file.mark]} between the fields"
        problems.append(Problem(file.name, "", None, "", found, "commas", "kept", "delimiter", list=file.table))
    return problems


def _parse(file: TableFile, columns: Sequence[str]) -> tuple[Any, list[int], str]:
    """An Arrow table of some columns (named by their place), the numbers of rows of another width, and the encoding."""
    try:
        return *_parsed(file, columns, file.encoding), file.encoding
    except UnicodeDecodeError:
        return *_parsed(file, columns, "cp1252"), "Windows-1252"


def _parsed(file: TableFile, columns: Sequence[str], encoding: str) -> tuple[Any, list[int]]:
    import pyarrow as pa
    from pyarrow import csv

    bad: list[int] = []
    several: list[str] = []

    def passed_over(row: Any) -> str:
        bad.append(int(row.number))
        if "\n" in row.text.strip():
            several.append(row.text)
        return "skip"

    every = [str(place) for place in range(len(file.header))]
    kinds = dict.fromkeys(every, pa.string())
    read = csv.ReadOptions(use_threads=False, skip_rows=file.skip, column_names=every, encoding=encoding, block_size=BLOCK)
    parse = csv.ParseOptions(delimiter=file.mark, newlines_in_values=True, invalid_row_handler=passed_over)
    convert = csv.ConvertOptions(include_columns=list(columns), column_types=kinds, strings_can_be_null=False)
    try:
        table = csv.read_csv(file.path, read, parse, convert)
    except pa.ArrowInvalid as caught:
        if "UTF8" in str(caught) and encoding == "utf-8":
            raise UnicodeDecodeError("utf-8", b"", 0, 1, "not UTF-8") from None
        if "Empty CSV" in str(caught):
            return pa.table({name: pa.array([], pa.string()) for name in columns}), []
        raise SourceError(at(f"found a CSV that cannot be read, want {_WHOLE}", file=file.name)) from None
    except (OSError, UnicodeError) as caught:
        raise SourceError(at(f"cannot be read ({type(caught).__name__}); want {_WHOLE}", file=file.name)) from None
    for text in several:  # nothing can be raised while Arrow is reading
        _stop_if_rows(file, text)
    if table.num_rows > MOST_ROWS:
        raise SourceError(at(f"found more than {MOST_ROWS:,} rows, want one authority's", file=file.name))
    return table, bad


def objects(column: Any) -> np.ndarray:
    """A column of text as objects, each distinct text once in memory, "" where there is none."""
    if not len(column):
        return np.array([], dtype=object)
    coded = column.combine_chunks().dictionary_encode()
    words = np.array([*coded.dictionary.to_pylist(), ""], dtype=object)
    return np.asarray(words[coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)])


def count_lines(file: TableFile) -> int:
    """Lines of the file, the last one included where it has no end."""
    count, last = 0, b""
    with file.path.open("rb") as opened:
        while chunk := opened.read(BLOCK):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + int(last not in (b"\n", b""))


def _stop_if_swallowed(file: TableFile) -> None:
    """Raises SourceError where a quotation mark never closed has swallowed rows: a cell that holds lines of the table."""
    import pyarrow.compute as pc

    table, _, _ = _parse(file, [str(place) for place in range(len(file.header))])
    for column in table.columns:
        for text in column.filter(pc.match_substring(column, "\n")).to_pylist():
            _stop_if_rows(file, text)


def _stop_if_rows(file: TableFile, text: str) -> None:
    """Raises SourceError where a text of several lines holds, beside its first, a line of the table."""
    least, lines = min(max(2, len(file.header) - 2), 4), text.strip().splitlines()
    if any(line.count(file.mark) >= least for line in lines[1:]):
        found = f"a cell of {len(lines):,} lines that holds rows of the table"
        wanted = "every quotation mark closed; mend it there and export again"
        raise SourceError(at(f"found {found}, want {wanted}", file=file.name))
