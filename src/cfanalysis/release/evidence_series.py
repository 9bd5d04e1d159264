"""The monthly series table that a release holds: values worked out anew from the parts that are shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.contracts import DENOMINATOR, FIGURE, LINE, NUMERATOR, PARTS, TARGET, Release
from cfanalysis.foundation.table import SERIES_COLUMNS
from cfanalysis.indicators import Indicator

TIMES = {"percent": 100.0, "rate": 10_000.0, "measure": 1.0}
"""What a ratio of the parts is multiplied by."""

KEYS = ["indicator", "breakdown", "month"]


def monthly_series(release: Release, known: Mapping[str, Indicator]) -> pd.DataFrame:
    """A frame of the series contract: every indicator and breakdown that the release offers by month.

    A ratio is worked out from its parts. It is missing with the flag of the part that is: ``c`` where one is hidden.
    """
    figures = _monthly(release["figures"])
    figures = figures[_offered_by_month(figures, release["grains"])]
    values = _by_part(figures, "value")
    flags = _by_part(figures, "flag").astype(object)
    flags = flags.where(flags.notna(), "")
    rows = pd.DataFrame(_measured(values, flags, known)).set_axis(values.index, axis=0)
    rows = _with_averages(rows, _monthly(release["averages"])).reset_index()
    parts = [rows, _lines(release["targets"])]
    series = pd.concat([part for part in parts if len(part)], ignore_index=True).assign(authority=release.about.authority)
    ordered = series.sort_values(KEYS, kind="stable").reset_index(drop=True)
    return ordered[list(SERIES_COLUMNS)]


def _by_part(figures: pd.DataFrame, column: str) -> pd.DataFrame:
    wide = figures.pivot(index=KEYS, columns="part", values=column)
    return wide.reindex(columns=list(PARTS))


def read_periods(release: Release, indicator: str, dimension: str = "") -> pd.DataFrame:
    """The figures of an indicator at every grain: breakdown, period, part, value, flag."""
    figures = release["figures"]
    rows = figures[figures["indicator"] == indicator]
    wanted = rows["breakdown"].eq("all") | (rows["breakdown"].str.startswith(f"{dimension}: ") if dimension else False)
    return rows.loc[wanted, ["breakdown", "period", "part", "value", "flag"]].reset_index(drop=True)


def _monthly(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of months, and of days at the end of one, with their month."""
    codes, names = pd.factorize(rows["period"])
    monthly = np.array([len(name) == 10 or (len(name) == 7 and name[4] == "-" and name[5] != "Q") for name in names], dtype=bool)
    months = pd.PeriodIndex([name[:7] if keep else "2000-01" for name, keep in zip(names, monthly, strict=True)], freq="M")
    chosen = monthly[codes] if len(codes) else np.zeros(0, dtype=bool)
    return rows[chosen].assign(month=pd.PeriodIndex(months[codes[chosen]]) if len(names) else pd.PeriodIndex([], freq="M"))


def _offered_by_month(figures: pd.DataFrame, grains: pd.DataFrame) -> np.ndarray:
    coarse = grains[grains["grain"] != "month"]
    keys = set(zip(coarse["indicator"], coarse["breakdown"], strict=True))
    held = pd.MultiIndex.from_arrays([figures["indicator"], figures["breakdown"]])
    return ~held.isin(list(keys)) if keys else np.ones(len(figures), dtype=bool)


def _measured(values: pd.DataFrame, flags: pd.DataFrame, known: Mapping[str, Indicator]) -> dict[str, np.ndarray]:
    """Numerator, denominator, value and flag of every row."""
    figure, top, bottom = (values[part].to_numpy(float) for part in (FIGURE, NUMERATOR, DENOMINATOR))
    names = values.index.get_level_values("indicator")
    times = names.map({name: TIMES.get(each.kind, 1.0) for name, each in known.items()}).to_numpy(float)
    counted = names.map({name: each.kind in ("count", "stock") for name, each in known.items()}).to_numpy(bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = times * top / np.where(bottom > 0, bottom, np.nan)
    value = np.where(counted, figure, ratio)
    told = _first_reason(flags)
    flag = np.where(np.isnan(value), np.where(told != "", told, np.where(bottom == 0, "z", "x")), "")
    return {NUMERATOR: np.where(counted, figure, top), DENOMINATOR: bottom, "value": value, "flag": flag}


def _first_reason(flags: pd.DataFrame) -> np.ndarray:
    """Why a row is missing: hidden where any part is, else what the first part with a reason says."""
    told = flags.to_numpy(dtype=object)
    first = np.where(told[:, 0] != "", told[:, 0], np.where(told[:, 1] != "", told[:, 1], told[:, 2]))
    return np.where((told == "c").any(axis=1), "c", first).astype(object)


def _with_averages(rows: pd.DataFrame, averages: pd.DataFrame) -> pd.DataFrame:
    """Medians beside the number of their cases, and figures as given where there are no parts."""
    if averages.empty:
        return rows
    held = averages.set_index(KEYS)
    rows = rows.reindex(rows.index.union(held.index, sort=False))
    held = held.reindex(rows.index)
    given = held["what"].notna().to_numpy()
    cases = rows[DENOMINATOR].to_numpy(float)
    value = np.where(given, held["value"].to_numpy(float), rows["value"].to_numpy(float))
    hidden = given & (held["flag"].fillna("").to_numpy(object) == "c")
    flag = rows["flag"].fillna("").to_numpy(object)
    flag = np.where(~np.isnan(value), "", np.where(hidden, "c", np.where(flag != "", flag, np.where(cases == 0, "z", "x"))))
    return rows.assign(value=value, flag=flag)


def _lines(targets: pd.DataFrame) -> pd.DataFrame:
    """Targets month by month, as rows of a breakdown of their own."""
    lines = targets[targets["kind"] == LINE]
    if lines.empty:
        return lines
    months = pd.PeriodIndex(lines["period"], freq="M")
    return pd.DataFrame(
        {
            "indicator": lines["indicator"].to_numpy(),
            "breakdown": TARGET,
            "month": months,
            NUMERATOR: np.nan,
            DENOMINATOR: np.nan,
            "value": lines["value"].to_numpy(float),
            "flag": "",
        }
    )
