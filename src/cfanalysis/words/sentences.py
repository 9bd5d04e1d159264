"""Sentences from released findings, in plain English. What was hidden is not here, so it cannot be said.

>>> number(1234.0), number(23.44, "percent"), likelihood(0.72)
('1,234', '23.4%', 'about 7 in 10')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.table import ABOUT_THE_SAME, NO_CLEAR_CHANGE, NOT_SHOWN, OVER_TWELVE_MONTHS
from cfanalysis.foundation.wording import likelihood as likelihood
from cfanalysis.words.choosing import find_lead, score, standing_out
from cfanalysis.words.january_february import question_sentences
from cfanalysis.words.stock import reach_sentence, why_sentence
from cfanalysis.words.verdicts import promise_line, verdict_sentence

ALERTS = ("alert", "strong", "extreme")
HEADLINES = 4
"""A panel reads three or four sentences, not ten."""

FLAGGED_BY_CHANCE = 0.011
"""Share of ordinary months that are judged alert or above (DESIGN section 5; measured in benchmarks/signals.py)."""

STILL_RECORDED, PROVISIONAL = "it is still being recorded", "provisional"
"""The reasons that findings give a newest month which late recording may still change: nothing can be said of it; it is as usual so far."""

WHOLE = "whole"
"""How the numbers of children and of things that happened are written, whatever they count."""


def headlines(found: ReleasedTable, most: int = HEADLINES) -> list[str]:
    """The few sentences that matter most: the answer to the page's question, what stands out, what to expect.

    The answer is the level and change of the measure that the page is about; where it is about several, of the one that changed most.
    """
    rows = _rows(found)
    if rows.empty:
        return ["There are no figures for this page."]
    rows = _judged(rows)
    rows = rows.assign(score=[score(row) for _, row in rows.iterrows()])
    lead = find_lead(rows, str(found.facts.get("about", "")))
    ahead = rows[(rows["kind"] == "forecast") & rows["low"].notna() & (rows["indicator"] == lead["indicator"])].head(1)
    said = [sentence(lead), *(sentence(row) for _, row in standing_out(rows, lead).head(most - 1 - len(ahead)).iterrows())]
    newest = rows[rows["kind"] == "latest"]
    alone = len(newest) == 1 and lead["kind"] == "latest"
    if len(said) + len(ahead) < most and not alone and not newest["severity"].isin(ALERTS).any() and (newest["severity"] != "").any():
        said.append(_nothing_stands_out(newest))
    return [*said, *(sentence(row) for _, row in ahead.iterrows())]


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


def reach(needs: ReleasedTable) -> list[str]:
    """What it takes to reach each target, a sentence each."""
    rows = _rows(needs)
    if "target" not in rows or rows.empty:
        return [f"{needs.title}."]
    said = [reach_sentence(row) for row in rows.to_dict("records")]
    return [f"{EXAMPLE} {said[0]}"] if needs.facts.get("example") else said


EXAMPLE = "Nobody has set a target that lies ahead; as an example, a tenth fewer than are likely open now."


def details(found: ReleasedTable) -> list[str]:
    """A sentence for every finding, measure by measure."""
    return [sentence(row) for _, row in _judged(_rows(found)).iterrows()]


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Findings without the months that stood out but whose judgement was hidden, because it leans on a hidden count."""
    return rows[(rows["kind"] != "unusual") | (rows["severity"] != "")]


def sentence(row: pd.Series) -> str:
    """One finding in words."""
    said = _SAY[str(row["kind"])](row)
    return said[0].upper() + said[1:]


def number(value: float, unit: str = "") -> str:
    """A figure as it is written on a page: whole numbers with commas, percentages and averages to one decimal place."""
    if unit == "percent":
        return f"{value:.1f}%"
    return f"{value:,.0f}" if unit == WHOLE or float(value).is_integer() else f"{value:,.1f}"


