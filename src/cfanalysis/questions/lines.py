"""Several measures over the same months, each with its target where one is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cfanalysis.foundation.table import Table
from cfanalysis.questions.subject import Subject

PARTS = ("numerator", "denominator")


def lines(subjects: Sequence[Subject], targets: Mapping[str, pd.Series]) -> Table:
    """One row per month and measure: month, series, (numerator, denominator,) observed, target, provisional, flag.

    ``targets`` has the target of a measure by month, by the measure's name.
    """
    known = [subject for subject in subjects if subject.known]
    frames = [_one(subject, targets.get(subject.indicator.name)) for subject in known]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"month": [], "series": [], "observed": [], "target": []})
    counts = tuple(name for name in PARTS if name in frame.columns) or _own_counts(known)
    if "numerator" in counts:  # a number that stands beside percentages is its own numerator
        whole = frame["series"].isin({subject.name for subject in known if subject.indicator.kind in ("count", "stock")})
        frame["numerator"] = frame["numerator"].where(~whole, frame["observed"])
    named = {subject.name: subject for subject in known}
    addresses = {
        name: tuple(
            named[series].address(month, "figure" if named[series].counted else name) if name in PARTS or named[series].counted else None
            for series, month in zip(frame["series"], frame["month"], strict=True)
        )
        for name in counts
    }
    return Table(
        frame, title=_title(subjects), counts=counts, derived={"observed": counts} if counts and "observed" not in counts else {},
        unit=" and ".join(dict.fromkeys(subject.indicator.unit for subject in subjects)),
        source="; ".join(dict.fromkeys(subject.source for subject in known)), labels={"series": "Measure"},
        synthetic=any(subject.synthetic for subject in subjects), published=bool(known) and all(subject.published for subject in known),
        addresses=addresses, facts={"definitions": {subject.name: subject.indicator.definition for subject in subjects}},
    )  # fmt: skip


def _one(subject: Subject, target: pd.Series | None) -> pd.DataFrame:
    frame = subject.frame()
    frame.insert(1, "series", subject.name)
    frame["provisional"] = subject.unsettled(frame["month"])
    frame["target"] = np.nan if target is None else target.reindex(frame["month"]).to_numpy(dtype=float)
    return frame


def _own_counts(known: Sequence[Subject]) -> tuple[str, ...]:
    return ("observed",) if any(subject.indicator.kind in ("count", "stock") for subject in known) else ()


def _title(subjects: Sequence[Subject]) -> str:
    names = [subject.name for subject in subjects]
    joined = names[0] + "".join(f", {name[0].lower()}{name[1:]}" for name in names[1:])
    return joined if any(subject.known for subject in subjects) else f"{joined}: no figures"
