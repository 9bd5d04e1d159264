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