def _settling(row: pd.Series) -> str:
    """A month whose late closures are still to come: what is recorded so far, and where that is likely to end up."""
    so_far = NOT_SHOWN if pd.isna(row["observed"]) else f"{number(row['observed'], _unit(row))} recorded so far"
    span = f"{about(row['settled_low'], _unit(row), 3)} to {about(row['settled_high'], _unit(row), 3)}"
    said = f"{row['title']} in {month_label(row['month'])}: {so_far}"
    if row.get("assumed"):
        return f"{said}. If records come as late as in the rest of England, it settles at {span}"
    return f"{said}, likely to settle at {span}"


def _unit(row: pd.Series) -> str:
    """The unit that a figure of this row is written in: counts, and the ends of their ranges, are whole."""
    return WHOLE if row["measured"] in ("count", "stock") else str(row["unit"])


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
    more = f" Worth watching: {', '.join(_lower(title) for title in watched)}." if len(watched) else ""
    if judged == 1:
        return "The newest month is within what is usual." if watched.empty else "The newest month is at the edge of what is usual." + more
    return f"No measure is unusual in its newest month ({judged} were judged).{more}"


def _latest(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]):
        return f"{what} in {when}: {NOT_SHOWN}."
    value = number(row["observed"], _unit(row))
    if pd.isna(row["low"]) or row["severity"] == "" or row["reason"] == STILL_RECORDED:
        return f"{what}: {value} in {when}. {_cannot_tell(row)}"
    when += f" ({PROVISIONAL})" if row["reason"] == PROVISIONAL else ""
    usual = f"{number(row['low'], _unit(row))} to {number(row['high'], _unit(row))}"
    if row["severity"] in ALERTS:
        return f"{what}: {value} in {when}. That is {_strength(row)}; {usual} would be usual."
    if row["severity"] == "watch":
        return f"{what}: {value} in {when}, at the edge of what is usual ({usual}). Worth watching."
    return f"{what}: {value} in {when}, as usual ({usual})."


def _cannot_tell(row: pd.Series) -> str:
    why = str(row["reason"] or "").strip().rstrip(".")
    return f"We cannot tell whether that is usual{': ' + _lower(why) if why and why != 'not judged' else ''}."


def _strength(row: pd.Series) -> str:
    side = "high" if row["observed"] > row["expected"] else "low"
    return {"alert": "unusually", "strong": "very unusually", "extreme": "exceptionally"}[str(row["severity"])] + f" {side}"


def _unusual(row: pd.Series) -> str:
    if pd.isna(row["observed"]):
        return f"{row['title']} in {month_label(row['month'])}: {NOT_SHOWN}."
    usual = f"{number(row['low'], _unit(row))} to {number(row['high'], _unit(row))}"
    value = number(row["observed"], _unit(row))
    return f"{month_label(row['month'])} was {_strength(row)} for {_lower(row['title'])}: {value}, when {usual} would be usual."


def _shift(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        far = "cannot be told" if pd.notna(row["z"]) else f"is {NOT_SHOWN}"
        return f"{what} moved to another level from {when}; how far {far}."
    told = row.where(row.index != "observed", row["high"])
    side, rose = ("higher", "rose") if told["observed"] > row["expected"] else ("lower", "fell")
    if row["reason"] == "over":
        return f"{what} {rose} in {when}, {_change(told)}. It has not lasted: the level is back near what it was."
    if row["reason"] == "fading":
        return f"{what} {rose} in {when}, {_change(told)}. Part of it is gone: now it is {_change(row)}."
    if row["reason"] == "new":
        return f"{what} moved to a {side} level from {when}, {_change(row)}. It is too early to say whether it lasts."
    if row["reason"] == "lasting":
        return f"{what} moved to a {side} level from {when}, {_change(row)}, and it has lasted."
    return f"{what} stood at a {side} level from {when} {row['reason']}, {_change(told)}."


def _trend(row: pd.Series) -> str:
    """A year beside the one before. The direction stands in ``reason``: it was told apart from chance before anything is said."""
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["observed"]) or pd.isna(row["expected"]):
        return f"{what}, year on year: {NOT_SHOWN}."
    now, before = number(row["observed"], _unit(row)), number(row["expected"], _unit(row))
    span = f"in {when}" if row["measured"] not in OVER_TWELVE_MONTHS else f"in the year to {when}"
    ago = "a year before" if row["measured"] not in OVER_TWELVE_MONTHS else "the year before"
    if row["reason"] not in ("up", "down", ABOUT_THE_SAME):
        clear = ", which is no clear change" if row["reason"] == NO_CLEAR_CHANGE else ""
        return f"{what}: {now} {span}, against {before} {ago}{clear}.{_still_to_come(row)}"
    return f"{what}: {now} {span}, {_on_the_year(row)} {ago} ({before}).{_still_to_come(row)}"


