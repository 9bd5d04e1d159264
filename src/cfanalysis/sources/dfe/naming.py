"""An authority is found by its code in DfE's tables, and is called what its own parameters call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cfanalysis.sources.dfe.areas import area_of_name, names_by_code

if TYPE_CHECKING:
    from cfanalysis.sources.dfe.published import Published


def known_name(name: str, code: str) -> str:
    """What DfE's tables call an authority: by its code, else by its name in any spelling; the name itself where neither is known.

    >>> known_name("Bristol City Council", "E06000023"), known_name("BRISTOL, CITY OF", ""), known_name("Testshire", "X99000099")
    ('Bristol, City of', 'Bristol, City of', 'Testshire')
    """
    return names_by_code().get(code.strip().upper()) or area_of_name(name)


def named_as_given(published: Published, name: str, code: str) -> Published:
    """The tables with one area called what the parameters call it, so that one name stands for it on every page."""
    known = known_name(name, code)
    if known == name:
        return published
    names = {known: name}
    frames = {
        field: getattr(published, field).replace(dict.fromkeys(("authority", "area", "neighbour"), names))
        for field in ("series", "yearly", "yearly_editions", "population", "neighbours", "areas")
    }
    return replace(published, **frames)


def known_names(names: Iterable[str], areas: Iterable[str]) -> tuple[str, ...]:
    """Names of areas in any spelling as the tables have them; one that is in the tables stays as it is."""
    present = set(areas)
    return tuple(name if name in present else area_of_name(name) for name in names)
