"""What a finished page says of itself: whose it is, of when, under which rules. Read from the page alone."""

from __future__ import annotations

import html
import re
import zlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.page.released_data import released_in

_HEADING = re.compile(r'<h1>.*?<span class="who">(.*?)<span class="cf-hide">.*?</span></span> (.*?)</h1>', re.DOTALL)
_DATA_TO = re.compile(r"<p>Data to ([A-Z][a-z]+ \d{4})\b")
_MADE = re.compile(r'<time class="made">(.*?)</time>')
_SYNTHETIC = '<p class="banner synthetic">'


class PageAbout(BaseModel):
    """What a page says of itself, as a reader sees it; blank where it does not say."""

    model_config = ConfigDict(frozen=True)

    title: str
    authority: str
    period: str = ""
    data_to: str = ""
    """The month that its data go to."""
    policy: str
    rules: str
    """What the policy is called."""
    synthetic: bool = False
    made: str = ""


def read_about(page: Path) -> PageAbout | None:
    """What a page says of itself; None where the file is no page of cfanalysis, or was cut off."""
    text = page.read_text(encoding="utf-8", errors="replace")
    heading = _HEADING.search(text)
    if heading is None:
        return None
    try:
        held = released_in(text, page.name)
        authority, policy = str(held["authority"]), held["policy"]
        name, rules = str(policy["name"]), str(policy["title"])
    except (ReleaseError, ValueError, KeyError, TypeError, zlib.error):
        return None
    who, title = (html.unescape(part).strip() for part in heading.groups())
    period = who.removeprefix(authority).removeprefix(", ")
    foot = text[text.find("<footer>", heading.end()) :]
    return PageAbout(
        title=title, authority=authority, period=period, data_to=_first(_DATA_TO, foot) or period.rpartition(" to ")[2],
        policy=name, rules=rules, synthetic=_SYNTHETIC in text[: heading.start()], made=_first(_MADE, foot),
    )  # fmt: skip


def _first(wanted: re.Pattern[str], text: str) -> str:
    found = wanted.search(text)
    return html.unescape(found[1]) if found else ""
