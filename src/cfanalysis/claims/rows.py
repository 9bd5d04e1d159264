"""Reading the cells of a released row: what is not there, or not shown, is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Row = Mapping[Any, Any]

NAN = float("nan")


def number_in(row: Row, name: str) -> float:
    """A figure of a row; missing where it is not there or hidden."""
    value = row.get(name)
    return NAN if value is None or pd.isna(value) else float(value)


def text_in(row: Row, name: str) -> str:
    """A text of a row; blank where it is not there."""
    value = row.get(name)
    return "" if value is None or pd.isna(value) else str(value)
