"""Annex A, lists 1 to 9, from a workbook, a folder of lists as CSV, or one list as CSV, to events.

What a list says stands in reference/annex_a.yml; how a cell is read in ``cells``; how far an extract speaks in ``windows``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.foundation.table import COLUMNS, empty
from cfanalysis.sources.across import missing_across
from cfanalysis.sources.extent import as_at_of, windows_of
from cfanalysis.sources.finding import TEXTS, WORKBOOKS, folder_files, shown
from cfanalysis.sources.grids import SUPPORTED, Grid, read_grids
from cfanalysis.sources.ids import profile_ids
from cfanalysis.sources.listings import LOST_RULES, MOST_STAND_INS, Listing, find_listings
from cfanalysis.sources.problems import Problem, stop_if_any
from cfanalysis.sources.records import Records, read_records, settle_dates
from cfanalysis.sources.sense import make_sense

MOST_USABLE = 0.5
"""Where more than this share of a list cannot be used, something is wrong with the whole of it: nothing half-read goes on."""

NOT_LOST = ("duplicate_row", "same_thing")
"""Rules by which rows are left out without anything being lost."""


@dataclass(frozen=True)
class Extract:
    """One Annex A as it was sent: its events, what stretch of time each list speaks for, and every problem met.

    ``windows`` maps an event kind to the first and last day its list is complete for. ``rows`` says how many rows each list held.
    ``content`` is a digest of the files it was read from, where somebody keeps what was read.
    """

    name: str
    file: str
    as_at: date
    windows: Mapping[str, tuple[date, date]]
    events: pd.DataFrame
    problems: tuple[Problem, ...]
    rows: Mapping[str, int]
    content: str = field(default="", repr=False, compare=False)
    format: str = "annex_a"


def read_annex_a(path: str | Path, *, as_at: date | None = None, window_months: int | None = None, edition: str | None = None) -> Extract:
    """Read an Annex A: a workbook, a folder of its lists as CSV files, or one list's CSV.

    ``as_at``: the date it was drawn; without it the date in the name, else the latest date in the lists. ``window_months``: how
    many months before
    that date it is complete for; without it six, or more where contacts and referrals run on without a break. ``edition``: a name
    for the extract.

    Raises SourceError where the file cannot be read, or not without guessing, with every reason, one a line.
    """
    path = Path(path)
    path = only_workbook(path) or path
    listings, problems = find_listings(path, annex_grids(path))
    stop_if_any(problems)
    if not listings:
        raise SourceError(_nothing_in(path, problems))
    read = [read_records(listing) for listing in listings]
    stop_if_any([*problems, *(problem for records in read for problem in records.problems)])
    read, said = profile_ids(read)
    problems += said
    stop_if_any(problems)
    day, how = as_at_of(path, read, as_at)
    settled = [make_sense(settle_dates(records, day), day) for records in read]
    for listing, records in zip(listings, settled, strict=True):
        problems += [*records.problems, *_half_lost(listing, records, problems)]
    stop_if_any(problems)
    name = f"{edition or shown(path.stem)} (as at {day.isoformat()})"
    events = pd.concat([list_events(records, name, day) for records in settled], ignore_index=True)
    complete, said = windows_of(path, settled, day, window_months)
    problems += [*how, *said, *missing_across(settled, day, complete)]
    rows = {listing.spec.label: listing.rows_read for listing in listings}
    return Extract(name, str(path), day, complete, events, tuple(problems), rows)


def _nothing_in(path: Path, problems: Sequence[Problem]) -> str:
    empty = [problem.list for problem in problems if problem.rule == "empty_list"]
    if not empty:
        return at(f"found none of the lists 1 to 9 of Annex A; want {SUPPORTED}", file=path.name)
    named = ", ".join(list(dict.fromkeys(empty))[:4])
    return at(f"found lists without a single row ({named}), want rows under the headers; export them again", file=path.name)


def only_workbook(path: Path) -> Path | None:
    """The one workbook of a folder that holds nothing else to read; None for anything else."""
    readable = folder_files(path) if path.is_dir() else []
    return readable[0] if len(readable) == 1 and readable[0].suffix.lower() in WORKBOOKS else None


def annex_grids(path: Path) -> list[Grid]:
    """The sheets of a workbook, or of all list files in a folder.

    Raises SourceError for a folder that holds nothing, or several workbooks.
    """
    if not path.is_dir():
        return read_grids(path)
    files = folder_files(path)
    workbooks = [file for file in files if file.suffix.lower() in WORKBOOKS]
    lists = [file for file in files if file.suffix.lower() in TEXTS]
    if not workbooks and not lists:
        raise SourceError(at(f"the folder holds no workbook and no CSV file; want {SUPPORTED}", file=path.name))
    if len(workbooks) > 1 or (workbooks and lists):
        names = ", ".join(file.name for file in [*workbooks, *lists][:4])
        raise SourceError(at(f"the folder holds several extracts ({names}); give each as a source of its own", file=path.name))
    return [grid for file in [*workbooks, *lists] for grid in read_grids(file)]


def _half_lost(listing: Listing, records: Records, before: Sequence[Problem]) -> list[Problem]:
    """Whether most of a list could not be used: rows without a child, shifted rows and rows without a date alike."""
    dropped = [problem for problem in records.problems if problem.action == "dropped" and problem.rule not in NOT_LOST]
    stand_ins = listing.lost.get("no_child_id", 0)
    lost = sum(listing.lost.values()) + sum(problem.count for problem in dropped)
    most, share = MOST_USABLE * records.rows_read, lost / max(1, records.rows_read)
    if lost - stand_ins <= most and share <= MOST_STAND_INS:
        return []
    place = (records.place.file, records.place.sheet)
    dropped += [problem for problem in before if problem.rule in LOST_RULES and (problem.file, problem.sheet) == place]
    worst = max(dropped, key=lambda p: p.count)
    found = f"{lost:,} of {records.rows_read:,} rows that cannot be used, most for: {worst.found}"
    wanted = f"{worst.wanted or 'usable rows'}; are two columns swapped, or is the as-at date wrong?"
    return [records.place.problem(worst.column, "mostly_unusable", found, wanted, "stopped")]


def list_events(records: Records, extract: str, day: date) -> pd.DataFrame:
    """The events of one list: a frame of the events contract, rows without the event's own date left out."""
    frames = [_event_frame(records, about, extract, day) for about in records.spec.events]
    return pd.concat(frames, ignore_index=True) if frames else empty("events")


