"""A run as a whole: its pages read side by side, and the workbook of all its tables."""

import pandas as pd
import pytest
from openpyxl import load_workbook
from tests.pages_made import by_source, every_family, exported, shown

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.errors import ReleaseError
from cfanalysis.page.released_data import read_released
from cfanalysis.release import release_together
from cfanalysis.tables import Table


def pair():
    months = by_source()
    whole = months.frame[months.frame["category"] == "All"].drop(columns="category").reset_index(drop=True)
    parts = months.frame[months.frame["category"] != "All"].reset_index(drop=True)
    return [Table(parts, "Parts", counts=("observed",), margins={"category": "All"}), Table(whole, "Whole", counts=("observed",))]


def pages(folder, released, authority="Solentwick"):
    return [
        exported(folder, [shown(figures.show(table))], name=f"{place}.html", authority=authority) for place, table in enumerate(released)
    ]


def test_two_pages_that_give_a_count_away_together_are_found(tmp_path):
    apart = [cf.release(table, "dfe") for table in pair()]
    made = pages(tmp_path, apart)
    assert [page.audit_run([one]) >= 0 for one in made] == [True, True]
    with pytest.raises(ReleaseError, match="a hidden count could be worked out"):
        page.audit_run(made)


def test_two_pages_released_together_pass(tmp_path):
    assert page.audit_run(pages(tmp_path, release_together(pair(), "dfe"))) > 0


def test_pages_of_different_authorities_have_nothing_to_do_with_one_another(tmp_path):
    one, other = (cf.release(table, "dfe") for table in pair())
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert page.audit_run([*pages(tmp_path / "a", [one], "A"), *pages(tmp_path / "b", [other], "B")]) > 0


def test_a_page_does_not_say_which_hidden_cells_are_small(tmp_path):
    made = exported(tmp_path, every_family())
    held = read_released(made)
    roles = {role for record in held["records"] for counts in record["counts"].values() for role in counts["role"]}
    assert held["records"]
    assert roles == {""}


def test_a_page_of_another_making_is_told(tmp_path):
    (tmp_path / "x.html").write_text("<p>x</p>")
    with pytest.raises(ReleaseError, match=r"x.html holds no released data"):
        page.audit_run([tmp_path / "x.html"])


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
