"""The structural core put to work on checked series: which design, which prior, which posterior, which paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.foundation.months import MONTHS_OF_A_QUARTER, month
from cfanalysis.models.checked import Checked, Kind
from cfanalysis.models.prior import SHIFT_DEVIATIONS, Constants, Prior, flow_prior, shipped, stock_prior
from cfanalysis.models.sampling import draw, mixture_paths
from cfanalysis.models.structural import Design, Factor, Posterior, factorise, learn
from cfanalysis.models.transform import SeasonChoice, Transform, make_transform, noise_guess, put_back, season_grid, season_opens

Events = Mapping[str, str] | Iterable[tuple[pd.Period | str, str]]
EVENT_KINDS = ("step", "pulse")


@dataclass(frozen=True)
class Setting:
    """What was asked for, checked, and the same for every series of a call."""

    kind: Kind
    calendar: bool
    season: SeasonChoice
    horizon: int
    events: tuple[tuple[pd.Period, str], ...] = ()
    constants: Constants = field(default_factory=shipped)


@dataclass(frozen=True)
class Fitted:
    """Series that share their months, learnt together in one pass (last axis: series)."""

    setting: Setting
    members: tuple[Checked, ...]
    trials: tuple[np.ndarray | None, ...]
    design: Design
    prior: Prior
    factor: Factor
    transform: Transform
    z: np.ndarray
    guess: np.ndarray
    posterior: Posterior
    borrowed: np.ndarray
    """Logs of the borrowed season, January first."""


def check_events(events: Events | None) -> tuple[tuple[pd.Period, str], ...]:
    """Dated events as (month, "step" or "pulse"), in order."""
    if events is None:
        return ()
    pairs = events.items() if isinstance(events, Mapping) else events
    checked = []
    for at, kind in pairs:
        if kind not in EVENT_KINDS:
            raise SeriesError(f"found an event {kind!r} in {at}, want 'step' (a lasting change) or 'pulse' (that month only)")
        checked.append((month(at), str(kind)))
    return tuple(sorted(set(checked)))


def choose_prior(setting: Setting, known: int | None = None) -> Prior:
    """The prior for a kind of series; with the number of months known, without a season of its own where that is too few to show one."""
    own = season_grid(setting.season)
    prior = stock_prior(own) if setting.kind == "stock" else flow_prior(own, setting.constants)
    return prior.without_season() if known is not None and known < season_opens(setting.season) else prior


def design_of(checked: Checked, setting: Setting, *, judged: bool = False) -> Design:
    """The design of one series. Events after the last month or at the first cannot be told from the level and are left out."""
    rows = tuple(int(row) for row in np.flatnonzero(checked.learnt))
    other = tuple(int(row) for row in np.flatnonzero(checked.excluded) if row > rows[0]) if judged else ()
    span, first = checked.span, checked.months[0].asfreq("M", how="S")
    at = tuple(((event - first).n, kind) for event, kind in setting.events)
    kept = tuple((month, kind) for month, kind in at if rows[0] < month // span <= rows[-1])
    ends = span > 1 and setting.kind == "stock"
    return Design(int(first.month), len(checked.observed), rows, other, setting.horizon, kept, span, ends)


def fit(members: Sequence[Checked], setting: Setting, trials: Sequence[np.ndarray | None] = (), prior: Prior | None = None) -> Fitted:
    """Learn from series that have the same months, all in one pass."""
    first = members[0]
    given = tuple(trials) or (None,) * len(members)
    design = design_of(first, setting)
    chosen = prior or choose_prior(setting, len(design.learnt) * design.span).pruned()
    months = pd.period_range(first.months[0], periods=design.length + setting.horizon, freq=first.months.freq)
    transform = make_transform(setting.kind, setting.season, setting.calendar, months, setting.constants.profile)
    transform = put_back(transform, first, dict(setting.constants.lockdown))
    scaled = [transform.forward(each.observed, trial) for each, trial in zip(members, given, strict=True)]
    z = np.stack(scaled, axis=1)[list(design.learnt)]
    guess = np.array([noise_guess(each, transform, trial) for each, trial in zip(members, given, strict=True)])
    factor = factorise(design, chosen.points)
    posterior = learn(factor, z, chosen, guess)
    return Fitted(setting, tuple(members), given, design, chosen, factor, transform, z, guess, posterior, _borrowed(setting, design.span))


def core_paths(fitted: Fitted, member: int, paths: int, seed: int) -> np.ndarray:
    """Joint futures of one member in its own unit."""
    posterior, factor = fitted.posterior, fitted.factor
    horizon, span = fitted.setting.horizon, fitted.design.span
    draws = draw(paths, horizon, posterior.degrees, fitted.prior.shift_rate, seed, span)
    centre = posterior.centre[member]
    mean = factor.ahead @ (fitted.z[:, member] - centre) + centre
    weights, scale = posterior.weights[:, member], posterior.scale[:, member]
    next_month = float(weights @ (factor.ahead_factor[:, 0, 0] * scale))
    shift = min(fitted.prior.shift_size, SHIFT_DEVIATIONS * next_month)
    z = mixture_paths(weights, mean, factor.ahead_factor, scale, draws, fitted.prior.width, shift)
    length = fitted.design.length
    return fitted.transform.back(z, slice(length, length + fitted.setting.horizon))


def season_table(fitted: Fitted, member: int) -> pd.DataFrame:
    """The season per calendar month (or quarter), April first: borrowed part times what the series shows of its own, with an 80 % band."""
    posterior, factor = fitted.posterior, fitted.factor
    weights = posterior.weights[:, member]
    means = factor.season @ (fitted.z[:, member] - posterior.centre[member])
    mean = weights @ means
    variance = weights @ ((factor.season_scale * posterior.scale[:, member, None]) ** 2 + (means - mean) ** 2)
    span = fitted.design.span
    order = np.roll(np.arange(12 // span), -3 // span)
    half = TENTH * np.sqrt(variance)
    bands = np.exp(np.stack([mean, mean - half, mean + half], axis=1) + fitted.borrowed[:, None])
    rows = bands[order]
    name = "month" if span == 1 else "quarter"
    return pd.DataFrame({name: order + 1, "factor": rows[:, 0], "low": rows[:, 1], "high": rows[:, 2]})


TENTH = 1.2816
"""The normal deviate that leaves a tenth above it."""


def _borrowed(setting: Setting, span: int) -> np.ndarray:
    """Logs of the borrowed season, calendar left out, January first."""
    freq = "M" if span < MONTHS_OF_A_QUARTER else "Q-DEC"
    months = pd.period_range("2001-01-01", periods=12 // span, freq=freq)
    return make_transform(setting.kind, setting.season, setting.calendar, months, setting.constants.profile).season_part


def season_evidence(fitted: Fitted, member: int) -> float:
    """Probability that the series has a season of its own, none and some being equally likely beforehand; NaN where none was looked for."""
    own = np.array([point.own > 0 for point in fitted.prior.points])
    if not own.any() or own.all():
        return float("nan")
    logs = fitted.prior.log_weights
    score = fitted.posterior.log_likelihood[:, member] + logs
    some, none = (_log_sum(score[part]) - _log_sum(logs[part]) for part in (own, ~own))
    return float(1 / (1 + np.exp(np.clip(none - some, -700, 700))))


def _log_sum(values: np.ndarray) -> float:
    return float(values.max() + np.log(np.exp(values - values.max()).sum()))
