"""How one notebook is run. ``inprocess``: in a child of a process that has imported everything; ``kernel``: as Jupyter does it.

An engine takes a notebook, the values of its parameters cell, a folder to run in and a file to
write; it raises RunError in an analyst's words. Both are engines of papermill, and both give the
same pages, byte for byte.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cfanalysis.batch.engines.forked import inprocess
from cfanalysis.batch.engines.jupyter import kernel

Engine = Callable[[Path, Mapping[str, Any], Path, Path], None]

INPROCESS, KERNEL = "inprocess", "kernel"
ENGINES: Mapping[str, Engine] = {INPROCESS: inprocess, KERNEL: kernel}


def default_engine() -> str:
    """``inprocess`` where a process can be forked safely, else ``kernel``.

    macOS has ``fork``, but its own libraries (Accelerate, under numpy) may stop in the child.
    """
    return INPROCESS if hasattr(os, "fork") and sys.platform != "darwin" else KERNEL
