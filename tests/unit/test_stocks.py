"""A stock with its starts and ends: what models are shown of unsettled months, what-ifs by month, and what it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.claims.stock import cause_of
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import FLOWS, catalogue
from cfanalysis.questions import flows as stocks
from cfanalysis.questions.flows import Flows, scenario
from cfanalysis.questions.subject import Subject
from cfanalysis.registers.entries import DatedEvent
from cfanalysis.words import sentences as words
from cfanalysis.words.stock import why_sentence

MONTHS = pd.period_range("2019-04", periods=60, freq="M")
NEWEST = MONTHS[-1]


def subject(indicator: str, values: np.ndarray) -> Subject:
    frame = pd.DataFrame(
        {"authority": "Solentwick", "indicator": indicator, "breakdown": ALL, "month": MONTHS, "numerator": values, "denominator": np.nan,
         "value": values, "flag": ""}
    )  # fmt: skip
    return Subject(catalogue()[indicator], "Solentwick", tables.validate(frame, "series"), synthetic=True)


def flows(late: float = 0.0, settling: dict[str, pd.DataFrame] | None = None, events: tuple[DatedEvent, ...] = ()) -> Flows:
    """Steady children in need; of the newest three months' closures a share is not written down yet."""
    rng = np.random.default_rng(3)
    starts, ends = (rng.poisson(100, len(MONTHS)).astype(float) for _ in range(2))
    ends[-3:] = np.round(ends[-3:] * (1 - late))
    stock = 900 + np.cumsum(starts - ends)
    parts = (subject(name, values) for name, values in zip(("cin_open", *FLOWS["cin_open"]), (stock, starts, ends), strict=True))
    return Flows(*parts, events, settling or {})


def likely(values: pd.Series, ratio: float) -> pd.DataFrame:
    last = values.tail(3)
    return pd.DataFrame({"month": last.index, "recorded": last.to_numpy(), "settled": last.to_numpy() * ratio,
                         "low": last.to_numpy() * ratio * 0.98, "high": last.to_numpy() * ratio * 1.02, "source": "editions"})  # fmt: skip


def test_without_knowing_how_months_settle_models_see_settled_months_only():
    given = flows(late=0.5)
    stock, starts, ends = given.series()
    assert (str(stock.index[-1]), str(ends.index[-1]), str(starts.index[-1])) == ("2023-12", "2023-12", "2024-02")
    assert given.late == 3
    ahead = given.forecast(6)
    assert (str(ahead.months[0]), str(ahead.months[-1])) == ("2024-01", str(NEWEST + 6))
    recorded = given.stock.figures.iloc[-1]
    assert ahead.stock.median[NEWEST] < recorded - 60, "a third of a month's closures thrice over is not a rise"


def test_what_is_known_of_settling_enters_the_models_and_still_adds_up():
    given = flows(late=0.5)
    settling = {"cin_open": likely(given.stock.figures, 0.9), "cin_started": likely(given.starts.figures, 1.02)}
    given = flows(late=0.5, settling=settling)
    stock, starts, ends = given.as_they_settle()
    assert stock.iloc[-1] == round(given.stock.figures.iloc[-1] * 0.9)
    assert starts.iloc[-1] == round(given.starts.figures.iloc[-1] * 1.02)
    made = stock.shift() + starts - ends
    assert (made.iloc[-3:] == stock.iloc[-3:]).all()
    assert given.opening_sd() == pytest.approx(0.04 / 2 / 1.2816)
    ahead = given.forecast(6)
    assert str(ahead.months[0]) == str(NEWEST + 1)
    assert np.std(ahead.draws.opening) > 5
    before = np.column_stack([ahead.draws.opening, ahead.stock.paths[:, :-1]])
    assert (before + ahead.starts.paths - ahead.ends.paths + ahead.draws.difference == ahead.stock.paths).all()
    table = stocks.flow_table(given, 6)
    assert table.frame["kind"].value_counts().to_dict() == {"recorded": 21, "as it settles": 3, "expected": 6}


def test_events_reach_the_flow_they_show_in():
    step = DatedEvent(date="2022-04-01", kind="step", indicators=["cin_ended"], label="closing panel", said_by="head of service")
    out = DatedEvent(date="2021-01-01", kind="exclude", indicators="all", label="move of systems", said_by="head of service")
    told = flows(events=(step, out)).options(NEWEST)
    assert told["events"] is None
    assert told["events_ends"] == [(pd.Period("2022-04", "M"), "step")]
    assert pd.Period("2021-01", "M") in told["missing"]
    assert flows(events=(step, out)).options(pd.Period("2020-12", "M"))["events_ends"] is None


