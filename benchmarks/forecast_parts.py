"""The parts of benchmarks/forecast.py: each returns one Markdown table with a line on how to read it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from derive_panel_constants import derive, referrals, shared_folder
from forecast_peers import HORIZON, people, read_hospital, read_m3, read_stocks
from simulated_stocks import simulated

import cfanalysis as cf
from cfanalysis.models.checked import check_series
from cfanalysis.models.finishing import finish
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.pooling import learn_together

QUANTILES = np.array([0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975])
OURS = "cfanalysis"
Paths = dict[str, np.ndarray]


def markdown(rows: list[dict[str, object]]) -> str:
    """Rows as a Markdown table."""
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(str(row[key]) for key in head) + " |" for row in rows)])


def score(quantiles: np.ndarray, observed: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
    """Per forecast: MASE, scaled weighted quantile loss, coverage. ``quantiles`` forecasts x months x QUANTILES."""
    apart = observed[..., None] - quantiles
    weights = np.gradient(QUANTILES) / np.gradient(QUANTILES).sum()
    loss = 2 * (np.maximum(QUANTILES * apart, (QUANTILES - 1) * apart) @ weights)
    return {
        "mase": (np.abs(observed - quantiles[..., 5]) / scale[:, None]).mean(1),
        "scrps": (loss / scale[:, None]).mean(1),
        "c80": ((observed >= quantiles[..., 1]) & (observed <= quantiles[..., -2])).mean(1),
        "c95": ((observed >= quantiles[..., 0]) & (observed <= quantiles[..., -1])).mean(1),
    }


def naive_scale(history: np.ndarray) -> float:
    return float(np.mean(np.abs(history[12:] - history[:-12])))


def read_peers(history: str, limit: int) -> tuple[pd.DataFrame, list[str]]:
    """Stored quantiles of the peers, and the authorities they were made for."""
    peers = pd.read_parquet(shared_folder() / "forecasting" / "c6_peers.parquet")
    peers = peers[peers["history"] == history]
    names = sorted(peers["authority"].unique())
    return peers, names[:limit] if limit else names


def compare(history: str, limit: int, forecaster: Callable[[pd.DataFrame], Paths]) -> tuple[str, list[dict[str, object]]]:
    """Our forecasts beside the stored peers: a line of summary and a row a method."""
    peers, names = read_peers(history, limit)
    frame = referrals()[names]
    keys, ours, observed, scale, totals, failures, cpu = [], [], [], [], [], 0, 0.0
    for origin in sorted(peers["origin"].unique()):
        past = frame[: pd.Period(origin, "M")]
        past = past if history == "all" else past[-int(history) :]
        start = time.process_time()
        found = forecaster(past)
        cpu += time.process_time() - start
        for name in names:
            paths = found[name]
            failures += paths.shape[1] != HORIZON or not bool(np.isfinite(paths).all())
            keys.append((origin, name))
            ours.append(np.quantile(paths, QUANTILES, axis=0).T)
            totals.append(np.quantile(paths.sum(1), [0.025, 0.1, 0.9, 0.975]))
            observed.append(frame[name][pd.Period(origin, "M") + 1 :].to_numpy()[:HORIZON])
            scale.append(naive_scale(past[name].to_numpy()))
    y, s, t = np.array(observed), np.array(scale), np.array(totals)
    origin_of = np.array([key[0] for key in keys])
    mine = score(np.array(ours), y, s)
    rows = [_row(OURS, mine, mine, origin_of)]
    columns = [f"q{q:g}" for q in QUANTILES]
    for method, group in peers.groupby("method", sort=False):
        values = group.set_index(["origin", "authority", "h"])[columns].sort_index()
        theirs = score(np.maximum(np.array([values.loc[key].to_numpy() for key in keys]), 0), y, s)
        rows.append(_row(str(method), mine, theirs, origin_of))
    year = y.sum(1)
    least = [min(mine[c][origin_of == origin].mean() for origin in set(origin_of)) for c in ("c80", "c95")]
    summary = (
        f"{len(names)} authorities, origins {', '.join(sorted(set(origin_of)))}; {failures} failures; "
        f"{1e3 * cpu / len(keys):.1f} ms CPU a forecast. "
        f"Least coverage at any origin {least[0]:.3f} / {least[1]:.3f}. Twelve-month totals covered "
        f"{np.mean((year >= t[:, 1]) & (year <= t[:, 2])):.3f} / {np.mean((year >= t[:, 0]) & (year <= t[:, 3])):.3f}."
    )
    return summary, rows


def _row(method: str, mine: dict[str, np.ndarray], theirs: dict[str, np.ndarray], origin_of: np.ndarray) -> dict[str, object]:
    own = method == OURS
    won = [mine["mase"][origin_of == origin].mean() < theirs["mase"][origin_of == origin].mean() for origin in sorted(set(origin_of))]
    return {
        "method": method,
        "MASE": f"{theirs['mase'].mean():.3f}",
        "sCRPS": f"{theirs['scrps'].mean():.3f}",
        "covers 80 %": f"{theirs['c80'].mean():.3f}",
        "covers 95 %": f"{theirs['c95'].mean():.3f}",
        "MASE ours / theirs": "" if own else f"{mine['mase'].mean() / theirs['mase'].mean():.3f}",
        "sCRPS ours / theirs": "" if own else f"{mine['scrps'].mean() / theirs['scrps'].mean():.3f}",
        "origins won": "" if own else f"{sum(won)} of {len(won)}",
    }


def forecast_shipped(past: pd.DataFrame) -> Paths:
    """The public call."""
    return {name: found.paths for name, found in cf.forecast_panel(past, HORIZON).items()}


def forecast_honest(past: pd.DataFrame) -> Paths:
    """As the public call, with constants derived from months up to the origin alone, over the whole table."""
    constants = derive(referrals()[: past.index[-1]])
    setting = replace(make_setting("count", True, "reference", HORIZON, None), constants=constants)
    fits = learn_together([check_series(past[name]) for name in past], setting)
    return {one.members[at].name: finish(one, at, 2000, 0).paths for one in fits for at in range(len(one.members))}


def referrals_part(history: str, limit: int) -> str:
    summary, rows = compare(history, limit, forecast_shipped)
    return f"{summary}\n\n{markdown(rows)}"


def honest_part(limit: int) -> str:
    """Both histories, ours beside a few peers."""
    blocks = []
    for history in ("all", "48"):
        summary, rows = compare(history, limit, forecast_honest)
        kept = [row for row in rows if row["method"] in (OURS, "AutoETS", "SCUM median") or str(row["method"]).startswith("six")]
        blocks.append(f"History {history}: {summary}\n\n{markdown(kept)}")
    return "\n\n".join(blocks)


def totals_part() -> str:
    """England and nine regions at six origins: the total's own forecast, and the sum of its authorities' forecasts as if independent."""
    areas = pd.concat([referrals("National"), referrals("Regional")], axis=1)
    ratios, inside, years = [], [], []
    for origin in pd.PeriodIndex(["2016-03", "2016-09", "2017-03", "2017-09", "2018-03", "2018-09", "2019-02", "2021-03"], freq="M"):
        past, future = areas[:origin], areas[origin + 1 : origin + HORIZON]
        for name in areas:
            found = cf.forecast(past[name], HORIZON)
            y, band = future[name].to_numpy(), found.interval(0.8)
            wide, total = found.interval(0.95), found.total(HORIZON)
            low, high = total.interval(0.8)
            ratios.append(np.mean(np.abs(y - found.median)) / naive_scale(past[name].to_numpy()))
            inside.append([((y >= each["low"]) & (y <= each["high"])).mean() for each in (band, wide)])
            years.append(low <= y.sum() <= high)
    covers = np.mean(inside, axis=0)
    row = {
        "areas x origins": len(ratios), "MASE": f"{np.mean(ratios):.3f}", "covers 80 %": f"{covers[0]:.3f}",
        "covers 95 %": f"{covers[1]:.3f}", "12-month total in 80 %": f"{np.mean(years):.3f}",
    }  # fmt: skip
    return markdown([row])


def january_part(limit: int) -> str:
    """The event a panel is told of: probability from the December before, 2015 to 2020, scored by Brier."""
    frame = referrals()
    frame = frame.loc[:, frame.notna().all()]
    frame = frame.iloc[:, :limit] if limit else frame
    happened = {year: _fell(frame, year) for year in range(2013, 2021)}
    england = {year: float(_fell(referrals("National"), year).iloc[0]) for year in range(2013, 2021)}
    said, came, past_share, past_england = [], [], [], []
    for year in range(2015, 2021):
        past = frame[: pd.Period(f"{year - 1}-12", "M")]
        autumn = past.iloc[-3:].mean()
        for name, found in cf.forecast_panel(past, 2).items():
            said.append(float((found.paths.mean(axis=1) < autumn[name]).mean()))
            came.append(float(happened[year][name]))
        earlier = range(2013, year)
        past_share += [float(np.mean([happened[each].mean() for each in earlier]))] * frame.shape[1]
        past_england += [float(np.mean([england[each] for each in earlier]))] * frame.shape[1]
    p, y = np.array(said), np.array(came)
    brier = {"this forecast": p, "base rate, known afterwards": np.full_like(y, y.mean())}
    brier |= {"share of authorities in earlier years": np.array(past_share), "England's own earlier years": np.array(past_england)}
    scores = [{"said": key, "Brier": f"{np.mean((value - y) ** 2):.4f}"} for key, value in brier.items()]
    cells = pd.cut(p, np.linspace(0, 1, 11))
    table = pd.DataFrame({"p": p, "y": y}).groupby(cells, observed=True).agg(said=("p", "mean"), came=("y", "mean"), n=("y", "size"))
    reliability = [{"said": f"{row.said:.2f}", "came true": f"{row.came:.2f}", "authority-years": int(row.n)} for row in table.itertuples()]
    return f"{len(y)} authority-years; it happened in {y.mean():.2f}.\n\n{markdown(scores)}\n\nReliability:\n\n{markdown(reliability)}"


def _fell(frame: pd.DataFrame, year: int) -> pd.Series:
    """Whether the mean of January and February lay below the mean of the October to December before."""
    return frame.loc[f"{year}-01" : f"{year}-02"].mean() < frame.loc[f"{year - 1}-10" : f"{year - 1}-12"].mean()


def elsewhere_part(peers: Path | None, limit: int) -> str:
    """Hospital (flow) and M3 (stock) beside AutoETS, each series forecast by itself."""
    if peers is None:
        return NO_PEERS
    folder = shared_folder() / "forecasting"
    wide = pd.read_csv(folder / "hospital_monthly_wide.csv").set_index("month")
    m3 = pd.read_csv(folder / "m3_monthly_long.csv.gz")
    tests = {str(name): group.sort_values("t")["value"].to_numpy()[:HORIZON] for name, group in m3[m3["split"] != "train"].groupby("id")}
    sets = [
        ("hospital", "count", read_hospital(folder), {name: wide[name].to_numpy(float)[-HORIZON:] for name in wide}),
        ("m3", "stock", read_m3(folder), tests),
    ]
    return _beside_autoets(sets, pd.read_parquet(peers), limit)


NO_PEERS = "Skipped: no AutoETS forecasts at hand (--peer-python or --peers; see benchmarks/forecast_peers.py)."


def stocks_part(peers: Path | None, limit: int) -> str:
    """Long smooth stocks beside AutoETS: simulated ones of thousands of children, and M3's demographic series with their whole history."""
    if peers is None:
        return NO_PEERS
    folder = shared_folder() / "forecasting"
    whole = {**simulated(), "M3 demographic": people(folder)}
    truth = {kind: {name: values[-HORIZON:] for name, values in series.items()} for kind, series in whole.items()}
    return _beside_autoets(
        [(kind, "stock", histories, truth[kind]) for kind, histories in read_stocks(folder).items()], pd.read_parquet(peers), limit
    )


