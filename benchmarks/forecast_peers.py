"""AutoETS of statsforecast on the hospital and M3 sets and on long stocks, for benchmarks/forecast.py.

Run by itself in an environment of its own, because statsforecast pins pandas below 3:

    python -m venv peers && peers/bin/pip install statsforecast pyarrow
    peers/bin/python benchmarks/forecast_peers.py SHARED/data/forecasting OUTPUT.parquet

Writes one row a series and month ahead: set, id, h, mean, low80, high80, low95, high95.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from simulated_stocks import simulated

HORIZON = 12
M3_HISTORY = 60


def read_hospital(folder: Path) -> dict[str, np.ndarray]:
    """Histories, the last twelve months held back."""
    wide = pd.read_csv(folder / "hospital_monthly_wide.csv").set_index("month")
    return {name: wide[name].to_numpy(float)[:-HORIZON] for name in wide}


def read_m3(folder: Path) -> dict[str, np.ndarray]:
    """The last 60 months before the test of each monthly series."""
    long = pd.read_csv(folder / "m3_monthly_long.csv.gz")
    train = long[long["split"] == "train"].sort_values(["id", "t"])
    return {str(name): group["value"].to_numpy(float)[-M3_HISTORY:] for name, group in train.groupby("id")}


def people(folder: Path) -> dict[str, np.ndarray]:
    """The demographic series of M3, whole."""
    long = pd.read_csv(folder / "m3_monthly_long.csv.gz")
    kept = long[long["type"] == "DEMOGRAPHIC"].sort_values(["id", "t"])
    return {str(name): group["value"].to_numpy(float) for name, group in kept.groupby("id")}


def read_stocks(folder: Path) -> dict[str, dict[str, np.ndarray]]:
    """Long stocks, the last twelve months held back: simulated ones, and the demographic series of M3 with their whole history."""
    sets = {**simulated(), "M3 demographic": people(folder)}
    return {kind: {name: values[:-HORIZON] for name, values in series.items()} for kind, series in sets.items()}


def main(folder: Path, output: Path) -> None:
    from statsforecast.models import AutoETS

    rows = []
    for source, histories in (("hospital", read_hospital(folder)), ("m3", read_m3(folder)), *read_stocks(folder).items()):
        for name, history in histories.items():
            found = AutoETS(season_length=12).forecast(y=history, h=HORIZON, level=[80, 95])
            columns = {"mean": "mean", "low80": "lo-80", "high80": "hi-80", "low95": "lo-95", "high95": "hi-95"}
            rows.append(
                pd.DataFrame({"set": source, "id": name, "h": np.arange(1, HORIZON + 1), **{k: found[v] for k, v in columns.items()}})
            )
    pd.concat(rows, ignore_index=True).to_parquet(output, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
