"""Children open at the month's end, cases started and cases ended, forecast together: open next = open + starts - ends, on every path.

Starts are a flow. Ends are a rate of closing, that is, ends per child who could have been closed and per working day, with a season of its
own. The rate is what is forecast; the ends follow from it and from the stock of the same path, so that more children open means more
closures and nothing drifts off. Young cases may close faster: how much is weighed by what history shows. What history's identity leaves
over (transfers, late corrections) is shown and carried on. Works alike for children in need, protection plans and children looked after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import month_label
from cfanalysis.models.checked import Kind, Missing, check_series, enough
from cfanalysis.models.core import Events, Setting, choose_prior, fit
from cfanalysis.models.finishing import finish
from cfanalysis.models.forecasting import check_paths, make_setting
from cfanalysis.models.prior import FLOW_REVERTING, FLOW_WALK, Prior
from cfanalysis.models.result import Forecast

PART_OF_STARTS = 0.5
"""Starts spread over the month are at risk of closing for half of it."""

YOUNG = 3
"""Months in which a case is young. DfE's B5 counts episodes that ended within three months: 47 % of all that ended in 2023-24."""

YOUNG_FASTER = (0.0, 0.5, 1.0, 2.0, 4.0)
"""How much faster young cases may close (1 = twice as fast); weighed by the evidence, none chosen."""

RECENT = 24
"""Months of reconciliation differences that are carried forward."""

WANDER = 0.3
"""Log odds against each step up the grid of random walks."""

WIDTH = 1.0
"""What the spread of the flows' paths is multiplied by: with these two, intervals of simulated histories cover what they promise."""

OTHER_DRAWS = 104_729
"""Added to the seed for the rate of closing: the same seed would give starts and rate the same luck. Any other number does."""


@dataclass(frozen=True)
class Draws:
    """What the paths are made of, kept so that a what-if can be run over the same luck: paths x months."""

    opening: float | np.ndarray
    """Open before the first month: one number, or one a path where it is itself not certain."""
    starts: np.ndarray
    closing_rate: np.ndarray
    """Ends per child at risk in the month."""
    difference: np.ndarray
    faster: np.ndarray
    """How much faster young cases close, one a path."""
    started: np.ndarray
    """Starts of the months just before, the last one last."""
    more_ends: np.ndarray | float = 0.0
    """Children a month closed on top of that, by month: nothing but in a what-if."""


@dataclass(frozen=True)
class StockForecast:
    """Coherent forecasts of a stock, its starts and its ends.

    On every path and in every month ``stock = stock before + starts - ends + difference``, to the unit. ``reconciliation`` has a row a
    month of history: ``month, before, starts, ends, expected, stock, difference, closing_rate`` (ends per 100 at risk); ``difference`` is
    what is not accounted for, and ``draws.difference`` how it is carried on.
    """

    stock: Forecast
    starts: Forecast
    ends: Forecast
    reconciliation: pd.DataFrame = field(repr=False)
    draws: Draws = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def months(self) -> pd.PeriodIndex:
        """The months ahead."""
        return self.stock.months


def forecast_stock(
    stock: pd.Series,
    starts: pd.Series,
    ends: pd.Series,
    horizon: int = 12,
    *,
    calendar: bool = True,
    season: str | Sequence[float] = "own",
    season_ends: str | Sequence[float] = "own",
    missing: Missing = "covid",
    events: Events | None = None,
    events_ends: Events | None = None,
    opening_sd: float = 0.0,
    paths: int = 2000,
    seed: int = 0,
) -> StockForecast:
    """The next months of a stock, of what starts and of what ends, as joint futures that add up.

    ``stock`` is counted at each month's end, ``starts`` and ``ends`` in each month; whole numbers on a monthly index, the last month the
    same in all three, but starts that are known for months after it are taken as they are: closures are recorded later than starts.
    ``season``, ``calendar`` and ``events`` as in ``forecast``, for starts; ``season_ends`` and ``events_ends`` for the rate of closing.
    ``opening_sd`` is how uncertain the last figure of the stock is, as a share of it: more than nothing where it is an estimate.

    Raises SeriesError where the three do not end together or are too short to forecast.
    Method: docs/methods/projections.md.

    >>> months = pd.period_range("2021-04", periods=36, freq="M")
    >>> starts = pd.Series([50.0 + m % 5 for m in range(36)], index=months)
    >>> ends = pd.Series([50.0 + m % 3 for m in range(36)], index=months)
    >>> ahead = forecast_stock(400 + (starts - ends).cumsum(), starts, ends, 6, paths=200)
    >>> flows = ahead.starts.paths - ahead.ends.paths
    >>> bool((ahead.stock.paths[:, 0] == ahead.draws.opening + flows[:, 0]).all())
    True
    """
    history = reconcile(stock, starts, ends)
    months = pd.PeriodIndex(history["month"], freq="M")
    plan = Plan(calendar, horizon, missing, paths)
    ahead_starts = _with_known(plan, history["starts"].set_axis(months), _known_after(starts, months[-1])[:horizon], season, events, seed)
    rates, scales = closing_rates(history)
    ahead_rates, weights = plan.forecast(rates, season_ends, events_ends, seed + OTHER_DRAWS)
    rng = np.random.default_rng([seed, OTHER_DRAWS])
    which = rng.choice(len(rates), size=paths, p=weights)
    per_child = np.stack([each.paths / scale for each, scale in zip(ahead_rates, scales, strict=True)])
    draws = Draws(
        opening=_opening(float(history["stock"].iloc[-1]), opening_sd, paths, seed),
        starts=np.rint(ahead_starts.paths),
        closing_rate=per_child[which, np.arange(paths)],
        difference=carry(history["difference"].to_numpy(float), (paths, horizon), rng),
        faster=np.array(YOUNG_FASTER)[which],
        started=history["starts"].fillna(history["starts"].mean()).to_numpy(float)[-YOUNG + 1 :],
    )
    return assemble(draws, ahead_starts, ahead_rates[int(np.argmax(weights))], history, str(stock.name or "stock"))


