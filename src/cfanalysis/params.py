"""The parameters of a run: the only way in from YAML and from a notebook's parameters cell.

One file per authority (``params/<authority>.yml``). Paths in it are relative to the file itself. Nothing is guessed:
an unknown key, a wrong type, a month that does not exist is named with file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.months import month
from cfanalysis.foundation.yaml import StrictModel, as_date, fill, load_yaml
from cfanalysis.reference.working_days import Weekends

FOLDER = "params"
"""Where a parameters file is looked for when it is not where the path says: in this folder, here or further up."""

NOTEBOOKS = (
    "overview", "data_quality", "demand", "rereferrals", "children_in_need", "timeliness", "protection_and_care", "workforce",
    "comparators", "projections",
)  # fmt: skip
"""Every notebook, in reading order."""

MAX_HORIZON = 36
"""Months. Past three years a monthly forecast says nothing a panel should use."""


def _as_month(value: Any) -> Any:
    try:
        return month(value)
    except ParameterError as caught:
        raise ValueError(str(caught).partition(", ")[2]) from None


def _as_year(value: Any) -> Any:
    """Keys of a YAML mapping arrive as text."""
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d", value):
        return int(value)
    raise ValueError("want the year of a mid-year estimate, such as 2023")


Month = Annotated[pd.Period, BeforeValidator(_as_month)]
Day = Annotated[date, BeforeValidator(as_date)]
Year = Annotated[int, BeforeValidator(_as_year)]


class _Strict(StrictModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class Authority(_Strict):
    """Who the workbook is about."""

    name: str = Field(min_length=1, max_length=300)
    code: str = Field(default="", pattern=r"^[A-Z][0-9]{8}$|^$")


class Source(_Strict):
    """One file or folder of data, and what it is."""

    path: str = Field(min_length=1)
    format: Literal["annex_a", "cin_census", "ssd", "monthly", "published"]
    as_at: Day | None = None
    window_months: int | None = Field(default=None, ge=1, le=600)

    @model_validator(mode="after")
    def _extract_options_only(self) -> Source:
        if self.format not in ("annex_a", "cin_census", "ssd") and (self.as_at or self.window_months):
            raise ValueError("as_at and window_months belong to the formats annex_a and ssd only")
        if self.format == "cin_census" and self.window_months:
            raise ValueError("window_months belongs to the formats annex_a and ssd only: a census file is of one year")
        return self


class Comparators(_Strict):
    """Whom to compare with."""

    neighbours: Literal["2025", "2021"] | tuple[str, ...] = "2025"
    region: bool = True
    england: bool = True

    @field_validator("neighbours", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class Rereferral(_Strict):
    """The edges of a re-referral (docs/indicators.md); the defaults are the DfE reading."""

    window: Literal["12 months", "365 days"] = "12 months"
    same_day: bool = False
    earlier: Literal["all", "not_nfa"] = "all"


class Registers(_Strict):
    """Files of what people said and did."""

    projections: str | None = None
    events: str | None = None
    actions: str | None = None
    commentary: str | None = None


class Target(_Strict):
    """A figure that somebody wants a stock to be at by the end of a month."""

    indicator: str = Field(min_length=1)
    value: float = Field(ge=0, allow_inf_nan=False)
    by: Month


class OwnPolicy(_Strict):
    """An authority's own disclosure policy; what each key means is in docs/methods/disclosure.md."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    title: str = Field(min_length=1, max_length=120)
    meaning: str = Field(min_length=1, max_length=400)
    hide_below: int = Field(ge=2, le=100)
    hide_zeros: bool = False
    hide_full: bool = False
    min_width: int = Field(default=0, ge=0, le=100)
    round_to: int = Field(default=1, ge=1, le=100)
    round_totals_to: int = Field(default=1, ge=1, le=1000)

    @model_validator(mode="before")
    @classmethod
    def _near_months_is_gone(cls, keys: Any) -> Any:
        if isinstance(keys, Mapping) and "near_months" in keys:
            raise ValueError(
                "near_months is no longer a rule: what is analysed has been released before, so no month "
                "after a hidden one leans on it; take the line out"
            )
        return keys

    @field_validator("name")
    @classmethod
    def _not_a_named_one(cls, value: str) -> str:
        if value in ("dfe", "open", "strict", "internal"):
            raise ValueError("want a name of its own; dfe, open, strict and internal are taken")
        return value


