"""Cells to values: dates, numbers and text as people really type them. Each function reads a whole column.

Every distinct cell is read once, so that a column of 200,000 cells costs what its few thousand distinct values cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

EXCEL_DAY_ZERO = date(1899, 12, 30)
"""Excel counts days from here (its own leap-year fault of 1900 included)."""

EXCEL_SERIALS = (1, 80_000)
"""What a number in a date column may be: 1900 to 2119."""

YEARS_FIRST = (19_000_101, 21_000_101)
"""A number like 20240205 is a date written without its hyphens, not a day number."""

PLACEHOLDERS = frozenset(
    ["", "-", "--", "n/a", "na", "#n/a", "null", "none", "nan", "nat", "not known", "unknown", "tbc", "not applicable", ".", "blank"]
)
"""Ways of leaving a cell blank. All but the empty cell are counted as changed."""

EXCEL_ERRORS = frozenset(
    ["#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#n/a", "#spill!", "#calc!", "#getting_data", "#field!", "#blocked!"]
)
"""What Excel shows where a formula failed: something that was meant to be there, and not a blank. ``#N/A`` is written for "none" too."""

CALENDAR_1904_DAYS = 1462
"""How far the days of a workbook of the 1904 date system lie before Excel's own count."""

MONTH_FIRST_SEEN = 3
MONTH_FIRST_SHARE = 0.2
"""How many dates, and which share of them, must be impossible day first before a column is taken for American."""

TWO_ORDERS_SHARE = 0.05
"""And which share of them, beside dates that are day first, before a column is taken to hold both orders."""

PLACEHOLDER_DATES = frozenset([date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(9999, 12, 31), date(1753, 1, 1)])
"""Dates that systems write for no date."""

_DAY_FIRST = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})$")
_NAMED = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[ \-/]([A-Za-z]{3,9})\.?,?[ \-/](\d{4}|\d{2})$")
_NAME_FIRST = re.compile(r"^([A-Za-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})$")
_UTC = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:Z|[+-]00:?00)$")
_DIGITS = re.compile(r"^[0-9]{1,9}(\.[0-9]*)?$")
_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$")
_MONTHS = {name: i + 1 for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])}


@dataclass(frozen=True)
class Column:
    """A column read: its values, which cells could not be read (`bad`) and which were taken for blank although something stands
    there (`blanked`)."""

    data: pd.Series
    bad: np.ndarray
    blanked: np.ndarray
    short_year: np.ndarray