@pytest.mark.parametrize(
    ("change", "label", "first"),
    [
        ({"starts": -0.10, "first": "January"}, "starts 10% down from January 2025", "2025-01"),
        ({"more_closures": 20}, "20 more closures a month from April 2024", "2024-04"),
        (
            {"closures": 0.25, "more_starts": -5, "first": "2024-06"},
            "the rate of closing 25% up and 5 fewer starts a month from June 2024",
            "2024-06",
        ),
        ({"more_closures": 20, "label": "the panel's plan"}, "the panel's plan", "2024-04"),
    ],
)  # fmt: skip
def test_a_what_if_says_what_it_changes_and_from_when(change, label, first):
    made = scenario(NEWEST, **change)
    assert (made.label, str(made.first)) == (label, first)


def test_a_what_if_that_changes_nothing_is_refused():
    with pytest.raises(ParameterError, match="want something to change"):
        scenario(NEWEST)
    with pytest.raises(ParameterError, match="found 'referrals'"):
        scenario(NEWEST, referrals=-0.1)
    with pytest.raises(ParameterError, match="month"):
        scenario(NEWEST, first="Januray", starts=-0.1)


def test_the_what_if_is_drawn_beside_the_baseline_from_its_month_on():
    given = flows(late=0.5)
    table = stocks.what_if_table(given, 12, scenario(NEWEST, first="January", starts=-0.10))
    frame = table.frame.set_index("month")
    assert table.title == "Children in need at month end. What if: starts 10% down from January 2025"
    assert frame["what_if"].first_valid_index() == pd.Period("2025-01", "M")
    assert (frame.loc["2025-01":, "what_if"] < frame.loc["2025-01":, "baseline"]).all()
    assert set(frame.loc[frame["what_if"].notna(), "scenario"]) == {"What if: starts 10% down from January 2025"}
    assert frame.index[frame["provisional"]].astype(str).tolist() == ["2024-01", "2024-02", "2024-03"]
    assert frame["baseline"].first_valid_index() == pd.Period("2023-12", "M"), "the last settled month, then where the newest ones settle"
    assert frame.loc["2023-12", "baseline"] == given.stock.figures["2023-12"]
    assert frame.loc["2023-12":, "baseline"].notna().all()
    known = {"cin_open": likely(given.stock.figures, 0.9), "cin_started": likely(given.starts.figures, 1.02)}
    told = stocks.what_if_table(flows(late=0.5, settling=known), 12, scenario(NEWEST, starts=-0.10)).frame.set_index("month")
    assert told.loc[NEWEST, "baseline"] == round(given.stock.figures[NEWEST] * 0.9)
    late = stocks.what_if_table(given, 3, scenario(NEWEST, first="January", starts=-0.10))
    assert late.frame.empty
    assert "after the forecast ends" in late.title


def test_what_it_takes_for_a_target_and_for_a_tenth_fewer_where_there_is_none():
    given = flows()
    month = NEWEST + 6
    asked = stocks.reach_table(given, 12, [(700.0, month), (500.0, NEWEST - 1)])
    assert asked.frame["target"].tolist() == [700.0]
    assert not asked.facts["example"]
    example = stocks.reach_table(given, 12, [])
    assert example.facts["example"]
    now = given.forecast(12).stock.median[NEWEST]
    assert example.frame["target"].tolist() == [round(now * 0.9)], "of the newest month as it is likely to settle"
    assert f"A tenth fewer than the {now:,.0f} that March 2024 is likely to settle at" in example.note
    (said,) = words.reach(cf.release(example, "internal"))
    assert said.startswith(
        "Where nobody has set a target that lies ahead, the example is a tenth fewer than are likely open now. Children in need"
    )


def test_why_it_moved_ends_where_closures_are_in():
    table = stocks.why_table(flows(late=0.5))
    assert table.facts["last"] == "December 2023"
    assert table.facts["cause"] != "fewer closures", "closures that are not written down yet are not fewer"
    assert "Months after December 2023 are left out" in table.note
    assert why_sentence(cause_of(table.facts, table.frame.to_dict("records"))).startswith("January 2023 to December 2023, ")
