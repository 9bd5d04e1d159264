"""One synthetic authority lived through: every dated thing that happened to every child, before anyone wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.sample import demand
from cfanalysis.sample.clock import NEVER, YEAR, Clock, clock
from cfanalysis.sample.families import Children, assign, children, is_child
from cfanalysis.sample.pathways import CARE_CHILD_SHARE, follow
from cfanalysis.sample.plans import Plan, path
from cfanalysis.sample.recording import late

KNOWN_CONTACT_SHARE = 0.42  # contacts, not referrals, about families already known; by assumption
SAME_DAY_SHARE = 0.72  # contacts that become a referral the day they come; the rest take a working day or two
OUT_OF_HOURS_SHARE = 0.15  # of the contacts of a first day back, those that came to the duty team on the day before
EARLY_HELP_SHARE = 0.16  # contacts, not referrals, that lead to an early help assessment
OLD_PLAN_SHARE = 0.21  # children with a plan before these records begin: brings second or subsequent plans to about a quarter
CLOSED_AFTER_ASSESSMENT = {"RC8": 0.62, "RC9": 0.38}
CLOSED_FROM_NEED = {"RC7": 0.905, "RC1": 0.01, "RC2": 0.002, "RC3": 0.018, "RC4": 0.03, "RC5": 0.035}
NEEDS = {"N1": 0.58, "N2": 0.09, "N3": 0.03, "N4": 0.09, "N5": 0.135, "N6": 0.03, "N7": 0.005, "N8": 0.025, "N0": 0.015}  # N1 58 %, B 2024
ABUSE = {"NEG": 0.51, "EMO": 0.37, "PHY": 0.07, "SAB": 0.035, "MUL": 0.015}  # plans open, D4 2024
ORGANISATIONS = {"School": 0.38, "Health visiting": 0.2, "Local authority": 0.24, "Voluntary organisation": 0.12, "Nursery": 0.06}
LEFT_CARE = {"E4A": 0.42, "E4B": 0.08, "E45": 0.11, "E48": 0.06, "E11": 0.07, "E12": 0.04, "E13": 0.08, "E3": 0.02, "E8": 0.12}
GROWN_OUT_OF_CARE = {"E5": 0.45, "E6": 0.2, "E17": 0.25, "E7": 0.1}


@dataclass(frozen=True)
class World:
    """What happened: one table a list, one row a child and event. Days are whole numbers; ``NEVER`` has not happened.

    Every table has ``child`` (its row in ``children``), ``start``, ``end``, and when each became known: ``recorded``, ``end_recorded``,
    ``removed`` (a record entered in error) and ``put_right`` (a slip corrected).
    """

    plan: Plan
    clock: Clock
    children: pd.DataFrame
    tables: dict[str, pd.DataFrame]


def live(plan: Plan, seed: int) -> World:
    """Simulate one authority; the same plan and seed give the same world."""
    rng, time = np.random.default_rng([seed, ord(plan.letter)]), clock(plan)
    levels = demand.levels(plan, time, rng)
    day = demand.dates(rng.poisson(levels["referrals"]), time, rng)
    ways, enquiries = follow(plan, time, day, demand.sources(plan, time, day, rng), rng)
    ways["family"] = assign(plan, time, day, ways["closes"].to_numpy(), rng)
    other = _other_contacts(plan, time, levels["other_contacts"], ways, rng)
    everyone = np.concatenate([ways["family"], other["family"]])
    young = children(plan, everyone, np.concatenate([day, other["day"]]), rng)
    referred = _spread(young, ways["family"], ways["day"], way=np.arange(len(ways)))
    for name in ("source", "nfa", "assessed", "need", "started", "authorised", "closes", "into_care", "care_days"):
        referred[name] = ways[name].to_numpy()[referred["way"]]
    care = _care(plan, time, referred, young, rng)
    plans_made, s47 = _protection(plan, time, enquiries, ways, young, rng)
    tables = {
        "contact": _contacts(time, referred, _spread(young, other["family"], other["day"], source=other["source"]), rng),
        "early_help": _early_help(time, other, young, rng),
        "referral": referred[["child", "start", "source", "nfa"]],
        "assessment": _assessments(plan, time, referred, young, rng),
        "s47": s47,
        "cin": _episodes(time, referred, care, plans_made, young, rng),
        "cp": plans_made,
        "cla": care,
    }
    since = time.starts[0]
    return World(plan, time, young.frame, {name: late(name, table[table["start"] >= since], time, rng) for name, table in tables.items()})


def _spread(young: Children, family: Any, day: Any, **more: Any) -> pd.DataFrame:
    """One row a child for rows of families, leaving out the grown up and the not yet conceived."""
    row, child = young.of(np.asarray(family))
    start = np.asarray(day)[row]
    keep = is_child(young.frame["born"].to_numpy()[child], start)
    return pd.DataFrame({"child": child, "start": start, **{name: np.asarray(values)[row] for name, values in more.items()}})[keep]


def _draw(shares: dict[str, float], n: int, rng: np.random.Generator) -> np.ndarray:
    weight = np.array(list(shares.values()))
    return rng.choice(list(shares), n, p=weight / weight.sum())


def _other_contacts(plan: Plan, time: Clock, level: np.ndarray, ways: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Contacts that do not become referrals, from the first month shown: about families known of late, or never seen again."""
    shown = np.where(time.months >= plan.first, level, 0.0)
    day = demand.dates(rng.poisson(shown), time, rng)
    position = np.searchsorted(ways["day"].to_numpy(), day) - rng.integers(1, 18 * max(int(np.mean(level)), 1), len(day))
    known = ways["family"].to_numpy()[np.maximum(position, 0)]
    is_known = rng.random(len(day)) < KNOWN_CONTACT_SHARE
    family = np.where(is_known, known, int(ways["family"].max()) + np.cumsum(~is_known))
    return pd.DataFrame({"day": day, "source": demand.sources(plan, time, day, rng), "family": family})


