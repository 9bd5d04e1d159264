"""How a released table is written in rows and columns: what a reader sees, and what a download holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.months import day_label, financial_year_label, month_label

LABELS = {
    "month": "Month", "year": "Year to March", "year_label": "Year", "observed": "Recorded", "expected": "Expected", "low": "Range from",
    "high": "Range to", "low95": "Wide range from", "high95": "Wide range to", "severity": "Judgement", "provisional": "Provisional",
    "reason": "Reason", "numerator": "Number", "denominator": "Out of", "value": "Value", "flag": "Symbol", "authority": "Authority",
    "breakdown": "Breakdown", "category": "Category", "indicator": "Measure", "who": "Area", "because": "What else it could be",
}  # fmt: skip
"""What a column is called where its table does not say."""

SYMBOLS = {
    "c": "hidden, because it is small or would give a small number away",
    "x": "not available",
    "z": "not applicable",
    "u": "too unreliable to show",
    ":": "not available",
    "low": "rounds to 0",
    "k": "rounds to 0",
}
"""What each symbol means, said wherever one appears."""


_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Cells:
    """A table ready to be written: labels of columns, which are numbers, and every cell as text."""

    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def symbols(self) -> dict[str, str]:
        """The symbols that occur, with their meanings."""
        seen = {cell[1:-1] for row in self.rows for cell in row if cell.startswith("[") and cell.endswith("]")}
        return {symbol: meaning for symbol, meaning in SYMBOLS.items() if symbol in seen}


def cells(released: ReleasedTable, columns: list[str] | None = None) -> Cells:
    """The columns named (all where none are) of a released table, as text. Empty columns are left out."""
    frame, marks = released.frame, released.marks
    names = columns or [name for name in frame.columns if name not in ("flag", "future")]
    names = [name for name in names if name in frame.columns and not _blank(frame[name])]
    labels = tuple(released.labels.get(name) or LABELS.get(name) or _begun(name.replace("_", " ")) for name in names)
    written = [column_text(frame[name], marks[name], each=name in released.counts) for name in names]
    numeric = tuple(_is_number(frame[name]) and name != "year" for name in names)
    return Cells(labels, numeric, tuple(zip(*written, strict=True)) if written else ())


def pivoted(released: ReleasedTable, row: str, column: str, value: str, *, absent: str = "[x]") -> Cells:
    """A long table written wide: a line for every ``row``, a column for every ``column``, in the order they come.

    ``absent`` stands where the table has no row.
    """
    frame = released.frame
    text = column_text(frame[value], released.marks[value])
    keys = list(zip(frame[row], frame[column], strict=True))
    found = dict(zip(keys, text, strict=True))
    across, down = list(dict.fromkeys(frame[column])), list(dict.fromkeys(frame[row]))
    if isinstance(frame[row].dtype, pd.PeriodDtype):
        down = sorted(down)  # lines may begin in different months
    heads = column_text(pd.Series(down, dtype=frame[row].dtype, name=row), pd.Series([""] * len(down)))
    rows = tuple((head, *(found.get((one, other), absent) for other in across)) for head, one in zip(heads, down, strict=True))
    label = released.labels.get(row) or LABELS.get(row) or _begun(row)
    return Cells((label, *map(str, across)), (False, *[True] * len(across)), rows)


def _begun(label: str) -> str:
    """A label with a capital at its beginning; those inside it stay ("30 September 2017")."""
    return label[:1].upper() + label[1:]


def _blank(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values):
        return not bool(values.any())
    if _is_number(values):
        return bool(values.isna().all())
    return len(values) > 0 and all(pd.isna(value) or not str(value).strip() for value in values)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def column_text(values: pd.Series, marks: pd.Series, *, each: bool = False) -> list[str]:
    """Each value as text: months, days and years spelt out, thousands marked, a missing number as its symbol in brackets.

    A column has as many decimal places in every row; with ``each`` (counts, among which may stand the odd part-time post) a whole number
    has none.
    """
    if isinstance(values.dtype, pd.PeriodDtype):
        return [month_label(value) if not pd.isna(value) else "" for value in values]
    if values.name == "year" and _is_number(values):
        return [financial_year_label(int(value)) for value in values]
    if pd.api.types.is_bool_dtype(values):
        return ["yes" if value else "" for value in values]
    if _is_number(values):
        places = None if each else _places(values)
        return [_number(value, mark, places) for value, mark in zip(values.to_numpy(dtype=float, na_value=np.nan), marks, strict=True)]
    return [f"[{mark}]" if mark else ("" if pd.isna(value) else _dated(str(value))) for value, mark in zip(values, marks, strict=True)]


def _dated(words: str) -> str:
    """Words as they are; a day alone ("2018-06-30") as it is said."""
    return day_label(words) if _DAY.fullmatch(words) else words


def _number(value: float, mark: str, places: int | None) -> str:
    if np.isnan(value):
        return f"[{mark}]" if mark and mark != "z" else ""
    return number(value, places)


def number(value: float, places: int | None = None) -> str:
    """A number as a reader expects it.

    >>> number(1234.0), number(22.4), number(0.003), number(-5.0)
    ('1,234', '22.4', '0.003', '-5')
    """
    if places is None:
        places = 0 if float(value).is_integer() else 1 if abs(value) >= 1 else 3
    return f"{value:,.{places}f}"


def _places(values: pd.Series) -> int:
    """As many decimal places as the column needs, the same in every row: none, one, or three for a column of small ones."""
    known = values.dropna().astype(float)
    if known.empty or bool((known % 1 == 0).all()):
        return 0
    return 1 if float(known.abs().max()) >= 2 else 3
