"""Small notebooks run in a worker of their own, as a batch runs them: this process may have drawn charts and must not be forked."""

from __future__ import annotations

from pathlib import Path

import nbformat

from cfanalysis.batch.engines import ENGINES, forked, jupyter
from cfanalysis.foundation.errors import RunError

PARAMETERS = 'params_file = "x"\npolicy = "internal"'


def write_notebook(path: Path, *cells: str, tags: dict[int, list[str]] | None = None) -> Path:
    """A notebook with a parameters cell and these cells. tags: by their number, 1 for the first."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source) for source in (PARAMETERS, *cells)]
    for place, each in {0: ["parameters"], **(tags or {})}.items():
        made.cells[place].metadata["tags"] = each
    nbformat.write(made, path)
    return path


def run(asked: tuple[str, Path, int]) -> str:
    """Run a notebook; the executed one is written beside it. Gives what went wrong. timeout: seconds."""
    engine, notebook, timeout = asked
    forked.CELL_TIMEOUT = jupyter.CELL_TIMEOUT = timeout
    values = {"params_file": "x.zip", "policy": "dfe"}
    try:
        ENGINES[engine](notebook, values, notebook.parent, executed(notebook, engine))
    except RunError as caught:
        return str(caught)
    return ""


def executed(notebook: Path, engine: str) -> Path:
    """Where the executed notebook is written."""
    return notebook.with_name(f"{notebook.stem}-{engine}.ipynb")


def outputs(notebook: Path, engine: str = "inprocess") -> list[list[nbformat.NotebookNode]]:
    """The outputs of the cells after the parameters and what papermill put in after them."""
    return [cell.outputs for cell in nbformat.read(executed(notebook, engine), as_version=4).cells[2:]]