Held = tuple[str, str, dict[str, np.ndarray], dict[str, np.ndarray]]
"""A set's name, the kind of its series, their histories and what came after."""


def _beside_autoets(sets: list[Held], stored: pd.DataFrame, limit: int) -> str:
    rows = []
    for source, kind, histories, truth in sets:
        names = [name for name in histories if naive_scale(histories[name]) > 0][: limit or None]
        y, s = np.array([truth[name] for name in names]), np.array([naive_scale(histories[name]) for name in names])
        start = time.process_time()
        mine = score(np.array([_quantiles(histories[name], kind) for name in names]), y, s)
        cpu = time.process_time() - start
        theirs = stored[stored["set"] == source].set_index(["id", "h"]).sort_index()
        bands = np.array([theirs.loc[name][["mean", "low80", "high80", "low95", "high95"]].to_numpy() for name in names])
        error = (np.abs(bands[..., 0] - y) / s[:, None]).mean()
        rows += [
            _elsewhere_row(source, f"{OURS} ({kind})", len(names), mine["mase"].mean(), mine["c80"].mean(), mine["c95"].mean())
            | {"MASE ours / theirs": "", "ms CPU": f"{1e3 * cpu / len(names):.1f}"},
            _elsewhere_row(source, "AutoETS", len(names), error, _inside(y, bands, 1), _inside(y, bands, 3))
            | {"MASE ours / theirs": f"{mine['mase'].mean() / error:.3f}", "ms CPU": ""},
        ]
    return markdown(rows)


