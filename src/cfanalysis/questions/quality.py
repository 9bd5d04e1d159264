"""What was read, what was dropped or put right, what changed between editions, and whether the sums agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import EVENT_KINDS, Table
from cfanalysis.reference.problem_rules import ACTIONS, rule_in_words

EVENT_TITLES = {
    "contact": "Contacts", "early_help": "Early help assessments", "referral": "Referrals", "assessment": "Assessments",
    "s47": "Section 47 enquiries", "icpc": "Initial child protection conferences", "cin_episode": "Children in need episodes",
    "cp_plan": "Child protection plans", "cla_period": "Periods of care", "care_leaver": "Care leavers (one picture per extract)",
    "factors": "Factors found at assessment", "cin_plan": "Child in need plans", "cp_review": "Reviews of child protection plans",
    "pre_proceedings": "Pre-proceedings", "pp_letter": "Letters before proceedings", "pp_meeting": "Pre-proceedings meetings",
    "pp_court": "Applications to court", "involvement": "Workers involved", "placement": "Placements", "legal_status": "Legal statuses",
    "missing": "Missing episodes", "cin_visit": "Visits to children in need", "cp_visit": "Visits to children on plans",
    "cla_visit": "Visits to children looked after", "icpc_target": "Dates by which conferences were due",
}  # fmt: skip


Section = Callable[[str], pd.DataFrame]

NO_TOTALS = "How many records a list holds in all is not shown: beside its months it would give small ones away."

NO_LOG = "no child-level file was read"

FILE_COLUMNS = ("file", "format", "as_at")
PROBLEM_COLUMNS = ("list", "column", "rule", "action", "count")
RULE_COLUMNS = ("rule", "event", "count", "of", "meaning")
CHANGE_COLUMNS = ("event", "earlier", "later", "added", "removed", "changed")
"""How each table is read, from left to right: a release keeps columns by name."""


def _ordered(held: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns in the order in which they are read, others after them; with none where nothing was found."""
    first = [name for name in columns if name in held.columns or held.empty]
    return held.reindex(columns=[*first, *(name for name in held.columns if name not in first)])


def tables(section: Section, *, synthetic: bool, rounded: int = 0) -> dict[str, Table]:
    """Files, coverage, problems, rules and changes, from the sections of a release by their names.

    ``rounded`` is what the counts of records are rounded to in it; 0 where they are as they are.
    """
    held = {name: section(name) for name in ("files", "coverage", "problems", "rules", "changes")}
    made = {
        "files": _files(held["files"]), "coverage": _coverage(held["coverage"]), "problems": _problems(held["problems"]),
        "rules": _rules(held["rules"]), "changes": _changes(held["changes"]),
    }  # fmt: skip
    if rounded:
        said = f"Counts are rounded to the nearest {rounded}, and those of 1 to {rounded - 1} are not shown."
        told = {"problems": said, "rules": f"{said} {NO_TOTALS}", "changes": said}
        for name, words in told.items():
            if len(made[name].frame):
                made[name] = replace(made[name], note=f"{made[name].note} {words}".strip())
    return {name: replace(table, synthetic=synthetic) for name, table in made.items()}


