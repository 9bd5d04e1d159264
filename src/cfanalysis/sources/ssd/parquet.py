"""The fields of a table from Parquet: columns of any type as what cells are, text, days or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.cells import as_text
from cfanalysis.sources.ssd.files import TableFile
from cfanalysis.sources.ssd.texts import MOST_ROWS, Columns, objects

MOST_BYTES = 4 << 30
"""Bytes that the fields that are read may come to."""

_DAMAGED = "the Parquet file is damaged or cut off; export it again"


def parquet_columns(file: TableFile, places: Mapping[str, int]) -> Columns:
    """Fields of a Parquet file by their places in its schema; rows are counted from 1.

    Raises SourceError where it cannot be read, or is larger than any authority's.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(file.path)
        if opened.metadata.num_rows > MOST_ROWS or _bytes(opened, set(places.values())) > MOST_BYTES:
            found = f"more than {MOST_ROWS:,} rows or {MOST_BYTES >> 30} GB"
            raise SourceError(at(f"found {found}, want one authority's", file=file.name))
        table = opened.read(columns=[file.header[place] for place in places.values()], use_threads=False)
    except (pa.ArrowException, OSError, ValueError):
        raise SourceError(at(_DAMAGED, file=file.name)) from None
    columns = {name: _cells(table.column(file.header[place])) for name, place in places.items()}
    return Columns(columns, np.arange(1, table.num_rows + 1))


def parquet_rows(file: TableFile) -> int:
    """How many rows a Parquet file says it has."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(file.path).num_rows)


def _bytes(opened: Any, wanted: set[int]) -> int:
    groups = [opened.metadata.row_group(number) for number in range(opened.metadata.num_row_groups)]
    parts = [group.column(place) for group in groups for place in range(group.num_columns) if place in wanted]
    return sum(int(part.total_uncompressed_size) for part in parts)


def _cells(column: Any) -> np.ndarray:
    """A column of any Arrow type as cells: text, dates; lists and structures as JSON; "" where there is nothing."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return objects(column)
    if pa.types.is_timestamp(kind):
        days = column.to_pandas()
        days = days.dt.tz_convert("Europe/London").dt.tz_localize(None) if kind.tz else days
        return _days(days.to_numpy().astype("datetime64[D]"))
    if pa.types.is_date(kind):
        return _days(column.cast(pa.date32()).to_numpy().astype("datetime64[D]"))
    nested = bool(pa.types.is_nested(kind))
    made = np.empty(len(column), dtype=object)
    made[:] = [_text(value, nested=nested) for value in column.to_pylist()]
    return made


def _text(value: Any, *, nested: bool) -> str:
    if value is None:
        return ""
    return json.dumps(value, default=str) if nested else as_text(value)


def _days(days: np.ndarray) -> np.ndarray:
    """Days as dates, each once in memory."""
    codes, values = pd.factorize(days, use_na_sentinel=True)
    words = np.empty(len(values) + 1, dtype=object)
    words[:-1], words[-1] = values.astype("datetime64[D]").astype(object), ""
    return np.asarray(words[codes])
