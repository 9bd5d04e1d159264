"""What stands behind the cells of a table: which months of which series a sum adds up, and which ones a sentence leans on.

Disclosure control reads it (``Table.spans``, ``Table.leans``). A total of twelve months gives away the one month that is hidden; a verdict
over a window says something of every month in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cfanalysis.months import month_label
from cfanalysis.tables import Span, Table
from cfanalysis.views.subject import Subject

NUMERATOR, DENOMINATOR = "numerator", "denominator"
NAMES = ("month", "kind", "series", "scenario", "by", "what", "flag", "future", "provisional")
"""Columns that name a row, or say nothing of a count."""

NOTHING: tuple[Span, ...] = ()
YEAR = 12

JUDGED = ("expected", "low", "high", "z", "p", "severity", "reason")


def leaning(table: Table, columns: Iterable[str], rows: Sequence[tuple[Span, ...]]) -> Table:
    """The table with these columns leaning, row by row, on these months; columns it does not have are left out."""
    told = {name: tuple(rows) for name in columns if name in table.frame.columns}
    return replace(table, leans={**table.leans, **told})


def outturn(subject: Subject, first: pd.Period, last: pd.Period) -> tuple[Span, ...]:
    """The months of a window that are over, and what was counted in them."""
    if not subject.known or first > subject.newest:
        return NOTHING
    return subject.behind(first, min(last, subject.newest))


def level(subject: Subject, first: pd.Period, last: pd.Period) -> Span | None:
    """A level that a page shows as one number: of a stock its last month, of a count the mean of the months."""
    if subject.indicator.kind == "stock":
        return subject.span(last, last)
    return subject.span(first, last, mean=True) if subject.indicator.kind == "count" else None


def _rows(table: Table) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.frame.to_dict("records")]


def windows(subject: Subject, as_at: pd.Period) -> list[Span]:
    """The sums over months that pages show of every count: two years to the newest settled month, years to March, autumns and winters."""
    if not subject.known or subject.indicator.kind == "stock":
        return []
    what = NUMERATOR if subject.parts else "figure"
    newest, first = subject.newest, subject.months[0]
    ends = [newest - subject.indicator.provisional_months - back for back in (0, YEAR)]
    ends += [pd.Period(f"{year}-03", freq="M") for year in range(first.year + 1, newest.year + 1)]
    spans = [subject.span(end - YEAR + 1, end, what) for end in ends]
    if subject.indicator.kind == "count":
        years = [as_at.year, as_at.year + 1]
        spans += [subject.span(pd.Period(f"{year - 1}-10", freq="M"), pd.Period(f"{year - 1}-12", freq="M"), mean=True) for year in years]
        spans += [subject.span(pd.Period(f"{year}-01", freq="M"), pd.Period(f"{year}-02", freq="M"), mean=True) for year in years]
    return [span for span in spans if span.first >= first and span.last <= newest]


def findings(table: Table, subjects: Mapping[tuple[str, str], Subject]) -> Table:
    """Findings: the newest month and a month that stands out lean on the month before it as well; a shift on all months of its levels."""
    named = [(row, subjects[row["indicator"], row["breakdown"]]) for row in _rows(table)]
    spans = {
        "count": tuple(_counted(row, subject, 0, NUMERATOR) for row, subject in named),
        "denominator": tuple(_counted(row, subject, 0, DENOMINATOR) for row, subject in named),
        "count_before": tuple(_counted(row, subject, YEAR, NUMERATOR) for row, subject in named),
        "denominator_before": tuple(_counted(row, subject, YEAR, DENOMINATOR) for row, subject in named),
    }
    told = replace(table, spans={name: each for name, each in spans.items() if name in table.counts})
    return leaning(told, JUDGED, [_finding(row, subject) for row, subject in named])


def _counted(row: Mapping[str, Any], subject: Subject, back: int, what: str) -> Span | None:
    """What a finding's count adds up: a month, or for the trend of a count twelve of them."""
    if row["kind"] not in ("latest", "unusual", "trend") or (back and row["kind"] != "trend"):
        return None
    month, kind = row["month"] - back, subject.indicator.kind
    if kind not in ("count", "stock"):
        return subject.span(month, month, what)
    if what == DENOMINATOR:
        return None
    return subject.span(month - YEAR + 1 if row["kind"] == "trend" and kind == "count" else month, month)


def _finding(row: Mapping[str, Any], subject: Subject) -> tuple[Span, ...]:
    if row["kind"] in ("latest", "unusual"):
        return subject.behind(row["month"] - 1, row["month"])
    if row["kind"] == "shift":  # a level is a mean: of the months since the shift, and of those before
        return subject.behind(subject.months[0], subject.newest)
    return subject.behind(subject.newest, subject.newest) if row["kind"] == "forecast" else NOTHING


