"""Which authorities a command is about: parameters files, and files that list several.

A file that cannot be used costs its own authority only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, field_validator

from cfanalysis.foundation.errors import ParameterError
from cfanalysis.foundation.yaml import StrictModel, fill, load_yaml
from cfanalysis.params import Params, find, read_params

ERRORS = (ParameterError, OSError, ValueError)
"""What comes of a file that cannot be used: those of the machine are of names that no file can have."""


class Unread(NamedTuple):
    """A file that cannot be used, and what is wrong with it: its name stands in the sentence."""

    file: str
    why: str


def read_runs(paths: Iterable[Path | str]) -> tuple[tuple[Params, ...], tuple[Unread, ...]]:
    """The authorities of parameters files, and of batch files that list such files under ``params``.

    A file that cannot be used costs its own authority only: it stands in the second part. A file
    that is given twice counts once.
    """
    runs: dict[str, Params] = {}
    files, unread = _parameters_files(paths)
    for file in files:
        try:
            run = read_params(file)
        except ERRORS as caught:
            unread.append(_unread(file, caught))
            continue
        other = runs.setdefault(run.slug, run)
        if other is not run:
            why = f"found {run.authority.name!r}, which {other.file} is of as well"
            why = f"{file.name}: authority.name: {why}; pages would overwrite each other, give one of the two"
            unread.append(Unread(file.name, why))
    return tuple(runs.values()), tuple(unread)


def _parameters_files(paths: Iterable[Path | str]) -> tuple[list[Path], list[Unread]]:
    """Parameters files, each once, those that batch files list in their place; and batch files that cannot be used."""
    files: dict[str, Path] = {}
    unread = []
    for path in map(Path, paths):
        try:
            for file in _listed_in(find(path)):
                files.setdefault(os.path.realpath(file), file)
        except ERRORS as caught:
            unread.append(_unread(path, caught))
    return list(files.values()), unread


def _unread(path: Path, caught: Exception) -> Unread:
    if isinstance(caught, ParameterError):
        return Unread(path.name, str(caught))
    return Unread(path.name, f"{path.name[:80]}: the path cannot be used; check it")


def _listed_in(path: Path) -> list[Path]:
    """What a batch file lists; any other file is its own list, and whether it can be used is seen when it is read."""
    try:
        data, lines = load_yaml(path)
    except ParameterError:
        return [path]
    if not (isinstance(data, Mapping) and "params" in data):
        return [path]
    return [path.parent / name for name in fill(_Batch, data, file=path.name, lines=lines).params]


class _Batch(StrictModel):
    params: tuple[str, ...] = Field(min_length=1)

    @field_validator("params", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value
