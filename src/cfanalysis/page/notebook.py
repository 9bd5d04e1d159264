"""From an executed notebook to the pieces of a page: words, code where it is wanted, and the project's own outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from cfanalysis.figures.output import MIME
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.page.payload import Payload, read_payloads

PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})
"""Cells whose code names files: never shown, not even to analysts."""


@dataclass(frozen=True)
class Words:
    """A markdown cell."""

    markdown: str


@dataclass(frozen=True)
class Code:
    """The code of a cell."""

    source: str


Piece = Words | Code | Payload


def read_notebook(path: Path | nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook, from its file or as it was read before. Raises ReleaseError for a file that is none."""
    if isinstance(path, nbformat.NotebookNode):
        return path
    try:
        return nbformat.read(path, as_version=4)
    except Exception as caught:  # nbformat raises many kinds; none may quote the file
        raise ReleaseError(
            f"{path.name} cannot be read as a notebook ({type(caught).__name__}); want one that was run to its end"
        ) from None


def heading(notebook: nbformat.NotebookNode, otherwise: str) -> str:
    """The first first-level heading of a notebook."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), otherwise)


def pieces_of(notebook: nbformat.NotebookNode, *, show_code: bool = False) -> list[Piece]:
    """Everything a page may hold of an executed notebook, in order.

    Raises ReleaseError naming the first cell that has anything else among its outputs, or that stopped.
    """
    pieces: list[Piece] = []
    for place, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            pieces.append(Words(cell.source))
        elif cell.cell_type == "code":
            pieces += _code_cell(cell, place, show_code)
    return pieces


def _code_cell(cell: Any, place: int, show_code: bool) -> Iterator[Piece]:
    where = f"cell {place} ({_first_line(cell.source)})"
    if show_code and cell.source.strip() and not PARAMETER_TAGS & set(cell.metadata.get("tags", [])):
        yield Code(cell.source)
    for output in cell.outputs:
        yield from _output(output, where)


def _output(output: Any, where: str) -> list[Payload]:
    kind = output.output_type
    if kind == "error":
        raise ReleaseError(f"{where} stopped with {output.get('ename', 'an error')}; run the notebook in JupyterLab to see why")
    if kind == "stream":
        raise ReleaseError(f"{where} printed something; a page holds figures, tables and notes only, so take the print or the warning out")
    data = output.get("data", {})
    if MIME not in data:
        raise ReleaseError(
            f"{where} shows {_seen(data)}, which is not one of the project's own outputs; "
            "show what the book gives (book.measure(...).outlook() and the like), or end the line with a semicolon or an assignment"
        )
    return read_payloads(data[MIME], where)


def _seen(data: Any) -> str:
    named = {"text/html": "a bare table or HTML", "image/png": "a picture", "image/svg+xml": "a drawing", "text/plain": "a bare value"}
    return next((words for mime, words in named.items() if mime in data), "something")


def _first_line(source: str) -> str:
    """The first line of a cell's code without what is between quotes: that could be a file name."""
    line = next((line.strip() for line in source.splitlines() if line.strip() and not line.strip().startswith("#")), "empty")
    return re.sub(r"(['\"]).*?\1", r"\1...\1", line)[:60]
