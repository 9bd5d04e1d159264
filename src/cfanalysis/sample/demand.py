"""Families coming to the front door: how many a month, on which day, from whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.foundation.months import COVID_MONTHS, FINANCIAL_YEAR_STARTS
from cfanalysis.sample.clock import Clock
from cfanalysis.sample.plans import Plan, path

# Referrals per working day, April to March, England without the lockdown months (DESIGN section 5).
MONTH_PROFILE = np.array([0.98, 1.10, 1.08, 1.02, 0.83, 0.99, 1.01, 1.045, 0.925, 1.02, 1.00, 1.035])
USUAL_WORKING_DAYS = 21.08  # a month's mean, 1995 to 2025

# The level reverts to its mean (design section 5: rho .6 to .95) and a month has noise of its own. Set so that monthly referrals scatter
# about their local level as calmer authorities of this size do (table C6, 86 authorities, 2013 to 2020: variance 3.5 to 7.6 times the
# mean from the 10th to the 75th centile, autocorrelation .39 to .76): calm enough for planted events to be seen.
AR_RHO, AR_SD, AR_SHARED, NOISE_SD = 0.90, 0.12, 0.8, 0.07

# Referrals in the lockdown months against the same months of other years: schools closed, then catching up (C6 tables, England).
LOCKDOWN_LEVEL = {"2020-03": 0.97, "2020-04": 0.78, "2020-05": 0.86, "2020-06": 0.97, "2020-07": 0.95, "2021-01": 0.88, "2021-02": 0.92}
LOCKDOWN_SCHOOLS = 0.25

# Shares of referrals by source, England 2024 (table C5: police 28.5 %, schools 20.3 %, health 14.7 %), split within groups by assumption.
SOURCES = {
    "1A": 0.075, "1B": 0.03, "1C": 0.02, "1D": 0.015, "2A": 0.203, "2B": 0.02, "3A": 0.02, "3B": 0.02, "3C": 0.014, "3D": 0.014,
    "3E": 0.034, "3F": 0.045, "4": 0.015, "5A": 0.03, "5B": 0.03, "5C": 0.026, "5D": 0.036, "6": 0.285, "7": 0.03, "8": 0.06, "9": 0.025,
    "10": 0.018,
}  # fmt: skip
SCHOOL_SOURCES = ("2A", "2B", "3C")
SCHOOL_YEAR = np.array([0.80, 1.12, 1.12, 0.95, 0.08, 1.05, 1.10, 1.12, 0.95, 1.08, 0.95, 1.10])  # April to March; holidays by assumption

WEEKDAY = np.array([1.06, 1.04, 1.0, 0.98, 0.92])  # Monday to Friday, by assumption
FAMILY_SIZES = np.array([0.52, 0.26, 0.14, 0.08])  # one to four children named together, by assumption
MEAN_FAMILY = float(FAMILY_SIZES @ np.arange(1, 5))
CHILDREN_COUNTED = 0.965  # of those named, the rest are grown up or not yet conceived when a family comes back


def season(values: np.ndarray, months: pd.PeriodIndex) -> np.ndarray:
    """Twelve values, April first, laid over months."""
    return np.asarray(values[(months.month.to_numpy() - FINANCIAL_YEAR_STARTS) % 12])


def levels(plan: Plan, clock: Clock, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Expected families a month: ``referrals``, and ``other_contacts`` that do not become one.

    The two share most of their innovations: what fills the one fills the other.
    """
    shared, n = _mean_reverting(len(clock.months), rng), len(clock.months)
    made = {}
    for name in ("referrals", "other_contacts"):
        own = _mean_reverting(n, rng)
        level = np.exp(AR_SHARED * shared + (1 - AR_SHARED) * own + rng.normal(0, NOISE_SD, n))
        exposure = clock.working / USUAL_WORKING_DAYS * season(MONTH_PROFILE / MONTH_PROFILE.mean(), clock.months)
        children = path(plan, name, clock.months) * exposure * level * _lockdown(plan, clock.months)
        made[name] = children / (MEAN_FAMILY * CHILDREN_COUNTED)
    return made


def _mean_reverting(n: int, rng: np.random.Generator) -> np.ndarray:
    shocks = rng.normal(0, AR_SD * np.sqrt(1 - AR_RHO**2), n)
    values = np.empty(n)
    last = rng.normal(0, AR_SD)
    for i, shock in enumerate(shocks):
        last = AR_RHO * last + shock
        values[i] = last
    return values


def _lockdown(plan: Plan, months: pd.PeriodIndex) -> np.ndarray:
    if not plan.lockdown:
        return np.ones(len(months))
    return np.array([LOCKDOWN_LEVEL.get(str(period), 1.0) for period in months])


def dates(counts: np.ndarray, clock: Clock, rng: np.random.Generator) -> np.ndarray:
    """A working day for every family of every month, sorted, Mondays a little fuller than Fridays."""
    month = np.repeat(np.arange(len(counts)), counts)
    drawn = clock.nth_working_day(month, (rng.random(len(month)) * clock.working[month]).astype(np.int64))
    again = rng.random(len(month)) > (WEEKDAY / WEEKDAY.max())[(drawn + 3) % 7]
    retry = clock.nth_working_day(month, (rng.random(len(month)) * clock.working[month]).astype(np.int64))
    return np.sort(np.where(again, retry, drawn))


def sources(plan: Plan, clock: Clock, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who told us, as source codes: schools fall silent in August and in lockdown."""
    names = np.array(list(SOURCES))
    shares = np.tile(np.array(list(SOURCES.values())), (len(clock.months), 1))
    school = season(SCHOOL_YEAR, clock.months)
    if plan.lockdown:
        school = np.where(clock.months.isin(COVID_MONTHS), LOCKDOWN_SCHOOLS, school)
    shares[:, np.isin(names, SCHOOL_SOURCES)] *= school[:, None]
    shares[:, names == "6"] *= path(plan, "police", clock.months)[:, None]
    upto = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    picked = (rng.random(len(days))[:, None] > upto[clock.month_of(days)]).sum(axis=1)
    return np.asarray(names[np.minimum(picked, len(names) - 1)])
