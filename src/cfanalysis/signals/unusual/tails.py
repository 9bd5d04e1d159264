"""From a mixture of predictions to what is said about a month: expected number, usual range, z, p and severity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

SEVERITIES = ("usual", "watch", "alert", "strong", "extreme")

WATCH = 1.96
"""Outside the range that holds 19 months in 20."""
ALERT = 2.55
"""About one month in a hundred, both sides together (DESIGN section 5); measured on referrals in docs/methods/signals.md."""
STRONG = 3.3
"""One month in a thousand, were months drawn from the predictions."""
EXTREME = 4.4
"""One month in a hundred thousand."""

USUAL_RANGE = 0.95
"""The share of months inside low and high: outside it a month is at least on watch."""


@dataclass(frozen=True)
class Judged:
    """One row a month: the expected number, the usual range, signed z and two-sided p; NaN where not judged."""

    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    z: np.ndarray
    p: np.ndarray

    @classmethod
    def blank(cls, length: int) -> Judged:
        """Nothing judged."""
        return cls(*(np.full(length, np.nan) for _ in range(5)))

    def put(self, rows: np.ndarray, other: Judged) -> None:
        """Take the chosen rows from another, which holds those rows alone."""
        for name in ("expected", "low", "high", "z", "p"):
            getattr(self, name)[rows] = getattr(other, name)


def tails_to_z(log_lower: np.ndarray, log_upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed z and two-sided p from the logs of both tails, each holding the observed value itself.

    The smaller tail speaks; where both hold half or more, z is 0.

    >>> z, p = tails_to_z(np.log([0.9999]), np.log([0.00135]))
    >>> z.round(2).tolist(), p.round(4).tolist()
    ([3.0], [0.0027])
    """
    smaller = np.minimum(np.minimum(log_lower, log_upper), np.log(0.5))
    z = -ndtri_exp(smaller) * np.where(log_upper <= log_lower, 1.0, -1.0)
    return np.asarray(z + 0.0), np.asarray(np.minimum(1.0, 2 * np.exp(smaller)))


def severity(z: np.ndarray) -> np.ndarray:
    """The severity of each z; a month that is not judged is "usual" and carries its reason.

    >>> severity(np.array([0.0, -2.0, 2.7, -3.5, 9.0, np.nan])).tolist()
    ['usual', 'watch', 'alert', 'strong', 'extreme', 'usual']
    """
    steps = np.searchsorted([WATCH, ALERT, STRONG, EXTREME], np.nan_to_num(np.abs(z)), side="right")
    return np.asarray(np.array(SEVERITIES, dtype=object)[steps])


def z_to_p(z: np.ndarray) -> np.ndarray:
    """Two-sided p of a z.

    >>> z_to_p(np.array([1.96])).round(3).tolist()
    [0.05]
    """
    return np.asarray(2 * np.exp(log_ndtr(-np.abs(z))))
