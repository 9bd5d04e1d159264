"""The words of a notebook as HTML: plain Markdown, raw HTML shown as text, no pictures, links that lead nowhere by themselves."""

from __future__ import annotations

import re
from typing import Any

import mistune

from cfanalysis.figures.markup import text, visible


class _Renderer(mistune.HTMLRenderer):
    def image(self, text: str, url: str, title: str | None = None) -> str:
        return mistune.escape(text)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A notebook's headings stand under the page's own h1: level 1 is the page's, and deeper than 3 is too deep."""
        depth = min(max(level, 2), 3)
        return f'<h{depth} id="{anchor(text)}">{text}</h{depth}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not re.match(r"^(https://|#|[\w./-]+\.html(#|$))", url):
            return text
        return f'<a href="{mistune.escape(url)}">{text}</a>'


def rendered(words: str) -> str:
    """Markdown as HTML; its first-level heading is left out, because the page has its own."""
    body = "\n".join(line for line in visible(words).splitlines() if not re.match(r"^# ", line))
    made = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])(body)
    return str(made)


def headings(words: str) -> list[tuple[str, str]]:
    """The second-level headings: (anchor, words), for the contents."""
    found = re.findall(r"^## +(.+?) *#*$", words, flags=re.MULTILINE)
    return [(anchor(text(one)), one) for one in found]


def anchor(words: str) -> str:
    """A name to link to.

    >>> anchor("What came in?")
    'what-came-in'
    """
    plain = re.sub(r"<[^>]+>|&[a-z0-9#]+;", "", words)
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "section"
