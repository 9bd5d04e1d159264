"""What earlier release files have told: cells that are shown for good, cells that stay hidden, equations that still stand.

A hidden figure counts as unchanged from one file to the next unless the shown figures of an equation that hides the same cells in both
have changed: then any of its hidden cells may have, and a reader has to think of each as two. One that is shown later he takes for what
is shown then, as far as that fits the file that hid it. One whose digest says that it has changed may be shown again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from cfanalysis.disclosure.equations import SHARE, SUM, Equations
from cfanalysis.foundation.policy import Policy

ABSENT, SHOWN, HIDDEN, MISSING = range(4)
"""What a file says at an address: nothing, a figure, a hidden figure, or that there is none (flags x, z, u, ...)."""

NOISE = 1e-6


@dataclass(frozen=True)
class State:
    """One file, or the true base, by address."""

    value: np.ndarray
    state: np.ndarray
    unchanged: np.ndarray
    """Of hidden figures: whether the digest says that the value is today's (or there is no digest to say that it is not)."""
    policy: Policy


@dataclass(frozen=True)
class Rows:
    """Equations over columns: weights, what the shown members come to, and whether something may be left over.

    tie: that a figure is what was shown later, the first to go where it does not fit.
    """

    row: np.ndarray
    column: np.ndarray
    weight: np.ndarray
    constant: np.ndarray
    slack: np.ndarray
    watched: np.ndarray
    noise: np.ndarray
    tie: np.ndarray

    def of(self, kept: np.ndarray) -> Rows:
        """Some of the rows."""
        inside = kept[self.row]
        rest = {name: getattr(self, name)[kept] for name in ("constant", "slack", "watched", "noise", "tie")}
        number = (np.cumsum(kept) - 1)[self.row[inside]]
        return Rows(number.astype(int), self.column[inside], self.weight[inside], **rest)


@dataclass(frozen=True)
class History:
    """fixed: shown last with today's value. revised: shown before, with another. stays: hidden before. first: which file hid it
    first (-1: none).

    old: the address of each figure that was hidden under a value it may no longer have; columns beyond the addresses stand for these.
    sure: whether its value is nonetheless today's. rows: every equation of the earlier files with anything hidden in it, once.
    """

    fixed: np.ndarray
    revised: np.ndarray
    stays: np.ndarray
    first: np.ndarray
    old: np.ndarray
    sure: np.ndarray
    rows: Rows


def follow(
    equations: Equations, exact: np.ndarray, earlier: Sequence[State], today: State, start: np.ndarray, lowest: np.ndarray
) -> History:
    """Earlier files, oldest first, seen from today. ``start``: the cells that are hidden today before anything else is.

    lowest: what each cell is at least where it is hidden.
    """
    size = len(today.value)
    fixed, stays, first = np.zeros(size, bool), np.zeros(size, bool), np.full(size, -1)
    under, told_before, same = np.zeros(size, int), np.zeros(size, bool), start.copy()
    version, before, seen, told, ties = np.zeros(size, int), None, [], [], []
    for place, state in enumerate(earlier):
        hidden = state.state == HIDDEN
        same |= hidden & state.unchanged
        half = state.policy.round_to / 2 if state.policy.round_to > 1 else NOISE
        shown = state.state == SHOWN
        # what counts is the newest figure that was told: a value of long ago is no longer today's, even where it has come back
        fixed = np.where(shown, np.abs(state.value - today.value) <= half, fixed & ~(hidden & (state.policy.hide_below <= under)))
        under, told_before = np.where(shown, state.policy.hide_below, under), told_before | shown
        first = np.where((first < 0) & hidden & ~fixed, place, first)
        stays |= hidden
        look = _look(equations, exact, state, hidden)
        if before is not None:
            version[_touched(before, look, equations) & hidden] += 1
        seen.append((version.copy(), hidden, state.unchanged))
        told.append(look)
        before = look
        ties.append((np.where(shown, version, -1), state.value, half))
        version[shown] += 1
    stays &= same & ~fixed & (today.state == SHOWN) & (today.value >= lowest)
    if before is not None:
        now = _look(equations, exact, today, (start | stays) & (today.state == SHOWN))
        version[_touched(before, now, equations)] += 1
    old, which, sure, columns = _columns(seen, version, stays, size)
    rows = _gathered(equations, told, columns, size + len(old))
    rows = joined(rows, _tied(old, which, ties, size), _tied_to_today(old, which, np.where(today.state == SHOWN, version, -1), size))
    return History(fixed, told_before & ~fixed & ~stays, stays, first, old, sure, rows)