def _event_frame(records: Records, about: Mapping[str, Any], extract: str, day: date) -> pd.DataFrame:
    values = records.data
    never = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    blank = pd.Series("", index=values.index, dtype=str)
    own = never.fillna(pd.Timestamp(day)) if about["date"] == "as_at" else values[str(about["date"])]
    frame = pd.DataFrame(
        {
            "child_id": values["child_id"],
            "event": str(about["event"]),
            "date": own,
            "end_date": values[str(about["end_date"])] if "end_date" in about else never,
            "source": values[str(about["source"])] if "source" in about else blank,
            "outcome": _worded(values, about.get("outcome"), blank),
            "category": _worded(values, about.get("category"), blank),
            **{name: values.get(name, blank) for name in ("team", "area", "worker")},
            "extract": extract,
            "birth_date": values.get("birth_date", never),
            "clock_start": values[str(about["clock_start"])] if "clock_start" in about else never,
        }
    )
    return frame.loc[frame["date"].notna(), list(COLUMNS["events"])].reset_index(drop=True)


def _worded(values: pd.DataFrame, rule: Any, blank: pd.Series) -> pd.Series:
    """An outcome or category: a column as it is, the first filled of several, or the words a code or number stands for."""
    if rule is None:
        return blank
    if isinstance(rule, str):
        whole: pd.Series = values[rule]
        return whole
    if isinstance(rule, list):
        first: pd.Series = values[str(rule[0])]
        second: pd.Series = values[str(rule[1])]
        return first.where(first != "", second)
    column: pd.Series = values[rule["column"]]
    if "zero" in rule:
        return blank.mask(column == 0, rule["zero"]).mask(column > 0, rule["more"])
    worded: pd.Series = column.map({"yes": rule["yes"], "no": rule["no"]}).fillna("").astype(str)
    if "known_date" in rule:
        key, word = rule["known_date"]
        worded = worded.mask(values[key].notna(), word)
    return worded
