"""What a release tells, as the questions ask for it: series with their flags, categories, the tables of the Department, registers.

Nothing here can reach a child's record: it is made from a release and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from cfanalysis import indicators
from cfanalysis.foundation.contracts import AIM, About, Release
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.periods import months_of
from cfanalysis.foundation.sections import read_section
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import settling
from cfanalysis.indicators.settling import Settling
from cfanalysis.indicators.settling_published import settle_by_published
from cfanalysis.reference import PUBLISHED, SYNTHETIC_TABLES
from cfanalysis.reference.comparators import Others, years_over
from cfanalysis.registers.reading import Registers
from cfanalysis.registers.written import read_entries
from cfanalysis.release.coarser import spread_hidden
from cfanalysis.release.evidence_series import monthly_series, read_periods

NO_SETTLING = pd.DataFrame({name: [] for name in ("month", "recorded", "settled", "low", "high", "source")})
NOT_SHOWN_TOGETHER = "the rest"
"""The categories of a month that are not shown, or not by month, added up."""


@dataclass(frozen=True)
class Evidence:
    """Released and public figures of one authority's edition, whole or as they stood at the end of an earlier month.

    Raises ParameterError for a month after the edition's own.
    """

    release: Release = field(repr=False)
    as_at: pd.Period | None = None
    first_month: pd.Period | None = None

    def __post_init__(self) -> None:
        if self.as_at is not None and self.as_at > self._newest:
            raise ParameterError(f"as_at: found {self.as_at}, and this edition ends in {self._newest}; want that month or an earlier one")

    @property
    def last(self) -> pd.Period:
        """The last month that is looked at."""
        return self._newest if self.as_at is None else self.as_at

    @property
    def _newest(self) -> pd.Period:
        return pd.Period(self.release.about.as_at, freq="M")

    def _inside(self, first: pd.Period, last: pd.Period) -> bool:
        return bool(last <= self.last and (self.first_month is None or first >= self.first_month))

    @cached_property
    def series(self) -> pd.DataFrame:
        """Every series that is offered by month (series contract); what is hidden is missing, with the flag ``c``."""
        rows = monthly_series(self.release, indicators.catalogue())
        wanted = rows["month"] <= self.last
        if self.first_month is not None:
            wanted &= rows["month"] >= self.first_month
        return rows if wanted.all() else rows[wanted].reset_index(drop=True)

    @cached_property
    def by_indicator(self) -> Mapping[str, pd.DataFrame]:
        """The same, indicator by indicator."""
        groups = self.series.groupby("indicator", sort=False)
        return {str(name): rows.reset_index(drop=True) for name, rows in groups}

    def periods(self, indicator: str, dimension: str = "") -> pd.DataFrame:
        """The figures of an indicator by period and breakdown, as released: the whole, or the categories of a dimension with it.

        Columns: breakdown, period, part, value, flag.
        """
        rows = read_periods(self.release, indicator, dimension)
        inside = {name: self._inside(*months_of(name)) for name in rows["period"].unique()}
        return rows[rows["period"].map(inside).astype(bool)].reset_index(drop=True)

    def spread_hidden(self, indicator: str, breakdown: str = ALL) -> pd.DataFrame:
        """Of the hidden months of a series what coarser released cells tell: month by part."""
        rows = read_periods(self.release, indicator, breakdown.partition(": ")[0])
        rows = rows[rows["breakdown"] == breakdown]
        inside = {name: self._inside(*months_of(name)) for name in rows["period"].unique()}
        return spread_hidden(rows[rows["period"].map(inside).astype(bool)])

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where each indicator comes from, in words."""
        table = self.release["indicators"]
        return dict(zip(table["indicator"], table["source"], strict=True))

    def source_of(self, indicator: str) -> str:
        """Where an indicator comes from, in words; blank where there is no figure of it."""
        return self.sources.get(indicator, "")

    @cached_property
    def from_published(self) -> frozenset[str]:
        """The indicators whose months the Department has published."""
        return frozenset(name for name, source in self.sources.items() if source in (PUBLISHED, SYNTHETIC_TABLES))

    def categories(self, indicator: str, dimension: str) -> pd.DataFrame | None:
        """An indicator by category, months x categories; None where it has no such breakdown by month.

        What is hidden, or offered at a coarser grain only, stands together as ``the rest``: the whole less what is shown.
        """
        rows = self.series[self.series["indicator"] == indicator]
        parts = rows[rows["breakdown"].str.startswith(f"{dimension}: ")]
        if parts.empty:
            return None
        wide = parts.pivot(index="month", columns="breakdown", values="value")
        whole = rows[rows["breakdown"] == ALL].set_index("month")["value"].reindex(wide.index)
        rest = whole - wide.sum(axis=1)
        if not (wide.isna() & whole.notna().to_numpy()[:, None]).any().any() and not (rest.dropna() > 0).any():
            return wide
        return wide.fillna(0.0).where(whole.notna(), np.nan).assign(**{f"{dimension}: {NOT_SHOWN_TOGETHER}": rest.clip(lower=0)})

    def days(self, indicator: str) -> pd.DataFrame | None:
        """The largest day of each month, as far as it may be shown: month, day, value, of; None where there is none."""
        held = self.release["largest_days"]
        rows = held[(held["indicator"] == indicator) & held["value"].notna()]
        if rows.empty:
            return None
        months = pd.PeriodIndex(rows["period"], freq="M")
        whole = self.series[(self.series["indicator"] == indicator) & (self.series["breakdown"] == ALL)].set_index("month")["value"]
        return pd.DataFrame(
            {"month": months, "day": rows["day"].to_numpy(), "value": rows["value"].to_numpy(), "of": whole.reindex(months).to_numpy()}
        )

    @cached_property
    def _panel(self) -> Mapping[str, pd.DataFrame]:
        return {
            str(name): rows.pivot(index="period", columns="authority", values="value").pipe(_by_month)
            for name, rows in self.release["peers"].groupby("indicator")
        }

    def peers(self, indicator: str) -> pd.DataFrame | None:
        """The same indicator of every other authority, months x authorities; None where nobody publishes it by month."""
        panel = self._panel.get(indicator)
        return None if panel is None else panel[panel.index <= self.last]

    def settling_of(self, indicator: str) -> Settling:
        """How the newest months of an indicator settle: from editions, else from what is published.

        The release holds the stated default where editions teach nothing. Released and published
        figures of 31 March, side by side, are public and say more.
        """
        held = self._held_settling(indicator)
        if held.source != settling.ASSUMED or indicator not in self.by_indicator:
            return held
        rows = self.by_indicator[indicator]
        own = rows[rows["breakdown"] == ALL].set_index("month")["value"]
        return settle_by_published(own, self._on_31_march(indicator), held)

    def _on_31_march(self, indicator: str) -> pd.Series:
        """What the Department has published of the authority, by the month it is of."""
        rows = self.yearly[
            (self.yearly["authority"] == self.about.authority) & (self.yearly["indicator"] == indicator) & (self.yearly["breakdown"] == ALL)
        ]
        months = pd.PeriodIndex([f"{year}-03" for year in rows["year"]], freq="M")
        return pd.Series(rows["value"].to_numpy(float), months).sort_index()

    def _held_settling(self, indicator: str) -> Settling:
        table = self.release["settling"]
        rows = table[table["indicator"] == indicator]
        source = str(rows["source"].iloc[0]) if len(rows) else settling.NOT_KNOWN
        return Settling(rows[settling.COLUMNS].reset_index(drop=True), source)

    def settled(self, figures: pd.Series, indicator: str, *, months: int = settling.SETTLED) -> pd.DataFrame:
        """The newest months as first recorded and as they are likely to settle; empty where nobody knows."""
        if not figures.notna().any():
            return NO_SETTLING
        return settling.settle(figures, self.settling_of(indicator), months=months)

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """The Department's yearly tables, of every authority, region and England: the years that were over."""
        return years_over(self.release["yearly"], self.last)

    @cached_property
    def others(self) -> Others:
        """Region, England and neighbours, as the parameters asked and the tables allowed."""
        rows = self.release["neighbours"].sort_values("order")
        named = {role: tuple(rows.loc[rows["role"] == role, "authority"]) for role in ("region", "england", "neighbour", "gone")}
        region, england = (next(iter(named[role]), "") for role in ("region", "england"))
        return Others(region, england, named["neighbour"], named["gone"])

    @property
    def holds_own_records(self) -> bool:
        """Whether any figure comes from the authority's child-level files."""
        return len(self.section("coverage")) > 0

    def section(self, name: str) -> pd.DataFrame:
        """One of the tables on the data: files, coverage, problems, rules, changes."""
        return read_section(self.release["quality"], name)

    @property
    def revisions(self) -> pd.DataFrame:
        """What this edition says otherwise than the one before, where both are shown."""
        return self.release["revisions"]

    @cached_property
    def registers(self) -> Registers:
        """What people said and did."""
        return read_entries(self.release["registers"])

    @cached_property
    def aims(self) -> pd.DataFrame:
        """Figures that somebody wants a stock to be at: indicator, month, value."""
        rows = self.release["targets"]
        rows = rows[rows["kind"] == AIM]
        return rows.assign(month=pd.PeriodIndex(rows["period"], freq="M"))[["indicator", "month", "value"]]

    @property
    def about(self) -> About:
        """What the release says of itself."""
        return self.release.about


def _by_month(wide: pd.DataFrame) -> pd.DataFrame:
    return wide.set_axis(pd.PeriodIndex(wide.index, freq="M", name="month"), axis=0)
