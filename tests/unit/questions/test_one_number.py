"""One number for one date: a month that late closures still move is compared as it settles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cfanalysis.claims.claim import claim_of
from cfanalysis.foundation import table as tables
from cfanalysis.foundation.table import ALL
from cfanalysis.indicators import FLOWS, catalogue
from cfanalysis.questions import findings, latest, stock
from cfanalysis.questions import flows as stocks
from cfanalysis.questions.flows import Flows
from cfanalysis.questions.subject import Subject
from cfanalysis.words import sentences as words

MONTHS = pd.period_range("2019-04", periods=60, freq="M")
SETTLED = MONTHS[-4]


def subject(indicator: str, values: np.ndarray) -> Subject:
    frame = pd.DataFrame(
        {"authority": "Solentwick", "indicator": indicator, "breakdown": ALL, "month": MONTHS,
         "numerator": values, "denominator": np.nan, "value": values, "flag": ""}
    )  # fmt: skip
    return Subject(catalogue()[indicator], "Solentwick", tables.validate(frame, "series"))


def likely(series: pd.Series, ratios: list[float]) -> pd.DataFrame:
    last = series.tail(len(ratios))
    settled = last.to_numpy() * ratios
    return pd.DataFrame(
        {"month": last.index, "recorded": last.to_numpy(), "settled": settled,
         "low": settled * 0.98, "high": settled * 1.02, "source": "editions"}
    )  # fmt: skip


def made(assumed: bool = False) -> Flows:
    """Steady children in need whose newest five months of closures are recorded late."""
    rng = np.random.default_rng(3)
    starts, ends = (rng.poisson(100, len(MONTHS)).astype(float) for _ in range(2))
    ends[-6:] = np.round(ends[-6:] * 0.7)
    figures = 900 + np.cumsum(starts - ends), starts, ends
    bare = Flows(*(subject(name, each) for name, each in zip(("cin_open", *FLOWS["cin_open"]), figures, strict=True)))
    settling = {"cin_open": likely(bare.stock.figures, [0.96, 0.93, 0.9, 0.87, 0.84])}
    known = replace(bare, settling=settling)
    three = (replace(each, likely=known.likely(each.indicator.name), assumed=assumed) for each in (bare.stock, bare.starts, bare.ends))
    return Flows(*three, settling=settling)


def test_steps_why_and_headline_end_in_the_number_that_the_flow_shows():
    given = made()
    flow = stocks.flow_table(given, 6).frame.set_index("month")
    now, before = flow.loc[SETTLED, "stock"], flow.loc[SETTLED - 12, "stock"]
    assert now == round(given.stock.figures[SETTLED] * 0.93) < given.stock.figures[SETTLED]
    assert flow.loc[SETTLED, "kind"] == "as it settles"
    steps = stock.steps(given.stock, given.starts, given.ends)
    assert steps.frame["value"].iloc[[0, -1]].tolist() == [before, now]
    assert steps.frame["value"].iloc[3] == 0, "what ended makes the sum right"
    assert steps.addresses["value"][-1] is None, "no release holds an estimate"
    assert steps.addresses["value"][0] is not None
    assert "counts late records still to come" in steps.note
    why = stocks.why_table(given)
    assert why.frame["children"].iloc[[0, -1]].tolist() == [before, now]
    assert "counts late records still to come" in why.note
    row = latest.latest_counts([(given.stock, pd.DataFrame({"month": []}))]).frame.iloc[0]
    assert (row["year_now"], row["year_before"]) == (now, before)
    assert row["compared"] == "December 2023, as it settles"


def test_a_what_if_begins_at_the_last_month_that_stands_as_recorded():
    given = made()
    change = stocks.scenario(MONTHS[-1], starts=-0.1)
    shown = stocks.what_if_table(given, 12, change).frame.set_index("month")["baseline"]
    flow = stocks.flow_table(given, 12).frame.set_index("month")["stock"]
    assert shown.first_valid_index() == given.moves_from - 1
    known = shown[given.moves_from - 1 : MONTHS[-1]]
    assert known.round().tolist() == flow[known.index].tolist()


def test_the_newest_months_stay_as_recorded_so_far():
    given = made().stock
    assert given.as_it_settles[MONTHS[-1]] == given.figures[MONTHS[-1]]
    assert not given.moved([MONTHS[-1]])
    assert given.moved([SETTLED])


@pytest.mark.parametrize(
    ("assumed", "said"),
    [
        (False, "That counts late records still to come: "),
        (True, "That assumes that records come as late as in the rest of England: "),
    ],
)
def test_the_headline_says_what_it_counts_and_from_where_that_is_known(assumed, said):
    given = made(assumed).stock
    found = findings.of_series(given, pd.DataFrame({"month": [], "severity": []}), pd.DataFrame({"onset": []}), None)
    table = findings.as_table(found, [given])
    sentence = words.sentence(claim_of(table.frame[table.frame["kind"] == "trend"].iloc[0]))
    assert said in sentence
    low, high = given.likely_range(SETTLED)
    assert f"{low:,.0f} to {high:,.0f} (8 in 10 chance)" in sentence


def test_an_uncertain_estimate_makes_no_direction():
    """A stock a fifth higher than a year before, and nobody knows how many closures are to come."""
    values = np.r_[np.full(47, 1000.0), np.full(13, 1150.0)]
    sure = subject("cin_open", values)
    wide = likely(sure.figures, [0.98] * 5).assign(low=values[-5:] * 0.8, high=values[-5:] * 1.05)
    unsure = replace(sure, likely=wide)
    assert findings.views_years.compare(sure).direction == "up"
    assert findings.views_years.compare(unsure).direction == "about the same"
