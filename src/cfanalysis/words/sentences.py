"""Sentences from released findings, in plain English. What was hidden is not here, so it cannot be said.

>>> number(1234.0), number(23.44, "percent"), likelihood(0.72)
('1,234', '23.4%', 'about 7 in 10')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cfanalysis.claims.claim import Claim, Kind, claim_of, claims_of, released_rows
from cfanalysis.claims.promise import Promise, promise_of
from cfanalysis.claims.standing import Standing, newest_year, standings_of
from cfanalysis.claims.stock import cause_of, reach_of
from cfanalysis.claims.winter import winter_of
from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import likelihood as likelihood
from cfanalysis.words.choosing import LARGE, find_lead, score, standing_out
from cfanalysis.words.finding import PROVISIONAL, lower_title, number, sentence
from cfanalysis.words.january_february import question_sentences
from cfanalysis.words.stock import reach_sentence, why_sentence
from cfanalysis.words.verdicts import promise_line, verdict_sentence

HEADLINES = 4
"""A panel reads three or four sentences, not ten."""

FLAGGED_BY_CHANCE = 0.011
"""Share of ordinary months that are judged alert or above (DESIGN section 5; measured in benchmarks/signals.py)."""


def headlines(found: ReleasedTable, most: int = HEADLINES) -> list[str]:
    """The few sentences that matter most: the answer to the page's question, what stands out, what to expect.

    The answer is the level and change of the measure that the page is about; where it is about several, of the one that changed most.
    """
    claims, first = claims_of(found), _of_old(found)
    if not claims:
        return [*first, "There are no figures for this page."]
    claims = _judged(claims)
    lead = find_lead(claims, str(found.facts.get("about", "")))
    ahead = [each for each in claims if each.kind is Kind.FORECAST and pd.notna(each.low) and _same_measure(each, lead)][:1]
    besides = standing_out(claims, lead)
    if len(besides) >= most - 1 and score(besides[most - 2]) >= LARGE:  # no forecast while something large is unsaid
        ahead = []
    said = [sentence(each) for each in (lead, *besides[: most - 1 - len(ahead)])]
    newest = [each for each in claims if each.kind is Kind.LATEST]
    alone = len(newest) == 1 and lead.kind is Kind.LATEST
    if first:
        return [*first, *said[: most - 1]]
    judged = any(each.severity for each in newest)
    if len(said) + len(ahead) < most and not alone and judged and not any(each.unusual for each in newest):
        said.append(_nothing_stands_out(newest))
    return [*said, *(sentence(each) for each in ahead)]


def _same_measure(one: Claim, other: Claim) -> bool:
    return one.measure.indicator == other.measure.indicator


def _of_old(found: ReleasedTable) -> list[str]:
    """That a page has no monthly figures of its year, before anything else is said."""
    ends, to = found.facts.get("monthly_to"), found.facts.get("yearly_to")
    if not ends:
        return []
    yearly = f" DfE's yearly figures go to {to}." if to else ""
    hidden = found.facts.get("yearly_hidden")
    yearly += f" The figure for {hidden} is not there or not shown." if hidden else ""
    return [f"This page has no monthly figures.{yearly}" if ends == "none" else f"Monthly figures end in {ends}.{yearly}"]


def outlook(shown: ReleasedTable) -> str:
    """The headline of an outlook: its newest month, and how that compares with what is usual."""
    frame = released_rows(shown)
    past = frame[~frame["future"].astype(bool) & frame["observed"].notna()] if "future" in frame else frame
    if past.empty:
        return shown.title
    row = past.iloc[-1].to_dict()
    measure = {"title": shown.facts["name"], "unit": shown.unit, "measured": shown.facts["kind"]}
    if not pd.isna(row.get("settled_low", float("nan"))):
        settles = {"settling_low": row["settled_low"], "settling_high": row["settled_high"]}
        how = "assumed" if shown.facts.get("assumed") else "learnt"
        return sentence(claim_of({**row, **measure, **settles, "kind": Kind.SETTLES, "settling": how}))
    provisional = {"reason": PROVISIONAL} if row.get("provisional") and row["reason"] == "" else {}
    return sentence(claim_of({**row, **measure, **provisional, "kind": Kind.LATEST})).removesuffix(".")


def quality(read: Mapping[str, ReleasedTable]) -> list[str]:
    """What to make of the files: how many, what they cover, what was dropped or put right, what to look at."""
    files, wrong = len(released_rows(read["files"])), released_rows(read["problems"])
    said = [f"This workbook is made from {files} {'file' if files == 1 else 'files'}."]
    for action, what in (("left out", "rows or values were left out"), ("put right", "values were put right")):
        chosen = wrong[wrong["action"] == action] if len(wrong) else wrong
        part, rules = (chosen["count"], chosen["rule"].nunique()) if len(chosen) else (chosen, 0)
        if len(part):
            hidden = " (small numbers not counted)" if part.isna().any() else ""
            many = f"{part.sum():,.0f}" if part.sum() > 0 else "A few"
            said.append(f"{many} {what}, by {rules} {'rule' if rules == 1 else 'rules'}{hidden}. Each is listed below.")
    if "changes" in read and len(released_rows(read["changes"])):
        changed = released_rows(read["changes"])[["added", "removed", "changed"]].sum()
        parts = [f"{name} {changed[name]:,.0f}" for name in ("added", "removed", "changed")]
        said.append(f"Later extracts {listed(parts)} records.")
    if len(said) == 1:
        said.append("Nothing was left out or put right.")
    return said


def compared(*shown: ReleasedTable) -> list[str]:
    """Where the authority stands in the newest year, beside the others: a sentence for each comparison that has a figure of its own."""
    said = [_standing(claim) for table in shown for claim in standings_of(table)]
    return said or ["There are no published figures of this authority to compare."]


def _standing(claim: Standing) -> str:
    beside = ", ".join(f"{who} {_figure(value, claim.unit)}" for who, value in claim.others)
    hidden = f" The figure for {claim.hidden} is not there or not shown." if claim.hidden else ""
    return f"{claim.what}: {_figure(claim.figure, claim.unit)} {newest_year(claim)}.{hidden}" + (f" {beside}." if beside else "")


def _figure(value: float, unit: str) -> str:
    return number(value, unit) if unit == "percent" else f"{value:,.1f}"


def verdicts(judged: ReleasedTable) -> list[str]:
    """A few sentences for every projection of the register: the verdict and its evidence."""
    return [verdict_sentence(each) for each in _promises(judged)] or [NO_PROMISE]


NO_PROMISE = "No projection is on the register. Write down what was promised: cfanalysis register new projections."


def _promises(judged: ReleasedTable) -> list[Promise]:
    return [promise_of(row) for row in released_rows(judged).to_dict("records")]


VERDICTS = ("met", "met, but expected anyway", "not met", "too early", "cannot tell")


def promises(judged: ReleasedTable) -> list[str]:
    """How many projections came to what, and one line for each."""
    claims = _promises(judged)
    if not claims:
        return [NO_PROMISE]
    came = Counter(each.verdict for each in claims)
    tally = [f"{came[name]} {name or NOT_SHOWN}" for name in (*VERDICTS, "") if came[name]]
    many = f"{len(claims)} projections are" if len(claims) > 1 else "1 projection is"
    return [f"{many} on the register: {'; '.join(tally)}.", *(promise_line(each) for each in claims)]


def january_february(asked: ReleasedTable) -> list[str]:
    """What is said of a fall in January and February, measure by measure."""
    claims = [winter_of(row) for row in released_rows(asked).to_dict("records")]
    said = [f"{each.name}, {' '.join(question_sentences(each))}" for each in claims]
    return said or ["There are no figures to answer this from."]


def why(taken_apart: ReleasedTable) -> str:
    """The headline above why a stock moved; its title where it could not be taken apart."""
    frame = released_rows(taken_apart)
    if "cause" not in taken_apart.facts or frame["children"].isna().all():  # a cause leans on what was hidden
        return taken_apart.title
    return why_sentence(cause_of(taken_apart.facts, frame.to_dict("records"))).removesuffix(".")


def reach(*needs: ReleasedTable) -> list[str]:
    """What it takes to reach each target of one stock or several, a sentence each. That nobody has set one is said once."""
    said = [_reach(each) for each in needs]
    first = next((at for at, each in enumerate(needs) if each.facts.get("example")), None)
    if first is not None:
        said[first][0] = f"{EXAMPLE} {said[first][0]}"
    return [sentence for part in said for sentence in part]


def _reach(needs: ReleasedTable) -> list[str]:
    rows = released_rows(needs)
    if "target" not in rows or rows.empty:
        return [f"{needs.title}."]
    return [reach_sentence(reach_of(row)) for row in rows.to_dict("records")]


EXAMPLE = "Where nobody has set a target that lies ahead, the example is a tenth fewer than are likely open now."


def details(found: ReleasedTable) -> list[str]:
    """A sentence for every claim, measure by measure."""
    return [sentence(each) for each in _judged(claims_of(found))]


def _judged(claims: Sequence[Claim]) -> list[Claim]:
    """Claims without the months that stood out but whose judgement was hidden, because it leans on a hidden count."""
    return [each for each in claims if each.kind is not Kind.UNUSUAL or each.severity]


def by_chance(judged: int) -> str:
    """How many of the months judged on a page would be flagged if nothing had happened."""
    if not judged:
        return ""
    expected = judged * FLAGGED_BY_CHANCE
    said = "less than one" if expected < 0.75 else f"about {max(1, round(expected))}"
    return f"{judged:,} months were judged for this page. By chance alone {said} of them would be flagged as unusual."


def foot(about: Mapping[str, Any]) -> list[str]:
    """What stands under every page of a notebook: the data's date and edition, and the method. Policy and version the page says itself."""
    return [
        f"Data to {month_label(about['as_at'])}, from {about['sources']}. Edition: the files {about['edition']}.",
        "Usual ranges are worked out from earlier months only, with working days and season allowed for; they hold 19 months in 20. "
        "The shaded band of a forecast holds 8 outcomes in 10.",
        f"Each method is described in docs/methods.md of cfanalysis {about['version']}.",
    ]


def _nothing_stands_out(newest: Sequence[Claim]) -> str:
    judged = sum(each.severity != "" for each in newest)
    watched = [lower_title(each.measure.title) for each in newest if each.severity == "watch"]
    more = f" Worth watching: {', '.join(watched)}." if watched else ""
    if judged == 1:
        return "The newest month is at the edge of what is usual." + more if watched else "The newest month is within what is usual."
    return f"No measure is unusual in its newest month ({judged} were judged).{more}"


def listed(names: Sequence[str]) -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
