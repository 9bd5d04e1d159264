"""How one notebook is run. ``kernel`` is stock papermill with the standard kernel: it works on every platform.

An engine takes a notebook, the values of its parameters cell, a folder to run in and a file to write;
it raises RunError in an analyst's words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cfanalysis.errors import RunError
from cfanalysis.scratch import scratch

Engine = Callable[[Path, Mapping[str, Any], Path, Path], None]

KERNEL_CONFIGURATION = """\
import os
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
c = get_config()
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = 50
"""
"""No history, and a quiet kernel: what goes wrong in a cell is told by papermill, and what a kernel says of itself while it
closes (now and then a traceback, when its sockets are gone before it) would frighten an analyst for nothing."""

CELL_TIMEOUT = 600
"""Seconds. No cell of ours takes a tenth of it; a cell that hangs must not hold up a batch of 153."""


def kernel(notebook: Path, values: Mapping[str, Any], folder: Path, output: Path) -> None:
    """Run a notebook with papermill and the standard kernel; the executed notebook is written to ``output``."""
    import papermill
    from papermill.exceptions import PapermillException

    with _no_history():
        try:
            papermill.execute_notebook(
                str(notebook), str(output), parameters=dict(values), cwd=str(folder), kernel_name="python3", language="python",
                progress_bar=False, log_output=False, execution_timeout=CELL_TIMEOUT,
            )  # fmt: skip
        except PapermillException as caught:
            raise RunError(_what_failed(caught)) from None


ENGINES: Mapping[str, Engine] = {"kernel": kernel}


@contextmanager
def _no_history() -> Iterator[None]:
    """Kernels started inside keep no history of what they ran and say nothing of their own: IPython's folder is a temporary one."""
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYTHONWARNINGS": "ignore"}  # a library's warning must not cost a page
    before = {name: os.environ.get(name) for name in ("IPYTHONDIR", *quiet)}
    with scratch() as folder:
        profile = folder / "profile_default"
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIGURATION, encoding="utf-8")
        os.environ.update(IPYTHONDIR=str(folder), **quiet)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def _what_failed(caught: Exception) -> str:
    """An error of ours keeps its words; of any other only the kind and the cell are told, because its text may quote the data."""
    from cfanalysis import errors

    name, value, cell = (getattr(caught, key, "") for key in ("ename", "evalue", "cell_index"))
    if hasattr(errors, str(name).rpartition(".")[2]):
        return str(value)
    if name:
        return f"cell {cell} stopped with {name}; run the notebook in JupyterLab to see why"
    return f"the notebook could not be run ({type(caught).__name__})"
