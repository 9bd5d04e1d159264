"""A census file to the events of its year: who may be in it, which rows are its year's, and what was wrong.

What each element gives stands in reference/cin_census.yml; cells are read and dates settled as for Annex A.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SourceError, at
from cfanalysis.reference import read_yaml
from cfanalysis.sources.annex_a.reading import Extract, list_events
from cfanalysis.sources.cells import PLACEHOLDERS
from cfanalysis.sources.cin_census.lines import as_lines, half_lost, shape_problems
from cfanalysis.sources.cin_census.parsing import Census, read_tables
from cfanalysis.sources.cin_census.year import census_year
from cfanalysis.sources.codes import read_codes
from cfanalysis.sources.finding import shown
from cfanalysis.sources.headers import ColumnSpec, ListSpec
from cfanalysis.sources.listings import Listing
from cfanalysis.sources.problems import Place, Problem, stop_if_any
from cfanalysis.sources.records import Records, read_records, settle_dates
from cfanalysis.sources.windows import Window

PRE_PROCEEDINGS_SINCE = 2027
"""The first census year (2026-27) with the block PreProceedingsandFGDM: before it, its absence is nothing to say."""


@dataclass(frozen=True)
class CensusSpec(ListSpec):
    """What one kind of element gives: ``element`` is its name, ``keeps`` says which rows are of a file's year."""

    element: str = ""
    keeps: str = "all"

    @property
    def label(self) -> str:
        """How it is named in messages and tables."""
        return self.title


@cache
def census_specs() -> tuple[CensusSpec, ...]:
    """The entries of reference/cin_census.yml."""
    return tuple(_spec(number, entry) for number, entry in enumerate(read_yaml("cin_census.yml")["lists"], start=1))


def _spec(number: int, entry: Mapping[str, Any]) -> CensusSpec:
    columns = {
        key: ColumnSpec(key, about["title"], (), about["kind"], about.get("codes", ""), about.get("needed", ""))
        for key, about in entry["columns"].items()
    }
    return CensusSpec(number, entry["title"], (), columns, (), tuple(entry["events"]), entry["element"], entry["keeps"])


def read_census_file(path: str | Path, *, as_at: date | None = None) -> Extract:
    """Read one census file: its events, the year it speaks for, every problem.

    ``as_at``: the last day of its year, instead of the one its header gives.
    Raises SourceError where it cannot be read, or not without guessing, with every reason, one a line.
    """
    return extract_of(read_tables(path), path, as_at=as_at)


def extract_of(census: Census, path: str | Path, *, as_at: date | None = None) -> Extract:
    """The same from a file already parsed."""
    window, problems = census_year(census, as_at)
    problems += shape_problems(census)
    settled = []
    for spec in census_specs():
        listing, said = _listing(census, spec)
        problems += said
        if listing is None:
            problems += [] if spec.title in _MAY_BE_EMPTY else _empty(census, spec, window)
            continue
        records, said = _settled(listing, spec, window)
        problems += said
        settled.append((records, spec))
    problems = _once(problems)
    stop_if_any(problems)
    if not settled:
        raise SourceError(at("found no child with an episode, want Children, Child and CINdetails", file=census.file))
    name = f"{shown(Path(path).stem)} (census {window[0].year}-{window[1].year % 100:02d})"
    frames = [_of_year(list_events(records, name, window[1]), spec, window) for records, spec in settled]
    rows = {spec.label: records.rows_read for records, spec in settled}
    windows = {str(about["event"]): window for _, spec in settled for about in spec.events}
    events = pd.concat(frames, ignore_index=True)
    return Extract(name, str(path), window[1], windows, events, tuple(problems), rows, format="cin_census")


def _once(problems: list[Problem]) -> list[Problem]:
    """Two entries may read the same field: what is wrong with it is told once."""
    return list({(each.rule, each.column, each.row, each.count): each for each in reversed(problems)}.values())[::-1]


_MAY_BE_EMPTY = ("Conferences of children who moved in", "Stages of pre-proceedings", "Factors found at assessment")
"""What is not told of when no row has it: another entry of the same element speaks for it."""


def _empty(census: Census, spec: CensusSpec, window: Window) -> list[Problem]:
    if spec.element == "PreProceedingsandFGDM" and window[1].year < PRE_PROCEEDINGS_SINCE:
        return []
    wanted = "one at least; if there was none leave it so: its months are shown as not available, not as 0"
    place = Place(census.file, "", spec.label, np.array([], dtype=int))
    return [as_lines(place.problem(spec.element, "empty_list", "none in the whole file", wanted, "kept"))]


