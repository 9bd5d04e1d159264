"""One strict model for each kind of register entry: nothing is guessed, and an entry that cannot be used says why."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from cfanalysis.foundation.table import ALL
from cfanalysis.foundation.yaml import StrictModel, as_date
from cfanalysis.registers.windows import Window, read_window

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)
"""A date outside these is a slip of the keyboard."""


def _day(value: Any) -> date:
    day = value if type(value) is date else as_date(value)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"want a date from {EARLIEST} to {LATEST}")
    return day


Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(lambda value: None if value is None else _day(value))]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Entry(StrictModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class Projection(_Entry):
    """A claim about what is to come: who said it, when, of which indicator, which way, by how much and by when.

    ``size`` is a share of the level when it was said (0.05 is five per cent of it); ``number`` a change in the indicator's own unit (50
    children, 5 percentage points) and ``target`` a figure to reach in it. Where nothing measures what was claimed, ``indicator`` is null
    and ``measure`` says what it is about: it is written down all the same.

    >>> claim = Projection(id="cin", said_on="2017-11-16", where="scrutiny panel", who="officers", indicator="cin_open",
    ...     direction="down", window={"from": "2018-01", "to": "2018-02"}, reason="targeted diversion", source="minutes, item 21")
    >>> claim.window.label, str(claim.known_to)
    ('January to February 2018', '2017-10')
    """

    id: Name
    said_on: Day
    where: Text
    who: Text
    indicator: Name | None
    measure: Text | None = None
    breakdown: Name = ALL
    direction: Literal["up", "down"]
    size: float | None = Field(default=None, gt=0, le=10, allow_inf_nan=False)
    number: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    target: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    window: Window
    reason: Text
    source: Text

    @field_validator("size")
    @classmethod
    def _no_more_than_all(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value > 1 and info.data.get("direction") == "down":
            raise ValueError("nothing falls by more than all of it; want a share such as 0.05")
        return value

    @field_validator("window", mode="before")
    @classmethod
    def _ahead(cls, value: Any, info: ValidationInfo) -> Window:
        said_on = info.data.get("said_on")
        window = read_window(value, said_on)
        if said_on is not None and window.first < (said := pd.Period(said_on, freq="M")):
            raise ValueError(
                f"the window starts ({window.first}) before the claim was made ({said_on}); "
                f"want a window from {said} on, or put what had already happened into commentary"
            )
        return window

    @model_validator(mode="after")
    def _about_something(self) -> Projection:
        if (self.indicator is None) != (self.measure is not None):
            raise ValueError("want an indicator, or indicator: null and a measure in words where nothing measures it; not both")
        return self

    @property
    def known_to(self) -> pd.Period:
        """The last whole month before it was said: what could be known."""
        return pd.Period(self.said_on, freq="M") - 1


class DatedEvent(_Entry):
    """Something that happened on a date and shows, or should not, in some indicators.

    ``step`` a lasting change; ``pulse`` one that passes; ``break`` the counting changed and before cannot be compared with after;
    ``exclude`` months not to be learnt from; ``flag`` only shown.
    """

    date: Day
    until: MaybeDay = None
    kind: Literal["step", "pulse", "break", "exclude", "flag"]
    indicators: Literal["all"] | tuple[Name, ...]
    label: Text
    said_by: Text

    @field_validator("indicators", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        if isinstance(value, list):
            if not value:
                raise ValueError("want at least one indicator, or the word all")
            return tuple(value)
        if value != "all":
            raise ValueError("want a list of indicators in square brackets, or the word all")
        return value

    @model_validator(mode="after")
    def _lasts(self) -> DatedEvent:
        if self.until is not None and self.kind in ("step", "break"):
            raise ValueError(f"a {self.kind} has no end: take until out, or call it a pulse")
        if self.until is not None and self.until < self.date:
            raise ValueError(f"it ends ({self.until}) before it starts ({self.date})")
        return self

    @property
    def month(self) -> pd.Period:
        """The month it happened in."""
        return pd.Period(self.date, freq="M")

    @property
    def months(self) -> pd.PeriodIndex:
        """Every month it lasted, its own where no end is given."""
        return pd.period_range(self.month, pd.Period(self.until or self.date, freq="M"), freq="M")

    def touches(self, indicator: str) -> bool:
        """Whether it is said to show in an indicator."""
        return self.indicators == "all" or indicator in self.indicators


class Action(_Entry):
    """What a panel resolved or asked for, whose it is, when it is due, and whether it is done."""

    id: Name
    asked_on: Day
    asked_by: Text
    what: Text
    owner: Text
    due: MaybeDay
    done: MaybeDay

    @model_validator(mode="after")
    def _in_order(self) -> Action:
        for name, day in (("due", self.due), ("done", self.done)):
            if day is not None and day < self.asked_on:
                raise ValueError(f"{name} ({day}) is before it was asked for ({self.asked_on})")
        return self


class Comment(_Entry):
    """An issue, the response to it and an update, about one indicator, as it stood on a date."""

    indicator: Name
    breakdown: Name = ALL
    dated: Day
    issue: Text
    response: Text
    update: Text | None = None
