"""The five worlds, lived once, and the few measurements that several tests take of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from cfanalysis.sample import names, simulate
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.world import World


class Measured:
    """A world's truth, entered-in-error records left out, in the months that are shown."""

    def __init__(self, world: World) -> None:
        self.world, self.plan, self.clock = world, world.plan, world.clock
        self.tables = {name: table[table["removed"] == NEVER] for name, table in world.tables.items()}
        self.first = int(self.clock.starts[int(np.argmax(self.clock.months == self.plan.first))])

    def count(self, name: str, column: str = "start", where: pd.Series | None = None) -> pd.Series:
        """Things a month."""
        table = self.tables[name] if where is None else self.tables[name][where]
        return pd.Series(np.histogram(table[column], self.clock.starts)[0], self.clock.months)[self.plan.first :]

    def stock(self, name: str) -> pd.Series:
        """Open on the last day of each month."""
        began, ended = (np.sort(self.tables[name][column]) for column in ("start", "end"))
        last = self.clock.starts[1:] - 1
        held = np.searchsorted(began, last, side="right") - np.searchsorted(ended, last, side="right")
        return pd.Series(held, self.clock.months)[self.plan.first :]

    def share(self, hit: np.ndarray, days: pd.Series) -> pd.Series:
        """Share of hits by the month of the day."""
        by_month = pd.Series(np.asarray(hit, dtype=float)).groupby(self.clock.month_of(days.to_numpy())).mean()
        return pd.Series(by_month.to_numpy(), self.clock.months[by_month.index])[self.plan.first :]

    def shown(self, name: str) -> pd.DataFrame:
        """Rows that start in the months shown."""
        return self.tables[name][self.tables[name]["start"] >= self.first]

    def working_days(self, start: pd.Series, end: pd.Series) -> np.ndarray:
        dates = (column.to_numpy().astype("datetime64[D]") for column in (start, end))
        return np.busday_count(*dates, holidays=self.clock.closed)

    def rereferred(self) -> pd.Series:
        """Share of referrals within 365 days of an earlier one, month by month."""
        rows = self.tables["referral"].sort_values(["child", "start"])
        gap = rows["start"] - rows.groupby("child")["start"].shift()
        return self.share((gap > 0) & (gap <= 365), rows["start"])


@pytest.fixture(scope="session")
def measured() -> Mapping[str, Measured]:
    """The five worlds by stem."""
    return {stem: Measured(simulate(stem)) for stem in names()}
