"""What was read, what was dropped or put right, what changed between editions, and whether the sums agree."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cfanalysis.tables import EVENT_KINDS, Table

EVENT_TITLES = {
    "contact": "Contacts", "early_help": "Early help assessments", "referral": "Referrals", "assessment": "Assessments",
    "s47": "Section 47 enquiries", "icpc": "Initial child protection conferences", "cin_episode": "Children in need episodes",
    "cp_plan": "Child protection plans", "cla_period": "Periods of care", "care_leaver": "Care leavers (one picture per extract)",
    "factors": "Factors found at assessment", "cin_plan": "Child in need plans", "cp_review": "Reviews of child protection plans",
    "pre_proceedings": "Pre-proceedings", "pp_letter": "Letters before proceedings", "pp_meeting": "Pre-proceedings meetings",
    "pp_court": "Applications to court",
}  # fmt: skip


def coverage(events: pd.DataFrame, spans: pd.DataFrame, *, synthetic: bool) -> Table:
    """One row per list and unbroken stretch of coverage: from, to, records of the whole list."""
    counted = events["event"].value_counts()
    frame = spans.rename(columns={"start": "from", "end": "to"})[["event", "from", "to"]].copy()
    frame["order"] = frame["event"].map({name: place for place, name in enumerate(EVENT_KINDS)})
    frame = frame.sort_values(["order", "from"]).drop(columns="order").reset_index(drop=True)
    frame["records"] = frame["event"].map(counted).fillna(0).astype(float).where(~frame["event"].duplicated())
    frame["event"] = frame["event"].map(EVENT_TITLES)
    for edge in ("from", "to"):
        frame[edge] = [f"{day.day} {day:%B %Y}" for day in pd.to_datetime(frame[edge])]
    labels = {"event": "List", "from": "Complete from", "to": "Complete to", "records": "Records"}
    note = "A month outside these dates is shown as not available, never as zero."
    return Table(frame, title="What the files cover", counts=("records",), labels=labels, note=note, synthetic=synthetic)


def problems(summary: pd.DataFrame, *, synthetic: bool) -> Table:
    """What readers dropped or put right: list, column, rule, what was done, how many."""
    labels = {"list": "List", "column": "Column", "rule": "What was wrong", "action": "What was done", "count": "Values or rows"}
    note = "No value of the file is repeated here. Run cfanalysis check on the file to see each one."
    return Table(summary, title="What was dropped or put right", counts=("count",), labels=labels, note=note, synthetic=synthetic)


def rules(found: pd.DataFrame, *, synthetic: bool) -> Table:
    """Records that cannot be right together: rule, list, how many of how many."""
    frame = found.assign(event=found["event"].map(EVENT_TITLES).fillna(found["event"]))
    labels = {"rule": "Rule", "event": "List", "count": "Records", "of": "Out of", "meaning": "What it means"}
    return Table(frame, title="Records to look at", counts=("count", "of"), labels=labels, synthetic=synthetic)


def changes(found: pd.DataFrame, *, synthetic: bool) -> Table:
    """What a later extract changed of an earlier one: list, the two extracts, rows added, removed, changed."""
    frame = found.assign(event=found["event"].map(EVENT_TITLES).fillna(found["event"]))
    labels = {
        "event": "List", "earlier": "Extract before", "later": "Replaced by", "added": "Added", "removed": "Removed", "changed": "Changed",
    }  # fmt: skip
    return Table(frame, title="What later extracts changed", counts=("added", "removed", "changed"), labels=labels, synthetic=synthetic)


def no_log(*, synthetic: bool) -> dict[str, Table]:
    """What stands in place of coverage, rules and changes where no child-level file was read."""
    titles = {"coverage": "What the files cover", "rules": "Records to look at", "changes": "What later extracts changed"}
    empty = pd.DataFrame({"event": []})
    return {name: Table(empty, title=f"{title}: no child-level file was read", synthetic=synthetic) for name, title in titles.items()}


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


def sources(rows: Sequence[dict[str, object]], *, synthetic: bool) -> Table:
    """The files of this run: name (never a path), what each is, its date."""
    frame = pd.DataFrame(rows, columns=["file", "format", "as_at"])
    return Table(
        frame, title="The files of this page", labels={"file": "File", "format": "What it is", "as_at": "As at"}, synthetic=synthetic
    )
