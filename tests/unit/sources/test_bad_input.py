"""What people really send, and what they are told: one row a fault, each with the words an analyst reads.

`stops`: the file cannot be used at all. Otherwise it is read, and the fault is counted and said.
"""

# ruff: noqa: E501  one fault a line reads as a table

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources import check, read_annex_a

KINDS = {"audits_good": "percent", "audits_completed": "count", "caseload_average": "measure", "agency_share": "percent"}

Maker = Callable[[SimpleNamespace, Path], Path]


@dataclass(frozen=True)
class Fault:
    """One way of being wrong: how to make such a file, what must be said, and whether it stops the reading."""

    name: str
    make: Maker
    said: tuple[str, ...]
    stops: bool = False


def _write(name: str, content: bytes) -> Maker:
    def make(_: SimpleNamespace, folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _list3(*rows: list, good: int = 4, **options: str) -> Maker:
    return lambda a, f: a.one(f, 3, [*a.referrals(good), *rows], **options)


def _with(number: int, row: Callable[[SimpleNamespace], list], good: Callable[[SimpleNamespace], list[list]]) -> Maker:
    return lambda a, f: a.one(f, number, [*good(a), row(a)])


def _referral(**cells: object) -> Maker:
    return _with(3, lambda a: a.referral("X9", **cells), lambda a: a.referrals())


def _cin(**cells: object) -> Maker:
    return _with(6, lambda a: a.cin("X9", **cells), lambda a: [a.cin(f"C{i}") for i in range(4)])


def _enquiry(**cells: object) -> Maker:
    return _with(5, lambda a: a.enquiry("X9", **cells), lambda a: [a.enquiry(f"C{i}") for i in range(4)])


def _plan(**cells: object) -> Maker:
    return _with(7, lambda a: a.plan("X9", **cells), lambda a: [a.plan(f"C{i}") for i in range(4)])


def _header(change: Callable[[list[str]], list[str]], number: int = 3) -> Maker:
    return lambda a, f: a.book(f, {f"List {number}": [change(list(a.HEADERS[number])), *a.referrals()]})


def _without(title: str) -> Callable[[list[str]], list[str]]:
    return lambda header: ["" if cell == title else cell for cell in header]


def _truncated(a: SimpleNamespace, folder: Path) -> Path:
    path = a.one(folder, 3, a.referrals())
    path.write_bytes(path.read_bytes()[:1500])
    return path


def _missing_sheet_part(a: SimpleNamespace, folder: Path) -> Path:
    path = a.one(folder, 3, a.referrals())
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist() if "worksheets" not in name}
    with zipfile.ZipFile(path, "w") as part:
        for name, content in parts.items():
            part.writestr(name, content)
    return path


def _zip_of_text(_: SimpleNamespace, folder: Path) -> Path:
    path = folder / "annex_a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return path


def _merged(a: SimpleNamespace, folder: Path) -> Path:
    path = a.one(folder, 3, a.referrals())
    workbook = openpyxl.load_workbook(path)
    workbook["List 3"].merge_cells("A3:A4")
    workbook.save(path)
    return path


def _formulas(a: SimpleNamespace, folder: Path) -> Path:
    return a.one(folder, 3, [a.referral(f"C{i}", "=TODAY()") for i in range(4)])


def _two_extracts(a: SimpleNamespace, folder: Path) -> Path:
    a.one(folder, 3, a.referrals(), name="annex_a_2023-09-30.xlsx")
    a.one(folder, 3, a.referrals(), name="annex_a_2024-03-31.xlsx")
    return folder


def _mixed(a: SimpleNamespace, folder: Path) -> Path:
    a.monthly(folder, ["2024-01", "audits_good", "all", 1, 2, "", ""])
    a.text(folder, [a.HEADERS[3], *a.referrals()])
    return folder


def _list_twice_in_folder(a: SimpleNamespace, folder: Path) -> Path:
    a.text(folder, [a.HEADERS[3], *a.referrals()], "list_3.csv")
    a.text(folder, [a.HEADERS[3], *a.referrals()], "List 3 Referrals.csv")
    return folder


def _monthly(*rows: list, **options: object) -> Maker:
    return lambda a, f: a.monthly(f, ["2024-01", "audits_completed", "all", "", "", 12, ""], *rows, **options)


def _swap(a: SimpleNamespace, folder: Path) -> Path:
    return a.one(folder, 3, [a.referral(f"C{i}", "01/05/2012", born=f"{i + 1:02d}/02/2024") for i in range(6)])


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504

