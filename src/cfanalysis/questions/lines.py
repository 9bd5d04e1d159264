"""Several measures over the same months, each with its target where one is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import Address, Table
from cfanalysis.questions.quarters import Quarters, by_quarter
from cfanalysis.questions.subject import Subject

PARTS = ("numerator", "denominator")
BY_QUARTER = "A measure most of whose months are too small to show is drawn by quarter, at the last month of each."


def lines(subjects: Sequence[Subject], targets: Mapping[str, pd.Series]) -> Table:
    """One row per month and measure: month, series, (numerator, denominator,) observed, target, provisional, flag.

    ``targets`` has the target of a measure by month, by the measure's name.
    """
    known = [subject for subject in subjects if subject.there]
    named = {_named(subject): subject for subject in known}
    frames = [_one(subject, targets.get(subject.indicator.name)) for subject in known]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"month": [], "series": [], "observed": [], "target": []})
    counts = tuple(name for name in PARTS if name in frame.columns) or _own_counts(known)
    if "numerator" in counts:  # a number that stands beside percentages is its own numerator
        whole = frame["series"].isin({name for name, subject in named.items() if subject.counted})
        frame["numerator"] = frame["numerator"].where(~whole, frame["observed"])
    addresses = {
        name: tuple(_address(named[series], month, name) for series, month in zip(frame["series"], frame["month"], strict=True))
        for name in counts
    }
    return Table(
        frame, title=_title(subjects), counts=counts, derived={"observed": counts} if counts and "observed" not in counts else {},
        unit=" and ".join(dict.fromkeys(subject.indicator.unit for subject in subjects)),
        source="; ".join(dict.fromkeys(subject.source for subject in known)), labels={"series": "Measure"},
        synthetic=any(subject.synthetic for subject in subjects), published=bool(known) and all(subject.published for subject in known),
        addresses=addresses, note=BY_QUARTER if any(by_quarter(subject) for subject in known) else "",
        facts={"definitions": {subject.name: subject.indicator.definition for subject in subjects}},
    )  # fmt: skip


def recent(table: Table, months: int) -> Table:
    """The newest months of a table of lines."""
    frame = table.frame
    if frame.empty:
        return table
    kept = (frame["month"] > frame["month"].max() - months).to_numpy()
    addresses = {name: tuple(compress(each, kept)) for name, each in table.addresses.items()}
    return replace(table, frame=frame[kept].reset_index(drop=True), addresses=addresses)


def _one(subject: Subject, target: pd.Series | None) -> pd.DataFrame:
    quarters = by_quarter(subject)
    frame = subject.frame() if quarters is None else _of_quarters(quarters)
    frame.insert(1, "series", _named(subject))
    frame["provisional"] = subject.unsettled(frame["month"])
    frame["target"] = np.nan if target is None else target.reindex(frame["month"]).to_numpy(dtype=float)
    return frame


def _named(subject: Subject) -> str:
    return subject.name if by_quarter(subject) is None else f"{subject.name} (by quarter)"


def _of_quarters(quarters: Quarters) -> pd.DataFrame:
    """Each quarter at its last month, as ``Subject.frame`` has the months."""
    names = ["month", *quarters.subject.parts, "value", "flag"]
    return quarters.rows[names].rename(columns={"value": "observed"})


def _address(subject: Subject, month: pd.Period, column: str) -> Address | None:
    """Where the release holds a figure of a line; none for the percentage that its parts stand beside."""
    if column not in PARTS and not subject.counted:
        return None
    part, quarters = "figure" if subject.counted else column, by_quarter(subject)
    return subject.address(month, part) if quarters is None else quarters.address([month], part)


def _own_counts(known: Sequence[Subject]) -> tuple[str, ...]:
    return ("observed",) if any(subject.indicator.kind in ("count", "stock") for subject in known) else ()


def _title(subjects: Sequence[Subject]) -> str:
    names = [_named(subject) for subject in subjects]
    joined = "".join(names[:1]) + "".join(f", {name[0].lower()}{name[1:]}" for name in names[1:])
    return joined if any(subject.there for subject in subjects) else f"{joined}: no figures"
