"""Farrington beside R's surveillance: rows of the reference outputs that are matched, and time for the same work.

    python benchmarks/farrington.py                # every series; R is asked only if Rscript and the package surveillance are installed
    python benchmarks/farrington.py --limit 4      # the first series of each file only

The reference outputs lie in CFANALYSIS_SPIKES_DATA (default: data/spikes of CFANALYSIS_SHARED, which is ../shared beside the project).
Debian: apt-get install r-cran-surveillance. Times are processor time, best of three for ours; R's own start and the loading of its
package are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.signals.classic.farrington import farrington

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("CFANALYSIS_SHARED", ROOT.parent / "shared"))
SPIKES = Path(os.environ.get("CFANALYSIS_SPIKES_DATA", SHARED / "data" / "spikes"))

METHODS = {"delta": "delta", "nbPlugin": "nb_plugin", "muan": "muan"}
NUMBERS = {"expected": "mu", "phi": "phi", "se": "pred_se", "lower": "lower", "upper": "upper", "upper_raw": "upper_raw"}
DECISIONS = {"alarm": "alarm", "low_alarm": "low_alarm", "trend": "trend_kept", "n": "n_base"}

R_SCRIPT = """
arguments <- commandArgs(TRUE)
suppressMessages(library(surveillance))
values <- read.csv(arguments[1], stringsAsFactors = FALSE)
settings <- read.csv(arguments[2], stringsAsFactors = FALSE)
for (i in seq_len(nrow(settings))) {
  s <- settings[i, ]
  rows <- values[values$series == s$series, ]
  counts <- matrix(rows$y); people <- matrix(rows$pop)
  known <- !is.na(rows$date[1]) && rows$date[1] != ""
  data <- if (known) sts(counts, frequency = rows$freq[1], epoch = as.Date(rows$date), population = people)
          else sts(counts, frequency = rows$freq[1], start = c(2000, 1), population = people)
  control <- list(b = s$b, w = s$w, noPeriods = s$noPeriods, pastWeeksNotIncluded = s$pastWeeksNotIncluded, reweight = s$reweight,
    weightsThreshold = s$weightsThreshold, trend = s$trend, pThresholdTrend = s$pThresholdTrend, thresholdMethod = s$thresholdMethod,
    powertrans = s$powertrans, alpha = s$alpha, limit54 = c(s$limit_cases, s$limit_periods), populationOffset = s$populationOffset,
    glmWarnings = FALSE)
  begun <- sum(proc.time()[1:2])
  found <- suppressWarnings(farringtonFlexible(data, control))
  cat(s$series, s$config, sum(proc.time()[1:2]) - begun, sep = ",")
  cat("\\n")
}
"""

DEFAULTS: dict[str, Any] = {
    "b": 5, "w": 3, "noPeriods": 1, "reweight": True, "weightsThreshold": 2.58, "trend": True, "pThresholdTrend": 0.05,
    "thresholdMethod": "delta", "powertrans": "2/3", "alpha": 0.05, "limit54": [5, 4], "populationOffset": False,
}  # fmt: skip


def configurations() -> dict[str, dict[str, Any]]:
    """Every configuration with R's names and defaults filled in."""
    kinds = json.loads((SPIKES / "configs.json").read_text())
    found = {name: {**DEFAULTS, **options} for kind in kinds.values() for name, options in kind.items()}
    for options in found.values():
        options.setdefault("pastWeeksNotIncluded", options["w"])
    return found


def ours(options: dict[str, Any]) -> dict[str, Any]:
    """The same configuration in the names of cf.farrington."""
    plain = {name: value for name, value in options.items() if name != "populationOffset"}
    named = {"powertrans": "power"}
    found = {named.get(name) or re.sub("([A-Z])", lambda part: "_" + part[1].lower(), name): value for name, value in plain.items()}
    return {**found, "threshold_method": METHODS[options["thresholdMethod"]], "limit54": tuple(options["limit54"])}


def inputs(rows: pd.DataFrame) -> tuple[pd.Series, dict[str, Any]]:
    """A series and what cf.farrington must be told about it."""
    freq = int(rows["freq"].iloc[0])
    if rows["date"].isna().any():
        return pd.Series(rows["y"].to_numpy(dtype=float)), {"freq": freq}
    dates = pd.DatetimeIndex(rows["date"])
    return pd.Series(rows["y"].to_numpy(dtype=float), index=dates.to_period("M") if freq == 12 else dates), {}


def jobs(limit: int) -> pd.DataFrame:
    """Every file, series and configuration there is a reference for."""
    found = []
    for source in ("real", "sim", "la"):
        if (SPIKES / f"{source}_ff.csv").is_file():
            rows = pd.read_csv(SPIKES / f"{source}_ff.csv", usecols=["series", "config"]).drop_duplicates()
            keep = rows["series"].unique()[: limit or None]
            found.append(rows[rows["series"].isin(keep)].assign(source=source))
    return pd.concat(found, ignore_index=True)


