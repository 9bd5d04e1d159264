"""Coded cells to bare codes: "a) 1A: Individual", "1a", "Individual - self" and "c)" as they stand in files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.reference import read_yaml
from cfanalysis.sources.cells import PLACEHOLDERS, Column, as_text, distinct, is_error, plain


@dataclass(frozen=True)
class CodeSet:
    """A set of codes: every way of writing each, normalised, and Annex A's letters."""

    known: Mapping[str, str]
    letters: Mapping[str, str]


@cache
def code_set(name: str) -> CodeSet:
    """One code set of reference/code_sets.yml, ready for look-up."""
    entry = read_yaml("code_sets.yml")[name]
    known = {plain(str(code)): str(code) for code in entry["codes"]}
    for code, about in entry["codes"].items():
        for alias in about["names"]:
            known.setdefault(plain(str(alias)), str(code))
    return CodeSet(known, {str(letter): str(code) for letter, code in (entry.get("letters") or {}).items()})


@cache
def source_groups() -> dict[str, str]:
    """DfE's group (table C5) of every contact or referral source code, for example ``6`` is Police."""
    return {str(code): about["group"] for code, about in read_yaml("code_sets.yml")["source"]["codes"].items()}


_WHOLE = re.compile(r"^0*(\d+)(?:\.0+)?$")
"""A number as other tools write a code: 06, or 6.0 from a column that has gaps."""
_LETTERED = re.compile(r"^([a-z]{1,2}\d?)\s*[).]\s*(.*)$", re.IGNORECASE | re.DOTALL)
_LEADING = re.compile(r"^([A-Za-z]{0,3}\d{1,3}[A-Za-z]?|[A-Za-z]{2,5})\s*(?::|-|–|—|=|$)\s*")


def read_code(cell: Any, codes: CodeSet) -> str | None:
    """The bare code of one cell, "" where it is blank, None where it is none of the set.

    >>> [read_code(cell, code_set("source")) for cell in ("a) 1A: Individual", "1a", "Police", "q)", 6.0, "", "Dragon")]
    ['1A', '1A', '6', '6', '6', '', None]
    """
    text = _WHOLE.sub(r"\1", as_text(cell))
    if is_error(text):
        return ""
    if not text or text.lower() in PLACEHOLDERS - {"unknown", "not known"}:
        return ""
    if (whole := codes.known.get(plain(text))) is not None:
        return whole
    lettered = _LETTERED.match(text)
    rest = lettered[2].strip() if lettered else text
    leading = _LEADING.match(rest)
    tries = [rest, leading[1] if leading else "", rest[leading.end() :] if leading else ""]
    for attempt in tries:
        if attempt and (code := codes.known.get(plain(attempt))) is not None:
            return code
    return codes.letters.get(lettered[1].lower()) if lettered and not rest else None


def read_codes(cells: pd.Series, name: str) -> Column:
    """Bare codes of a column; what is none of the set is blank and marked bad; "unknown" is blank where the set has no such code."""
    known = code_set(name)
    places, values = distinct(cells)
    read = [read_code(value, known) for value in values]
    bad = np.array(
        [code is None and as_text(value).lower() not in PLACEHOLDERS for code, value in zip(read, values, strict=True)], dtype=bool
    )
    clean = np.array([code or "" for code in read], dtype=object)
    none = np.zeros(len(cells), dtype=bool)
    return Column(pd.Series(clean[places], index=cells.index, dtype=str), bad[places], none, none)
