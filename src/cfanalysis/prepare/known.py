"""What everybody knows already: the Department's yearly counts of the same authority, under the addresses of the base."""

from __future__ import annotations

import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE, NUMERATOR
from cfanalysis.foundation.periods import date_period, year_period
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import catalogue

Address = tuple[str, str, str, str]


def read_published_counts(yearly: pd.DataFrame, authority: str) -> dict[Address, float]:
    """The published counts of an authority by address; a count of a day is that of 31 March.

    >>> rows = {"authority": ["X"], "indicator": ["referrals"], "breakdown": ["all"], "year": [2024], "numerator": [812.0]}
    >>> read_published_counts(pd.DataFrame({**rows, "denominator": [float("nan")]}), "X")
    {('referrals', 'all', '2023/24', 'figure'): 812.0}
    """
    own = yearly[(yearly["authority"] == authority) & (yearly["breakdown"] == ALL) & yearly["indicator"].isin(catalogue())]
    found: dict[Address, float] = {}
    for name, year, top, bottom in zip(own["indicator"], own["year"], own["numerator"], own["denominator"], strict=True):
        each, march = catalogue()[name], pd.Period(f"{year}-03", "M")
        period = date_period(march) if each.on_a_day else year_period(march)
        parts = {FIGURE: top} if each.kind in ("count", "stock") else {NUMERATOR: top, DENOMINATOR: bottom}
        found |= {(name, ALL, period, part): float(value) for part, value in parts.items() if pd.notna(value)}
    return found
