"""What the parts of a day's extract come to, beside them.

A stock by team, area, category or provider is read from the extract drawn on that day; the stock itself from all extracts, later ones
with what was recorded late. The parts of a past day so add up to what was known on the day, not to today's figure: without a whole of
their own a reader would take them for parts of another number, and so would disclosure control.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from cfanalysis.foundation.periods import GRAINS, Grain
from cfanalysis.indicators import Indicator
from cfanalysis.indicators.pictures import AT_A_DATE
from cfanalysis.prepare.grains import Key
from cfanalysis.prepare.parts import PART_COLUMNS, dimension_of, is_breakdown

OF_A_DAY = "care_leaver"
"""A list that is itself a picture of a day: its parts and its whole come from the same lines."""


def add_wholes(
    parts: pd.DataFrame, known: Mapping[str, Indicator], grains: Mapping[Key, Grain], drawn: Collection[str]
) -> tuple[pd.DataFrame, dict[Key, Grain]]:
    """The parts with a whole for every dimension that is read from the extract of each day, its breakdown the dimension's bare name.

    drawn: indicators whose parts come from extracts of a day. The whole is offered at the finest grain of its parts; a day at which a
    part is missing has none.
    """
    found, settled = [parts], dict(grains)
    for name, rows in parts[parts["indicator"].isin(set(drawn))].groupby("indicator", sort=False):
        indicator = known[str(name)]
        if not indicator.on_a_day or OF_A_DAY in indicator.lists:
            continue
        for dimension in AT_A_DATE:
            own = rows[is_breakdown(rows["breakdown"], dimension)]
            if len(own):
                found.append(_whole(own, dimension))
                settled[indicator.name, dimension] = _finest(indicator.name, dimension, grains)
    return pd.concat(found, ignore_index=True), settled


def _whole(own: pd.DataFrame, dimension: str) -> pd.DataFrame:
    sums = own.groupby(["indicator", "month", "part"], sort=False, observed=True)
    whole = sums["value"].count() == sums["value"].size()
    together = pd.DataFrame({"value": sums["value"].sum().where(whole), "flag": sums["flag"].max().where(~whole, "")})
    return together.reset_index().assign(breakdown=dimension)[list(PART_COLUMNS)]


def _finest(indicator: str, dimension: str, grains: Mapping[Key, Grain]) -> Grain:
    mine = [grain for (name, breakdown), grain in grains.items()
            if name == indicator and ": " in breakdown and dimension_of(breakdown) == dimension]  # fmt: skip
    return min(mine, key=GRAINS.index)
