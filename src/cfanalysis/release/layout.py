"""How a release file is laid out: the names of its parts, what describes them, and the hashes that find accidents.

A release file is a Frictionless data package (version 1, tabular) in a zip: ``datapackage.json``, ``README.txt`` and one CSV per table.
The hashes find files that were cut or saved again by a spreadsheet. They are no seal: who edits on purpose can write them anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cfanalysis.foundation.contracts import COLUMNS, KEYS, About

FORMAT = 1
"""The form of the file, as a number: one that is newer is refused, not guessed at."""

PACKAGE, README, OWN = "datapackage.json", "README.txt", "cfanalysis"

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection); such text stands behind an apostrophe in the file."""

LARGEST_FILE, LARGEST_PART, LARGEST_TEXT = 64_000_000, 128_000_000, 2_000_000
"""Bytes: of the zip, of a table and of another part when unzipped. The largest real one is a twentieth of it."""

TITLES: Mapping[str, str] = {
    "figures": "Counts and percentages, each under its address",
    "averages": "Averages and medians, with the number of cases they rest on",
    "largest_days": "The busiest day of a month",
    "indicators": "What is known of each indicator",
    "grains": "Whether a series is given by month, quarter or year",
    "settling": "How far newest figures still rise, by age in months",
    "revisions": "What has changed since the edition before",
    "quality": "What was read, and what was found wrong with it",
    "yearly": "Published yearly figures of every authority (Department for Education)",
    "population": "Children under 18, by year (Office for National Statistics)",
    "neighbours": "Authorities to compare with",
    "peers": "How other authorities moved, by month",
    "targets": "Targets",
    "registers": "What was said, done and planned, as written",
}


def part_name(table: str) -> str:
    """The name of a table's file.

    >>> part_name("figures")
    'figures.csv'
    """
    return f"{table}.csv"


PARTS = (PACKAGE, README, *(part_name(name) for name in COLUMNS))
"""Everything in a release file, in its order; nothing else may be there."""


def describe_table(name: str) -> dict[str, Any]:
    """What a Frictionless reader needs to know of a table, but its size and hash."""
    return {
        "name": name,
        "path": part_name(name),
        "title": TITLES[name],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": column, "type": kind} for column, kind in COLUMNS[name].items()],
            "missingValues": [""],
            "primaryKey": list(KEYS[name]),
        },
    }


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def about_as_data(about: About) -> dict[str, Any]:
    """What a release says of itself, as JSON gives it back."""
    return about.model_dump(mode="json")


def hash_of_contents(package: Mapping[str, Any]) -> str:
    """One hash over everything a release file holds: its ``datapackage.json``, which has the hash of every other part."""
    own = {name: value for name, value in package[OWN].items() if name != "sha256_of_contents"}
    written = json.dumps({**package, OWN: own}, sort_keys=True, ensure_ascii=False)
    return hash_of(written.encode("utf-8", "surrogatepass"))


def describe_package(about: About, parts: Mapping[str, bytes]) -> dict[str, Any]:
    """``datapackage.json`` as data. parts: the bytes of every other part, by its name."""
    hashes = {name: hash_of(data) for name, data in parts.items()}
    tables = [
        {**describe_table(name), "bytes": len(parts[part_name(name)]), "hash": f"sha256:{hashes[part_name(name)]}"} for name in COLUMNS
    ]
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"{about.slug}_{about.as_at}_{about.policy.name}_{about.edition}",
        "title": f"{about.authority}: children's services figures to {about.as_at}, {about.policy.title}",
        "resources": tables,
        OWN: {"format": FORMAT, "about": about_as_data(about), "sha256": hashes},
    }
    package[OWN]["sha256_of_contents"] = hash_of_contents(package)
    return package
