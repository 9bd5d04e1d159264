"""The field's words, explained where a page uses them (glossary.yml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from cfanalysis.page.notebook import Piece, Words
from cfanalysis.page.payload import FigurePayload, HeadlinesPayload, NotePayload, TablePayload


@cache
def glossary() -> dict[str, str]:
    """Every term with its meaning, in the order in which they are shown."""
    import yaml

    return dict(yaml.safe_load(files("cfanalysis.page").joinpath("glossary.yml").read_text(encoding="utf-8")))


def definitions(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    """The terms that occur on a page. A page that explains a term itself needs no second explanation."""
    said = " ".join(_words(pieces)).lower()
    explained = {term.lower() for piece in pieces if isinstance(piece, NotePayload) for term in piece.terms}
    return [(term, meaning) for term, meaning in glossary().items() if term.lower() not in explained and _occurs(term, said)]


def _occurs(term: str, said: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(term.lower())}(s|es)?(?![\w-])", said) is not None


def _words(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Words):
            yield piece.markdown
        elif isinstance(piece, HeadlinesPayload):
            yield from piece.sentences
        elif isinstance(piece, NotePayload):
            yield from (piece.title, *piece.paragraphs)
        elif isinstance(piece, (FigurePayload, TablePayload)):
            yield from (piece.title, piece.subtitle, *piece.table.columns, *(row[0] for row in piece.table.rows if row))
