"""The options of the Farrington methods, named as in the literature, and checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cfanalysis.foundation.errors import ParameterError

ThresholdMethod = Literal["delta", "nb_plugin", "muan"]
Power = Literal["2/3", "1/2", "none"]
Variant = Literal["corrected", "upstream"]

MIN_YEARS_FOR_TREND = 3
"""A trend is fitted only where at least three years are looked back on (Farrington et al. 1996, section 3.4)."""

FARRINGTON_1996_MONTHLY: Mapping[str, Any] = {
    "b": 5, "w": 1, "no_periods": 1, "past_weeks_not_included": 1, "weights_threshold": 1.0,
    "p_threshold_trend": 0.05, "threshold_method": "delta", "alpha": 0.005, "limit54": (0, 4),
}  # fmt: skip
"""Farrington et al. 1996 on months: the same month of five years and its neighbours, 99.5 % upper limit."""

NOUFAILY_2013_MONTHLY: Mapping[str, Any] = {
    "b": 5, "w": 0, "no_periods": 12, "past_weeks_not_included": 3, "weights_threshold": 2.58,
    "p_threshold_trend": 1.0, "threshold_method": "nb_plugin", "alpha": 0.005, "limit54": (0, 4),
}  # fmt: skip
"""Noufaily et al. 2013 on months: all five years, a level for every calendar month, the last three months not learnt from."""


@dataclass(frozen=True)
class Options:
    """How a series is judged. Raises ParameterError for a value outside its range.

    >>> Options(alpha=2)
    Traceback (most recent call last):
        ...
    cfanalysis.foundation.errors.ParameterError: alpha: found 2, want a probability between 0 and 1
    """

    b: int = 5
    w: int = 3
    no_periods: int = 1
    past_weeks_not_included: int | None = None
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    p_threshold_trend: float = 0.05
    threshold_method: ThresholdMethod = "delta"
    power: Power = "2/3"
    alpha: float = 0.05
    limit54: tuple[float, int] = (5, 4)
    variant: Variant = "corrected"

    def __post_init__(self) -> None:
        self._whole("b", 1)
        self._whole("w", 0)
        self._whole("no_periods", 1)
        if self.past_weeks_not_included is not None:
            self._whole("past_weeks_not_included", 0)
        self._choice("threshold_method", get_args(ThresholdMethod))
        self._choice("power", get_args(Power))
        self._choice("variant", get_args(Variant))
        self._wanted("alpha", 0 < self.alpha < 1, "a probability between 0 and 1")
        self._wanted("p_threshold_trend", 0 <= self.p_threshold_trend <= 1, "a probability from 0 to 1")
        self._wanted("weights_threshold", self.weights_threshold > 0, "a number above 0")
        valid = len(self.limit54) == 2 and self.limit54[0] >= 0 and self.limit54[1] >= 1 and int(self.limit54[1]) == self.limit54[1]
        self._wanted("limit54", valid, "(cases, periods) with cases 0 or more and periods 1 or more, for example (5, 4)")

    @property
    def skipped(self) -> int:
        """How many of the newest periods are not learnt from, besides the judged one (``w`` unless given)."""
        return self.w if self.past_weeks_not_included is None else self.past_weeks_not_included

    def _wanted(self, name: str, valid: bool, wanted: str) -> None:
        if not valid:
            raise ParameterError(f"{name}: found {getattr(self, name)!r}, want {wanted}")

    def _whole(self, name: str, least: int) -> None:
        value = getattr(self, name)
        self._wanted(name, isinstance(value, int) and not isinstance(value, bool) and value >= least, f"a whole number, {least} or more")

    def _choice(self, name: str, choices: tuple[str, ...]) -> None:
        self._wanted(name, getattr(self, name) in choices, "one of " + ", ".join(choices))
