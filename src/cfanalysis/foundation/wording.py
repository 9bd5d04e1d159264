"""A probability in the words a panel uses: tens, and never certainty."""

from __future__ import annotations

import math


def likelihood(probability: float) -> str:
    """A probability spoken in tens; 0 and 1 are never said, because no model knows that much.

    >>> likelihood(0.68), likelihood(0.001), likelihood(1.0), likelihood(float("nan"))
    ('about 7 in 10', 'less than 1 in 10', 'more than 9 in 10', 'cannot tell')
    """
    if math.isnan(probability):
        return "cannot tell"
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is no probability")
    tens = spoken_tens(probability)
    if tens == 0:
        return "less than 1 in 10"
    return "more than 9 in 10" if tens == 10 else f"about {tens} in 10"


def spoken_tens(probability: float) -> int:
    """The tens in which a probability is spoken, 0 to 10; halves go up."""
    return math.floor(probability * 10 + 0.5)


def said_size(change: float, kind: str) -> str:
    """The size of a change as it is said: points of a percentage, else a share.

    >>> said_size(1.2, "percent"), said_size(0.123, "count")
    ('1 percentage point', '12%')
    """
    return points(change) if kind == "percent" else share(change)


def points(change: float) -> str:
    """Percentage points as they are said.

    >>> points(1.2), points(0.4), points(12.3)
    ('1 percentage point', '0.4 percentage points', '12 percentage points')
    """
    said = f"{change:.0f}" if change >= WHOLE_FROM else f"{change:.1f}"
    return f"{said} percentage point{'' if said == '1' else 's'}"


def points_between(now: float, before: float) -> str:
    """How far apart two percentages are as they stand on a page: whoever takes one from the other finds this.

    >>> points_between(73.56, 85.44), points_between(21.0, 20.6)
    ('11.8 percentage points', '0.4 percentage points')
    """
    apart = round(abs(round(now, 1) - round(before, 1)), 1)
    return points(apart) if apart < 1 else f"{apart:.1f} percentage points"


def share(change: float) -> str:
    """A share as a percentage; under one per cent with a decimal.

    >>> share(0.123), share(0.004)
    ('12%', '0.4%')
    """
    return f"{change:.0%}" if 100 * change >= WHOLE_FROM else f"{change:.1%}"


WHOLE_FROM = 0.95
"""Per cent, or points: smaller ones are said with a decimal, for nothing that counts is 0."""
