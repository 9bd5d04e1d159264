"""Registers from their YAML files; whatever is wrong is named with file, line and key, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from cfanalysis.foundation.errors import ParameterError, at
from cfanalysis.foundation.table import ALL
from cfanalysis.foundation.yaml import REFUSED, Lines, StrictModel, fill, load_yaml
from cfanalysis.registers.entries import Action, Comment, DatedEvent, Projection

Entry = TypeVar("Entry", bound=StrictModel)
Known = Collection[str] | Mapping[str, Collection[str]] | None
"""The indicators there are, or for each the dimensions it is broken down by."""


@dataclass(frozen=True)
class Registers:
    """What is written down for one authority; a register that it does not keep is empty."""

    projections: tuple[Projection, ...] = ()
    events: tuple[DatedEvent, ...] = ()
    actions: tuple[Action, ...] = ()
    commentary: tuple[Comment, ...] = ()


def read_projections(path: Path | str, *, known: Known = None) -> tuple[Projection, ...]:
    """The projections in a file, in its order. ``known`` are the indicators there are; without it their names are not checked.

    With the dimensions that each is broken down by (a mapping) breakdowns are checked too.

    Raises ParameterError naming file and line of everything that is wrong.
    """
    return _read(Path(path), Projection, known)


def read_events(path: Path | str, *, known: Known = None) -> tuple[DatedEvent, ...]:
    """The dated events in a file, as read_projections."""
    return _read(Path(path), DatedEvent, known)


def read_actions(path: Path | str, *, known: Known = None) -> tuple[Action, ...]:
    """The actions in a file, as read_projections; they name no indicator."""
    return _read(Path(path), Action, known)


def read_commentary(path: Path | str, *, known: Known = None) -> tuple[Comment, ...]:
    """The commentary in a file, as read_projections."""
    return _read(Path(path), Comment, known)


MODELS: Mapping[str, type[StrictModel]] = {
    "projections": Projection,
    "events": DatedEvent,
    "actions": Action,
    "commentary": Comment,
}
"""Each register and what one of its entries is."""

_READERS: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "projections": read_projections,
    "events": read_events,
    "actions": read_actions,
    "commentary": read_commentary,
}


def read_registers(paths: Mapping[str, Path | str | None], *, known: Known = None) -> Registers:
    """The registers of one authority from ``{"projections": path, "events": path, "actions": path, "commentary": path}``.

    A register that is absent or None is empty; a file that is named but not there is an error.

    >>> read_registers({"projections": None})
    Registers(projections=(), events=(), actions=(), commentary=())
    """
    strange = sorted(set(paths) - set(_READERS))
    if strange:
        raise ParameterError(f"there is no register {', '.join(strange)}; want {', '.join(_READERS)}")
    return Registers(**{kind: _READERS[kind](path, known=known) for kind, path in paths.items() if path is not None})


def _read(path: Path, model: type[Entry], known: Known) -> tuple[Entry, ...]:
    wrong: list[str] = []
    data, lines = load_yaml(path, wrong)
    if data is None:  # nothing but comments, as a new template is
        return ()
    if not isinstance(data, list):
        raise ParameterError(at("want a list: every entry starts with a hyphen", file=path.name, line=1))
    entries, unfit = _fill_all(data, model, path.name, lines)
    wrong += unfit
    wrong += _unknown_indicators(entries, known, path.name, lines)
    wrong += _repeated(entries, path.name, lines)
    if wrong:
        told = list(dict.fromkeys(line for message in wrong for line in message.splitlines() if REFUSED not in line))
        raise ParameterError("\n".join(sorted(told, key=_line_of)))
    return tuple(entry for _, entry in entries)


def _line_of(message: str) -> int:
    found = re.search(r", line (\d+): ", message)
    return int(found[1]) if found else 0


def _fill_all(data: list[Any], model: type[Entry], file: str, lines: Lines) -> tuple[list[tuple[int, Entry]], list[str]]:
    entries, wrong = [], []
    for number, item in enumerate(data):
        try:
            entries.append((number, fill(model, item, file=file, lines=lines, where=(number,))))
        except ParameterError as caught:
            wrong.append(str(caught))
    return entries, wrong


def _named(entry: Any) -> Iterable[tuple[str, str]]:
    """The indicators an entry names, each with the key that names it."""
    if isinstance(entry, DatedEvent):
        return [("indicators", name) for name in entry.indicators] if entry.indicators != "all" else []
    return [("indicator", entry.indicator)] if getattr(entry, "indicator", None) is not None else []


def _unknown_indicators(entries: list[tuple[int, Entry]], known: Known, file: str, lines: Lines) -> list[str]:
    if known is None:
        return []
    wrong = [
        at(f"[{number + 1}].{key}: there is no indicator {name!r}{_near(name, known)}", file=file, line=lines.get((number, key)))
        for number, entry in entries
        for key, name in _named(entry)
        if name not in known
    ]
    return wrong + (_unknown_dimensions(entries, known, file, lines) if isinstance(known, Mapping) else [])


def _unknown_dimensions(entries: list[tuple[int, Entry]], known: Mapping[str, Collection[str]], file: str, lines: Lines) -> list[str]:
    """Breakdowns that the indicator does not have."""
    wrong = []
    for number, entry in entries:
        name, breakdown = str(getattr(entry, "indicator", None)), str(getattr(entry, "breakdown", ALL))
        dimension, parted, _ = breakdown.partition(": ")
        if breakdown == ALL or name not in known or (parted and dimension in known[name]):
            continue
        wanted = " or ".join(f"{each!r} with a category, such as '{each}: ...'" for each in known[name]) or "none: it is not broken down"
        said = f"[{number + 1}].breakdown: found {breakdown!r}, want {wanted}"
        wrong.append(at(said, file=file, line=lines.get((number, "breakdown"))))
    return wrong


def _near(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), n=3)
    return f"; did you mean {' or '.join(near)}?" if near else "; want a name of docs/indicators.md"


def _repeated(entries: list[tuple[int, Entry]], file: str, lines: Lines) -> list[str]:
    seen: dict[str, int] = {}
    wrong = []
    for number, entry in entries:
        name = getattr(entry, "id", None)
        if name is None:
            continue
        if name in seen:
            line = lines.get((number, "id"))
            wrong.append(at(f"[{number + 1}].id: {name!r} is used by an entry above (line {seen[name]}) too", file=file, line=line))
        seen.setdefault(name, lines.get((number, "id"), 0))
    return wrong
