"""Checks of a finished page: what it must have, and what must never be in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

MOST_BYTES = 350_000
MOST_BYTES_INTERACTIVE = 1_400_000
"""A page is sent by e-mail: larger ones are stopped by gateways."""

_LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "xlink:href"}


# A path of the machine a page was made on: a folder that only a machine has, with something in it.
_MACHINE_PATH = re.compile(r"(?<![\w.:/-])(?:/(?:home|root|tmp|Users|var|mnt|opt|srv|work)/[\w.-]+|[A-Za-z]:\\\\?[\w.-]+)")


class _Reader(HTMLParser):
    """What the checks need to know of a page, gathered in one pass."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.problems: list[str] = []
        self.policy = ""
        self.language = ""
        self.links: list[str] = []
        self._levels: list[int] = []
        self._inside_script = False

    def handle_data(self, data: str) -> None:
        found = None if self._inside_script else _MACHINE_PATH.search(data)
        if found:
            self.problems.append("the page names a folder of the machine it was made on")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._inside_script = tag in ("script", "style")
        if "id" in held:
            self.ids.append(held["id"])
        if tag == "html":
            self.language = held.get("lang", "")
        if tag == "meta" and held.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = held.get("content", "")
        if tag in ("iframe", "object", "embed", "form", "link", "base", "frame", "applet", "foreignobject"):
            self.problems.append(f"the element <{tag}> may not be on a page")
        if tag == "svg" and held.get("aria-hidden") != "true" and not (held.get("role") == "img" and held.get("aria-label")):
            self.problems.append("a chart has no alternative text")
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self._heading(int(tag[1]))
        self._attributes(tag, held)

    def _attributes(self, tag: str, held: dict[str, str]) -> None:
        for name, value in held.items():
            if name.startswith("on"):
                self.problems.append(f"<{tag}> has the handler {name}")
            if name in _LOADING or (name == "href" and tag != "a"):
                self.problems.append(f"<{tag}> would load {value[:60]!r}")
            if name == "style":
                self.problems.append(f"<{tag}> has a style of its own, which the security policy blocks")
            if name == "href" and re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE):
                self.problems.append(f"a link runs a script: {value[:60]!r}")

    def _heading(self, level: int) -> None:
        if self._levels and level > self._levels[-1] + 1:
            self.problems.append(f"a heading of level {level} follows one of level {self._levels[-1]}")
        self._levels.append(level)


def check_page(path: str | Path, *, size: bool = True) -> list[str]:
    """Every problem of a finished page as a sentence; an empty list where there is none. ``size`` False lets a large page pass.

    Checked: one h1, headings in order, language, security policy, no loading, no handlers, alternative text, links within the page,
    size, no path of a machine, banners in step with the file name.
    """
    page = Path(path)
    words = page.read_text(encoding="utf-8")
    reader = _Reader()
    reader.feed(words)
    large = _size(page, words) if size else ()
    return [*dict.fromkeys(reader.problems), *_structure(reader), *_policy(reader), *large, *_names(page, words)]


def _structure(reader: _Reader) -> Iterator[str]:
    if reader.tags.count("h1") != 1:
        yield f"found {reader.tags.count('h1')} first-level headings, want one"
    if not reader.language:
        yield "the page does not say its language"
    twice = sorted({name for name in reader.ids if reader.ids.count(name) > 1})
    if twice:
        yield f"the name {twice[0]!r} is given to more than one element"
    lost = [link for link in reader.links if link.startswith("#") and link[1:] not in reader.ids]
    if lost:
        yield f"the link {lost[0]!r} leads nowhere"


def _policy(reader: _Reader) -> Iterator[str]:
    if "default-src 'none'" not in reader.policy:
        yield "the security policy does not forbid everything it does not allow"
    for loose in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        if loose in reader.policy:
            yield f"the security policy allows {loose}"


def _size(page: Path, words: str) -> Iterator[str]:
    most = MOST_BYTES_INTERACTIVE if "cf-bundle" in words else MOST_BYTES
    if page.stat().st_size > most:
        yield f"the page has {page.stat().st_size:,} bytes, want at most {most:,}"


def _names(page: Path, words: str) -> Iterator[str]:
    title = re.search(r"<title>(.*?)</title>", words, re.DOTALL)
    inside = bool(title and "INTERNAL" in title[1]) or 'class="banner internal"' in words
    if inside != ("INTERNAL" in page.name) and page.name != "index.html":
        yield "the banner INTERNAL and the name of the file do not say the same"
