"""Alternative text: what kind of chart it is, of what, how it moved, where it ends. Only from released numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cfanalysis.figures.cells import number
from cfanalysis.figures.drawing import span
from cfanalysis.foundation.months import month_label

FLAT = 0.03
"""A change of less than 3 % from the first year to the last is told as little change."""


def over_time(name: str, months: Sequence[pd.Period], values: Sequence[float], *, unit: str = "") -> str:
    """How a series moved: the mean of its first and last 12 months where it is long enough, its ends, highest and lowest month."""
    series = pd.Series(list(values), index=list(months), dtype=float)
    known = series.dropna()
    if known.empty:
        return f"{name}: no figures can be shown."
    said = [f"{name} from {span(known.index)}: {_movement(known, unit)}."]
    ordered = known.sort_values(kind="stable")
    last, top, bottom = known.index[-1], ordered.index[-1], ordered.index[0]
    said.append(f"The latest figure is {told(known.iloc[-1], unit)} in {month_label(last)}.")
    if len(known) > 2:
        said.append(
            f"The highest is {told(known.max(), unit)} in {month_label(top)}, "
            f"the lowest {told(known.min(), unit)} in {month_label(bottom)}."
        )
    gaps = int(series.isna().sum())
    return " ".join(said) + (f" {gaps} {'month is' if gaps == 1 else 'months are'} missing or hidden." if gaps else "")


def _movement(known: pd.Series, unit: str) -> str:
    if len(known) < 24:
        return f"from {told(known.iloc[0], unit)} to {told(known.iloc[-1], unit)}"
    before, after = float(known.iloc[:12].mean()), float(known.iloc[-12:].mean())
    change = (after - before) / before if before else np.nan
    way = "little change" if not np.isfinite(change) or abs(change) < FLAT else "a rise" if change > 0 else "a fall"
    return (
        f"{way}, from a monthly average of {told(round(before, 1), unit)} in the first year to {told(round(after, 1), unit)} in the latest"
    )


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
    said = f"{name}, {len(labels)} categories. Highest: {top[1]}, {told(top[0], unit)}. Lowest: {bottom[1]}, {told(bottom[0], unit)}."
    return said + (f" {hidden} hidden or missing." if hidden else "")


def in_brief(name: str, months: Sequence[pd.Period], values: Sequence[float]) -> str:
    """The span, the ends, and the lowest and highest figure of a line that stands beside its numbers."""
    known = pd.Series(list(values), index=list(months), dtype=float).dropna().round(1)
    if known.empty:
        return f"{name}: no figures can be shown."
    said = f"{name}, {span(known.index)}: first {number(known.iloc[0])}, last {number(known.iloc[-1])}"
    return f"{said}, lowest {number(known.min())}, highest {number(known.max())}."
