"""Children's records that differ only in what is hidden give the same release file, byte for byte."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import sample
from cfanalysis.foundation.contracts import ADDRESS, Release
from cfanalysis.params import read_params
from cfanalysis.prepare.base import prepare_base
from cfanalysis.prepare.inputs import read_inputs
from cfanalysis.release.writing import pack_release
from cfanalysis.releasing.making import make_release

SHARE = 0.0625
CODES = {"Housing": "4", "Unknown": "10", "Education services": "2B"}
"""A code of some sources of contacts that few children have."""


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest edition of Moorshire, of one child in sixteen."""
    (path,) = sample.write_editions(tmp_path_factory.mktemp("written"), "moorshire", months=1, share=SHARE)
    return path


def released(params: Path, store: Path) -> tuple[pd.Series, Release]:
    """True counts by address, and the release made of them."""
    inputs = read_inputs(read_params(params).model_copy(update={"policy": "dfe", "editions": str(store)}))
    return prepare_base(inputs, hide_below=6).cells.set_index(list(ADDRESS))["value"], make_release(inputs)


def hidden_pairs(truth: pd.Series, release: Release) -> Iterator[tuple[str, str, str]]:
    """A year and two sources of contacts that are hidden in it, the first with a child to spare."""
    flags = release["figures"].set_index(list(ADDRESS))["flag"]
    years = [period for period in flags.index.unique("period") if "/" in period]
    for year in years:
        hidden = [name for name in CODES if flags.get(("contacts", f"source: {name}", year, "figure"), "") == "c"]
        for one in hidden:
            for other in hidden:
                if one != other and truth["contacts", f"source: {one}", year, "figure"] > 1:
                    yield year, one, other


def move_contact(path: Path, year: str, one: str, other: str) -> str:
    """The text of the list of contacts with one contact of a year under another source."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    date, source = rows[0].index("Date of Contact"), rows[0].index("Contact Source")
    for row in rows[1:]:
        _, month, written = (int(part) for part in row[date].split("/"))
        if row[source] == CODES[one] and written - (month < 4) == int(year[:4]):
            row[source] = CODES[other]
            break
    return "\n".join(",".join(row) for row in rows) + "\n"


def test_where_only_hidden_counts_differ_the_file_is_the_same(params: Path, tmp_path: Path) -> None:
    truth, release = released(params, tmp_path / "store")
    hidden = release["figures"].set_index(list(ADDRESS))["flag"] == "c"
    (contacts,) = params.parents[1].rglob("list_1_contacts*.csv")
    plain, tried = contacts.read_text(encoding="utf-8"), 0
    for year, one, other in sorted(hidden_pairs(truth, release), key=lambda pair: pair[1]):
        contacts.write_text(move_contact(contacts, year, one, other), encoding="utf-8")
        after, again = released(params, tmp_path / f"store_{tried}")
        contacts.write_text(plain, encoding="utf-8")
        tried += 1
        moved = after.index[(after != truth.reindex(after.index)) & after.notna()]
        same_pattern = (again["figures"].set_index(list(ADDRESS))["flag"] == "c").equals(hidden)
        if len(moved) and hidden.reindex(moved).all() and same_pattern:
            assert pack_release(again, file="x.zip") == pack_release(release, file="x.zip")
            return
    pytest.fail(f"of {tried} contacts moved to another source none changed hidden counts alone")
