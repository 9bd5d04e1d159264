"""A run as a whole: the counts that its pages hold, and the workbook of all their tables."""

import pandas as pd
import pytest
from openpyxl import load_workbook
from tests.pages_made import by_source, every_family, exported, shown

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.errors import ReleaseError
from cfanalysis.page.released_data import read_released
from cfanalysis.tables import Table


def test_a_page_holds_the_counts_that_it_shows_and_no_other(tmp_path):
    table = by_source()
    held = read_released(exported(tmp_path, [shown(figures.show(cf.release(table, "dfe")))]))
    (one,) = held["records"]
    values, marks = one["counts"]["observed"]["values"], one["counts"]["observed"]["marks"]
    assert [value is None for value in values] == [mark == "c" for mark in marks]
    assert not {value for value in values if value is not None} & {1.0, 2.0, 3.0, 4.0, 5.0}
    assert (held["authority"], held["policy"]["name"]) == ("Solentwick", "dfe")


def test_a_page_of_another_making_is_told(tmp_path):
    (tmp_path / "x.html").write_text("<p>x</p>")
    with pytest.raises(ReleaseError, match=r"x.html holds no released data"):
        read_released(tmp_path / "x.html")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    frame = pd.DataFrame({"category": ["=HYPERLINK(1)", "+44", "North", "All"], "now": [40.0, 1234.0, 3.0, 1277.0]})
    table = Table(frame, "@Hostile", counts=("now",), margins={"category": "All"})
    cells = [*every_family(), shown(figures.show(cf.release(table, "dfe")))]
    made = exported(folder, cells)
    return made, page.write_workbook([made], folder / "run.xlsx", title="Solentwick")


def test_every_table_of_the_pages_is_a_sheet_with_a_title_and_a_header(book):
    read = load_workbook(book[1])
    assert read.sheetnames[0] == "Contents"
    assert len(read.sheetnames) == 1 + len(figures.FAMILIES) + 2
    for sheet in read.worksheets[1:]:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) == 1
        assert sheet.freeze_panes == "B4"


def test_numbers_are_numbers_and_text_is_never_a_formula(book):
    sheet = load_workbook(book[1]).worksheets[-1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[:2] == [["=HYPERLINK(1)", "[c]"], ["+44", 1234]]
    for other in load_workbook(book[1]).worksheets:
        assert not any(cell.data_type == "f" for row in other.iter_rows() for cell in row)


def test_the_same_run_gives_the_same_bytes(book, tmp_path):
    again = page.write_workbook([book[0]], tmp_path / "again.xlsx", title="Solentwick")
    assert again.read_bytes() == book[1].read_bytes()
