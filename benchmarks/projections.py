"""Projections and stocks, measured: January and February, stock-flow intervals, causes, smooth stocks. Prints one table for each.

    python benchmarks/projections.py                         # everything (about ten minutes on one core)
    python benchmarks/projections.py --only decembers        # or claims, stock, others, causes, smooth
    python benchmarks/projections.py --limit 20              # fewer authorities and seeds

Where the public tables lie: CFANALYSIS_SHARED (default ../shared beside the project).
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
from derive_panel_constants import referrals, shared_folder
from stock_flow_truth import KINDS, OTHERS, Planted, Truth, history, recorded, smooth_stock

from cfanalysis.judging.projections import judge
from cfanalysis.models import forecast, forecast_panel, forecast_stock
from cfanalysis.models.attribution import why_changed
from cfanalysis.reference.working_days import working_days
from cfanalysis.registers.entries import Projection

DECEMBERS = range(2014, 2020)
HORIZON = 12


def complete(limit: int) -> pd.DataFrame:
    """Months x authorities with a value in every month."""
    frame = referrals().dropna(axis=1)
    return frame.iloc[:, :limit]


def decembers(limit: int) -> pd.DataFrame:
    """One row an authority and a December: probabilities of a fall, tail of what came, what came."""
    frame, rows = complete(limit), []
    for year in DECEMBERS:
        origin = pd.Period(f"{year}-12", freq="M")
        winter = pd.period_range(origin + 1, origin + 2, freq="M")
        autumn = pd.period_range(origin - 2, origin, freq="M")
        per_day = working_days(autumn).mean() / working_days(winter).mean()
        ahead = forecast_panel(frame[:origin], 2)
        for name, future in ahead.items():
            before, came, paths = frame.loc[autumn, name].mean(), frame.loc[winter, name].mean(), future.paths.mean(axis=1)
            rows.append((year, name, float(np.mean(paths < before)), float(came < before), float(np.mean(paths * per_day < before)),
                         float(came * per_day < before), float(np.mean(paths < came) + 0.5 * np.mean(paths == came))))  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "authority", "p_raw", "raw", "p_per_day", "per_day", "tail"])


def tell_decembers(limit: int) -> None:
    found = decembers(limit)
    print(
        f"January and February after {len(found)} Decembers ({found['authority'].nunique()} authorities, {DECEMBERS[0]} to {DECEMBERS[-1]})"
    )
    table = pd.DataFrame(
        {
            "further than expected at 10 %": found.groupby("year")["tail"].apply(lambda tail: (tail < 0.10).mean()),
            "at 2.5 %": found.groupby("year")["tail"].apply(lambda tail: (tail < 0.025).mean()),
        }
    )
    table.loc["all"] = [(found["tail"] < 0.10).mean(), (found["tail"] < 0.025).mean()]
    print(table.map("{:.1%}".format).to_string(), "\n")
    print("Brier score of the probability of a fall, beside always saying the base rate")
    for way in ("raw", "per_day"):
        score, rate = float(((found[f"p_{way}"] - found[way]) ** 2).mean()), float(found[way].mean())
        earlier = _earlier_rate(found, way)
        print(f"  {way:8s} {score:.4f}   base rate {rate:.2f}: {rate * (1 - rate):.4f}   rate of earlier years: {earlier:.4f}")
    print("\nReliability (raw): where it said, it came")
    bins = (found["p_raw"] * 5).clip(upper=4.999).astype(int)
    shown = found.groupby(bins).agg(said=("p_raw", "mean"), came=("raw", "mean"), cases=("raw", "size"))
    print(shown.map("{:.2f}".format).rename_axis("fifth").to_string(), "\n")


def _earlier_rate(found: pd.DataFrame, way: str) -> float:
    """Brier score of what an analyst could have said each year: the share of falls in the years before (the first year: one half)."""
    losses: list[float] = []
    for year, rows in found.groupby("year"):
        before = found.loc[found["year"] < year, way]
        losses += list((rows[way] - (before.mean() if len(before) else 0.5)) ** 2)
    return float(np.mean(losses))


CLAIMS = ("2014-06-15", "2015-11-15", "2017-03-15", "2018-09-15")
"""Days on which nobody said anything: claims of a fall, and of a rise, in the third and fourth month after."""


def tell_claims(limit: int) -> None:
    """Verdicts on claims that nobody made: how often luck alone is called met."""
    frame, rows = complete(limit), []
    for said_on in CLAIMS:
        first = pd.Period(said_on, freq="M") + 2
        for name in frame.columns:
            for direction in ("down", "up"):
                claim = Projection(id="none", said_on=said_on, where="nowhere", who="nobody", indicator="referrals", direction=direction,
                                   window={"from": str(first), "to": str(first + 1)}, reason="none", source="none")  # fmt: skip
                rows.append((direction, judge(claim, frame.loc[: first + 1, name], paths=500).verdict))
    found = pd.DataFrame(rows, columns=["claimed", "verdict"])
    print(f"Verdicts on {len(found)} claims that nobody made ({len(CLAIMS)} days, {frame.shape[1]} authorities)")
    print(pd.crosstab(found["claimed"], found["verdict"], normalize="index", margins=True).map("{:.1%}".format).to_string(), "\n")


def tell_stock(seeds: int) -> None:
    """Open stock on the kinds that the model's constants were chosen on."""
    _tell_stock(KINDS, seeds)


