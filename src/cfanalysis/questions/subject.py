"""One series as a page speaks of it: what it measures, of whom, from where, and which of its months are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import FIGURE
from cfanalysis.foundation.periods import date_period, month_period
from cfanalysis.foundation.table import ALL, Address, Table
from cfanalysis.indicators import Indicator

Kind = Literal["count", "stock", "percent"]
FORECAST_KINDS = ("count", "stock", "percent")
JUDGEMENTS = ("severity", "reason", "because", "rule")
"""Columns of text that are worked out from counts, and so fall with them."""
NONE: Mapping[str, Any] = MappingProxyType({})
PARTS = ("numerator", "denominator")

HIDDEN = "c"
MOST_HIDDEN = 0.1
"""Small months are hidden and others are not: with more than this part of them hidden, what is left is no sample of the whole."""

TOO_HIDDEN = "more than a tenth of its months are not shown, to protect small numbers"
"""Why a series is not analysed."""


@dataclass(frozen=True)
class Subject:
    """An indicator, whole or one category of a breakdown, of one authority; ``rows`` is its part of the series table by month."""

    indicator: Indicator
    authority: str
    rows: pd.DataFrame = field(repr=False)
    breakdown: str = ALL
    source: str = ""
    synthetic: bool = False
    published: bool = False
    likely: pd.DataFrame | None = field(default=None, repr=False)
    """Where months that late closures still move are likely to settle: month, settled, low, high (``settling.settle``)."""
    assumed: bool = False
    """Whether that is a stated default for the newest of them, and nothing learnt."""

    spread: pd.DataFrame | None = field(default=None, repr=False)
    """What coarser cells tell of hidden months, by month and part (``release.coarser``): true in sum, not month by month."""
    periods: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    """What the release holds of it at every grain (breakdown, period, part, value, flag), where that is known."""

    @property
    def name(self) -> str:
        """How it is titled.

        A breakdown is said after the title: "Referrals (source: Police)".
        """
        return self.indicator.title if self.breakdown == ALL else f"{self.indicator.title} ({self.breakdown})"

    @property
    def is_percent(self) -> bool:
        return self.indicator.kind == "percent"

    @property
    def can_forecast(self) -> bool:
        """Whether a forecast means something: counts, stocks and shares; a rate or a mean follows from those."""
        return self.indicator.kind in FORECAST_KINDS

    @cached_property
    def months(self) -> pd.PeriodIndex:
        """Every month from the first that has a figure, shown or hidden, to the last."""
        told = self.rows.loc[self._told, "month"]
        if told.empty:
            return pd.PeriodIndex([], freq="M")
        return pd.period_range(told.min(), self.rows["month"].max(), freq="M")

    @cached_property
    def _told(self) -> pd.Series:
        """Rows that have a figure, whether it is shown or not."""
        return self.rows["value"].notna() | self.rows["flag"].eq(HIDDEN)

    def column(self, name: str) -> pd.Series:
        """One column of the rows as a series on every month; gaps are missing."""
        return self._by_month[name].rename(self.name)

    @cached_property
    def _by_month(self) -> pd.DataFrame:
        return self.rows.set_index("month").reindex(self.months)

    @property
    def figures(self) -> pd.Series:
        """The figure itself."""
        return self.column("value")

    @cached_property
    def as_it_settles(self) -> pd.Series:
        """The figures as months are compared with each other: one that late closures still move as it is likely to settle.

        Of the newest months (``late_months``) nothing is compared: they stand as they are recorded so far.
        """
        return self.figures if self._moved.empty else self.figures.where(~self.months.isin(self._moved.index), self._by_settled)

    @cached_property
    def _moved(self) -> pd.DataFrame:
        """The settled months that are likely to end up elsewhere than they are recorded."""
        if self.likely is None or self.likely.empty or not self.known:
            return pd.DataFrame(columns=["settled", "low", "high"])
        likely = self.likely.set_index("month")[["settled", "low", "high"]]
        recorded = self.figures.reindex(likely.index)
        moves = likely["settled"].notna() & recorded.notna() & (likely["settled"].round() != recorded)
        return likely[moves & (likely.index <= self.settled)]

    @property
    def _by_settled(self) -> pd.Series:
        return self._moved["settled"].astype(float).round().reindex(self.months)

    def moved(self, months: Iterable[pd.Period]) -> bool:
        """Whether a figure of these months stands as it is likely to settle, and not as it is recorded."""
        return bool(self._moved.index.isin(list(months)).any())

    def likely_range(self, month: pd.Period) -> tuple[float, float]:
        """The range in which such a month is likely to settle, eight times in ten; missing for any other."""
        return float(self._moved["low"].get(month, np.nan)), float(self._moved["high"].get(month, np.nan))

    @property
    def flags(self) -> pd.Series:
        """Why a month is missing; blank where it is not. A month with no row at all is unavailable."""
        return self.column("flag").fillna("x").where(self.figures.isna(), "")

    @cached_property
    def known(self) -> int:
        """Months with a value."""
        return int(self.rows["value"].notna().sum())

    @property
    def there(self) -> bool:
        """Whether there is any figure of it, shown or hidden: one that is hidden from end to end has its row too."""
        return bool(self._told.any())

    @cached_property
    def hidden(self) -> int:
        """Months with a figure that is not shown."""
        return int(self._told.sum()) - self.known

    @property
    def too_hidden(self) -> bool:
        """Whether so many months are hidden that nothing is learnt from the others."""
        return self.hidden > MOST_HIDDEN * (self.hidden + self.known)

    @cached_property
    def newest(self) -> pd.Period:
        """The newest month with a figure, shown or hidden. Ask only where ``known`` is not 0."""
        return pd.Period(self.rows.loc[self._told, "month"].max(), freq="M")

    @cached_property
    def newest_shown(self) -> pd.Period:
        """The newest month whose figure is shown. Ask only where ``known`` is not 0."""
        return pd.Period(self.rows.loc[self.rows["value"].notna(), "month"].max(), freq="M")

    @property
    def late_months(self) -> int:
        """Newest months that late recording may still change; what has been published no longer changes."""
        return 0 if self.published else self.indicator.provisional_months

    @property
    def settled(self) -> pd.Period:
        """The newest month that is no longer being recorded. Ask only where ``known`` is not 0."""
        return self.newest - self.late_months

    def unsettled(self, months: pd.Series | pd.PeriodIndex) -> np.ndarray:
        """Which months late recording may still change."""
        return np.asarray(months > self.settled) if self.known else np.zeros(len(months), dtype=bool)

    def modelled(self, *, settled: bool = False, spread: bool = False) -> dict[str, Any]:
        """What a model needs to be told of the series: its numbers (as they settle), their kind, calendar and season.

        With ``settled`` the months that are still being recorded are missing: what is only partly written down is no evidence. With
        ``spread`` hidden months hold their share of what coarser cells say they come to: for levels, not for months. Where too many
        months are hidden there are none at all.
        """
        parts: dict[str, Any] = {"kind": self.indicator.kind, "calendar": self.indicator.calendar, "season": self.indicator.season}
        if self.is_percent and self.column("denominator").notna().any():
            parts |= {"series": self.column("numerator"), "denominator": self.column("denominator")}
        else:
            parts["series"] = self.as_it_settles
        if spread:
            parts |= {name: each.fillna(self._spread_of(name)) for name, each in parts.items() if name in ("series", "denominator")}
        if settled and self.known:
            known = ~self.unsettled(self.months)
            parts |= {name: parts[name].where(known) for name in ("series", "denominator") if name in parts}
        if self.too_hidden:
            parts |= {name: parts[name].iloc[:0] for name in ("series", "denominator") if name in parts}
        return parts

    def _spread_of(self, name: str) -> pd.Series:
        """The hidden months of a part of what is modelled, as far as they are told."""
        part = name if name in PARTS else "numerator" if self.is_percent else FIGURE
        told = self.spread if self.spread is not None and part in self.spread else pd.DataFrame(columns=[part], dtype=float)
        return told[part].reindex(self.months)

    @cached_property
    def untold(self) -> pd.PeriodIndex:
        """Hidden months that no coarser cell tells anything of."""
        hidden = pd.PeriodIndex(self.rows.loc[self.rows["flag"].eq(HIDDEN), "month"], freq="M")
        if self.spread is None:
            return hidden
        needed = PARTS if self.is_percent else (FIGURE,)
        gone = [self._spread_of(part if part in PARTS else "series").reindex(hidden).isna() & self._lacks(part, hidden) for part in needed]
        return hidden[np.any([np.asarray(each) for each in gone], axis=0)]

    def _lacks(self, part: str, months: pd.PeriodIndex) -> np.ndarray:
        """Of which months a part is not shown."""
        column = self.column(part if part in PARTS else "value")
        return column.reindex(months).isna().to_numpy()

    @property
    def parts(self) -> tuple[str, ...]:
        """The counts behind a percentage, a rate or a mean, as far as they are known; none for a count or a stock."""
        if self.is_percent:
            return PARTS
        return () if self.counted else tuple(name for name in PARTS if self.rows[name].notna().any())

    @property
    def counted(self) -> bool:
        """Whether its figures are numbers of children or of events."""
        return self.indicator.kind in ("count", "stock")

    def at(self, month: pd.Period) -> dict[str, Any]:
        """Value, numerator, denominator and flag of a month; not available where there is no row."""
        place = self._places.get(month)
        if place is None:
            return {"value": np.nan, "numerator": np.nan, "denominator": np.nan, "flag": "x"}
        return {name: self.rows[name].iloc[place] for name in ("value", *PARTS, "flag")}

    @cached_property
    def _places(self) -> dict[pd.Period, int]:
        """The first row of every month."""
        months = self.rows["month"].tolist()
        return dict(zip(reversed(months), range(len(months) - 1, -1, -1), strict=True))

    def address(self, month: pd.Period, part: str = "figure") -> Address:
        """Where a release holds the figure of a month, or a part of it."""
        period = date_period(month) if self.indicator.on_a_day else month_period(month)
        return (self.indicator.name, self.breakdown, (period,), part)

    def addresses(self, months: Sequence[pd.Period], *columns: str) -> dict[str, tuple[Address, ...]]:
        """The addresses of columns of a table by month: numerator and denominator are what they are called, any other is the figure."""
        return {name: tuple(self.address(month, name if name in PARTS else "figure") for month in months) for name in columns}

    def frame(self) -> pd.DataFrame:
        """The columns that every table by month begins with: month, (numerator, denominator,) observed, flag."""
        months = self.months
        parts = {name: self.column(name).to_numpy() for name in self.parts}
        return pd.DataFrame({"month": months, **parts, "observed": self.figures.to_numpy(), "flag": self.flags.to_numpy()})

    def table(
        self, frame: pd.DataFrame, title: str, *, note: str = "", margins: Mapping[str, str] = NONE, facts: Mapping[str, Any] = NONE
    ) -> Table:
        """A table about this subject: every figure in the frame is missing where the counts it comes from are."""
        counts = tuple(name for name in self.parts if name in frame.columns) or (("observed",) if self.counted else ())
        figures = [column for column in frame.columns if column not in counts and (is_number(frame[column]) or column in JUDGEMENTS)]
        about = {
            "indicator": self.indicator.name,
            "name": self.name,
            "authority": self.authority,
            "kind": self.indicator.kind,
            "definition": self.indicator.definition,
        }
        return Table(
            frame, title=title, counts=counts, derived=dict.fromkeys(figures, counts) if counts else {}, margins=margins,
            unit=self.indicator.unit, source=self.source, note=note, published=self.published, synthetic=self.synthetic,
            facts={**about, **facts}, addresses=self._told_by_month(frame, counts),
        )  # fmt: skip

    def _told_by_month(self, frame: pd.DataFrame, counts: Sequence[str]) -> dict[str, tuple[Address | None, ...]]:
        """What the counts of a table by month are; a table by category says it by itself."""
        if "month" not in frame.columns or "category" in frame.columns:
            return {}
        return dict(self.addresses(list(frame["month"]), *counts))


def whole(subject: Subject, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Expected numbers and ranges of counts as whole numbers: nobody has four tenths of a referral. Other figures keep a decimal."""
    digits = 0 if subject.counted else 1
    return frame.assign(**{column: frame[column].astype(float).round(digits) for column in columns if column in frame.columns})


def few_hidden(rows: pd.DataFrame) -> bool:
    """Whether some months of a series are hidden, and no more than it may be analysed with."""
    hidden, known = int(rows["flag"].eq(HIDDEN).sum()), int(rows["value"].notna().sum())
    return 0 < hidden <= MOST_HIDDEN * (hidden + known)


def is_number(column: pd.Series) -> bool:
    """Whether a column holds figures."""
    return pd.api.types.is_numeric_dtype(column) and column.dtype != np.bool_
