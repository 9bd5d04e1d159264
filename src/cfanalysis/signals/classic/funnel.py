"""Proportions and rates across authorities, beside what chance alone would give for an authority of that size."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError, SeriesError, at
from cfanalysis.signals.classic.funnel_limits import Kind, Overdispersion, chance_variance, limits_at, spread_of

PERCENT = 100
PER_10K = 10_000

LIMITS = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}
"""Two and three sigma either side, as funnel plots are drawn (Spiegelhalter 2005)."""

FLAG_WORDS = {
    "c": "confidential",
    "x": "not available",
    "z": "not applicable",
    "u": "unreliable",
    ":": "not available",
    "low": "rounds to 0",
    "k": "rounds to 0",
}


def funnel(
    frame: pd.DataFrame,
    *,
    kind: Kind = "proportion",
    overdispersion: Overdispersion = "additive",
    centre: float | None = None,
    unit: str = "authority",
    numerator: str = "numerator",
    denominator: str = "denominator",
) -> pd.DataFrame:
    """Each authority's percentage or rate with the limits an authority of its size would keep to.

    Parameters
    ----------
    frame
        One row an authority: ``unit`` (a column, or the index), ``numerator``, ``denominator``; a ``flag`` says why a value is
        missing. Leave totals (England, regions) out.
    kind
        ``proportion`` (children of those children; in percent) or ``rate`` (events or children of a population; per 10,000).
    overdispersion
        How authorities are let differ beyond chance: ``additive`` (their true values vary about the centre), ``multiplicative``
        (limits widened by a factor), or ``none``. Estimated from z-scores with the outer tenths pulled in; nothing is added
        where they vary no more than chance, or where there are fewer than five.
    centre
        What to compare with, in percent or per 10,000; without it all authorities together.

    Returns
    -------
    The rows in their order: unit, numerator, denominator, ``value``, ``centre``, ``low95``, ``high95``, ``low998``,
    ``high998``, ``z`` (overdispersion included), ``position`` ("within", "above 95", "above 99.8", "below 95", "below 99.8",
    "" where unknown), ``phi`` (ratio of variances), ``tau`` (sd of true values, in the unit of the value), ``reason``.

    Raises SeriesError for columns or values that cannot be used, naming the authority; ParameterError for options.

    Examples
    --------
    >>> cells = pd.DataFrame({"authority": ["A", "B", "C"], "numerator": [20, 30, 3], "denominator": [100, 100, 10]})
    >>> found = funnel(cells)
    >>> found[["authority", "value", "low95", "high95"]].round(1).values.tolist()
    [['A', 20.0, 16.4, 33.5], ['B', 30.0, 16.4, 33.5], ['C', 30.0, 0.0, 49.3]]
    """
    _check(kind, overdispersion, centre)
    indexed = unit in frame.index.names and unit not in frame.columns
    frame = frame.reset_index(unit) if indexed else frame
    counts, sizes = (_column(frame, name) for name in (numerator, denominator))
    _check_cells(frame, unit, counts, sizes, kind)
    scale = PERCENT if kind == "proportion" else PER_10K
    known = ~np.isnan(counts) & (sizes > 0)
    middle = _centre(counts, sizes, known, centre, scale)
    found = pd.DataFrame({unit: frame[unit].to_numpy(), numerator: counts, denominator: sizes})
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(known, counts / sizes, np.nan)
    variance = chance_variance(sizes[known], middle, kind)
    spread = spread_of(value[known], variance, middle, overdispersion)
    found["value"], found["centre"] = value * scale, middle * scale
    found[list(LIMITS)] = np.nan
    found.loc[known, list(LIMITS)] = limits_at(list(LIMITS.values()), sizes[known], middle, kind, spread) * scale
    widened = variance * max(spread.phi, 1) if spread.kind == "multiplicative" else variance + spread.tau**2
    found["z"] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        found.loc[known, "z"] = np.where(widened > 0, (value[known] - middle) / np.sqrt(widened), np.nan)
    found["position"] = _positions(found)
    found["phi"], found["tau"] = spread.phi, spread.tau * scale
    found["reason"] = _reasons(frame, counts, sizes)
    return found.set_index(unit) if indexed else found


def _check(kind: str, overdispersion: str, centre: float | None) -> None:
    for name, value, wanted in (("kind", kind, get_args(Kind)), ("overdispersion", overdispersion, get_args(Overdispersion))):
        if value not in wanted:
            raise ParameterError(f"{name}: found {value!r}, want one of {', '.join(wanted)}")
    if centre is not None and not (np.isfinite(centre) and 0 <= centre <= (PERCENT if kind == "proportion" else np.inf)):
        raise ParameterError(f"centre: found {centre}, want a {'percentage' if kind == 'proportion' else 'rate per 10,000'}")


def _column(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame.columns:
        raise SeriesError(f"column {name!r} is missing; found {', '.join(map(str, frame.columns))}")
    try:
        return pd.to_numeric(frame[name]).to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise SeriesError(f"column {name!r} holds text, want numbers; a flag such as 'c' belongs in the column flag") from None


def _check_cells(frame: pd.DataFrame, unit: str, counts: np.ndarray, sizes: np.ndarray, kind: Kind) -> None:
    if unit not in frame.columns:
        raise SeriesError(f"column {unit!r} is missing; found {', '.join(map(str, frame.columns))}")
    names = frame[unit]
    if names.duplicated().any():
        raise SeriesError(
            f"{names[names.duplicated()].iloc[0]} is there twice; a funnel takes one row for each {unit}: choose one month or year"
        )
    with np.errstate(invalid="ignore"):
        wrong = (counts < 0) | (sizes < 0) | ((counts > sizes) if kind == "proportion" else False) | np.isinf(counts) | np.isinf(sizes)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        wanted = "0 or more, the first no larger than the second" if kind == "proportion" else "0 or more"
        raise SeriesError(at(f"found {counts[row]:g} of {sizes[row]:g}, want numbers {wanted}", row=row, column=str(names.iloc[row])))


def _centre(counts: np.ndarray, sizes: np.ndarray, known: np.ndarray, given: float | None, scale: int) -> float:
    if given is not None:
        return given / scale
    return float(counts[known].sum() / sizes[known].sum()) if known.any() else float("nan")


def _positions(found: pd.DataFrame) -> np.ndarray:
    value = found["value"]
    held = [value > found["high998"], value > found["high95"], value < found["low998"], value < found["low95"], value.notna()]
    said = ["above 99.8", "above 95", "below 99.8", "below 95", "within"]
    return np.select([mask.to_numpy() for mask in held], [np.array(text, dtype=object) for text in said], "")


def _reasons(frame: pd.DataFrame, counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    flags = frame["flag"].map(FLAG_WORDS).fillna("no value").to_numpy() if "flag" in frame.columns else np.full(len(frame), "no value")
    missing = np.isnan(counts) | np.isnan(sizes)
    return np.where(missing, flags, np.where(sizes == 0, "nothing to take a share of", "")).astype(object)
