"""The limits of a Farrington prediction, how far beyond them a count lies, and its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from cfanalysis.signals.classic.farrington_fit import FLOOR, Model
from cfanalysis.signals.classic.farrington_options import Options
from cfanalysis.signals.unusual.count_quantiles import count_quantile, count_tail

EXPONENT = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}
"""2/3 makes Poisson counts symmetric, 1/2 makes their variance constant (Farrington et al. 1996, section 3.5)."""


@dataclass(frozen=True)
class Limits:
    """Lower and upper limit, P(count >= observed), and the exceedance score: above 1 is above the upper limit.

    ``fit`` and ``se`` are on the scale of the method: the count for ``delta``, its logarithm for ``nb_plugin`` and ``muan``.
    """

    expected: np.ndarray
    fit: np.ndarray
    se: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    p: np.ndarray
    score: np.ndarray


def limits(model: Model, observed: np.ndarray, options: Options) -> Limits:
    """Limits by the chosen threshold method."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _delta(model, observed, options) if options.threshold_method == "delta" else _negative_binomial(model, observed, options)


def _delta(model: Model, y: np.ndarray, options: Options) -> Limits:
    """Normal limits of the count to a power, by the delta method (Farrington et al. 1996)."""
    mean = np.maximum(np.exp(model.link), FLOOR)
    se = model.se * mean
    tau = model.phi + se**2 / mean
    power = EXPONENT[options.power]
    spread = np.sqrt(power**2 * mean ** (2 * power - 1) * tau)
    centre = mean**power
    z = special.ndtri(1 - options.alpha)
    lower, upper = _raise_to(centre - z * spread, power, options), _raise_to(centre + z * spread, power, options)
    lower, upper = np.where(np.isnan(lower), 0, np.maximum(np.minimum(lower, upper), 0)), np.fmax(lower, upper)
    p = special.ndtr((centre - y**power) / spread)
    return Limits(mean, mean, se, lower, upper, p, (y - mean) / (upper - mean))


def _raise_to(x: np.ndarray, power: float, options: Options) -> np.ndarray:
    """Back to counts. Below zero there is no count; R's surveillance squares it into a positive limit under the power 1/2."""
    back: np.ndarray = x ** (1 / power)
    return back if options.variant == "upstream" else np.where(x < 0, 0.0, back)


def _negative_binomial(model: Model, y: np.ndarray, options: Options) -> Limits:
    """Negative binomial limits around the fitted mean, or (``muan``) around the mean's own upper limit.

    Noufaily et al. 2013; both as in Salmon et al., Journal of Statistical Software 70 (2016), section 3.2.
    """
    shift = special.ndtri(1 - options.alpha) * model.se if options.threshold_method == "muan" else 0.0
    mean = np.exp(model.link + shift)
    lower, upper = (count_quantile(q, mean, model.phi) for q in (options.alpha, 1 - options.alpha))
    p = np.where(np.isfinite(mean), count_tail(y, np.where(np.isfinite(mean), mean, 0.0), model.phi), np.nan)
    p = np.where(np.isnan(y), np.nan, p)
    return Limits(np.exp(model.link), model.link, model.se, lower, upper, p, (y - model.link) / (upper - model.link))
