"""Where in a release file something has changed since the one before it: indicators that hang together, and years.

Every equation lies within one year to March of such a family of indicators, or reaches a month beyond it (a stock and the month after).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from cfanalysis.disclosure.audit.names import Names
from cfanalysis.disclosure.audit.sheet import Address, Sheet
from cfanalysis.disclosure.audit.sums import Lists

Place = tuple[str, int]
"""The family of an indicator, by the first of its names, and the year in which a year to March begins."""


@dataclass(frozen=True)
class Places:
    """family: of every indicator that shares counts or equations with others, the first of them."""

    family: Mapping[str, str]

    @classmethod
    def of(cls, names: Names, stocks: Sequence[tuple[str, str, str]]) -> Places:
        """From series that are one count and stocks with their flows."""
        found: dict[str, str] = {}
        for together in (*stocks, *({name[0] for name in group} for group in names.values())):
            heads = {_head(found, each) for each in together}
            found.update(dict.fromkeys(heads, min(heads)))
        return cls({each: _head(found, each) for each in found})

    def of_address(self, address: Address) -> Place:
        """Where an address lies."""
        return self.family.get(address[0], address[0]), _years(address[2])[1]

    def around(self, addresses: Iterable[Address]) -> set[Place]:
        """Every place whose equations may hold one of these."""
        return {(self.family.get(each[0], each[0]), year) for each in addresses for year in _years(each[2])}

    def that_differ(self, before: Sheet | None, now: Sheet, lists_before: Lists, lists: Lists) -> set[Place]:
        """Where a file says something else than the one before it, or hides something else."""
        if before is None or before.policy != now.policy:
            return self.around(now.asked)
        changed = {address for address, _ in before.shown.items() ^ now.shown.items()}
        changed |= (before.hidden ^ now.hidden) | (before.missing ^ now.missing) | (set(before.asked) ^ set(now.asked))
        found = self.around(changed)
        other = {key[0] for key in lists_before.keys() | lists.keys() if lists_before.get(key) != lists.get(key)}
        families = {self.family.get(each, each) for each in other}
        return found | {place for place in map(self.of_address, now.asked) if place[0] in families}


def _head(found: Mapping[str, str], name: str) -> str:
    while found.get(name, name) != name:
        name = found[name]
    return name


@cache
def _years(period: str) -> tuple[int, int, int]:
    """The years to March of the month before, of a period itself, and of the month after."""
    if "/" in period:
        year = int(period[:4])
        return year, year, year
    month = pd.Period(period[:7], "M") if "Q" not in period else pd.Period(period, "Q").asfreq("M")
    one, two, three = (each.year - (each.month < 4) for each in (month - 1, month, month + 1))
    return one, two, three
