"""``explain``: each cause found where it was put, and not where it was not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.foundation.errors import SeriesError
from cfanalysis.signals import explain, unusual
from cfanalysis.signals.explain.case import COLUMNS

PLAIN = {"season": "none", "calendar": False, "missing": "none"}


def months(number: int = 72, first: str = "2013-04") -> pd.PeriodIndex:
    return pd.period_range(first, periods=number, freq="M")


def flow(mean: float = 300.0, seed: int = 2, number: int = 72) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).poisson(mean, number).astype(float), months(number))


def causes(series: pd.Series, month: str, **told: object) -> pd.DataFrame:
    """The explanation of one month, by cause."""
    judged = unusual(series, **PLAIN)
    return explain(series, judged[judged["month"] == month], **(PLAIN | told)).set_index("cause")


def test_half_a_month_moved_on_is_caught_up_seen_from_both_months() -> None:
    series = flow()
    moved = series.iloc[50] // 2
    series.iloc[50] -= moved
    series.iloc[51] += moved
    late = causes(series, "2017-07").loc["catch_up"]
    assert late["verdict"] == "yes"
    assert late["sentence"] == "June 2017 was low and July 2017 made up for it: together they are normal."
    assert abs(late["own"]) < 0.15
    assert causes(series, "2017-06").loc["catch_up", "verdict"] == "yes"


def test_a_genuine_spike_is_not_caught_up() -> None:
    series = flow()
    series.iloc[51] *= 2
    row = causes(series, "2017-07").loc["catch_up"]
    assert row["verdict"] == "no"
    assert row["sentence"] == ""


def test_what_the_season_explains_is_normal_for_the_month() -> None:
    index = months()
    profile = [0.6 if month == 8 else 1.0 for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    series = pd.Series(np.round(400 * np.where(index.month == 8, 0.6, 1.0)), index)
    august = pd.DataFrame({"month": [pd.Period("2018-08", freq="M")], "z": [-0.1]})
    row = explain(series, august, season=profile, calendar=False).set_index("cause").loc["season"]
    assert row["verdict"] == "yes"
    assert row["sentence"] == "This is normal for August."


def test_the_newest_low_month_may_still_fill_up_and_a_high_one_not() -> None:
    series = flow()
    series.iloc[-1] = 120
    assert causes(series, str(series.index[-1])).loc["late", "verdict"] == "possible"
    assert causes(series, str(series.index[-1]), provisional_months=0).loc["late", "verdict"] == "no"
    series.iloc[-1] = 600
    assert causes(series, str(series.index[-1])).loc["late", "verdict"] == "no"


def test_a_new_level_from_april_is_recording_and_from_june_it_is_not() -> None:
    series = flow()
    april, june = series.copy(), series.copy()
    april.iloc[48:] *= 2
    june.iloc[50:] *= 2
    assert causes(april, "2017-04").loc["recording", "verdict"] == "yes"
    assert causes(april.iloc[:49], "2017-04").loc["recording", "verdict"] == "possible"
    assert causes(june, "2017-06").loc["recording", "verdict"] == "no"
    series.iloc[48] *= 2
    assert causes(series, "2017-04").loc["recording", "verdict"] == "no", "one high April is no new level"


def test_a_dated_event_is_named() -> None:
    series = flow()
    series.iloc[51] *= 2
    events = pd.DataFrame({"date": ["2017-06-12", "2015-01-01"], "kind": ["flag", "flag"], "label": ["New front door", "Old news"]})
    found = causes(series, "2017-07", events=events)
    assert found.loc["event", "verdict"] == "possible"
    assert found.loc["event", "detail"] == "New front door"


def test_what_others_saw_too_is_elsewhere() -> None:
    generator = np.random.default_rng(9)
    peers = pd.DataFrame(generator.poisson(200, (72, 20)).astype(float), months()).add_prefix("peer ")
    series = flow()
    series.iloc[51] *= 0.5
    assert causes(series, "2017-07", peers=peers).loc["elsewhere", "verdict"] == "no"
    peers.iloc[51] *= 0.6
    row = causes(series, "2017-07", peers=peers).loc["elsewhere"]
    assert row["verdict"] == "yes"
    assert row["other"] == pytest.approx(np.log(0.6), abs=0.05)
    assert causes(series, "2017-07", peers=peers.iloc[:, :3]).loc["elsewhere", "verdict"] == "cannot tell"


def test_contacts_moving_the_other_way_speak_of_counting() -> None:
    referrals, contacts = flow(), flow(900, 3)
    referrals.iloc[51] *= 2
    assert causes(referrals, "2017-07", contacts=contacts).loc["contacts", "verdict"] == "no"
    contacts.iloc[51] *= 0.5
    assert causes(referrals, "2017-07", contacts=contacts).loc["contacts", "verdict"] == "yes"


def sources(seed: int = 10) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    means = {"source: Police": 100, "source: Schools": 80, "source: Health services": 60, "source: Other": 30}
    return pd.DataFrame({name: generator.poisson(mean, 72).astype(float) for name, mean in means.items()}, months())


def test_the_source_that_accounts_for_the_excess_is_named() -> None:
    parts = sources()
    parts.iloc[51, 0] += 220
    row = causes(parts.sum(axis=1), "2017-07", sources=parts).loc["source"]
    assert row["verdict"] == "yes"
    assert row["detail"] == "Police"
    assert row["share"] > 0.7
    assert row["sentence"] == "Nearly all of the excess in July 2017 came from Police."


def test_an_excess_spread_over_all_sources_names_none() -> None:
    parts = sources()
    parts.iloc[51] *= 2
    row = causes(parts.sum(axis=1), "2017-07", sources={"source": parts, "team": parts}).loc[["source", "team"]]
    assert row["verdict"].tolist() == ["no", "no"]


def test_a_category_that_empties_as_another_fills_is_a_change_of_codes() -> None:
    parts = sources()
    parts.iloc[51, 0] += 150
    parts.iloc[51, 1] = 2
    row = causes(parts.sum(axis=1), "2017-07", sources=parts).loc["category"]
    assert row["verdict"] == "yes"
    assert row["detail"] == "Schools to Police"


def test_many_on_one_date_is_seen() -> None:
    series = flow()
    series.iloc[51] *= 2
    spread = pd.Series(pd.date_range("2017-07-03", "2017-07-28", freq="B").repeat(30))
    assert causes(series, "2017-07", dates=spread).loc["dates", "verdict"] == "no"
    heaped = pd.concat([spread, pd.Series(pd.to_datetime(["2017-07-17"] * 250))])
    row = causes(series, "2017-07", dates=heaped).loc["dates"]
    assert row["verdict"] == "yes"
    assert row["detail"] == "2017-07-17"


def test_form_of_the_table_and_what_cannot_be_explained() -> None:
    series = flow()
    judged = unusual(series, **PLAIN)
    assert tuple(explain(series, judged.iloc[:0]).columns) == COLUMNS
    assert explain(series, judged.iloc[:3], **PLAIN).empty, "no year before them to compare with"
    found = explain(series, judged.iloc[[40, 41]], **PLAIN)
    assert (found["sentence"].ne("") == found["verdict"].isin(["yes", "possible"])).all()
    with pytest.raises(SeriesError, match="month and z"):
        explain(series, pd.DataFrame({"when": []}))


def test_numbers_are_never_in_a_sentence() -> None:
    parts = sources()
    parts.iloc[51] *= 2
    found = causes(parts.sum(axis=1), "2017-07", sources=parts)
    said = found["sentence"].str.replace(r"\b(19|20)\d\d\b", "", regex=True)
    assert not said.str.contains(r"\d").any(), "a sentence is released with its month and must not carry a count"


def test_one_category_that_holds_everything_explains_nothing() -> None:
    index = months()
    series = pd.Series(400.0, index)
    series["2018-08"] = 800.0
    august = pd.DataFrame({"month": [pd.Period("2018-08", freq="M")], "z": [5.0]})
    one = pd.DataFrame({"team: MASH": series, "team: Closed": 0.0}, index=index)
    row = explain(series, august, season="none", calendar=False, sources={"team": one}).set_index("cause").loc["team"]
    assert (row["verdict"], row["sentence"]) == ("cannot tell", "")
