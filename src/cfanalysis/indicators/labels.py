"""What an event is broken down by: who referred, where, which team, what age, which category, reason or provider. Never by worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from cfanalysis.indicators.days import OPEN, birthdays, month_numbers, to_days
from cfanalysis.reference import read_yaml

NOT_RECORDED = "Not recorded"
NOT_RECOGNISED = "Not recognised"
UNBORN = "Unborn"
NOT_FOUND = "No referral"
"""Where a category is that of another list's event, and there is none: an assessment of a case that was open already."""

Bands = tuple[tuple[int, str], ...]

BANDS: Bands = ((0, "Under 1"), (1, "1 to 4"), (5, "5 to 9"), (10, "10 to 15"), (16, "16 and over"))
"""DfE's age bands (tables A3 and A7): the age at which each begins. Before birth a child is ``Unborn``."""

LEAVER_BANDS: Bands = ((0, "Under 17"), (17, "17 and 18"), (19, "19 to 21"), (22, "22 and over"))
"""The ages at which DfE publishes care leavers (17 and 18, 19 to 21), and the rest."""

_LONG_AGO = np.int64(-OPEN)

# dimension -> the column it reads; the code set that names its codes depends on the event
COLUMN_OF = {"source": "source", "area": "area", "team": "team", "category": "category", "reason": "outcome", "provider": "source"}
_CODES = {
    ("source", "contact"): "source", ("source", "referral"): "source", ("source", "assessment"): "source",
    ("category", "cin_episode"): "need", ("category", "cp_plan"): "abuse", ("category", "cla_period"): "need",
    ("reason", "cin_episode"): "closure", ("reason", "cla_period"): "care_ended", ("provider", "cla_period"): "provider",
}  # fmt: skip
_CROSSED = {("source", "assessment")}
"""Dimensions that a list does not hold itself (``crossings`` in the catalogue)."""


@dataclass(frozen=True)
class Labels:
    """For each row, its place in ``categories``."""

    codes: np.ndarray
    categories: tuple[str, ...]


def label(rows: pd.DataFrame, dimension: str | None, on: np.ndarray, bands: Bands = BANDS) -> Labels:
    """Each row's category in a dimension (``None``: all rows are one), as it was on the day ``on`` for ages.

    A dimension that the file does not hold at all gives no categories.
    """
    if dimension is None:
        return Labels(np.zeros(len(rows), dtype=np.int64), ("all",))
    if dimension == "age":
        return _ages(rows["birth_date"], on, bands)
    codes, found = pd.factorize(rows[COLUMN_OF[dimension]], sort=True)
    if not any(found):
        return Labels(np.zeros(len(rows), dtype=np.int64), ())
    event = str(rows["event"].iloc[0])
    return _merged(codes, [_named(str(value), _CODES.get((dimension, event))) for value in found])


def band_starts(birth_date: pd.Series) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """For stocks: the age bands, and the months in which each row enters and leaves each (bands x rows).

    A row without a date of birth is ``Not recorded`` throughout and in no band. No dates at all give no categories.
    """
    born = to_days(birth_date)
    absent = np.isnat(born)
    if absent.all():
        return (), np.empty((0, len(born)), np.int64), np.empty((0, len(born)), np.int64)
    enters = np.array([np.where(absent, OPEN, month_numbers(birthdays(born, age))) for age, _ in BANDS])
    low = np.vstack([np.where(absent, OPEN, _LONG_AGO), enters, np.where(absent, _LONG_AGO, OPEN)])
    high = np.vstack([enters, np.full(len(born), OPEN), np.full(len(born), OPEN)])
    return (UNBORN, *(name for _, name in BANDS), NOT_RECORDED), low, high


def _ages(birth_date: pd.Series, on: np.ndarray, bands: Bands) -> Labels:
    born = to_days(birth_date)
    if np.isnat(born).all():
        return Labels(np.zeros(len(born), dtype=np.int64), ())
    codes = np.zeros(len(born), dtype=np.int64)
    for age, _ in bands:
        codes += birthdays(born, age) <= on
    codes[np.isnat(born)] = len(bands) + 1
    return Labels(codes, (UNBORN, *(name for _, name in bands), NOT_RECORDED))


def _merged(codes: np.ndarray, names: list[str]) -> Labels:
    """Codes whose names agree become one category, in alphabetical order with the unknown ones last."""
    categories = sorted(set(names), key=lambda name: (name in (NOT_RECORDED, NOT_RECOGNISED, NOT_FOUND, "Unknown"), name))
    return Labels(np.array([categories.index(name) for name in names], dtype=np.int64)[codes], tuple(categories))


def _named(value: str, code_set: str | None) -> str:
    if code_set is None:
        return value or NOT_RECORDED
    if value == NOT_FOUND:
        return value
    unknown = "Unknown" if code_set == "source" else NOT_RECORDED
    return unknown if value in ("", "unknown") else code_names(code_set).get(value, NOT_RECOGNISED)


@cache
def code_names(code_set: str) -> dict[str, str]:
    """Code to the name shown: DfE's group for a source, the first description for the rest."""
    codes = read_yaml("code_sets.yml")[code_set]["codes"]
    return {str(code): facts.get("group", facts["names"][0]) for code, facts in codes.items()}


def category_names(events: Sequence[str], dimension: str) -> tuple[str, ...]:
    """Every category that a code set or the age bands know of a list's dimension; none for what is an authority's own.

    >>> category_names(["cp_plan"], "category")[:2]
    ('Emotional abuse', 'Multiple/not recommended')
    """
    if dimension == "age":
        bands = LEAVER_BANDS if "care_leaver" in events else BANDS
        return (UNBORN, *(name for _, name in bands), NOT_RECORDED)
    code_set = next((_CODES[dimension, event] for event in events if (dimension, event) in _CODES), None)
    more = {NOT_FOUND} if any((dimension, event) in _CROSSED for event in events) else set()
    return tuple(sorted({*code_names(code_set).values(), *more})) if code_set else ()