def _listing(census: Census, spec: CensusSpec) -> tuple[Listing | None, list[Problem]]:
    """The cells of one entry, None where the file holds no such element; and what was said of a child given twice."""
    table = _table(census, spec)
    if table.empty:
        return None, []
    table, said = _each_child_once(census, spec, table)
    cells = pd.DataFrame({key: table[column.title].to_numpy(dtype=object) for key, column in spec.columns.items()})
    place = Place(census.file, "", spec.label, table["line"].to_numpy())
    return Listing(spec, cells, place, len(table)), said


def _each_child_once(census: Census, spec: CensusSpec, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows without those that a second Child element of the same identifier repeats."""
    told = ["LAchildID", *(column.title for key, column in spec.columns.items() if key != "child_id")]
    told = list(dict.fromkeys(told))
    again = (table["child"] != table.groupby(told, sort=False)["child"].transform("first")) & (table["LAchildID"] != "")
    if not again.any():
        return table, []
    place = Place(census.file, "", spec.label, table["line"].to_numpy())
    found, wanted = "the same again under another Child of the same identifier", "each child once (rule 8510)"
    said = as_lines(place.problem("LAchildID", "child_twice", found, wanted, "dropped", again.to_numpy()))
    return table[~again].reset_index(drop=True), [said]


def _table(census: Census, spec: CensusSpec) -> pd.DataFrame:
    """The element's table with the child's identifier and birth date beside it."""
    build = _BUILT.get(spec.title)
    table = build(census) if build else census.tables[spec.element]
    people = census.tables["ChildIdentifiers"].drop_duplicates("child").set_index("child")
    born = people["PersonBirthDate"].where(people["PersonBirthDate"] != "", people["ExpectedPersonBirthDate"])
    ids, births = people["LAchildID"].reindex(table["child"]).fillna(""), born.reindex(table["child"]).fillna("")
    return table.assign(LAchildID=ids.to_numpy(), PersonBirthDate=births.to_numpy())


def _in_need(census: Census) -> pd.DataFrame:
    """Episodes: referrals with no further action are none."""
    table = census.tables["CINdetails"]
    return table[read_codes(table["ReferralNFA"], "yes_no").data != "yes"] if len(table) else table


def _moved_in(census: Census) -> pd.DataFrame:
    table = census.tables["CINdetails"]
    return table[table["DateOfInitialCPC"] != ""]


def _factors(census: Census) -> pd.DataFrame:
    """Assessments that are done, with their factors as one text; none where the file holds no factor at all."""
    table, factors = census.tables["Assessments"], census.tables["AssessmentFactors"]
    if factors.empty:
        return table.iloc[:0].assign(AssessmentFactors="")
    codes = factors["value"].str.upper().str.replace(" ", "")
    joined = codes.groupby(factors["parent"]).agg(lambda each: " ".join(dict.fromkeys(each)))
    told = joined.reindex(table["number"]).fillna("").to_numpy()
    return table.assign(AssessmentFactors=told)[table["AssessmentAuthorisationDate"] != ""]


def _reviews(census: Census) -> pd.DataFrame:
    table, plans = census.tables["CPPreviewDate"], census.tables["ChildProtectionPlans"]
    table = table[table["value"] != ""]
    starts = plans.set_index("number")["CPPstartDate"].reindex(table["parent"]).fillna("").to_numpy()
    return table.rename(columns={"value": "CPPreviewDate"}).assign(CPPstartDate=starts)


_BUILT: Mapping[str, Callable[[Census], pd.DataFrame]] = {
    "Children in need": _in_need,
    "Conferences of children who moved in": _moved_in,
    "Factors found at assessment": _factors,
    "Reviews of child protection plans": _reviews,
}


def _settled(listing: Listing, spec: CensusSpec, window: Window) -> tuple[Records, list[Problem]]:
    """Records with their dates settled, without those that have no child's identifier; what was wrong, in lines."""
    records = settle_dates(_with_ids(read_records(listing)), window[1])
    problems: list[Problem] = [as_lines(problem) for problem in (*records.problems, *half_lost(records))]
    return records, problems


def _with_ids(records: Records) -> Records:
    blank = records.data["child_id"].str.lower().isin([*PLACEHOLDERS, "0"]).to_numpy()
    if not blank.any():
        return records
    problem = records.place.problem("LAchildID", "missing_id", "no identifier", "an identifier of the child", "dropped", blank)
    return records.without(blank, problem)


def _of_year(events: pd.DataFrame, spec: CensusSpec, window: Window) -> pd.DataFrame:
    """The rows that are of the file's own year."""
    first = pd.Timestamp(window[0])
    if spec.keeps == "starts":
        return events[events["date"] >= first]
    if spec.keeps == "runs":
        over = (events["end_date"] < first) | ((events["event"] == "icpc") & (events["date"] < first))
        return events[~over]
    return events
