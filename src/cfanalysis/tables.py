"""The contracts: what each table that passes between rooms must look like.

``EVENTS``   one row per dated thing that happened to a child.
``SERIES``   one row per authority, indicator, breakdown and month.
``YEARLY``   one row per authority, indicator, breakdown and financial year, as DfE publishes them.
``FINDINGS`` one row per thing worth saying; no sentences, those are made after release.

``Table`` carries a finished table towards release with what disclosure control needs to know about its columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cfanalysis.errors import ContractError, at

if TYPE_CHECKING:
    import pandera.pandas as pa

FLAGS = ("c", "x", "z", "u", ":", "low", "k")
"""Why a value is missing: c confidential, x unavailable, z not applicable, u unreliable, : not available, low and k round to 0."""

ALL = "all"
"""The breakdown of a total. Every other breakdown is ``dimension: category``, for example ``source: Police``."""

EVENT_KINDS = (
    "contact", "early_help", "referral", "assessment", "s47", "icpc", "cin_episode", "cp_plan", "cla_period", "care_leaver",
)  # fmt: skip

EVENT_COLUMNS = (
    "child_id", "event", "date", "end_date", "source", "outcome", "category", "team", "area", "worker", "extract",
    "birth_date", "clock_start",
)  # fmt: skip

SERIES_COLUMNS = ("authority", "indicator", "breakdown", "month", "numerator", "denominator", "value", "flag")
YEARLY_COLUMNS = ("authority", "level", "indicator", "breakdown", "year", "numerator", "denominator", "value", "flag", "source_table")
FINDING_COLUMNS = (
    "authority", "indicator", "breakdown", "month", "kind", "observed", "expected", "low", "high", "z", "p", "severity", "reason",
)  # fmt: skip

LEVELS = ("national", "regional", "authority")

Contract = Literal["events", "series", "yearly", "findings"]


@cache
def contract(name: Contract) -> pa.DataFrameSchema:
    """The pandera schema of one contract."""
    import pandera.pandas as pa

    text = pa.Column(object, nullable=False, coerce=False, required=True)
    number = pa.Column(float, nullable=True)
    date = pa.Column("datetime64[us]", nullable=True, coerce=True)
    words = {"nullable": True, "coerce": True}
    flagged = pa.Column(str, pa.Check.isin(["", *FLAGS]), coerce=True)
    month = pa.Column(pd.PeriodDtype("M"))
    measures = {"numerator": number, "denominator": number, "value": number, "flag": flagged}
    del text
    columns: dict[str, dict[str, pa.Column]] = {
        "events": {
            "child_id": pa.Column(str, pa.Check.str_length(min_value=1), coerce=True),
            "event": pa.Column(str, pa.Check.isin(EVENT_KINDS), coerce=True),
            "date": pa.Column("datetime64[us]", coerce=True),
            "end_date": date,
            **{name: pa.Column(str, **words) for name in ("source", "outcome", "category", "team", "area", "worker", "extract")},
            "birth_date": date,
            "clock_start": date,
        },
        "series": {
            **{name: pa.Column(str, coerce=True) for name in ("authority", "indicator", "breakdown")},
            "month": month,
            **measures,
        },
        "yearly": {
            **{name: pa.Column(str, coerce=True) for name in ("authority", "indicator", "breakdown", "source_table")},
            "level": pa.Column(str, pa.Check.isin(LEVELS), coerce=True),
            "year": pa.Column(int, pa.Check.in_range(1990, 2100)),
            **measures,
        },
        "findings": {
            **{name: pa.Column(str, coerce=True) for name in ("authority", "indicator", "breakdown", "kind", "severity", "reason")},
            "month": month,
            **{name: number for name in ("observed", "expected", "low", "high", "z", "p")},
        },
    }
    unique = {
        "events": None,
        "series": ["authority", "indicator", "breakdown", "month"],
        "yearly": ["authority", "indicator", "breakdown", "year", "source_table"],
        "findings": None,
    }
    checks = (
        [pa.Check(_missing_has_a_reason, error="a missing value needs a flag, and a value must not carry one")]
        if "flag" in columns[name]
        else []
    )
    return pa.DataFrameSchema(columns[name], unique=unique[name], checks=checks, strict=True, name=name)


def _missing_has_a_reason(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].isna() == (frame["flag"] != "")


def validate(frame: pd.DataFrame, name: Contract, *, file: str = "") -> pd.DataFrame:
    """The frame, checked and coerced to its contract, with its columns in order.

    Raises ContractError naming file, row, column and value of the first breach, and how many there are.

    >>> validate(pd.DataFrame({"authority": ["X"]}), "series")
    Traceback (most recent call last):
        ...
    cfanalysis.errors.ContractError: series: column 'indicator' is missing; want indicator, breakdown, month, numerator, denominator, value, flag
    """
    import pandera.errors

    schema = contract(name)
    absent = [column for column in schema.columns if column not in frame.columns]
    if absent:
        raise ContractError(at(f"column {absent[0]!r} is missing; want {', '.join(absent)}", file=file or name))
    try:
        return schema.validate(frame[list(ORDER[name])].reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as caught:
        raise ContractError(_breach(caught.failure_cases, name, file)) from None


ORDER: Mapping[str, tuple[str, ...]] = {
    "events": EVENT_COLUMNS,
    "series": SERIES_COLUMNS,
    "yearly": YEARLY_COLUMNS,
    "findings": FINDING_COLUMNS,
}


def _breach(cases: pd.DataFrame, name: str, file: str) -> str:
    first = cases.iloc[0]
    row = None if pd.isna(first["index"]) else int(first["index"])
    found = "a value" if name == "events" else repr(first["failure_case"])  # a value of the event log is child-level: never repeated
    column = "" if pd.isna(first["column"]) else str(first["column"])
    return at(
        f"{found} breaks the rule {first['check']!r} of the {name} table; {len(cases)} breaches in all",
        file=file or name,
        row=row,
        column=column,
    )


def empty(name: Contract) -> pd.DataFrame:
    """A table of a contract with no rows."""
    return validate(pd.DataFrame({column: [] for column in ORDER[name]}).astype(_EMPTY_TYPES[name]), name)


_MEASURES: dict[str, Any] = {"numerator": float, "denominator": float, "value": float}
_EMPTY_TYPES: dict[str, dict[str, Any]] = {
    "events": {column: "datetime64[us]" if column.endswith(("date", "clock_start")) else str for column in EVENT_COLUMNS},
    "series": {**dict.fromkeys(SERIES_COLUMNS, str), "month": pd.PeriodDtype("M"), **_MEASURES},
    "yearly": {**dict.fromkeys(YEARLY_COLUMNS, str), "year": int, **_MEASURES},
    "findings": {
        **dict.fromkeys(FINDING_COLUMNS, str),
        "month": pd.PeriodDtype("M"),
        **dict.fromkeys(("observed", "expected", "low", "high", "z", "p"), float),
    },
}


@dataclass(frozen=True)
class Table:
    """A finished table on its way to release: the frame, and what its columns give away.

    ``counts`` name the columns that count children or events about children: small ones are hidden.
    ``derived`` maps every column computed from counts to the counts it would give away; it is hidden where any of them is.
    ``margins`` maps a key column to the label of its total: within the same other keys, that row is the sum of the others.
    A column that is neither a count nor derived (a key, a month, a limit that is a constant) is shown as it is.
    """

    frame: pd.DataFrame
    title: str
    counts: tuple[str, ...] = ()
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    margins: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    source: str = ""
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    published: bool = False
    synthetic: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {*self.counts, *self.derived, *self.margins}
        absent = sorted(named - set(self.frame.columns))
        if absent:
            raise ContractError(f"table {self.title!r}: columns {', '.join(absent)} are described but not there")
        loose = sorted(set(self.derived) & set(self.counts))
        if loose:
            raise ContractError(f"table {self.title!r}: columns {', '.join(loose)} are both counts and derived")

    def with_frame(self, frame: pd.DataFrame) -> Table:
        """The same description over another frame."""
        return replace(self, frame=frame)
