"""Which year a census file is of: 1 April to 31 March, as its header says."""

from __future__ import annotations

import re
from datetime import date

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.cells import read_date
from cfanalysis.sources.cin_census.lines import LineProblem
from cfanalysis.sources.cin_census.parsing import Census
from cfanalysis.sources.problems import Problem
from cfanalysis.sources.windows import Window

FIRST_YEAR, LAST_YEAR = 2009, 2100
"""Census years are named for the March they end in; the census in this form began in 2008-09."""


def census_year(census: Census, as_at: date | None = None) -> tuple[Window, list[Problem]]:
    """The first and last day of a file's year, and what its header says amiss.

    ReferenceDate decides; where it is absent or no 31 March, Year does.
    Raises SourceError where neither says, or they say different years.
    """
    if as_at is not None:
        return _to(as_at), []
    reference, year = read_date(census.header.get("ReferenceDate")), _year(census.header.get("Year", ""))
    by_reference = reference if isinstance(reference, date) and (reference.month, reference.day) == (3, 31) else None
    last = by_reference or (date(year, 3, 31) if year else None)
    if last is None:
        found = f"ReferenceDate {census.header.get('ReferenceDate', '')!r} and Year {census.header.get('Year', '')!r}"
        wanted = "a ReferenceDate like 2024-03-31; put the header right, or add as_at to this source in the parameters file"
        raise SourceError(at(f"found {found} in the header, want {wanted}", file=census.file))
    if not FIRST_YEAR <= last.year <= LAST_YEAR:
        raise SourceError(at(f"found the year {last.year} in the header, want one from {FIRST_YEAR} on", file=census.file))
    if year is not None and year != last.year:
        found = f"Year {year} and ReferenceDate {last.isoformat()} in the header"
        wanted = "both of one year; put the header right, or add as_at (the last day of the year) to this source"
        raise SourceError(at(f"found {found}, want {wanted}", file=census.file))
    return _to(last), [] if by_reference else [_said(census, last)]


def _to(last: date) -> Window:
    return date(last.year - 1 + (last.month > 3), 4, 1), last


def _year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"20\d\d", text) else None


def _said(census: Census, last: date) -> Problem:
    found = f"{census.header.get('ReferenceDate', '')!r} in the header"
    wanted = f"a 31 March; taken as the year to {last:%d/%m/%Y} (rule 100)"
    return LineProblem(census.file, "", None, "ReferenceDate", found, wanted, "kept", "header_year")
