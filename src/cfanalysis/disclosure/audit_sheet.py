"""One release file as the attacker lays it out: what is shown, what is hidden, which series are one under two names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.errors import ReleaseError
from cfanalysis.release.policy import Policy

KEY = ["indicator", "breakdown", "period", "part"]
CLOSE = 1e-5

Address = tuple[str, str, str, str]


@dataclass(frozen=True)
class Sheet:
    """One file: figures shown, figures hidden, and the categories listed under each whole."""

    shown: dict[Address, float]
    hidden: set[Address]
    missing: set[Address]
    listed: dict[tuple[str, str, str], dict[str, list[str]]]
    names: Mapping[tuple[str, str, str], tuple[str, str, str]]
    policy: Policy
    asked: list[Address]
    """What is hidden, under every name."""

    def one(self, address: Address) -> Address:
        """The name a count goes by, where that name is in this file too."""
        indicator, breakdown, period, part = address
        other = self.names.get((indicator, breakdown, part))
        if other is None:
            return address
        renamed = (other[0], other[1], period, other[2])
        return renamed if renamed in self.shown or renamed in self.hidden else address


@dataclass(frozen=True)
class Sum:
    """Addresses with weights: they come to 0, or to 0 at least where something may be left; ``rest`` is protected itself."""

    members: Mapping[Address, float]
    left: bool = False
    rest: str = ""


def blur(policy: Policy) -> float:
    return policy.round_to / 2 if policy.round_to > 1 else 0.0


def read_sheet(
    frame: pd.DataFrame,
    policy: Policy,
    names: Mapping[tuple[str, str, str], tuple[str, str, str]],
    published: Mapping[Address, float],
    shown_under: Mapping[Address, tuple[float, int]],
) -> Sheet:
    """A file as an attacker lays it out; raises ReleaseError where a small count is shown."""
    addresses = list(zip(*(frame[column].astype(str) for column in KEY), strict=True))
    values, flags = frame["value"].to_numpy(float), frame["flag"].fillna("").to_numpy(dtype=object)
    shown: dict[Address, float] = {}
    hidden, missing = set[Address](), set[Address]()
    listed: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for address, value, flag in zip(addresses, values, flags, strict=True):
        if value == value:
            if 0 < value < policy.hide_below:
                raise ReleaseError(f"{said_of(address)}: a small count is shown; nothing of this release may be passed on")
            shown[address] = float(value)
        elif flag == "c":
            told = shown_under.get(address)
            if address in published:
                shown[address] = float(published[address])
            elif told and told[1] < policy.hide_below and told[0] < policy.hide_below:
                shown[address] = told[0]  # shown under a looser policy before: no secret any more
            else:
                hidden.add(address)
        else:
            missing.add(address)
        indicator, breakdown, period, part = address
        if ": " in breakdown:
            listed.setdefault((indicator, period, part), {}).setdefault(breakdown.split(": ")[0], []).append(breakdown)
    sheet = Sheet(shown, hidden, missing, listed, names, policy, sorted(hidden))
    use_other_names(sheet)
    return sheet


def use_other_names(sheet: Sheet) -> None:
    """A count hidden under one name and shown under another is known."""
    for address in list(sheet.hidden):
        other = sheet.one(address)
        if other != address:
            sheet.hidden.discard(address)
            if other in sheet.shown:
                sheet.shown[address] = sheet.shown[other]
    for address in [each for each in sheet.shown if (each[0], each[1], each[3]) in sheet.names]:
        other = sheet.one(address)
        if other in sheet.hidden:
            sheet.hidden.discard(other)
            sheet.shown[other] = sheet.shown[address]


def said_of(address: Address) -> str:
    indicator, breakdown, period, part = address
    return f"{indicator}, {breakdown}, {period}" + (f" ({part})" if part != "figure" else "")


def is_there(sheet: Sheet, address: Address) -> bool:
    return address in sheet.shown or address in sheet.hidden or sheet.one(address) in sheet.hidden


def summed(sheet: Sheet, total: Address, parts: Sequence[Address], *, left: bool = False) -> Sum | None:
    """The total, less its parts; None where one of them is not in the file."""
    if not parts or not all(is_there(sheet, each) for each in (total, *parts)):
        return None
    return weighed(sheet, [(total, 1.0), *((part, -1.0) for part in parts)], left=left)


def weighed(sheet: Sheet, pairs: Sequence[tuple[Address, float]], *, left: bool = False, rest: str = "") -> Sum:
    members: dict[Address, float] = {}
    for address, weight in pairs:
        name = sheet.one(address)
        members[name] = members.get(name, 0.0) + weight
    return Sum({name: weight for name, weight in members.items() if weight}, left, rest)


def known_part(sheet: Sheet, each: Sum) -> float:
    """What the shown members of an equation come to."""
    return sum(weight * sheet.shown[name] for name, weight in each.members.items() if name not in sheet.hidden)


def other_names(frame: pd.DataFrame, *, rounded: bool) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    """Series whose shown figures are the same, twelve at least and not all alike: one count under two names.

    That rounded figures agree does not say that the counts do: there the same figures must be hidden as well.
    """
    wide = frame.pivot_table(index=["indicator", "breakdown", "part"], columns="period", values="value", aggfunc="first")
    table, found = wide.to_numpy(float), dict[tuple[str, str, str], tuple[str, str, str]]()
    known, groups = ~np.isnan(table), dict[int, set[tuple[str, str]]]()
    later = np.array([part == "numerator" for part in wide.index.get_level_values("part")], dtype=bool)
    for row in np.lexsort((-known.sum(axis=1), later)):
        mine, shares = np.flatnonzero(known[row]), _share_of(wide.index[row])
        if len(mine) < 12 or len(np.unique(table[row, mine])) < 3:
            continue
        kept = list(groups)
        against = table[kept][:, mine]
        shared = ~np.isnan(against)
        same = ((against == table[row, mine]) | ~shared).all(axis=1) & (shared.sum(axis=1) >= 12)
        if rounded and kept:
            same &= (known[kept] == known[row]).all(axis=1)
        others = [kept[place] for place in np.flatnonzero(same) if not shares & groups[kept[place]]]
        if others:
            found[wide.index[row]] = wide.index[others[0]]
        groups.setdefault(others[0] if others else int(row), set()).update(shares)
    return found


def _share_of(name: tuple[str, str, str]) -> set[tuple[str, str]]:
    """Numerator and denominator of one percentage are not the same count, even where all that is shown of them agrees."""
    return set() if name[2] == "figure" else {name[:2]}
