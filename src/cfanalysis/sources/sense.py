"""What the rows of a list say together: one thing told in several rows, columns that changed places, outcomes only ever told one way."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from cfanalysis.sources.problems import Problem
from cfanalysis.sources.records import Records

WHOSE = ("team", "worker", "area", "need", "initial", "latest", "provider", "birth_date", "age", "last_seen", "organisation", "eligibility")
"""What a child's row is about besides the thing that happened: rows that differ in these alone tell of one thing."""

ENOUGH = 20
"""Rows below which the number of distinct teams and workers says nothing."""

SWAPPED_TIMES = 3
"""So many times more names under the team than under the worker: the columns have changed places. A team has several workers."""

MOST_TEAMS = 15
ROWS_A_TEAM = 6
"""More names than this, with fewer rows each than this, are people and not teams."""

GROWN_UP = 19
"""Years: older, a child is in none of the lists 1 to 7 but by a typing error (or, in list 6, disabled)."""

OLDEST = {8: 18, 9: 26}
"""Nobody is looked after from 18 on; care leavers are helped until 25."""


def make_sense(records: Records, day: date) -> Records:
    """The records with one row for one thing and the columns in their places; all that was done is said. ``day``: the as-at date."""
    for step in (_staff, _one_thing, _one_sided):
        records = step(records)
    return _grown_up(records, day)


def _one_thing(records: Records) -> Records:
    """Rows that differ only in worker, team, area, need or placement: one thing, the first row kept."""
    told = [column for column in records.data.columns if column not in WHOSE]
    again = records.data.duplicated(told).to_numpy()
    if not again.any():
        return records
    found = "rows that differ only in worker, team, area, need or placement"
    wanted = "one row for one thing (the first was kept)"
    return records.without(again, records.place.problem("", "same_thing", found, wanted, "dropped", again))


def _staff(records: Records) -> Records:
    if "team" not in records.data or len(records.data) < ENOUGH:
        return records
    teams = records.data["team"].mask(records.data["team"] == "")
    workers = records.data["worker"].mask(records.data["worker"] == "") if "worker" in records.data else teams.iloc[:0]
    if workers.nunique() and teams.nunique() >= SWAPPED_TIMES * workers.nunique():
        data = records.data.assign(team=records.data["worker"], worker=records.data["team"])
        found = f"{teams.nunique():,} teams and {workers.nunique():,} workers"
        wanted = "more workers than teams (the two columns were taken to have changed places)"
        return _with(records, data, found, wanted, "swapped_staff")
    if teams.nunique() > MOST_TEAMS and teams.notna().sum() < ROWS_A_TEAM * teams.nunique():
        data = records.data.assign(team="")
        found, wanted = f"{teams.nunique():,} names in so few rows", "teams, not people (read as not recorded: nothing is shown by worker)"
        return _with(records, data, found, wanted, "team_of_people")
    return records


def _with(records: Records, data: pd.DataFrame, found: str, wanted: str, rule: str) -> Records:
    problem = records.place.problem("Allocated Team", rule, found, wanted, "coerced", np.ones(len(data), dtype=bool))
    return Records(records.spec, data, records.place, (*records.problems, problem), records.rows_read)


def _one_sided(records: Records) -> Records:
    """An outcome that only ever says yes, else nothing: whether a blank means no cannot be told, so that no share is worked out."""
    if "nfa" not in records.data:
        return records
    said = records.data["nfa"]
    blank = ~said.isin(["yes", "no"])
    if not blank.any():
        return records
    title = records.spec.columns["nfa"].title
    if (said == "no").any() or not (said == "yes").any():
        found, wanted = "no yes or no", "yes or no in every row (not recorded: the share of yes is at least what is shown)"
        problem = records.place.problem(title, "blank_outcome", found, wanted, "kept", blank.to_numpy())
        return Records(records.spec, records.data, records.place, (*records.problems, problem), records.rows_read)
    found, wanted = "yes or nothing, never no", "no where it is no; whether a blank means no cannot be told (read as not recorded)"
    problem = records.place.problem(title, "one_sided_outcome", found, wanted, "coerced", (said == "yes").to_numpy())
    return Records(records.spec, records.data.assign(nfa=""), records.place, (*records.problems, problem), records.rows_read)


def _grown_up(records: Records, day: date) -> Records:
    """Children too old for their list: at the as-at date in list 9, when it began in the others."""
    keys = [key for key in records.spec.date_keys if key in records.data]
    if "birth_date" not in records.data or not (keys or records.spec.number in OLDEST):
        return records
    oldest = OLDEST.get(records.spec.number, GROWN_UP)
    begun = records.data[keys].min(axis=1) if keys else pd.Series(pd.Timestamp(day), index=records.data.index)
    grown = (records.data["birth_date"] + pd.DateOffset(years=oldest) <= begun).to_numpy()
    if not grown.any():
        return records
    title = records.spec.columns["birth_date"].title
    found, wanted = f"a person of {oldest} or more when this began", "children (kept and counted)"
    problem: Problem = records.place.problem(title, "too_old", found, wanted, "kept", grown)
    return Records(records.spec, records.data, records.place, (*records.problems, problem), records.rows_read)