FAULTS = [
    # whole files
    Fault("no such file", lambda _, f: f / "nothing.xlsx", ("nothing.xlsx", "no such file", "check the path"), stops=True),
    Fault("an empty file", _write("list_3.csv", b""), ("list_3.csv", "the file is empty"), stops=True),
    Fault("a file of blank lines", _write("list_3.csv", b"\r\n\r\n  \r\n"), ("the file is empty",), stops=True),
    Fault("a password", _write("annex_a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")), ("protected by a password", "clear the password"), stops=True),
    Fault("an old workbook", _write("annex_a.xls", OLE), ("old Excel workbook (.xls)", "save it as .xlsx"), stops=True),
    Fault("cut off", _truncated, ("cut off or damaged", "export it again"), stops=True),
    Fault("a sheet lost from the archive", _missing_sheet_part, ("the workbook is damaged", "save it again"), stops=True),
    Fault("a Word document", _zip_of_text, ("not an Excel workbook", "want an Annex A workbook"), stops=True),
    Fault("text named xlsx", _write("annex_a.xlsx", b"Child Unique ID,Date of referral\n1,01/02/2024\n"), ("content is not one", "rename it .csv"), stops=True),
    Fault("a picture named csv", _write("list_3.csv", b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x01\x00\x00\x01\xff"), ("not a text file",), stops=True),
    Fault("XML", _write("cin.xml", b"<Message><Header/></Message>"), ("in the header", "want a ReferenceDate like 2024-03-31"), stops=True),
    Fault("a table of something else", _write("x.csv", b"Name,Shoe size\nA,42\n"), ("'Name', 'Shoe size'", "no format that is known"), stops=True),
    Fault("a workbook of something else", lambda a, f: a.book(f, {"Budget": [["Cost", "Pounds"], ["x", 1]]}), ("the sheets 'Budget'", "none of them a list"), stops=True),
    Fault("only lists 10 and 11", lambda a, f: a.book(f, {"List 10": [["Child Unique ID", "Family identifier"], ["1", "2"]]}), ("none of the lists 1 to 9",), stops=True),
    Fault("an empty folder", lambda _, f: f, ("holds nothing that is recognised",), stops=True),
    Fault("a folder of several extracts", _two_extracts, ("several extracts", "each as a source of its own"), stops=True),
    Fault("a folder of mixed formats", _mixed, ("mixes formats", "monthly.csv", "list_3_2024-03-31.csv"), stops=True),
    # encodings and delimiters
    Fault("UTF-16", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals()], encoding="utf-16"), ("text in UTF-16", "CSV UTF-8")),
    Fault("UTF-16 without a mark", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals()], encoding="utf-16-le"), ("text in UTF-16",)),
    Fault("UTF-16 cut off", _write("list_3.csv", "Child Unique ID,Date of referral\n1,01/02/2024".encode("utf-16")[:-1]), ("cut off or damaged (UTF-16)",), stops=True),
    Fault("Windows-1252", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals(), [*a.referral("Zoë", "09/02/2024")]], encoding="cp1252"), ("Windows-1252", "letters with accents")),
    Fault("semicolons", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals()], delimiter=";"), ("semicolons between the columns", "want commas")),
    Fault("tabs", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals()], delimiter="\t"), ("tabs between the columns",)),
    # sheets and headers
    Fault("no header row", lambda a, f: a.book(f, {"List 3": a.referrals()}), ("sheet List 3", "no header row", "'Child Unique ID' and 'Date of referral'"), stops=True),
    Fault("no child id column", _header(_without("Child Unique ID")), ("column Child Unique ID", "no such column", "add or rename it"), stops=True),
    Fault("no date column", _header(_without("Date of referral")), ("column Date of referral", "no such column"), stops=True),
    Fault("a date column of another name", _header(lambda h: ["When" if c == "Date of referral" else c for c in h]), ("not recognised: 'When'",), stops=True),
    Fault("no source column", _header(_without("Referral Source")), ("column Referral Source", "no such column", "shown as not available")),
    Fault("no NFA column", _header(_without("Referral NFA?")), ("column Referral NFA?", "shown as not available")),
    Fault("a misspelt header", _header(lambda h: ["Date of refferal" if c == "Date of referral" else c for c in h]), ("the header 'Date of refferal'", "'Date of referral' (taken for it)")),
    Fault("a column twice", lambda a, f: a.book(f, {"List 3": [[*a.HEADERS[3], "Date of referral"], *([*r, "01/01/2024"] for r in a.referrals())]}), ("more than once with different values (column F and column L)",), stops=True),
    Fault("another list under the name", lambda a, f: a.book(f, {"List 3": [a.HEADERS[1], a.contact()]}), ("sheet List 3", "the columns of List 1 (Contacts)", "rename the sheet"), stops=True),
    Fault("a list twice", lambda a, f: a.book(f, {"List 3": [a.HEADERS[3], *a.referrals()], "Referrals": [a.HEADERS[3], *a.referrals()]}), ("the list 2 times: 'List 3' and 'Referrals'",), stops=True),
    Fault("a list twice in a folder", _list_twice_in_folder, ("the list 2 times",), stops=True),
    Fault("a sheet of notes", lambda a, f: a.book(f, {"List 3": [a.HEADERS[3], *a.referrals()], "Guidance": [["Read me"], ["please"]]}), ("sheet Guidance", "passed over")),
    Fault("list 10", lambda a, f: a.book(f, {"List 3": [a.HEADERS[3], *a.referrals()], "List 10": [["Child Unique ID"], ["1"]]}), ("sheet List 10", "this list is not used")),
    Fault("a list with headers only", lambda a, f: a.book(f, {"List 3": [a.HEADERS[3], *a.referrals()], "List 1": [a.HEADERS[1]]}), ("sheet List 1", "an empty list", "not as 0")),
    Fault("two header rows", lambda a, f: a.book(f, {"List 3": [a.HEADERS[3], a.HEADERS[3], *a.referrals()]}), ("row 2", "the header row again", "1 row left out")),
    Fault("merged cells", _merged, ("row 3", "column Child Unique ID", "merged cells (rows 3 to 4)", "Merge & Center off"), stops=True),
    Fault("formulas never worked out", _formulas, ("column Date of referral", "formulas that were never worked out", "save it"), stops=True),
    # rows
    Fault("a row of totals", _list3(["Total", "", "", "", 4]), ("row 6", "a row of totals", "1 row left out")),
    Fault("a blank child id", _with(3, lambda a: a.referral("", "09/02/2024"), lambda a: a.referrals()), ("row 6, column Child Unique ID", "no child id", "1 row left out")),
    Fault("a child id that says unknown", _with(3, lambda a: a.referral("N/A", "09/02/2024"), lambda a: a.referrals()), ("no child id",)),
    Fault("the same row twice", lambda a, f: a.one(f, 3, [*a.referrals(), a.referrals()[0]]), ("row 6", "the same row again", "1 row left out")),
    Fault("a comma without quotes", lambda a, f: a.text(f, [a.HEADERS[3], *a.referrals(), [*a.referral("X9"), "extra"]]), ("row 6", "more cells than headers", "in quotes")),
    # dates
    Fault("31 February", _referral(date="31/02/2024"), ("sheet List 3, row 6, column Date of referral", "found '31/02/2024', want a date like 28/02/2024", "1 row left out")),
    Fault("words for a date", _referral(date="last week"), ("found 'last week'",)),
    Fault("no date", _referral(date=""), ("row 6, column Date of referral", "found no date")),
    Fault("n/a for a date", _referral(date="n/a"), ("found 'n/a'", "found no date")),
    Fault("the date of systems for no date", _referral(date="01/01/1900"), ("found '01/01/1900'",)),
    Fault("month first", lambda a, f: a.one(f, 3, [a.referral(f"C{i}", f"02/{i + 10}/2024") for i in range(8)]), ("month first, like '02/13/2024'", "day first"), stops=True),
    Fault("another century", _referral(date="05/02/1924"), ("found '05/02/1924', want a date since 1990",)),
    Fault("after the as-at date", _referral(date="05/02/2025"), ("found '05/02/2025', want a date up to 31/03/2024, the as-at date",)),
    Fault("years of two digits", _referral(date="05/02/24"), ("found '05/02/24'", "years of four digits")),
    Fault("nothing but bad dates", lambda a, f: a.one(f, 3, [a.referral(f"C{i}", "soon") for i in range(5)]), ("5 of 5 rows that cannot be used", "two columns swapped"), stops=True),
    Fault("the wrong as-at date", lambda a, f: a.one(f, 3, a.referrals(), name="annex_a_2023-03-31.xlsx"), ("4 of 4 rows", "is the as-at date wrong?"), stops=True),
    Fault("no date anywhere", lambda a, f: a.one(f, 3, [a.referral(f"C{i}", "") for i in range(5)], name="annex.xlsx"), ("add as_at to this source",), stops=True),
    Fault("closed before it started", _cin(closed="01/01/2024"), ("row 6, column CIN Closure Date", "'01/01/2024', before CIN Start Date '05/02/2024'", "1 row left out")),
    Fault("closed in the future", _cin(closed="01/01/2025"), ("column CIN Closure Date", "(read as not yet)", "1 row changed")),
    Fault("an impossible closure", _cin(closed="99/99/2024"), ("column CIN Closure Date", "found '99/99/2024'", "1 row changed")),
    Fault("a conference before its enquiry", _enquiry(icpc="01/02/2024"), ("'01/02/2024', before Strategy discussion", "kept as it is")),
    Fault("a plan that ends before it starts", _plan(end="01/02/2024"), ("column Child Protection Plan End Date", "an end on or after the start")),
    Fault("born long after", _referral(born="01/05/2026"), ("column Date of Birth", "'01/05/2026', more than 40 weeks after", "1 row changed")),
    Fault("born in 1950", _referral(born="01/05/1950"), ("found '01/05/1950', want a child's date of birth",)),
    Fault("date columns swapped", _swap, ("column Date of Birth", "are two columns swapped?"), stops=True),
    # codes and numbers
    Fault("a source that is none", _referral(source="Dragon"), ("column Referral Source", "found 'Dragon', want one of 1A, 1B", "(read as unknown)")),
    Fault("an NFA that is neither", _referral(nfa="perhaps"), ("column Referral NFA?", "found 'perhaps', want one of yes, no, unknown")),
    Fault("a need that is none", _cin(need="N77"), ("column Primary Need Code", "found 'N77', want one of N1")),
    Fault("a reason that is none", _cin(closed="20/02/2024", reason="RC99"), ("column Reason for Closure", "found 'RC99'")),
    Fault("a category that is none", _plan(latest="z) Other"), ("column Latest Category of Abuse", "found 'z) Other', want one of NEG")),
    Fault("words for a number", _plan(previous="several"), ("column Number of Previous Child Protection Plans", "found 'several', want a whole number")),
    Fault("a negative number", _plan(previous=-1), ("found '-1', want 0 or more",)),
    # monthly CSV
    Fault("month 13", _monthly(["2024-13", "audits_completed", "all", "", "", 3, ""]), ("monthly.csv, row 3, column month", "found '2024-13', want a month that exists", "1 row left out")),
    Fault("a month in words", _monthly(["soon", "audits_completed", "all", "", "", 3, ""]), ("found 'soon'",)),
    Fault("Mar-24", _monthly(["Mar-24", "audits_completed", "all", "", "", 3, ""]), ("found 'Mar-24', want months written like 2024-03", "1 row changed")),
    Fault("a month to come", _monthly(["2090-01", "audits_completed", "all", "", "", 3, ""]), ("found '2090-01'", "only targets may lie ahead")),
    Fault("a month twice", _monthly(["2024-01", "audits_completed", "all", "", "", 13, ""]), ("audits_completed (all) of 2024-01 with two different figures",), stops=True),
    Fault("the same row twice, monthly", _monthly(["2024-01", "audits_completed", "all", "", "", 12, ""]), ("of 2024-01 again", "1 row left out")),
    Fault("an unknown indicator", _monthly(["2024-01", "audits_compelted", "all", "", "", 3, ""]), ("found 'audits_compelted'", "perhaps 'audits_completed'")),
    Fault("a numerator too large", _monthly(["2024-02", "audits_good", "all", 25, 20, "", ""]), ("column numerator", "found '25'", "part of its denominator")),
    Fault("over 100 per cent", _monthly(["2024-02", "agency_share", "all", "", "", 120, ""]), ("found '120', want a percentage from 0 to 100",)),
    Fault("a negative figure", _monthly(["2024-02", "audits_completed", "all", "", "", -4, ""]), ("found '-4', want 0 or more",)),
    Fault("a percent sign", _monthly(["2024-02", "agency_share", "all", "", "", "12%", ""]), ("found '12%'", "the sign was taken off")),
    Fault("thousands", _monthly(["2024-02", "audits_completed", "all", "", "", "1,234", ""]), ("found '1,234'", "without commas")),
    Fault("text for a figure", _monthly(["2024-02", "audits_completed", "all", "", "", "many", ""]), ("column value: found 'many'", "(read as not available)")),
    Fault("neither value nor flag", _monthly(["2024-02", "audits_completed", "all", "", "", "", ""]), ("no value and no flag", "read as x")),
    Fault("value and flag", _monthly(["2024-02", "audits_completed", "all", "", "", 4, "c"]), ("found 'c'", "the value was taken out")),
    Fault("a flag that is none", _monthly(["2024-02", "audits_completed", "all", "", "", "", "?"]), ("found '?', want one of c x z u", "not available")),
    Fault("a value that disagrees", _monthly(["2024-02", "audits_good", "all", 10, 20, 60, ""]), ("found '60', want what numerator and denominator give",)),
    Fault("a breakdown by worker", _monthly(["2024-02", "caseload_average", "worker: W1", "", "", 15, ""]), ("a breakdown by worker", "figures of single workers are never used")),
    Fault("a breakdown without a dimension", _monthly(["2024-02", "caseload_average", "North", "", "", 15, ""]), ("found 'North'", "'team: North'")),
    Fault("no value column", _monthly(header=["month", "indicator", "breakdown", "a", "b", "c", "flag"]), ("column value", "no such column"), stops=True),
    Fault("the value column twice", _monthly(header=["month", "indicator", "breakdown", "value", "b", "value", "flag"]), ("column value", "the column more than once"), stops=True),
    Fault("headers only, monthly", lambda a, f: a.monthly(f), ("no row that can be used",), stops=True),
    # DfE tables
    Fault("a symbol DfE does not use", lambda a, f: a.c6(f, [*a.area(), "~", *range(1, 13)]), ("column referrals", "found '~'", "(read as not available)")),
    Fault("no code column", lambda a, f: a.c6(f, header=[c for c in [*a.AREA, "Referrals", *a.MONTHS] if c != "new_la_code"]), ("column new_la_code", "as DfE publishes it"), stops=True),
    Fault("a table with no rows", lambda a, f: a.c6(f), ("a table with no rows", "download the file again"), stops=True),
    Fault("a table cut off", lambda a, f: a.c6(f, [*a.area(), 78, *range(1, 13)], a.area(2023)), ("row 3", "a row of 11 cells, want 24 cells"), stops=True),
    Fault("a year that is none", lambda a, f: a.c6(f, [*a.area("soon"), 78, *range(1, 13)]), ("column time_period", "found 'soon', want a year like 2024"), stops=True),
    Fault("a level that is none", lambda a, f: a.c6(f, [*a.area(), 78, *range(1, 13)], [*a.area(level="Ward"), 78, *range(1, 13)]), ("column geographic_level", "found 'Ward'", "1 row left out")),
    Fault("a DfE table that is not used", _write("x.csv", b"time_period,geographic_level,rainfall\n2024,National,3\n"), ("'time_period', 'geographic_level', 'rainfall'",), stops=True),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_bad_input_is_told_in_the_analysts_words(fault: Fault, annex: SimpleNamespace, tmp_path: Path) -> None:
    checked = check(fault.make(annex, tmp_path), kinds=KINDS)
    text = "\n".join(checked.lines())
    for words in fault.said:
        assert words in text, text
    assert checked.ok is not fault.stops, text
    assert "could not be read (" not in text
    assert "Traceback" not in text


def test_the_table_is_as_long_as_promised() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 60


def test_what_stops_a_reading_repeats_no_record(tmp_path: Path) -> None:
    """What stops a run is printed by every page of a batch: file, row and column are named, a child's values are not."""
    head = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of referral,Referral Source,Referral NFA?"
    rows = [f"CANARY{place},F,WBRI,2010-05-0{place % 9 + 1},13,2024-01-{place + 10},6,0" for place in range(12)]
    path = tmp_path / "list_3_referrals_2024-01-31.csv"
    path.write_text("\n".join([head, f'"{rows[0]}', *rows[1:]]), encoding="utf-8")
    with pytest.raises(SourceError) as quoted:
        read_annex_a(path)
    assert "CANARY" not in str(quoted.value)
    path.write_text(
        "\n".join([head, *(f"1.23457E+11,F,WBRI,2010-05-01,13,2024-01-{place + 10},6,0" for place in range(12))]), encoding="utf-8"
    )
    with pytest.raises(SourceError, match="rounded") as rounded:
        read_annex_a(path)
    assert "1.23457E+11" not in str(rounded.value)
