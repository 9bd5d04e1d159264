"""What a cell of a notebook may show: a figure, a table, headline sentences, a note. Each gives HTML for JupyterLab and data for a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from cfanalysis.disclosure.own.released import ReleasedTable
from cfanalysis.figures import markup
from cfanalysis.figures.cells import Cells, cells
from cfanalysis.figures.render import drawings_are_left, svg
from cfanalysis.figures.style import STYLE
from cfanalysis.foundation.errors import ReleaseError

MIME = "application/vnd.cfanalysis.output+json"
"""The type the exporter takes; it takes no other."""

VERSION = 1

NoteKind = Literal["text", "method", "glossary", "foot", "warning"]


def released_only(table: object) -> ReleasedTable:
    """The table, if it has been released; anything else is refused with what to do about it."""
    if not isinstance(table, ReleasedTable):
        raise ReleaseError(f"found a {type(table).__name__}, want a released table: cf.release(table, policy) first")
    return table


@dataclass(frozen=True)
class Output:
    """What every output shares: how it shows itself in a notebook, and what the exporter takes from it."""

    def payload(self) -> dict[str, Any]:
        raise NotImplementedError

    def html(self) -> str:
        from cfanalysis.figures.block import block

        return block(self.payload())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        shown = {"text/plain": str(self), MIME: self.payload()}
        if drawings_are_left():  # for a page, which is made of the data alone
            return shown
        return {**shown, "text/html": f'<div class="cf-output"><style>{STYLE}</style>{self.html()}</div>'}


@dataclass(frozen=True, repr=False)
class Figure(Output):
    """A chart with everything a reader needs beside it.

    ``specification`` is Vega-Lite; ``released`` the table it was drawn from; ``shown`` that table as it is written under the chart.
    """

    specification: Mapping[str, Any]
    released: ReleasedTable
    shown: Cells
    title: str
    subtitle: str
    alt: str
    key: tuple[str, ...] = ()
    family: str = "chart"

    def __post_init__(self) -> None:
        released_only(self.released)

    @cached_property
    def name(self) -> str:
        return markup.identifier(self.family, self.title, self.subtitle, self.alt)

    def svg(self) -> str:
        """The drawing, with the alternative text in it."""
        return svg(dict(self.specification), self.alt, self.name)

    def chart(self) -> Any:
        """The Altair chart, for an analyst who wants to change it. It holds only released numbers."""
        import altair

        return altair.Chart.from_dict(dict(self.specification))

    def payload(self) -> dict[str, Any]:
        table = self.released
        drawn = {} if drawings_are_left() else {"svg": self.svg()}
        return {
            "version": VERSION, "kind": "figure", "id": self.name, "family": self.family, "title": self.title, "subtitle": self.subtitle,
            "alt": self.alt, "key": list(self.key), **drawn, "specification": dict(self.specification),
            "table": table_payload(self.shown), **about(table),
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}. {self.alt}"

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class DataTable(Output):
    """A released table, written out."""

    released: ReleasedTable
    shown: Cells
    title: str
    subtitle: str = ""
    folded: bool = False
    """Whether it lies behind a summary, to be opened by whoever wants it."""

    def payload(self) -> dict[str, Any]:
        name = markup.identifier("table", self.title, self.subtitle, *map("\x1e".join, self.shown.rows))
        return {
            "version": VERSION, "kind": "table", "id": name, "title": self.title, "subtitle": self.subtitle,
            "table": table_payload(self.shown), "folded": self.folded, **about(self.released),
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}: {len(self.shown.rows)} rows"

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Headlines(Output):
    """The few sentences a page begins with."""

    sentences: tuple[str, ...]

    def payload(self) -> dict[str, Any]:
        return {"version": VERSION, "kind": "headlines", "sentences": list(self.sentences)}

    def __str__(self) -> str:
        return " ".join(self.sentences)

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class Note(Output):
    """Words beside the figures: a method, a glossary, a warning, the foot of a page."""

    paragraphs: tuple[str, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    role: NoteKind = "text"

    def payload(self) -> dict[str, Any]:
        return {
            "version": VERSION, "kind": "note", "role": self.role, "title": self.title,
            "paragraphs": list(self.paragraphs), "terms": dict(self.terms),
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([self.title, *self.paragraphs, *(f"{term}: {meaning}" for term, meaning in self.terms.items())]).strip()

    __repr__ = __str__


def about(table: ReleasedTable) -> dict[str, Any]:
    """What is said of the table under a figure, and the counts that it shows."""
    from cfanalysis.disclosure.own.record import record

    return {
        "source": table.source, "note": table.note, "synthetic": table.synthetic, "policy": table.policy.name,
        "hidden": table.hidden, "audit": record(table), "period": _period(table), "definitions": _definitions(table),
    }  # fmt: skip


def _period(table: ReleasedTable) -> list[str]:
    """First and last month that a table is about, as "2017-04", without what is still to come; years as "2018" for a table by year."""
    frame = table.frame
    if "month" in frame.columns and isinstance(frame["month"].dtype, pd.PeriodDtype):
        months = frame.loc[~_ahead(frame), "month"]
        return [str(months.min()), str(months.max())] if len(months) else []
    if "as_at" in frame.columns:
        days = sorted(str(day) for day in frame["as_at"] if re.fullmatch(r"\d{4}-\d\d-\d\d", str(day)))
        return [days[0][:7], days[-1][:7]] if days else []
    years: Any = frame["year"].dropna() if "year" in frame.columns and pd.api.types.is_numeric_dtype(frame["year"]) else []
    return [str(int(min(years))), str(int(max(years)))] if len(years) else []


def _ahead(frame: pd.DataFrame) -> pd.Series:
    """Which rows are expected and not recorded."""
    if "future" in frame.columns:
        return frame["future"].astype(bool)
    if "kind" in frame.columns:
        return frame["kind"] == "expected"
    return frame["observed"].isna() & frame["baseline"].notna() if {"observed", "baseline"} <= set(frame.columns) else frame["month"].isna()


def _definitions(table: ReleasedTable) -> dict[str, str]:
    """What the measures of a table mean: the definition it brings, or those of its several measures."""
    facts = table.facts
    several = facts.get("definitions") or {}
    one = {str(facts.get("name") or table.title): str(facts["definition"])} if facts.get("definition") else {}
    return {**one, **{str(name): str(meaning) for name, meaning in several.items() if meaning}}


def table_payload(shown: Cells) -> dict[str, Any]:
    """A written table as plain lists."""
    return {"columns": list(shown.columns), "numeric": list(shown.numeric), "rows": [list(row) for row in shown.rows]}


def show(table: ReleasedTable, *, title: str | None = None, columns: Sequence[str] | None = None, folded: bool = False) -> DataTable:
    """A released table, written out; ``columns`` chooses and orders them, ``folded`` lays it behind a summary."""
    released = released_only(table)
    return DataTable(
        released,
        cells(released, list(columns) if columns else None),
        title or released.title,
        released.unit[:1].upper() + released.unit[1:],
        folded,
    )


def headlines(sentences: Sequence[str]) -> Headlines:
    """The sentences a page begins with, most important first. They are made by ``words`` from released findings."""
    return Headlines(tuple(str(sentence) for sentence in sentences if sentence))


def note(text: str | Sequence[str] | Mapping[str, str], *, title: str = "", role: NoteKind = "text") -> Note:
    """Words for a page: text (a blank line begins a new paragraph), several paragraphs, or terms with their meanings.

    >>> note("One.\\n\\nTwo.").paragraphs
    ('One.', 'Two.')
    """
    if isinstance(text, Mapping):
        return Note(terms=dict(text), title=title, role=role if role != "text" else "glossary")
    pieces = text.split("\n\n") if isinstance(text, str) else list(text)
    return Note(tuple(" ".join(str(piece).split()) for piece in pieces if str(piece).strip()), title=title, role=role)