def tell_others(seeds: int) -> None:
    """Open stock on kinds that nothing was chosen on, with other seeds; together only, which is quick enough for many seeds."""
    _tell_stock(OTHERS, seeds, compare=False)


def _tell_stock(kinds: Mapping[str, Truth], seeds: int, *, compare: bool = True) -> None:
    """Coverage and error of open stock: stock and flow together, the stock by itself, and starts and ends that know of neither."""
    rows = []
    for kind, truth in kinds.items():
        for seed in range(seeds):
            rows += [{"kind": kind, **row} for row in _stock_case(truth, seed if compare else OTHER_SEEDS + seed, compare)]
    found = pd.DataFrame(rows)
    by_kind = found.groupby(["kind", "way"], sort=False)[["in80", "in95", "error", "interval_score"]].mean()
    overall = found.groupby("way", sort=False)[["in80", "in95", "error", "interval_score"]].mean()
    overall.index = pd.MultiIndex.from_product([["all"], overall.index])
    print(f"Open stock one to {HORIZON} months ahead, {seeds} seeds a kind (error: mean absolute, children)")
    print(pd.concat([by_kind, overall]).round(3).to_string())
    months = found[found["way"] == "together"].groupby("month")[["in80", "in95"]].mean()
    print("\nTogether, by months ahead\n" + months.round(3).T.to_string(), "\n")


OTHER_SEEDS = 5000


def _stock_case(truth: Truth, seed: int, compare: bool = True) -> list[dict[str, object]]:
    stock, starts, ends = history(truth, seed, HORIZON)
    known = [series.iloc[:-HORIZON] for series in (stock, starts, ends)]
    known[0], known[2] = recorded(truth, known[0], known[2])
    late = len(truth.late)  # nothing is learnt from months whose closures are not all written down
    settled = [series.iloc[: len(series) - late] for series in known]
    together = forecast_stock(*settled, HORIZON + late, missing="none")
    before = np.column_stack([np.full(len(together.stock.paths), together.draws.opening), together.stock.paths[:, :-1]])
    made = before + together.starts.paths - together.ends.paths + together.draws.difference
    assert (made == together.stock.paths).all(), "the identity is broken"
    ways = {"together": together.stock.paths}
    if compare:
        ways |= _separately(settled, late)
    ways = {way: paths[:, late:] for way, paths in ways.items()}
    if late:
        ways["together, unsettled months believed"] = forecast_stock(*known, HORIZON, missing="none").stock.paths
    truth_ahead = stock.to_numpy()[-HORIZON:]
    return [row for way, paths in ways.items() for row in _scored(way, paths, truth_ahead)]


def _separately(settled: list[pd.Series], late: int) -> dict[str, np.ndarray]:
    flows = [forecast(series, HORIZON + late, season="own", missing="none", seed=seed) for seed, series in enumerate(settled[1:])]
    apart = settled[0].iloc[-1] + np.cumsum(flows[0].paths - flows[1].paths, axis=1)
    return {"stock by itself": forecast(settled[0], HORIZON + late, kind="stock").paths, "starts and ends apart": apart}


def _scored(way: str, paths: np.ndarray, came: np.ndarray) -> list[dict[str, object]]:
    low, middle, high, low95, high95 = np.quantile(paths, [0.1, 0.5, 0.9, 0.025, 0.975], axis=0)
    score = high - low + 10 * np.maximum(low - came, 0) + 10 * np.maximum(came - high, 0)
    within, wide = (low <= came) & (came <= high), (low95 <= came) & (came <= high95)
    columns = {"in80": within, "in95": wide, "error": np.abs(middle - came), "interval_score": score}
    return [{"way": way, "month": at + 1, **{name: each[at] for name, each in columns.items()}} for at in range(len(came))]


CHANGES = {
    "fewer starts": {"starts": -0.25},
    "more starts": {"starts": 0.25},
    "more closures": {"closures": 0.25},
    "fewer closures": {"closures": -0.25},
    "nothing": {},
}


