"""One extract of the Standard Safeguarding Dataset to events: its tables read, joined, dated, and everything wrong with them said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.sources.annex_a.reading import MOST_USABLE, NOT_LOST, Extract, list_events
from cfanalysis.sources.extent import as_at_of
from cfanalysis.sources.finding import TEXTS, folder_files, shown
from cfanalysis.sources.ids import clean_ids, is_no_child, profile_ids
from cfanalysis.sources.listings import Listing
from cfanalysis.sources.problems import Problem, stop_if_any
from cfanalysis.sources.records import Records, read_records, settle_dates
from cfanalysis.sources.sense import make_sense
from cfanalysis.sources.ssd.care import periods_of_care
from cfanalysis.sources.ssd.columns import SsdTable, read_table
from cfanalysis.sources.ssd.files import PARQUET, TableFile
from cfanalysis.sources.ssd.shaping import shape
from cfanalysis.sources.ssd.spans import spans
from cfanalysis.sources.ssd.specs import BORN, PERSONS, SsdSpec, ssd_specs, table_specs

NOT_LOST_HERE = (*NOT_LOST, "plan_of_another", "other_role")
"""Rules by which rows are left out without anything being lost."""

ENDS_SOME = 50
"""Periods that a list must hold before it is odd that none of them ever ended."""

AHEAD = ("Target dates of conferences", "Care leavers", PERSONS)
"""Lists whose dates say nothing of when an extract was drawn."""

ROW = "row"


@dataclass(frozen=True)
class _Read:
    """The lists of an extract, and what was said of them."""

    lists: list[Records]
    problems: list[Problem]


def read_tables(files: Sequence[TableFile]) -> tuple[dict[str, SsdTable], list[Problem]]:
    """The tables that events are made from, and what was odd in them.

    Raises SourceError where one cannot be read, with every reason, one a line.
    """
    tables: dict[str, SsdTable] = {}
    problems: list[Problem] = []
    for file in files:
        if table_specs()[file.table].used:
            tables[file.table], said = read_table(file)
            problems += said
    stop_if_any(problems)
    return tables, problems


def extract_of(files: Sequence[TableFile], path: Path, *, as_at: date | None = None, months: int | None = None) -> Extract:
    """One extract from its files.

    Raises SourceError where they cannot be read, or not without guessing.
    """
    tables, problems = read_tables(files)
    problems += [*_gone(tables, shown(path)), *_passed_over(files, path)]
    read = _lists(tables)
    problems += read.problems
    stop_if_any(problems)
    dated = [records for records in read.lists if records.spec.title not in AHEAD and len(records.data)]
    if not dated:
        raise SourceError(
            at(
                "found no table that tells of events, want ssd_contacts, ssd_cin_episodes, ...",
                file=shown(path),
            )
        )
    day, how = as_at_of(path, dated, as_at)
    lists = _settled(read.lists, day)
    problems += [
        *how,
        *(problem for records in lists for problem in records.problems),
        *_half_lost(lists, tables),
    ]
    stop_if_any(problems)
    lists, said = _that_end(lists)
    windows, shorter = spans(_dates(lists), day, months, shown(path))
    name = f"{path.stem} (as at {day.isoformat()})"
    events = pd.concat(
        [list_events(records, name, day) for records in lists if records.spec.events],
        ignore_index=True,
    )
    events = events[events["event"].isin(list(windows))].reset_index(drop=True)
    rows = {table.name: table.rows_read for table in tables.values()}
    told = (*problems, *said, *shorter)
    return Extract(name, str(path), day, windows, events, told, rows, format="ssd")


def _gone(tables: Mapping[str, SsdTable], file: str) -> list[Problem]:
    """Tables that are not there or hold nothing: their figures are not available, and that is said."""
    wanted = "it; what it gives is shown as not available, not as 0"
    used = [name for name, spec in table_specs().items() if spec.used]
    gone = [
        Problem(file, "", None, "", f"no table {name}", wanted, "kept", "missing_table", list=name) for name in used if name not in tables
    ]
    empty = [table for table in tables.values() if not table.rows_read]
    return [
        *gone,
        *(table.place.problem("", "empty_table", "a table without rows", wanted, "kept") for table in empty),
    ]


def _passed_over(files: Sequence[TableFile], path: Path) -> list[Problem]:
    """Files beside the tables that are none."""
    known = {file.path for file in files}
    others = [each for each in folder_files(path, (PARQUET, *TEXTS)) if each not in known] if path.is_dir() else []
    wanted = "the fields of one, like cont_contact_id (this file was passed over)"
    return [Problem(shown(each), "", None, "", "a table that is none of the standard", wanted, "kept", "file_ignored") for each in others]


def _lists(tables: Mapping[str, SsdTable]) -> _Read:
    lists: list[Records] = []
    problems: list[Problem] = []
    seen: dict[str, bool] = {}
    for spec in ssd_specs():
        listing, said = shape(tables, spec)
        problems += said
        if listing is not None:
            lists.append(_records(listing, spec, seen))
    lists, said = profile_ids(lists)
    lists, missing = _with_births(lists)
    return _Read(lists, [*problems, *said, *missing])


def _records(listing: Listing, spec: SsdSpec, seen: dict[str, bool]) -> Records:
    """The list read column by column, rows without a child left out; what is wrong with a joined field its own list says.

    ``seen``: which identifiers name nobody, as far as they have been met.
    """
    title = spec.columns["child_id"].title
    ids, cleaned = clean_ids(listing.cells["child_id"], listing.place)
    own = {key: column for key, column in spec.columns.items() if key != BORN or spec.title == PERSONS}
    read = replace(listing, spec=replace(spec, columns=own), cells=listing.cells.assign(child_id=ids))
    records = replace(read_records(read), spec=spec)
    said = [replace(problem, column=title) for problem in cleaned]
    said += [problem for problem in records.problems if not problem.column or spec.own(problem.column)]
    codes, found = pd.factorize(records.data["child_id"])
    names = found.to_numpy(dtype=object).tolist()
    for name in names:
        if name not in seen:
            seen[name] = is_no_child(name)
    nobody = np.array([seen[name] for name in names], dtype=bool)[codes]
    records = replace(records, problems=())
    if nobody.any():
        problem = records.place.problem(title, "missing_id", "no identifier", "an identifier of the child", "dropped", nobody)
        records = records.without(nobody, problem)
    return replace(records, problems=(*said, *records.problems))


def _with_births(lists: Sequence[Records]) -> tuple[list[Records], list[Problem]]:
    """Every list with the dates of birth of its children, expected ones where there is no other."""
    persons = next((records for records in lists if records.spec.title == PERSONS), None)
    if persons is None:
        return list(lists), []
    problems = list(persons.problems)
    born = persons.data[BORN].fillna(persons.data["expected"])
    known = pd.Series(born.to_numpy(), index=persons.data["child_id"].to_numpy()).sort_values(kind="stable")
    known = known[~known.index.duplicated()]
    told = [each if each is persons else replace(each, data=each.data.assign(**{BORN: _looked_up(each, known)})) for each in lists]
    strangers = set().union(*(_children(each) for each in lists)) - _children(persons)
    if not strangers:
        return told, problems
    found = f"{len(strangers):,} children of other tables who are not in it"
    wanted = "everybody that a table tells of (kept, without a date of birth)"
    problems.append(
        Problem(
            persons.place.file,
            "",
            None,
            "pers_person_id",
            found,
            wanted,
            "kept",
            "person_not_found",
            len(strangers),
        )
    )
    return told, problems


def _children(records: Records) -> set[str]:
    return set(pd.Index(records.data["child_id"].unique()).to_numpy(dtype=object).tolist())


def _looked_up(records: Records, known: pd.Series) -> np.ndarray:
    return known.reindex(records.data["child_id"]).to_numpy()


def _settled(lists: Sequence[Records], day: date) -> list[Records]:
    """Lists with their dates settled and sense made of their rows; periods of care put together; who had each case."""
    settled = [_sensible(records, day) for records in lists if records.spec.title != PERSONS]
    workers = next((records for records in settled if records.spec.title == "Involvements"), None)
    return [_allocated(records, workers, day) if _is_allocated(records) else records for records in settled]


def _sensible(records: Records, day: date) -> Records:
    if records.spec.title == "Target dates of conferences":  # one that is still to come is no fault
        ahead = (records.data["target"] > pd.Timestamp(day)).to_numpy()
        place = replace(records.place, rows=records.place.rows[~ahead])
        records = replace(records, data=records.data[~ahead].reset_index(drop=True), place=place)
    records = settle_dates(records, day)
    numbered = replace(records, data=records.data.assign(**{ROW: np.arange(len(records.data))}))  # every key is a record of its own
    records = make_sense(numbered, day)
    records = replace(records, data=records.data.drop(columns=ROW))
    return periods_of_care(records) if records.spec.title == "Children looked after" else records


def _is_allocated(records: Records) -> bool:
    return isinstance(records.spec, SsdSpec) and records.spec.allocated


def _allocated(records: Records, workers: Records | None, day: date) -> Records:
    """Periods with team and worker of the child's last involvement in them; blank where there was none."""
    if workers is None or records.data.empty:
        return records
    about = records.spec.events[0]
    start, end = (
        records.data[str(about["date"])],
        records.data[str(about["end_date"])].fillna(pd.Timestamp(day)),
    )
    asked = pd.DataFrame(
        {
            "child_id": records.data["child_id"],
            "at": end,
            "begun": start,
            ROW: np.arange(len(start)),
        }
    )
    known = workers.data[["child_id", "start", "ended", "team", "worker"]].sort_values("start", kind="stable")
    found = pd.merge_asof(asked.sort_values("at", kind="stable"), known, left_on="at", right_on="start", by="child_id")
    over = ~(found["ended"].isna() | (found["ended"] >= found["begun"]))
    found = found.sort_values(ROW)
    told = {name: found[name].mask(over.loc[found.index]).fillna("").to_numpy() for name in ("team", "worker")}
    return replace(records, data=records.data.assign(**told))


