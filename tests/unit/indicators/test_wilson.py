"""The Wilson interval, against values worked out elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.indicators import wilson


def test_against_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    top, bottom = np.array([0, 1, 3, 15, 15, 999]), np.array([7, 7, 10, 15, 80, 4000])
    for level in (0.8, 0.95, 0.998):
        low, high = wilson(top, bottom, level)
        expected = proportion_confint(top, bottom, alpha=1 - level, method="wilson")
        np.testing.assert_allclose([low, high], 100 * np.array(expected), atol=1e-9)


def test_nothing_to_divide_by_is_missing() -> None:
    low, high = wilson([0, np.nan, 1], [0, 5, np.nan])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_it_is_never_of_no_width_and_stays_between_0_and_100() -> None:
    low, high = wilson([0, 5], [5, 5])
    assert low[0] == 0
    assert high[1] == 100
    assert (high - low > 40).all()


@pytest.mark.parametrize(("top", "bottom", "level"), [(6, 5, 0.95), (-1, 5, 0.95), (1, 5, 95)])
def test_what_makes_no_sense_is_told(top: int, bottom: int, level: float) -> None:
    with pytest.raises(SeriesError, match="want a"):
        wilson(top, bottom, level)