@dataclass(frozen=True)
class Plan:
    """How the flows are forecast: as ``forecast`` does it, with a prior of their own."""

    calendar: bool
    horizon: int
    missing: Missing
    paths: int

    def forecast(
        self, members: Sequence[pd.Series], season: str | Sequence[float], events: Events | None, seed: int
    ) -> tuple[list[Forecast], np.ndarray]:
        """Forecasts of series that share their months, and how much the data speak for each of them (adding up to 1)."""
        setting = make_setting("count", self.calendar, season, self.horizon, events)
        check_paths(self.paths, seed)
        checked = [enough(check_series(each, kind="count", missing=self.missing)) for each in members]
        fitted = fit(checked, setting, prior=flow_beliefs(setting, int(checked[0].learnt.sum())))
        score = fitted.posterior.log_likelihood + fitted.prior.log_weights[:, None]
        evidence = logsumexp(score, axis=0)
        weights = np.exp(evidence - evidence.max())
        return [finish(fitted, member, self.paths, seed) for member in range(len(members))], weights / weights.sum()


def _with_known(
    plan: Plan, starts: pd.Series, later: pd.Series, season: str | Sequence[float], events: Events | None, seed: int
) -> Forecast:
    """The forecast of starts; in months for which they are known already every path has what came."""
    known = pd.concat([starts, later]).rename("starts")
    rest = plan.horizon - len(later)
    ahead = replace(plan, horizon=max(rest, 1)).forecast([known], season, events, seed)[0][0]
    came = np.tile(later.to_numpy(float), (plan.paths, 1))
    paths = np.concatenate([came, ahead.paths[:, :rest]], axis=1)
    return replace(ahead, months=pd.period_range(starts.index[-1] + 1, periods=plan.horizon, freq="M"), paths=paths)


def _known_after(starts: pd.Series, last: pd.Period) -> pd.Series:
    """Starts of the months right after a month, as far as they are known without a gap."""
    checked = check_series(starts, kind="count", missing="none")
    later = pd.Series(checked.observed, index=checked.months)[checked.months > last]
    gaps = np.flatnonzero(later.isna().to_numpy())
    return later.iloc[: gaps[0]] if len(gaps) else later


def _opening(last: float, sd: float, paths: int, seed: int) -> float | np.ndarray:
    if sd <= 0:
        return last
    return np.asarray(np.rint(last * np.exp(np.random.default_rng([seed, 1, OTHER_DRAWS]).normal(0, sd, paths))))


def flow_beliefs(setting: Setting, known: int) -> Prior:
    """The flow prior with weights of its own: even odds that nothing pulls the level back, and wandering counts for less the more it is.

    What referrals teach about levels is not carried over to rates of closing, and shifts to come are not drawn: the walk of both flows,
    summed up in the stock, covers them (benchmarks/projections.py).
    """
    base = choose_prior(setting, known)
    reverting = len(FLOW_REVERTING) - 1
    weights = np.array([np.exp(-WANDER * FLOW_WALK.index(point.walk)) * (1 if point.reverting else reverting) for point in base.points])
    return replace(base, mean_weights=tuple((weights / weights.sum()).tolist()), power=1.0, trust=1.0, width=WIDTH, shift_rate=0.0)


def assemble(draws: Draws, starts: Forecast, rate: Forecast, history: pd.DataFrame, name: str) -> StockForecast:
    """Run the paths and put the three forecasts together."""
    stock_paths, ends_paths, difference = run(draws)
    ahead_starts = replace(starts, paths=draws.starts, step=1.0)
    ahead_ends = replace(rate, name="ends", paths=ends_paths, step=1.0, method=f"rate of closing ({rate.method}) on the stock")
    unknown = starts.season.assign(factor=np.nan, low=np.nan, high=np.nan)
    ahead_stock = replace(
        ahead_starts, name=name, kind="stock", paths=stock_paths, season=unknown, season_evidence=np.nan, method="stock and flow"
    )
    carried = replace(draws, difference=difference)
    return StockForecast(ahead_stock, ahead_starts, ahead_ends, history, carried, _notes(history, starts))


