"""One bad or odd input, what is right for it, and the judgement of what came out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RIGHT, SAID, ERROR = "right", "said", "clean error"
WRONG, MISSING, TRACEBACK, SLOW, LARGE = "silently wrong", "silently missing", "traceback", "over 10 s", "over 800 MB"
OUTCOMES = (RIGHT, SAID, ERROR, WRONG, MISSING, TRACEBACK, SLOW, LARGE)
FAULTS = (WRONG, MISSING, TRACEBACK, SLOW, LARGE)

SAME = 0.051
"""Percentages are held to one decimal."""

MOST_SECONDS, MOST_MEGABYTES = 10.0, 800.0


@dataclass(frozen=True)
class Reading:
    """What was made of an input: figures by name (None where one is not available), and everything that was said of it."""

    figures: Mapping[str, float | None] = field(default_factory=dict)
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """An input and what is right for it.

    ``make`` writes it into a folder and gives the path to read; ``read`` reads it as a run would. ``right`` are its true figures.
    ``may`` are the outcomes that are as wanted beside ``right``: nothing (it can be read rightly, and has to be), ``said`` or ``error``.
    ``faultless`` writes the same input without the fault: what is said of it is said of every input and does not count.
    ``told`` is what must stand in what is said, where the figures are not right; ``whole``: the fault is of the file, not of a place.
    """

    kind: str
    trait: str
    form: str
    make: Callable[[Path], Path]
    read: Callable[[Path], Reading]
    right: Callable[[], Mapping[str, float]]
    faultless: Callable[[Path], Path]
    may: frozenset[str] = frozenset()
    told: str = ""
    whole: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}: {self.trait} ({self.form})"


@dataclass(frozen=True)
class Result:
    """What came of a case."""

    case: Case
    outcome: str
    as_wanted: bool
    message: str = ""
    good_message: bool = True
    seconds: float = 0.0
    megabytes: float = 0.0


def judged(case: Case, reading: Reading, usual: frozenset[str]) -> tuple[str, str]:
    """The outcome of an input that was read, and the figures that are not right. ``usual``: what is said of a faultless input."""
    right = {name.casefold(): value for name, value in case.right().items()}  # one team, however it is spelled
    read = {name.casefold(): value for name, value in reading.figures.items()}
    missing = [name for name in right if read.get(name) is None]
    wrong = [name for name in right if name not in missing and abs(float(read[name] or 0) - right[name]) > SAME]
    if not missing and not wrong:
        return RIGHT, ""
    detail = "; ".join(f"{name}: {read.get(name)} for {right[name]:g}" for name in [*wrong, *missing][:4])
    told = [sentence for sentence in reading.said if plain(sentence) not in usual and re.search(case.told, sentence)]
    if told:
        return SAID, f"{detail} | {told[0]}"
    return (WRONG if wrong else MISSING), detail


def plain(sentence: str) -> str:
    """A sentence without its place and its numbers: the same thing said of another file."""
    return re.sub(r"[0-9]+", "#", sentence.partition(": ")[2] or sentence)


_PLACE = re.compile(r"(sheet|row|rows|column|line|element|header) |\b(in the header|sheets)\b")
_DO = (
    r"want|add|ask|check|clear|close|copy|correct|delete|download|export|fill|format|give|keep|mend|name|open|put|rename|save|select"
    r"|take|turn|write|call"
)
_WANTED = re.compile(rf"(;|,|:|\bFile >|\bor) ({_DO})\b|\bwant\b|\bdid you mean\b")


def is_good_message(case: Case, message: str, files: tuple[str, ...]) -> bool:
    """Whether a message tells the file, the place, what was found and what is wanted, and gives no machine's words."""
    first = message.splitlines()[0] if message else ""
    named = any(name in message for name in files)
    placed = case.whole or bool(_PLACE.search(first)) or bool(re.search(r"^[^:]+: [a-z_\[\]0-9.]+: ", first))
    found = bool(re.search(r"\bfound\b|\bunknown\b|\bno\b|\bnot\b|\bholds\b|\bis\b|\bthe file\b|\ban? ", message))
    machine = re.search(r"Traceback|Error\(|Exception|<class|0x[0-9a-f]{6}|errno|NoneType|valid tuple", message)
    return named and placed and found and bool(_WANTED.search(message)) and not machine