def _table(records: Records) -> str:
    return records.spec.table if isinstance(records.spec, SsdSpec) else ""


def _half_lost(lists: Sequence[Records], tables: Mapping[str, SsdTable]) -> list[Problem]:
    """A problem that stops the reading, for every list of which more than half cannot be used."""
    problems = []
    for records in lists:
        dropped = [problem for problem in records.problems if problem.action == "dropped" and problem.rule not in NOT_LOST_HERE]
        ragged = tables[_table(records)].lost
        lost, of = ragged + sum(problem.count for problem in dropped), records.rows_read + ragged
        if lost <= MOST_USABLE * of:
            continue
        worst = max(dropped, key=lambda problem: problem.count, default=None)
        found = f"{lost:,} of {of:,} rows that cannot be used, most for: {worst.found if worst else 'more or fewer cells than fields'}"
        wanted = f"{worst.wanted if worst else 'usable rows'}; are two fields swapped, or is the as-at date wrong?"
        problems.append(records.place.problem(worst.column if worst else "", "mostly_unusable", found, wanted, "stopped"))
    return problems


def _that_end(lists: Sequence[Records]) -> tuple[list[Records], list[Problem]]:
    """The lists without those of many periods of which none ever ended: ends that were not extracted are not "still open"."""
    kept, problems = [], []
    for records in lists:
        ends = [str(about["end_date"]) for about in records.spec.events if "end_date" in about]
        column = records.spec.columns[ends[0]] if ends else None
        if column is None or column.needed != "stop" or len(records.data) < ENDS_SOME or records.data[column.key].notna().any():
            kept.append(records)
            continue
        wanted = "ends of what is over; nothing is shown of it until they are there"
        problems.append(records.place.problem(column.title, "never_ends", f"no end in {len(records.data):,} rows", wanted, "kept"))
    return kept, problems


def _dates(lists: Iterable[Records]) -> dict[str, pd.Series]:
    never = pd.Series(dtype="datetime64[us]")
    return {str(about["event"]): records.data.get(str(about["date"]), never) for records in lists for about in records.spec.events}
