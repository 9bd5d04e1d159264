"""Children in need of each synthetic authority: one number for one date, wherever it is said."""

from __future__ import annotations

import pandas as pd
import pytest

import cfanalysis as cf
from cfanalysis.indicators import settling

TRIO = ("cin_open", "cin_started", "cin_ended")
PUBLISHED_BESIDE = {"wealdshire": "2017-03", "marchfordshire": "2018-03", "itchenport": "2022-03"}
"""Authorities whose editions teach nothing of settling, and a March that is recorded and published."""


@pytest.mark.parametrize("name", ["solentwick", "wealdshire", "moorshire", "itchenport", "marchfordshire"])
def test_headline_steps_why_winter_and_flow_say_the_same_of_a_date(root, name):
    book = cf.open(root / "params" / f"{name}.yml", policy="internal").workbook
    flow = book.flow(*TRIO).frame.set_index("month")["stock"]
    settled = book.subject("cin_open").settled
    said = book.headlines("children_in_need").frame
    trend = said[(said["indicator"] == "cin_open") & (said["kind"] == "trend")].iloc[0]
    steps = book.steps(*TRIO).frame["value"]
    why = book.why(*TRIO).frame["children"]
    before, now = flow[settled - 12], flow[settled]
    assert (trend["expected"], trend["observed"]) == (before, now)
    assert (steps.iloc[0], steps.iloc[-1], steps.iloc[3]) == (before, now, 0)
    assert (why.iloc[0], why.iloc[-1]) == (before, now)
    latest = book.latest("children_in_need")[0].frame.set_index("measure")
    assert latest["year_now"].iloc[0] == now
    for row in book.january_february("cin_open").frame.itertuples():
        if row.answer not in ("too early", "cannot tell"):
            december, february = flow[f"{row.year - 1}-12"], flow[f"{row.year}-02"]
            assert (row.base, row.observed) == (december, february)

    if name not in PUBLISHED_BESIDE:
        assert book.evidence.settling_of("cin_open").source == settling.EDITIONS
        return
    march = pd.Period(PUBLISHED_BESIDE[name], "M")
    yearly = book.evidence.yearly
    own = (yearly["authority"] == book.authority) & (yearly["year"] == march.year)
    published = yearly[own & (yearly["indicator"] == "cin_open")]["value"].iloc[0]
    assert abs(flow[march] / published - 1) < 0.002, "the published figure, not a default"
