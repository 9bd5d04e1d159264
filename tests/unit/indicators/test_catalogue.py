"""The catalogue: complete, strict, in step with the code, the published tables and the page made from it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.indicators import catalogue, document
from cfanalysis.indicators.catalogue import CATALOGUE, read_catalogue
from cfanalysis.indicators.measures import MEASURES
from cfanalysis.params import NOTEBOOKS

TABLES = {
    "C1": "c1_*_2013_to_2025.csv", "C1 2024 edition": "c1_*_2013_to_2024.csv", "B1": "b1_*_2013_to_2025.csv",
    "B1 2024 edition": "b1_*_2013_to_2024.csv", "B6": "b6_*.csv", "B7": "b7_*.csv", "C2": "c2_*.csv",
    "C3": "c3_*_2018_to_2025.csv", "C4": "c4_*.csv", "D1": "d1_*.csv",
    "D6": "d6_*.csv", "D3": "d3_*_2013_to_2025.csv", "D5": "d5_*_2013_to_2025.csv", "Workforce": "csww_*.csv",
    "CLA on 31 March": "cla_*.csv", "CLA starting in the year": "cla_*.csv", "CLA ceasing in the year": "cla_*.csv",
}  # fmt: skip


def test_what_comes_from_events_is_what_the_code_works_out() -> None:
    assert {name for name, indicator in catalogue().items() if indicator.worked_from == "events"} == set(MEASURES)


def test_the_lists_named_are_the_lists_needed(log) -> None:
    from cfanalysis.indicators import RereferralEdges
    from cfanalysis.indicators.view import View

    view = View(log(""))
    for name, measure in MEASURES.items():
        assert {need.event for need in measure(view, RereferralEdges()).needs} == set(catalogue()[name].lists), name


def test_themes_are_notebooks() -> None:
    assert {indicator.theme for indicator in catalogue().values()} <= set(NOTEBOOKS)


def test_definitions_are_plain_sentences() -> None:
    for indicator in catalogue().values():
        assert indicator.definition.endswith("."), indicator.name
        assert len(indicator.definition.split(".")[0].split()) <= 40, indicator.name
        assert all(caveat.endswith(".") for caveat in indicator.caveats), indicator.name


def test_the_window_in_the_words_is_the_window_in_force() -> None:
    for indicator in catalogue().values():
        if indicator.window:
            assert f"within {indicator.window.days} days" in indicator.definition


def test_columns_of_comparators_are_in_the_published_tables(shared_data: Path) -> None:
    for name, indicator in catalogue().items():
        if indicator.comparator is None:
            continue
        found = list((shared_data / "published").glob(TABLES[indicator.comparator.table]))
        assert len(found) == 1, indicator.comparator.table
        with found[0].open(encoding="utf-8-sig") as file:
            header = next(csv.reader(file))
        named = (indicator.comparator.numerator, indicator.comparator.denominator, indicator.comparator.value)
        columns = [column for text in named if text for column in text.split(" + ")]
        assert columns, name
        assert set(columns) <= set(header), name


def test_the_page_is_in_step_with_the_catalogue(root: Path) -> None:
    assert document.main(["--check", str(root / "docs" / "indicators.md")]) == 0, "run: python -m cfanalysis.indicators.document"


def test_the_page_holds_every_indicator(tmp_path: Path) -> None:
    page = tmp_path / "indicators.md"
    assert document.main(["--check", str(page)]) == 1
    assert document.main([str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text and indicator.definition in text for name, indicator in catalogue().items())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  unit: contacts\n", "  unit: contacts\n  worst: true\n", "contacts.worst: unknown key"),
        ("  unit: contacts\n", "", "contacts.unit: this key is missing"),
        ("  kind: count\n  lists: [contact]", "  kind: counts\n  lists: [contact]", "contacts.kind: found 'counts'"),
        ("  provisional_months: 1\n", "  provisional_months: 1.5\n", "contacts.provisional_months: found 1.5"),
        ("  breakdowns: [source, team, area, age]", "  breakdowns: [worker]", "found 'worker'"),
        ("  lists: [contact]", "  lists: []", "names the lists it needs"),
        ("  kind: count\n  lists: [contact]", "  kind: percent\n  lists: [contact]", "a percent needs a denominator"),
    ],
)
def test_a_slip_in_the_catalogue_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    path = tmp_path / "catalogue.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"catalogue.yml, line \d+") as caught:
        read_catalogue(path)
    assert message in str(caught.value)
