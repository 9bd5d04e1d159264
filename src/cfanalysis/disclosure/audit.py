"""The proof, written as an attacker would: from release files alone, how closely each hidden figure can be worked out.

Shares no code with what hides: only the policy model and the solver. The attacker knows every file of the authority, oldest first, all
sums, nestings and stock identities, that numerators are within denominators, that hidden counts are at least 1 where zeros are shown,
and which series are one under two names. He takes a hidden figure for unchanged from one file to the next, until a sum says it is not.

A file does not say which hidden figures are small. So every one must be as wide as a guard (``min_width``), or could be anything from 1
to the largest small count: either is enough, since a small one has the whole range, and a guard has the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.errors import ReleaseError
from cfanalysis.release.policy import Policy

KEY = ["indicator", "breakdown", "period", "part"]
CLOSE = 1e-5
DRAWS = 40
"""Tables drawn at random before the cells that are still in doubt are looked at one by one."""

FEW = 30
"""A draw that settles fewer than this many is the last one."""


@dataclass(frozen=True)
class _Row:
    """Hidden figures, their weights, and what they come to at the least and at the most."""

    unknowns: tuple[int, ...]
    weights: tuple[float, ...]
    least: float
    most: float
    file: int


@dataclass
class _Picture:
    """What the attacker has written down: unknowns (address, policy, lowest value, whether it is a rest) and rows."""

    names: list[tuple[str, str, str, str]] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    lowest: list[float] = field(default_factory=list)
    rests: list[bool] = field(default_factory=list)
    rows: dict[tuple[object, ...], _Row] = field(default_factory=dict)


def audit(
    files: Sequence[tuple[pd.DataFrame, Policy]],
    *,
    stocks: Sequence[tuple[str, str, str]] = (),
    rest: frozenset[str] = frozenset(),
    percents: frozenset[str] = frozenset(),
    published: Mapping[tuple[str, str, str, str], float] | None = None,
) -> int:
    """How many hidden figures were proved wide enough, over all files (figures, policy) of an authority, oldest first.

    Raises ReleaseError naming the first that is not, or a shown figure that should have been hidden.
    """
    picture = _Picture()
    _write_down(picture, files, tuple(stocks), frozenset(rest), frozenset(percents) | frozenset(rest), dict(published or {}))
    if not picture.names:
        return 0
    return _prove(picture)


def _write_down(
    picture: _Picture,
    files: Sequence[tuple[pd.DataFrame, Policy]],
    stocks: tuple[tuple[str, str, str], ...],
    rest: frozenset[str],
    percents: frozenset[str],
    published: dict[tuple[str, str, str, str], float],
) -> None:
    """Every file in turn: its hidden figures as unknowns, and every equation any of them stands in."""
    names = _other_names(files[-1][0], rounded=files[-1][1].round_to > 1)
    live: dict[Address, int] = {}
    first: dict[Address, Policy] = {}
    shown_under: dict[Address, tuple[float, int]] = {}
    before: dict[tuple[str, ...], tuple[frozenset[Address], float]] = {}
    for number, (frame, policy) in enumerate(files):
        sheet = _read(frame, policy, names, published, shown_under)
        sums = _equations(sheet, stocks, rest, percents)
        hides = {key: (frozenset(a for a in each.members if a in sheet.hidden), _known(sheet, each)) for key, each in sums.items()}
        slack = _blur(policy)
        for key, (members, constant) in hides.items():
            if key in before and before[key][0] == members and abs(before[key][1] - constant) > CLOSE + 2 * slack * len(sums[key].members):
                for address in members:
                    live.pop(address, None)
        for address in sheet.hidden:
            if address not in live:
                live[address] = _unknown(picture, address, first.setdefault(address, policy))
        for key, each in sums.items():
            _row(picture, sheet, each, hides[key][1], live, (number, slack, policy))
        for address, value in sheet.shown.items():
            live.pop(address, None)
            if policy.round_to == 1:
                shown_under[address] = (value, policy.hide_below)
        before = hides


Address = tuple[str, str, str, str]


@dataclass(frozen=True)
class _Sheet:
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
class _Sum:
    """Addresses with weights: they come to 0, or to 0 at least where something may be left; ``rest`` is protected itself."""

    members: Mapping[Address, float]
    left: bool = False
    rest: str = ""


def _blur(policy: Policy) -> float:
    return policy.round_to / 2 if policy.round_to > 1 else 0.0


def _read(
    frame: pd.DataFrame,
    policy: Policy,
    names: Mapping[tuple[str, str, str], tuple[str, str, str]],
    published: Mapping[Address, float],
    shown_under: Mapping[Address, tuple[float, int]],
) -> _Sheet:
    """A file as an attacker lays it out; raises ReleaseError where a small count is shown."""
    addresses = list(zip(*(frame[column].astype(str) for column in KEY), strict=True))
    values, flags = frame["value"].to_numpy(float), frame["flag"].fillna("").to_numpy(dtype=object)
    shown: dict[Address, float] = {}
    hidden, missing = set[Address](), set[Address]()
    listed: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for address, value, flag in zip(addresses, values, flags, strict=True):
        if value == value:
            if 0 < value < policy.hide_below:
                raise ReleaseError(f"{_told(address)}: a small count is shown; nothing of this release may be passed on")
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
    sheet = _Sheet(shown, hidden, missing, listed, names, policy, sorted(hidden))
    _use_other_names(sheet)
    return sheet


def _use_other_names(sheet: _Sheet) -> None:
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


def _told(address: Address) -> str:
    indicator, breakdown, period, part = address
    return f"{indicator}, {breakdown}, {period}" + (f" ({part})" if part != "figure" else "")


def _equations(
    sheet: _Sheet, stocks: tuple[tuple[str, str, str], ...], rest: frozenset[str], percents: frozenset[str]
) -> dict[tuple[str, ...], _Sum]:
    """Every equation that a hidden figure stands in, by a name that is the same in every file."""
    found: dict[tuple[str, ...], _Sum] = {}
    whole = _whole_lists(sheet)
    for address in sheet.asked:
        for key, each in (
            *_over_time(sheet, address), *_by_category(sheet, address, whole), *_stock(sheet, address, stocks),
            *_share(sheet, address, rest, percents),
        ):  # fmt: skip
            if key not in found and len(each.members) > 1:
                found[key] = each
    if rest:
        _refuse_shown_rests(sheet, rest)
    return found


def _there(sheet: _Sheet, address: Address) -> bool:
    return address in sheet.shown or address in sheet.hidden or sheet.one(address) in sheet.hidden


def _summed(sheet: _Sheet, total: Address, parts: Sequence[Address], *, left: bool = False) -> _Sum | None:
    """The total, less its parts; None where one of them is not in the file."""
    if not parts or not all(_there(sheet, each) for each in (total, *parts)):
        return None
    return _weighed(sheet, [(total, 1.0), *((part, -1.0) for part in parts)], left=left)


def _weighed(sheet: _Sheet, pairs: Sequence[tuple[Address, float]], *, left: bool = False, rest: str = "") -> _Sum:
    members: dict[Address, float] = {}
    for address, weight in pairs:
        name = sheet.one(address)
        members[name] = members.get(name, 0.0) + weight
    return _Sum({name: weight for name, weight in members.items() if weight}, left, rest)


def _year_of(period: str) -> tuple[list[str], list[str]]:
    """The quarters and months of a year to March."""
    year = int(period[:4])
    quarters = [f"{year}-Q2", f"{year}-Q3", f"{year}-Q4", f"{year + 1}-Q1"]
    return quarters, [month for quarter in quarters for month in _months_of(quarter)]


def _months_of(quarter: str) -> list[str]:
    year, number = quarter.split("-Q")
    return [f"{year}-{3 * int(number) - 2 + step:02d}" for step in range(3)]


def _grain(period: str) -> str:
    if len(period) == 10:
        return "date"
    if "Q" in period:
        return "quarter"
    return "month" if 1 <= int(period[5:]) <= 12 else "year"


def _over_time(sheet: _Sheet, address: Address) -> list[tuple[tuple[str, ...], _Sum]]:
    """The quarter and year a figure is part of, and the periods it is made of."""
    indicator, breakdown, period, part = address
    grain = _grain(period)
    if grain == "date":
        return []
    year, month = int(period[:4]), 0
    if grain == "month":
        month = int(period[5:])
    elif grain == "quarter":
        month = 3 * int(period[-1])
    first = year if grain == "year" or month > 3 else year - 1
    fiscal = f"{first}-{(first + 1) % 100:02d}"
    wanted = []
    if grain != "year":
        quarter = period if grain == "quarter" else f"{year}-Q{(month + 2) // 3}"
        wanted.append((quarter, _months_of(quarter)))
    quarters, months = _year_of(fiscal)
    wanted += [(fiscal, quarters), (fiscal, months)]
    found = []
    for total, parts in wanted:
        each = _summed(sheet, (indicator, breakdown, total, part), [(indicator, breakdown, one, part) for one in parts])
        if each:
            found.append((("time", indicator, breakdown, total, part, str(len(parts))), each))
    return found


def _whole_lists(sheet: _Sheet) -> dict[tuple[str, str, str], bool]:
    """Of every dimension, whether its categories make the whole in every period in which all of them are shown."""
    exact: dict[tuple[str, str, str], bool] = {}
    for (indicator, period, part), dimensions in sheet.listed.items():
        total = sheet.shown.get((indicator, "all", period, part))
        if total is None:
            continue
        for dimension, breakdowns in dimensions.items():
            values = [sheet.shown.get((indicator, breakdown, period, part)) for breakdown in breakdowns]
            if all(value is not None for value in values):
                same = abs(total - sum(value for value in values if value is not None)) <= CLOSE + _blur(sheet.policy) * (1 + len(values))
                key = (indicator, dimension, part)
                exact[key] = exact.get(key, True) and same
    return exact


def _by_category(
    sheet: _Sheet, address: Address, whole: Mapping[tuple[str, str, str], bool]
) -> list[tuple[tuple[str, ...], _Sum]]:
    """The categories of a dimension and the whole they make."""
    indicator, breakdown, period, part = address
    found = []
    for dimension, breakdowns in sheet.listed.get((indicator, period, part), {}).items():
        if breakdown not in ("all", *breakdowns):
            continue
        parts = [(indicator, each, period, part) for each in breakdowns]
        left = not whole.get((indicator, dimension, part), False)
        each = _summed(sheet, (indicator, "all", period, part), parts, left=left)
        if each:
            found.append((("category", indicator, dimension, period, part), each))
    return found


def _stock(sheet: _Sheet, address: Address, stocks: tuple[tuple[str, str, str], ...]) -> list[tuple[tuple[str, ...], _Sum]]:
    """What was open, and started, less what ended, is what is open."""
    indicator, breakdown, period, part = address
    found = []
    for opened, started, ended in stocks:
        if breakdown != "all" or part != "figure" or indicator not in (opened, started, ended) or _grain(period) in ("quarter", "year"):
            continue
        month = pd.Period(period[:7], "M")
        for each in (month, month + 1) if indicator == opened else (month,):
            now, then = (str((each - back).end_time.date()) for back in (0, 1))
            pairs = [((opened, "all", now, part), 1.0), ((opened, "all", then, part), -1.0),
                     ((started, "all", str(each), part), -1.0), ((ended, "all", str(each), part), 1.0)]  # fmt: skip
            if all(_there(sheet, one) for one, _ in pairs):
                found.append((("stock", opened, str(each)), _weighed(sheet, pairs)))
    return found


def _share(
    sheet: _Sheet, address: Address, rest: frozenset[str], percents: frozenset[str]
) -> list[tuple[tuple[str, ...], _Sum]]:
    """A numerator is within its denominator."""
    indicator, breakdown, period, part = address
    if indicator not in percents or part == "figure":
        return []
    above, below = ((indicator, breakdown, period, name) for name in ("denominator", "numerator"))
    if not (_there(sheet, above) and _there(sheet, below)):
        return []
    name = "the rest of the denominator" if indicator in rest else ""
    return [(("share", indicator, breakdown, period), _weighed(sheet, [(above, 1.0), (below, -1.0)], left=True, rest=name))]


def _refuse_shown_rests(sheet: _Sheet, rest: frozenset[str]) -> None:
    """What is left of a denominator is small, and both are shown."""
    if sheet.policy.round_to > 1:
        return
    for (indicator, breakdown, period, part), value in sheet.shown.items():
        if indicator in rest and part == "denominator":
            less = sheet.shown.get((indicator, breakdown, period, "numerator"))
            if less is not None and 0 < value - less < sheet.policy.hide_below:
                raise ReleaseError(f"{_told((indicator, breakdown, period, part))}: what is left of it is a small count, and can be seen")


def _known(sheet: _Sheet, each: _Sum) -> float:
    """What the shown members of an equation come to."""
    return sum(weight * sheet.shown[name] for name, weight in each.members.items() if name not in sheet.hidden)


def _unknown(picture: _Picture, address: Address, policy: Policy, *, rest: bool = False) -> int:
    picture.names.append(address)
    picture.policies.append(policy)
    picture.lowest.append(0.0 if rest else float(policy.smallest_hidden))
    picture.rests.append(rest)
    return len(picture.names) - 1


def _row(
    picture: _Picture, sheet: _Sheet, each: _Sum, constant: float, live: Mapping[Address, int], about: tuple[int, float, Policy]
) -> None:
    """An equation of one file, unless it has been written down before."""
    number, blur, policy = about
    inside = sorted((live[name], weight) for name, weight in each.members.items() if name in sheet.hidden)
    if not inside:
        return
    blurred = blur * sum(name not in sheet.hidden and sheet.shown[name] != 0 for name in each.members)
    least, most = -constant - blurred, np.inf if each.left else -constant + blurred
    key = (tuple(inside), round(least, 3), round(most, 3), bool(each.rest))
    if key in picture.rows:
        return
    unknowns, weights = [place for place, _ in inside], [weight for _, weight in inside]
    if each.rest and policy.round_to == 1:
        address = next(iter(each.members))
        unknowns.append(_unknown(picture, address, policy, rest=True))
        weights.append(-1.0)
        most = least
    picture.rows[key] = _Row(tuple(unknowns), tuple(weights), least, most, number)


def _other_names(frame: pd.DataFrame, *, rounded: bool) -> dict[tuple[str, str, str], tuple[str, str, str]]:
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


def _prove(picture: _Picture) -> int:
    """Look for tables in which each unknown is low and high enough; those not found are bounded one by one."""
    system = _System.of(picture)
    start = system.start()
    seen = [start.copy(), start.copy()]
    rng = np.random.default_rng(20240331)
    for _ in range(DRAWS):
        doubt = np.flatnonzero(~_wide(picture, *seen))
        if not len(doubt):
            return len(start)
        aim = np.zeros(len(start))
        aim[doubt] = rng.choice([-1.0, 1.0], len(doubt)) * rng.uniform(0.2, 1.0, len(doubt))
        found = system.solve(aim, start + 30.0)
        if found is not None:
            seen = [np.minimum(seen[0], found), np.maximum(seen[1], found)]
        if len(doubt) - int((~_wide(picture, *seen)).sum()) < min(FEW, len(doubt) / 10):
            break
    for place in np.flatnonzero(~_wide(picture, *seen)):
        _bound(picture, system, int(place), seen)
    return len(start)


def _wide(picture: _Picture, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether a reader is left with the policy's whole range, or with the width of a guard."""
    low, high = np.ceil(low - CLOSE), np.floor(high + CLOSE)
    top = np.array([policy.largest_hidden for policy in picture.policies], float)
    bottom = np.array([policy.smallest_hidden for policy in picture.policies], float)
    width = np.array([policy.min_width for policy in picture.policies], float)
    rests = np.array(picture.rests, bool)
    enough: np.ndarray = ((low <= bottom) & (high >= top)) | (high - low >= width) | (rests & ((low < 1) | (high > top)))
    return enough


