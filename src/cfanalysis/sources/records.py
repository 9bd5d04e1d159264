"""Listings to records: every column read, every value that cannot be right dropped or blanked, and each of these counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import (
    Column,
    as_text,
    distinct,
    is_error,
    month_first,
    opened_american,
    read_dates,
    read_numbers,
    read_text,
    turned,
    two_orders,
)
from cfanalysis.sources.codes import code_set, read_codes
from cfanalysis.sources.headers import ColumnSpec, ListSpec
from cfanalysis.sources.listings import Listing
from cfanalysis.sources.problems import Action, Place, Problem

EARLIEST_EVENT = pd.Timestamp("1990-01-01")
"""No record of an authority's case system is older; earlier dates are typing errors."""

GESTATION_DAYS = 280
"""40 weeks: a child can be referred unborn, not unconceived (census rule 8606)."""

OLDEST_YEARS = 30
"""Services end at 25; a birth date that makes a child older than this is a typing error."""

A_DATE = "a date like 28/02/2024"

SWAPPED = 0.5
"""Where more than this share of a list is dated before birth, two columns have been swapped."""

MIN_TO_JUDGE = 4
"""Fewer rows than this say nothing about the whole column."""


@dataclass(frozen=True)
class Records:
    """One list read: values by column key (dates, text, numbers), row by row as in ``place``."""

    spec: ListSpec
    data: pd.DataFrame
    place: Place
    problems: tuple[Problem, ...]
    rows_read: int

    def without(self, gone: np.ndarray, problem: Problem) -> Records:
        """The records without some rows, and the problem that says why."""
        place = replace(self.place, rows=self.place.rows[~gone])
        return replace(self, data=self.data[~gone].reset_index(drop=True), place=place, problems=(*self.problems, problem))

    def blanked(self, key: str, gone: np.ndarray, problem: Problem) -> Records:
        """The records with some dates taken out, and the problem that says why."""
        data = self.data.assign(**{key: self.data[key].mask(gone)})
        return replace(self, data=data, problems=(*self.problems, problem))


def read_records(listing: Listing) -> Records:
    """Every column of a listing read by its kind; unreadable cells blank, and counted."""
    values: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    unusable = np.zeros(len(listing.cells), dtype=bool)
    for spec in listing.spec.columns.values():
        essential = listing.spec.date_keys == (spec.key,)
        cells, said = _well_formed(listing.cells[spec.key], spec, listing)
        column = _read(cells, spec)
        values[spec.key] = column.data
        problems += [*said, *_column_problems(cells, column, spec, listing.place, essential=essential)]
        unusable |= column.bad & essential
    problems += _not_recorded(listing, values)
    frame = pd.DataFrame(values, index=listing.cells.index)[~unusable].reset_index(drop=True)
    place = replace(listing.place, rows=listing.place.rows[~unusable])
    return Records(listing.spec, frame, place, tuple(problems), listing.rows_read)


def _not_recorded(listing: Listing, values: dict[str, pd.Series]) -> list[Problem]:
    """Columns that figures are broken down by and that some rows leave blank: those rows stand under "not recorded"."""
    problems = []
    for spec in listing.spec.columns.values():
        if spec.key not in {"team", *_shown_by(listing.spec)} or not len(values[spec.key]):
            continue
        blank = (values[spec.key] == "").to_numpy()
        if blank.any() and listing.cells[spec.key].notna().any():  # a column that is not there is told by its header
            found, wanted = "blank", "a value in every row (its figures stand under 'not recorded')"
            problems.append(listing.place.problem(spec.title, "not_recorded", found, wanted, "kept", blank))
    return problems


def _shown_by(spec: ListSpec) -> set[str]:
    return {str(about[part]) for about in spec.events for part in ("source", "category") if isinstance(about.get(part), str)}


