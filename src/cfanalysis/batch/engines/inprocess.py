"""An engine of papermill that runs a notebook in the process that calls it: no kernel, no sockets.

It is called in a process that was made for one notebook (``forked``): what a notebook leaves behind
(its folder, its environment, what it changed in a library) goes with it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import papermill
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from cfanalysis.batch.engines.shell import CapturingShell

NAME = "inprocess"
SKIP = "skip-execution"
GO_ON = "raises-exception"

Started = Callable[[int], None]


class InProcessEngine(Engine):  # type: ignore[misc]  # papermill is not read by mypy
    """Runs the code cells in order, to the first that stops."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        started: Started = lambda cell: None,
        **options: Any,
    ) -> None:
        """Called by papermill. started: told the place of every cell before it is run."""
        shell = CapturingShell.instance()
        for place, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, place)
            started(place)
            try:
                if _is_run(cell) and not _run(shell, cell):
                    nb_man.cell_exception(cell, cell_index=place)
                    break
            finally:
                nb_man.cell_complete(cell, cell_index=place)


papermill_engines.register(NAME, InProcessEngine)


def _is_run(cell: Any) -> bool:
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and SKIP not in tags


def _run(shell: CapturingShell, cell: Any) -> bool:
    """Run one cell; False where the notebook ends with it."""
    cell.execution_count = shell.execution_count
    went_well = shell.run(cell.source)
    cell.outputs = shell.outputs.cell
    return went_well or GO_ON in cell.metadata.get("tags", [])


def execute(notebook: Path, values: Mapping[str, Any], folder: Path, output: Path, started: Started) -> None:
    """Run a notebook in this process. Raises what papermill raises.

    As a kernel would have it: modules are looked for in ``folder`` first, warnings are not shown.
    """
    warnings.simplefilter("ignore")
    sys.path.insert(0, "")
    os.environ["IPYTHONDIR"] = str(output.parent)
    papermill.execute_notebook(
        str(notebook), str(output), parameters=dict(values), cwd=str(folder), engine_name=NAME,
        kernel_name="python3", language="python", progress_bar=False, log_output=False,
        request_save_on_cell_execute=False, started=started,
    )  # fmt: skip
