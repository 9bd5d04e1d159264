"""Imports everything that notebooks and pages use, for a process that others are forked from.

Nothing here reaches an authority's own files. Loaded first of all in such a process, so that the
libraries see that each process is to use one thread: several are at work at once already, and
threads do not survive a fork.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from importlib import import_module

ONE_THREAD: Mapping[str, str] = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
"""The same in every engine: sums in another order may differ in their last digit."""

EVERYTHING = (
    "pandas", "scipy.optimize", "scipy.stats", "statsmodels.api", "altair", "vl_convert",
    "IPython.core.interactiveshell", "papermill", "nbconvert.exporters.templateexporter",
    "cfanalysis.book", "cfanalysis.models", "cfanalysis.signals", "cfanalysis.registers",
    "cfanalysis.page.exporter", "cfanalysis.page.check", "cfanalysis.page.workbook_file",
    "cfanalysis.batch.engines.inprocess",
)  # fmt: skip


def warm_up() -> None:
    """Import everything. What is there now is left alone by the garbage collector, and so shared."""
    for name in EVERYTHING:
        import_module(name)
    gc.collect()
    gc.freeze()


def use_one_thread() -> None:
    """To be called before numpy is loaded."""
    os.environ.update(ONE_THREAD)