def distinct(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Codes and distinct values of a column of mixed cells."""
    codes, values = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    return codes, values


def _spread(cells: pd.Series, read: Callable[[Any], Any]) -> tuple[np.ndarray, list[Any]]:
    codes, values = distinct(cells)
    return codes, [read(value) for value in values]


DAYS_KEPT = 1 << 15
"""So many texts are not read again: the columns of an authority's lists hold the same days over and over."""

_BAD = object()
_BLANKED = object()


def read_dates(cells: pd.Series) -> Column:
    """Dates from real dates, Excel serials, dd/mm/yyyy, ISO and `31 March 2024`, with or without a time of day.

    >>> read_dates(pd.Series(["31/03/2024", "2024-03-31", 45382, "31/02/2024", ""], dtype=object)).data.dt.strftime("%d %b %Y").tolist()
    ['31 Mar 2024', '31 Mar 2024', '31 Mar 2024', nan, nan]
    """
    codes, read = _spread(cells, read_date)
    days = np.array([value if isinstance(value, date) else None for value in read], dtype="datetime64[D]")
    values = pd.Series(days.astype("datetime64[us]")[codes] if len(read) else np.array([], dtype="datetime64[us]"), index=cells.index)
    short = np.array([isinstance(value, _ShortYear) for value in read], dtype=bool)
    return Column(values, _flag(read, _BAD)[codes], _flag(read, _BLANKED)[codes], short[codes] if len(read) else short)


def _flag(read: list[Any], mark: object) -> np.ndarray:
    return np.array([value is mark for value in read], dtype=bool)


class _ShortYear(date):
    """A date whose year was written with two digits."""


def read_date(cell: Any) -> Any:
    """One cell as a date; None where it is empty, a mark where it is a placeholder or cannot be read."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, datetime):
        return _placeholder(cell.date())
    if isinstance(cell, date):
        return _placeholder(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        return _BAD
    return _date_from_text(cell) if isinstance(cell, str) else _from_serial(cell)


def _placeholder(day: date) -> Any:
    return _BLANKED if day in PLACEHOLDER_DATES else day


def _from_serial(number: float) -> Any:
    if number == 0:
        return _BLANKED
    if YEARS_FIRST[0] <= number < YEARS_FIRST[1] and number == int(number):
        text = str(int(number))
        return _day(text[:4], text[4:6], text[6:])
    low, high = EXCEL_SERIALS
    return _placeholder(EXCEL_DAY_ZERO + timedelta(days=int(number))) if low <= number < high else _BAD


@lru_cache(maxsize=DAYS_KEPT)
def _date_from_text(cell: str) -> Any:
    if found := _UTC.match(cell.strip().strip("'\"")):
        return _london_day(found[1], found[2])
    text = _TIME.sub("", cell.strip().strip("'\""))
    if text.lower() in PLACEHOLDERS or text in ("00/01/1900", "00/00/0000", "0"):
        return None if not cell.strip() else _BLANKED
    if _DIGITS.match(text):
        return _from_serial(float(text))
    if found := _DAY_FIRST.match(text):
        return _day(found[3], found[2], found[1])
    if found := _YEAR_FIRST.match(text):
        return _day(found[1], found[2], found[3])
    if found := _NAMED.match(text):
        month = _MONTHS.get(found[2][:3].lower())
        return _day(found[3], str(month), found[1]) if month else _BAD
    if found := _NAME_FIRST.match(text):
        month = _MONTHS.get(found[1][:3].lower())
        return _day(found[3], str(month), found[2]) if month else _BAD
    return _BAD


def _london_day(day: str, time: str) -> Any:
    """The day in England of a time written in UTC: 31 May at 23:00 is midnight of 1 June, for clocks are an hour ahead in summer."""
    try:
        moment = datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        return _BAD
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return _placeholder((moment + timedelta(hours=int(summer))).date())


def _last_sunday(year: int, month: int) -> datetime:
    """One in the morning of the last Sunday of a month of 31 days, when clocks change."""
    end = datetime(year, month, 31, 1)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def _day(year: str, month: str, day: str) -> Any:
    full = int(year) if len(year) == 4 else _century(int(year))
    kind = date if len(year) == 4 else _ShortYear
    try:
        return _placeholder(kind(full, int(month), int(day)))
    except ValueError:
        return _BAD


def _century(year: int) -> int:
    # Children's records reach back 25 years and forward only to expected births: 00 to next year is 20xx, the rest 19xx.
    return 2000 + year if 2000 + year <= date.today().year + 1 else 1900 + year


@lru_cache(maxsize=DAYS_KEPT)
def _first_two(text: str) -> tuple[int, int] | None:
    """The two numbers before the year, where a text is a date of numbers that ends in one."""
    found = _DAY_FIRST.match(_TIME.sub("", text.strip()))
    return (int(found[1]), int(found[2])) if found else None


def month_first(cells: pd.Series) -> bool:
    """Whether a column of text dates is written month first (American): several can be nothing else, and none must be day first."""
    _, values = distinct(cells)
    pairs = [pair for value in values if isinstance(value, str) and (pair := _first_two(value))]
    only = sum(second > 12 >= first for first, second in pairs)
    # Three days in five are after the 12th: a few typing errors in a day-first column never come to a fifth.
    return only >= MONTH_FIRST_SEEN and only >= MONTH_FIRST_SHARE * len(pairs) and not any(first > 12 for first, _ in pairs)


def two_orders(cells: pd.Series) -> bool:
    """Whether a column holds dates that can only be day first and others that can only be month first: those between cannot be told.

    A typing error or two in a long column is not a second order.
    """
    _, values = distinct(cells)
    pairs = [pair for value in values if isinstance(value, str) and (pair := _first_two(value))]
    american = sum(second > 12 >= first for first, second in pairs)
    return american >= MONTH_FIRST_SEEN and american >= TWO_ORDERS_SHARE * len(pairs) and any(first > 12 for first, _ in pairs)


def opened_american(cells: pd.Series) -> np.ndarray:
    """Which cells are dates that an American Excel made of dd/mm/yyyy text: it reads those up to the 12th month first and turns them
    into dates, and leaves the rest as text. All False where the column does not bear both marks throughout.
    """
    codes, values = distinct(cells)
    rows = np.bincount(codes, minlength=len(values))
    real = np.array([isinstance(value, date) and _placeholder(_as_day(value)) is not _BLANKED for value in values], dtype=bool)
    texts = [(pair, count) for v, count in zip(values, rows, strict=True) if isinstance(v, str) and (pair := _first_two(v))]
    late_text = sum(count for _, count in texts) >= MONTH_FIRST_SEEN and all(pair[0] > 12 >= pair[1] for pair, _ in texts)
    early_dates = rows[real].sum() >= MONTH_FIRST_SEEN and all(value.day <= 12 for value in values[real])
    return real[codes] if late_text and early_dates else np.zeros(len(cells), dtype=bool)


def turned(cells: pd.Series, where: np.ndarray) -> pd.Series:
    """The column with day and month of some dates exchanged."""
    values = cells.to_numpy(dtype=object).copy()
    for place in np.flatnonzero(where):
        day = _as_day(values[place])
        values[place] = date(day.year, day.day, day.month)
    return pd.Series(values, index=cells.index, dtype=object)


def _as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def read_text(cells: pd.Series) -> Column:
    """Text without spaces at its ends; numbers as Excel shows them (12.0 is 12).

    >>> read_text(pd.Series([" 12 ", 12.0, None, "N/A"], dtype=object)).data.tolist()
    ['12', '12', '', '']
    """
    codes, read = _spread(cells, as_text)
    blanked = np.array([bool(text) and _says_nothing(text) for text in read], dtype=bool)
    clean = pd.Series(["" if _says_nothing(text) else text for text in read], dtype=str)
    none = np.zeros(len(cells), dtype=bool)
    values = clean.take(codes).set_axis(cells.index)
    return Column(values, none, blanked[codes] if len(read) else none, none)


def _says_nothing(text: str) -> bool:
    return text.lower() in PLACEHOLDERS or text.lower() in EXCEL_ERRORS


def is_error(cell: Any) -> bool:
    """Whether a cell holds one of Excel's errors.

    >>> is_error("#REF!"), is_error("#N/A"), is_error("#1")
    (True, True, False)
    """
    return isinstance(cell, str) and cell[:1] == "#" and cell.strip().lower() in EXCEL_ERRORS


_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
"""Characters that nobody sees and that make two texts differ: zero-width ones, the byte order mark, the soft hyphen."""


def as_text(cell: Any) -> str:
    """One cell as the text Excel would show."""
    if isinstance(cell, str):
        return " ".join((cell if cell.isascii() else _UNSEEN.sub("", cell)).split())
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def read_numbers(cells: pd.Series) -> Column:
    """Whole or decimal numbers; thousands separators and a percent sign are taken off, anything else cannot be read.

    >>> read_numbers(pd.Series(["1,234", "5%", 6, "many", ""], dtype=object)).data.tolist()
    [1234.0, 5.0, 6.0, nan, nan]
    """
    codes, read = _spread(cells, _number)
    numbers = np.array([value if isinstance(value, float) else np.nan for value in read], dtype=float)
    none = np.zeros(len(cells), dtype=bool)
    if not len(read):
        return Column(pd.Series(numbers, index=cells.index), none, none, none)
    return Column(pd.Series(numbers[codes], index=cells.index), _flag(read, _BAD)[codes], _flag(read, _BLANKED)[codes], none)


_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


def _number(cell: Any) -> Any:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return None if np.isnan(cell) else float(cell)
    text = as_text(cell)
    if text.lower() in PLACEHOLDERS:
        return _BLANKED if text else None
    text = text.removesuffix("%").strip()
    plain = text.replace(",", "") if _THOUSANDS.match(text) else text
    try:
        value = float(plain)
    except ValueError:
        return _BAD
    return value if np.isfinite(value) else _BAD


def plain(text: str) -> str:
    """Text for comparing: no case, spaces or punctuation; `&` is `and`.

    >>> plain("LA services – Early Help")
    'laservicesearlyhelp'
    """
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("&", "and"))
