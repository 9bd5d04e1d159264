"""A run as a whole: the counts that its pages hold, and the workbook of all their tables."""

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from tests.pages_made import every_family, exported, notebook, shown
from tests.release_made import make_release

import cfanalysis as cf
from cfanalysis import figures, page
from cfanalysis.disclosure.own.showing import show_released
from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import policy
from cfanalysis.foundation.table import Table
from cfanalysis.page.released_data import read_released

POLICY = policy("dfe")
MONTHS = pd.period_range("2024-01", periods=3, freq="M")


def told(values, flags=("", "", "")):
    """Three months of referrals as a page shows them, each with its address in the release."""
    addresses = tuple(("referrals", "all", (str(month),), "figure") for month in MONTHS)
    frame = pd.DataFrame({"month": MONTHS, "observed": values})
    table = Table(
        frame,
        "Referrals",
        counts=("observed",),
        flags={"observed": flags},
        addresses={"observed": addresses},
        facts={"authority": "Solentwick"},
    )
    return shown(figures.show(show_released(table, POLICY)))


def released_months(values, flags=("", "", "")):
    release = make_release()
    rows = [("referrals", "all", str(month), "figure", value, flag) for month, value, flag in zip(MONTHS, values, flags, strict=True)]
    figures_ = pd.DataFrame(rows, columns=["indicator", "breakdown", "period", "part", "value", "flag"])
    about = release.about.model_copy(update={"authority": "Solentwick"})
    return Release(about, {**release.tables, "figures": figures_})


HIDDEN = ("", "c", "")


def test_a_page_holds_the_figures_that_it_shows_with_their_addresses(tmp_path):
    held = read_released(exported(tmp_path, [told([20.0, np.nan, 30.0], HIDDEN)]))
    assert held["figures"] == [
        ["referrals", "all", ["2024-01"], "figure", 20.0],
        ["referrals", "all", ["2024-02"], "figure", None],
        ["referrals", "all", ["2024-03"], "figure", 30.0],
    ]
    assert (held["authority"], held["policy"]["name"]) == ("Solentwick", "dfe")


def test_a_page_that_says_what_the_release_says_passes(tmp_path):
    made = exported(tmp_path, [told([20.0, np.nan, 30.0], HIDDEN)])
    assert page.audit_pages([made], released_months([20.0, np.nan, 30.0], HIDDEN)) == 3


@pytest.mark.parametrize(
    ("released", "said"),
    [
        ([20.0, np.nan, 31.0], "2024-03, figure: the page says 30, and in the release file it is 31"),
        ([np.nan, np.nan, 30.0], "2024-01, figure: the page says 20, and in the release file it is not shown"),
    ],
)
def test_a_page_that_says_otherwise_than_the_release_is_refused(tmp_path, released, said):
    made = exported(tmp_path, [told([20.0, np.nan, 30.0], HIDDEN)])
    with pytest.raises(ReleaseError, match=said):
        page.audit_pages([made], released_months(released, ["c" if np.isnan(value) else "" for value in released]))


def test_a_page_of_another_authority_or_policy_is_refused(tmp_path):
    made = exported(tmp_path, [told([20.0, 25.0, 30.0])])
    release = released_months([20.0, 25.0, 30.0])
    other = Release(release.about.model_copy(update={"authority": "Elsewhere"}), release.tables)
    with pytest.raises(ReleaseError, match="is of Solentwick under 'dfe', and the release file of Elsewhere"):
        page.audit_pages([made], other)


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
    made = page.written_tables(notebook(folder / "executed.ipynb", cells), "Demand")
    return made, page.write_workbook(made, folder / "run.xlsx", title="Solentwick")


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
    again = page.write_workbook(book[0], tmp_path / "again.xlsx", title="Solentwick")
    assert again.read_bytes() == book[1].read_bytes()
