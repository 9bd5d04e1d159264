"""What makes January and February differ from the autumn before: the four parts of the expected change, and what all
authorities' winters have in common, which no history of one of them shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import covid_months
from cfanalysis.models.prior import Constants, shipped
from cfanalysis.reference.working_days import working_days

NAN = float("nan")
YEAR = 12


@dataclass(frozen=True)
class Parts:
    """The expected change taken apart, in logs: the four add up to ``total``. NaN where it cannot be.

    ``return_to_mean`` is the way back from an autumn that was high or low to the level of the nine months before it;
    ``trend`` is what goes beyond that level, or away from it.
    """

    working_days: float = NAN
    season: float = NAN
    return_to_mean: float = NAN
    trend: float = NAN
    on_its_way: float = NAN
    """How far the year to the end of the autumn (of a stock, its end) lies from the one before, in logs: no part, but its proof."""

    @property
    def total(self) -> float:
        """The expected change, in logs."""
        return float(sum(getattr(self, name) for name in NAMES))

    @property
    def largest(self) -> str:
        """The part that moves it most the way it is expected to move: "working days", "season", "return to the mean", "trend"; "" where
        nothing is known or the change is none.

        >>> Parts(working_days=-0.02, season=0.01, return_to_mean=-0.08, trend=0.0).largest
        'return to the mean'
        """
        if not np.isfinite(self.total) or not self.total:
            return ""
        way = np.sign(self.total)
        return NAMES[max(NAMES, key=lambda name: way * getattr(self, name))]

    def largest_known(self, autumn_over: bool) -> str:
        """The same where it may be said: of an autumn that lies ahead nobody knows that it was high, and a number that stood
        no lower than a year before was not on its way down.

        >>> Parts(working_days=0.0, season=0.0, return_to_mean=0.0, trend=-0.1, on_its_way=-0.003).largest_known(True)
        ''
        """
        found = self.largest
        if found in (NAMES["return_to_mean"], NAMES["trend"]) and not autumn_over:
            return ""
        if found == NAMES["trend"] and not self.on_its_way * np.sign(self.total) >= UNDER_WAY:
            return ""
        return found


NAMES = {
    "working_days": "working days",
    "season": "season",
    "return_to_mean": "return to the mean",
    "trend": "trend",
}

UNDER_WAY = 0.02
"""A number is on its way where a year, or a stock on a year, has moved it by a fiftieth."""
EARLIER = 9
"""Months before the autumn that its level is set against: with the autumn they make a year."""
FEWEST_EARLIER = 6


@dataclass(frozen=True)
class Stretch:
    """Some months, and what one of them holds (of a stock: the last)."""

    months: pd.PeriodIndex
    level: float


def take_apart(history: pd.Series, autumn: Stretch, winter: Stretch, factors: pd.Series, *, flow: bool, calendar: bool) -> Parts:
    """The parts of the change from an autumn to the winter expected after it.

    ``history`` are the months before the autumn, ``factors`` the season by calendar month (1 to 12; working days are not
    in it).
    """
    before, after = (_offered(part.months, factors, flow=flow, calendar=calendar) for part in (autumn, winter))
    level, ahead = autumn.level, winter.level
    if not (level > 0 and ahead > 0):
        return Parts()
    days = float(np.log(after.days / before.days))
    season = float(np.log(after.whole / before.whole)) - days
    rest = float(np.log(ahead / level)) - days - season
    back = _way_back(history, level / before.whole, factors, calendar=calendar) if flow else 0.0
    returned = float(np.clip(rest, min(back, 0.0), max(back, 0.0)))
    return Parts(days, season, returned, rest - returned, _on_its_way(history, autumn, flow=flow))


def _on_its_way(history: pd.Series, autumn: Stretch, *, flow: bool) -> float:
    """How far the year that ends with the autumn lies from the one before; of a stock, its end from a year before. NaN if unknown."""
    if not flow:
        ago = history.get(autumn.months[-1] - YEAR, NAN)
        return float(np.log(autumn.level / ago)) if ago > 0 else NAN
    months = pd.period_range(autumn.months[0] - EARLIER - YEAR, autumn.months[0] - 1, freq="M")
    known = history.reindex(months).to_numpy(dtype=float)
    now, ago = known[YEAR:].sum() + len(autumn.months) * autumn.level, known[:YEAR].sum()
    return float(np.log(now / ago)) if now > 0 and ago > 0 else NAN


@dataclass(frozen=True)
class _Offered:
    days: float
    whole: float


def _offered(months: pd.Index, factors: pd.Series, *, flow: bool, calendar: bool) -> _Offered:
    """What some months offer on average, by their working days alone and by working days and season; of a stock its last month."""
    periods = pd.PeriodIndex(months, freq="M")
    days = working_days(periods) if flow and calendar else np.ones(len(periods))
    whole = days * factors.reindex(periods.month).to_numpy()
    part = slice(None) if flow else slice(-1, None)
    return _Offered(float(days[part].mean()), float(whole[part].mean()))


def _way_back(history: pd.Series, level: float, factors: pd.Series, *, calendar: bool) -> float:
    """How far the level of the autumn lies from that of the months before it, in logs; 0 where that is not known."""
    earlier = history.iloc[-EARLIER:].dropna()
    earlier = earlier[~covid_months(earlier.index)]
    if len(earlier) < FEWEST_EARLIER or not earlier.sum() > 0:
        return 0.0
    offered = _offered(earlier.index, factors, flow=True, calendar=calendar)
    return float(np.log(earlier.mean() / offered.whole / level))


TINY = 20.0
"""A winter of fewer is left to exact counts: chance is far larger than what winters have in common."""


def shake(after: np.ndarray, seed: int, constants: Constants | None = None) -> np.ndarray:
    """Winters on every path (paths x months) with what moves the winters of all authorities together.

    Each path is multiplied by one draw of the national part: Student's t with the spread of the winters of the panel
    (one departure a winter, so that few winters make heavy tails). A winter also strays more from its own middle than
    the forecast of two single months says. Whole counts stay whole, rounded up or down by chance.
    """
    known = constants or shipped()
    total = after.sum(axis=1)
    if len(known.winters) < FEWEST_WINTERS or np.median(total) < TINY:
        return after
    rng = np.random.default_rng([seed, 3])
    away = np.array([value for _, value in known.winters])
    number = len(away)
    national = np.sqrt(np.mean(away**2) * (1 + 1 / number)) * rng.standard_t(number - 1, len(after))
    logs = np.log(np.maximum(total, LEAST))
    own = (known.winter_spread - 1) * (logs - np.median(logs))
    shaken = after * np.exp(np.clip(national + own, -FURTHEST, FURTHEST))[:, None]
    if (after == np.rint(after)).all():
        return np.asarray(np.floor(shaken + rng.random(after.shape)))
    return np.asarray(shaken)


FEWEST_WINTERS = 3
LEAST = 0.5
"""Half a case, whose log can be taken where a path has none."""
FURTHEST = 1.0
"""No winter moves all authorities by more than a factor of e."""