def _still_to_come(row: pd.Series) -> str:
    """That the newer figure counts what nobody has recorded yet, and from where that is known."""
    how = str(row.get("settling") or "")
    if how not in STILL_TO_COME:
        return ""
    ends = row["settling_low"], row["settling_high"]
    span = "" if any(pd.isna(end) for end in ends) else ": " + " to ".join(number(end, WHOLE) for end in ends) + " (8 in 10 chance)"
    return f" {STILL_TO_COME[how]}{span}."


STILL_TO_COME = {
    "learnt": "That counts late records still to come",
    "assumed": "That assumes that records come as late as in the rest of England",
}


def _on_the_year(row: pd.Series) -> str:
    if row["reason"] == ABOUT_THE_SAME:
        return "about the same as"
    gap = row["observed"] - row["expected"]
    if row["unit"] == "percent":
        return f"{abs(gap):.1f} percentage points {'higher' if gap > 0 else 'lower'} than"
    more, less = ("more", "fewer") if row["measured"] in ("count", "stock") else ("higher", "lower")
    if row["expected"] == 0:
        return f"{number(abs(gap), _unit(row))} {more} than"
    return f"{abs(gap / row['expected']) * 100:.0f}% {more if gap > 0 else less} than"


def _change(row: pd.Series) -> str:
    """How far a level moved from expected to observed: points for a percentage, percent for anything else."""
    gap = row["observed"] - row["expected"]
    way = "up" if gap > 0 else "down"
    if row["unit"] == "percent":
        return f"{way} {abs(gap):.1f} percentage points"
    if row["expected"] == 0:
        return f"{number(abs(gap))} {way}"
    return f"{way} about {abs(gap / row['expected']) * 100:.0f}%"


def _forecast(row: pd.Series) -> str:
    what, when = row["title"], month_label(row["month"])
    if pd.isna(row["low"]):
        return f"{what}: what to expect cannot be shown."
    span = f"{about(row['low'], _unit(row))} to {about(row['high'], _unit(row))}"
    if row["measured"] == "count":
        return f"Expect {span} {_lower(what)} in the year to {when} (8 in 10 chance)."
    if row["measured"] == "stock" and what.endswith(MONTH_END):
        return f"Expect {span} {_lower(what).removesuffix(MONTH_END)} at the end of {when} (8 in 10 chance)."
    return f"{what}: expect {span} in {when} (8 in 10 chance)."


MONTH_END = " at month end"
"""How titles of stocks end; a sentence says which month."""


def about(value: float, unit: str = "", digits: int = 2) -> str:
    """A figure that is not exact, by default to two significant digits: nobody can foretell a third a year ahead.

    >>> about(5948.0), about(87.4), about(23.44, "percent")
    ('5,900', '87', '23%')
    """
    if unit == "percent":
        return f"{value:.0f}%"
    step = 10 ** max(len(f"{abs(value):.0f}") - digits, 0)
    return f"{round(value / step) * step:,.0f}"


_SAY: Mapping[str, Callable[[pd.Series], str]] = {
    "latest": _latest, "unusual": _unusual, "shift": _shift, "trend": _trend, "forecast": _forecast,
}  # fmt: skip


def _lower(title: str) -> str:
    """A title inside a sentence; abbreviations keep their capitals."""
    first = title.split(" ", 1)[0]
    return title if len(first) > 1 and first[1:] != first[1:].lower() else title[:1].lower() + title[1:]


def listed(names: Sequence[str]) -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
