"""Census files are kept like any other: the second opening parses none of them and gives the same, problems in lines included."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.unit.sources.test_cin_census import EPISODE, child, message, nfa

from cfanalysis import sources
from cfanalysis.params import read_params
from cfanalysis.prepare.inputs import read_inputs
from cfanalysis.sources.cin_census.lines import LineProblem


@pytest.fixture
def desk(tmp_path):
    """Two years of a census in folders of their own, one with an element that there is not; the parameters file."""
    years = {2023: message(child("A", EPISODE.replace("2023", "2022").replace("2024", "2023")), year=2023)}
    years[2024] = message(child("A", EPISODE), child("B", nfa("2023-09-01") + "<Nonsense>7</Nonsense>"))
    for year, text in years.items():
        path = tmp_path / "census" / str(year) / "cin.xml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "params").mkdir()
    params = tmp_path / "params" / "x.yml"
    params.write_text("authority: {name: Saltmere}\nas_at: 2024-03\nsources: [{format: cin_census, path: ../census}]\n", encoding="utf-8")
    return params


def test_a_second_opening_parses_no_census_and_gives_the_same(desk, monkeypatch) -> None:
    first = read_inputs(read_params(desk))
    assert len(first.extracts) == 2
    assert any(isinstance(problem, LineProblem) for problem in first.problems)

    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("a census file was parsed again")

    monkeypatch.setattr(sources, "read_cin_census", parsed)
    second = read_inputs(read_params(desk))
    assert second.problems == first.problems
    assert [problem.sentence() for problem in second.problems] == [problem.sentence() for problem in first.problems]
    assert second.files == first.files
    for before, after in zip(first.extracts, second.extracts, strict=True):
        pd.testing.assert_frame_equal(before.events, after.events)
        assert (before.name, before.file, before.windows, before.rows) == (after.name, after.file, after.windows, after.rows)
    pd.testing.assert_frame_equal(first.series, second.series)


def test_a_file_changed_in_a_folder_of_a_folder_is_read_anew(desk) -> None:
    before = read_inputs(read_params(desk))
    path = desk.parents[1] / "census" / "2024" / "cin.xml"
    path.write_text(message(child("A", EPISODE), child("B", nfa("2023-09-01")), child("C", nfa("2023-09-02"))), encoding="utf-8")
    after = read_inputs(read_params(desk))
    assert not before.series.equals(after.series)
