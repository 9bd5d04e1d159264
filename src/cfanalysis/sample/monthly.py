"""What no child-level list holds: decisions in time, workforce, audits, appraisals, and targets, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.plans import Plan, path
from cfanalysis.sample.world import World

COLUMNS = ("month", "indicator", "breakdown", "numerator", "denominator", "value", "flag")
# What each authority set itself, in the unit of the indicator.
TARGETS = {
    "contact_decision_in_time": 90.0, "agency_share": 15.0, "vacancy_rate": 10.0, "audits_good": 75.0, "appraisals_completed": 95.0,
    "caseload_average": 16.0, "cp_visits_in_time": 95.0, "assessments_in_45_days": 85.0, "icpcs_in_15_days": 85.0,
}  # fmt: skip
AUDITS_SINCE = 36
"""Audits were first counted so many months after the first month shown: before, ``x``."""
TEAMS_APPRAISED = ("front", "assessment", "long", "care")
VISITS_A_MONTH = 3.0  # due to a child on a plan, every ten working days with gaps; by assumption
NO_AUDITS = pd.period_range("2020-04", "2020-05", freq="M")  # suspended in the first lockdown: ``:``


def monthly(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """One row a month, indicator and breakdown; shares are in percent with numerator and denominator, missing values carry their reason."""
    plan, months = world.plan, pd.period_range(world.plan.first, world.plan.as_at, freq="M")
    fte = workers(world.plan, months)
    total = np.round(fte / (1 - path(plan, "vacancy", months)), 1)
    wobble = rng.normal(0, 0.006, (2, len(months)))
    agency = np.round(fte * (path(plan, "agency", months) + wobble[0]).clip(0.01), 1)
    vacant = np.round(total * (path(plan, "vacancy", months) + wobble[1]).clip(0.01), 1)
    planned = np.full(len(months), round(plan.base["audits_planned"]))
    audits = rng.binomial(planned, path(plan, "audits", months))
    contacts, staff = _contacts(world, months), np.round(fte).astype(int)
    visits = np.round(_open(world, "cp", months) * VISITS_A_MONTH).astype(int)
    parts = [
        _share("contact_decision_in_time", months, rng.binomial(contacts, path(plan, "decision_in_time", months)), contacts),
        _share("cp_visits_in_time", months, rng.binomial(visits, path(plan, "visits_in_time", months)), visits),
        _share("agency_share", months, agency, fte),
        _share("vacancy_rate", months, vacant, total),
        _rows("audits_completed", "all", months, audits, None, audits),
        _rows("audits_completed", "target", months, None, None, planned),
        _share("audits_good", months, rng.binomial(audits, path(plan, "audits_good", months)), audits),
        *_appraisals(world, months, staff, rng),
        _rows("caseload_average", "all", months, _open(world, "cin", months), fte, np.round(_open(world, "cin", months) / fte, 1)),
        *(_rows(name, "target", months, None, None, np.full(len(months), target)) for name, target in TARGETS.items()),
    ]
    return _with_gaps(pd.concat(parts, ignore_index=True)[list(COLUMNS)], world, months)


def _rows(indicator: str, breakdown: str, months: pd.PeriodIndex, numerator: object, denominator: object, value: object) -> pd.DataFrame:
    return pd.DataFrame({
        "month": months.astype(str), "indicator": indicator, "breakdown": breakdown, "numerator": numerator, "denominator": denominator,
        "value": value, "flag": "",
    })  # fmt: skip


def _share(indicator: str, months: pd.PeriodIndex, numerator: np.ndarray, denominator: np.ndarray, breakdown: str = "all") -> pd.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        made = _rows(indicator, breakdown, months, numerator, denominator, np.round(100 * numerator / denominator, 1))
    made["flag"] = np.where(made["denominator"] == 0, "z", "")
    return made


def _contacts(world: World, months: pd.PeriodIndex) -> np.ndarray:
    """Contacts of each month as the front door counts them: entered in error left out."""
    table = world.tables["contact"]
    days = table["start"][table["removed"] == NEVER].to_numpy()
    return np.histogram(days, _edges(months))[0]


def _open(world: World, name: str, months: pd.PeriodIndex) -> np.ndarray:
    """Open on the last day of each month, as later known."""
    table = world.tables[name]
    began, ended = np.sort(table["start"].to_numpy()), np.sort(table["end"].to_numpy())
    last = _edges(months)[1:] - 1
    return np.asarray(np.searchsorted(began, last, side="right") - np.searchsorted(ended, last, side="right"))


def _edges(months: pd.PeriodIndex) -> np.ndarray:
    return pd.period_range(months[0], months[-1] + 1, freq="M").to_timestamp().to_numpy().astype("datetime64[D]").astype(np.int64)


def workers(plan: Plan, months: pd.PeriodIndex) -> np.ndarray:
    """Social workers holding cases, full-time equivalents: the usual stock over the usual caseload, and what was planted."""
    usual = plan.base["cin_rate"] * plan.population / 10_000 / path(plan, "caseload", months)
    return np.asarray(np.round(usual * path(plan, "workers", months), 1))


def _appraisals(world: World, months: pd.PeriodIndex, staff: np.ndarray, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Staff appraised within the year, for the whole and by kind of team."""
    names = [world.plan.teams[stage].replace(" {area}", "") for stage in TEAMS_APPRAISED]
    sizes = np.array([rng.multinomial(n, [0.12, 0.33, 0.37, 0.18]) for n in staff])
    done = rng.binomial(sizes, path(world.plan, "appraisals", months)[:, None])
    whole = _share("appraisals_completed", months, done.sum(axis=1), sizes.sum(axis=1))
    return [whole, *(_share("appraisals_completed", months, done[:, i], sizes[:, i], f"team: {name}") for i, name in enumerate(names))]


def _with_gaps(rows: pd.DataFrame, world: World, months: pd.PeriodIndex) -> pd.DataFrame:
    """Months before audits were counted, and without audits in lockdown, have no number and say why."""
    audits = rows["indicator"].str.startswith("audits")
    early = audits & rows["month"].isin(months[:AUDITS_SINCE].astype(str))
    closed = audits & world.plan.lockdown & rows["month"].isin(NO_AUDITS.astype(str)) & (rows["breakdown"] != "target")
    for where, flag in ((early, "x"), (closed, ":")):
        rows.loc[where, ["numerator", "denominator", "value"]] = None
        rows.loc[where, "flag"] = flag
    return rows
