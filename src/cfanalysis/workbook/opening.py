"""Opening an authority's workbook: from a release file, which is all it needs, or from the authority's own files on the desk.

What reads the authority's own files is loaded only where they are read: a notebook that opens a release file never has it at hand.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cfanalysis import indicators
from cfanalysis import params as parameters
from cfanalysis.foundation.errors import ParameterError
from cfanalysis.params import NotebookParams, Params
from cfanalysis.questions.answers import Workbook
from cfanalysis.release.evidence import Evidence
from cfanalysis.release.layout import hash_of
from cfanalysis.release.reading import read_release


def open_workbook(given: parameters.Given, **changes: Any) -> Workbook:
    """Open an authority's workbook.

    ``given``: a release file or a parameters file, by its path, or the values of a notebook's parameters cell (``params_file`` and what
    is to be changed). ``changes`` are policy, as_at, first_month and horizon where they are not to be those of the file.
    Raises ParameterError, SourceError or ReleaseError in an analyst's words.
    """
    cell = parameters.release_cell(given, **changes)
    return _from_release(cell) if cell else _from_own_files(*parameters.of(given, **changes))


def hold_release(path: Path) -> None:
    """Open a release file and work out what several pages ask for, ahead of the processes that will be forked from this one.

    A notebook that opens the same file in one of them finds all this done. Only the last file is held; one that does
    not open is not, and the notebook says why. In a process that runs notebooks itself nothing is ever held: two books
    of one kernel know nothing of each other.
    """
    with suppress(Exception):
        content = hash_of(path.read_bytes())
        if content in _held:
            return
        _held.clear()
        release = read_release(path)
        _held[content] = Workbook(Evidence(release), release.about.horizon)
        _held[content].work_out_shared()


_held: dict[str, Workbook] = {}
"""By the hash of the file."""


def _from_release(cell: NotebookParams) -> Workbook:
    path = parameters.find(cell.params_file)
    held = _held.get(hash_of(path.read_bytes())) if _held else None
    release = held.evidence.release if held else read_release(path)
    policy = release.about.policy.name
    if cell.policy not in (None, policy):
        raise ParameterError(
            f"{path.name}: policy: found {cell.policy!r}, and this file was released under {policy!r}; want that or none. "
            "Under another policy it is opened from its parameters file, where the authority's own files are"
        )
    _refuse_unknown(cell, path.name)
    horizon = cell.horizon or release.about.horizon
    if held and cell.as_at is None and cell.first_month is None:
        return replace(held, horizon=horizon, cell=cell)
    return Workbook(Evidence(release, cell.as_at, cell.first_month), horizon, cell)


def _from_own_files(run: Params, cell: NotebookParams | None) -> Workbook:
    """Reads every source, works out every indicator, keeps this edition in the private store, and decides what may be seen."""
    from cfanalysis.releasing.desk import release_on_desk

    _refuse_unknown(cell, run.file)
    edition = cell is None or (cell.as_at is None and cell.first_month is None)  # a look at other months is no edition
    release, inputs = release_on_desk(run, keep=edition)
    return Workbook(Evidence(release, first_month=run.first_month), run.horizon, cell, inputs)


def _refuse_unknown(cell: NotebookParams | None, file: str) -> None:
    if cell and cell.indicator and cell.indicator not in indicators.catalogue():
        raise ParameterError(f"{file}: indicator: found {cell.indicator!r}, want a name of docs/indicators.md, such as referrals")
