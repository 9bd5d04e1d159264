"""Each notebook in a child of its own, forked from this process, which has imported everything.

The child ends with its notebook, its parent, or a cell that takes too long; whatever happens in
it, the parent goes on. This process must never have drawn a chart: what draws them (vl-convert)
has threads, and they do not survive a fork. The page draws them, elsewhere.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from cfanalysis.batch.engines.failures import CELL_TIMEOUT, what_died, what_failed, what_hung
from cfanalysis.batch.orphans import end_with_parent
from cfanalysis.foundation.errors import RunError
from cfanalysis.foundation.refused import why_refused

Asked = tuple[Path, Mapping[str, Any], Path, Path]


def inprocess(notebook: Path, values: Mapping[str, Any], folder: Path, output: Path) -> None:
    """Run a notebook in a child of this process; the executed notebook is written to ``output``."""
    reader, writer = Pipe(duplex=False)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        reader.close()
        _run_and_end((notebook, values, folder, output), writer, parent)
    with suppress(OSError):  # the child does the same: whoever is first
        os.setpgid(child, child)
    writer.close()
    with reader:
        try:
            error = _follow(reader, child)
        finally:
            _end(child)
    if error:
        raise RunError(error)


def _run_and_end(asked: Asked, writer: Connection, parent: int) -> NoReturn:
    """The whole life of the child."""
    code = 1
    try:
        end_with_parent(parent)
        with suppress(OSError):  # Ctrl-C is for the command; what a cell starts ends with the child
            os.setpgid(0, 0)
        _be_silent()
        writer.send(("end", _run(asked, writer)))
        code = 0
    finally:
        os._exit(code)


def _run(asked: Asked, writer: Connection) -> str:
    """What went wrong, in an analyst's words; blank where nothing did."""
    from papermill.exceptions import PapermillException

    from cfanalysis.batch.engines.inprocess import execute
    from cfanalysis.figures.render import leave_drawings

    leave_drawings()
    gc.freeze()  # what the parent had is not looked through again, and so stays shared
    try:
        execute(*asked, started=lambda cell: writer.send(("cell", cell)))
    except PapermillException as caught:
        return what_failed(caught)
    except OSError as caught:
        return why_refused(caught)
    except Exception as caught:
        return f"the notebook could not be run ({type(caught).__name__})"
    return ""


def _be_silent() -> None:
    """No word of a library on the analyst's screen, and nothing to read from."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _follow(reader: Connection, child: int) -> str:
    """Wait for the child's last word: blank, or what went wrong."""
    cell = 0
    while reader.poll(CELL_TIMEOUT):
        try:
            kind, told = reader.recv()
        except EOFError:
            return what_died(cell, _wait(child))
        if kind == "end":
            return str(told)
        cell = told
    return what_hung(cell, CELL_TIMEOUT)


def _wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _end(child: int) -> None:
    """The child and whatever its cells have started are gone after this."""
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):  # it has been waited for
        _wait(child)
