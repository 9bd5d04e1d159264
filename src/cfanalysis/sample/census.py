"""The synthetic authorities as children in need census files: one XML a year, as sent to DfE once records had been put right.

The census nests everything in an episode (CINdetails), so whatever happened is put into the child's latest episode begun by then.
What the five worlds do not hold (factors, reviews, child in need plans) is made up here, the same for the same child.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from cfanalysis.sample.clock import NEVER
from cfanalysis.sample.files import BANNER
from cfanalysis.sample.lists import last_day
from cfanalysis.sample.recording import as_seen
from cfanalysis.sample.world import World

FACTOR_CODES = ("3B", "4B", "16A", "17A", "4A", "2B", "3A", "1B", "18C", "24A", "11A", "10A", "7A", "6A", "20")
FIRST_REVIEW_DAYS, NEXT_REVIEW_DAYS = 85, 170
PLAN_AFTER_DAYS = 45
SEX_SINCE = 2026
"""From the return of 2025-26 on the element is Sex; before it, GenderCurrent."""

GENDER = {"M": "1", "F": "2"}


def put_right(world: World) -> World:
    """The world as it was, with nothing late, mistaken or recorded in error: what a return says after its checks."""
    return replace(world, tables={name: _put_right(table) for name, table in world.tables.items()})


def _put_right(table: pd.DataFrame) -> pd.DataFrame:
    kept = table[table["removed"] == NEVER]
    return kept.assign(recorded=kept["start"], end_recorded=kept["end"], put_right=0)


def write_census(world: World, folder: Path) -> list[Path]:
    """Write every whole census year of an authority; gives the paths."""
    settled = put_right(world)
    first = world.plan.first.year + (world.plan.first.month > 4)
    last = world.plan.as_at.year - (world.plan.as_at.month < 3)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for year in range(first + 1, last + 1):
        path = folder / f"{world.plan.stem}_synthetic_cin_census_{year - 1}-{year % 100:02d}.xml"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(census_lines(settled, year))
        paths.append(path)
    return paths


@dataclass(frozen=True)
class _Year:
    """One census year: its number, its first and last day."""

    number: int
    since: int
    day: int


def census_lines(world: World, year: int) -> Iterator[str]:
    """The lines of one census file: those referred or open between 1 April and 31 March."""
    march = pd.Period(f"{year}-03", "M")
    since = int(np.datetime64(f"{year - 1}-04-01").astype(np.int64))
    about = _Year(year, since, last_day(march))
    held = {name: as_seen(world.tables[name], name, about.day, about.since) for name in ("referral", "cin", "assessment", "s47", "cp")}
    episodes = _episodes(world, held, about)
    parts = _parts(episodes, held, about, planned=set(world.tables["cp"]["child"]))
    yield from _head(world, about)
    for child, rows in episodes.groupby("child", sort=True):
        yield from _child(world, int(str(child)), about)
        for row in rows.itertuples(index=False):
            yield from _episode(row, parts.get(int(str(row.number)), []), about)
        yield "</Child>\n"
    yield "</Children>\n</Message>\n"


def _episodes(world: World, held: dict[str, pd.DataFrame], about: _Year) -> pd.DataFrame:
    """One row an episode: referrals of the year, cases open in it, and the last case of a child with other business in it."""
    named = ["child", "start", "end", "need", "reason"]
    every = as_seen(world.tables["cin"], "cin", about.day, 0)[named]
    referrals = as_seen(world.tables["referral"], "referral", about.day, 0)[["child", "start", "source", "nfa"]]
    both = referrals.merge(every, on=["child", "start"], how="outer").sort_values(["child", "start"])
    of_year = (both["start"] >= about.since) | (~(both["nfa"] == True) & ~(both["end"] < about.since))  # noqa: E712
    busy = pd.concat([held[name]["child"] for name in ("assessment", "s47", "cp")]).unique()
    lonely = both[both["child"].isin(busy) & ~both["child"].isin(both.loc[of_year, "child"])]
    hosts = lonely.drop_duplicates("child", keep="last")
    kept = pd.concat([both[of_year], hosts]).sort_values(["child", "start"]).reset_index(drop=True)
    return kept.assign(number=np.arange(len(kept)))


def _parts(episodes: pd.DataFrame, held: dict[str, pd.DataFrame], about: _Year, planned: set[int]) -> dict[int, list[str]]:
    """What happened within each episode, as lines, by its number; children ever on a protection plan have no plan in need."""
    found: dict[int, list[str]] = {}
    for name, lines in (("assessment", _assessment), ("s47", _enquiry), ("cp", _plan)):
        rows = held[name]
        for number, row in zip(_hosts(episodes, rows), rows.itertuples(index=False), strict=True):
            if number >= 0:
                found.setdefault(number, []).extend(lines(row, about))
    for row in episodes.itertuples(index=False):
        if row.child not in planned:
            found.setdefault(int(str(row.number)), []).extend(_need_plan(row, about))
    return found


def _hosts(episodes: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """For each row the number of the child's latest episode begun by its day, else of its first; -1 where there is none."""
    key = episodes["child"].to_numpy() * 200_000 + episodes["start"].to_numpy()
    wanted, own = rows["child"].to_numpy(), episodes["child"].to_numpy()
    after = np.searchsorted(key, wanted * 200_000 + rows["start"].to_numpy(), side="right")
    hosts = np.full(len(rows), -1)
    for place in (after, after - 1):  # the one before it, where there is one, stands in the end
        inside = np.clip(place, 0, max(len(own) - 1, 0))
        hosts = np.where((place == inside) & (own[inside] == wanted), inside, hosts)
    return hosts


