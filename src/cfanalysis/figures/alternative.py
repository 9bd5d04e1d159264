"""Alternative text: what kind of chart it is, of what, how it moved, where it ends. Only from released numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.figures.cells import number
from cfanalysis.figures.drawing import span
from cfanalysis.foundation.months import month_label

NO_AVERAGE = ("percent", "days")
"""Units whose months do not add up to a year: a mean of monthly percentages is not the year's percentage."""


def over_time(
    name: str, months: Sequence[pd.Period], values: Sequence[float], *, unit: str = "", provisional: Sequence[bool] | None = None
) -> str:
    """The ends of a series, its highest and lowest settled month, of counts the average month of its first and its latest year.

    No direction is told: whether a difference is more than chance is for the models to say.
    """
    series = pd.Series(list(values), index=list(months), dtype=float)
    known = series.dropna()
    if known.empty:
        return f"{name}: no figures can be shown."
    late = set() if provisional is None else {month for month, open_ in zip(series.index, provisional, strict=True) if open_}
    settled = known[[month not in late for month in known.index]]
    last = known.index[-1]
    still = " (still being recorded)" if last in late else ""
    said = [f"{name} from {span(known.index)}: first {told(known.iloc[0], unit)}, latest {told(known.iloc[-1], unit)}{still}."]
    said += [f"The average month had {average}." for average in _averages(settled, unit)]
    if len(settled) > 2:
        top, bottom = settled.idxmax(), settled.idxmin()
        said.append(
            f"The highest is {told(settled.max(), unit)} in {month_label(top)}, "
            f"the lowest {told(settled.min(), unit)} in {month_label(bottom)}."
        )
    gaps = int(series.isna().sum())
    return " ".join(said) + (f" {gaps} {'month is' if gaps == 1 else 'months are'} missing or hidden." if gaps else "")


def _averages(settled: pd.Series, unit: str) -> list[str]:
    """The average month of the first and of the latest twelve months, where months may be averaged and there are two whole years."""
    if unit in NO_AVERAGE or unit.startswith("per ") or len(settled) < 24:
        return []
    before, after = (told(round(float(year.mean()), 1), unit) for year in (settled.iloc[:12], settled.iloc[-12:]))
    return [f"{before} in the first year and {after} in the latest"]


def told(value: float, unit: str) -> str:
    """A number with its percent sign, or its days, where it has them.

    >>> told(24.5, "percent"), told(101.0, "days"), told(1204.0, "referrals")
    ('24.5%', '101 days', '1,204')
    """
    return f"{number(value)}{'%' if unit == 'percent' else ' days' if unit == 'days' else ''}"


def across(name: str, labels: Sequence[str], values: Sequence[float], *, unit: str = "") -> str:
    """The largest and smallest of some categories."""
    known = [(value, label) for value, label in zip(values, labels, strict=True) if not np.isnan(value)]
    if not known:
        return f"{name}: no figures can be shown."
    top, bottom = max(known), min(known)
    hidden = len(values) - len(known)
    if len(labels) == 1:
        return f"{name}: {top[1]}, {told(top[0], unit)}."
    said = f"{name}, {len(labels)} categories. Highest: {top[1]}, {told(top[0], unit)}. Lowest: {bottom[1]}, {told(bottom[0], unit)}."
    return said + (f" {hidden} hidden or missing." if hidden else "")


def in_brief(name: str, months: Sequence[pd.Period], values: Sequence[float]) -> str:
    """The span, the ends, and the lowest and highest figure of a line that stands beside its numbers."""
    known = pd.Series(list(values), index=list(months), dtype=float).dropna().round(1)
    if known.empty:
        return f"{name}: no figures can be shown."
    said = f"{name}, {span(known.index)}: first {number(known.iloc[0])}, last {number(known.iloc[-1])}"
    return f"{said}, lowest {number(known.min())}, highest {number(known.max())}."