def _hidden(frame: pd.DataFrame, counts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """A number that is missing in a section of a release is one that may not be shown."""
    return {name: tuple("c" if gone else "" for gone in frame[name].isna()) for name in counts}


def _coverage(held: pd.DataFrame) -> Table:
    """One row per list and unbroken stretch of coverage: from, to, records of the whole list."""
    if held.empty:
        return Table(pd.DataFrame({"event": []}), title=f"What the files cover: {NO_LOG}")
    frame = held.rename(columns={"start": "from", "end": "to"})[["event", "from", "to", "records"]].copy()
    frame["order"] = frame["event"].map({name: place for place, name in enumerate(EVENT_KINDS)})
    frame = frame.sort_values(["order", "from"]).drop(columns="order").reset_index(drop=True)
    again = frame["event"].duplicated()
    flags = tuple("z" if repeated else told for repeated, told in zip(again, _hidden(frame, ["records"])["records"], strict=True))
    frame["records"] = frame["records"].astype(float).where(~again)
    frame["event"] = frame["event"].map(EVENT_TITLES).fillna(frame["event"])
    for edge in ("from", "to"):
        frame[edge] = [f"{day.day} {day:%B %Y}" for day in pd.to_datetime(frame[edge])]
    labels = {"event": "List", "from": "Complete from", "to": "Complete to", "records": "Records"}
    note = "A month outside these dates is shown as not available, never as zero."
    return Table(frame, title="What the files cover", counts=("records",), labels=labels, note=note, flags={"records": flags})


def _problems(held: pd.DataFrame) -> Table:
    """What readers dropped or put right: list, column, rule, what was done, how many."""
    frame = _ordered(held, PROBLEM_COLUMNS)
    if len(frame):
        frame = frame.assign(rule=frame["rule"].map(rule_in_words), action=frame["action"].map(ACTIONS).fillna(frame["action"]))
    labels = {"list": "List", "column": "Column", "rule": "What was wrong", "action": "What was done", "count": "Values or rows"}
    note = "No value of the file is repeated here. Run cfanalysis check on the file to see each one."
    flags = _hidden(frame, ["count"])
    return Table(frame, title="What was dropped or put right", counts=("count",), labels=labels, note=note, flags=flags)


def _rules(held: pd.DataFrame) -> Table:
    """Records that cannot be right together: rule, list, how many of how many."""
    if held.empty:
        return Table(pd.DataFrame({"event": []}), title=f"Records to look at: {NO_LOG}")
    frame = _ordered(held.assign(event=held["event"].map(EVENT_TITLES).fillna(held["event"])), RULE_COLUMNS)
    labels = {"rule": "Rule", "event": "List", "count": "Records", "of": "Out of", "meaning": "What it means"}
    counts = ("count", "of")
    return Table(frame, title="Records to look at", counts=counts, labels=labels, flags=_hidden(frame, counts))


def _changes(held: pd.DataFrame) -> Table:
    """What a later extract changed of an earlier one: list, the two extracts, rows added, removed, changed."""
    if held.empty:
        return Table(pd.DataFrame({"event": []}), title="What later extracts changed: no two extracts were read")
    frame = _ordered(held.assign(event=held["event"].map(EVENT_TITLES).fillna(held["event"])), CHANGE_COLUMNS)
    labels = {
        "event": "List", "earlier": "Extract before", "later": "Replaced by", "added": "Added", "removed": "Removed", "changed": "Changed",
    }  # fmt: skip
    counts = ("added", "removed", "changed")
    return Table(frame, title="What later extracts changed", counts=counts, labels=labels, flags=_hidden(frame, counts))


def changed_since(revisions: pd.DataFrame, titles: Mapping[str, str], *, since: str) -> Table:
    """What this edition shows otherwise than the one before, both figures: title, breakdown, month, earlier, later, change, kind."""
    frame = revisions.assign(
        title=revisions["indicator"].map(titles).fillna(revisions["indicator"]),
        month=pd.PeriodIndex(revisions["period"].str[:7], freq="M") if len(revisions) else pd.PeriodIndex([], freq="M"),
        change=revisions["later"] - revisions["earlier"],
    ).sort_values(["indicator", "month"]).reset_index(drop=True)  # fmt: skip
    note = f"Since the edition of {month_label(pd.Period(since, freq='M'))}" if since else "There is no edition before this one"
    return Table(
        frame[["title", "breakdown", "month", "earlier", "later", "change", "kind"]], title="What has changed since the last edition",
        counts=("earlier", "later"), derived={"change": ("earlier", "later")}, note=note,
    )  # fmt: skip


def reconciliation(found: pd.DataFrame, source: str, *, synthetic: bool, published: bool) -> Table:
    """Sums that should agree, and by how much they do not."""
    labels = {
        "year": "Year to March", "identity": "What should agree", "left": "One side", "right": "The other", "difference": "Difference",
        "note": "What to think of it",
    }  # fmt: skip
    counts = () if published else ("left", "right")
    derived = {} if published else {"difference": ("left", "right")}
    return Table(
        found,
        title="Sums that should agree",
        counts=counts,
        derived=derived,
        labels=labels,
        source=source,
        synthetic=synthetic,
        published=published,
    )


def _files(held: pd.DataFrame) -> Table:
    """The files of this run: name (never a path), what each is, its date."""
    frame = _ordered(held, FILE_COLUMNS)
    return Table(frame, title="The files of this page", labels={"file": "File", "format": "What it is", "as_at": "As at"})
