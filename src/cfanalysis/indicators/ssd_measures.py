"""Indicators that only the Standard Safeguarding Dataset holds: who worked with a child, visits, placements, missing episodes, targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from cfanalysis.indicators.coverage import Need
from cfanalysis.indicators.days import OPEN, add_months, end_months, month_numbers, to_days
from cfanalysis.indicators.labels import LEAVER_BANDS
from cfanalysis.indicators.rereferrals import ONE_DAY, RereferralEdges
from cfanalysis.indicators.tally import Each, Flow, Measure, Stock
from cfanalysis.indicators.view import View

YEAR_MONTHS = 12
"""Workers and placements are counted over the twelve months up to a month's end."""

MANY = 3
"""Workers, or placements, from which a child has had many; DfE counts three placements (looked after return)."""

HANDOVER_DAYS = 31
"""A worker who begins so many days or fewer after the last one left, or before, has taken over; later, the child had none to lose."""

CP_VISIT_DAYS, CLA_VISIT_DAYS = 28, 42
"""Four weeks, a common rule of authorities for children on a plan; six weeks, the regulations' for the first year of care."""

REVIEW_MONTHS = 6
"""A pathway plan is reviewed at least every six months."""


def _by_target(view: View, _: RereferralEdges) -> Flow:
    """Conferences due in the month; those held by then."""
    rows = view.of("icpc_target")
    held = (rows["clock_start"] <= rows["date"]).to_numpy(dtype=bool)
    return Flow(rows, to_days(rows["date"]), held, np.ones(len(rows)), needs=(Need("icpc_target"),))


def _gone_missing(view: View, _: RereferralEdges) -> Flow:
    rows = view.of("missing")
    rows = rows.loc[rows["category"] != "absent"]
    return Flow(rows, to_days(rows["date"]), np.ones(len(rows)), needs=(Need("missing"),))


def _interview_offered(view: View, _: RereferralEdges) -> Flow:
    rows = view.of("missing")
    rows = rows.loc[(rows["category"] != "absent") & rows["outcome"].isin(["offered", "not_offered"])]
    hit = (rows["outcome"] == "offered").to_numpy(dtype=bool)
    return Flow(rows, to_days(rows["date"]), hit, np.ones(len(rows)), needs=(Need("missing"),))


def _pathway(view: View, _: RereferralEdges) -> Flow:
    """The last picture of each month, without those who have died: plans reviewed in the six months before it."""
    rows = view.of("care_leaver")
    rows = rows.loc[rows["outcome"] != "died"]
    month = pd.Series(month_numbers(to_days(rows["date"])), index=rows.index)
    rows = rows.loc[rows["date"] == rows.groupby(month)["date"].transform("max")]
    day, reviewed = to_days(rows["date"]), to_days(rows["clock_start"])
    known = ~np.isnat(reviewed)
    hit = known & (reviewed <= day) & (add_months(reviewed, REVIEW_MONTHS) >= day)
    return Flow(
        rows,
        day,
        hit,
        np.ones(len(rows)),
        known,
        (Need("care_leaver", snapshot=True),),
        LEAVER_BANDS,
    )


def _visited(view: View, _: RereferralEdges, *, event: str, by: str, days: int) -> Stock:
    """Periods open for so many days at a month's end, and those of them whose child was seen in so many days up to it."""
    periods, visits = view.of(event), view.of(by)
    due = month_numbers(to_days(periods["date"]) + days * ONE_DAY)
    seen, until = _seen(periods, visits.loc[visits["category"] != "not_seen"], days)
    above = np.maximum(month_numbers(to_days(seen["first"])), due[seen["period"]])
    rows = periods.iloc[seen["period"].to_numpy()]
    needs = (Need(event), Need(by, months_before=1))
    return _share(periods, due, end_months(to_days(periods["end_date"])), rows, above, until, needs)


