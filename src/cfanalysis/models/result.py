"""What a forecast gives back: joint paths, and everything read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import month
from cfanalysis.models.checked import Kind


@dataclass(frozen=True)
class Distribution:
    """One uncertain number, held as draws (one a path). ``step`` is the smallest difference it can show (1 for whole counts)."""

    draws: np.ndarray
    step: float = 0.0
    upper: float = np.inf

    @property
    def mean(self) -> float:
        return float(self.draws.mean())

    @property
    def median(self) -> float:
        return float(np.median(self.draws))

    def quantile(self, q: float) -> float:
        """The value that is not exceeded with probability ``q``."""
        return float(np.quantile(self.draws, q))

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """The central interval holding a share ``level``; never of zero width."""
        low, high = _central(self.draws[:, None], level, self.step, self.upper)
        return float(low[0]), float(high[0])

    def probability(self, event: Callable[[np.ndarray], np.ndarray]) -> float:
        """The share of draws for which ``event(draws)`` is true."""
        return float(np.mean(event(self.draws)))


@dataclass(frozen=True)
class Forecast:
    """Equally likely futures of one series, and what is read off them.

    ``paths`` has one row a future and one column a month, in the unit of the series (percentages run from 0 to 100). Months are
    correlated as they are in life: sums, differences and probabilities come from the same rows.
    ``season`` has a row per calendar month, April first: ``month`` (1 to 12), ``factor`` (1 = average), ``low``, ``high`` (80 %); of a
    series by quarter a row per ``quarter`` (1 to 4), April to June first.
    ``season_evidence`` is the probability, given the series, that it has a season of its own beyond the one it borrows; NaN where it
    cannot tell. ``excluded`` lists months not learnt from: ``month``, ``reason``. ``notes`` are sentences an analyst should read with
    the figures.
    """

    name: str
    kind: Kind
    months: pd.PeriodIndex
    paths: np.ndarray = field(repr=False)
    season: pd.DataFrame = field(repr=False)
    season_evidence: float
    excluded: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    method: str = ""
    step: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def after(self, last: pd.Period) -> Forecast:
        """The months after one; the same futures."""
        later = self.months > last
        return replace(self, months=self.months[later], paths=self.paths[:, later])

    @property
    def upper(self) -> float:
        """The largest value the series can take."""
        return 100.0 if self.kind == "percent" else np.inf

    @property
    def median(self) -> pd.Series:
        """The middle of each month's futures."""
        return self.quantile(0.5)

    @property
    def mean(self) -> pd.Series:
        """The mean of each month's futures."""
        return pd.Series(self.paths.mean(0), index=self.months, name=self.name)

    def quantile(self, q: float) -> pd.Series:
        """The value each month stays under with probability ``q``."""
        return pd.Series(np.quantile(self.paths, q, axis=0), index=self.months, name=self.name)

    def interval(self, level: float = 0.8) -> pd.DataFrame:
        """Central intervals: a frame of ``low`` and ``high`` by month. Never of zero width: whole counts span at least two."""
        low, high = _central(self.paths, level, self.step, self.upper)
        return pd.DataFrame({"low": low, "high": high}, index=self.months)

    def total(self, months: int | Iterable[pd.Period | str] | None = None) -> Distribution:
        """The sum over the first ``months`` months, over the months listed, or over all of them. Not for stocks or percentages.

        Raises SeriesError for a stock or a percentage (their sum means nothing) and for a month outside the forecast.
        """
        if self.kind != "count":
            raise SeriesError(f"{self.name}: months of a {self.kind} do not add up; a total is for counts")
        return Distribution(self.paths[:, self._columns(months)].sum(1), self.step)

    def probability(self, event: Callable[[pd.DataFrame], Any]) -> float:
        """The share of futures in which ``event`` comes true.

        ``event`` is given a frame (paths x months) and returns one true or false a path.
        """
        frame = pd.DataFrame(self.paths, columns=self.months)
        happened = np.asarray(event(frame))
        if happened.shape != (len(frame),):
            raise SeriesError(f"the event gave {happened.shape}, want one true or false for each of {len(frame)} paths")
        return float(happened.astype(bool).mean())

    def to_frame(self, levels: tuple[float, ...] = (0.8, 0.95)) -> pd.DataFrame:
        """Month by month: ``mean``, ``median`` and for each level ``low80``, ``high80``, ..."""
        columns = {"mean": self.mean, "median": self.median}
        for level in levels:
            band = self.interval(level)
            columns |= {f"low{level * 100:g}": band["low"], f"high{level * 100:g}": band["high"]}
        return pd.DataFrame(columns, index=self.months)

    def _period(self, named: pd.Period | str) -> pd.Period:
        """The period of the forecast that is named: a month, or a quarter written like 2024Q1."""
        if self.months.freqstr == "M":
            return month(named)
        return pd.Period(named, freq=self.months.freqstr)

    def _columns(self, months: int | Iterable[pd.Period | str] | None) -> Any:
        if months is None:
            return slice(None)
        if isinstance(months, (int, np.integer)):
            if not 1 <= months <= len(self.months):
                raise SeriesError(f"found a total of {months} months, want 1 to {len(self.months)}")
            return slice(0, int(months))
        wanted = pd.PeriodIndex([self._period(each) for each in months], freq=self.months.freq)
        at = self.months.get_indexer(wanted)
        if (at < 0).any():
            raise SeriesError(
                f"{self.name}: {wanted[at < 0][0]} is not in the forecast, which runs from {self.months[0]} to {self.months[-1]}"
            )
        return at


Season = Literal["reference", "own", "none"]


def _central(draws: np.ndarray, level: float, step: float, upper: float) -> tuple[np.ndarray, np.ndarray]:
    if not 0 < level < 1:
        raise SeriesError(f"found a level of {level}, want a share between 0 and 1, such as 0.8")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    flat = high - low < step
    if flat.any():  # a count that is almost surely 0 still has 0 to 1 as its interval
        high = np.where(flat, np.minimum(low + step, upper), high)
        low = np.where(flat, np.minimum(low, high - step), low)
    return low, high
