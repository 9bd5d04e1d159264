"""A lived world's statistical returns: what an authority would tell DfE of each year to 31 March, and of its workers on 30 September.

Counted from the truth, not from the files: a return is checked and put right before it is published. So the sums of the authority's own
records differ from these a little, by what was still late or wrong in the last extract.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import FINANCIAL_YEAR_STARTS
from cfanalysis.reference import bank_holidays
from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.monthly import workers
from cfanalysis.sample.plans import Plan, path
from cfanalysis.sample.world import World

SOURCES = {
    "1": "Individual", "2A": "Schools", "2B": "Education_Services", "3": "Health_Services", "4": "Housing", "5": "LA_Services",
    "6": "Police", "7": "Other_legal_agency", "8": "Other", "9": "Anonymous", "10": "Unknown",
}  # fmt: skip
"""DfE's group of each source code, or of the codes that begin with this figure."""
ASSESSMENT_DAYS = {"Same_day": 0, "1-10_days": 10, "11-20_days": 20, "21-30_days": 30, "31-40_days": 40, "41-45_days": 45,
                   "46-50_days": 50, "51-60_days": 60, "61+_days": NEVER}  # fmt: skip
CONFERENCE_DAYS = {"Duration_0-10_days": 10, "Duration_11-15_days": 15, "Duration_16-20_days": 20, "Duration_21+_days": NEVER}
PLAN_DAYS = {"3_months_or_less": 91, "more_than_3_months_6_months": 182, "more_than_6_months_less_than_1_year": 364,
             "1_year_less_than_2_years": 729, "2_years_or_more": NEVER}  # fmt: skip
CENSUS_MONTH = 9
"""The workforce census counts on 30 September."""

Tables = Mapping[str, pd.DataFrame]


def returns(world: World) -> pd.DataFrame:
    """One row a year, one column a count under DfE's name; years the records do not wholly cover are not there, or missing for workers."""
    known = {name: table[table["removed"] == NEVER] for name, table in world.tables.items()}
    years = range(world.plan.first.year, world.plan.as_at.year + 1)
    rows = {}
    for year in years:
        first, last = (
            pd.Period(f"{y}-{m:02d}", freq="M") for y, m in ((year - 1, FINANCIAL_YEAR_STARTS), (year, FINANCIAL_YEAR_STARTS - 1))
        )
        counts: dict[str, float] = {}
        if world.plan.first <= first and last <= world.plan.as_at:
            span = int(_day(first, "start")), int(_day(last, "end"))
            counts |= {**_front_door(known, *span), **_need(known, *span), **_protection(known, *span), **_care(known, *span)}
        if world.plan.first <= pd.Period(f"{year}-{CENSUS_MONTH:02d}", freq="M") <= world.plan.as_at:
            counts |= _workforce(world.plan, known, year)
        rows[year] = counts
    made = pd.DataFrame.from_dict(rows, orient="index")
    return made[made.notna().any(axis=1)]


def _day(month: pd.Period, edge: str) -> np.int64:
    moment = month.start_time if edge == "start" else month.end_time
    return moment.to_datetime64().astype("datetime64[D]").astype(np.int64)


def _dated(table: pd.DataFrame, column: str, first: int, last: int) -> pd.DataFrame:
    return table[table[column].between(first, last)]


def _open(table: pd.DataFrame, day: int) -> pd.DataFrame:
    return table[(table["start"] <= day) & (table["end"] > day)]


def _children(table: pd.DataFrame) -> int:
    return int(table["child"].nunique())


def _front_door(known: Tables, first: int, last: int) -> dict[str, float]:
    """Tables C1, C2 and C5."""
    rows = _dated(known["referral"], "start", first, last)
    again = rows[_again(known["referral"], rows)]
    closed = _closed_not_in_need(known["cin"], first, last)
    done = _dated(known["assessment"], "end", first, last)
    group = rows["source"].map(lambda code: SOURCES.get(code) or SOURCES[code[0]])
    return {
        "referral_count": len(rows), "rereferral_count": len(again), "no_further_action_count": int(rows["nfa"].sum()),
        "not_in_need_count": len(closed), "referral_child_count": _children(rows), "rereferral_child_count": _children(again),
        **{name: int((group == name).sum()) for name in SOURCES.values()},
        "Assessments_completed": len(done), **_binned(_working_days(done), ASSESSMENT_DAYS),
    }  # fmt: skip


