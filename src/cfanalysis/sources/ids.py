"""Child ids: one child is one id, in every list. What other tools do to an id and can be undone is undone and said; what cannot be told
apart any more stops the reading, for every figure that follows a child would be wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import EXCEL_ERRORS, PLACEHOLDERS, as_text, distinct
from cfanalysis.sources.problems import Action, Place, Problem

if TYPE_CHECKING:
    from cfanalysis.sources.records import Records

COLUMN = "Child Unique ID"

NO_CHILD = frozenset(
    [
        "0",
        "-1",
        "1900-01-01",
        "unborn",
        "unborn child",
        "baby",
        "child",
        "xxx",
        "xxxx",
        "test",
        "tba",
        "not yet known",
        "no id",
        "n/k",
        "nk",
    ]
)
"""What is written where a child has no id yet; many children share it, so that it is none."""

DIGITS_EXCEL_KEEPS = 15
"""Excel writes noughts for every digit after the fifteenth of a number."""

FEW = 10
"""Children that a list must hold before it is odd that another holds none of them."""

SAME_ID_BIRTHS = 0.2
"""Where more than this share of the rows have ids with more than one date of birth, the column does not tell children apart."""

FOLLOWED = ((1, 3), (3, 4), (3, 6), (4, 6), (6, 7), (6, 8))
"""Lists whose children are followed from one to the other."""

_POINT_ZERO = re.compile(r"^(-?\d+)\.0+$")
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[Ee]\+?\d{1,3}$")
_LONG = re.compile(r"^\d{16,}$")


def clean_id(text: str) -> str:
    """An id without what other programs put on it: an apostrophe before it, ``.0`` after it.

    >>> clean_id("'0012"), clean_id("1000.0"), clean_id("A1")
    ('0012', '1000', 'A1')
    """
    text = text.strip("'’‘`\" ")
    return _POINT_ZERO.sub(r"\1", text) if "." in text else text


def is_no_child(text: str) -> bool:
    """Whether a cell of the id column names no child: blank, an Excel error, or a stand-in such as 0 or UNBORN.

    >>> is_no_child("#REF!"), is_no_child("0"), is_no_child("10")
    (True, True, False)
    """
    lower = text.lower()
    return lower in PLACEHOLDERS or lower in EXCEL_ERRORS or lower in NO_CHILD or not lower.strip("0.-")


def clean_ids(cells: pd.Series, place: Place) -> tuple[pd.Series, list[Problem]]:
    """The id column as clean text, and what was changed or cannot be told apart in it."""
    codes, values = distinct(cells)
    shown = [as_text(value) for value in values]
    clean = [clean_id(text) for text in shown]
    raw = [value if isinstance(value, str) else "" for value in values]
    touched = np.array([a != b or (bool(r) and not r.isascii() and r != a) for a, b, r in zip(shown, clean, raw, strict=True)])[codes]
    rounded = np.array([_is_rounded(value, text) for value, text in zip(values, clean, strict=True)])[codes]
    problems = []
    if touched.any():
        found = repr(as_text(cells[touched].iloc[0]))
        wanted = "ids as the case system has them (taken without apostrophes, hidden characters and '.0')"
        problems.append(place.problem(COLUMN, "id_cleaned", found, wanted, "coerced", touched))
    if rounded.any():
        found = "an id that a spreadsheet has rounded (its digits end, or it has an E): several children may share it"
        wanted = "ids as text in every row; format the column as text and export it again"
        action: Action = "stopped" if rounded.sum() > 1 else "kept"
        problems.append(place.problem(COLUMN, "rounded_id", found, wanted, action, rounded))
    return pd.Series(np.array(clean, dtype=object)[codes], index=cells.index, dtype=object), problems


def _is_rounded(value: object, text: str) -> bool:
    if _SCIENTIFIC.match(text):
        return True
    lost = text[DIGITS_EXCEL_KEEPS:]
    return bool(_LONG.match(text)) and (not isinstance(value, str) or set(lost) == {"0"})


def profile_ids(read: Sequence[Records]) -> tuple[list[Records], list[Problem]]:
    """The lists with one way of writing every id, and what their ids say of each other."""
    read, problems = _one_spelling(read)
    return read, [*problems, *_births(read), *_strangers(read)]


def _key(ids: pd.Series) -> pd.Series:
    return ids.str.upper().str.lstrip("0")


def _one_spelling(read: Sequence[Records]) -> tuple[list[Records], list[Problem]]:
    """Ids that differ between lists only in leading noughts or capitals: one spelling, where no list needs both."""
    spelled = spellings([records.data["child_id"] for records in read])
    if not spelled:
        return list(read), []
    changed = [replace(r, data=r.data.assign(child_id=r.data["child_id"].replace(spelled))) for r in read]
    found = f"{len(spelled):,} child ids that differ between lists only in leading noughts or capitals"
    wanted = "one way of writing an id (as text); taken for the same children"
    problem = Problem(read[0].place.file, "", None, COLUMN, found, wanted, "coerced", "id_spelling", len(spelled))
    return changed, [problem]


def spellings(columns: Sequence[pd.Series]) -> dict[str, str]:
    """What to write for ids that are the same but for leading noughts or capitals: the longest spelling there is.

    Ids that stand side by side in one column are different children and stay as they are.

    >>> spellings([pd.Series(["0012", "A1"]), pd.Series(["12", "A1"])])
    {'12': '0012'}
    """
    parts = [pd.Series(column.unique(), dtype=str) for column in columns]
    every = pd.Series(pd.concat(parts, ignore_index=True).unique(), dtype=str) if parts else pd.Series(dtype=str)
    alike = every[_key(every).duplicated(keep=False)]
    if alike.empty:
        return {}
    apart = {key for part in parts for key in _key(part[part.isin(set(alike))]).pipe(lambda keys: keys[keys.duplicated()])}
    best: dict[str, str] = {}
    for text in sorted(alike, key=lambda each: (len(each), each)):
        best[text.upper().lstrip("0")] = text
    return {text: best[key] for text, key in zip(alike, _key(alike), strict=True) if key not in apart and best[key] != text}


def _births(read: Sequence[Records]) -> list[Problem]:
    """Ids with more than one date of birth: a family's id, or one that a case system gave out twice."""
    parts = [
        records.data[["child_id", "birth_date"]].assign(place=number)
        for number, records in enumerate(read)
        if "birth_date" in records.data and len(records.data)
    ]
    if not parts:
        return []
    rows = pd.concat(parts, ignore_index=True).dropna(subset="birth_date")
    several = rows.groupby("child_id")["birth_date"].transform("nunique") > 1
    if not several.any():
        return []
    found = f"{rows.loc[several, 'child_id'].nunique():,} child ids with more than one date of birth"
    wanted = "one id for one child"
    # Brothers and sisters stand side by side in one list; births that differ between lists only were written in other ways.
    within = rows.groupby(["place", "child_id"])["birth_date"].transform("nunique") > 1
    if within.mean() > SAME_ID_BIRTHS and within.sum() >= FEW:
        wanted = "an id for every child; is this a family's or a household's id?"
        return [Problem(read[0].place.file, "", None, COLUMN, found, wanted, "stopped", "shared_id", int(several.sum()))]
    return [Problem(read[0].place.file, "", None, COLUMN, found, wanted, "kept", "births_differ", int(several.sum()))]


def _strangers(read: Sequence[Records]) -> list[Problem]:
    """Two lists whose children are followed from one to the other, and that have no child in common."""
    by_number: Mapping[int, set[str]] = {records.spec.number: set(records.data["child_id"].unique()) for records in read}
    problems = []
    for first, second in combinations(sorted(by_number), 2):
        here, there = by_number[first], by_number[second]
        if (first, second) not in FOLLOWED or min(len(here), len(there)) < FEW or here & there:
            continue
        labels = [records.spec.label for records in read if records.spec.number in (first, second)]
        found = f"no child of {labels[0]} in {labels[1]}"
        wanted = "the same ids in all lists; what follows a child from one to the other is wrong until they are"
        problems.append(Problem(read[0].place.file, "", None, COLUMN, found, wanted, "kept", "no_common_child"))
    return problems
