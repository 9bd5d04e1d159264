"""Stock papermill with the standard kernel: it works on every platform."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cfanalysis.batch.engines.failures import CELL_TIMEOUT, what_failed, what_hung
from cfanalysis.batch.warm import ONE_THREAD
from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.scratch import scratch

KERNEL_CONFIGURATION = """\
import os
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
c = get_config()
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = 50
"""
"""No history, and a quiet kernel: what goes wrong in a cell is told by papermill, and what a kernel says of itself while it
closes (now and then a traceback, when its sockets are gone before it) would frighten an analyst for nothing."""


def kernel(notebook: Path, values: Mapping[str, Any], folder: Path, output: Path) -> None:
    """Run a notebook with the standard kernel; the executed notebook is written to ``output``."""
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillException

    with _no_history():
        try:
            papermill.execute_notebook(
                str(notebook), str(output), parameters=dict(values), cwd=str(folder),
                kernel_name="python3", language="python", progress_bar=False, log_output=False,
                execution_timeout=CELL_TIMEOUT,
            )  # fmt: skip
        except PapermillException as caught:
            raise RunError(what_failed(caught)) from None
        except CellTimeoutError:
            raise RunError(what_hung(_last_started(output), CELL_TIMEOUT)) from None


def _last_started(executed: Path) -> int:
    """The place of the cell that was running; papermill writes the notebook before every cell."""
    import nbformat

    cells = nbformat.read(executed, as_version=4).cells
    begun = [place for place, cell in enumerate(cells) if cell.metadata["papermill"]["start_time"]]
    return begun[-1] if begun else 0


@contextmanager
def _no_history() -> Iterator[None]:
    """Kernels started inside keep no history of what they ran and say nothing of their own: IPython's folder is a temporary one."""
    # A library's warning must not cost a page.
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYTHONWARNINGS": "ignore", **ONE_THREAD}
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
