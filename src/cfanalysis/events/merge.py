"""Merging extracts of different dates: a later one is right about everything inside its own window.

So a record deleted since does not survive, and one entered late appears; both are counted, for that is where revisions show.

Two kinds of list. Lists of *things that happened* (contacts, referrals, assessments, enquiries, conferences): an earlier row goes
where its day
lies in the later window, or where the later extract repeats it (same child, same day). Lists of *periods* (children in need,
plans, looked after)
hold everything that overlaps the window: every earlier row that overlaps it goes, whether the later extract repeats it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from cfanalysis.events.alike import speak_alike
from cfanalysis.events.log import CHANGE_COLUMNS, COVERAGE_COLUMNS, EventLog
from cfanalysis.events.revisions import PERIODS, Change, Stack, revisions
from cfanalysis.events.taken_up import lacking, taken_up
from cfanalysis.foundation.errors import SourceError
from cfanalysis.foundation.table import COLUMNS, EVENT_KINDS, empty, validate
from cfanalysis.sources.annex_a.reading import Extract
from cfanalysis.sources.problems import Problem

UNKNOWN = "unknown"
"""The outcome of a period whose end fell where no extract looks."""

OUTCOME_IS_ITS_END = ("cin_episode", "cla_period")
"""Periods whose outcome says why they ended. That of a plan says whether it was a child's first, which its end does not change."""

PICTURE_DAYS = 7
"""An extract drawn up to so many days after a month's end shows who was where on that day."""

DAY = np.timedelta64(1, "D")


def merge_extracts(extracts: Iterable[Extract]) -> EventLog:
    """One history from extracts of any dates, given in any order; the same extract twice changes nothing.

    Raises SourceError where there is none.
    """
    ordered = sorted(
        extracts, key=lambda extract: (extract.as_at, min((w[0] for w in extract.windows.values()), default=extract.as_at), extract.name)
    )
    ordered = _without_copies(ordered)
    if not ordered:
        raise SourceError("no extract to merge; add an annex_a source to the parameters file")
    ordered, said_before = speak_alike(ordered)
    kinds = [kind for kind in EVENT_KINDS if any(kind in extract.windows for extract in ordered)]
    merged = [_merge_kind(kind, [extract for extract in ordered if kind in extract.windows]) for kind in kinds]
    frames = [frame for frame, _, _ in merged if len(frame)]
    events = validate(pd.concat(frames, ignore_index=True), "events") if frames else empty("events")
    changes = pd.DataFrame([row for _, rows, _ in merged for row in rows], columns=list(CHANGE_COLUMNS))
    problems = [*said_before, *_left_out(ordered, kinds), *(problem for _, _, said in merged for problem in said), *_alike_ids(events)]
    coverage = pd.DataFrame([row for kind in kinds for row in _coverage(kind, ordered)], columns=list(COVERAGE_COLUMNS))
    names = tuple(dict.fromkeys(extract.name for extract in ordered))
    return EventLog(events, coverage, changes, tuple(problems), names, _pictures(ordered))


def _left_out(extracts: Sequence[Extract], kinds: Sequence[str]) -> list[Problem]:
    """Lists that earlier extracts of a format hold and its newest does not: their months since are not available."""
    problems = []
    for form in dict.fromkeys(extract.format for extract in extracts):
        own = [extract for extract in extracts if extract.format == form]
        newest = max(extract.as_at for extract in own)
        there = {kind for extract in own if extract.as_at == newest for kind in extract.windows}
        for kind in [kind for kind in kinds if kind not in there and any(kind in extract.windows for extract in own)]:
            last = max(extract.as_at for extract in own if kind in extract.windows)
            found = f"no list of {kind.replace('_', ' ')} in the extract as at {newest:%d/%m/%Y}, the last is as at {last:%d/%m/%Y}"
            wanted = "every list in every extract; the months since are not available"
            name = next(extract.name for extract in own if extract.as_at == newest)
            problems.append(Problem(name, "", None, "", found, wanted, "kept", "list_left_out", list=kind))
    return problems


def _pictures(extracts: Sequence[Extract]) -> pd.DataFrame:
    """What each extract says of the month's end it was drawn at: its periods as they stood then, with the month as ``picture``."""
    drawn = {month: extract for extract in extracts if (month := _month_pictured(extract.as_at)) is not None}
    frames = [extract.events[extract.events["event"].isin(PERIODS)].assign(picture=month.ordinal) for month, extract in drawn.items()]
    return pd.concat(frames, ignore_index=True) if frames else empty("events").assign(picture=pd.Series(dtype=int))


def _month_pictured(as_at: date) -> pd.Period | None:
    """The month whose end an extract shows: the one that ended on its day, or up to a week before."""
    month = pd.Period(as_at + timedelta(days=1), freq="M") - 1
    return month if (as_at - month.end_time.date()).days <= PICTURE_DAYS else None


