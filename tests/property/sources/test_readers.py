"""Readers against anything: a file is read to its contract or refused in words, and every row is accounted for."""

# ruff: noqa: E501  what is drawn stands on one line; a refusal is one of two good outcomes

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.table import validate
from cfanalysis.sources import Extract, check, read_annex_a, read_monthly
from cfanalysis.sources.grids import Grid
from cfanalysis.sources.headers import list_specs
from cfanalysis.sources.listings import find_listings
from cfanalysis.sources.records import read_records, settle_dates

EXAMPLES = 60
AS_AT = date(2024, 3, 31)

CELLS = st.one_of(
    st.sampled_from(["", " ", None, "C1", "C2", "05/02/2024", "31/02/2024", "2024-02-05", "a) Yes", "q) 6: Police", "RC7", "N1", "Total", "#N/A", "=1+1", "\x00", "é"]),
    st.sampled_from([0, 1, -1, 45327, 45327.5, 1e300, float("nan"), float("inf"), True, False]),
    st.sampled_from([date(2024, 2, 5), date(1900, 1, 1), datetime(2024, 2, 5, 23), time(3), timedelta(days=2)]),
    st.text(max_size=6),
    st.integers(-(10**12), 10**12),
)  # fmt: skip


@st.composite
def grids(draw):
    """A list of Annex A whose header is whole, and rows of anything, some too short or too long."""
    spec = draw(st.sampled_from(list_specs()))
    header = [column.title for column in spec.columns.values()]
    rows = draw(st.lists(st.lists(CELLS, max_size=len(header) + 2), max_size=12))
    return Grid(f"list_{spec.number}.csv", "", [*([[]] * draw(st.integers(0, 3))), header, *rows])


@settings(max_examples=3 * EXAMPLES)
@given(grids())
def test_every_row_is_read_or_accounted_for(grid) -> None:
    listings, problems = find_listings(Path(grid.file), [grid])
    for listing in listings:
        records = settle_dates(read_records(listing), AS_AT)
        every = [*problems, *records.problems]
        dropped = sum(problem.count for problem in every if problem.action == "dropped")
        assert len(records.data) == len(records.place.rows)
        assert len(records.data) + dropped == listing.rows_read
        assert all(problem.sentence() and problem.count >= len(problem.rows) for problem in every)
        assert (records.data["child_id"] != "").all()


@settings(max_examples=EXAMPLES)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 3, 5, 6, 7]), st.lists(st.lists(st.text(max_size=8), max_size=9), max_size=6)),
        min_size=1,
        max_size=3,
        unique_by=lambda s: s[0],
    )
)
def test_any_text_is_read_to_the_contract_or_refused_in_words(sheets) -> None:
    with TemporaryDirectory() as folder:
        for number, rows in sheets:
            header = [column.title for column in list_specs()[number - 1].columns.values()]
            good = [
                "C1" if column.kind == "id" else "05/02/2024" if column.kind == "date" else ""
                for column in list_specs()[number - 1].columns.values()
            ]
            with Path(folder, f"list_{number}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([header, good, *rows])
        try:
            extract = read_annex_a(folder, as_at=AS_AT)
        except SourceError as refused:
            told = str(refused)
            assert "list_" in told
        else:
            assert isinstance(extract, Extract)
            validate(extract.events, "events")


@settings(max_examples=EXAMPLES)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(["2024-01", "audits", "all", "1", "2", "50", "c", "x", "team: A", "", "-1", "1e999", "nan", "1,234", "5%"]),
                st.text(max_size=5),
            ),
            max_size=9,
        ),
        max_size=8,
    )
)
def test_any_monthly_csv_is_read_to_the_contract_or_refused_in_words(rows) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "m.csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["month", "indicator", "breakdown", "numerator", "denominator", "value", "flag"], *rows])
        try:
            series = read_monthly(path, authority="Anyshire").series
        except SourceError as refused:
            told = str(refused)
            assert "m.csv" in told
        else:
            validate(series, "series")


@settings(max_examples=EXAMPLES)
@given(
    st.binary(max_size=400),
    st.sampled_from(["list_3.csv", "x.xlsx", "monthly.csv", "x.xls", "x.txt"]),
    st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0", b"month,indicator,value\n"]),
)
def test_any_bytes_are_refused_or_read_never_a_fault_of_ours(content, name, start) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(start + content)
        checked = check(path)
        assert "could not be read (" not in checked.error
        assert checked.lines()
