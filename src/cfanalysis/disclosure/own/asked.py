"""A table of an analyst's own: what must be so before it is released.

The tables that cfanalysis makes say of every column what it counts or comes from. Of a table that was made in a notebook only the analyst
knows: what is not said is refused, and so is what looks like single children. It is protected by itself alone, and a page says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.table import Table

NOTE = "A table of the analyst's own: small numbers in it are protected by themselves, without regard to other tables."

PERSON_NAMES = frozenset({
    "upn", "dob", "nhs", "uln", "uprn", "id", "ids", "identifier", "pupil", "person", "forename", "surname", "firstname", "lastname",
    "postcode", "birth", "birthdate", "birthday", "childid", "personid", "pupilid",
})  # fmt: skip
"""Words in the name of a column that only a table of single children has."""

COUNTING_UP = ("order", "place", "rank", "row", "age", "ages", "age_months", "months_old")
"""Keys that count up one by one: a place in a list, the age of a month."""

YEARS, CALENDAR = (1990, 2100), (1, 12)
NEARLY_ALL = 0.9
"""Part of the values that are different from one another in a column of identifiers."""
_FEW = 5
"""A column of fewer values than this is too short to tell what it holds."""

_DAY = re.compile(r"^\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})([ T].*)?$")
_CODE = re.compile(r"^\s*([A-Za-z]{0,4}[-_]?\d{4,}[A-Za-z0-9]*|[0-9a-fA-F]{8,}|[0-9a-fA-F-]{32,36})\s*$")
_AREA = re.compile(r"^[EWNSKJX]\d{8}$")
_NUMBER = re.compile(r"^\s*[-+<>~£]?\s*\d[\d,]*\.?\d*\s*%?\s*$")


def is_own(table: Table) -> bool:
    """Whether an analyst made the table; the others come from cfanalysis."""
    return table.made_in.partition(".")[0] != "cfanalysis"


def refuse_unsafe(table: Table, policy: Policy) -> None:
    """Raises ReleaseError for a table of one's own that holds single children, or whose columns do not say what they give away."""
    for column in map(str, table.frame.columns):
        _refuse_person(table, column)
    if not policy.hides and policy.name != "open":
        return
    _refuse_published(table, policy)
    _refuse_undeclared(table)
    _refuse_countable_rows(table)


def _refuse(table: Table, said: str) -> None:
    raise ReleaseError(f"table {table.title!r}, a table of your own: {said}")


def _refuse_person(table: Table, column: str) -> None:
    values = table.frame[column]
    words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower()))
    if words & PERSON_NAMES or (column not in table.counts and words & {"child"}):
        _refuse(
            table, f"column {column!r} is named like something of single children; only counts can be released. Count by month or group"
        )
    if _holds_days(values):
        _refuse(table, f"column {column!r} holds dates of single days, as single children have; count by month first")
    if _holds_codes(values) and not _is_key(column, values):
        _refuse(table, f"column {column!r} looks like identifiers of single children (nearly every value is another); count by group first")


def _holds_days(values: pd.Series) -> bool:
    """Days of the month that are not its first or last: no month, no quarter, no date of a stock."""
    if pd.api.types.is_datetime64_any_dtype(values):
        days = values
    elif values.dtype == object or isinstance(values.dtype, pd.StringDtype):
        told = values.dropna()
        told = told[[isinstance(each, datetime.date) or bool(_DAY.match(str(each))) for each in told]]
        days = pd.to_datetime(told.astype(str), errors="coerce", dayfirst=True, format="mixed")
    else:
        return isinstance(values.dtype, pd.PeriodDtype) and values.dtype != pd.PeriodDtype("M") and _finer_than_months(values)
    days = days.dropna()
    return bool((~(days.dt.is_month_end | (days.dt.day == 1))).any()) if len(days) else False


def _finer_than_months(values: pd.Series) -> bool:
    return str(values.dtype).removeprefix("period[")[:1] not in ("Q", "Y", "A")


def _holds_codes(values: pd.Series) -> bool:
    told = values.dropna()
    if len(told) < _FEW or told.nunique() < NEARLY_ALL * len(told) or pd.api.types.is_float_dtype(told):
        return False
    texts = [str(each) for each in told]
    return float(np.mean([bool(_CODE.match(each)) and not _AREA.match(each) for each in texts])) >= NEARLY_ALL


def _refuse_published(table: Table, policy: Policy) -> None:
    told = "published=True" if table.published else "the policy 'open'" if policy.name == "open" else ""
    if told:
        _refuse(
            table,
            f"found {told}, which is for figures that a publisher has released already, read by cfanalysis from their file; name that file "
            "under sources with format: published, or say which columns are counts and use a policy that hides",
        )


def _refuse_undeclared(table: Table) -> None:
    """Every number is a count, or comes from counts, or is a key that counts up."""
    known = _said(table)
    for column in map(str, table.frame.columns):
        values = table.frame[column]
        if column in known or values.isna().all() or pd.api.types.is_bool_dtype(values) or _is_key(column, values):
            continue
        if pd.api.types.is_numeric_dtype(values) or _numbers_as_text(values):
            _refuse(
                table,
                f"column {column!r} holds numbers, and the table does not say what they are; name it in counts=(...), or in "
                f"derived={{{column!r}: (...)}} with the counts that it is computed from",
            )


def _said(table: Table) -> set[str]:
    """Columns that are counts or come from counts, straight or by way of others; those that come from nothing there are refused later."""
    gone = {column for column, needs in table.derived.items() if set(needs) - set(map(str, table.frame.columns))}
    known = {*table.counts, *gone}
    for _ in table.derived:
        known |= {column for column, needs in table.derived.items() if needs and set(needs) <= known}
    return known


def _is_key(column: str, values: pd.Series) -> bool:
    """Whether a column is a year, a month of the year, or a place that counts up, by its name and its values."""
    numbers = pd.to_numeric(values.astype(object), errors="coerce")
    if numbers.isna().any() or not len(numbers) or (numbers % 1 != 0).any():
        return False
    if column in ("year", "financial_year"):
        return bool(numbers.between(*YEARS).all())
    if column in ("calendar_month", "month_of_year"):
        return bool(numbers.between(*CALENDAR).all())
    return column in COUNTING_UP and _one_by_one(numbers.unique())


def _one_by_one(numbers: Iterable[float]) -> bool:
    found = sorted(numbers)
    return found[0] in (0, 1) and found == list(range(int(found[0]), int(found[0]) + len(found)))


def _numbers_as_text(values: pd.Series) -> bool:
    told = [str(each) for each in values.dropna() if str(each).strip()] if not isinstance(values.dtype, pd.PeriodDtype) else []
    numbers = sum(bool(_NUMBER.match(each)) and not re.fullmatch(r"(19|20)\d\d", each) for each in told)
    return numbers > 0 and numbers >= len(told) / 2


def _refuse_countable_rows(table: Table) -> None:
    """A table without counts whose rows repeat can be counted by whoever sees it."""
    if not table.counts and len(table.frame) and bool(table.frame.astype(str).duplicated().any()):
        _refuse(table, "rows that are the same stand there more than once, as where each is a child; count them by group first")