def run(draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stock, ends and difference on every path, month after month: whole children, never fewer than none."""
    open_now = np.broadcast_to(np.asarray(draws.opening, dtype=float), len(draws.starts))
    stock, ends, difference = (np.empty_like(draws.starts) for _ in range(3))
    before = np.broadcast_to(draws.started, (len(draws.starts), YOUNG - 1))
    young = young_cases(np.concatenate([before, draws.starts], axis=1))[:, YOUNG - 1 :]
    more = np.broadcast_to(draws.more_ends, draws.starts.shape[1])
    for month in range(draws.starts.shape[1]):
        started = draws.starts[:, month]
        at_risk = open_now + PART_OF_STARTS * started + draws.faster * young[:, month]
        ended = np.clip(np.rint(draws.closing_rate[:, month] * at_risk + more[month]), 0, open_now + started)
        left_over = np.maximum(draws.difference[:, month], -(open_now + started - ended))
        open_now = open_now + started - ended + left_over
        stock[:, month], ends[:, month], difference[:, month] = open_now, ended, left_over
    return stock, ends, difference


def reconcile(stock: pd.Series, starts: pd.Series, ends: pd.Series) -> pd.DataFrame:
    """History month by month: what starts and ends make of the stock before, and what is left over.

    Raises SeriesError where the three do not end in the same known month.
    """
    kinds: dict[str, tuple[pd.Series, Kind]] = {"stock": (stock, "stock"), "starts": (starts, "count"), "ends": (ends, "count")}
    checked = {name: check_series(_named(series, name), kind=kind, missing="none") for name, (series, kind) in kinds.items()}
    last = {name: each.months[np.isfinite(each.observed)][-1] for name, each in checked.items()}
    if not last["stock"] == last["ends"] <= last["starts"]:
        said = ", ".join(f"{name} {month_label(each)}" for name, each in last.items())
        raise SeriesError(f"the last known months differ ({said}); want the three to end in the same month")
    frame = pd.DataFrame({name: pd.Series(each.observed, index=each.months) for name, each in checked.items()})
    frame = frame[frame.index <= last["stock"]]
    before = frame["stock"].shift(1)
    expected = before + frame["starts"] - frame["ends"]
    at_risk = before + PART_OF_STARTS * frame["starts"]
    shown = frame.assign(before=before, expected=expected, difference=frame["stock"] - expected, closing_rate=100 * frame["ends"] / at_risk)
    columns = ["before", "starts", "ends", "expected", "stock", "difference", "closing_rate"]
    return pd.DataFrame(shown[columns]).rename_axis("month").reset_index()


def closing_rates(history: pd.DataFrame) -> tuple[list[pd.Series], list[float]]:
    """Ends per child at risk by month for each of ``YOUNG_FASTER``, times the usual number at risk so that it is modelled like a count;
    and that number."""
    months = pd.PeriodIndex(history["month"], freq="M")
    young = young_cases(history["starts"].to_numpy(float))
    rates, scales = [], []
    for faster in YOUNG_FASTER:
        at_risk = pd.Series(
            history["before"].to_numpy(float) + PART_OF_STARTS * history["starts"].to_numpy(float) + faster * young, index=months
        )
        known = at_risk[at_risk > 0].tail(RECENT)
        if known.empty:
            raise SeriesError("stock: no month has children open, so there is no rate of closing to learn from")
        ends = pd.Series(history["ends"].to_numpy(float), index=months)
        rates.append((ends / at_risk.where(at_risk > 0) * known.mean()).rename("closing rate"))
        scales.append(float(known.mean()))
    return rates, scales


def young_cases(starts: np.ndarray) -> np.ndarray:
    """Starts young enough to close faster in each month (last axis): half the month's own and all of the two months before."""
    padded = np.concatenate([np.full((*starts.shape[:-1], YOUNG - 1), np.nan), starts], axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, YOUNG, axis=-1)
    return np.asarray(windows[..., :-1].sum(-1) + PART_OF_STARTS * windows[..., -1])


def carry(difference: np.ndarray, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Differences for the months ahead, drawn from the last two years' known ones; how often each comes is itself not certain
    (bootstrap)."""
    known = difference[np.isfinite(difference)][-RECENT:]
    if len(known) == 0 or not known.any():
        return np.zeros(shape)
    pool = rng.choice(known, size=(shape[0], len(known)))
    return np.asarray(np.rint(np.take_along_axis(pool, rng.integers(0, len(known), size=shape), axis=1)))


def _named(series: pd.Series, name: str) -> pd.Series:
    return series.rename(name) if series.name is None else series


def _notes(history: pd.DataFrame, starts: Forecast) -> tuple[str, ...]:
    known = history["difference"].dropna()
    off = int((known != 0).sum())
    if not off:
        return starts.notes
    per_month = known.tail(RECENT).mean()
    said = f"In {off} of {len(known)} months starts and ends do not account for the whole change; {per_month:+.1f} a month is carried on."
    return (*starts.notes, said)
