"""What the files of a page do not hold, said once: an empty section says nothing to a reader."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cfanalysis.figures.block import says_why
from cfanalysis.figures.empty import NO_FIGURES
from cfanalysis.figures.markup import text
from cfanalysis.page.markdown import headings
from cfanalysis.page.notebook import Code, Piece, Words
from cfanalysis.page.payload import NotePayload, TablePayload

NOT_HELD = "not-in-these-files"
"""The anchor of the section."""

HEADING = "What these files do not hold"
WHAT_WOULD = (
    "The files of this page hold no figures of these. Monthly figures come from the authority's own records (Annex A, the children in need "
    "census, the Standard Safeguarding Dataset) or from a monthly CSV; what was promised, asked for and said from its registers."
)


def without_absent(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """The pieces that show something, and the titles of those that have nothing to show.

    A section all of whose figures and tables are absent goes with its heading and words.
    """
    kept: list[Piece] = []
    missing: list[str] = []
    for section in _sections(pieces):
        shown = [piece for piece in section if not isinstance(piece, (Words, Code))]
        gone = [piece for piece in shown if is_absent(piece)]
        missing += [_name(piece.title) for piece in gone if isinstance(piece, (NotePayload, TablePayload))]
        if not gone or len(gone) < len(shown) or not headings(_words(section[0])):
            kept += [piece for piece in section if not is_absent(piece)]
    return kept, list(dict.fromkeys(missing))


def is_absent(piece: Piece) -> bool:
    """Whether a piece stands for figures that no file holds; a table that has a source, a note or a reason says more than that."""
    if isinstance(piece, NotePayload):
        said = [one for one in piece.paragraphs if one != NO_FIGURES and not one.endswith(": no figures.")]
        return bool(piece.paragraphs) and not said
    if not isinstance(piece, TablePayload) or piece.table.rows or piece.note or says_why(piece.title):
        return False
    return not piece.source or ": no " in piece.title


def told(missing: Sequence[str]) -> str:
    """What is absent and what would fill it, as HTML; nothing where nothing is."""
    if not missing:
        return ""
    listed = "".join(f'<li class="cf-absent">{text(name)}' for name in missing)
    return f'<h2 id="{NOT_HELD}">{HEADING}</h2><p>{text(WHAT_WOULD)}</p><ul>{listed}</ul>'


def _sections(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces from each second-level heading to the next."""
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Words) and headings(piece.markdown):
            found.append([])
        found[-1].append(piece)
    return [section for section in found if section]


def _words(piece: Piece) -> str:
    return piece.markdown if isinstance(piece, Words) else ""


def _name(title: str) -> str:
    """A title without what it says of its being empty.

    >>> _name("Referrals by source, no figures"), _name("What the files cover: no child-level file was read")
    ('Referrals by source', 'What the files cover')
    """
    return re.sub(r"[,:] no .*$", "", title)
