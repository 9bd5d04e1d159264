"""What the template of a page is given: everything on it, made of the pieces of its notebook and of nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

import cfanalysis
from cfanalysis.figures.block import MOST_DEFINITIONS, block
from cfanalysis.figures.markup import text
from cfanalysis.foundation.months import month_label
from cfanalysis.foundation.policy import Policy
from cfanalysis.page.absent import HEADING, NOT_HELD, told, without_absent
from cfanalysis.page.downloads import link
from cfanalysis.page.glossary import definitions
from cfanalysis.page.interactive import bundle, held_all
from cfanalysis.page.markdown import headings, rendered
from cfanalysis.page.notebook import Code, Piece, Words
from cfanalysis.page.payload import FigurePayload, HeadlinesPayload, NotePayload, TablePayload
from cfanalysis.page.released_data import released_data
from cfanalysis.page.shell import STATEMENT, Script, made_on, style


def content(
    pieces: Sequence[Piece], *, title: str, authority: str, policy: Policy, synthetic: bool, interactive: bool, foot: Mapping[str, Any]
) -> dict[str, Any]:
    """The names that the template uses. The same pieces give the same, but for the one date that says when the page was made."""
    pieces, missing = without_absent(pieces)
    figures = [(name, piece) for name, piece in _named(pieces) if isinstance(piece, FigurePayload)]
    live = interactive and bool(figures)
    running = [Script(body) for body in bundle()] if live else []
    held = held_all([(name, piece.family, piece.specification) for name, piece in figures]) if live else ""
    return {
        "title": title, "authority": authority, "period": _period(pieces), "policy": policy, "synthetic": synthetic,
        "headlines": [block(piece.model_dump()) for piece in pieces if isinstance(piece, HeadlinesPayload)],
        "contents": [*_contents(pieces), *([(NOT_HELD, HEADING)] if missing else [])],
        "body": _body(pieces) + told(missing), "css": style().body, "style_hash": style().hash,
        "scripts": [script.body for script in running], "script_hashes": [script.hash for script in running],
        "data": held + released_data(pieces, authority=authority, policy=policy),
        "glossary": definitions(pieces), "foot": _foot(pieces, foot), "made": made_on(), "version": cfanalysis.__version__,
        "statement": STATEMENT,
    }  # fmt: skip


def _named(pieces: Sequence[Piece]) -> list[tuple[str, FigurePayload | TablePayload]]:
    """Figures and tables with their ids; the same one twice keeps its ids apart."""
    named: list[tuple[str, FigurePayload | TablePayload]] = []
    seen: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, (FigurePayload, TablePayload)):
            seen[piece.id] += 1
            named.append((piece.id if seen[piece.id] == 1 else f"{piece.id}-{seen[piece.id]}", piece))
    return named


def _body(pieces: Sequence[Piece]) -> str:
    names, defined = iter(_named(pieces)), dict[str, str]()
    body = "\n".join(filter(None, (_piece(piece, names, defined) for piece in pieces)))
    first = re.search(r"<h([23])", body)
    # figures before the first section get a heading of their own, for those who go through a page by its headings
    return f'<h2 class="cf-hide">Figures</h2>\n{body}' if first and first[1] == "3" else body


def _piece(piece: Piece, names: Iterator[tuple[str, FigurePayload | TablePayload]], defined: dict[str, str]) -> str:
    """One piece as HTML. A measure is defined under the first figure or table that shows it; ``defined`` says which have been."""
    if isinstance(piece, Words):
        return rendered(piece.markdown)
    if isinstance(piece, Code):
        return (
            f'<details class="cf-code"><summary>Show the code</summary><pre tabindex="0"><code>{text(piece.source)}</code></pre></details>'
        )
    if isinstance(piece, (FigurePayload, TablePayload)):
        name, _ = next(names)
        new = {term: meaning for term, meaning in piece.definitions.items() if term not in defined}
        defined.update(new if len(new) <= MOST_DEFINITIONS else {})  # folded away, they are not read
        in_brief = isinstance(piece, TablePayload) and piece.lines  # its figures are downloaded from the whole tables under it
        extra = "" if in_brief else link(piece.table, piece.title)
        return block({**piece.model_dump(), "id": name, "definitions": new}, extra=extra)
    if isinstance(piece, NotePayload) and piece.role != "foot":
        return block(piece.model_dump())
    return ""


def _contents(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    return [heading for piece in pieces if isinstance(piece, Words) for heading in headings(piece.markdown)]


def _period(pieces: Sequence[Piece]) -> str:
    """The months that the page is about; of a page by year, the months of those years."""
    spans = [piece.period for piece in pieces if isinstance(piece, (FigurePayload, TablePayload)) and piece.period]
    by_month = [span for span in spans if len(span[0]) > 4] or [[f"{int(first) - 1}-04", f"{last}-03"] for first, last in spans]
    if not by_month:
        return ""
    first, last = pd.Period(min(span[0] for span in by_month), freq="M"), pd.Period(max(span[1] for span in by_month), freq="M")
    return month_label(first) if first == last else f"{month_label(first)} to {month_label(last)}"


def _foot(pieces: Sequence[Piece], foot: Mapping[str, Any]) -> dict[str, Any]:
    notes = [piece for piece in pieces if isinstance(piece, NotePayload) and piece.role == "foot"]
    terms = {term: meaning for piece in notes for term, meaning in piece.terms.items()}
    return {
        "paragraphs": [one for piece in notes for one in piece.paragraphs],
        "terms": {**terms, **{str(k): str(v) for k, v in foot.items()}},
    }
