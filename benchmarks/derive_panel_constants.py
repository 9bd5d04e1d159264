"""Derive src/cfanalysis/reference/panel_constants.csv from DfE's monthly referrals (table C6, 2013 to 2022).

    python benchmarks/derive_panel_constants.py                  # prints the file
    python benchmarks/derive_panel_constants.py --write          # and writes it
    python benchmarks/derive_panel_constants.py --until 2018-03  # from months up to one month only

Where the table lies: CFANALYSIS_SHARED (default ../shared beside the project).
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import COVID_MONTHS, covid_months
from cfanalysis.models import forecast
from cfanalysis.models.checked import check_series
from cfanalysis.models.core import Setting
from cfanalysis.models.pooling import pooled_constants
from cfanalysis.models.prior import FLOW_REVERTING, FLOW_SEASON, FLOW_WALK, Constants
from cfanalysis.signals.unusual.inputs import exposure

ROOT = Path(__file__).resolve().parents[1]
TABLE = "c6_children_in_need_referrals_by_month_2013_to_2022.csv"
OUTPUT = ROOT / "src" / "cfanalysis" / "reference" / "panel_constants.csv"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")

WIDTH = 0.92
"""Chosen so that 80 % intervals hold 80 % at origins from September 2015 to August 2019, some of which benchmarks are scored on
(docs/methods/forecasting.md)."""

LEAST = 0.0005
"""Weights below this are left out of the file."""

HEAD = """\
# What a panel of English authorities teaches about monthly flows. Made by benchmarks/derive_panel_constants.py; do not edit.
# Source: DfE, Characteristics of children in need, table C6, referrals by month, April 2012 to March 2022, authorities complete
# throughout. Crown copyright; Open Government Licence v3.0. Lockdown months (months.COVID_MONTHS) left out.
"""
LEGEND = """\
# lockdown: a, b = year and month; value = England's referrals per working day and season in logs, less the mean of the
# twelve months before it that were not lockdown.
# winter: a = year; value = how far January and February of the middle authority lay from what its December foretold, in
# logs (forecasts with the other constants of this file). winter_spread: how much wider single authorities strayed about it.
# profile: a = calendar month; value = referrals per working day, 1 = an average month.
# width: what the spread of forecast paths is multiplied by (future shifts are drawn apart).
# season: a = variance of the own season in units of the noise; value = mean posterior weight over the panel.
# dynamics: a = variance of the random walk, b = of the mean-reverting part, c = its memory from month to month; value = as for season.
"""


def shared_folder() -> Path:
    """The folder of public data."""
    return Path(os.environ.get("CFANALYSIS_SHARED", ROOT.parent / "shared")) / "data"


def referrals(level: str = "Local authority") -> pd.DataFrame:
    """Months x areas, as published; flags (c, x, z, ...) are missing."""
    raw = pd.read_csv(shared_folder() / "published" / TABLE, dtype=str, encoding="utf-8-sig")
    raw = raw[raw["geographic_level"] == level]
    name = {"Local authority": "la_name", "Regional": "region_name", "National": "country_name"}[level]
    long = raw.melt(["time_period", name], list(MONTHS), "calendar", "value")
    year = long["time_period"].astype(int)
    number = long["calendar"].map({month: at + 1 for at, month in enumerate(MONTHS)})
    long["month"] = pd.PeriodIndex.from_fields(year=np.where(number >= 4, year - 1, year), month=number, freq="M")
    wide = long.pivot_table(index="month", columns=name, values="value", aggfunc="first").sort_index()
    return wide.apply(pd.to_numeric, errors="coerce").rename_axis(columns=None)


def blank() -> Constants:
    """Nothing known: a flat profile and equal weights."""
    dynamics = tuple(((walk, var, rho), 1.0) for walk in FLOW_WALK for var, rho in FLOW_REVERTING)
    return Constants((1.0,) * 12, dynamics, tuple((var, 1.0) for var in FLOW_SEASON), WIDTH)


def derive(frame: pd.DataFrame) -> Constants:
    """The constants a panel of referrals teaches; a second round measures the season against the first."""
    complete = frame.loc[:, frame.notna().all()]
    members = [check_series(complete[name]) for name in complete]
    found = blank()
    for _ in range(2):
        found = pooled_constants(members, Setting("count", True, "reference", 12, (), found))
    return found


def derive_lockdown(found: Constants, last: pd.Period) -> Constants:
    """The same with what each lockdown month up to one took from England's referrals."""
    england = referrals("National").iloc[:, 0][:last]
    offered = exposure(england.index, calendar=True, profile=np.asarray(found.profile))
    logs = pd.Series(np.log(england.to_numpy() / offered), england.index)
    free = logs[~covid_months(logs.index)]
    took = [(str(month), float(logs[month] - free[: month - 1].tail(12).mean())) for month in COVID_MONTHS if month <= last]
    return replace(found, lockdown=tuple(took))


WINTERS = range(2014, 2023)


def derive_winters(found: Constants, frame: pd.DataFrame) -> Constants:
    """The same with what the winters of all authorities have had in common, as seen from each December."""
    seen = {year: _departures(frame, year) for year in WINTERS if pd.Period(f"{year}-02", "M") in frame.index}
    national = {year: float(table["away"].median()) for year, table in seen.items()}
    apart = [((table["away"] - national[year]) / table["spread"]).to_numpy() for year, table in seen.items()]
    spread = float(np.sqrt(np.mean(np.concatenate(apart) ** 2)))
    return replace(found, winters=tuple(national.items()), winter_spread=spread)


def _departures(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """By authority: how far January and February lay from what December foretold, in logs, and the spread foretold."""
    december = pd.Period(f"{year - 1}-12", freq="M")
    rows = {}
    for name in frame.columns[frame.notna().all() & (frame.min() > 0)]:
        logs = np.log(forecast(frame.loc[:december, name], 2, paths=1000).paths.mean(axis=1))
        came = float(np.log(frame.loc[december + 1 : december + 2, name].mean()))
        rows[name] = {"away": came - float(np.median(logs)), "spread": float(logs.std())}
    return pd.DataFrame(rows).T


def as_csv(found: Constants, count: int, last: pd.Period) -> str:
    """The reference file."""
    profile = [f"profile,{month},,,{found.profile[month - 1]:.4f}" for month in (*range(4, 13), *range(1, 4))]
    season = [f"season,{variance:g},,,{weight:.4f}" for variance, weight in found.season]
    dynamics = [f"dynamics,{w:g},{v:g},{r:g},{weight:.4f}" for (w, v, r), weight in found.dynamics if weight >= LEAST]
    lockdown = [f"lockdown,{month[:4]},{int(month[5:])},,{value:.4f}" for month, value in found.lockdown]
    winters = [f"winter,{year},,,{value:.4f}" for year, value in found.winters]
    winters += [f"winter_spread,,,,{found.winter_spread:.3f}"]
    head = HEAD + f"# {count} authorities, months to {last}.\n" + LEGEND
    return head + "\n".join(["part,a,b,c,value", *profile, f"width,,,,{found.width:g}", *season, *dynamics, *lockdown, *winters]) + "\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--until", default="", help="last month learnt from, for example 2018-03")
    options.add_argument("--write", action="store_true", help="write the reference file")
    chosen = options.parse_args()
    frame = referrals()
    frame = frame[: pd.Period(chosen.until, "M")] if chosen.until else frame
    found = derive_winters(derive_lockdown(derive(frame), frame.index[-1]), frame)
    text = as_csv(found, int(frame.notna().all().sum()), frame.index[-1])
    print(text)
    if chosen.write:
        OUTPUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
