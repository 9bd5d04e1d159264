"""Stock and flow as tables and sentences: the parts add up, counts are named for hiding, a what-if says that it is one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cfanalysis.claims.stock import cause_of, reach_of
from cfanalysis.models.attribution import why_changed
from cfanalysis.models.scenarios import Scenario, to_reach, what_if
from cfanalysis.models.stock_flow import forecast_stock
from cfanalysis.questions.stock_tables import flow_table, reach_table, what_if_table, why_table
from cfanalysis.words.stock import reach_sentence, why_sentence

MONTHS = pd.period_range("2019-04", periods=60, freq="M")
STARTS = pd.Series(np.random.default_rng(0).poisson(100, 60).astype(float), MONTHS)
ENDS = pd.Series(np.random.default_rng(1).poisson(100, 60).astype(float), MONTHS)
STOCK = 900 + (STARTS - ENDS).cumsum()


@pytest.fixture(scope="module")
def ahead():
    return forecast_stock(STOCK, STARTS, ENDS, 6, paths=300)


def test_the_steps_add_up_from_opening_to_closing():
    table = why_table(why_changed(STOCK, STARTS, ENDS, "2023-04", paths=300), "children in need")
    children = table.frame["children"]
    assert children.iloc[:-1].sum() == pytest.approx(children.iloc[-1])
    assert table.counts == ("children",)
    assert why_sentence(cause_of(table.facts)).startswith("April 2023 to March 2024: ")


def test_history_and_what_is_expected_in_one_table(ahead):
    table = flow_table(ahead, "Children in need", months=12)
    frame = table.frame
    assert frame["kind"].tolist() == ["recorded"] * 12 + ["expected"] * 6
    assert table.counts == ("starts", "ends", "stock")
    assert table.derived["stock_low"] == ("stock",)
    assert frame["stock"].notna().all()
    assert frame["month"].is_monotonic_increasing


def test_a_what_if_is_named_in_title_and_rows(ahead):
    table = what_if_table(
        what_if(ahead, Scenario("20 more closures a month", ahead.months[0], more_closures=20)), STOCK, "Children in need"
    )
    assert "What if: 20 more closures a month" in table.title
    assert set(table.frame.loc[table.frame["what_if"].notna(), "scenario"]) == {"What if: 20 more closures a month"}


def test_what_it_takes_in_words(ahead):
    need = to_reach(ahead, round(float(STOCK.iloc[-1]) * 0.9), ahead.months[-1])
    row = reach_table([need], "children in need").frame.iloc[0]
    assert "fewer starts" in reach_sentence(reach_of(row))
    assert "more closures a month" in reach_sentence(reach_of(row))
    nothing = {**row, "starts": 0.0, "fewer_starts": 0.0, "more_closures": 0.0}
    assert reach_sentence(reach_of(nothing)).endswith("Nothing more is needed for an even chance.")
    never = {**row, "starts": float("nan"), "fewer_starts": float("nan"), "more_closures": float("nan")}
    assert reach_sentence(reach_of(never)).endswith("Neither starts nor closures alone can do it.")
