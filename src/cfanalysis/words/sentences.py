"""Sentences from released findings, in plain English. What was hidden is not here, so it cannot be said.

>>> number(1234.0), number(23.44, "percent"), likelihood(0.72)
('1,234', '23.4%', 'about 7 in 10')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import NOT_SHOWN
from cfanalysis.foundation.wording import likelihood as likelihood
from cfanalysis.words.choosing import ALERTS, LARGE, find_lead, score, standing_out
from cfanalysis.words.finding import PROVISIONAL, about, lower_title, number, sentence, unit_of
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
    rows, first = _rows(found), _of_old(found)
    if rows.empty:
        return [*first, "There are no figures for this page."]
    rows = _judged(rows)
    rows = rows.assign(score=[score(row) for _, row in rows.iterrows()])
    lead = find_lead(rows, str(found.facts.get("about", "")))
    ahead = rows[(rows["kind"] == "forecast") & rows["low"].notna() & (rows["indicator"] == lead["indicator"])].head(1)
    besides = standing_out(rows, lead)
    if len(besides) >= most - 1 and besides["score"].iloc[most - 2] >= LARGE:  # no forecast while something large is unsaid
        ahead = ahead.head(0)
    said = [sentence(lead), *(sentence(row) for _, row in besides.head(most - 1 - len(ahead)).iterrows())]
    newest = rows[rows["kind"] == "latest"]
    alone = len(newest) == 1 and lead["kind"] == "latest"
    if first:
        return [*first, *said[: most - 1]]
    if len(said) + len(ahead) < most and not alone and not newest["severity"].isin(ALERTS).any() and (newest["severity"] != "").any():
        said.append(_nothing_stands_out(newest))
    return [*said, *(sentence(row) for _, row in ahead.iterrows())]


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
    frame = _rows(shown)
    past = frame[~frame["future"].astype(bool) & frame["observed"].notna()] if "future" in frame else frame
    if past.empty:
        return shown.title
    row = past.iloc[-1].copy()
    row["title"], row["unit"], row["measured"], row["kind"] = shown.facts["name"], shown.unit, shown.facts["kind"], "latest"
    if not pd.isna(row.get("settled_low", float("nan"))):
        row["assumed"] = bool(shown.facts.get("assumed"))
        return _settling(row)
    if row.get("provisional") and row["reason"] == "":
        row["reason"] = PROVISIONAL
    return sentence(row).removesuffix(".")


def quality(read: Mapping[str, ReleasedTable]) -> list[str]:
    """What to make of the files: how many, what they cover, what was dropped or put right, what to look at."""
    files, wrong = len(_rows(read["files"])), _rows(read["problems"])
    said = [f"This workbook is made from {files} {'file' if files == 1 else 'files'}."]
    for action, what in (("left out", "rows or values were left out"), ("put right", "values were put right")):
        chosen = wrong[wrong["action"] == action] if len(wrong) else wrong
        part, rules = (chosen["count"], chosen["rule"].nunique()) if len(chosen) else (chosen, 0)
        if len(part):
            hidden = " (small numbers not counted)" if part.isna().any() else ""
            many = f"{part.sum():,.0f}" if part.sum() > 0 else "A few"
            said.append(f"{many} {what}, by {rules} {'rule' if rules == 1 else 'rules'}{hidden}. Each is listed below.")
    if "changes" in read and len(_rows(read["changes"])):
        changed = _rows(read["changes"])[["added", "removed", "changed"]].sum()
        parts = [f"{name} {changed[name]:,.0f}" for name in ("added", "removed", "changed")]
        said.append(f"Later extracts {listed(parts)} records.")
    if len(said) == 1:
        said.append("Nothing was left out or put right.")
    return said


def compared(*shown: ReleasedTable) -> list[str]:
    """Where the authority stands in the newest year, beside the others: a sentence for each comparison that has a figure of its own."""
    said = [sentence for table in shown for sentence in _compared(table)]
    return said or ["There are no published figures of this authority to compare."]


def _compared(shown: ReleasedTable) -> list[str]:
    given = _rows(shown)
    rows = given[given["value"].notna()] if len(given) else given
    own = rows[rows["who"] == shown.facts["authority"]] if len(rows) else rows
    if own.empty:
        return []
    newest = own.iloc[-1]
    others = rows[(rows["year"] == newest["year"]) & (rows["who"] != newest["who"])]
    beside = ", ".join(f"{row.who} {_figure(row.value, shown.unit)}" for row in others.itertuples())
    what = shown.labels.get("value", "Figure")
    later = given[(given["who"] == newest["who"]) & (given["year"] > newest["year"])]
    hidden = f" The figure for {later['year_label'].iloc[-1]} is not there or not shown." if len(later) else ""
    on = "on" if newest["year_label"][:1].isdigit() and " " in newest["year_label"] else "in"
    return [f"{what}: {_figure(newest['value'], shown.unit)} {on} {newest['year_label']}.{hidden}" + (f" {beside}." if beside else "")]


def _figure(value: float, unit: str) -> str:
    return number(value, unit) if unit == "percent" else f"{value:,.1f}"


def verdicts(judged: ReleasedTable) -> list[str]:
    """A few sentences for every projection of the register: the verdict and its evidence."""
    rows = _rows(judged)
    if rows.empty:
        return ["No projection is on the register. Write down what was promised: cfanalysis register new projections."]
    return [verdict_sentence(row) for row in rows.to_dict("records")]


VERDICTS = ("met", "met, but expected anyway", "not met", "too early", "cannot tell")


def promises(judged: ReleasedTable) -> list[str]:
    """How many projections came to what, and one line for each."""
    rows = _rows(judged)
    if rows.empty:
        return verdicts(judged)
    tally = [f"{int((rows['verdict'] == name).sum())} {name}" for name in VERDICTS if (rows["verdict"] == name).any()]
    hidden = int((rows["verdict"] == "").sum())
    tally += [f"{hidden} {NOT_SHOWN}"] if hidden else []
    many = f"{len(rows)} projections are" if len(rows) > 1 else "1 projection is"
    return [f"{many} on the register: {'; '.join(tally)}.", *(promise_line(row) for row in rows.to_dict("records"))]


def january_february(asked: ReleasedTable) -> list[str]:
    """What is said of a fall in January and February, measure by measure."""
    rows = _rows(asked)
    if rows.empty:
        return ["There are no figures to answer this from."]
    named = [(str(row["series"]).removesuffix(f", {row['year']}"), row) for row in rows.to_dict("records")]
    return [f"{name}, {' '.join(question_sentences(row))}" for name, row in named]


def why(taken_apart: ReleasedTable) -> str:
    """The headline above why a stock moved; its title where it could not be taken apart."""
    frame = _rows(taken_apart)
    if "cause" not in taken_apart.facts or frame["children"].isna().all():  # a cause leans on what was hidden
        return taken_apart.title
    return why_sentence(taken_apart.facts, frame.to_dict("records")).removesuffix(".")


def reach(*needs: ReleasedTable) -> list[str]:
    """What it takes to reach each target of one stock or several, a sentence each. That nobody has set one is said once."""
    said = [_reach(each) for each in needs]
    first = next((at for at, each in enumerate(needs) if each.facts.get("example")), None)
    if first is not None:
        said[first][0] = f"{EXAMPLE} {said[first][0]}"
    return [sentence for part in said for sentence in part]


def _reach(needs: ReleasedTable) -> list[str]:
    rows = _rows(needs)
    if "target" not in rows or rows.empty:
        return [f"{needs.title}."]
    return [reach_sentence(row) for row in rows.to_dict("records")]


EXAMPLE = "Where nobody has set a target that lies ahead, the example is a tenth fewer than are likely open now."


def details(found: ReleasedTable) -> list[str]:
    """A sentence for every finding, measure by measure."""
    return [sentence(row) for _, row in _judged(_rows(found)).iterrows()]


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Findings without the months that stood out but whose judgement was hidden, because it leans on a hidden count."""
    return rows[(rows["kind"] != "unusual") | (rows["severity"] != "")]