def _well_formed(cells: pd.Series, spec: ColumnSpec, listing: Listing) -> tuple[pd.Series, list[Problem]]:
    """A column without Excel's errors, and with dates the right way round; what was done, or why it cannot be."""
    place, problems = listing.place, []
    codes, values = distinct(cells)
    wrong = np.array([is_error(value) for value in values], dtype=bool)[codes] if len(cells) else np.zeros(0, dtype=bool)
    if wrong.any() and spec.kind != "id":
        ends = spec.key in {str(about.get("end_date")) for about in listing.spec.events}
        wanted = "what the formula should give; mend it in Excel and save the values" + ("" if ends else " (read as unknown)")
        action: Action = "stopped" if ends else "coerced"
        problems.append(place.problem(spec.title, "error_cell", _first(cells, wrong), wanted, action, wrong))
        cells = cells.mask(wrong, None)
    if spec.kind == "date" and two_orders(cells):
        found, wanted = "dates written day first and others written month first", "one order; format the column as a date and save again"
        problems.append(place.problem(spec.title, "two_orders", found, wanted, "stopped", np.ones(len(cells), dtype=bool)))
    if spec.kind == "date" and (american := opened_american(cells)).any():
        found = "dates up to the 12th of a month only, and text for all others: dd/mm/yyyy that an American Excel has opened"
        wanted = "dates saved by an Excel with British settings (day and month were exchanged back)"
        problems.append(place.problem(spec.title, "opened_american", found, wanted, "coerced", american))
        cells = turned(cells, american)
    return cells, problems


def _read(cells: pd.Series, spec: ColumnSpec) -> Column:
    if spec.kind == "date":
        return read_dates(cells)
    if spec.kind == "code":
        return read_codes(cells, spec.codes)
    return read_numbers(cells) if spec.kind == "number" else read_text(cells)


def _column_problems(cells: pd.Series, column: Column, spec: ColumnSpec, place: Place, *, essential: bool) -> list[Problem]:
    problems = []
    if spec.kind == "date" and column.bad.any() and month_first(cells):
        wanted = "day first (31/03/2024); format the column as a date in Excel and save again"
        return [
            place.problem(
                spec.title, "month_first", f"dates written month first, like {_first(cells, column.bad)}", wanted, "stopped", column.bad
            )
        ]
    if column.bad.any():
        rule, wanted = _unreadable(spec)
        problems.append(
            place.problem(spec.title, rule, _first(cells, column.bad), wanted, "dropped" if essential else "coerced", column.bad)
        )
    if column.blanked.any():
        wanted = "an empty cell where nothing is known (read as blank)"
        problems.append(place.problem(spec.title, "placeholder", _first(cells, column.blanked), wanted, "coerced", column.blanked))
    if column.short_year.any():
        wanted = "years of four digits (read as the nearest past or coming year)"
        problems.append(place.problem(spec.title, "two_digit_year", _first(cells, column.short_year), wanted, "coerced", column.short_year))
    return problems


def _first(cells: pd.Series, marked: np.ndarray) -> str:
    return repr(as_text(cells[marked].iloc[0]))


def _unreadable(spec: ColumnSpec) -> tuple[str, str]:
    if spec.kind == "date":
        return "impossible_date", A_DATE
    if spec.kind == "number":
        return "not_a_number", "a whole number"
    codes = list(dict.fromkeys(code_set(spec.codes).known.values()))
    return "unknown_code", f"one of {', '.join(codes[:6])}{' ...' if len(codes) > 6 else ''} (read as unknown)"


def settle_dates(records: Records, as_at: date) -> Records:
    """The records with the dates that cannot be right dealt with: too early, in the future, end before start, before birth.

    Rows without the date that makes them an event are dropped; ends in the future are taken out (not ended yet).
    """
    records = _too_early(records)
    records = _negative(records)
    records = _future(records, pd.Timestamp(as_at))
    records = _without_date(records)
    records = _end_before_start(records)
    return _birth(records, pd.Timestamp(as_at))


def _dates(records: Records) -> list[ColumnSpec]:
    return [spec for spec in records.spec.columns.values() if spec.kind == "date" and spec.key != "birth_date"]


def _own(records: Records, key: str) -> bool:
    return records.spec.date_keys == (key,)


def _too_early(records: Records) -> Records:
    for spec in _dates(records):
        early = (records.data[spec.key] < EARLIEST_EVENT).to_numpy()
        if early.any():
            found = f"'{records.data.loc[early, spec.key].iloc[0]:%d/%m/%Y}'"
            action = "dropped" if _own(records, spec.key) else "coerced"
            problem = records.place.problem(spec.title, "implausible_date", found, "a date since 1990", action, early)  # type: ignore[arg-type]
            records = records.without(early, problem) if action == "dropped" else records.blanked(spec.key, early, problem)
    return records