def _bound(picture: _Picture, system: _System, place: int, seen: list[np.ndarray]) -> None:
    """The lowest and highest value of one unknown; raises ReleaseError where they are too close."""
    for sign in (1.0, -1.0):
        found = system.extreme(place, sign)
        if found is not None:
            inside, values = found
            seen[0][inside] = np.minimum(seen[0][inside], values)
            seen[1][inside] = np.maximum(seen[1][inside], values)
    if not _wide(picture, *seen)[place]:
        low, high = (float(each[place]) for each in seen)
        what = "what is left of it" if picture.rests[place] else "a hidden figure"
        raise ReleaseError(
            f"{_told(picture.names[place])}: {what} can be worked out to lie between {np.ceil(low - CLOSE):g} and "
            f"{np.floor(high + CLOSE):g}; this release must not be passed on"
        )


@dataclass
class _System:
    """The attacker's rows as matrices: at least and at most, what each unknown is at least, and which hang together."""

    matrix: Any
    least: np.ndarray
    most: np.ndarray
    lowest: np.ndarray
    file: np.ndarray
    part: np.ndarray

    @classmethod
    def of(cls, picture: _Picture) -> _System:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        rows = list(picture.rows.values())
        at = np.repeat(np.arange(len(rows)), [len(row.unknowns) for row in rows])
        cells = np.array([place for row in rows for place in row.unknowns], int)
        weights = np.array([weight for row in rows for weight in row.weights], float)
        count = len(picture.names)
        matrix = coo_array((weights, (at, cells)), shape=(len(rows), count)).tocsr()
        graph = coo_array((np.ones(len(at)), (at, cells + len(rows))), shape=(len(rows) + count,) * 2)
        part = connected_components(graph, directed=False)[1]
        least, most, file = (np.array([getattr(row, name) for row in rows], float) for name in ("least", "most", "file"))
        return cls(matrix, least, most, np.array(picture.lowest), file, part[len(rows):])

    def start(self) -> np.ndarray:
        """A table that fits; what contradicts, oldest files first, is struck out."""
        from scipy.optimize import linprog
        from scipy.sparse import eye_array, hstack, vstack

        count, size = self.matrix.shape
        miss = eye_array(count, format="csr")
        over = np.isfinite(self.most)
        upper = vstack([hstack([self.matrix, -miss])[np.flatnonzero(over)], hstack([-self.matrix, -miss])]).tocsr()
        cost = np.concatenate([np.zeros(size), 1.0 + self.file])
        bounds = np.column_stack([np.concatenate([self.lowest, np.zeros(count)]), np.full(size + count, np.inf)])
        found = linprog(cost, A_ub=upper, b_ub=np.concatenate([self.most[over], -self.least]), bounds=bounds, method="highs")
        if found.status != 0:
            raise ReleaseError("the proof of this release did not come to an end; nothing of it may be passed on")
        kept = np.flatnonzero(found.x[size:] <= CLOSE)
        self.matrix, self.least, self.most, self.file = self.matrix[kept], self.least[kept], self.most[kept], self.file[kept]
        return np.asarray(found.x[:size], float)

    def solve(self, aim: np.ndarray, top: np.ndarray, rows: np.ndarray | None = None, cells: np.ndarray | None = None) -> np.ndarray | None:
        """The table, among some unknowns, in which the aim is least."""
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        rows = np.arange(len(self.least)) if rows is None else rows
        cells = np.arange(len(self.lowest)) if cells is None else cells
        held = self.matrix[rows][:, cells]
        exact = self.least[rows] == self.most[rows]
        over = np.flatnonzero(~exact & np.isfinite(self.most[rows]))
        under = np.flatnonzero(~exact)
        upper = vstack([held[over], -held[under]]).tocsr()
        right = np.concatenate([self.most[rows][over], -self.least[rows][under]])
        equal = np.flatnonzero(exact)
        found = linprog(
            aim, A_ub=upper, b_ub=right, A_eq=held[equal], b_eq=self.least[rows][equal],
            bounds=np.column_stack([self.lowest[cells], np.maximum(top, self.lowest[cells])]), method="highs",
        )  # fmt: skip
        return np.asarray(found.x, float) if found.status == 0 else None

    def extreme(self, place: int, sign: float) -> tuple[np.ndarray, np.ndarray] | None:
        """The unknowns that hang together with one, in the table in which it is lowest (1) or highest (-1)."""
        cells = np.flatnonzero(self.part == self.part[place])
        rows = np.unique(self.matrix[:, cells].tocoo().coords[0])
        aim = np.where(cells == place, sign, 0.0)
        found = self.solve(aim, np.full(len(cells), 1e5), rows, cells)
        return None if found is None else (cells, found)
