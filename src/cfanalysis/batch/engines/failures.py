"""Why a notebook did not come to its end, in an analyst's words; the same of every engine."""

from __future__ import annotations

import signal

LOOK = "run the notebook in JupyterLab to see why"

CELL_TIMEOUT = 600
"""Seconds. No cell of ours takes a tenth of it; a cell that hangs must not hold up a batch of 153."""


def what_failed(caught: Exception) -> str:
    """An error of ours keeps its words; of any other only the kind and the cell are told.

    The text of a foreign error may quote the data.
    """
    from cfanalysis.foundation import errors

    name, value, cell = (getattr(caught, key, "") for key in ("ename", "evalue", "cell_index"))
    if hasattr(errors, str(name).rpartition(".")[2]):
        return str(value)
    if name:
        return f"cell {cell} stopped with {name}; {LOOK}"
    return f"the notebook could not be run ({type(caught).__name__})"


def what_hung(cell: int, seconds: float) -> str:
    """A cell that did not come back.

    >>> what_hung(3, 600)
    'cell 3 took longer than 600 seconds and was stopped; run the notebook in JupyterLab to see why'
    """
    return f"cell {cell} took longer than {seconds:g} seconds and was stopped; {LOOK}"


def what_died(cell: int, code: int) -> str:
    """A process that ended in the middle of a cell. code: its exit code, minus the signal's number.

    >>> what_died(3, -9)
    'cell 3: its process was killed (SIGKILL), perhaps for want of memory; close other programs and run it again'
    """
    if code == -signal.SIGKILL:
        why = "killed (SIGKILL), perhaps for want of memory; close other programs and run it again"
        return f"cell {cell}: its process was {why}"
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"cell {cell}: its process stopped ({how}); {LOOK}"
