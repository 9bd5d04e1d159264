"""What the attacker writes down of one file after another: hidden figures as unknowns, and every equation they stand in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cfanalysis.disclosure.audit.names import Names, Same, other_names
from cfanalysis.disclosure.audit.places import Place, Places
from cfanalysis.disclosure.audit.sheet import CLOSE, Address, Sheet, Sum, blur, known_part, read_sheet
from cfanalysis.disclosure.audit.sums import Lists, closed_lists, refuse_shown_rests, whole_lists, write_equations
from cfanalysis.disclosure.audit.system import Picture, Row
from cfanalysis.foundation.policy import Policy

TIE = -0.5
"""How late a tie is among rows that contradict each other: before all files, so that it goes first."""

Change = tuple[int, Address]
"""A file, and what has another value in it than in the files before."""

Files = Sequence[tuple[pd.DataFrame, Policy]]


@dataclass(frozen=True)
class Known:
    """What the attacker knows beside the files."""

    stocks: tuple[tuple[str, str, str], ...]
    rest: frozenset[str]
    percents: frozenset[str]
    published: Mapping[Address, float]
    same: Same
    offered: tuple[Collection[tuple[str, str]], ...]


def write_down(files: Files, known: Known, changed: frozenset[Change]) -> Picture:
    """Every file in turn: its hidden figures as unknowns, and every equation any of them stands in."""
    names = other_names(files[-1][0], known.same, rounded=files[-1][1].round_to > 1)
    ledger = _Ledger(names, known, Places.of(names, known.stocks))
    for number, (frame, policy) in enumerate(files):
        ledger.write(number, frame, policy, {address for file, address in changed if file == number})
    return ledger.picture


@dataclass
class _Ledger:
    """live: the unknown that an address stands for now. shown_under: what was shown last of each, and the least that its policy shows.

    before: of every sum of the file before, what it hides and what its shown members come to.
    """

    names: Names
    known: Known
    places: Places
    picture: Picture = field(default_factory=Picture)
    live: dict[Address, int] = field(default_factory=dict)
    first: dict[Address, Policy] = field(default_factory=dict)
    shown_under: dict[Address, tuple[float, int]] = field(default_factory=dict)
    before: dict[tuple[str, ...], tuple[frozenset[Address], float]] = field(default_factory=dict)
    sheet: Sheet | None = None
    whole: Lists = field(default_factory=dict)

    def write(self, number: int, frame: pd.DataFrame, policy: Policy, changed: Collection[Address]) -> None:
        """One more file. Where it says what the one before it said, its equations are those that are there already."""
        known = self.known
        sheet = read_sheet(frame, policy, self.names, known.published, self.shown_under, known.offered[number] if known.offered else ())
        if known.rest:
            refuse_shown_rests(sheet, known.rest)
        whole = whole_lists(sheet)
        new = self.places.that_differ(self.sheet, sheet, self.whole, whole)
        sums = self._sums(sheet, whole, new)
        gone = self._contradicted(sheet, sums, new) | set(changed)
        for address in gone:
            self.live.pop(address, None)
        sums |= self._sums(sheet, whole, self.places.around(gone) - new)
        self._number_unknowns(number, sheet)
        for each in sums.values():
            self._row(number, sheet, each)
        self._remember(sheet)
        self.sheet, self.whole = sheet, whole

    def _sums(self, sheet: Sheet, whole: Lists, places: Collection[Place]) -> dict[tuple[str, ...], Sum]:
        asked = [address for address in sheet.asked if self.places.of_address(address) in places] if places else []
        return write_equations(sheet, asked, whole, self.known.stocks, self.known.rest, self.known.percents)

    def _contradicted(self, sheet: Sheet, sums: Mapping[tuple[str, ...], Sum], new: Collection[Place]) -> set[Address]:
        """What is hidden in a sum that says it cannot all be unchanged."""
        shown, noise = self.sheet.shown if self.sheet else {}, 2 * blur(sheet.policy)
        hides = {key: (frozenset(a for a in each.members if a in sheet.hidden), known_part(sheet, each)) for key, each in sums.items()}
        found: set[Address] = set()
        for key, now in hides.items():
            if key in self.before and _contradicts(self.before[key], now, sums[key], shown, noise):
                found |= now[0]
        old = {key: held for key, held in self.before.items() if not any(self.places.of_address(each) in new for each in held[0])}
        self.before = {**old, **hides}
        return found

    def _number_unknowns(self, number: int, sheet: Sheet) -> None:
        closed = closed_lists(sheet)
        for address in sorted(sheet.hidden):
            if address not in self.live:
                self.live[address] = self._unknown(address, self.first.setdefault(address, sheet.policy), number)
                if address in self.shown_under:
                    self.picture.revised[self.live[address]] = self.shown_under[address][0]
            if address not in closed:
                unknown = self.live[address]
                self.picture.lowest[unknown] = float(self.picture.policies[unknown].smallest_hidden)

    def _unknown(self, address: Address, policy: Policy, file: int, *, rest: bool = False) -> int:
        picture = self.picture
        picture.names.append(address)
        picture.policies.append(policy)
        picture.lowest.append(0.0)
        picture.rests.append(rest)
        picture.born.append(file)
        return len(picture.names) - 1

    def _row(self, number: int, sheet: Sheet, each: Sum) -> None:
        """An equation of one file, unless it has been written down before."""
        inside = sorted((self.live[name], weight) for name, weight in each.members.items() if name in sheet.hidden)
        if not inside:
            return
        constant = known_part(sheet, each)
        blurred = blur(sheet.policy) * sum(name not in sheet.hidden and sheet.shown[name] != 0 for name in each.members)
        least, most = -constant - blurred, float("inf") if each.left else -constant + blurred
        key = (tuple(inside), round(least, 3), round(most, 3), bool(each.rest))
        if key in self.picture.rows:
            return
        unknowns, weights = [place for place, _ in inside], [weight for _, weight in inside]
        if each.rest and sheet.policy.round_to == 1:
            unknowns.append(self._unknown(next(iter(each.members)), sheet.policy, number, rest=True))
            weights.append(-1.0)
            most = least
        self.picture.rows[key] = Row(tuple(unknowns), tuple(weights), least, most, number)

    def _remember(self, sheet: Sheet) -> None:
        for address in [each for each in sheet.shown if each in self.live]:
            self._tie(self.live.pop(address), sheet.shown[address], blur(sheet.policy))
        if sheet.policy.round_to == 1:
            self.shown_under |= {address: (value, sheet.policy.hide_below) for address, value in sheet.shown.items()}

    def _tie(self, unknown: int, value: float, blur: float) -> None:
        """What was hidden before and is shown now is taken for unchanged, for want of better: the first to go where it contradicts."""
        if value + blur >= self.picture.lowest[unknown]:
            self.picture.ties[unknown] = ("tie", unknown)
            self.picture.rows["tie", unknown] = Row((unknown,), (1.0,), value - blur, value + blur, TIE)


def _contradicts(
    before: tuple[frozenset[Address], float], now: tuple[frozenset[Address], float], each: Sum, shown: Mapping[Address, float], blur: float
) -> bool:
    """Whether a sum of this file and the one before says that something hidden in both has changed.

    It does where the same figures are hidden and the shown ones come to something else; and where a figure that was shown is hidden
    now, and would be what it was if nothing else had changed: then it would have stayed shown.
    """
    noise = CLOSE + blur * len(each.members)
    new = now[0] - before[0]
    if not before[0] <= now[0] or len(new) > 1 or not new <= shown.keys():
        return False
    moved = sum(each.members[name] * shown[name] for name in new)
    same = abs(before[1] - moved - now[1]) <= noise
    return same if new else not same
