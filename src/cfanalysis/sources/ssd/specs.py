"""What the Standard Safeguarding Dataset holds, as reference/ssd.yml says: its tables, and the list of events each gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cfanalysis.reference import read_yaml
from cfanalysis.sources.headers import ColumnSpec, ListSpec

BORN = "birth_date"
"""Every list has it, from the table of persons."""

PERSONS = "Persons"
"""The list that gives no event: it says when children were born."""


@dataclass(frozen=True)
class TableSpec:
    """One table of the standard: the prefix of its fields, its key, and the fields that are read of it (none: not used)."""

    name: str
    prefix: str
    key: str = ""
    fields: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Whether any event is made from it."""
        return bool(self.key)


@dataclass(frozen=True)
class SsdSpec(ListSpec):
    """A list of events that one table gives: ``table``; ``beside`` is a table it cannot do without."""

    table: str = ""
    beside: str = ""
    allocated: bool = False

    @property
    def label(self) -> str:
        """How it is named in messages and tables."""
        return self.title

    def own(self, title: str) -> bool:
        """Whether a field is of the list's own table, and not joined from another."""
        return title.startswith(f"{table_specs()[self.table].prefix}_")


@cache
def ssd_specs() -> tuple[SsdSpec, ...]:
    """The lists of reference/ssd.yml."""
    return tuple(_spec(entry) for entry in read_yaml("ssd.yml")["lists"])


def _spec(entry: Mapping[str, Any]) -> SsdSpec:
    columns = {
        key: ColumnSpec(key, about["title"], (), about["kind"], about.get("codes", ""), about.get("needed", ""))
        for key, about in entry["columns"].items()
    }
    columns[BORN] = ColumnSpec(BORN, "pers_dob", (), "date")
    return SsdSpec(
        entry["number"], entry["title"], (), columns, (), tuple(entry["events"]),
        entry["table"], entry.get("with", ""), entry.get("allocated", False),
    )  # fmt: skip


@cache
def table_specs() -> Mapping[str, TableSpec]:
    """The tables of reference/ssd.yml by name, with every field that is read of them."""
    return {name: _table(name, about) for name, about in read_yaml("ssd.yml")["tables"].items()}


def _table(name: str, about: Mapping[str, Any]) -> TableSpec:
    if "key" not in about:
        return TableSpec(name, about["prefix"])
    titles = [column["title"] for entry in read_yaml("ssd.yml")["lists"] for column in entry["columns"].values()]
    own = [title for title in titles if title.startswith(f"{about['prefix']}_")]
    return TableSpec(
        name,
        about["prefix"],
        about["key"],
        tuple(dict.fromkeys([about["key"], *about.get("fields", ()), *own])),
    )


@cache
def needed_fields(table: str) -> Mapping[str, str]:
    """The fields of a table that its lists ask for: ``stop`` (cannot be read without), ``warn`` (something is missing without)."""
    needed: dict[str, str] = {}
    for spec in ssd_specs():
        for column in spec.columns.values():
            if spec.table == table and spec.own(column.title) and column.needed:
                needed[column.title] = "stop" if "stop" in (column.needed, needed.get(column.title)) else column.needed
    return needed


def table_of_fields(fields: list[str]) -> str | None:
    """The table that a header names by the prefix of its fields; None where fewer than two agree, or half of all.

    >>> table_of_fields(["CONT_CONTACT_ID", "cont_person_id", "cont_contact_date"])
    'ssd_contacts'
    """
    counts = {spec.name: sum(field.lower().startswith(f"{spec.prefix}_") for field in fields) for spec in table_specs().values()}
    name = max(counts, key=lambda each: counts[each])
    return name if counts[name] >= 2 and 2 * counts[name] >= len(fields) else None


def table_of_name(stem: str) -> str | None:
    """The table that a file is named after, whatever stands around the name.

    >>> table_of_name("Camden_SSD_CIN_episodes_2024-03-31"), table_of_name("contacts")
    ('ssd_cin_episodes', None)
    """
    found = [name for name in table_specs() if name in stem.lower().replace(" ", "_").replace("-", "_")]
    return max(found, key=len, default=None)
