"""Files to series at scale: ``python benchmarks/indicators.py [--children 100000] [--xlsx]``.

Writes a made-up Annex A (benchmarks/event_log.py, in a process of its own, not counted), reads it, merges it and works out every indicator
with every breakdown, printing seconds, CPU seconds and the peak of memory of each stage. The bar: 60 seconds and 2 GB for 100,000 children.

Beside it, on the same event log, a plain peer: pandas groupby for what happens in a month, a loop over months for what is open at its end,
a merge of referrals with themselves for re-referrals. What the peer counts must equal the series, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from cfanalysis import events, indicators, sources
from cfanalysis.events import EventLog
from cfanalysis.reference import read_yaml

FIRST, LAST = pd.Period("2016-04"), pd.Period("2024-03")
WINDOWS = {"annex_a_2020-09-30": 54, "annex_a_2024-03-31": 48}
POPULATION = pd.Series(range(50_000, 50_900, 100), index=range(2015, 2024))
SECONDS, GIGABYTES = 60, 2


def measured(stage: str, work: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What the work gives, and its row of the table; memory is watched every 10 ms."""
    process, peak, done = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    row = {"stage": stage, "seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    done.set()
    watcher.join()
    return result, row | {"peak GB": max(peak[0], process.memory_info().rss) / 1e9}


def read(folder: Path) -> list[sources.Extract]:
    return [sources.read_annex_a(path, window_months=WINDOWS[path.stem]) for path in sorted(folder.iterdir())]


def compute(log: EventLog) -> pd.DataFrame:
    return indicators.compute(log, authority="Benchmark", first=FIRST, last=LAST, population=POPULATION)


# ---- the peer

AGES = ["Unborn", "Under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over"]
FLOWS = {
    "contacts": ("contact", "date"), "early_help_started": ("early_help", "date"), "referrals": ("referral", "date"),
    "assessments_completed": ("assessment", "end_date"), "s47_started": ("s47", "date"), "icpcs": ("icpc", "date"),
    "cin_started": ("cin_episode", "date"), "cin_ended": ("cin_episode", "end_date"), "cp_started": ("cp_plan", "date"),
    "cp_ended": ("cp_plan", "end_date"), "cla_started": ("cla_period", "date"), "cla_ended": ("cla_period", "end_date"),
    "referrals_nfa": ("referral", "date"), "rereferrals": ("referral", "date"), "cp_subsequent": ("cp_plan", "date"),
}  # fmt: skip
STOCKS = {"cin_open": "cin_episode", "cp_open": "cp_plan", "cla_open": "cla_period"}


def peer(log: EventLog) -> dict[tuple[str, str], pd.Series]:
    """Numerators by (indicator, breakdown), the plain way, for 18 of the indicators and their breakdowns."""
    found: dict[tuple[str, str], pd.Series] = {}
    for name, (event, on) in FLOWS.items():
        rows = log.events[log.events["event"] == event]
        rows = rows[rows[on].notna()]
        if name == "rereferrals":
            rows = rows[referred_before(rows)]
        elif name in ("referrals_nfa", "cp_subsequent"):
            rows = rows[rows["outcome"] == ("nfa" if name == "referrals_nfa" else "subsequent")]
        month = rows[on].dt.to_period("M")
        found[name, "all"] = rows.groupby(month).size()
        for dimension in indicators.catalogue()[name].breakdowns:
            for category, size in rows.groupby(named(rows, dimension, rows[on])):
                found[name, f"{dimension}: {category}"] = size.groupby(month[size.index]).size()
    for name, event in STOCKS.items():
        found |= peer_stock(name, log.events[log.events["event"] == event])
    return found


def peer_stock(name: str, rows: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """What is open at each month's end, month by month."""
    open_: dict[tuple[str, str], dict[pd.Period, int]] = {}
    for month in pd.period_range(FIRST, LAST, freq="M"):
        last = month.to_timestamp(how="end").normalize()
        still = rows[(rows["date"] <= last) & (rows["end_date"].isna() | (rows["end_date"] > last))]
        open_.setdefault((name, "all"), {})[month] = len(still)
        for dimension in indicators.catalogue()[name].breakdowns:
            sizes = still.groupby(named(still, dimension, pd.Series(last, index=still.index))).size()
            for category, size in sizes.items():
                open_.setdefault((name, f"{dimension}: {category}"), {})[month] = size
    return {key: pd.Series(sizes.values(), index=pd.PeriodIndex(sizes, freq="M")) for key, sizes in open_.items()}


def referred_before(rows: pd.DataFrame) -> pd.Series:
    """Whether the child had a referral in the 12 months before: every pair of a child's referrals, kept where the gap is right."""
    short = rows[["child_id", "date"]].reset_index()
    pairs = short.merge(short, on="child_id", suffixes=("", "_before"))
    near = (pairs["date_before"] < pairs["date"]) & (pairs["date_before"] >= pairs["date"] - pd.DateOffset(months=12))
    return rows.index.isin(pairs.loc[near, "index"])


def named(rows: pd.DataFrame, dimension: str, on: pd.Series) -> pd.Series:
    """The category of each row."""
    if dimension == "age":
        born = rows["birth_date"]
        years = on.dt.year - born.dt.year - ((on.dt.month * 100 + on.dt.day) < (born.dt.month * 100 + born.dt.day))
        return pd.cut(years.where(on >= born, -1), [-2, -1, 0, 4, 9, 15, 200], labels=AGES).astype(str).mask(born.isna(), "Not recorded")
    if dimension in ("team", "area"):
        return rows[dimension].replace("", "Not recorded")
    event = rows["event"].iloc[0] if len(rows) else "referral"
    column, codes = {
        "source": ("source", "source"), "category": ("category", "abuse" if event == "cp_plan" else "need"),
        "reason": ("outcome", "closure" if event == "cin_episode" else "care_ended"),
    }[dimension]  # fmt: skip
    names = {str(code): about.get("group", about["names"][0]) for code, about in read_yaml("code_sets.yml")[codes]["codes"].items()}
    return rows[column].map(names | {"": "Unknown" if dimension == "source" else "Not recorded"})


def differences(series: pd.DataFrame, found: dict[tuple[str, str], pd.Series]) -> int:
    """Cells of the series, of those that are not missing, that the peer counts otherwise."""
    wrong = 0
    ours = series[series["indicator"].isin([*FLOWS, *STOCKS])].groupby(["indicator", "breakdown"])
    for key, rows in ours:
        known = rows[rows["numerator"].notna()].set_index("month")["numerator"]
        wrong += int((known != found.get(key, pd.Series(dtype=float)).reindex(known.index, fill_value=0)).sum())
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--xlsx", action="store_true", help="workbooks instead of CSV")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        writer = [sys.executable, str(Path(__file__).with_name("event_log.py")), folder, "--children", str(given.children)]
        print(subprocess.run([*writer, "--xlsx"] if given.xlsx else writer, check=True, capture_output=True, text=True).stdout)
        extracts, first = measured("read the files", lambda: read(Path(folder)))
        log, second = measured("merge the extracts", lambda: events.merge_extracts(extracts))
        series, third = measured("work out all indicators", lambda: compute(log))
    found, fourth = measured("peer, 18 indicators of the same log", lambda: peer(log))
    rows = pd.DataFrame([first, second, third])
    whole = {"stage": "files to series", **rows[["seconds", "cpu"]].sum(), "peak GB": rows["peak GB"].max()}
    wrong = differences(series, found)
    print(pd.DataFrame([first, second, third, whole, fourth]).round(2).to_string(index=False))
    size = f"{len(log.events):,} events, {len(series):,} cells of {series['indicator'].nunique()} indicators"
    print(f"\n{size}; {wrong} cells differ from the peer")
    if wrong or (given.children <= 100_000 and (whole["seconds"] > SECONDS or whole["peak GB"] > GIGABYTES)):
        raise SystemExit(f"want no difference, at most {SECONDS} s and {GIGABYTES} GB")


if __name__ == "__main__":
    main()
