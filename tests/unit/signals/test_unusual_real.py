"""Months that are known, in DfE's monthly referrals (table C6, 2013 to 2022), where the table is at hand."""

from __future__ import annotations

from calendar import month_name
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.signals import explain, shifts, unusual

ALERTS = ("alert", "strong", "extreme")


@pytest.fixture(scope="module")
def referrals(shared_data: Path) -> pd.DataFrame:
    """Months x authorities that are complete throughout."""
    raw = pd.read_csv(
        shared_data / "published" / "c6_children_in_need_referrals_by_month_2013_to_2022.csv", dtype=str, encoding="utf-8-sig"
    )
    raw = raw[raw["geographic_level"] == "Local authority"]
    long = raw.melt(["time_period", "la_name"], list(month_name)[1:], "calendar", "value")
    number = long["calendar"].map({name: at for at, name in enumerate(month_name) if name})
    year = long["time_period"].astype(int) - (number >= 4)
    long["month"] = pd.PeriodIndex.from_fields(year=year.to_numpy(), month=number.to_numpy(), freq="M")
    table = long.pivot_table(index="month", columns="la_name", values="value", aggfunc="first").apply(pd.to_numeric, errors="coerce")
    return table.loc[:, table.notna().all() & (table.min() > 0)]


def judged(referrals: pd.DataFrame, name: str) -> pd.DataFrame:
    return unusual(referrals[name]).set_index("month")


def test_surrey_november_2016_is_high(referrals: pd.DataFrame) -> None:
    month = judged(referrals, "Surrey").loc["2016-11"]
    assert month["z"] > 2.2
    assert month["severity"] != "usual"


def test_southampton_after_its_panel_of_november_2017_is_not(referrals: pd.DataFrame) -> None:
    assert judged(referrals, "Southampton").loc["2017-11":"2018-04", "severity"].eq("usual").all()


def test_southampton_february_to_march_2019_is_a_step(referrals: pd.DataFrame) -> None:
    found = shifts(referrals["Southampton"])
    step = found[found["told"].between(pd.Period("2019-02", freq="M"), pd.Period("2019-06", freq="M"))]
    assert len(step) == 1
    assert step["onset"].iloc[0] in (pd.Period("2019-02", freq="M"), pd.Period("2019-03", freq="M"))
    assert step["change"].iloc[0] > 0.8
    assert judged(referrals, "Southampton").loc["2019-02", "severity"] in ALERTS


def test_herefordshires_twelve_months_are_a_matter_of_recording(referrals: pd.DataFrame) -> None:
    name = next(name for name in referrals if name.startswith("Herefordshire"))
    onsets = shifts(referrals[name]).set_index("onset")["direction"]
    assert onsets["2017-04"] == "up"
    assert onsets["2018-04"] == "down"
    table = unusual(referrals[name])
    edges = table[table["month"].isin(pd.PeriodIndex(["2017-04", "2018-04"], freq="M"))]
    assert edges["severity"].isin(ALERTS).all()
    found = explain(referrals[name], edges, peers=referrals.drop(columns=name))
    recording = found[found["cause"] == "recording"]
    assert recording["verdict"].tolist() == ["yes", "yes"]
    assert found.loc[found["cause"] == "elsewhere", "verdict"].tolist() == ["no", "no"]


def test_april_2020_was_seen_elsewhere_too(referrals: pd.DataFrame) -> None:
    seen = []
    for name in list(referrals)[:30]:
        table = unusual(referrals[name][:"2020-06"])
        alert = table[(table["month"] == "2020-04") & table["severity"].isin(ALERTS)]
        found = explain(referrals[name][:"2020-06"], alert, peers=referrals.drop(columns=name))
        seen += found.loc[found["cause"] == "elsewhere", "verdict"].tolist() if len(found) else []
    assert len(seen) >= 3
    assert set(seen) <= {"yes", "possible"}
    assert seen.count("yes") > len(seen) / 2


def test_alarms_are_about_one_month_in_a_hundred_and_august_and_december_no_worse(referrals: pd.DataFrame) -> None:
    months = pd.period_range("2017-04", "2020-02", freq="M")
    some = list(referrals)[::3]
    severities = pd.concat([judged(referrals, name).loc[months, "severity"] for name in some], axis=1).isin(ALERTS)
    assert 0.004 <= severities.to_numpy().mean() <= 0.02
    by_month = severities.groupby(months.month).mean().mean(axis=1)
    assert by_month[8] <= 0.035
    assert by_month[12] <= 0.035


def test_half_a_month_moved_on_is_mostly_called_catch_up_and_spikes_are_not(referrals: pd.DataFrame) -> None:
    generator = np.random.default_rng(5)
    called: dict[str, list[bool]] = {"moved": [], "genuine": []}
    for name in list(referrals)[::6]:
        at = int(generator.integers(40, 82))
        moved = referrals[name].iloc[: at + 2].astype(float).copy()
        half = moved.iloc[at - 1] // 2
        moved.iloc[at - 1] -= half
        moved.iloc[at] += half
        genuine = referrals[name].iloc[: at + 2].astype(float).copy()
        genuine.iloc[at] *= 2
        for kind, series in (("moved", moved), ("genuine", genuine)):
            table = unusual(series)
            alerts = table[table["severity"].isin(ALERTS) & table["month"].isin(series.index[at - (kind == "moved") : at + 1])]
            found = explain(series, alerts)
            called[kind] += found.loc[found["cause"] == "catch_up", "verdict"].eq("yes").tolist() if len(found) else []
    assert len(called["moved"]) >= 15
    assert np.mean(called["moved"]) >= 0.65
    assert np.mean(called["genuine"]) <= 0.15
