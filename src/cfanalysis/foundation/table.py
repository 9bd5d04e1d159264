"""The contracts: what each table that passes between rooms must look like.

``EVENTS``   one row per dated thing that happened to a child.
``SERIES``   one row per authority, indicator, breakdown and month.
``YEARLY``   one row per authority, indicator, breakdown and financial year, as DfE publishes them.
``FINDINGS`` one row per thing worth saying; no sentences, those are made after release.

``Table`` carries a finished table towards release with what disclosure control needs to know about its columns.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cfanalysis.foundation.errors import ContractError, at

if TYPE_CHECKING:
    import pandera.pandas as pa

FLAGS = ("c", "x", "z", "u", ":", "low", "k")
"""Why a value is missing: c confidential, x unavailable, z not applicable, u unreliable, : not available, low and k round to 0."""

NOT_SHOWN = "not shown, to protect small numbers"
"""What a sentence says in place of a figure that is hidden: it may be small itself, or stand beside one that is."""

ALERTS = ("alert", "strong", "extreme")
"""Severities of a month that is called unusual."""

ABOUT_THE_SAME, NO_CLEAR_CHANGE = "about the same", "no clear change"
"""What is said of two years of which no direction can be told: the difference is little, or no more than chance."""

ALL = "all"
"""The breakdown of a total. Every other breakdown is ``dimension: category``, for example ``source: Police``."""

EVENT_KINDS = (
    "contact", "early_help", "referral", "assessment", "s47", "icpc", "cin_episode", "cp_plan", "cla_period", "care_leaver",
    "factors", "cin_plan", "cp_review", "pre_proceedings", "pp_letter", "pp_meeting", "pp_court",
    "involvement", "placement", "legal_status", "missing", "cin_visit", "cp_visit", "cla_visit", "icpc_target",
)  # fmt: skip

LEVELS = ("national", "regional", "authority")

Contract = Literal["events", "series", "yearly", "findings"]

# Every contract as data: column -> kind of value. One table serves the schema, the empty frame and the order of columns.
_MEASURES = {"numerator": "number", "denominator": "number", "value": "number", "flag": "flag"}
COLUMNS: Mapping[Contract, Mapping[str, str]] = {
    "events": {
        "child_id": "key", "event": "event", "date": "date", "end_date": "date or none", "source": "text", "outcome": "text",
        "category": "text", "team": "text", "area": "text", "worker": "text", "extract": "text",
        "birth_date": "date or none", "clock_start": "date or none",
    },
    "series": {"authority": "key", "indicator": "key", "breakdown": "key", "month": "month", **_MEASURES},
    "yearly": {
        "authority": "key", "level": "level", "indicator": "key", "breakdown": "key", "year": "year", **_MEASURES, "source_table": "key",
    },
    "findings": {
        "authority": "key", "indicator": "key", "breakdown": "key", "month": "month", "kind": "key", "observed": "number",
        "expected": "number", "low": "number", "high": "number", "z": "number", "p": "number", "severity": "text", "reason": "text",
    },
}  # fmt: skip
UNIQUE: Mapping[Contract, list[str] | None] = {
    "events": None,
    "series": ["authority", "indicator", "breakdown", "month"],
    "yearly": ["authority", "indicator", "breakdown", "year", "source_table"],
    "findings": None,
}
EVENT_COLUMNS, SERIES_COLUMNS, YEARLY_COLUMNS, FINDING_COLUMNS = (
    tuple(COLUMNS[name]) for name in ("events", "series", "yearly", "findings")
)
_TYPES: Mapping[str, Any] = {
    "date": "datetime64[us]", "date or none": "datetime64[us]", "number": float, "month": pd.PeriodDtype("M"), "year": int,
}  # fmt: skip


@cache
def contract(name: Contract) -> pa.DataFrameSchema:
    """The pandera schema of one contract."""
    import pandera.pandas as pa

    rules: dict[str, Any] = {
        "key": pa.Check.str_length(min_value=1),
        "event": pa.Check.isin(EVENT_KINDS),
        "flag": pa.Check.isin(["", *FLAGS]),
        "level": pa.Check.isin(LEVELS),
        "year": pa.Check.in_range(1990, 2100),
    }
    columns = {
        column: pa.Column(_TYPES.get(kind, str), rules.get(kind), nullable=kind in ("number", "date or none"), coerce=kind != "month")
        for column, kind in COLUMNS[name].items()
    }
    reasoned = pa.Check(_missing_has_a_reason, error="a missing value needs a flag, and a value must not carry one")
    checks = [reasoned] if "flag" in columns else []
    return pa.DataFrameSchema(columns, unique=UNIQUE[name], checks=checks, strict=True, name=name)


def _missing_has_a_reason(frame: pd.DataFrame) -> pd.Series:
    return frame["value"].isna() == (frame["flag"] != "")


def validate(frame: pd.DataFrame, name: Contract, *, file: str = "") -> pd.DataFrame:
    """The frame, checked and coerced to its contract, with its columns in order.

    Raises ContractError naming file, row, column and value of the first breach, and how many there are.

    >>> validate(pd.DataFrame({"authority": ["X"]}), "series")
    Traceback (most recent call last):
        ...
    cfanalysis.foundation.errors.ContractError: series: column 'indicator' is missing; want indicator, breakdown, month, ...
    """
    import pandera.errors

    schema = contract(name)
    absent = [column for column in schema.columns if column not in frame.columns]
    if absent:
        raise ContractError(at(f"column {absent[0]!r} is missing; want {', '.join(absent)}", file=file or name))
    try:
        return schema.validate(frame[list(COLUMNS[name])].reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as caught:
        raise ContractError(_breach(caught.failure_cases, name, file)) from None


def _breach(cases: pd.DataFrame, name: str, file: str) -> str:
    first = cases.iloc[0]
    row = None if pd.isna(first["index"]) else int(first["index"])
    found = "a value" if name == "events" else repr(first["failure_case"])  # a value of the event log is child-level: never repeated
    column = "" if pd.isna(first["column"]) or first["schema_context"] != "Column" else str(first["column"])
    return at(
        f"{found} breaks the rule {first['check']!r} of the {name} table; {len(cases)} breaches in all",
        file=file or name,
        row=row,
        column=column,
    )


def empty(name: Contract) -> pd.DataFrame:
    """A table of a contract with no rows."""
    return _made_empty(name).copy()


@cache
def _made_empty(name: Contract) -> pd.DataFrame:
    return validate(pd.DataFrame({column: pd.Series(dtype=_TYPES.get(kind, str)) for column, kind in COLUMNS[name].items()}), name)


def _who_makes_it() -> str:
    """The module that calls for a table: the first one outside this module and the standard library's dataclasses."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") in (__name__, "dataclasses"):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", ""))


