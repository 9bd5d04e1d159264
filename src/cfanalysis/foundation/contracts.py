"""What a release holds: released figures only, every one under its address, and what they say of themselves.

The tables are those of docs/design.md. A figure's address is ``(indicator, breakdown, period, part)``; a period says its own grain:
``2024-03`` a month, ``2024-Q1`` a calendar quarter, ``2023/24`` a year to March, ``2024-03-31`` a date (of a stock).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, cast

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from cfanalysis.foundation.policy import Policy

FIGURE, NUMERATOR, DENOMINATOR = PARTS = ("figure", "numerator", "denominator")
MEDIAN, AS_GIVEN = "median", "as given"
"""What an average is: the middle of its cases, or a figure whose parts nobody gave."""

LINE, AIM = "line", "aim"
"""A target month by month, as a monthly file holds it, and a figure that a stock should be at by a month."""

TARGET = "target"
"""The breakdown of a series table that holds a measure's target."""

ADDRESS = ("indicator", "breakdown", "period", "part")

COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "figures": {"indicator": "string", "breakdown": "string", "period": "string", "part": "string", "value": "number", "flag": "string"},
    "averages": {
        "indicator": "string", "breakdown": "string", "period": "string", "what": "string", "value": "number", "cases": "number",
        "flag": "string",
    },
    "largest_days": {"indicator": "string", "period": "string", "day": "string", "value": "number", "flag": "string"},
    "indicators": {
        "indicator": "string", "first": "string", "newest": "string", "settled": "string", "source": "string", "grain": "string",
        "provisional_months": "integer",
    },
    "grains": {"indicator": "string", "breakdown": "string", "grain": "string"},
    "settling": {
        "indicator": "string", "age": "integer", "low": "number", "middle": "number", "high": "number", "pairs": "integer",
        "source": "string",
    },
    "revisions": {
        "indicator": "string", "breakdown": "string", "period": "string", "part": "string", "earlier": "number", "later": "number",
        "kind": "string",
    },
    "quality": {"section": "string", "row": "integer", "column": "string", "text": "string", "value": "number", "flag": "string"},
    "yearly": {
        "authority": "string", "level": "string", "indicator": "string", "breakdown": "string", "year": "integer", "numerator": "number",
        "denominator": "number", "value": "number", "flag": "string", "source_table": "string",
    },
    "population": {"authority": "string", "year": "integer", "value": "number"},
    "neighbours": {"authority": "string", "order": "integer", "edition": "string", "role": "string"},
    "peers": {"indicator": "string", "period": "string", "authority": "string", "value": "number"},
    "targets": {"indicator": "string", "period": "string", "value": "number", "kind": "string"},
    "registers": {"register": "string", "place": "integer", "entry": "string"},
})  # fmt: skip
"""Every table of a release: column -> Frictionless type. A table that has nothing to say is there, with no rows."""

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "figures": ADDRESS,
    "averages": ("indicator", "breakdown", "period", "what"),
    "largest_days": ("indicator", "period", "day"),
    "indicators": ("indicator",),
    "grains": ("indicator", "breakdown", "grain"),
    "settling": ("indicator", "age", "source"),
    "revisions": ADDRESS,
    "quality": ("section", "row", "column"),
    "yearly": ("authority", "indicator", "breakdown", "year", "source_table"),
    "population": ("authority", "year"),
    "neighbours": ("edition", "role", "order", "authority"),
    "peers": ("indicator", "period", "authority"),
    "targets": ("indicator", "period", "kind"),
    "registers": ("register", "place"),
})  # fmt: skip
"""What names a row of each table: no two rows have the same, and rows are in its order."""


class About(BaseModel):
    """What a release is: whose, of when, under which rules, made by what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    code: str = ""
    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")
    as_at: str = Field(pattern=r"^\d{4}-\d{2}$")
    first_month: str | None = None
    edition: int = Field(ge=1)
    policy: Policy
    version: str
    horizon: int
    indicators: tuple[str, ...] | str = "all"
    rereferral: Mapping[str, Any] = Field(default_factory=dict)
    synthetic: bool = False
    data_date: str = ""
    revised_since: str = ""
    comparators: Mapping[str, Any] = Field(default_factory=dict)
    notebooks: tuple[str, ...] = ()

    @field_validator("rereferral", "comparators")
    @classmethod
    def _as_written(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """As a file gives it back: sequences are lists, keys in order."""
        return cast(Mapping[str, Any], json.loads(json.dumps(dict(value), sort_keys=True)))


@dataclass(frozen=True)
class Release:
    """One authority's edition under one policy: ``about`` and the tables of ``COLUMNS``, typed, hidden figures missing with flag ``c``."""

    about: About
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def empty(name: str) -> pd.DataFrame:
    """A table of a release with no rows.

    >>> list(empty("targets"))
    ['indicator', 'period', 'value', 'kind']
    """
    return _made_empty(name).copy()


@cache
def _made_empty(name: str) -> pd.DataFrame:
    kinds = {"string": "str", "number": "float64", "integer": "int64"}
    return pd.DataFrame({column: pd.Series(dtype=kinds[kind]) for column, kind in COLUMNS[name].items()})
