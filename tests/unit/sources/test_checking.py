"""What a file is, told by what it holds; and what ``cfanalysis check`` prints of it."""

from datetime import date

import pandas as pd
import pytest

from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import checking, identify
from cfanalysis.sources.checking import check
from cfanalysis.sources.extent import whole_months
from cfanalysis.sources.problems import Problem

GOOD = [["2024-01", "audits_completed", "all", "", "", 3, ""], ["2024-03", "audits_completed", "all", "", "", 4, ""]]


def test_formats_are_told_by_what_is_inside_not_by_the_name(annex, tmp_path) -> None:
    assert identify(annex.text(tmp_path, [annex.HEADERS[3], *annex.referrals()], "monthly.csv")) == "annex_a"
    assert identify(annex.monthly(tmp_path, *GOOD, name="list_3.csv")) == "monthly"
    assert identify(annex.c6(tmp_path, [*annex.area(), 780, *range(12)], name="annex_a.csv")) == "published"
    assert identify(annex.one(tmp_path, 3, annex.referrals(), sheet="Data", name="x.xlsx")) == "annex_a"


def test_a_folder_is_what_its_files_are(annex, tmp_path) -> None:
    annex.text(tmp_path, [annex.HEADERS[3], *annex.referrals()], "list_3.csv")
    annex.text(tmp_path, [["notes"]], "readme.txt")
    assert identify(tmp_path) == "annex_a"


def test_an_unknown_file_is_told_what_would_do(tmp_path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"x\.csv: a table with the columns 'a', 'b'.*want an Annex A workbook"):
        identify(tmp_path / "x.csv")


def test_lists_rows_and_months_of_an_annex_a(annex, tmp_path) -> None:
    checked = check(annex.book(tmp_path, {"List 3": [annex.HEADERS[3], *annex.referrals()], "List 6": [annex.HEADERS[6], annex.cin()]}))
    assert checked.lines()[0].endswith("annex_a_2024-03-31.xlsx: Annex A, as at 31/03/2024")
    assert checked.lines()[1:3] == [
        "  List 3 (Referrals): 4 rows, October 2023 to March 2024",
        "  List 6 (Children in need): 1 row, October 2023 to March 2024",
    ]
    assert checked.ok


def test_months_of_a_monthly_csv(annex, tmp_path) -> None:
    checked = check(annex.monthly(tmp_path, *GOOD))
    assert checked.lines()[1:] == ["  audits_completed: 2 rows, January 2024 to March 2024", "  no problems found"]


def test_tables_of_dfe(annex, tmp_path) -> None:
    lines = check(annex.c6(tmp_path, [*annex.area(2024), 780, *range(12)])).lines()
    assert lines[1:] == [
        "  C6 2024 edition (c6.csv): 1 row",
        "  Monthly referrals: 12 rows, April 2023 to March 2024",
        "  no problems found",
    ]


def test_a_fault_of_ours_is_told_and_does_not_stop_the_rest(annex, tmp_path, monkeypatch) -> None:
    def broken(*_args, **_kwargs):
        raise KeyError("child 1234")

    monkeypatch.setattr(checking, "read_annex_a", broken)
    checked = check(annex.one(tmp_path, 3, annex.referrals()))
    assert not checked.ok
    assert "could not be read (KeyError); please report this" in checked.error
    assert "1234" not in checked.error


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2023, 10, 1), date(2024, 3, 31), ("2023-10", "2024-03")),
        (date(2023, 9, 16), date(2024, 3, 15), ("2023-10", "2024-02")),
        (date(2024, 3, 31), date(2024, 3, 31), None),
    ],
)
def test_only_whole_months_count_as_covered(first, last, months) -> None:
    assert whole_months(first, last) == (tuple(pd.Period(m, freq="M") for m in months) if months else (None, None))


@pytest.mark.parametrize(
    ("count", "rows", "said"),
    [
        (1, (7,), "; 1 row left out"),
        (2, (7, 9), "; 2 rows left out (also row 9)"),
        (3, (7, 9, 11), "; 3 rows left out (also rows 9, 11)"),
        (1200, (7, 9, 11, 12, 13), "; 1,200 rows left out (also rows 9, 11, 12, 13 and 1,195 more)"),
    ],
)
def test_a_problem_names_the_first_few_rows(count, rows, said) -> None:
    problem = Problem("a.csv", "", rows[0], "Date", "'x'", "a date", "dropped", "impossible_date", count, rows)
    assert problem.sentence() == f"a.csv, row 7, column Date: found 'x', want a date{said}"
