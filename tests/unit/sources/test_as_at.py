"""What day an extract is of, told by what is in it; files that change while they are read; names that are not UTF-8."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from tests.campaign import authority, writing

import cfanalysis as cf
from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import Problem, read_annex_a, stop_if_changed, take_snapshot


def read(lists: authority.Lists, folder: Path, name: str = "extract") -> tuple[date, dict[str, Problem]]:
    extract = read_annex_a(writing.write_folder(lists, folder, name))
    return extract.as_at, {problem.rule: problem for problem in extract.problems}


def test_the_ages_of_the_children_tell_the_day(tmp_path: Path) -> None:
    lists = authority.made()
    for number in lists.rows:  # nothing happened in the last two weeks
        for title in (title for each, title in authority.DATE_COLUMNS if each == number):
            lists.change(number, title, lambda cell, row: "" if cell and cell > date(2024, 3, 15) else cell)
    day, said = read(lists, tmp_path)
    assert date(2024, 3, 25) <= day <= date(2024, 3, 31)
    assert "the children are as old as on" in said["as_at_from_dates"].found


def test_the_latest_visit_tells_the_day_where_nothing_else_does(tmp_path: Path) -> None:
    lists = authority.made().only(6)
    lists.change(6, "Age of Child (Years)", lambda cell, row: "")
    lists.change(6, "Date Child Was Last Seen", lambda cell, row: date(2024, 3, 30))
    day, said = read(lists, tmp_path)
    assert day == date(2024, 3, 30)
    assert "the latest visit was on" in said["as_at_from_dates"].found


def test_care_leavers_alone_have_a_day_by_their_ages(tmp_path: Path) -> None:
    lists = authority.made().only(9)
    for row, month in zip(lists.body(9), range(15), strict=True):
        born = date(2004, 1 + month % 12, 3)
        row[3], row[4] = born, 20 - ((born.month, born.day) > (3, 31))
    day, _ = read(lists, tmp_path)
    assert date(2024, 3, 3) <= day <= date(2024, 4, 2)


def test_a_name_that_says_another_year_than_the_ages_is_said(tmp_path: Path) -> None:
    lists = authority.made().only(6)
    lists.change(6, "Age of Child (Years)", lambda cell, row: cell - 1)
    day, said = read(lists, tmp_path, "annex_a_2024-03-31")
    assert day == date(2024, 3, 31)
    assert "2023-0" in said["as_at_unlike_ages"].found


def test_faultless_ages_are_not_talked_about(tmp_path: Path) -> None:
    assert "as_at_unlike_ages" not in read(authority.made(), tmp_path, "annex_a_2024-03-31")[1]


@pytest.mark.parametrize(("number", "born"), [(3, date(2000, 1, 1)), (8, date(2004, 1, 1)), (9, date(1997, 1, 1))])
def test_those_too_old_for_their_list_are_said(number: int, born: date, tmp_path: Path) -> None:
    lists = authority.made().only(3, number)
    for row in lists.body(number)[:2]:
        row[3], row[4] = born, 2024 - born.year
    assert read(lists, tmp_path, "annex_a_2024-03-31")[1]["too_old"].count == 2


def test_a_file_that_changes_while_it_is_read_stops_the_run(tmp_path: Path) -> None:
    folder = writing.write_folder(authority.made().only(3), tmp_path)
    before = take_snapshot([folder])
    stop_if_changed(before, [folder])
    with (folder / "list_3.csv").open("a", encoding="utf-8") as file:
        file.write("200999,,,,,01/02/2024,6,b\r\n")
    with pytest.raises(SourceError, match=r"1 files that changed while they were read \(list_3\.csv\)"):
        stop_if_changed(before, [folder])
    (folder / "list_3.csv").unlink()
    with pytest.raises(SourceError, match=r"list_3\.csv"):
        stop_if_changed(before, [folder])


def test_a_run_refuses_files_that_change_under_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = writing.write_folder(authority.made().only(3), tmp_path)
    params = tmp_path / "p.yml"
    params.write_text(
        f"authority: {{name: Testshire}}\nas_at: 2024-03\nsources: [{{format: annex_a, path: {folder.name}}}]\n", encoding="utf-8"
    )
    from cfanalysis.store import reading

    whole = reading.read_annex_a

    def slowly(*given, **named):
        extract = whole(*given, **named)
        (folder / "list_6.csv").write_text("Child Unique ID,CIN Start Date,CIN Closure Date\r\n", encoding="utf-8")
        return extract

    monkeypatch.setattr(reading, "read_annex_a", slowly)
    with pytest.raises(SourceError, match="changed while they were read"):
        cf.open(params).inputs  # noqa: B018


def test_names_that_are_not_utf8_are_read(tmp_path: Path) -> None:
    path = writing.write_workbook(authority.made().only(3), tmp_path)
    other = os.fsencode(tmp_path) + b"/annex_a_\xe9_2024-03-31.xlsx"
    os.rename(os.fsencode(path), other)
    assert len(read_annex_a(Path(os.fsdecode(other))).events) == 84
