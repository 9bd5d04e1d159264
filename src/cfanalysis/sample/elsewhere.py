"""Twenty more fictional authorities, for the five to be compared with: their yearly figures drawn around England's published ones.

An authority keeps its own level from year to year; the years wander about it. The authorities are independent of one another and of
the five: nothing is planted in them, and what happens to one tells nothing of another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

RATE_PER = 10_000
YEAR_TO_YEAR_SD, YEAR_TO_YEAR_KEPT = (
    0.05,
    0.7,
)  # how years wander about an authority's level (logarithm), and what carries over; by assumption
STAYING = 0.89  # of the children in need on 31 March, those still so once the next return is in: England loses 9.5 to 13 % (table B1)
# Parts of a whole in England's newest year (tables C1, C2, C4, B1, D1, looked after, workforce).
CHILDREN = {"referral": 0.881, "rereferral": 0.818, "Anypoint": 0.932, "Started": 0.936, "Ended": 0.944, "Section47": 0.852, "ICPC": 0.985,
            "CPP": 0.997}  # fmt: skip
ASSESSED_PER_REFERRAL_ACTED_ON = 1.10
AWAITING_ASSESSMENT = 0.040
CARE_BEGUN_PER_CHILD_IN_CARE = 0.395
CASES_PER_CHILD_IN_NEED = 0.80
EMPLOYED_PER_CASE_HOLDER = 1.715
STARTERS_PER_LEAVER, COVERING_AGENCY, DAYS_LOST = 1.2, 0.81, 8.5
HEADS_PER_FTE = {"inpost": 1.058, "starters": 1.035, "leavers": 1.078, "agency": 1.028}


@cache
def about() -> Mapping[str, Any]:
    """What elsewhere.yml says."""
    raw: Mapping[str, Any] = yaml.safe_load(files(__package__).joinpath("elsewhere.yml").read_text(encoding="utf-8"))
    return raw


def england() -> pd.DataFrame:
    """England by year: referrals, cp_open and so on per 10,000 children, shares from 0 to 1, cases a worker, children's population."""
    table = pd.DataFrame(about()["england"]).set_index("year").astype(float)
    children = 1000 * table["cin_open"] / table["cin_rate"] * RATE_PER
    made = table[["caseload", "cla_rate"]].copy()
    for name in ("referrals", "s47", "cp_open"):
        made[name] = 1000 * table[name] / children * RATE_PER
    made["cin_open"] = table["cin_rate"]
    made["icpc"] = table["icpc"] / table["s47"]
    made["cp_started"] = table["cp_started"] / table["cp_open"]
    shares = [name for name in about()["spread"]["shares"] if name != "icpc"]
    made[shares] = table[shares] / 100
    return made


def years() -> list[int]:
    """The years that are published."""
    return [int(year) for year in about()["england"]["year"]]


def elsewhere(seed: int) -> dict[str, pd.DataFrame]:
    """The figures of each fictional authority by name: one row a year, one column a count under DfE's name, ``population`` among them."""
    places = about()["authorities"]
    rng = np.random.default_rng([seed, len(places)])
    factors = _factors(places, rng)
    return {place["name"]: _figures(place, factors[i], rng) for i, place in enumerate(places)}


def population(place: Mapping[str, Any], asked: list[int]) -> np.ndarray:
    """Children aged 0 to 17 at each mid-year."""
    return np.round(place["children"] * (1 + place["growth"]) ** (np.array(asked) - years()[0] + 1))


def _factors(places: list[Mapping[str, Any]], rng: np.random.Generator) -> list[dict[str, float]]:
    """How each authority's rates stand to England's, pooled at one, and how far its shares lie off (log odds)."""
    spread, weight = about()["spread"], np.array([place["children"] for place in places], dtype=float)
    level = np.array([place["level"] for place in places], dtype=float)
    made: dict[str, np.ndarray] = {}
    for name, how in spread["rates"].items():
        rate = level ** how["level"] * np.exp(rng.normal(0, how["sd"], len(places)))
        made[name] = rate / np.average(rate, weights=weight)
    for name, sd in spread["shares"].items():
        off = rng.normal(0, sd, len(places))
        made[name] = off - off.mean()
    return [{name: float(values[i]) for name, values in made.items()} for i in range(len(places))]


def _wander(n: int, rng: np.random.Generator) -> np.ndarray:
    steps = rng.normal(0, YEAR_TO_YEAR_SD * np.sqrt(1 - YEAR_TO_YEAR_KEPT**2), n)
    steps[0] = rng.normal(0, YEAR_TO_YEAR_SD)
    for i in range(1, n):
        steps[i] += YEAR_TO_YEAR_KEPT * steps[i - 1]
    return steps


def _share(country: pd.Series, off: float, rng: np.random.Generator) -> np.ndarray:
    whole = country.to_numpy(dtype=float)
    odds = np.log(whole / (1 - whole)) + off + 2 * _wander(len(whole), rng)
    return np.asarray(1 / (1 + np.exp(-odds)))


