"""Small pieces of HTML: everything that comes from a table is escaped here, and nowhere else is HTML put together from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import zip_longest

from cfanalysis.figures.cells import Cells

# Direction marks, zero-width joiners and control characters: they would show text in another order than it is written.
_UNSEEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

# Months, days, financial years, a symbol, a word or two: short enough to stand in one line.
_SHORT = re.compile(r"(\d{1,2} )?[A-Z][a-z]{2,8} \d{4}|\d{4}-\d\d|\[.{1,3}\]|[a-z ]{1,16}")


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


FEWEST_TO_STACK, MANY = 3, 7
"""From how many columns on a table is stacked, row by row, on a narrow screen, and from how many on one half as wide again."""


def table(cells: Cells, caption: str, *, stacked: bool = False, beside: Sequence[str] = (), drawn: str = "") -> str:
    """A table with scope on every header, in as few bytes as HTML allows (closing tags of cells and rows are optional).

    Numbers stand to the right (class n); months and days are not broken (class d). With ``stacked``
    every cell knows the name of its column, so that a narrow screen can set a row under another.
    ``beside`` is markup made here, a piece for each row, that stands in a column of its own after the first; ``drawn`` is its label.
    """
    kinds = [" class=n" if numeric else " class=d" if _short(cells, place) else "" for place, numeric in enumerate(cells.numeric)]
    heads = [
        f'<th scope="col"{" class=n" if numeric else ""}>{text(label)}' for label, numeric in zip(cells.columns, cells.numeric, strict=True)
    ]
    if beside:
        heads.insert(1, f'<th scope="col">{text(drawn)}')
    if stacked and len(cells.columns) >= FEWEST_TO_STACK:
        kinds = [f'{kind} data-of="{text(label)}"' for kind, label in zip(kinds, cells.columns, strict=True)]
        many = "cf-lines" if beside else "cf-many" if len(cells.columns) >= MANY else ""
        kind = f' class="{f"cf-stack {many}".strip()}"'
    else:
        kind = ""
    body = "".join(_row(row, kinds, f"<td>{chart}" if beside else "") for row, chart in zip_longest(cells.rows, beside, fillvalue=""))
    return f"<table{kind}><caption class=cf-hide>{text(caption)}</caption><thead><tr>{''.join(heads)}</thead><tbody>{body}</tbody></table>"


def _short(cells: Cells, place: int) -> bool:
    """Whether a column holds months, days or a word or two, and nothing longer."""
    held = [row[place] for row in cells.rows if row[place]]
    return bool(held) and all(_SHORT.fullmatch(cell) for cell in held)


def _row(row: Iterable[str], kinds: list[str], drawn: str) -> str:
    first, *rest = row
    others = "".join(f"<td{kind}>{text(cell)}" for cell, kind in zip(rest, kinds[1:], strict=True))
    return f'<tr><th scope="row"{kinds[0].replace(" class=n", "")}>{text(first)}{drawn}{others}'


def region(inner: str, label: str) -> str:
    """Something wide that scrolls by itself: it can be reached by keyboard and says what it is."""
    return f'<div class="cf-scroll" role="region" tabindex="0" aria-label="{text(label)}">{inner}</div>'
