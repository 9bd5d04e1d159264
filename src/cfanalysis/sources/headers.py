"""Which list a sheet is, where its header row stands, and which column is which: matched tolerantly, and never two ways at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal

from cfanalysis.reference import read_yaml
from cfanalysis.sources.cells import as_text, plain
from cfanalysis.sources.grids import Cells

ROWS_SEARCHED = 40
"""A header row further down than this is not looked for."""

CLOSE = 0.9
"""How alike a misspelt header must be (difflib ratio) to be taken for a known one; it is said when that happens."""

_FILLER = frozenset(
    ["the", "of", "a", "an", "for", "to", "in", "this", "is", "was", "did", "does", "la", "las", "childs", "child", "children", "childrens"]
)
_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True)
class ColumnSpec:
    """One column an event uses."""

    key: str
    title: str
    also: tuple[str, ...]
    kind: Literal["id", "date", "code", "number", "text"]
    codes: str = ""
    needed: Literal["stop", "warn", ""] = ""


@dataclass(frozen=True)
class ListSpec:
    """One list of Annex A: its columns and the events it gives."""

    number: int
    title: str
    names: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    other: tuple[str, ...]
    events: tuple[Mapping[str, Any], ...]

    @property
    def label(self) -> str:
        """How the list is named in messages and tables."""
        return f"List {self.number} ({self.title})"

    @property
    def date_keys(self) -> tuple[str, ...]:
        """The columns without whose dates no event of the list has a date."""
        return tuple(dict.fromkeys(str(event["date"]) for event in self.events))


@cache
def list_specs() -> tuple[ListSpec, ...]:
    """The lists of reference/annex_a.yml."""
    raw = read_yaml("annex_a.yml")
    return tuple(_list_spec(entry, tuple(raw["other"])) for entry in raw["lists"])


def _list_spec(entry: Mapping[str, Any], other: tuple[str, ...]) -> ListSpec:
    columns = {
        key: ColumnSpec(key, about["title"], tuple(about.get("also", ())), about["kind"], about.get("codes", ""), about.get("needed", ""))
        for key, about in entry["columns"].items()
    }
    return ListSpec(
        entry["number"], entry["title"], tuple(entry["names"]), columns, (*other, *entry.get("other", ())), tuple(entry["events"])
    )


def spec_by_number(number: int) -> ListSpec:
    """The list with a number from 1 to 9."""
    return list_specs()[number - 1]


_NUMBERED = re.compile(r"(?:list|lst)[\s_.\-]*0?(\d{1,2})(?!\d)|^0?(\d{1,2})(?:[\s_.\-)]+(?=[A-Za-z])|$)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-_. ]\d{1,2}[-_. ]\d{1,2}|\d{1,2}[-_. ]\d{1,2}[-_. ]\d{4}|\d{8}")


_CODE = re.compile(r"\d{4}")
"""What is written in rows of data and never in a header; such cells are many, and looking for something close to each is slow."""


def list_from_name(name: str) -> int | None:
    """The number of the list that a sheet or file is named after: "List 1", "List_1 Contacts", "AnnexA List 1", "1 Contacts",
    "Contacts"; None if none.

    >>> [list_from_name(name) for name in ("List 1", "List_3 Referrals", "AnnexA List 10", "CIN", "2024-03-31_list_2", "Notes")]
    [1, 3, 10, 6, 2, None]
    """
    text = _DATE.sub(" ", name).strip(" _-")
    if found := _NUMBERED.search(text):
        return int(found[1] or found[2])
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"annex\s*_?a", " ", text.lower())).strip()
    for spec in list_specs():
        if words in (*spec.names, spec.title.lower()):
            return spec.number
    whole = [s.number for s in list_specs() if any(re.search(rf"\b{re.escape(alias)}\b", words) for alias in s.names if len(alias) > 3)]
    return whole[0] if len(set(whole)) == 1 else None


@cache
def _known_headers(number: int) -> tuple[dict[str, str], dict[frozenset[str], str]]:
    spec = spec_by_number(number)
    exact: dict[str, str] = {}
    words: dict[frozenset[str], str] = {}
    named = [(alias, column.key) for column in spec.columns.values() for alias in (column.title, *column.also)]
    for alias, key in [*named, *((title, f"other:{title}") for title in spec.other)]:
        exact.setdefault(plain(alias), key)
        exact.setdefault(plain(_BRACKETS.sub("", alias)), key)
        words.setdefault(_words(alias), key)
    return exact, words


def _words(header: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", _BRACKETS.sub("", header.lower()).replace("'", "").replace("’", ""))) - _FILLER


@lru_cache(maxsize=20_000)
def match_header(header: str, number: int) -> tuple[str, bool] | None:
    """The key of the column a header names in a list, and whether it was only close; None if it is none of them.

    >>> match_header("DATE of  referral ", 3), match_header("Date of refferal", 3), match_header("Shoe size", 3)
    (('referral_date', False), ('referral_date', True), None)
    """
    text = plain(header)
    if not text or len(header) > 400:
        return None
    exact, words = _known_headers(number)
    key = exact.get(text) or exact.get(plain(_BRACKETS.sub("", header))) or (words.get(_words(header)) if _words(header) else None)
    if key:
        return key, False
    close = difflib.get_close_matches(text, list(exact), n=1, cutoff=CLOSE) if len(text) > 6 and not _CODE.search(text) else []
    return (exact[close[0]], True) if close else None


@dataclass(frozen=True)
class Header:
    """A header row found: its index in the grid, the position of every known column, and what could not be told."""

    index: int
    places: dict[str, int]
    close: dict[str, str] = field(default_factory=dict)
    twice: dict[str, tuple[int, ...]] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    width: int = 0

    @property
    def score(self) -> int:
        """How many columns of the list were recognised."""
        return len(self.places)


def read_header(row: list[Any], index: int, number: int) -> Header:
    """A row taken as the header of a list."""
    places: dict[str, list[int]] = {}
    close: dict[str, str] = {}
    strange: list[str] = []
    for position, cell in enumerate(row):
        text = as_text(cell)
        found = match_header(text, number) if isinstance(cell, str) else None
        if found is None:
            if text:
                strange.append(text)
            continue
        places.setdefault(found[0], []).append(position)
        if found[1]:
            close[found[0]] = text
    single = {key: where[0] for key, where in places.items()}
    twice = {key: tuple(where) for key, where in places.items() if len(where) > 1}
    return Header(index, single, close, twice, tuple(strange), len(row))


def find_header(cells: Cells, number: int) -> Header | None:
    """The first row of a list that looks most like its header; None where no row holds two of its columns."""
    rows = ((i, row) for i, row in enumerate(cells[:ROWS_SEARCHED]) if sum(isinstance(c, str) and bool(c.strip()) for c in row) >= 2)
    found = [read_header(row, i, number) for i, row in rows]
    best = max(found, key=lambda header: header.score, default=None)
    return best if best and best.score >= 2 else None


def list_from_columns(cells: Cells) -> tuple[int, Header] | None:
    """The list whose own columns (child id and a date no other list has) a grid holds; None if there is none."""
    own = [(spec, header) for spec in list_specs() if (header := find_header(cells, spec.number)) and _is_whole(spec, header)]
    if not own:
        return None
    spec, header = max(own, key=lambda pair: (pair[1].score - len(pair[1].close), -pair[0].number))
    return spec.number, header


def _is_whole(spec: ListSpec, header: Header) -> bool:
    needed = {key for key, column in spec.columns.items() if column.needed == "stop"}
    return needed <= set(header.places)
