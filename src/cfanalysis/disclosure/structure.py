"""What decides how cells hang together: declared facts, periods, and what stands in an earlier release file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cfanalysis.foundation.digests import Address, Digest, keyed_digest
from cfanalysis.foundation.policy import Policy

__all__ = ["ADDRESS", "ALL", "Address", "Digest", "Earlier", "Series", "Structure", "keyed_digest", "period_parts", "year_to_march"]

ADDRESS = ["indicator", "breakdown", "period", "part"]
ALL = "all"
MONTH, QUARTER, YEAR, DATE = "month", "quarter", "year", "date"

Series = tuple[str, str]
"""An indicator and a part."""


@dataclass(frozen=True)
class Structure:
    """What a reader knows of an authority's indicators beside sums and nestings.

    stocks: (open, started, ended), where open is what it was, and started, less ended. rest: indicators whose denominator less
    numerator is protected like a count. percents: indicators whose numerator is at most their denominator; those of ``rest`` are.
    published: figures of the same counts that everybody knows: these cells guard nothing, even where ours is another by now.
    same: names of one count by definition, as (indicator, part) beside the (indicator, part) it is the same as.
    """

    stocks: tuple[tuple[str, str, str], ...] = ()
    rest: frozenset[str] = frozenset()
    percents: frozenset[str] = frozenset()
    published: Mapping[Address, float] = field(default_factory=dict)
    same: tuple[tuple[Series, Series], ...] = ()


@dataclass(frozen=True)
class Earlier:
    """One earlier release file: columns of the address, value, flag and digest ("" where shown or not kept), and its policy."""

    figures: pd.DataFrame
    policy: Policy


def period_parts(period: str) -> tuple[str, str, str]:
    """Grain, the quarter and the year to March that a period lies in ("" where it is not nested).

    >>> period_parts("2024-02"), period_parts("2024-Q1"), period_parts("2023/24")
    (('month', '2024-Q1', '2023/24'), ('quarter', '', '2023/24'), ('year', '', ''))
    """
    if len(period) == len("2024-03-31"):
        return DATE, "", ""
    year = int(period[:4])
    if "Q" in period:
        return QUARTER, "", year_to_march(year, 3 * int(period[-1]))
    if "/" in period:
        return YEAR, "", ""
    month = int(period[5:])
    return MONTH, f"{year}-Q{(month + 2) // 3}", year_to_march(year, month)


def year_to_march(year: int, month: int) -> str:
    """The year to March that a calendar month lies in."""
    first = year if month > 3 else year - 1
    return f"{first}/{(first + 1) % 100:02d}"
