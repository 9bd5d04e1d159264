"""What may be shown beside the figures: averages, largest days, how months settle, what was wrong with the files.

None of these is a count of the base; each has a rule of its own, and each rule reads what has been decided of the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import COLUMNS, DENOMINATOR, FIGURE, MEDIAN
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import ALL

FEWEST_CASES = 10
"""A median of fewer says too much of single children (the usual rule of NHS and OpenSAFELY outputs)."""

ROUNDED_TO = 10
"""Counts on the quality of data are rounded to this, and hidden under it: they are sums over years, which nothing ties to the figures."""

KEYS = ["indicator", "breakdown", "period"]
COUNTS = {"problems": ("count",), "rules": ("count",), "changes": ("added", "removed", "changed")}
"""The columns of the quality sections that count records."""
TOTALS = {"coverage": ("records",), "rules": ("of",)}
"""Columns that count all records of a list: beside months of which one is hidden they would give it away."""


def show_averages(averages: pd.DataFrame, figures: pd.DataFrame, policy: Policy, before: pd.DataFrame | None = None) -> pd.DataFrame:
    """Medians of at least ten shown cases, in whole days; figures that a file gives without their parts as they are.

    A median once released stands as it was until it rests on many more or fewer cases (``hide_below`` of them): the difference
    between two editions would otherwise tell of the one or two that came late.
    """
    if averages.empty or not policy.hides:
        return averages
    cases = averages[KEYS].merge(_cases(figures), on=KEYS, how="left")["cases"].to_numpy(float)
    middle = (averages["what"] == MEDIAN).to_numpy()
    enough = np.nan_to_num(cases) >= FEWEST_CASES
    value = np.where(middle, np.where(enough, np.round(averages["value"]), np.nan), averages["value"].to_numpy(float))
    shown = averages.assign(value=value, cases=np.where(middle, cases, np.nan), flag=np.where(middle & ~enough, "c", ""))
    return shown if before is None or before.empty else _standing(shown, before, policy)


def _cases(figures: pd.DataFrame) -> pd.DataFrame:
    rows = figures[figures["part"] == DENOMINATOR]
    return rows[[*KEYS, "value"]].rename(columns={"value": "cases"})


def _standing(shown: pd.DataFrame, before: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The medians as they were released before, where few cases have come or gone since."""
    told = before.loc[(before["what"] == MEDIAN) & before["value"].notna(), [*KEYS, "value", "cases"]]
    both = shown[KEYS].merge(told, on=KEYS, how="left")
    stays = ((shown["cases"].to_numpy() - both["cases"].to_numpy()) ** 2 < policy.hide_below**2) & shown["flag"].eq("").to_numpy()
    return shown.assign(
        value=np.where(stays, both["value"].to_numpy(), shown["value"].to_numpy()),
        cases=np.where(stays, both["cases"].to_numpy(), shown["cases"].to_numpy()),
    )


def show_days(days: pd.DataFrame, figures: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The largest day of a month where it, and the rest of its month, may be shown; other months are left out."""
    if days.empty or not policy.hides:
        return days
    whole = figures[(figures["breakdown"] == ALL) & (figures["part"] == FIGURE)]
    month = days[["indicator", "period"]].merge(whole[["indicator", "period", "value"]], on=["indicator", "period"], how="left")
    rest = month["value"].to_numpy(float) - days["value"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        may = (days["value"].to_numpy() >= policy.hide_below) & ((rest >= policy.hide_below) | (rest == 0))
    return days[may].reset_index(drop=True)


Editions = Sequence[tuple[pd.Period, pd.DataFrame]]


def settling_editions(editions: Editions, indicator: str, figures: pd.DataFrame, policy: Policy) -> list[tuple[pd.Period, pd.DataFrame]]:
    """The editions that settling is learnt from, without any figure that is not shown, or is small itself."""
    if not policy.hides or not editions:
        return list(editions)
    hidden = figures[(figures["indicator"] == indicator) & (figures["breakdown"] == ALL) & (figures["flag"] == "c")]
    months = {period[:7] for period in hidden["period"] if "/" not in period and "Q" not in period}
    return [(as_at, _masked(frame, months, policy)) for as_at, frame in editions]


def _masked(frame: pd.DataFrame, months: set[str], policy: Policy) -> pd.DataFrame:
    small = frame["value"].between(1, policy.hide_below - 1) | frame["month"].astype(str).isin(months)
    return frame.assign(value=frame["value"].where(~small), flag=frame["flag"].where(~small, "c"))


def show_quality(quality: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """What was wrong with the files, its counts rounded, small ones and sums over whole lists hidden."""
    if quality.empty or not policy.hides:
        return quality
    counts, totals = (_named(quality, columns) for columns in (COUNTS, TOTALS))
    value = quality["value"].to_numpy(float)
    base = max(ROUNDED_TO, policy.hide_below)
    rounded = np.where(counts, np.floor(value / base + 0.5) * base, value)
    with np.errstate(invalid="ignore"):
        hidden = totals | (counts & (value > 0) & (value < base))
    return quality.assign(value=np.where(hidden, np.nan, rounded), flag=np.where(hidden, "c", quality["flag"]))


def _named(quality: pd.DataFrame, columns: Mapping[str, Sequence[str]]) -> np.ndarray:
    named = {(section, column) for section, each in columns.items() for column in each}
    return np.array([key in named for key in zip(quality["section"], quality["column"], strict=True)], dtype=bool)


def revisions(figures: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """What is shown otherwise than in the release before: both editions' shown values of the whole series' months."""
    if before is None or before.empty or figures.empty:
        return pd.DataFrame(columns=list(COLUMNS["revisions"])).astype({"earlier": float, "later": float})
    keys = [*KEYS, "part"]
    both = before.merge(figures, on=keys, suffixes=("_earlier", "_later"))
    both = both[both["value_earlier"].notna() & both["value_later"].notna() & (both["value_earlier"] != both["value_later"])]
    monthly = ~both["period"].str.contains("[/Q]")
    both = both[monthly & (both["part"] == FIGURE) & (both["breakdown"] == ALL)]
    frame = both.rename(columns={"value_earlier": "earlier", "value_later": "later"}).assign(kind="revised")
    return frame[list(COLUMNS["revisions"])].reset_index(drop=True)