def _head(world: World, about: _Year) -> Iterator[str]:
    lea = f"99{world.plan.code[-1]}"
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<!-- {BANNER} -->\n<Message>\n<Header>\n<CollectionDetails>\n'
    yield f"{_leaf('Collection', 'CIN')}{_leaf('Year', about.number)}{_leaf('ReferenceDate', _date(about.day))}"
    yield f"</CollectionDetails>\n<Source>\n{_leaf('SourceLevel', 'L')}{_leaf('LEA', lea)}{_leaf('SoftwareCode', 'cfanalysis')}"
    yield f"{_leaf('Release', 'synthetic')}{_leaf('SerialNo', '001')}{_leaf('DateTime', f'{about.number}-06-30T12:00:00')}"
    yield "</Source>\n</Header>\n<Children>\n"


def _child(world: World, child: int, about: _Year) -> Iterator[str]:
    who = world.children.iloc[child]
    unborn = who["born"] > about.day
    sex = "U" if unborn else str(who["sex"])
    yield f"<Child>\n<ChildIdentifiers>\n{_leaf('LAchildID', escape(str(who['child'])))}"
    yield _leaf("UPNunknown", "UN3")
    yield _leaf("ExpectedPersonBirthDate" if unborn else "PersonBirthDate", _date(int(who["born"])))
    yield _leaf("Sex", sex) if about.number >= SEX_SINCE else _leaf("GenderCurrent", GENDER.get(sex, "0"))
    yield f"</ChildIdentifiers>\n<ChildCharacteristics>\n{_leaf('Ethnicity', who['ethnicity'])}<Disabilities>\n"
    yield f"{_leaf('Disability', 'LD' if who['disabled'] else 'NONE')}</Disabilities>\n</ChildCharacteristics>\n"


def _episode(row: object, parts: list[str], about: _Year) -> Iterator[str]:
    told = row.__getattribute__
    nfa, ended = told("nfa") is True, told("end")
    closed = not nfa and ended <= about.day
    yield f"<CINdetails>\n{_leaf('CINreferralDate', _date(told('start')))}{_leaf('ReferralSource', told('source'))}"
    yield "" if nfa else _leaf("PrimaryNeedCode", told("need"))
    yield f"{_leaf('CINclosureDate', _date(ended))}{_leaf('ReasonForClosure', told('reason'))}" if closed else ""
    yield from parts
    yield f"{_leaf('ReferralNFA', 'true' if nfa else 'false')}</CINdetails>\n"


def _assessment(row: object, about: _Year) -> list[str]:
    told = row.__getattribute__
    lines = [f"<Assessments>\n{_leaf('AssessmentActualStartDate', _date(told('start')))}"]
    if told("end") <= about.day:
        codes = factors(told("child") * 31 + told("start"))
        inner = "".join(_leaf("AssessmentFactors", code) for code in codes)
        lines.append(f"{_leaf('AssessmentAuthorisationDate', _date(told('end')))}<FactorsIdentifiedAtAssessment>\n{inner}")
        lines.append("</FactorsIdentifiedAtAssessment>\n")
    return [*lines, "</Assessments>\n"]


def factors(number: int) -> list[str]:
    """Up to five factors, or the code for none; the same number gives the same."""
    many = (number // 7) % 6
    return sorted({FACTOR_CODES[(number * (step + 3) + step) % len(FACTOR_CODES)] for step in range(many)}) or ["21"]


def _enquiry(row: object, about: _Year) -> list[str]:
    told = row.__getattribute__
    held = told("end") <= about.day
    day = _leaf("DateOfInitialCPC", _date(told("end"))) if held else ""
    needed = held or told("start") >= about.day - 30
    start = _leaf("S47ActualStartDate", _date(told("start")))
    return [f"<Section47>\n{start}{day}{_leaf('ICPCnotRequired', 'false' if needed else 'true')}</Section47>\n"]


def _plan(row: object, about: _Year) -> list[str]:
    told = row.__getattribute__
    start, ended = told("start"), told("end")
    lines = [f"<ChildProtectionPlans>\n{_leaf('CPPstartDate', _date(start))}"]
    lines += [_leaf("CPPendDate", _date(ended))] if ended <= about.day else []
    lines += [_leaf("InitialCategoryOfAbuse", told("first_abuse")), _leaf("LatestCategoryOfAbuse", told("abuse"))]
    lines += [_leaf("NumberOfPreviousCPP", told("previous"))]
    days = range(start + FIRST_REVIEW_DAYS, min(ended, about.day) + 1, NEXT_REVIEW_DAYS)
    reviews = "".join(_leaf("CPPreviewDate", _date(day)) for day in days if day >= about.since)
    return [*lines, f"<Reviews>\n{reviews}</Reviews>\n" if reviews else "", "</ChildProtectionPlans>\n"]


def _need_plan(row: object, about: _Year) -> list[str]:
    """A child in need plan some weeks into a case that stays open, for two children in three."""
    told = row.__getattribute__
    start = told("start") + PLAN_AFTER_DAYS
    if told("nfa") is True or told("child") % 3 == 0 or told("reason") in ("RC8", "RC9") or start > min(told("end"), about.day):
        return []
    if told("end") < about.since:
        return []
    ended = _leaf("CINPlanEndDate", _date(told("end"))) if told("end") <= about.day else ""
    return [f"<CINPlanDates>\n{_leaf('CINPlanStartDate', _date(start))}{ended}</CINPlanDates>\n"]


def _leaf(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>\n"


def _date(day: int) -> str:
    return str(np.datetime64(int(day), "D"))
