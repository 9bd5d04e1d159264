"""Every free text in a release, for a person to read before it goes: no rule can tell what words give away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfanalysis.foundation.contracts import About, Release
from cfanalysis.foundation.policy import policies

WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
USUALLY_SMALL = 5
"""Numbers up to here are marked under a policy that hides none."""

_READ: Mapping[str, tuple[str, str]] = {
    "figures": ("breakdown", "Categories"),
    "averages": ("what", "What is averaged"),
    "indicators": ("source", "Sources"),
    "revisions": ("kind", "Kinds of change"),
    "quality": ("text", "Data quality"),
    "neighbours": ("authority", "Authorities to compare with"),
    "targets": ("kind", "Kinds of target"),
}
"""The columns that hold words of somebody's own: table -> column and heading."""


def list_texts(release: Release) -> dict[str, list[str]]:
    """Every free text of a release by where it stands, each once."""
    found = {"About": sorted({text for text in _texts_in(_own(release.about)) if text})}
    for table, (column, heading) in _READ.items():
        found[heading] = [text for text in dict.fromkeys(release[table][column]) if text]
    places = release["registers"].sort_values(["register", "place"])
    for register, rows in places.groupby("register"):
        found[f"Register of {register}"] = [text for entry in rows["entry"] for text in _texts_in(_as_data(entry)) if text]
    return {heading: texts for heading, texts in found.items() if texts}


def _own(about: About) -> dict[str, Any]:
    """What somebody could have written in a parameters file."""
    policy = about.policy
    own_policy = policy != policies().get(policy.name)
    return {
        "authority": about.authority, "policy": [policy.title, policy.meaning, policy.source, policy.banner] if own_policy else [],
        "comparators": dict(about.comparators), "rereferral": dict(about.rereferral), "data": about.data_date,
    }  # fmt: skip


def _as_data(entry: str) -> Any:
    try:
        return json.loads(entry)
    except (ValueError, RecursionError):
        return entry


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, (int, float)) and not isinstance(inner, bool):
                yield f"{name}: {inner:g}"
            else:
                yield from _texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts_in(inner)
    elif isinstance(value, str):
        yield value


def mark_small(text: str, largest: int = USUALLY_SMALL) -> str:
    """The text on one line, small numbers in it marked, in figures and in words; what a screen would act on is written out.

    >>> mark_small("Seen: 3 of 41, two since 2024-03")
    'Seen: >>3<< of 41, >>two<< since 2024-03'
    """
    figures = "|".join(str(number) for number in range(largest, 0, -1))
    words = "|".join(WORDS[:largest])
    small = re.compile(rf"(?<![\w])(?<!\d[.,/-])({figures})(?!\w)(?![.,/-]\d)|\b({words})\b", re.IGNORECASE)
    return small.sub(r">>\g<0><<", plain_text(text))


def plain_text(text: str) -> str:
    """The text on one line, what a screen would act on or turn round written out: a file may be anybody's.

    >>> plain_text("a\\nb\\x1b[2J")
    'a b\\\\u001b[2J'
    """
    return "".join(mark if mark.isprintable() else " " if mark in "\n\t" else f"\\u{ord(mark):04x}" for mark in text)


def count_marked(texts: list[str], largest: int) -> int:
    """How many of the texts hold a small number."""
    return sum(">>" in mark_small(text.replace(">", ""), largest) for text in texts)
