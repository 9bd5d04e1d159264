"""A release as a file: one zip that a person can open and look at, the same bytes for the same release."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import COLUMNS, KEYS, About, Release, empty
from cfanalysis.foundation.errors import ReleaseError, at
from cfanalysis.foundation.files import SHARED_FILE, write_new
from cfanalysis.release.layout import FORMULA, PACKAGE, PARTS, README, describe_package, part_name
from cfanalysis.release.reading import read_packed
from cfanalysis.release.readme import write_readme

_DAY_ZERO = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the earliest that a zip can hold, so that the hour of a run leaves no trace."""

_LEVEL = 6
_WHOLE = 2.0**53
"""Whole numbers up to here are written without a point and come back the same."""


def write_release(release: Release, path: Path | str) -> Path:
    """Write a release file; it is there whole or not at all, and never overwrites another.

    The same release gives the same bytes. What is written has been read back and checked first. Raises ReleaseError for a release that
    breaks the rules of its tables (naming table, column and row) and RunError where another file has the name.
    """
    path = Path(path)
    data = pack_release(release, file=path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_new(path, data)


def pack_release(release: Release, *, file: str = "release") -> bytes:
    """The bytes of a release file."""
    absent = sorted(set(COLUMNS) ^ set(release.tables))
    if absent:
        raise ReleaseError(at(f"found no table or an unknown one: {', '.join(absent)}; want {', '.join(COLUMNS)}", file=file))
    ordered = {name: put_in_order(release[name], name, file=file) for name in COLUMNS}
    parts = {README: write_readme(release.about, ordered).encode()}
    parts.update({part_name(name): write_table(frame, name) for name, frame in ordered.items()})
    data = _zip({PACKAGE: _write_package(release.about, parts), **parts})
    read_packed(data, file=file)
    return data


def put_in_order(frame: pd.DataFrame, name: str, *, file: str = "") -> pd.DataFrame:
    """A table with its columns and rows in the order of a release file, missing text blank.

    Raises ReleaseError for columns that are missing or too many, and numbers that are none.
    """
    if set(frame.columns) != set(COLUMNS[name]):
        wrong = ", ".join(sorted(map(str, set(frame.columns) ^ set(COLUMNS[name]))))
        raise ReleaseError(at(f"found columns missing or too many: {wrong}; want {', '.join(COLUMNS[name])}", file=file, sheet=name))
    if frame.empty:
        return empty(name)
    columns = {column: _as_kind(frame[column], kind, name, file) for column, kind in COLUMNS[name].items()}
    return pd.DataFrame(columns).sort_values(list(KEYS[name]), kind="stable", ignore_index=True)


def _as_kind(values: pd.Series, kind: str, name: str, file: str) -> pd.Series:
    if kind == "string":
        return _as_text(values, name, file)
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError):
        raise ReleaseError(at("found text, want numbers", file=file, sheet=name, column=str(values.name))) from None
    whole = numbers.notna() & (numbers % 1 == 0)
    if bool(np.isinf(numbers).any()) or (kind == "integer" and not bool(whole.all())):
        wanted = "whole numbers, none missing" if kind == "integer" else "finite numbers"
        raise ReleaseError(at(f"want {wanted}", file=file, sheet=name, column=str(values.name)))
    return numbers


def _as_text(values: pd.Series, name: str, file: str) -> pd.Series:
    if values.dtype == "str" and not values.hasnans:
        return values  # as nearly every column is
    try:
        return values.astype(object).where(values.notna(), "").astype(str)
    except UnicodeEncodeError:
        said = "found text that is no Unicode; write it again in the file it comes from"
        raise ReleaseError(at(said, file=file, sheet=name, column=str(values.name))) from None


def write_table(frame: pd.DataFrame, name: str) -> bytes:
    """A table in order as CSV: a line each, commas, no byte order mark, numbers in as few digits as give them back."""
    cells = [_written(frame[column], kind) for column, kind in COLUMNS[name].items()]
    lines = [",".join(COLUMNS[name]), *(",".join(row) for row in zip(*cells, strict=True))]
    return ("\n".join(lines) + "\n").encode()


def _written(values: pd.Series, kind: str) -> list[str]:
    if kind == "string":
        known = {text: write_text(text) for text in values.unique()}
        return [known[text] for text in values]
    return [write_number(number) for number in values.tolist()]


def write_number(number: float) -> str:
    """A number in as few digits as give it back.

    >>> [write_number(number) for number in (12.0, 0.1, float("nan"), -0.0)]
    ['12', '0.1', '', '0']
    """
    if number != number:
        return ""
    return str(int(number)) if number % 1 == 0 and abs(number) < _WHOLE else repr(float(number))


def write_text(text: str) -> str:
    """A text as a cell: behind an apostrophe where a spreadsheet would take it for a formula, in quotes where it must be.

    >>> write_text("Police"), write_text("=1+1"), write_text('a, "b"')
    ('Police', "'=1+1", '"a, ""b\"""')
    """
    told = f"'{text}" if text.startswith("'") or text.lstrip(" \u00a0\ufeff").startswith(FORMULA) else text
    return '"' + told.replace('"', '""') + '"' if any(mark in told for mark in ',"\n\r') else told


def _write_package(about: About, parts: Mapping[str, bytes]) -> bytes:
    return (json.dumps(describe_package(about, parts), indent=2, ensure_ascii=False) + "\n").encode()


def _zip(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
        for name in PARTS:
            part = zipfile.ZipInfo(name, _DAY_ZERO)
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 3, (stat.S_IFREG | SHARED_FILE) << 16
            packed.writestr(part, parts[name])
    return out.getvalue()