def _contacts(time: Clock, referred: pd.DataFrame, other: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Every contact; one that became a referral came the same day or a little before."""
    before = np.where(rng.random(int(referred["way"].max()) + 1) < SAME_DAY_SHARE, 0, -1)[referred["way"]]
    started = time.add(referred["start"].to_numpy(), before)
    of_referral = pd.DataFrame({"child": referred["child"].to_numpy(), "start": started, "source": referred["source"].to_numpy()})
    made = pd.concat([of_referral, other], ignore_index=True)
    day_before = made["start"].to_numpy() - 1
    closed = ~np.is_busday(day_before.astype("datetime64[D]"), holidays=time.closed)
    made["start"] = np.where(closed & (rng.random(len(made)) < OUT_OF_HOURS_SHARE), day_before, made["start"])
    return made.drop_duplicates(["child", "start"])  # one contact a child and day, so that every repeated row is a planted one


def _early_help(time: Clock, other: pd.DataFrame, young: Children, rng: np.random.Generator) -> pd.DataFrame:
    chosen = other[rng.random(len(other)) < EARLY_HELP_SHARE]
    organisation = _draw(ORGANISATIONS, len(chosen), rng)
    started = time.add(chosen["day"].to_numpy(), rng.integers(1, 15, len(chosen)))
    made = _spread(young, chosen["family"], started, organisation=organisation)
    made["end"] = time.add(made["start"].to_numpy(), rng.integers(5, 45, len(made)))
    return made


def _assessments(plan: Plan, time: Clock, referred: pd.DataFrame, young: Children, rng: np.random.Generator) -> pd.DataFrame:
    """One row a child; a child not yet born when the assessment ends is not seen."""
    made = referred[referred["assessed"]]
    ended = made["authorised"].to_numpy()
    seen = rng.random(len(made)) < path(plan, "seen", time.months)[time.month_of(made["started"].to_numpy())]
    seen &= young.frame["born"].to_numpy()[made["child"]] <= ended
    return pd.DataFrame({"child": made["child"], "start": made["started"], "end": ended, "seen": seen, "support": made["need"]})


def _protection(
    plan: Plan, time: Clock, enquiries: pd.DataFrame, ways: pd.DataFrame, young: Children, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Child protection plans with how many came before, and section 47 enquiries with their conferences."""
    family = ways["family"].to_numpy()[enquiries["way"]]
    abuse = _abuse(plan, time, enquiries["plan_start"].to_numpy(), rng)
    carried = {name: enquiries[name] for name in ("icpc", "plan_start", "plan_end")}
    s47 = _spread(young, family, enquiries["s47"], abuse=abuse, **carried)
    made = s47[s47["plan_start"] < NEVER].sort_values(["child", "plan_start"], kind="stable")
    overlaps = (made["child"] == made["child"].shift()) & (made["plan_start"] <= made["plan_end"].shift())
    made = made[~overlaps]
    born = young.frame["born"].to_numpy()[made["child"]]
    ends = np.minimum(made["plan_end"], (born + 18 * YEAR).astype(np.int64))
    old = (rng.random(len(young.frame)) < OLD_PLAN_SHARE)[made["child"]]
    plans_made = pd.DataFrame({"child": made["child"], "start": made["plan_start"], "end": ends, "first_abuse": made["abuse"]})
    plans_made["previous"] = plans_made.groupby("child").cumcount() + old
    changed = rng.random(len(plans_made)) < 0.06
    plans_made["abuse"] = np.where(changed & (made["abuse"] != "MUL"), "NEG", made["abuse"])
    plans_made = plans_made[plans_made["end"] > plans_made["start"] + 14]
    return plans_made, s47.rename(columns={"icpc": "end"})[["child", "start", "end", "plan_start"]]


def _abuse(plan: Plan, time: Clock, day: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Category of abuse, with the months in which an authority still used Multiple, or recorded more as physical or sexual."""
    names, month = np.array(list(ABUSE)), time.month_of(day)
    weight = np.tile(np.array(list(ABUSE.values())), (len(time.months), 1))
    for name, of in (("MUL", "multiple"), ("PHY", "physical"), ("SAB", "sexual")):
        weight[:, names == name] *= path(plan, of, time.months)[:, None]
    upto = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)[month]
    return np.asarray(names[np.minimum((rng.random(len(day))[:, None] > upto).sum(axis=1), len(names) - 1)])


def _care(plan: Plan, time: Clock, referred: pd.DataFrame, young: Children, rng: np.random.Generator) -> pd.DataFrame:
    """Periods of being looked after, ending at 18 at the latest; the latest placement began some time within."""
    made = referred[(referred["into_care"] < NEVER) & (rng.random(len(referred)) < CARE_CHILD_SHARE)]
    birthday = (young.frame["born"].to_numpy() + 18 * YEAR).astype(np.int64)
    at_home = (young.frame["born"].to_numpy()[made["child"]] > made["into_care"]) | (birthday[made["child"]] <= made["into_care"] + 5)
    made = made[~at_home]
    started, grown = made["into_care"].to_numpy(), birthday[made["child"]]
    ended = np.minimum(time.open_day(started + 2 + made["care_days"].to_numpy().astype(np.int64)), grown)
    known_end = np.minimum(ended, time.starts[-1])
    placed = started + ((known_end - started).clip(0) * rng.random(len(made)) * (rng.random(len(made)) < 0.6)).astype(np.int64)
    table = pd.DataFrame(
        {"child": made["child"].to_numpy(), "start": started, "end": ended, "placed": placed, "way": made["way"].to_numpy()}
    )
    table["provider"] = _provider(plan, time, placed, rng)
    table["left"] = np.where(ended == grown, _draw(GROWN_OUT_OF_CARE, len(made), rng), _draw(LEFT_CARE, len(made), rng))
    table["need"] = _draw({"N1": 0.64, "N2": 0.03, "N3": 0.03, "N4": 0.08, "N5": 0.14, "N6": 0.02, "N8": 0.06}, len(made), rng)
    return table.sort_values(["child", "start"], kind="stable").drop_duplicates(["child", "start"])


def _provider(plan: Plan, time: Clock, placed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who provides a placement begun that day: the authority itself (PR1), private providers (PR4), or others."""
    own = path(plan, "in_house", time.months)[time.month_of(placed)]
    u, other = rng.random(len(placed)), _draw({"PR0": 0.35, "PR2": 0.2, "PR3": 0.05, "PR5": 0.4}, len(placed), rng)
    return np.where(u < own, "PR1", np.where(u < 0.8, "PR4", other))


def _episodes(
    time: Clock, referred: pd.DataFrame, care: pd.DataFrame, plans_made: pd.DataFrame, young: Children, rng: np.random.Generator
) -> pd.DataFrame:
    """Episodes of need, from the referral to the closing; those assessed as not in need close with RC8 or RC9."""
    made = referred[~referred["nfa"]]
    grown = (young.frame["born"].to_numpy()[made["child"]] + 18 * YEAR).astype(np.int64) + 1
    ended = np.minimum(np.maximum(made["closes"].to_numpy(), made["start"].to_numpy()), np.maximum(grown, made["start"].to_numpy() + 1))
    n = len(made)
    reason = np.where(made["need"], _draw(CLOSED_FROM_NEED, n, rng), _draw(CLOSED_AFTER_ASSESSMENT, n, rng))
    table = pd.DataFrame(
        {"child": made["child"].to_numpy(), "start": made["start"].to_numpy(), "end": ended, "authorised": made["authorised"].to_numpy()}
    )
    table["need"] = _draw(NEEDS, n, rng)
    table["reason"] = np.where(made["need"] & (ended == grown), "RC6", reason)
    table["in_need"] = made["need"].to_numpy()
    for name, spells in (("plan", plans_made), ("care", care)):
        began = spells.groupby("child")["start"].max()
        over = spells.groupby("child")["end"].max()
        table[f"{name}_from"] = began.reindex(table["child"]).fillna(NEVER).to_numpy().astype(np.int64)
        table[f"{name}_to"] = over.reindex(table["child"]).fillna(NEVER).to_numpy().astype(np.int64)
    return table
