"""Many series at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.foundation.errors import SeriesError
from cfanalysis.models.checked import check_series
from cfanalysis.models.forecasting import make_setting
from cfanalysis.models.pooling import error_ratio, learn_together, pooled_constants, pooled_profile
from cfanalysis.models.prior import shipped

MONTHS = pd.period_range("2012-04", periods=60, freq="M")


def panel(count: int, seed: int = 0, season=None, sd: float = 0.1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factor = np.ones(12) if season is None else np.asarray(season)
    level = rng.uniform(100, 900, count) * factor[MONTHS.month - 1][:, None]
    return pd.DataFrame(np.rint(level * np.exp(rng.normal(0, sd, (60, count)))), index=MONTHS, columns=[f"A{k}" for k in range(count)])


def test_every_column_comes_back_in_order():
    frame = panel(4)
    found = cf.forecast_panel(frame, 3)
    assert list(found) == list(frame.columns)
    assert all(each.name == name and each.paths.shape == (2000, 3) for name, each in found.items())


def test_columns_may_start_late_end_early_and_have_holes():
    frame = panel(4)
    frame.iloc[:20, 1] = np.nan
    frame.iloc[30:33, 2] = np.nan
    frame.iloc[-2:, 3] = np.nan
    found = cf.forecast_panel(frame, 3)
    assert {each.months[0] for each in found.values()} == {pd.Period("2017-04", "M")}
    assert all(np.isfinite(each.paths).all() for each in found.values())


def test_every_column_that_cannot_be_forecast_is_named():
    frame = panel(3)
    frame.iloc[5, 0] = -1
    frame.iloc[5:, 2] = np.nan
    with pytest.raises(SeriesError, match=r"A0, September 2012: found -1.*A2: 5 months"):
        cf.forecast_panel(frame)


@pytest.mark.parametrize("wrong", [pd.DataFrame(), panel(2).set_axis(["A", "A"], axis=1), panel(1)["A0"]])
def test_frames_that_are_not_panels_are_refused(wrong):
    with pytest.raises(SeriesError):
        cf.forecast_panel(wrong)


def test_a_large_panel_teaches_its_own_season():
    strange = np.where(np.arange(12) == 9, 1.5, 1.0)  # an October rise England does not know
    members = [check_series(column) for _, column in panel(30, season=strange).items()]
    profile = np.array(pooled_profile(members, make_setting("count", False, "reference", 12, None), worth=0.0))
    known = np.array(shipped().profile)
    usual = profile / known
    assert usual[9] / np.delete(usual, 9).mean() > 1.3


def test_the_width_follows_the_errors_made():
    setting = make_setting("count", True, "reference", 12, None)
    calm = panel(30, sd=0.1)
    rough = calm.copy()
    rough.iloc[-24:] = np.rint(rough.iloc[-24:] * np.exp(np.random.default_rng(1).normal(0, 0.3, (24, 30))))
    ratios = [error_ratio(learn_together([check_series(column) for _, column in frame.items()], setting)) for frame in (calm, rough)]
    assert ratios[0] < 1.2 < ratios[1]


def test_too_short_a_panel_teaches_no_width():
    members = [check_series(column.iloc[:30]) for _, column in panel(3).items()]
    assert error_ratio(learn_together(members, make_setting("count", True, "reference", 12, None))) == 1.0


def test_what_a_panel_teaches_can_be_shipped():
    setting = make_setting("count", True, "reference", 12, None)
    found = pooled_constants([check_series(column) for _, column in panel(5).items()], setting)
    assert sum(weight for _, weight in found.dynamics) == pytest.approx(1)
    assert sum(weight for _, weight in found.season) == pytest.approx(1)
    series = check_series(panel(1)["A0"])
    assert learn_together([series], replace(setting, constants=found))[0].members == (series,)