def run(job: Any, series: pd.DataFrame, variant: str) -> pd.DataFrame:
    options = configurations()[job.config]
    values, told = inputs(series)
    population = series["pop"].to_numpy(dtype=float) if options["populationOffset"] else None
    return farrington(values, population=population, variant="upstream" if variant == "upstream" else "corrected", **told, **ours(options))


def matched(found: pd.DataFrame, wanted: pd.DataFrame) -> np.ndarray:
    """Rows of the reference in which every number is within 1e-6 and every decision equal."""
    rows = found.iloc[wanted["t"].to_numpy() - 1]
    same = np.ones(len(wanted), dtype=bool)
    for mine, theirs in {**NUMBERS, **DECISIONS}.items():
        tolerance = 0 if mine in DECISIONS else 1e-6
        same &= np.isclose(rows[mine].to_numpy(dtype=float), wanted[theirs].to_numpy(dtype=float), rtol=tolerance, atol=0, equal_nan=True)
    return same


def our_time(job: Any, series: pd.DataFrame, repeats: int = 3) -> float:
    spent = []
    for _ in range(repeats):
        begun = time.process_time()
        run(job, series, "upstream")
        spent.append(time.process_time() - begun)
    return min(spent)


def r_times(work: pd.DataFrame, series: dict[tuple[str, str], pd.DataFrame]) -> dict[tuple[str, str], float]:
    """Seconds that R takes for each series and configuration; empty where R or its package is not there."""
    rscript = shutil.which("Rscript")
    if not rscript or subprocess.run([rscript, "-e", "library(surveillance)"], capture_output=True, check=False).returncode:
        print("R's surveillance is not installed (Debian: r-cran-surveillance); only our own time is given.")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        script, values, settings = (Path(folder) / name for name in ("run.R", "values.csv", "settings.csv"))
        script.write_text(R_SCRIPT)
        pd.concat(series.values()).drop_duplicates(["series", "t"]).to_csv(values, index=False, na_rep="NA")
        rows = [{"series": job.series, "config": job.config, **configurations()[job.config]} for job in work.itertuples()]
        table = pd.DataFrame(rows)
        table["limit_cases"], table["limit_periods"] = table["limit54"].str[0], table["limit54"].str[1]
        table.drop(columns="limit54").to_csv(settings, index=False)
        spoken = subprocess.run([rscript, str(script), str(values), str(settings)], capture_output=True, text=True, check=True).stdout
    return {(name, config): float(seconds) for name, config, seconds in (line.split(",") for line in spoken.split())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=0, help="so many series of each file")
    limit = parser.parse_args().limit
    if not SPIKES.is_dir():
        print(f"The reference outputs are not at hand: {SPIKES}")
        return
    work = jobs(limit)
    sources = {source: pd.read_csv(SPIKES / f"{source}_series.csv") for source in work["source"].unique()}
    series = {(job.source, job.series): sources[job.source].query("series == @job.series") for job in work.itertuples()}
    reference = {source: pd.read_csv(SPIKES / f"{source}_ff.csv") for source in sources}
    theirs = r_times(work, series)
    lines = []
    for job in work.itertuples():
        rows = reference[job.source].query("series == @job.series and config == @job.config")
        for variant, wanted in rows.groupby("variant"):
            same = matched(run(job, series[job.source, job.series], str(variant)), wanted)
            lines.append({"source": job.source, "variant": variant, "rows": len(same), "matched": int(same.sum())})
    print(pd.DataFrame(lines).groupby(["source", "variant"]).sum().to_string(), "\n")
    work["ours_ms"] = [1e3 * our_time(job, series[job.source, job.series]) for job in work.itertuples()]
    work["r_ms"] = [1e3 * theirs.get((job.series, job.config), np.nan) for job in work.itertuples()]
    work["times_faster"] = work["r_ms"] / work["ours_ms"]
    summary = work.groupby(["source", "config"]).agg(series=("series", "size"), ours_ms=("ours_ms", "mean"), r_ms=("r_ms", "mean"))
    summary["times_faster"] = summary["r_ms"] / summary["ours_ms"]
    print(summary.round(1).to_string())
    print(f"in all: ours {work['ours_ms'].sum() / 1e3:.2f} s, R {work['r_ms'].sum() / 1e3:.1f} s")
    low, middle, high = work["times_faster"].quantile([0, 0.5, 1])
    print(f"a series: {low:.0f} to {high:.0f} times faster, median {middle:.0f}")


if __name__ == "__main__":
    main()