def _again(everything: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Whether the child was referred on an earlier day of the twelve months before."""
    key = np.sort(everything["child"].to_numpy() * 200_000 + everything["start"].to_numpy())
    day = rows["start"].to_numpy()
    since = (pd.DatetimeIndex(day.astype("datetime64[D]").astype("datetime64[s]")) - pd.DateOffset(years=1)).to_numpy()
    child = rows["child"].to_numpy() * 200_000
    return np.asarray(np.searchsorted(key, child + day) > np.searchsorted(key, child + since.astype("datetime64[D]").astype(np.int64)))


def _closed_not_in_need(episodes: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Of the year's referrals, those assessed and closed as not in need by its end; the rest are open, and counted as begun."""
    rows = _dated(episodes, "start", first, last)
    return rows[~rows["in_need"] & (rows["end"] <= last)]


def _need(known: Tables, first: int, last: int) -> dict[str, float]:
    """Table B1. At any point less ended is open at 31 March; referrals less no further action less not in need is begun."""
    cin = known["cin"]
    held, ended = _open(cin, last), _dated(cin[cin["in_need"]], "end", first, last)
    begun = _dated(cin, "start", first, last).drop(_closed_not_in_need(cin, first, last).index)
    return {
        "Anypoint_episodes": len(held) + len(ended), "Anypoint_child": _children(pd.concat([held, ended])),
        "Started_episodes": len(begun), "Started_child": _children(begun), "Ended_episodes": len(ended), "Ended_child": _children(ended),
        "At31_episodes": len(held), "awaiting_assessment": int((held["authorised"] > last).sum()),
    }  # fmt: skip


def _protection(known: Tables, first: int, last: int) -> dict[str, float]:
    """Tables C4, D1, D3 and D5."""
    cp, enquiries = known["cp"], _dated(known["s47"], "start", first, last)
    conferences = _dated(known["s47"], "end", first, last)
    begun, ended, held = _dated(cp, "start", first, last), _dated(cp, "end", first, last), _open(cp, last)
    any_point = pd.concat([held, ended])
    return {
        "Section47": len(enquiries), "Section47_child": _children(enquiries),
        "ICPC": len(conferences), "ICPC_child": _children(conferences),
        **_binned(_working_days(conferences), CONFERENCE_DAYS),
        "CPP_start": len(begun), "CPP_child_start": _children(begun), "CPP_end": len(ended), "CPP_child_end": _children(ended),
        "CPP_anypoint": len(any_point), "CPP_child_anypoint": _children(any_point), "CPP_At31": len(held),
        "CPP_subsequent": int((begun["previous"] > 0).sum()), **_binned(last - held["start"].to_numpy(), PLAN_DAYS),
    }  # fmt: skip


def _care(known: Tables, first: int, last: int) -> dict[str, float]:
    """Children looked after. A child who comes or goes twice in a year is counted once, as DfE does."""
    cla = known["cla"]
    return {
        "cla_open": len(_open(cla, last)), "cla_started": _children(_dated(cla, "start", first, last)),
        "cla_ended": _children(_dated(cla, "end", first, last)),
    }  # fmt: skip


def _workforce(plan: Plan, known: Tables, year: int) -> dict[str, float]:
    """Workers who hold cases, agency workers and vacancies as planted; who came and went was not lived through, and is left to be drawn."""
    month = pd.PeriodIndex([f"{year}-{CENSUS_MONTH:02d}"], freq="M")
    holders = float(workers(plan, month)[0])
    agency, vacancy = (float(path(plan, name, month)[0]) for name in ("agency", "vacancy"))
    employed = round(holders * (1 - agency), 1)
    return {
        "case_holders_fte": holders, "cases": len(_open(known["cin"], int(_day(month[0], "end")))), "inpost_fte": employed,
        "agency_fte": round(holders * agency, 1), "vacancy_fte": round(employed * vacancy / (1 - vacancy), 1),
    }  # fmt: skip


def _working_days(rows: pd.DataFrame) -> np.ndarray:
    start, end = (rows[name].to_numpy().astype("datetime64[D]") for name in ("start", "end"))
    return np.asarray(np.busday_count(start, end, holidays=bank_holidays()))


def _binned(days: np.ndarray, limits: Mapping[str, int]) -> dict[str, float]:
    """How many lie within each limit, and beyond the one before."""
    place = np.searchsorted(list(limits.values()), days)
    return dict(zip(limits, np.bincount(place, minlength=len(limits)).tolist(), strict=True))