@dataclass(frozen=True)
class _Look:
    """The equations of one file: which are there, what their shown members come to, which cells they hide (as a hash)."""

    there: np.ndarray
    constant: np.ndarray
    hides: np.ndarray
    hidden: np.ndarray
    slack: np.ndarray
    noise: np.ndarray
    told: np.ndarray
    """What is shown, by address; missing where nothing is."""


def present(equations: Equations, state: np.ndarray) -> np.ndarray:
    """Equations that a reader can write down: all members there; of categories, those that there are."""
    matrix = equations.matrix
    member = abs(matrix)
    absent, missing = (state == ABSENT).astype(float), (state == MISSING).astype(float)
    total = matrix.copy()
    total.data = (total.data > 0).astype(float)
    sums = equations.kind == SUM
    gone = np.where(sums, total @ absent, member @ absent) + member @ missing
    some = member @ (1.0 - absent)
    there: np.ndarray = (gone == 0) & (some > 1)
    return there


def _look(equations: Equations, exact: np.ndarray, state: State, hidden: np.ndarray) -> _Look:
    there = present(equations, state.state) & (exact | (equations.kind != SUM) | equations.slack)
    shown = (state.state == SHOWN) & ~hidden
    constant = equations.matrix @ np.where(shown, state.value, 0.0)
    keys = _keys(len(hidden))
    hides = equations.matrix.astype(np.int64) @ np.where(hidden, keys, 0)
    base = state.policy.round_to
    noise = np.full(len(there), NOISE) if base == 1 else NOISE + base / 2 * (abs(equations.matrix) @ shown.astype(float))
    slack = equations.slack & ~(exact & (equations.kind == SUM))
    return _Look(there, constant, hides, hidden, slack, noise, np.where(shown, state.value, np.nan))


def _keys(size: int) -> np.ndarray:
    return np.random.default_rng(size).integers(1, 2**62, size)


def _touched(before: _Look, after: _Look, equations: Equations) -> np.ndarray:
    """Addresses of which a reader sees that they may have been revised in between.

    Where the same cells are hidden and the shown ones come to something else; and where a cell that was shown is hidden now, and would
    be what it was if nothing else had changed: then it would have stayed shown.
    """
    size, both = abs(equations.matrix), before.there & after.there & (before.hides != 0)
    noise = before.noise + after.noise
    changed = both & (before.hides == after.hides) & (np.abs(before.constant - after.constant) > noise)
    new = after.hidden & ~before.hidden
    moved = equations.matrix @ np.where(new, np.nan_to_num(before.told), 0.0)
    one = (size @ new.astype(float) == 1) & (size @ (new & ~np.isnan(before.told)).astype(float) == 1)
    none_lost = size @ (before.hidden & ~after.hidden).astype(float) == 0
    changed |= both & one & none_lost & (np.abs(before.constant - moved - after.constant) <= noise)
    touched: np.ndarray = (size.T @ changed.astype(float)) > 0
    return touched