def categories(table: Table, subject: Subject, last: pd.Period | None, *, months: int = YEAR) -> Table:
    """A count by category, now and a year before: sums of twelve months, of a stock one month."""
    if last is None or not len(table.frame):
        return table
    whole = table.margins["category"]
    named = [
        subject.name if name == whole else f"{subject.indicator.title} ({table.facts['dimension']}: {name})"
        for name in table.frame["category"]
    ]
    length = 1 if subject.indicator.kind == "stock" else months
    spans = {
        column: tuple(Span(name, last - back - length + 1, last - back) for name in named)
        for column, back in (("now", 0), ("before", months))
    }
    return replace(table, spans=spans)


def shares(table: Table, subject: Subject, dimension: str, first: pd.Period | None, last: pd.Period | None) -> Table:
    """A percentage by category over several months: both its counts are sums of them."""
    if first is None or last is None or not len(table.frame):
        return table
    whole = table.margins["category"]
    named = [subject.name if name == whole else f"{subject.indicator.title} ({dimension}: {name})" for name in table.frame["category"]]
    return replace(table, spans={what: tuple(Span(name, first, last, what) for name in named) for what in (NUMERATOR, DENOMINATOR)})


def steps(table: Table, stock: Subject, starts: Subject, ends: Subject, last: pd.Period | None, *, months: int = YEAR) -> Table:
    """Why a stock moved: what was open, what started and ended in twelve months, what is left; the five add up."""
    if last is None or not len(table.frame):
        return table
    before, first = last - months, last - months + 1
    spans = (stock.span(before, before), starts.span(first, last), ends.span(first, last), None, stock.span(last, last))
    rest = 1.0 if table.frame["kind"].iloc[3] == "in" else -1.0
    relation = tuple((row, "value", weight) for row, weight in enumerate((1.0, 1.0, -1.0, rest, -1.0)))
    return replace(table, spans={"value": spans}, relations=(relation,))


def flow(table: Table, names: Mapping[str, Subject]) -> Table:
    """Starts, ends and stock, month by month: recorded months are those of the three series, expected ones lean on the newest."""
    if not set(names) <= set(table.frame.columns):
        return table
    recorded = (table.frame["kind"] == "recorded").tolist()
    months = table.frame["month"].tolist()
    spans = {
        column: tuple(subject.span(month, month) if past else None for month, past in zip(months, recorded, strict=True))
        for column, subject in names.items()
    }
    newest = {column: subject.behind(subject.settled, subject.newest) for column, subject in names.items()}
    leans = {
        each: tuple(NOTHING if past else newest[column] for past in recorded)
        for column in names for each in (column, f"{column}_low", f"{column}_high") if each in table.frame.columns
    }  # fmt: skip
    return replace(table, spans=spans, leans={**table.leans, **leans})


def ahead(table: Table, stock: Subject, *, but: str = "") -> Table:
    """What lies ahead of a stock: every figure leans on the months from which it is reckoned."""
    if not stock.known:
        return table
    newest = stock.behind(stock.settled, stock.newest)
    figures = [name for name in table.frame.columns if name not in {but, *NAMES}]
    told = leaning(table, figures, [newest] * len(table.frame))
    return leaning(told, (but,), [newest if other else NOTHING for other in _not_recorded(table)]) if but else told


def _not_recorded(table: Table) -> list[bool]:
    """Rows that are not what was recorded: of another line, or of months to come."""
    column = next((name for name in ("series", "scenario", "kind") if name in table.frame.columns), None)
    return (
        [False] * len(table.frame) if column is None else [str(value) not in ("", "Recorded", "recorded") for value in table.frame[column]]
    )


def parts_of_change(table: Table, stock: Subject, starts: Subject, ends: Subject, *, months: int = YEAR) -> Table:
    """Why a stock moved, taken apart: every part leans on the starts and ends of the months, and on both figures of the stock."""
    if "first" not in table.facts:
        return table
    last = next(month for month in reversed(stock.months) if month_label(month) == table.facts["last"])
    first = last - months + 1
    spans = (*stock.behind(first - 1, first - 1), *stock.behind(last, last), *starts.behind(first, last), *ends.behind(first, last))
    return leaning(table, ("children",), [spans] * len(table.frame))


