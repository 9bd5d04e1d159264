"""The forecast core again, slow and obvious: explicit shocks, one month at a time, everything inverted afresh.

Shares nothing with the package but the grid: components are written down as sums of independent shocks, predictions come from textbook
regression on a normal-inverse-gamma prior, month after month.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

VAGUE, NOISE_SHAPE, MOMENTUM_MEMORY, TREND_MEMORY, SEASON_MEMORY = 1e6, 1.0, 0.9, 0.99, 0.99


def covariance(point, rows, first_month):
    """Covariance of the given months by adding up, shock by shock, what each shock does to each month."""
    noise, walk, reverting, memory, momentum, trend, own = point
    last = max(rows) + 1
    total = np.zeros((len(rows), len(rows)))

    def add(variance, effect):
        response = np.array([effect(row) for row in rows], float)
        total[:] += variance * np.outer(response, response)

    add(VAGUE, lambda _: 1)
    for row in rows:
        add(noise, lambda month, row=row: month == row)
    for shock in range(1, last):
        add(walk, lambda month, shock=shock: month >= shock)
    for shock in range(last):  # a stationary start, then one shock a month
        variance = reverting if shock == 0 else reverting * (1 - memory**2)
        add(variance, lambda month, shock=shock: memory ** (month - shock) if month >= shock else 0)
    for variance, left in ((momentum, MOMENTUM_MEMORY), (trend, TREND_MEMORY)):
        for shock in range(last):  # a slope as it was at the start, then pushed once a month; it moves the level from the next month on
            pushed = variance / (1 - left**2) if shock == 0 else variance
            add(pushed, lambda month, shock=shock, left=left: sum(left**k for k in range(month - shock)))
    keep = SEASON_MEMORY ** (1 / 12)
    for shock in range(last):  # twelve effects less their mean, each drifting but keeping its size
        variance = own if shock == 0 else own * (1 - keep**2)
        for season in range(12):
            effect = lambda month, s=season: ((first_month - 1 + month) % 12 == s) - 1 / 12  # noqa: E731
            add(variance, lambda month, shock=shock, effect=effect: keep ** (month - shock) * effect(month) if month >= shock else 0)
    return total


def predict(point, z, rows, ahead, first_month, noise_sd):
    """Log likelihood of z after its first value, and the multivariate t of the months ahead: mean, scale matrix, degrees of freedom."""
    every = [*rows, *ahead]
    full = covariance(point, every, first_month)
    z = np.asarray(z) - z[0]
    shape, rate, log_likelihood = NOISE_SHAPE, NOISE_SHAPE * noise_sd**2, 0.0
    for t in range(1, len(z)):
        gain = np.linalg.solve(full[:t, :t], full[:t, t])
        mean, variance = gain @ z[:t], full[t, t] - gain @ full[:t, t]
        log_likelihood += stats.t.logpdf(z[t], 2 * shape, mean, np.sqrt(rate / shape * variance))
        rate += (z[t] - mean) ** 2 / variance / 2
        shape += 0.5
    n = len(z)
    gain = np.linalg.solve(full[:n, :n], full[:n, n:])
    return log_likelihood, gain.T @ z, (full[n:, n:] - gain.T @ full[:n, n:]) * rate / shape, 2 * shape


def mixture(points, log_weights, trust, z, rows, ahead, first_month, noise_sd):
    """Weights of the grid points and their predictions."""
    found = [predict(point, z, rows, ahead, first_month, noise_sd) for point in points]
    score = trust * np.array([each[0] for each in found]) + np.asarray(log_weights)
    weights = np.exp(score - score.max())
    return weights / weights.sum(), found
