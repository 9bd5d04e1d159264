"""Unusually high counts by the Farrington methods, as health protection agencies use them.

Farrington, Andrews, Beale and Catchpole, J. R. Statist. Soc. A 159 (1996) 547-563;
Noufaily et al., Statistics in Medicine 32 (2013) 1206-1222.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ParameterError, SeriesError
from cfanalysis.signals.classic.farrington_baseline import baseline
from cfanalysis.signals.classic.farrington_fit import Model, fit_models
from cfanalysis.signals.classic.farrington_limits import Limits, limits
from cfanalysis.signals.classic.farrington_options import Options, Power, ThresholdMethod, Variant
from cfanalysis.signals.timeline import Timeline, timeline

COLUMNS = (
    "expected", "lower", "upper", "upper_raw", "alarm", "low_alarm", "score", "p", "phi", "fit", "se",
    "trend", "trend_coefficient", "n", "reason",
)  # fmt: skip


def farrington(
    series: pd.Series,
    *,
    b: int = 5,
    w: int = 3,
    no_periods: int = 1,
    past_weeks_not_included: int | None = None,
    reweight: bool = True,
    weights_threshold: float = 2.58,
    trend: bool = True,
    p_threshold_trend: float = 0.05,
    threshold_method: ThresholdMethod = "delta",
    power: Power = "2/3",
    alpha: float = 0.05,
    limit54: tuple[float, int] = (5, 4),
    population: pd.Series | np.ndarray | None = None,
    freq: int | None = None,
    variant: Variant = "corrected",
) -> pd.DataFrame:
    """Each month or week against what the same time of earlier years leads one to expect.

    Parameters
    ----------
    series
        Counts, one a month or week (period or date index); without dates, say ``freq``. Missing is missing, never 0.
    b, w
        Years looked back on, and periods either side of the same period of those years.
    no_periods
        Season groups a year is cut into: 1 uses the windows only (Farrington 1996), more uses every period (Noufaily 2013).
    past_weeks_not_included
        Newest periods (weeks or months) not learnt from; ``w`` unless given.
    reweight, weights_threshold
        Whether past outbreaks are played down, and from which standardised Anscombe residual on.
    trend, p_threshold_trend
        Whether a time trend may be fitted, and below which p-value it stays.
    threshold_method, power, alpha
        ``delta`` with a power of the count, or ``nb_plugin`` or ``muan``; each limit is passed with probability ``alpha``.
    limit54
        No limit where fewer than the first number of cases came in the last (second number) periods, this one included.
    population
        What counts are proportional to (children, working days); of the length of the series.
    freq
        Periods a year of a series without dates.
    variant
        ``upstream`` equals R's surveillance; ``corrected`` keeps the model's own weights after reweighting (docs/methods/classic.md).

    Returns
    -------
    One row a period: ``month`` (``week``, or ``period`` without dates), ``observed``, ``expected``, ``lower``,
    ``upper`` (missing under limit54), ``upper_raw``, ``alarm`` (above the upper limit), ``low_alarm`` (below the lower),
    ``score`` (above 1 is above the limit), ``p`` (of so many or more), ``phi`` (dispersion), ``fit`` and ``se`` (on the
    method's scale), ``trend`` (kept), ``trend_coefficient``, ``n`` (values learnt from), ``reason``.

    Raises SeriesError for a series, ParameterError for an option, that cannot be used. A period that cannot be judged has a reason instead.

    Examples
    --------
    >>> months = pd.period_range("2018-04", periods=72, freq="M")
    >>> counts = pd.Series([20 + m % 5 for m in range(71)] + [60], index=months)
    >>> found = farrington(counts, w=1, alpha=0.005)
    >>> found[["month", "observed", "alarm"]].tail(2).to_string(index=False, header=False).split()
    ['2024-02', '20.0', 'False', '2024-03', '60.0', 'True']
    >>> found["reason"].iloc[0]
    'fewer than 5 years of earlier months'
    """
    given = {name: value for name, value in locals().items() if name in Options.__dataclass_fields__}
    options = Options(**given)
    line = timeline(series, freq=freq)
    if (line.numbers < 0).any():
        raise SeriesError(f"found {np.nanmin(line.numbers):g}, want counts: a count is never below 0")
    base = baseline(line, _population(population, series, line), options)
    model = fit_models(base, options)
    found = limits(model, line.numbers[base.position], options)
    return _table(line, base.position, model, found, options)


def _population(population: pd.Series | np.ndarray | None, series: pd.Series, line: Timeline) -> np.ndarray:
    """The population of every period of the line; a period without a positive number is not used."""
    if population is None:
        return np.ones(len(line.numbers))
    if len(population) != len(series):
        raise ParameterError(f"population: found {len(population)} values, want {len(series)}, one for each value of the series")
    if isinstance(population, pd.Series) and line.dates is not None and not population.index.equals(series.index):
        raise ParameterError("population: its dates are not those of the series, want the same months or weeks")
    people = pd.Series(np.asarray(population), index=series.index)
    even = timeline(people, freq=line.per_year).numbers
    return np.where(even > 0, even, np.nan)


def _table(line: Timeline, position: np.ndarray, model: Model, found: Limits, options: Options) -> pd.DataFrame:
    """One row a period, judged or not."""
    size = len(line.numbers)
    recent = pd.Series(line.numbers).rolling(int(options.limit54[1])).sum().to_numpy()
    enough = (recent >= options.limit54[0])[position]
    observed = line.numbers[position]
    ok = model.fitted
    with np.errstate(invalid="ignore"):
        alarm = ok & enough & (found.score > 1) & (observed > 0)
        low = ok & (observed < found.lower)
    numbers = {
        "expected": found.expected, "lower": found.lower, "upper": np.where(enough, found.upper, np.nan), "upper_raw": found.upper,
        "score": found.score, "p": found.p, "phi": model.phi, "fit": found.fit, "se": found.se,
        "trend_coefficient": np.where(model.trend, model.slope, np.nan),
    }  # fmt: skip
    columns = {name: _spread(np.where(ok, value, np.nan), position, np.full(size, np.nan)) for name, value in numbers.items()}
    columns["n"] = _spread(model.n.astype(float), position, np.full(size, np.nan))
    for name, flag in {"alarm": alarm, "low_alarm": low, "trend": ok & model.trend}.items():
        columns[name] = _spread(flag, position, np.zeros(size, dtype=bool))
    columns["reason"] = _spread(_reasons(line, observed, model, enough, recent[position], options), position, _too_early(line, options))
    return pd.DataFrame({line.label: line.index, "observed": line.numbers, **{name: columns[name] for name in COLUMNS}})


def _spread(values: np.ndarray, position: np.ndarray, into: np.ndarray) -> np.ndarray:
    into[position] = values
    return into


def _too_early(line: Timeline, options: Options) -> np.ndarray:
    return np.full(len(line.numbers), f"fewer than {options.b} years of earlier {line.label}s", dtype=object)


def _reasons(line: Timeline, observed: np.ndarray, model: Model, enough: np.ndarray, recent: np.ndarray, options: Options) -> np.ndarray:
    """Why a period with enough history has no limit or no verdict; the first that holds."""
    cases, periods = options.limit54
    few = f"fewer than {cases:g} cases in the last {periods} {line.label}s"
    gap = f"a {line.label} is missing among the last {periods}, so their cases cannot be counted"
    held = [np.isnan(observed), ~model.fitted, np.isnan(recent), ~enough]
    said = [
        f"no value for this {line.label}",
        f"too few earlier {line.label}s with values to fit the model, or it does not settle",
        gap,
        few,
    ]
    return np.select(held, said, default="").astype(object)