def _settling(row: pd.Series) -> str:
    """A month whose late closures are still to come: what is recorded so far, and where that is likely to end up."""
    so_far = NOT_SHOWN if pd.isna(row["observed"]) else f"{number(row['observed'], unit_of(row))} recorded so far"
    span = f"{about(row['settled_low'], unit_of(row), 3)} to {about(row['settled_high'], unit_of(row), 3)}"
    said = f"{row['title']} in {month_label(row['month'])}: {so_far}"
    if row.get("assumed"):
        return f"{said}. If records come as late as in the rest of England, it settles at {span}"
    return f"{said}, likely to settle at {span}"


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


def _rows(found: ReleasedTable) -> pd.DataFrame:
    if not isinstance(found, ReleasedTable):
        raise ReleaseError(
            f"words are made of released findings only; found a {type(found).__name__}, want cf.release(book.headlines(), policy)"
        )
    return found.frame


def _nothing_stands_out(newest: pd.DataFrame) -> str:
    judged = int((newest["severity"] != "").sum())
    watched = newest.loc[newest["severity"] == "watch", "title"]
    more = f" Worth watching: {', '.join(lower_title(title) for title in watched)}." if len(watched) else ""
    if judged == 1:
        return "The newest month is within what is usual." if watched.empty else "The newest month is at the edge of what is usual." + more
    return f"No measure is unusual in its newest month ({judged} were judged).{more}"


def listed(names: Sequence[str]) -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
