"""What plain English means here: short sentences, and none of the phrases that a reader has to read twice."""

from __future__ import annotations

import re

LONGEST = 25
"""Words of a sentence (GOV.UK style)."""

BANNED = (
    "to be expected", "came of it", "held to account", "no more and no less", "told from chance",
    "neither to be expected", "chance brings", "season and calendar alone", "gave reason to expect",
    "measures judged here", "by chance would put", "ruled out", "in order to", "with regard to",
)  # fmt: skip

_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")


def sentences(text: str) -> list[str]:
    """The sentences of a text, one a line or one after the other."""
    return [part for line in text.splitlines() for part in _END.split(line.strip()) if part]


def faults(text: str) -> list[str]:
    """Every sentence that is too long or holds a banned phrase, with what is wrong with it."""
    found = []
    for said in sentences(text):
        words = len(said.split())
        found += [f"{words} words: {said}"] if words > LONGEST else []
        found += [f"{phrase!r}: {said}" for phrase in BANNED if phrase in said.lower()]
    return found