def _negative(records: Records) -> Records:
    for spec in records.spec.columns.values():
        if spec.kind == "number" and (below := (records.data[spec.key] < 0).to_numpy()).any():
            found = f"'{records.data.loc[below, spec.key].iloc[0]:g}'"
            records = records.blanked(spec.key, below, records.place.problem(spec.title, "negative", found, "0 or more", "coerced", below))
    return records


def _future(records: Records, as_at: pd.Timestamp) -> Records:
    for spec in _dates(records):
        late = (records.data[spec.key] > as_at).to_numpy()
        if not late.any():
            continue
        found = f"'{records.data.loc[late, spec.key].iloc[0]:%d/%m/%Y}'"
        wanted = f"a date up to {as_at:%d/%m/%Y}, the as-at date"
        if _own(records, spec.key):
            records = records.without(late, records.place.problem(spec.title, "future_date", found, wanted, "dropped", late))
        else:
            records = records.blanked(
                spec.key, late, records.place.problem(spec.title, "future_date", found, f"{wanted} (read as not yet)", "coerced", late)
            )
    return records


def _without_date(records: Records) -> Records:
    keys = [key for key in records.spec.date_keys if key in records.data]
    if not keys:
        return records
    undated = records.data[keys].isna().all(axis=1).to_numpy()
    if not undated.any():
        return records
    title = records.spec.columns[keys[0]].title
    return records.without(undated, records.place.problem(title, "missing_date", "no date", A_DATE, "dropped", undated))


def _end_before_start(records: Records) -> Records:
    for about in records.spec.events:
        if "end_date" not in about:
            continue
        start, end = records.spec.columns[str(about["date"])], records.spec.columns[str(about["end_date"])]
        wrong = (records.data[end.key] < records.data[start.key]).to_numpy()
        if not wrong.any():
            continue
        row = records.data[wrong].iloc[0]
        found = f"'{row[end.key]:%d/%m/%Y}', before {start.title} '{row[start.key]:%d/%m/%Y}'"
        if about["event"] == "s47":  # DfE counts such conferences and leaves them out of the durations only
            kept = records.place.problem(
                end.title, "end_before_start", found, "a conference on or after the enquiry's start", "kept", wrong
            )
            records = replace(records, problems=(*records.problems, kept))
        else:
            problem = records.place.problem(end.title, "end_before_start", found, "an end on or after the start", "dropped", wrong)
            records = records.without(wrong, problem)
    return records


def _birth(records: Records, as_at: pd.Timestamp) -> Records:
    if "birth_date" not in records.data or records.data["birth_date"].isna().all():
        return records
    keys = [key for key in records.spec.date_keys if key in records.data]
    event = records.data[keys].min(axis=1) if keys else pd.Series(as_at, index=records.data.index)
    born = records.data["birth_date"]
    title = records.spec.columns["birth_date"].title
    before = (born > event + pd.Timedelta(days=GESTATION_DAYS)).to_numpy()
    if before.any():
        found = f"'{born[before].iloc[0]:%d/%m/%Y}', more than 40 weeks after what is recorded of the child"
        if len(born) >= MIN_TO_JUDGE and before.mean() > SWAPPED:
            stopped = records.place.problem(
                title, "swapped_columns", found, "birth before the event; are two columns swapped?", "stopped", before
            )
            return replace(records, problems=(*records.problems, stopped))
        records = records.blanked(
            "birth_date",
            before,
            records.place.problem(title, "before_birth", found, "a date of birth that can be right (read as unknown)", "coerced", before),
        )
    old = (records.data["birth_date"] < event - pd.DateOffset(years=OLDEST_YEARS)).to_numpy()
    if old.any():
        found = f"'{records.data.loc[old, 'birth_date'].iloc[0]:%d/%m/%Y}'"
        records = records.blanked(
            "birth_date",
            old,
            records.place.problem(title, "implausible_birth_date", found, "a child's date of birth (read as unknown)", "coerced", old),
        )
    return records
