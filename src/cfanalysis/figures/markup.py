"""Small pieces of HTML: everything that comes from a table is escaped here, and nowhere else is HTML put together from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from html import escape

from cfanalysis.figures.cells import Cells

# Direction marks, zero-width joiners and control characters: they would show text in another order than it is written.
_UNSEEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def text(value: object) -> str:
    """Anything as text that HTML cannot mistake for markup; invisible characters are dropped.

    >>> text('<script>"x"</script>')
    '&lt;script&gt;&quot;x&quot;&lt;/script&gt;'
    """
    return escape(visible(str(value)), quote=True)


def visible(words: str) -> str:
    """Words without the characters that cannot be seen.

    >>> visible("Team\u202e gnp")
    'Team gnp'
    """
    return _UNSEEN.sub("", words)


def identifier(*parts: str) -> str:
    """A name for an element that depends on what it holds and on nothing else.

    >>> identifier("figure", "Referrals") == identifier("figure", "Referrals")
    True
    """
    return "f" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]


def table(cells: Cells, caption: str) -> str:
    """A table with scope on every header, in as few bytes as HTML allows (closing tags of cells and rows are optional)."""
    heads = "".join(
        f'<th scope="col"{" class=n" if numeric else ""}>{text(label)}' for label, numeric in zip(cells.columns, cells.numeric, strict=True)
    )
    body = "".join(_row(row, cells.numeric) for row in cells.rows)
    return f"<table><caption class=cf-hide>{text(caption)}</caption><thead><tr>{heads}</thead><tbody>{body}</tbody></table>"


def _row(row: Iterable[str], numeric: tuple[bool, ...]) -> str:
    first, *rest = row
    others = "".join(f"<td{' class=n' if is_number else ''}>{text(cell)}" for cell, is_number in zip(rest, numeric[1:], strict=True))
    return f'<tr><th scope="row">{text(first)}{others}'


def region(inner: str, label: str) -> str:
    """Something wide that scrolls by itself: it can be reached by keyboard and says what it is."""
    return f'<div class="cf-scroll" role="region" tabindex="0" aria-label="{text(label)}">{inner}</div>'