def projections(table: Table, judged: Sequence[tuple[Subject, pd.Period, pd.Period, pd.Period, pd.Period]]) -> Table:
    """Verdicts: subject, first and last month of the level when it was said, first and last month of the window, row by row."""
    rows, base, seen = [], [], []
    for subject, before, said, first, last in judged:
        rows.append((*outturn(subject, before, said), *outturn(subject, first, last)))
        base.append(level(subject, before, said))
        seen.append(level(subject, first, last))
    told = replace(table, spans={"base": tuple(base), "observed": tuple(seen)}) if len(rows) else table
    keys = {
        "id", "said_on", "who", "where", "indicator", "title", "breakdown", "direction", "size", "target", "window", "kind", "known_to",
        "judged_to", "reason", "source",
    }  # fmt: skip
    return leaning(told, [name for name in table.frame.columns if name not in keys], rows)


def question(table: Table, asked: Sequence[tuple[Subject, int]]) -> Table:
    """A fall in January and February: every figure and the answer lean on October to February, as far as they are over."""
    rows = [outturn(subject, pd.Period(f"{year - 1}-10", freq="M"), pd.Period(f"{year}-02", freq="M")) for subject, year in asked]
    spans = {
        "base": tuple(_autumn(subject, year) for subject, year in asked),
        "observed": tuple(_winter(subject, year) for subject, year in asked),
    }
    told = replace(table, spans={name: each for name, each in spans.items() if name in table.counts})
    return leaning(told, [name for name in table.frame.columns if name not in ("series", "year", "kind", "known_to")], rows)


def _autumn(subject: Subject, year: int) -> Span | None:
    first, last = pd.Period(f"{year - 1}-10", freq="M"), pd.Period(f"{year - 1}-12", freq="M")
    return _as_recorded(subject, first, last)


def _winter(subject: Subject, year: int) -> Span | None:
    first, last = pd.Period(f"{year}-01", freq="M"), pd.Period(f"{year}-02", freq="M")
    return _as_recorded(subject, first, last)


def _as_recorded(subject: Subject, first: pd.Period, last: pd.Period) -> Span | None:
    """Months whose figure the answer takes as recorded; one that has not settled is foretold, and is no count of anybody."""
    return level(subject, first, last) if subject.known and last <= subject.settled else None


def named(table: Table, subject: Subject) -> Table:
    """The table with the name of its series, so that its months are known for the same counts elsewhere."""
    return replace(table, facts={**table.facts, "name": subject.name})


def revised(table: Table) -> Table:
    """What has changed since the last edition: the later count is this edition's, and the difference is a count that follows."""
    frame = table.frame
    names = [title if part == "all" else f"{title} ({part})" for title, part in zip(frame["title"], frame["breakdown"], strict=True)]
    later = tuple(Span(name, month, month) for name, month in zip(names, frame["month"], strict=True))
    return replace(table, spans={"later": later}, implied={"change": {"later": 1, "earlier": -1}})


Wanted = Callable[[str], Subject]


def sums_that_agree(table: Table, subject: Wanted, names: Mapping[str, str]) -> Table:
    """Years that should agree: our side is twelve months or a March; it is the other side too where they agree."""
    if not table.counts:
        return table
    left, right, rows = [], [], []
    for row in _rows(table):
        span, spans = _year(row, subject, names)
        left.append(span)
        right.append(span if row["left"] == row["right"] else None)
        rows.append(spans)
    told = replace(
        table, spans={"left": tuple(left), "right": tuple(right)}, derived={"difference": ("left", "right"), "note": ("left", "right")}
    )
    return leaning(told, ("left", "right", "difference", "note"), rows)


OURS = {
    "Ours: referrals": ("referrals", "referrals_nfa", "cin_started"),
    "Ours: Children in need": ("cin_open", "cin_started", "cin_ended"),
    "Ours: Child protection plans": ("cp_open", "cp_started", "cp_ended"),
    "Ours: Children looked after": ("cla_open", "cla_started", "cla_ended"),
}
"""What goes into the sums of our own figures."""


def _year(row: Mapping[str, Any], subject: Wanted, names: Mapping[str, str]) -> tuple[Span | None, tuple[Span, ...]]:
    """The span of a row's left side where it is one, else the months it leans on."""
    year, identity = int(row["year"]), str(row["identity"])
    first, last = pd.Period(f"{year - 1}-04", freq="M"), pd.Period(f"{year}-03", freq="M")
    own = next((each for start, each in OURS.items() if identity.startswith(start)), None)
    if own:
        return None, tuple(span for name in own for span in subject(name).behind(first - 1, last) if span.what != DENOMINATOR)
    title = identity.partition(":")[0].removesuffix(" (the number)")
    if title not in names:
        return None, NOTHING
    found = subject(names[title])
    what = NUMERATOR if found.parts else "figure"
    if names[title] in ("cin_started", "cin_ended"):  # less those closed as not in need
        return None, found.behind(first, last)
    return found.span(last if "our March" in identity else first, last, what), NOTHING
