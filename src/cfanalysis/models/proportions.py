"""Percentages of small denominators: the discounted beta-binomial model, averaged over discount and overdispersion (West & Harrison
1997, ch. 14).

As ``counts``, with a beta belief in the share. Shares move in log odds; future denominators come from their own forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln, logit

DISCOUNTS = (0.8, 0.9, 0.95, 0.98, 1.0)
DISPERSIONS = (1.0, 1.5, 3.0)

PRIOR_TRIALS = 1.0
"""The starting belief is worth one case at the share of the first year, half a case either way added."""

FEW, ENOUGH = 5.0, 20.0
"""Cases a month on the rarer side: below ``FEW`` the beta-binomial alone, above ``ENOUGH`` the core on log odds alone, in between a
mixture."""


LEAST_FIRMNESS = 0.02


@dataclass(frozen=True)
class BetaBinomial:
    """Beliefs before each month, the one after the last included: grid points x (months + 1)."""

    discounts: np.ndarray
    dispersions: np.ndarray
    yes: np.ndarray
    no: np.ndarray
    weights: np.ndarray


def learn_shares(cases: np.ndarray, trials: np.ndarray, learnt: np.ndarray, span: int = 1) -> BetaBinomial:
    """Filter ``cases`` out of ``trials``, one pair a period of ``span`` months; periods not ``learnt`` only fade the belief."""
    faded = np.array(DISCOUNTS) ** span
    discount, dispersion = (axis.ravel() for axis in np.meshgrid(faded, DISPERSIONS, indexing="ij"))
    first = np.flatnonzero(learnt)[: 12 // span]
    start = (cases[first].sum() + 0.5) / (trials[first].sum() + 1)
    yes0, no0 = PRIOR_TRIALS * start, PRIOR_TRIALS * (1 - start)
    yes, no, score = np.full(len(discount), yes0), np.full(len(discount), no0), np.zeros(len(discount))
    all_yes, all_no, scores = [yes], [no], [score]
    for case, trial, use in zip(cases, trials, learnt, strict=True):
        if use:
            score = score + log_mass(case, trial, yes, no, dispersion)
            yes, no = yes + case / dispersion, no + (trial - case) / dispersion
        yes, no = discount * yes + (1 - discount) * yes0, discount * no + (1 - discount) * no0
        all_yes, all_no, scores = [*all_yes, yes], [*all_no, no], [*scores, score]
    total = np.array(scores).T
    weights = np.exp(total - total.max(0))
    return BetaBinomial(discount, dispersion, np.array(all_yes).T, np.array(all_no).T, weights / weights.sum(0))


def _firmness(trials: np.ndarray | float, known: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Size of the beta whose beta-binomial has the variance of the belief plus the overdispersion."""
    more = (np.maximum(trials, 1.0) - 1) / (1 + known) + (dispersion - 1) * (np.maximum(trials, 1.0) > 1)
    return np.asarray(np.where(more > 0, np.maximum((np.maximum(trials, 1.0) - 1) / np.maximum(more, 1e-12) - 1, LEAST_FIRMNESS), known))


def log_mass(case: np.ndarray | float, trial: np.ndarray | float, yes: np.ndarray, no: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Log probability of ``case`` out of ``trial``."""
    size = _firmness(trial, yes + no, dispersion)
    a, b = size * yes / (yes + no), size * no / (yes + no)
    ways = gammaln(trial + 1.0) - gammaln(case + 1.0) - gammaln(trial - case + 1.0)
    return np.asarray(ways + betaln(case + a, trial - case + b) - betaln(a, b))


def masses(model: BetaBinomial, month: int, trials: int) -> np.ndarray:
    """Probability of each number of cases 0 to ``trials`` in one month, from earlier months alone (one beta-binomial with the mixture's
    two moments)."""
    yes, no, weights = model.yes[:, month], model.no[:, month], model.weights[:, month]
    shares, sizes = yes / (yes + no), _firmness(float(trials), yes + no, model.dispersions)
    mean = weights @ shares
    spread = weights @ (shares * (1 - shares) / (1 + sizes) + (shares - mean) ** 2)
    size = max(mean * (1 - mean) / spread - 1, LEAST_FIRMNESS)
    cases = np.arange(trials + 1.0)
    ways = gammaln(trials + 1.0) - gammaln(cases + 1) - gammaln(trials - cases + 1)
    return np.asarray(
        np.exp(ways + betaln(cases + size * mean, trials - cases + size * (1 - mean)) - betaln(size * mean, size * (1 - mean)))
    )


def share_paths(model: BetaBinomial, trials: np.ndarray, seed: int) -> np.ndarray:
    """Joint futures of the percentage, for given paths of the denominators (paths x months)."""
    rng = np.random.default_rng([seed, 2])
    paths, horizon = trials.shape
    point = np.searchsorted(np.cumsum(model.weights[:, -1])[:-1], rng.permutation(np.arange(paths) + 0.5) / paths)
    yes, no = model.yes[point, -1], model.no[point, -1]
    start = np.clip(rng.beta(yes, no), 1e-6, 1 - 1e-6)
    step = np.sqrt(np.minimum(1 / yes + 1 / no, WIDEST) * (1 / model.discounts[point] - 1))
    odds = logit(start)[:, None] + np.cumsum(rng.standard_normal((paths, horizon)) * step[:, None], axis=1)
    share = np.clip(1 / (1 + np.exp(-np.clip(odds, -30, 30))), 1e-6, 1 - 1e-6)
    size = _firmness(trials, np.full_like(trials, 1e9), model.dispersions[point][:, None])
    month_share = np.where(model.dispersions[point][:, None] > 1, rng.beta(size * share, size * (1 - share)), share)
    whole = np.maximum(np.rint(trials), 0).astype(np.int64)
    cases = rng.binomial(whole, month_share)
    return np.asarray(np.where(whole > 0, 100 * cases / np.maximum(whole, 1), 100 * month_share))


WIDEST = 1.0
"""Log odds variance taken for a share that is hardly known, so that it does not run to 0 or 100 by itself."""


def share_of_few(cases: np.ndarray, trials: np.ndarray, learnt: np.ndarray, discount: float) -> np.ndarray:
    """How much the beta-binomial counts for in each month (and after the last), from the discounted rarer side of earlier months."""
    yes, no, weight, share = 0.0, 0.0, 0.0, []
    for case, trial, use in zip([*cases, 0.0], [*trials, 0.0], [*learnt, False], strict=True):
        rarer = min(yes, no) / weight if weight else FEW
        share.append(min(max((ENOUGH - rarer) / (ENOUGH - FEW), 0.0), 1.0))
        if use:
            yes, no, weight = discount * yes + case, discount * no + trial - case, discount * weight + 1
    return np.array(share)