class Params(_Strict):
    """Everything one authority's run needs."""

    authority: Authority
    as_at: Month
    first_month: Month | None = None
    synthetic: bool = False
    sources: tuple[Source, ...] = Field(min_length=1)
    indicators: Literal["all"] | tuple[str, ...] = "all"
    horizon: int = Field(default=12, ge=1, le=MAX_HORIZON)
    comparators: Comparators = Comparators()
    policy: Literal["dfe", "open", "strict", "internal"] | OwnPolicy = "dfe"
    notebooks: tuple[str, ...] = NOTEBOOKS
    registers: Registers = Registers()
    targets: tuple[Target, ...] = ()
    editions: str = "private/editions"
    population: Mapping[Year, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    rereferral: Rereferral = Rereferral()
    weekends: Weekends = "next"
    _folder: Path = PrivateAttr(default=Path())
    _file: str = PrivateAttr(default="")

    @field_validator("sources", "indicators", "notebooks", "targets", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("notebooks")
    @classmethod
    def _known_notebooks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in NOTEBOOKS]
        if unknown or not value:
            raise ValueError(f"want names of notebooks: {', '.join(NOTEBOOKS)}")
        if len(set(value)) < len(value):
            raise ValueError("want each notebook once")
        return value

    @model_validator(mode="after")
    def _months_in_order(self) -> Params:
        if self.first_month is not None and self.first_month > self.as_at:
            raise ValueError(f"first_month {self.first_month} is after as_at {self.as_at}")
        return self

    @property
    def file(self) -> str:
        """The name of the file they came from, without its folder."""
        return self._file

    def resolve(self, path: str) -> Path:
        """A path of this file, made whole: relative paths start at the file's own folder."""
        return (self._folder / path).resolve()

    @property
    def slug(self) -> str:
        """The authority's name as a file name: letters, digits and hyphens only.

        >>> Params.model_validate(dict(authority=Authority(name="St. Mary's / ../East"), as_at="2024-03",
        ...     sources=(Source(path="x", format="published"),))).slug
        'st-mary-s-east'
        """
        return re.sub(r"[^a-z0-9]+", "-", self.authority.name.lower()).strip("-")[:80] or "authority"


class NotebookParams(_Strict):
    """What a parameters cell may hold: the file, and what the analyst changed for this look. A notebook has only what it uses."""

    params_file: str = Field(min_length=1)
    as_at: Month | None = None
    first_month: Month | None = None
    indicator: str | None = None
    breakdown: str | None = None
    horizon: int | None = Field(default=None, ge=1, le=MAX_HORIZON)
    policy: str | None = Field(default=None, min_length=1)


def cell_params(**values: Any) -> NotebookParams:
    """The values of a notebook's parameters cell as a strict model.

    Raises ParameterError naming the value that is wrong.

    >>> cell_params(params_file="params/solentwick.yml", as_at="2017-12").as_at
    Period('2017-12', 'M')
    """
    return fill(NotebookParams, values, file="the parameters cell")


def read_params(path: Path | str) -> Params:
    """The parameters in one file.

    Raises ParameterError naming file, line and key of everything that is wrong with it.
    """
    found = find(path)
    data, lines = load_yaml(found)
    params = fill(Params, data, file=found.name, lines=lines)
    params._folder, params._file = found.resolve().parent, found.name
    return params


def find(path: Path | str) -> Path:
    """A parameters file where the path says, or under it in this folder or one further up (notebooks run in their own folder)."""
    wanted = Path(path)
    if wanted.is_absolute() or wanted.exists():
        return wanted
    here = Path.cwd()
    places = (folder / inner / wanted for folder in (here, *here.parents) for inner in ("", FOLDER))
    return next((place for place in places if place.exists()), wanted)


Given = Params | NotebookParams | Path | str | Mapping[str, Any]
"""What a workbook can be opened from: a file, its path, or the values of a notebook's parameters cell."""


RELEASE_FILE = ".zip"
NAMED_POLICIES = ("dfe", "open", "strict", "internal")


def release_cell(given: Given, **changes: Any) -> NotebookParams | None:
    """What is to be looked at in a release file, where one is given (by its path, or as ``params_file``); None for parameters.

    >>> release_cell("outputs/released/camden/camden_2024-03_dfe_1.zip", as_at="2023-12").as_at
    Period('2023-12', 'M')
    >>> release_cell("params/solentwick.yml")
    """
    told = {name: value for name, value in changes.items() if value is not None}
    if isinstance(given, NotebookParams):
        given = given.model_dump(exclude_none=True)
    if isinstance(given, str | Path):
        given = {"params_file": str(given)}
    if not isinstance(given, Mapping) or not str(given.get("params_file", "")).lower().endswith(RELEASE_FILE):
        return None
    return cell_params(**{str(name): value for name, value in given.items() if value is not None} | told)


def of(given: Given, **changes: Any) -> tuple[Params, NotebookParams | None]:
    """The parameters of a run from a model, a file, or the values of a notebook's parameters cell.

    ``changes`` (policy, as_at, first_month, horizon) go before what the file or the cell says; None changes nothing.
    """
    told = {name: value for name, value in changes.items() if value is not None}
    if isinstance(given, NotebookParams):
        cell = cell_params(**given.model_dump(exclude_none=True) | told)
        return _changed(read_params(cell.params_file), cell), cell
    if isinstance(given, Mapping) and "params_file" in given:
        return of(cell_params(**given), **told)
    params = _read(given)
    cell = cell_params(params_file=params.file or "parameters", **told)
    return (_changed(params, cell), cell) if told else (params, None)


def _read(given: Params | Path | str | Mapping[str, Any]) -> Params:
    if isinstance(given, Params):
        return given
    return fill(Params, given, file="parameters") if isinstance(given, Mapping) else read_params(given)


def _changed(params: Params, cell: NotebookParams) -> Params:
    """The file's parameters with what the cell changes."""
    changed = {name: value for name in ("as_at", "first_month", "horizon", "policy") if (value := getattr(cell, name)) is not None}
    if "policy" in changed:
        changed["policy"] = _asked_policy(params, cell)
    changed_params = params.model_copy(update=changed)
    if changed_params.first_month is not None and changed_params.first_month > changed_params.as_at:
        raise ParameterError(f"the parameters cell: first_month {changed_params.first_month} is after as_at {changed_params.as_at}")
    return changed_params


def _asked_policy(params: Params, cell: NotebookParams) -> str | OwnPolicy:
    """The policy that a cell asks for: a named one, or the file's own by its name."""
    if not isinstance(params.policy, str) and params.policy.name == cell.policy:
        return params.policy
    if cell.policy not in NAMED_POLICIES:
        raise ParameterError(f"the parameters cell: policy: found {cell.policy!r}, want one of {', '.join(NAMED_POLICIES)}")
    return str(cell.policy)
