"""Small facts that ship with the package, each file with its source in docs/data-log.md."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

PUBLISHED = "Department for Education, published tables"
SYNTHETIC_TABLES = "synthetic tables in the form of the Department for Education's; no real area is in them"
"""Where figures come from, as pages say it."""


def text(name: str) -> str:
    """The text of one reference file, for example ``bank_holidays.csv``."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def bank_holidays() -> np.ndarray:
    """England's bank holidays from 1990 to 2050 as ``datetime64[D]``, extra days (jubilees, a funeral, a coronation) included.

    Source: gov.uk/bank-holidays; a test compares the file with the ``holidays`` library.
    """
    return np.array([row["date"] for row in csv.DictReader(text("bank_holidays.csv").splitlines())], dtype="datetime64[D]")


@cache
def read_yaml(name: str) -> Any:
    """One of the YAML reference files, read once."""
    import yaml

    return yaml.safe_load(text(name))


@cache
def authorities() -> tuple[dict[str, str], ...]:
    """Every authority with children's services since 2013.

    ``code`` (ONS), ``old_code`` (DfE), ``name``, ``region``; ``first_year`` and ``last_year`` (financial years, blank where
    it stands outside 2013 to 2025); ``same_area_as`` (the code that carries the same area on, so that one history can be
    joined) and ``became`` (successors, boundaries changed or not).
    """
    return tuple(csv.DictReader(text("authorities.csv").splitlines()))
