"""Extracts made to speak alike before they are merged: one way of writing an id, a team and an area, and ids that a new case system
has changed put back in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from cfanalysis.events.revisions import PERIODS
from cfanalysis.foundation.errors import SourceError
from cfanalysis.sources.annex_a.reading import Extract
from cfanalysis.sources.ids import COLUMN, spellings
from cfanalysis.sources.problems import Problem

NAMED = ("team", "area")
"""Columns whose words are shown as they stand: "North" and "NORTH" are one team."""

FEWEST = 5
"""Children open at the end of an extract, below which nothing is said of what the next one should hold."""

STILL_KNOWN = 0.2
"""A next extract that knows fewer of the children who were open than this, and others in their place, has other ids."""

FOUND_AGAIN = 0.5
"""The share of them that must be found again by their dates, so that the two ids can be taken for one child's."""


def speak_alike(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Problem]]:
    """The extracts, in order of their dates, with ids and names written one way; what was changed is said.

    Raises SourceError where ids have changed between two extracts and dates cannot tell whose is whose.
    """
    extracts, said = _ids_spelled_alike(extracts)
    extracts, more = _ids_in_step(extracts)
    return _names_alike(extracts), [*said, *more]


def _renamed(extract: Extract, names: dict[str, str]) -> Extract:
    if not names:
        return extract
    return replace(extract, events=extract.events.assign(child_id=extract.events["child_id"].replace(names).astype(str)))


def _ids_spelled_alike(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Problem]]:
    """Ids that differ between extracts only in leading noughts or capitals: one child, where no extract needs both."""
    spelled = spellings([extract.events["child_id"] for extract in extracts])
    if not spelled:
        return list(extracts), []
    found = f"{len(spelled):,} child ids that differ between extracts only in leading noughts or capitals"
    wanted = "one way of writing a child's id in every extract (as text); taken for the same children"
    problem = Problem("all extracts", "", None, COLUMN, found, wanted, "coerced", "id_spelling", len(spelled))
    return [_renamed(extract, spelled) for extract in extracts], [problem]


def _names_alike(extracts: Sequence[Extract]) -> list[Extract]:
    """Teams and areas spelled the way most rows spell them, whatever their capitals."""
    known = [extract.events[list(NAMED)] for extract in extracts]
    rows = pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=list(NAMED))
    changed = list(extracts)
    for column in NAMED:
        counts = rows[column].value_counts()
        best: dict[str, str] = {}
        for name in counts.index:
            best.setdefault(str(name).casefold(), str(name))
        other = {str(name): best[str(name).casefold()] for name in counts.index if best[str(name).casefold()] != name}
        if other:
            changed = [replace(e, events=e.events.assign(**{column: e.events[column].replace(other).astype(str)})) for e in changed]
    return changed


def _ids_in_step(extracts: Sequence[Extract]) -> tuple[list[Extract], list[Problem]]:
    """Where the ids of all children change from one extract to the next, the earlier ones are given the later ids."""
    extracts, problems = list(extracts), []
    for place in range(1, len(extracts)):
        earlier, later = extracts[place - 1], extracts[place]
        if (names := _new_ids(earlier, later)) is None:
            continue
        found = f"child ids that have all changed from {earlier.name} to {later.name}"
        if not names:
            wanted = "the same ids in both; give each child's old id in the new system's export, or one of the two extracts alone"
            raise SourceError(f"{later.file}: found {found}, want {wanted}")
        extracts[:place] = [_renamed(each, names) for each in extracts[:place]]
        wanted = "the same ids in both (periods were joined by their dates; children who were not open then are not followed across)"
        problems.append(Problem(later.name, "", None, COLUMN, found, wanted, "coerced", "ids_changed", len(names)))
    return extracts, problems


def _new_ids(earlier: Extract, later: Extract) -> dict[str, str] | None:
    """The later id of every child open at the end of an extract; empty where they cannot be told, None where ids have not changed."""
    kinds = [k for k in PERIODS if k in earlier.windows and k in later.windows and _touch(earlier, later, k)]
    was, now = earlier.events[earlier.events["event"].isin(kinds)], later.events[later.events["event"].isin(kinds)]
    ends = pd.Timestamp(earlier.as_at)
    was, now = was[was["end_date"].isna()], now[(now["date"] <= ends) & ~(now["end_date"] <= ends)]
    if len(was) < FEWEST:
        return None
    known = _are_among(was["child_id"], later.events["child_id"])
    if known.mean() >= STILL_KNOWN:
        return None
    strange = ~_are_among(now["child_id"], earlier.events["child_id"])
    if strange.sum() < FOUND_AGAIN * len(was):
        return None
    return _paired(was[~known], now[strange])


def _are_among(ids: pd.Series, others: pd.Series) -> np.ndarray:
    """Which ids are among others; by number, since ``isin`` takes text apart piece by piece."""
    codes, _ = pd.factorize(pd.concat([ids, others], ignore_index=True))
    return np.isin(codes[: len(ids)], codes[len(ids) :])


def _touch(earlier: Extract, later: Extract, kind: str) -> bool:
    return later.windows[kind][0] <= earlier.windows[kind][1] + timedelta(days=1) and later.as_at > earlier.as_at


def _paired(was: pd.DataFrame, now: pd.DataFrame) -> dict[str, str]:
    """Old id to new, by kind, start and date of birth; the clearest pairs first. Empty where too few are found again."""
    key = ["event", "date", "birth_date"]
    left, right = (rows.assign(n=rows.groupby(key, dropna=False).cumcount()) for rows in (was, now))
    size = left.groupby(key, dropna=False)["n"].transform("size")
    pairs = left.assign(size=size).merge(right, on=[*key, "n"], suffixes=("", "_new")).sort_values("size", kind="stable")
    if len(pairs) < FOUND_AGAIN * len(was):
        return {}
    pairs = pairs.drop_duplicates("child_id").drop_duplicates("child_id_new")
    return dict(zip(pairs["child_id"], pairs["child_id_new"], strict=True))