def _inside(observed: np.ndarray, bands: np.ndarray, low: int) -> float:
    return float(((observed >= bands[..., low]) & (observed <= bands[..., low + 1])).mean())


def _elsewhere_row(source: str, method: str, count: int, mase: float, c80: float, c95: float) -> dict[str, object]:
    return {
        "set": source,
        "series": count,
        "method": method,
        "MASE": f"{mase:.3f}",
        "covers 80 %": f"{c80:.3f}",
        "covers 95 %": f"{c95:.3f}",
    }


def _quantiles(history: np.ndarray, kind: str) -> np.ndarray:
    series = pd.Series(history, index=pd.period_range(end="2010-12", periods=len(history), freq="M"))
    paths = cf.forecast(series, HORIZON, kind=kind, calendar=False, season="own", missing="none").paths
    return np.quantile(paths, QUANTILES, axis=0).T


COLD = """
import os, time, resource
import numpy as np, pandas as pd
import cfanalysis as cf
from cfanalysis import forecast, forecast_panel
months = pd.period_range("2014-04", periods=96, freq="M")
rng = np.random.default_rng(0)
start = time.process_time(); forecast(pd.Series(rng.poisson(300.0, 96), index=months)); cold = time.process_time() - start
start = time.process_time(); forecast(pd.Series(rng.poisson(300.0, 96), index=months)); warm = time.process_time() - start
frame = pd.DataFrame(rng.poisson(200.0, (96, 1800)), index=months, columns=[str(k) for k in range(1800)])
start = time.process_time(); forecast_panel(frame); panel = time.process_time() - start
print(cold, warm, panel / 1800, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def speed_part() -> str:
    """A fresh interpreter: the first forecast after import, the next one, and 1,800 series at once."""
    found = subprocess.run([sys.executable, "-c", COLD], check=True, capture_output=True, text=True).stdout.split()
    cold, warm, each, memory = (float(value) for value in found)
    row = {
        "first forecast after import": f"{1e3 * cold:.0f} ms CPU", "next": f"{1e3 * warm:.0f} ms CPU",
        "1,800 series at once": f"{1e3 * each:.1f} ms CPU each", "most memory": f"{memory:.0f} MB",
    }  # fmt: skip
    return markdown([row])
