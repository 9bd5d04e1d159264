"""The definitions of catalogue.yml as strict models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from cfanalysis.foundation.yaml import StrictModel, fill, load_yaml

CATALOGUE = Path(__file__).with_name("catalogue.yml")

Kind = Literal["count", "stock", "percent", "rate", "measure"]
Part = Literal["figure", "numerator", "denominator"]
Dimension = Literal["source", "area", "team", "age", "category", "reason", "provider"]
Event = Literal[
    "contact", "early_help", "referral", "assessment", "s47", "icpc", "cin_episode", "cp_plan", "cla_period", "care_leaver",
    "factors", "cin_plan", "cp_review", "pre_proceedings", "pp_letter", "pp_meeting", "pp_court",
    "involvement", "placement", "legal_status", "missing", "cin_visit", "cp_visit", "cla_visit", "icpc_target",
]  # fmt: skip
Theme = Literal["demand", "rereferrals", "children_in_need", "timeliness", "protection_and_care", "workforce", "comparators"]


FLOWS = {
    "cin_open": ("cin_started", "cin_ended"),
    "cp_open": ("cp_started", "cp_ended"),
    "cla_open": ("cla_started", "cla_ended"),
}
"""What starts and what ends, for every stock whose flows the catalogue has."""


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_tuple)]


class Comparator(StrictModel):
    """Where DfE publishes it: a table and its columns, joined by `` + `` where they are summed."""

    table: Text
    numerator: str | None = None
    denominator: str | None = None
    value: str | None = None


class FollowWindow(StrictModel):
    """How many days after the first event the second one may come, and why so many."""

    days: int = Field(ge=1, le=365)
    reason: Text


class Crossing(StrictModel):
    """A breakdown by what another list holds: the newest event ``of`` the same child on the day something began or in ``days`` before.

    ``months_before``: how far before a month that list must reach for the month to be known by it.
    """

    of: Event
    days: int = Field(ge=0, le=365)
    months_before: int = Field(ge=1, le=24)
    reason: Text


class Indicator(StrictModel):
    """One indicator, as catalogue.yml defines it; the keys are explained at the top of that file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    definition: Text
    numerator: Text
    denominator: str | None = None
    unit: Text
    kind: Kind
    polarity: Literal["high_good", "low_good"] | None = None
    lists: Annotated[tuple[Event, ...], BeforeValidator(_as_tuple)]
    same: Mapping[Part, str] = Field(default_factory=dict)
    rest: Text | None = None
    priority: int = Field(default=2, ge=1, le=3)
    comparator: Comparator | None = None
    season: Literal["reference", "own", "none"]
    at_date: bool = False
    calendar: bool
    provisional_months: int = Field(ge=0, le=24)
    window: FollowWindow | None = None
    caveats: Texts
    breakdowns: Annotated[tuple[Dimension, ...], BeforeValidator(_as_tuple)]
    crossings: Mapping[Dimension, Crossing] = Field(default_factory=dict)
    theme: Theme
    worked_from: Literal["events", "monthly", "published"]

    @property
    def on_a_day(self) -> bool:
        """Whether its figures are of a day, so that months of it do not add up."""
        return self.kind == "stock" or self.at_date

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Indicator:
        if self.kind in ("percent", "rate") and not self.denominator:
            raise ValueError(f"a {self.kind} needs a denominator")
        if self.kind in ("count", "stock") and self.denominator:
            raise ValueError(f"a {self.kind} has no denominator")
        if self.calendar and self.kind not in ("count", "rate"):
            raise ValueError(f"the calendar applies to things that happen in a month, not to a {self.kind}")
        if self.worked_from == "events" and not self.lists:
            raise ValueError("an indicator worked out from events names the lists it needs")
        if self.rest and self.kind != "percent":
            raise ValueError(f"only a percentage has a rest of its denominator, not a {self.kind}")
        if not set(self.crossings) <= set(self.breakdowns):
            raise ValueError("a crossing says where a breakdown comes from; name it among the breakdowns too")
        return self


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Every indicator by name, in the order of catalogue.yml.

    Raises ParameterError naming the line for a definition that breaks the model.

    >>> catalogue()["rereferrals"].title
    'Re-referrals within 12 months'
    """
    return read_catalogue(CATALOGUE)


def read_catalogue(path: Path) -> Mapping[str, Indicator]:
    """A catalogue file as models."""
    data, lines = load_yaml(path)
    models = {name: fill(Indicator, {"name": name, **facts}, file=path.name, lines=lines, where=(name,)) for name, facts in data.items()}
    return MappingProxyType(models)
