"""Indicators that only the children in need census holds: factors, complexity, plans, reviews, pre-proceedings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import OPEN, add_months, end_months, month_numbers, to_days
from cfanalysis.indicators.rereferrals import ONE_DAY, RereferralEdges
from cfanalysis.indicators.tally import Flow, Mean, Measure, Median, Per, Stock
from cfanalysis.indicators.view import View

NO_FACTOR = "21"
"""The code that says no factor was found."""

COMPLEX = 3
"""Factors from which an assessment is called complex here; DfE publishes no such measure."""

FIRST_REVIEW_MONTHS, NEXT_REVIEW_MONTHS = 3, 6
"""Working Together: a plan is reviewed within three months of its start and then at least every six months."""

FACTORS: Mapping[str, tuple[str, ...]] = {
    "factor_domestic_abuse": ("3A", "3B", "3C"),
    "factor_domestic_abuse_parent": ("3B",),
    "factor_mental_health": ("4A", "4B", "4C"),
    "factor_mental_health_child": ("4A",),
    "factor_mental_health_parent": ("4B",),
    "factor_substance_misuse": ("1A", "1B", "1C", "2A", "2B", "2C"),
    "factor_neglect": ("16A",),
    "factor_emotional_abuse": ("17A",),
    "factor_exploitation": ("11A", "12A", "13A", "24A"),
}
"""Indicator to the factor codes (CIN_schema_2024.xsd) of which any one counts."""


def _assessed(view: View) -> pd.DataFrame:
    """Completed assessments that say which factors were found, or that none was."""
    rows = view.of("factors")
    return rows.loc[rows["end_date"].notna() & (rows["category"] != "")]


def _factor(view: View, _: RereferralEdges, *, codes: tuple[str, ...]) -> Flow:
    rows = _assessed(view)
    hit = _by_value(rows["category"], lambda text: bool(set(text.split()) & set(codes)))
    return Flow(rows, to_days(rows["end_date"]), hit, np.ones(len(rows)), needs=(Need("factors"),))


def _by_value(texts: pd.Series, say: Callable[[str], float]) -> np.ndarray:
    """What is said of each text, worked out once for each that differs."""
    place, found = pd.factorize(texts)
    said = np.array([say(str(text)) for text in found], dtype=float)
    return said[place] if len(found) else np.zeros(len(texts))


def count_factors(text: str) -> int:
    """How many factors a text of codes names; the code for none is none.

    >>> count_factors("3B 4A 16A"), count_factors("21")
    (3, 0)
    """
    return len(set(text.split()) - {NO_FACTOR})


def _factors_each(view: View, _: RereferralEdges) -> Mean:
    rows = _assessed(view)
    return Mean(rows, to_days(rows["end_date"]), _by_value(rows["category"], count_factors), (Need("factors"),))


def _complex(view: View, _: RereferralEdges) -> Flow:
    rows = _assessed(view)
    hit = _by_value(rows["category"], count_factors) >= COMPLEX
    return Flow(rows, to_days(rows["end_date"]), hit, np.ones(len(rows)), needs=(Need("factors"),))


def _flow(view: View, _: RereferralEdges, *, event: str, on: str = "date") -> Flow:
    rows = view.of(event)
    rows = rows.loc[rows[on].notna()]
    return Flow(rows, to_days(rows[on]), np.ones(len(rows)), needs=(Need(event),))


def _stock(view: View, _: RereferralEdges, *, event: str) -> Stock:
    rows = view.of(event)
    start, end = month_numbers(to_days(rows["date"])), end_months(to_days(rows["end_date"]))
    return Stock(rows, start, end, needs=(Need(event),))


def _enquiries_per_hundred(view: View, edges: RereferralEdges) -> Per:
    return Per(_flow(view, edges, event="s47"), _stock(view, edges, event="cin_episode"))


def _stage(view: View, _: RereferralEdges, *, event: str, on: str = "date", since: str = "clock_start") -> Median:
    """Days from one step of pre-proceedings to the next, in the month of the later one; a step before the one it follows is left out."""
    rows = view.of(event)
    rows = rows.loc[(rows[on] >= rows[since]).fillna(False)]
    on_day = to_days(rows[on])
    return Median(rows, on_day, (on_day - to_days(rows[since])).astype(float), (Need(event),))


def _meeting_offered(view: View, _: RereferralEdges) -> Flow:
    rows = view.of("pre_proceedings")
    rows = rows.loc[rows["outcome"].isin(["offered", "not_offered"])]
    hit = (rows["outcome"] == "offered").to_numpy(dtype=bool)
    return Flow(rows, to_days(rows["date"]), hit, np.ones(len(rows)), needs=(Need("pre_proceedings"),))


def _meeting_held(view: View, _: RereferralEdges) -> Flow:
    rows = view.of("pre_proceedings")
    rows = rows.loc[(rows["outcome"] == "offered") & rows["category"].isin(["held", "not_held"])]
    hit = (rows["category"] == "held").to_numpy(dtype=bool)
    return Flow(rows, to_days(rows["date"]), hit, np.ones(len(rows)), needs=(Need("pre_proceedings"),))


def _reviews_up_to_date(view: View, _: RereferralEdges) -> Stock:
    """Plans open three months or more at a month's end, and those of them with a review in the six months up to it."""
    plans, reviews = view.of("cp_plan"), view.of("cp_review")
    due = month_numbers(add_months(to_days(plans["date"]), FIRST_REVIEW_MONTHS))
    start, end = _reviewed(plans, reviews)
    nothing = np.full(len(plans), OPEN)
    whole = np.concatenate([due, np.full(len(start), OPEN)])
    rows = pd.concat([plans, plans.iloc[start["plan"].to_numpy()]], ignore_index=True)
    above = np.concatenate([nothing, np.maximum(month_numbers(to_days(start["first"])), due[start["plan"]])])
    ends = np.concatenate([end_months(to_days(plans["end_date"])), end])
    return Stock(rows, above, ends, whole=whole, needs=(Need("cp_plan"), Need("cp_review", months_before=NEXT_REVIEW_MONTHS)))


