"""One release file as the attacker lays it out: what is shown, what is hidden, which series are one under two names."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from cfanalysis.disclosure.audit.names import Names
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy

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
    offered: dict[tuple[str, str], set[str]]
    """All categories of an indicator and a dimension, those that are not there in every period included."""
    names: Names
    policy: Policy
    asked: list[Address]
    """What is hidden, under every name."""
    ones: dict[Address, Address] = field(default_factory=dict)
    """The name that each count goes by, once it has been looked for."""

    def every_name(self, address: Address) -> list[Address]:
        """All addresses of a count but this one."""
        indicator, breakdown, period, part = address
        names = self.names.get((indicator, breakdown, part), ())
        every = [(name[0], name[1], when, name[2]) for name in names for when in (period, *other_form(period))]
        return [each for each in every if each != address]

    def one(self, address: Address) -> Address:
        """The name a count goes by: the first of its names that is in this file, and not shown as another number."""
        found = self.ones.get(address)
        if found is None:
            found = self.ones[address] = self.first_name(address)
        return found

    def first_name(self, address: Address) -> Address:
        indicator, breakdown, period, part = address
        names = self.names.get((indicator, breakdown, part))
        if not names:
            return address
        mine = self.shown.get(address)
        for name in names:
            for when in (period, *other_form(period)):
                renamed = (name[0], name[1], when, name[2])
                if renamed in self.hidden or (renamed in self.shown and mine in (None, self.shown[renamed])):
                    return renamed
        return address


@dataclass(frozen=True)
class Sum:
    """Addresses with weights: they come to 0, or to 0 at least where something may be left; ``rest`` is protected itself."""

    members: Mapping[Address, float]
    left: bool = False
    rest: str = ""


@cache
def other_form(period: str) -> tuple[str, ...]:
    """A month as its last day, and such a day as its month: a stock of the day may be the denominator of what happened in the month."""
    if len(period) == 10:
        return (period[:7],)
    return () if "/" in period or "Q" in period else (str(pd.Period(period, "M").end_time.date()),)


def blur(policy: Policy) -> float:
    return policy.round_to / 2 if policy.round_to > 1 else 0.0


def read_sheet(
    frame: pd.DataFrame,
    policy: Policy,
    names: Names,
    published: Mapping[Address, float],
    shown_under: Mapping[Address, tuple[float, int]],
    offered: Collection[tuple[str, str]] = (),
) -> Sheet:
    """A file as an attacker lays it out; raises ReleaseError where a small count is shown.

    offered: every (indicator, breakdown) that the file says it offers, beside those that are there.
    """
    addresses = list(zip(*(_texts(frame[column]) for column in KEY), strict=True))
    values, flags = frame["value"].to_numpy(float).tolist(), frame["flag"].fillna("").to_numpy(dtype=object)
    shown: dict[Address, float] = {}
    hidden, missing = set[Address](), set[Address]()
    listed: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    dimensions = {name: name.split(": ")[0] if ": " in name else "" for name in {address[1] for address in addresses}}
    for address, value, flag in zip(addresses, values, flags, strict=True):
        if value == value:
            if 0 < value < policy.hide_below:
                raise ReleaseError(f"{said_of(address)}: a small count is shown; nothing of this release may be passed on")
            shown[address] = value
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
        if dimension := dimensions[breakdown]:
            listed.setdefault((indicator, period, part), {}).setdefault(dimension, []).append(breakdown)
    sheet = Sheet(shown, hidden, missing, listed, _offered(addresses, offered), names, policy, sorted(hidden))
    use_other_names(sheet)
    return sheet


def _texts(column: pd.Series) -> list[str]:
    """A column of names, the same one always the same object: they are looked up over and over."""
    codes, names = pd.factorize(column)
    own = [sys.intern(name) for name in names]
    return [own[code] for code in codes.tolist()]


def _offered(addresses: Collection[Address], offered: Collection[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """The categories of every list."""
    found: dict[tuple[str, str], set[str]] = {}
    for indicator, breakdown in {*((address[0], address[1]) for address in addresses), *offered}:
        if ": " in breakdown:
            found.setdefault((indicator, breakdown.split(": ")[0]), set()).add(breakdown)
    return found


def use_other_names(sheet: Sheet) -> None:
    """A count hidden under one name and shown under another is known."""
    for address in list(sheet.hidden):
        shown = next((sheet.shown[other] for other in sheet.every_name(address) if other in sheet.shown), None)
        if shown is not None:
            sheet.hidden.discard(address)
            sheet.shown[address] = shown
    for address in list(sheet.hidden):
        if sheet.first_name(address) != address:
            sheet.hidden.discard(address)


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
