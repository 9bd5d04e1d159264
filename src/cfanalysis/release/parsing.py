"""A table of a release from its CSV: typed, and held to the rules of released tables."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from cfanalysis.foundation.contracts import COLUMNS, KEYS, PARTS
from cfanalysis.foundation.errors import ReleaseError, at
from cfanalysis.foundation.table import FLAGS, LEVELS
from cfanalysis.release.layout import part_name

_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_YEARS = "|".join(f"{year}/{(year + 1) % 100:02d}" for year in range(1990, 2100))
_PERIOD = rf"{_MONTH}|\d{{4}}-Q[1-4]|{_MONTH}-(0[1-9]|[12]\d|3[01])|{_YEARS}"

_FORMS: Mapping[str, tuple[str, str]] = {
    "period": (rf"^({_PERIOD})$", "a month, a quarter, a year to March or a date"),
    "first": (rf"^({_PERIOD})?$", "a month"),
    "newest": (rf"^({_PERIOD})?$", "a month"),
    "settled": (rf"^({_PERIOD})?$", "a month"),
    "day": (rf"^({_MONTH}-\d{{2}})?$", "a date"),
    "flag": (rf"^({'|'.join(FLAGS)})?$", f"one of {' '.join(FLAGS)}"),
    "part": (rf"^({'|'.join(PARTS)})$", ", ".join(PARTS)),
    "level": (rf"^({'|'.join(LEVELS)})$", ", ".join(LEVELS)),
}
"""What text of a column must look like, and how that is said."""

_REASONED = ("figures", "averages", "largest_days", "yearly")
"""Tables where a value that is missing says why, and one that is there has no flag."""

_COUNTED = ("figures", "averages", "largest_days")
"""Tables whose values are never negative."""

_TYPES = {"number": pa.float64(), "integer": pa.int64(), "string": pa.dictionary(pa.int32(), pa.string())}


def parse_table(data: bytes, name: str, *, file: str) -> pd.DataFrame:
    """A table from the bytes of its CSV. Raises ReleaseError naming file, part, column and row of what is wrong."""
    columns = COLUMNS[name]
    head = ",".join(columns)
    if data.partition(b"\n")[0] != head.encode():
        raise ReleaseError(_told(file, name, f"found other columns, want {head}"))
    if b"\0" in data:
        raise ReleaseError(_told(file, name, "found bytes that are no text"))
    table = _read_csv(data, name, file)
    texts = {column: _read_text(table[column], column, name, file) for column, kind in columns.items() if kind == "string"}
    numbers = {column: _read_numbers(table[column], column, kind, name, file) for column, kind in columns.items() if kind != "string"}
    _check_keys(texts, numbers, name, file)
    _check_values(texts, numbers, name, file)
    return pd.DataFrame({column: _as_series(texts[column]) if column in texts else numbers[column] for column in columns}, copy=False)


def _told(file: str, name: str, said: str, *, column: str = "", row: int | None = None) -> str:
    return at(said, file=f"{file}, part {part_name(name)}", column=column, row=row)


def _read_csv(data: bytes, name: str, file: str) -> pa.Table:
    types = {column: _TYPES[kind] for column, kind in COLUMNS[name].items()}
    try:
        return csv.read_csv(
            io.BytesIO(data),
            read_options=csv.ReadOptions(use_threads=False, block_size=max(len(data) + 1, 1024)),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError) as caught:
        said = str(caught).splitlines()[0].removeprefix("In CSV column ")[:160]
        raise ReleaseError(_told(file, name, f"the table cannot be read ({said})")) from None


def _read_text(values: pa.ChunkedArray, column: str, name: str, file: str) -> pa.DictionaryArray:
    """A text column, its words checked once each, without the apostrophe that keeps spreadsheets from reckoning."""
    coded = values.combine_chunks()
    coded = coded if isinstance(coded, pa.DictionaryArray) else coded.chunk(0) if len(coded) else pa.array([], _TYPES["string"])
    words = coded.dictionary
    form = _FORMS.get(column)
    if form is not None:
        wrong = [word for word in words.to_pylist() if not re.match(form[0], word)]
        if wrong:
            raise ReleaseError(_told(file, name, f"found {wrong[0][:80]!r}, want {form[1]}", column=column))
    if not pc.any(pc.starts_with(words, "'")).as_py():
        return coded
    bare = pa.array([word.removeprefix("'") for word in words.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(coded.indices, bare)


def _read_numbers(values: pa.ChunkedArray, column: str, kind: str, name: str, file: str) -> np.ndarray[Any, Any]:
    if kind == "integer" and values.null_count:
        raise ReleaseError(_told(file, name, "found a blank, want a whole number", column=column))
    numbers = np.array(values.to_numpy())  # its own, so that it can be worked with
    if kind == "number" and int(np.isfinite(numbers).sum()) != len(values) - values.null_count:
        raise ReleaseError(_told(file, name, "found something that is no number", column=column))
    return numbers


def _codes(texts: Mapping[str, pa.DictionaryArray], numbers: Mapping[str, Any], column: str) -> tuple[np.ndarray[Any, Any], int]:
    if column in texts:
        return texts[column].indices.to_numpy(zero_copy_only=False).astype(np.int64), len(texts[column].dictionary)
    found, codes = np.unique(numbers[column], return_inverse=True)
    return codes.astype(np.int64), len(found)


def _check_keys(texts: Mapping[str, pa.DictionaryArray], numbers: Mapping[str, Any], name: str, file: str) -> None:
    """No two rows have the same key."""
    rows: np.ndarray[Any, Any] = np.zeros(len(next(iter(texts.values()))), dtype=np.int64)
    for column in KEYS[name]:
        codes, many = _codes(texts, numbers, column)
        rows = np.unique(rows, return_inverse=True)[1].astype(np.int64) * max(many, 1) + codes
    order = np.argsort(rows, kind="stable")
    same = np.flatnonzero(rows[order][1:] == rows[order][:-1])
    if len(same):
        row = int(order[same[0] + 1]) + 2
        raise ReleaseError(_told(file, name, f"found the same {', '.join(KEYS[name])} a second time", row=row))


def _check_values(texts: Mapping[str, pa.DictionaryArray], numbers: Mapping[str, Any], name: str, file: str) -> None:
    """A flag says why a value is missing, and what is flagged has no value: a hidden figure is not there."""
    if "flag" in texts and "value" in numbers:
        blank = pc.index_in("", value_set=texts["flag"].dictionary).as_py()
        flagged = texts["flag"].indices.to_numpy(zero_copy_only=False) != (-1 if blank is None else blank)
        missing = np.isnan(numbers["value"])
        wrong = (flagged != missing) if name in _REASONED else (flagged & ~missing)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0]) + 2
            said = "found a value with a flag" if flagged[row - 2] else "found a blank without a flag that says why"
            raise ReleaseError(_told(file, name, said, column="value", row=row))
    if name in _COUNTED and bool((numbers["value"] < 0).any()):
        raise ReleaseError(_told(file, name, "found a number below 0", column="value", row=int(np.argmax(numbers["value"] < 0)) + 2))


def _as_series(coded: pa.DictionaryArray) -> pd.Series:
    return pd.Series(coded.dictionary_decode().cast(pa.large_string()), dtype="str")