def _reviewed(plans: pd.DataFrame, reviews: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Stretches in which a plan has a review of the last six months, cut so that none overlaps: plan and first day, and the month
    number in which each is over."""
    both = (
        plans.reset_index(names="plan")
        .drop(columns="clock_start")[["plan", "child", "date", "end_date"]]
        .merge(reviews[["child", "date"]].rename(columns={"date": "first"}), on="child")
    )
    inside = (both["first"] > both["date"]) & ~(both["first"] > both["end_date"])
    both = both[inside].drop_duplicates(["plan", "first"]).sort_values(["plan", "first"])
    follows = both.groupby("plan")["first"].shift(-1)
    until = month_numbers(add_months(to_days(both["first"]), NEXT_REVIEW_MONTHS) + ONE_DAY)
    until = np.minimum(until, end_months(to_days(follows)))
    return both[["plan", "first"]], np.minimum(until, end_months(to_days(both["end_date"])))


CENSUS_MEASURES: Mapping[str, Callable[[View, RereferralEdges], Measure]] = {
    **{name: partial(_factor, codes=codes) for name, codes in FACTORS.items()},
    "factors_per_assessment": _factors_each,
    "complex_assessments": _complex,
    "s47_per_100_cin": _enquiries_per_hundred,
    "cin_plans_open": partial(_stock, event="cin_plan"),
    "cin_plans_started": partial(_flow, event="cin_plan"),
    "cin_plans_ended": partial(_flow, event="cin_plan", on="end_date"),
    "cp_reviews_up_to_date": _reviews_up_to_date,
    "pre_proceedings_open": partial(_stock, event="pre_proceedings"),
    "pre_proceedings_started": partial(_flow, event="pre_proceedings"),
    "pre_proceedings_duration": partial(_stage, event="pre_proceedings", on="end_date", since="date"),
    "pre_proceedings_to_letter": partial(_stage, event="pp_letter"),
    "pre_proceedings_to_meeting": partial(_stage, event="pp_meeting"),
    "pre_proceedings_to_court": partial(_stage, event="pp_court"),
    "family_meetings_offered": _meeting_offered,
    "family_meetings_held": _meeting_held,
}
"""Indicator name to the function that says what to count."""