def _seen(periods: pd.DataFrame, visits: pd.DataFrame, days: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Stretches in which a period has a visit of the last so many days, cut so that none overlaps: period, first day, and the month
    number in which each is over."""
    both = (
        periods.reset_index(names="period")[["period", "child", "date", "end_date"]]
        .merge(visits[["child", "date"]].rename(columns={"date": "first"}), on="child")
    )  # fmt: skip
    inside = (both["first"] >= both["date"]) & ~(both["first"] > both["end_date"])
    both = both[inside].drop_duplicates(["period", "first"]).sort_values(["period", "first"])
    follows = both.groupby("period")["first"].shift(-1)
    until = np.minimum(month_numbers(to_days(both["first"]) + (days + 1) * ONE_DAY), end_months(to_days(follows)))
    return both[["period", "first"]], np.minimum(until, end_months(to_days(both["end_date"])))


def _share(
    whole: pd.DataFrame,
    start: np.ndarray,
    end: np.ndarray,
    rows: pd.DataFrame,
    above: np.ndarray,
    until: np.ndarray,
    needs: tuple[Need, ...],
) -> Stock:
    """Spans ``rows`` (from above to until) out of the spans ``whole`` (from start to end)."""
    none, never = np.full(len(whole), OPEN), np.full(len(rows), OPEN)
    every = pd.concat([whole, rows], ignore_index=True)
    return Stock(every, np.r_[none, above], np.r_[end, until], whole=np.r_[start, never], needs=needs)


def _open_children(view: View, event: str) -> pd.DataFrame:
    """When each child was in a list at months' ends: child, row of the list, and the months from low to high (high not included)."""
    rows = view.of(event)
    low, high = month_numbers(to_days(rows["date"])), end_months(to_days(rows["end_date"]))
    spans = pd.DataFrame({"child": rows["child"].to_numpy(), "row": np.arange(len(rows)), "low": low, "high": high})
    return _united(spans[spans["high"] > spans["low"]], ["child"])


def _united(spans: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Spans of the same keys that touch or overlap, as one."""
    spans = spans.sort_values([*keys, "low"], kind="stable").reset_index(drop=True)
    group = spans.groupby(keys, sort=False)
    reach = group["high"].cummax().groupby([spans[key] for key in keys], sort=False).shift()
    number = (reach.isna() | (spans["low"] > reach.fillna(0))).cumsum()
    united = spans.groupby(number.to_numpy(), sort=False)
    first = spans[~number.duplicated()].reset_index(drop=True)
    return first.assign(high=united["high"].max().to_numpy())


def _at_least(spans: pd.DataFrame, many: int) -> pd.DataFrame:
    """The months in which a child has so many spans or more: child, low, high."""
    edges = pd.concat(
        [
            pd.DataFrame({"child": spans["child"], "at": spans["low"], "by": 1}),
            pd.DataFrame({"child": spans["child"], "at": spans["high"], "by": -1}),
        ]
    )
    steps = edges.groupby(["child", "at"], sort=True)["by"].sum().reset_index()
    steps["count"] = steps.groupby("child")["by"].cumsum()
    steps["high"] = steps.groupby("child")["at"].shift(-1).fillna(OPEN).astype(np.int64)
    found = steps[steps["count"] >= many]
    return found.rename(columns={"at": "low"})[["child", "low", "high"]]


def _inside(pieces: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """The part of each piece that lies in a span of the same child, with the span's row."""
    both = pieces.merge(spans, on="child", suffixes=("", "_span"))
    low, high = (
        np.maximum(both["low"], both["low_span"]),
        np.minimum(both["high"], both["high_span"]),
    )
    return both.assign(low=low, high=high)[low < high]


def _a_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Every row as the months at whose end it lies in the twelve months before: child, low, high."""
    ends = end_months(to_days(rows["end_date"]))
    later = np.where(ends == OPEN, OPEN, np.minimum(ends, OPEN - YEAR_MONTHS) + YEAR_MONTHS)
    low = month_numbers(to_days(rows["date"]))
    return pd.DataFrame(
        {
            "child": rows["child"].to_numpy(),
            "worker": rows["worker"].to_numpy(),
            "low": low,
            "high": later,
        }
    )


def _many(view: View, pieces: pd.DataFrame, event: str, needs: tuple[Need, ...]) -> Stock:
    rows, spans = view.of(event), _open_children(view, event)
    found = _inside(pieces, spans)
    whole, part = (rows.iloc[each["row"].to_numpy()] for each in (spans, found))
    return _share(
        whole,
        spans["low"].to_numpy(),
        spans["high"].to_numpy(),
        part,
        found["low"].to_numpy(),
        found["high"].to_numpy(),
        needs,
    )


def _worked(view: View) -> pd.DataFrame:
    rows = view.of("involvement")
    return rows.loc[rows["worker"] != ""].reset_index(drop=True)


_WORKER_NEEDS = (Need("cin_episode"), Need("involvement", months_before=YEAR_MONTHS - 1))


def _three_workers(view: View, _: RereferralEdges) -> Stock:
    """Children in need with three social workers or more in the twelve months up to a month's end."""
    each = _united(_a_year(_worked(view)), ["child", "worker"])
    return _many(view, _at_least(each, MANY), "cin_episode", _WORKER_NEEDS)


def _worker_changes(view: View, _: RereferralEdges) -> Each:
    """Changes of worker in the twelve months up to a month's end, for each child in need then."""
    rows = _worked(view)
    order = rows.assign(place=np.arange(len(rows))).sort_values(["child", "date", "end_date", "place"], na_position="last")
    before = order.groupby("child")[["worker", "end_date"]].shift()
    still = before["end_date"].isna() | (before["end_date"] >= order["date"] - pd.Timedelta(days=HANDOVER_DAYS))
    changed = order.loc[before["worker"].notna() & (before["worker"] != order["worker"]) & still]
    pieces = _a_year(changed.assign(end_date=changed["date"]))
    return Each(_many(view, pieces[["child", "low", "high"]], "cin_episode", _WORKER_NEEDS))


def _three_placements(view: View, _: RereferralEdges) -> Stock:
    """Children looked after with three placements or more in the twelve months up to a month's end."""
    needs = (Need("cla_period"), Need("placement", months_before=YEAR_MONTHS - 1))
    return _many(view, _at_least(_a_year(view.of("placement")), MANY), "cla_period", needs)


SSD_MEASURES: Mapping[str, Callable[[View, RereferralEdges], Measure]] = {
    "icpcs_by_target": _by_target,
    "cp_visits_up_to_date": partial(_visited, event="cp_plan", by="cp_visit", days=CP_VISIT_DAYS),
    "cla_visits_up_to_date": partial(_visited, event="cla_period", by="cla_visit", days=CLA_VISIT_DAYS),
    "cla_three_placements": _three_placements,
    "missing_episodes": _gone_missing,
    "return_interviews_offered": _interview_offered,
    "care_leavers_pathway": _pathway,
    "three_workers": _three_workers,
    "worker_changes": _worker_changes,
}
"""Indicator name to the function that says what to count."""
