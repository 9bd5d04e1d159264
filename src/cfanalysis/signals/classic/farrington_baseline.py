"""Which earlier periods a Farrington baseline holds, and the season group of each.

Around the same week or month of each of the last ``b`` years lies a window of ``w`` periods either side. The flexible
method (Noufaily et al. 2013) also uses what lies between the windows, cut into ``no_periods - 1`` groups as even as can be;
the windows together are group ``no_periods``. The ``past_weeks_not_included`` newest periods are left out, so that an
outbreak does not teach the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.signals.classic.farrington_options import Options
from cfanalysis.signals.timeline import DAYS_A_WEEK, MONTHS_A_YEAR, WEEKS_A_YEAR, Timeline


@dataclass(frozen=True)
class Baseline:
    """The earlier values of every judged period, one under another.

    An entry has its ``row`` (which judged period), ``group`` (season group from 0; the last is the judged period's own),
    ``time``, ``count`` and ``offset`` (log population). A row has ``position`` (in the series), ``time_now`` and ``offset_now``.
    """

    row: np.ndarray
    group: np.ndarray
    time: np.ndarray
    count: np.ndarray
    offset: np.ndarray
    position: np.ndarray
    time_now: np.ndarray
    offset_now: np.ndarray
    groups: int

    @cached_property
    def cell(self) -> np.ndarray:
        """Row and season group of every entry as one number."""
        return np.asarray(self.row * self.groups + self.group)

    @property
    def rows(self) -> int:
        """How many periods are judged."""
        return len(self.position)

    def take(self, rows: np.ndarray) -> Baseline:
        """The baseline of some rows only (positions in this baseline), numbered afresh."""
        number = np.full(self.rows, -1)
        number[rows] = np.arange(len(rows))
        entries = number[self.row] >= 0
        held = (self.group[entries], self.time[entries], self.count[entries], self.offset[entries])
        now = (self.position[rows], self.time_now[rows], self.offset_now[rows])
        return Baseline(number[self.row[entries]], *held, *now, self.groups)


def judged_positions(line: Timeline, options: Options) -> np.ndarray:
    """The positions that have ``b`` whole years and a window before them."""
    return np.arange(min(line.per_year * options.b + options.w, len(line.numbers)), len(line.numbers))


def reference_positions(line: Timeline, positions: np.ndarray, years: int) -> np.ndarray:
    """Positions of the same period in each of the years before: rows x (years + 1), the judged period itself first.

    Weeks with dates go by the calendar: the same day a year earlier, moved to the nearest same weekday; so 52 or 53 weeks.
    """
    lags = np.arange(years + 1)
    if line.dates is None or line.per_year != WEEKS_A_YEAR:
        return positions[:, None] - lags * line.per_year
    now = line.dates[positions]
    month, day = now.astype("datetime64[M]"), (now - now.astype("datetime64[M]")).astype(int)
    earlier = (month[:, None] - np.timedelta64(MONTHS_A_YEAR, "M") * lags).astype("datetime64[D]") + day[
        :, None
    ]  # 29 February becomes 1 March
    weeks_back = np.rint((now[:, None] - earlier).astype(int) / DAYS_A_WEEK).astype(int)
    return np.asarray(positions[:, None] - weeks_back)


@lru_cache(maxsize=256)
def season_groups(gaps: tuple[int, ...], w: int, no_periods: int, *, strict: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Lags back from the judged period (0 is itself) and their season groups (1 to ``no_periods``).

    ``gaps`` are the lengths of the years looked back on, the newest first, in periods. Raises ParameterError where there are more groups
    than periods to share out; with ``strict=False`` they spill over a neighbour's window as they do in R's surveillance.

    >>> lags, groups = season_groups((4, 4), 0, 3)
    >>> dict(zip(lags.tolist(), groups.tolist()))
    {0: 3, 1: 2, 2: 1, 3: 1, 4: 3, 5: 2, 6: 1, 7: 1, 8: 3}
    """
    references = np.cumsum((0, *gaps)).tolist()
    group = dict.fromkeys(range(w + 1), no_periods)
    for newer, older in pairwise(references):
        group |= dict.fromkeys(range(older - w, older + w + 1), no_periods)
        if no_periods > 1:
            group |= _between(newer, older, w, no_periods - 1, strict)
    lags = np.array(sorted(group))
    return lags, np.array([group[lag] for lag in lags.tolist()])


def _between(newer: int, older: int, w: int, parts: int, strict: bool) -> dict[int, int]:
    """The periods between two windows, cut from the older end into ``parts`` groups; the first ones take what is left over."""
    length = older - newer - 2 * w - 1
    least = parts if strict else parts - 2 * w
    if length < least:
        raise ParameterError(
            f"no_periods: found {parts + 1}, want at most {max(length + 1, 1)} with w={w}: so many periods lie between windows"
        )
    sizes = [length // parts + (part < length % parts) for part in range(parts)]
    found, start = {}, older - w - 1
    for part, size in enumerate(sizes, 1):
        # An empty part still marks two periods in R, whose a:(a-1) counts down.
        marked = range(start, start - size, -1) if size else (start, start + 1)
        found.update(dict.fromkeys(marked, part))
        start -= size
    return found


def baseline(line: Timeline, population: np.ndarray, options: Options) -> Baseline:
    """The baselines of every judged period; missing values and those without a population are left out."""
    positions = judged_positions(line, options)
    references = reference_positions(line, positions, options.b)
    position, row, group = _entries(positions, references, options)
    inside = position >= 0
    position, row, group = position[inside], row[inside], group[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = np.log(population)
    known = ~np.isnan(line.numbers[position]) & np.isfinite(offset[position])
    origin = _first(position, row, positions)
    origin_now = origin if line.dates is None else _first(position[known], row[known], positions)
    clock = _clock(line)
    time, now = clock[position] - clock[origin][row], clock[positions] - clock[origin_now]
    counts = line.numbers[position]
    entries = (row[known], group[known] - 1, time[known], counts[known], offset[position[known]])
    return Baseline(*entries, positions, now, offset[positions], options.no_periods)


def _entries(positions: np.ndarray, references: np.ndarray, options: Options) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Position, row and group of every entry. Periods whose years are equally long share one pattern of lags."""
    gaps = positions[:, None] - references
    patterns, which = np.unique(gaps, axis=0, return_inverse=True)
    found = []
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        years = tuple(np.diff(pattern).tolist())
        lags, groups = season_groups(years, options.w, options.no_periods, strict=options.variant != "upstream")
        old = lags > options.skipped
        lags, groups = lags[old], groups[old]
        grid = positions[rows][:, None] - lags[::-1]
        found.append((grid.ravel(), np.repeat(rows, len(lags)), np.tile(groups[::-1], len(rows))))
    if not found:
        nothing = np.array([], dtype=int)
        return nothing, nothing, nothing
    position, row, group = (np.concatenate(part) for part in zip(*found, strict=True))
    return position, row, group


def _clock(line: Timeline) -> np.ndarray:
    """The trend's regressor along the series: periods, or with dates days over the length of the first period."""
    if line.dates is None or len(line.dates) < 2:
        return np.arange(len(line.numbers), dtype=float)
    days = line.dates.astype(int)
    return np.asarray((days - days[0]) / (days[1] - days[0]))


def _first(position: np.ndarray, row: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The earliest position of each row's entries.

    As R's surveillance has it, a dated baseline's entries are counted from its first period but the judged period from the first one that
    has a value, which moves the prediction along the trend where a baseline opens with a gap (docs/methods/classic.md).
    """
    first = positions.copy()
    np.minimum.at(first, row, position)
    return first