def tell_causes(seeds: int) -> None:
    """What a change of a quarter, planted in the last year, is put down to."""
    truths = {name: KINDS[name] for name in ("levels revert", "close by age")}
    rows = []
    for kind, truth in truths.items():
        for planted, change in CHANGES.items():
            for seed in range(seeds):
                series = history(truth, 1000 + seed, 12, Planted(truth.known, **change))
                rows.append((kind, planted, why_changed(*series, series[0].index[truth.known], paths=500, missing="none").cause))
    found = pd.DataFrame(rows, columns=["kind", "planted", "said"])
    print(f"Why the number moved: planted (down) and said (across), shares of {seeds} seeds a kind")
    print(pd.crosstab([found["kind"], found["planted"]], found["said"], normalize="index").round(2).to_string(), "\n")


def tell_smooth(seeds: int) -> None:
    """Long smooth stocks beside exponential smoothing chosen by AICc (statsmodels)."""
    rows = [{"series": f"simulated {seed}", **_smooth_case(smooth_stock(seed))} for seed in range(seeds)]
    found = pd.DataFrame(rows)
    print(f"Long smooth stocks, {seeds} simulated: mean absolute scaled error over {HORIZON} months")
    print(_beside(found))
    kept = [{"series": name, **_smooth_case(series)} for name, series in m3_population(seeds)]
    if kept:
        print(f"\nM3 demographic monthly series, {len(kept)} of the smoothest (month on month against year on year)")
        print(_beside(pd.DataFrame(kept)), "\n")


def _beside(found: pd.DataFrame) -> str:
    ours, theirs = found["ours"].mean(), found["AutoETS"].mean()
    wins = (found["ours"] < found["AutoETS"]).mean()
    return f"  ours {ours:.3f}   AutoETS {theirs:.3f}   ours against AutoETS {ours / theirs - 1:+.1%}   lower in {wins:.0%} of series"


def m3_population(limit: int) -> list[tuple[str, pd.Series]]:
    """The smoothest of the demographic monthly series of the M3 competition, nine years and longer."""
    path = shared_folder() / "forecasting" / "m3_monthly_long.csv.gz"
    if not path.exists():
        print("(the M3 series are not at hand: skipped)")
        return []
    table = pd.read_csv(path)
    table = table[table["type"] == "DEMOGRAPHIC"].sort_values(["id", "t"])
    series = []
    for name, rows in table.groupby("id"):
        values = rows["value"].to_numpy(float)
        months = pd.period_range(
            f"{int(rows['start_year'].iloc[0])}-{int(rows['start_period'].iloc[0]):02d}", periods=len(values), freq="M"
        )
        roughness = np.abs(np.diff(values)).mean() / np.abs(values[12:] - values[:-12]).mean()
        series.append((roughness, str(name), pd.Series(values, months)))
    return [(name, values) for _, name, values in sorted(series, key=lambda each: each[0])[:limit] if len(values) >= 108]


def _smooth_case(series: pd.Series) -> dict[str, float]:
    known, came = series.iloc[:-HORIZON], series.to_numpy()[-HORIZON:]
    scale = float(np.abs(known.to_numpy()[12:] - known.to_numpy()[:-12]).mean())
    ours = forecast(known, HORIZON, kind="stock").median.to_numpy()
    theirs = auto_ets(known.to_numpy(float))
    return {"ours": float(np.abs(ours - came).mean() / scale), "AutoETS": float(np.abs(theirs - came).mean() / scale)}


def auto_ets(values: np.ndarray) -> np.ndarray:
    """Exponential smoothing chosen by AICc among error x trend x season (Hyndman & Khandakar 2008), additive and multiplicative errors."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    best, ahead = np.inf, values[-HORIZON:]
    for error in ("add", "mul"):
        for trend, damped in ((None, False), ("add", False), ("add", True)):
            for season in (None, "add", "mul"):
                if error == "add" and season == "mul":
                    continue  # unstable, and left out by the procedure
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    model = ETSModel(
                        values, error=error, trend=trend, damped_trend=damped, seasonal=season, seasonal_periods=12 if season else None
                    )
                    fitted = model.fit(disp=False, maxiter=200)
                if np.isfinite(fitted.aicc) and fitted.aicc < best:
                    best, ahead = fitted.aicc, np.asarray(fitted.forecast(HORIZON))
    return ahead


PARTS: dict[str, tuple[Callable[[int], None], int]] = {
    "decembers": (tell_decembers, 1000),
    "claims": (tell_claims, 1000),
    "stock": (tell_stock, 40),
    "others": (tell_others, 200),
    "causes": (tell_causes, 25),
    "smooth": (tell_smooth, 12),
}


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Projections and stocks, measured")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--limit", type=int, help="authorities, or seeds")
    given = parser.parse_args(None if arguments is None else list(arguments))
    for name, (tell, usual) in PARTS.items():
        if given.only in (None, name):
            if name in ("decembers", "claims") and not shared_folder().is_dir():
                print("(the public tables are not at hand: skipped)")
                continue
            tell(given.limit or usual)


if __name__ == "__main__":
    main()