def _columns(
    seen: list[tuple[np.ndarray, np.ndarray, np.ndarray]], version: np.ndarray, stays: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """A column for every hidden figure: that of its address where it is today's, else one beyond the addresses.

    Of those beyond: the address, which of the values that it has had, and whether it is nonetheless today's.
    """
    wide = int(version.max(initial=0)) + 2
    codes = [np.where(hidden & ~((told == version) & stays), np.arange(size) * wide + told, -1) for told, hidden, _ in seen]
    every = np.unique(np.concatenate([code[code >= 0] for code in codes] or [np.empty(0, int)]))
    sure = np.ones(len(every), bool)
    columns = []
    for code, (_, _, unchanged) in zip(codes, seen, strict=True):
        place = np.searchsorted(every, code)
        apart = code >= 0
        sure[place[apart]] &= unchanged[apart]
        columns.append(np.where(apart, size + place, np.arange(size)))
    return every // wide, every % wide, sure, columns


def _tied(old: np.ndarray, which: np.ndarray, ties: list[tuple[np.ndarray, np.ndarray, float]], size: int) -> Rows:
    """What was hidden in one file and is shown in a later one: each is what it was shown to be."""
    value, noise = np.full(len(old), np.nan), np.full(len(old), NOISE)
    for version, shown, half in ties:
        found = version[old] == which
        value[found], noise[found] = shown[old[found]], half
    there = np.flatnonzero(~np.isnan(value))
    return _equal(np.arange(len(there)), size + there, np.ones(len(there)), -value[there], noise[there])


def _tied_to_today(old: np.ndarray, which: np.ndarray, version: np.ndarray, size: int) -> Rows:
    """What was hidden and need not be any more, since it has changed: a reader takes it for what it is today, shown or hidden."""
    there = np.flatnonzero(version[old] == which)
    row, one = np.arange(len(there)), np.ones(len(there))
    return _equal(np.r_[row, row], np.r_[size + there, old[there]], np.r_[one, -one], np.zeros(len(there)), np.full(len(there), NOISE))


def _equal(row: np.ndarray, column: np.ndarray, weight: np.ndarray, constant: np.ndarray, noise: np.ndarray) -> Rows:
    none = np.zeros(len(constant), bool)
    return Rows(row, column, weight, constant, none, none, noise, ~none)


def joined(*parts: Rows) -> Rows:
    """Rows after rows."""
    before = np.cumsum([0, *(len(part.slack) for part in parts)])
    row = np.concatenate([part.row + number for part, number in zip(parts, before, strict=False)]).astype(int)
    rest = (np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Rows)[1:])
    return Rows(row, *rest)


def _gathered(equations: Equations, told: list[_Look], columns: list[np.ndarray], width: int) -> Rows:
    """Every different equation of all files with anything hidden in it, over columns."""
    member = equations.matrix.tocoo()
    row, cell = member.coords
    keys, seen = _keys(width), set[tuple[int, float, bool, int]]()
    found: list[list[np.ndarray]] = [[] for _ in range(7)]
    count = 0
    for look, column in zip(told, columns, strict=True):
        kept = (look.there[row] & look.hidden[cell]).nonzero()[0]
        hashes = np.zeros(len(look.there), np.int64)
        np.add.at(hashes, row[kept], member.data[kept].astype(np.int64) * keys[column[cell[kept]]])
        rows = np.unique(row[kept])
        kinds = (equations.kind == SHARE).astype(int)
        new = []
        for r in rows:
            mark = (int(hashes[r]), round(float(look.constant[r]), 3), bool(look.slack[r]), int(kinds[r]))
            if mark not in seen:
                seen.add(mark)
                new.append(r)
        number = np.full(len(look.there), -1)
        number[new] = count + np.arange(len(new))
        mine = kept[number[row[kept]] >= 0]
        parts = (number[row[mine]], column[cell[mine]], member.data[mine], look.constant[new], look.slack[new],
                 equations.watched[new], look.noise[new])  # fmt: skip
        for held, part in zip(found, parts, strict=True):
            held.append(np.asarray(part))
        count += len(new)
    row, column, weight, constant, slack, watched, noise = (np.concatenate(part) if part else np.empty(0) for part in found)
    return Rows(
        row.astype(int), column.astype(int), weight, constant, slack.astype(bool), watched.astype(bool), noise, np.zeros(count, bool)
    )