def _figures(place: Mapping[str, Any], factor: Mapping[str, float], rng: np.random.Generator) -> pd.DataFrame:
    """One authority. DfE's identities hold: begun = referrals less no further action less not in need; any point = ended + open."""
    country = england()
    rate = {name: factor[name] * country[name].to_numpy() * np.exp(_wander(len(country), rng)) for name in about()["spread"]["rates"]}
    share = {name: _share(country[name], factor[name], rng) for name in about()["spread"]["shares"]}
    children = population(place, [year - 1 for year in years()])

    def number(name: str) -> np.ndarray:
        return rng.poisson(rate[name] * children / RATE_PER)

    figures = {
        **_front_door(number("referrals"), share, rng),
        **_protection(number("s47"), number("cp_open"), country["cp_started"].to_numpy(), share, rng),
        **_care(number("cla_rate"), rng),
    }
    begun = figures["referral_count"] - figures["no_further_action_count"] - figures["not_in_need_count"]
    held = number("cin_open")
    figures |= {**_need(begun, held, rng), **_workforce(held, rate["caseload"], share, rng)}
    return pd.DataFrame(figures, index=pd.Index(years(), name="year")).astype(float)


def _split(whole: np.ndarray, parts: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    shares = about()["parts"][parts]
    weight = np.array(list(shares.values()), dtype=float)
    drawn = rng.multinomial(whole, weight / weight.sum())
    return {name: drawn[:, i] for i, name in enumerate(shares)}


def _front_door(referrals: np.ndarray, share: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    again, nfa = (rng.binomial(referrals, share[name]) for name in ("rereferred", "nfa"))
    assessed = np.round(ASSESSED_PER_REFERRAL_ACTED_ON * (referrals - nfa)).astype(int)
    soon = rng.binomial(assessed, share["assessed_in_time"])
    return {
        "referral_count": referrals, "rereferral_count": again, "no_further_action_count": nfa,
        "not_in_need_count": np.minimum(rng.binomial(referrals, share["not_in_need"]), referrals - nfa),
        "referral_child_count": np.round(CHILDREN["referral"] * referrals),
        "rereferral_child_count": np.round(CHILDREN["rereferral"] * again),
        **_split(referrals, "source", rng), "Assessments_completed": assessed,
        **_split(soon, "assessed_soon", rng), **_split(assessed - soon, "assessed_late", rng),
    }  # fmt: skip


def _need(begun: np.ndarray, held: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    opening = np.round(STAYING * np.r_[held[0], held[:-1]])
    ended = np.maximum(opening + begun - held, 0)
    whole = {"Anypoint": ended + held, "Started": begun, "Ended": ended}
    return {
        **{f"{name}_episodes": values for name, values in whole.items()},
        **{f"{name}_child": np.round(CHILDREN[name] * values) for name, values in whole.items()},
        "At31_episodes": held, "awaiting_assessment": rng.binomial(held, AWAITING_ASSESSMENT),
    }  # fmt: skip


def _protection(
    enquiries: np.ndarray, held: np.ndarray, begun_per_plan: np.ndarray, share: Mapping[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    conferences = rng.binomial(enquiries, share["icpc"])
    soon = rng.binomial(conferences, share["icpc_in_time"])
    before = np.r_[held[0], held[:-1]]
    begun = np.maximum(rng.poisson(begun_per_plan * held), held - before)
    ended, long = before + begun - held, rng.binomial(held, share["two_years"])
    whole = {"start": begun, "end": ended, "anypoint": ended + held}
    return {
        "Section47": enquiries, "Section47_child": np.round(CHILDREN["Section47"] * enquiries),
        "ICPC": conferences, "ICPC_child": np.round(CHILDREN["ICPC"] * conferences),
        **_split(soon, "icpc_soon", rng), **_split(conferences - soon, "icpc_late", rng),
        **{f"CPP_{name}": values for name, values in whole.items()},
        **{f"CPP_child_{name}": np.round(CHILDREN["CPP"] * values) for name, values in whole.items()},
        "CPP_At31": held, "CPP_subsequent": rng.binomial(begun, share["second_plan"]),
        **_split(held - long, "plan_length", rng), "2_years_or_more": long,
    }  # fmt: skip


def _care(held: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    before = np.r_[held[0], held[:-1]]
    begun = np.maximum(rng.poisson(CARE_BEGUN_PER_CHILD_IN_CARE * held), held - before)
    return {"cla_open": held, "cla_started": begun, "cla_ended": before + begun - held}


def _workforce(held: np.ndarray, caseload: np.ndarray, share: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    cases = np.round(CASES_PER_CHILD_IN_NEED * held)
    holders = np.round(cases / caseload, 1)
    employed = np.round(EMPLOYED_PER_CASE_HOLDER * holders, 1)
    made = {"case_holders_fte": holders, "cases": cases, "inpost_fte": employed}
    made |= {f"{name}_fte": np.round(employed * share[name] / (1 - share[name]), 1) for name in ("agency", "vacancy")}
    return made | came_and_went(pd.DataFrame(made), share["turnover"], rng)


def came_and_went(workers: pd.DataFrame, turnover: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The rest of the workforce table, given who is in post: leavers, starters, heads, cover and days lost."""
    employed, agency = workers["inpost_fte"].to_numpy(), workers["agency_fte"].to_numpy()
    leavers = np.round(employed * turnover, 1)
    made = {"leavers_fte": leavers, "starters_fte": np.round(STARTERS_PER_LEAVER * leavers, 1)}
    fte = {"inpost": employed, "agency": agency, "leavers": leavers, "starters": made["starters_fte"]}
    made |= {f"{name}_headcount": np.round(HEADS_PER_FTE[name] * values) for name, values in fte.items()}
    made["agency_cover_fte"] = np.round(np.minimum(COVERING_AGENCY * agency, workers["vacancy_fte"].to_numpy()), 1)
    made["working_days_lost_fte"] = np.round(DAYS_LOST * employed * np.exp(rng.normal(0, 0.1, len(employed))), 1)
    return made
