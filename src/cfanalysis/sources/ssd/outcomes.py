"""Outcomes that a table keeps as JSON, put into words: flags of yes and no, and lists of factor codes. Each text is read once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import PLACEHOLDERS, as_text, distinct

YES = ("y", "yes", "true", "1", "t")
NO = ("n", "no", "false", "0", "f")

CONTACT_OUTCOMES: Mapping[str, str] = {
    "NEW_REFERRAL_FLAG": "referral",
    "CP_ENQUIRY_FLAG": "cp_enquiry",
    "OLA_CP_FLAG": "cp_enquiry",
    "EXISTING_REFERRAL_FLAG": "open_case",
    "PRIVATE_FOSTERING_FLAG": "other",
    "NON_AGENCY_ADOPTION_FLAG": "other",
    "MISSING_FLAG": "other",
    "OTHER_OUTCOMES_EXIST_FLAG": "other",
    "OTHER_OUTCOMES_EXISTS_FLAG": "other",
    "ADVICE_FLAG": "advice",
    "NFA_FLAG": "nfa",
}
"""What a contact led to, the first that is flagged: no further action only where nothing else is."""

_CODE = re.compile(r"^\s*(\d{1,2}[A-Za-z]?)\b")


def spread(cells: pd.Series, say: Callable[[str], Any]) -> np.ndarray:
    """What is said of every cell, worked out once for each distinct text."""
    codes, values = distinct(cells)
    said = np.empty(len(values), dtype=object)
    said[:] = [say(as_text(value)) for value in values]
    return said[codes] if len(values) else said


def flags(text: str) -> dict[str, bool] | None:
    """The flags of a JSON outcome, by name in capitals; empty where it is blank, None where it is no such thing.

    >>> flags('{"NFA_FLAG": "Y", "advice_flag": "N", "OTHER": null}'), flags("closed")
    ({'NFA_FLAG': True, 'ADVICE_FLAG': False}, None)
    """
    if text.lower() in PLACEHOLDERS or text in ("{}", "[]"):
        return {}
    parts = _parsed(text)
    if parts is None or not all(isinstance(part, dict) for part in parts):
        return None
    told: dict[str, bool] = {}
    for part in parts:
        for name, value in part.items():
            word = as_text(value).lower()
            if word in YES or word in NO:
                told[str(name).upper()] = told.get(str(name).upper(), False) or word in YES
    return told


def _parsed(text: str) -> list[Any] | None:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else [read]


def contact_outcome(text: str) -> str:
    """What a contact led to; blank where nothing is flagged.

    >>> contact_outcome('{"NEW_REFERRAL_FLAG": "N", "NFA_FLAG": "Y"}'), contact_outcome('{"NFA_FLAG": "N"}')
    ('nfa', '')
    """
    told = flags(text) or {}
    return next((word for name, word in CONTACT_OUTCOMES.items() if told.get(name)), "")


def unreadable(text: str) -> bool:
    """Whether a text that should be flags is none."""
    return flags(text) is None


def said_of(flag: str) -> Callable[[str], str]:
    """A function from a JSON outcome to yes or no for one flag; blank where it does not say.

    >>> said_of("NFA_FLAG")('{"NFA_FLAG": "N"}')
    'no'
    """

    def say(text: str) -> str:
        told = flags(text) or {}
        return {True: "yes", False: "no"}[told[flag]] if flag in told else ""

    return say


def factor_codes(text: str) -> tuple[str, ...] | None:
    """The factor codes of a JSON list, of flags, or of plain text with commas; None where it is none of these.

    >>> factor_codes('["2B", "4b: mental health"]'), factor_codes('{"3A": "Yes", "21": "No"}'), factor_codes("2B, 16A")
    (('2B', '4B'), ('3A',), ('2B', '16A'))
    """
    if text.lower() in PLACEHOLDERS or text in ("{}", "[]"):
        return ()
    parts = _parsed(text) if text[:1] in "[{" else re.split(r"[,;|]", text.strip('"'))
    if parts is None:
        return None
    words = [word for part in parts for word in (_flagged(part) if isinstance(part, dict) else [as_text(part)])]
    codes = [found[1].upper() if (found := _CODE.match(word)) else None for word in words if word]
    return None if None in codes else tuple(dict.fromkeys(code for code in codes if code))


def _flagged(part: Mapping[str, Any]) -> list[str]:
    """The names that are flagged, or the values where they are codes themselves."""
    words = {str(name): as_text(value) for name, value in part.items()}
    if all(value.lower() in (*YES, *NO, "") for value in words.values()):
        return [name for name, value in words.items() if value.lower() in YES]
    return [value for value in words.values() if value]