def _alike_ids(events: pd.DataFrame) -> list[Problem]:
    """Child ids that differ only in leading zeros or capitals: Excel takes zeros off numbers, and then one child looks like two."""
    ids = pd.Series(events["child_id"].unique(), dtype=str)
    alike = ids.str.upper().str.lstrip("0").duplicated(keep=False)
    if not alike.any():
        return []
    found = f"{int(alike.sum()):,} child ids that differ only in leading zeros or capitals"
    wanted = "one way of writing a child's id in every extract (as text); they are taken for different children"
    return [Problem("all extracts", "", None, "Child Unique ID", found, wanted, "kept", "alike_ids", int(alike.sum()))]


def _without_copies(extracts: Sequence[Extract]) -> list[Extract]:
    """The extracts, one given twice left out."""
    kept: list[Extract] = []
    for extract in extracts:
        if not any(
            # one that says nothing still takes away what another said: it is a copy by its name only
            (extract.name == other.name or len(extract.events))
            and extract.as_at == other.as_at
            and extract.windows == other.windows
            and extract.events.equals(other.events)
            for other in kept
        ):
            kept.append(extract)
    return kept


def _coverage(kind: str, extracts: Sequence[Extract]) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    spans = sorted(extract.windows[kind] for extract in extracts if kind in extract.windows)
    joined: list[list[date]] = []
    for start, end in spans:
        if joined and (start - joined[-1][1]).days <= 1:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [(kind, pd.Timestamp(start), pd.Timestamp(end)) for start, end in joined]


def _merge_kind(kind: str, extracts: Sequence[Extract]) -> tuple[pd.DataFrame, list[Change], list[Problem]]:
    stack = _stack(kind, extracts)
    alive = np.zeros(len(stack.frame), dtype=bool)
    changes: list[Change] = []
    said: list[Problem] = []
    for later in range(len(extracts)):
        new = stack.extract == later
        gone = alive & (_replaced(stack, new, later) | taken_up(stack, alive, new, later))
        kept, cut = lacking(stack, extracts, gone, new, later)
        gone &= ~kept
        said += cut
        changes += revisions(stack, extracts, later, gone, new)
        alive = (alive & ~gone) | new
    frame, problems = _close_unknown(stack, extracts, alive)
    return frame, changes, [*said, *problems]


def _stack(kind: str, extracts: Sequence[Extract]) -> Stack:
    own = [extract.events[extract.events["event"] == kind] for extract in extracts]
    frame = pd.concat(own, ignore_index=True)[list(COLUMNS["events"])]
    number = np.repeat(np.arange(len(own)), [len(rows) for rows in own])
    rows = pd.DataFrame({"n": number, "child": pd.factorize(frame["child_id"])[0], "date": frame["date"]})
    rows["twin"] = rows.groupby(["n", "child", "date"], sort=False).cumcount()
    key = rows.groupby(["child", "date", "twin"], sort=False).ngroup().to_numpy()
    start, end = (frame[column].to_numpy().astype("datetime64[D]") for column in ("date", "end_date"))
    # A conference is listed with its enquiry: where that has a date, it says whether the later extract would hold the row.
    anchor = frame["clock_start"].fillna(frame["date"]).to_numpy().astype("datetime64[D]") if kind == "icpc" else start
    first, last = (np.array([extract.windows[kind][side] for extract in extracts], dtype="datetime64[D]") for side in (0, 1))
    return Stack(kind, frame, number, key, anchor, end, first, last)


def _replaced(stack: Stack, new: np.ndarray, later: int) -> np.ndarray:
    """Which rows a later extract speaks for: those its window holds, and those it repeats."""
    return stack.inside(later) | np.isin(stack.key, stack.key[new])


def _close_unknown(stack: Stack, extracts: Sequence[Extract], alive: np.ndarray) -> tuple[pd.DataFrame, list[Problem]]:
    """The rows that stand; periods left open by an extract that no later one takes up are ended where it stopped looking."""
    lost = alive & np.isnat(stack.end) & (stack.extract < len(extracts) - 1) if stack.kind in PERIODS else np.zeros(len(alive), dtype=bool)
    problems = []
    for number in np.unique(stack.extract[lost]):
        count, extract = int((lost & (stack.extract == number)).sum()), extracts[number]
        found = f"{count:,} {stack.kind.replace('_', ' ')} open on {extract.as_at:%d/%m/%Y} and in no later extract"
        wanted = "an extract that covers the days after; ended there with the outcome unknown"
        problems.append(Problem(extract.name, "", None, "End date", found, wanted, "coerced", "open_into_gap", count, list=stack.kind))
    frame = stack.frame.copy()
    after = pd.Series((stack.last[stack.extract] + DAY).astype("datetime64[us]"), index=frame.index)
    frame["end_date"] = frame["end_date"].mask(lost, after)
    if stack.kind in OUTCOME_IS_ITS_END:
        frame["outcome"] = frame["outcome"].mask(lost, UNKNOWN)
    return frame[alive].reset_index(drop=True), problems
