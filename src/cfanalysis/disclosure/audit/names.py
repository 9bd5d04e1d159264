"""Which series an attacker takes for one count: what the definitions say, and numbers that agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

Name = tuple[str, str, str]
"""Indicator, breakdown and part."""

Same = Sequence[tuple[tuple[str, str], tuple[str, str]]]
"""Names of one count by definition: (indicator, part) beside the one it is the same as."""

Names = Mapping[Name, tuple[Name, ...]]
"""Of every series that is not alone, all names of its count, in one order."""


def other_names(frame: pd.DataFrame, same: Same, *, rounded: bool) -> Names:
    """Series that are one count by definition, or whose shown figures are the same, twelve at least and not all alike.

    That rounded figures agree does not say that the counts do: there the same figures must be hidden as well.
    """
    wide = frame.pivot_table(index=["indicator", "breakdown", "part"], columns="period", values="value", aggfunc="first")
    every = list(dict.fromkeys(zip(frame["indicator"], frame["breakdown"], frame["part"], strict=True)))
    groups = _by_definition(every, same)
    of = {name: place for place, group in enumerate(groups) for name in group}
    shares = [set().union(*(_share_of(name) for name in group)) for group in groups]
    joined = list(range(len(groups)))
    for one, other in _look_the_same(wide, rounded=rounded):
        a, b = _end(joined, of[one]), _end(joined, of[other])
        if a != b and not shares[a] & shares[b]:
            joined[max(a, b)] = min(a, b)
            shares[min(a, b)] |= shares[max(a, b)]
    together: dict[int, list[Name]] = {}
    for place, group in enumerate(groups):
        together.setdefault(_end(joined, place), []).extend(group)
    return {name: tuple(names) for names in together.values() if len(names) > 1 for name in names}


def _end(joined: list[int], place: int) -> int:
    while joined[place] != place:
        place = joined[place]
    return place


def _by_definition(every: Sequence[Name], same: Same) -> list[list[Name]]:
    """Every series with those that are the same by definition, the one that defines them first."""
    root: dict[tuple[str, str], tuple[str, str]] = {}
    for name, other in same:
        root[name] = root.get(other, other)
    groups: dict[Name, list[Name]] = {}
    for indicator, breakdown, part in every:
        first = root.get((indicator, part), (indicator, part))
        group = groups.setdefault((first[0], breakdown, first[1]), [])
        group.insert(0 if first == (indicator, part) else len(group), (indicator, breakdown, part))
    return list(groups.values())


def _look_the_same(wide: pd.DataFrame, *, rounded: bool) -> list[tuple[Name, Name]]:
    """Pairs of series that agree wherever both are shown; of several the longest stands for all."""
    table, found = wide.to_numpy(float), list[tuple[Name, Name]]()
    known, leaders = ~np.isnan(table), list[int]()
    later = np.array([part == "numerator" for part in wide.index.get_level_values("part")], dtype=bool)
    for row in np.lexsort((-known.sum(axis=1), later)):
        mine = np.flatnonzero(known[row])
        if len(mine) < 12 or len(np.unique(table[row, mine])) < 3:
            continue
        against = table[leaders][:, mine]
        shared = ~np.isnan(against)
        same = ((against == table[row, mine]) | ~shared).all(axis=1) & (shared.sum(axis=1) >= 12)
        if rounded and leaders:
            same &= (known[leaders] == known[row]).all(axis=1)
        found += [(wide.index[leaders[place]], wide.index[row]) for place in np.flatnonzero(same)]
        if not same.any():
            leaders.append(int(row))
    return found


def _share_of(name: Name) -> set[tuple[str, str]]:
    """Numerator and denominator of one percentage are not the same count, even where all that is shown of them agrees."""
    return set() if name[2] == "figure" else {name[:2]}