Address = tuple[str, str, tuple[str, ...], str]
"""What a figure of a table is: indicator, breakdown, the periods that it adds up, and the part (figure, numerator, denominator)."""


@dataclass(frozen=True)
class Table:
    """A finished table on its way to release: the frame, and what its columns give away.

    ``counts`` name the columns that count children or events about children: small ones are hidden.
    ``derived`` maps every column computed from counts to the counts it would give away; it is hidden where any of them is.
    ``margins`` maps a key column to the label of its total: within the same other keys, that row is the sum of the others.
    ``cumulative`` names the counts that add up from April month by month: two that follow one another give away the month between.
    ``implied`` names counts that follow from columns (column -> weight): {"not seen": {"denominator": 1, "numerator": -1}}.
    A column that is neither a count nor derived (a key, a month, a limit that is a constant) is shown as it is.
    ``flags`` says of any column why each row's figure is missing ("" where it is there), where no column ``flag`` does.
    ``addresses`` says of a count which figures of the release it is, row by row (None: of none), so that a page can be held against them.
    ``made_in`` is the module that made the table: of one that an analyst made, or changed, more is asked before it is released.
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
    cumulative: tuple[str, ...] = ()
    implied: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    addresses: Mapping[str, Sequence[Address | None]] = field(default_factory=dict)
    made_in: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "made_in", _who_makes_it())
        implied = {name for weights in self.implied.values() for name in weights}
        named = {*self.counts, *self.derived, *self.margins, *self.cumulative, *implied, *self.flags, *self.addresses}
        absent = sorted(named - set(self.frame.columns))
        if absent:
            raise ContractError(f"table {self.title!r}: columns {', '.join(absent)} are described but not there")
        loose = sorted(set(self.derived) & set(self.counts))
        if loose:
            raise ContractError(f"table {self.title!r}: columns {', '.join(loose)} are both counts and derived")
        short = sorted(name for told in (self.flags, self.addresses) for name, each in told.items() if len(each) != len(self.frame))
        if short:
            raise ContractError(f"table {self.title!r}: want what is told of {short[0]} for every row, {len(self.frame)} in all")

    def with_frame(self, frame: pd.DataFrame) -> Table:
        """The same description over another frame."""
        return replace(self, frame=frame)
