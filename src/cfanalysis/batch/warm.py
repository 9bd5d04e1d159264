"""Imports everything that notebooks and pages use, for a process that others are forked from.

Nothing here reaches an authority's own files. Loaded first of all in such a process, so that the
libraries see that each process is to use one thread: several are at work at once already, and
threads do not survive a fork.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages

ONE_THREAD: Mapping[str, str] = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
"""The same in every engine: sums in another order may differ in their last digit."""

LIBRARIES = (
    "pandas", "scipy.optimize", "scipy.stats", "statsmodels.api", "pandera.pandas", "altair",
    "vl_convert", "papermill", "nbconvert.exporters.templateexporter",
    "IPython.core.interactiveshell", "IPython.core.completer", "IPython.core.completerlib",
    "IPython.core.magics", "IPython.core.oinspect", "IPython.core.crashhandler",
)  # fmt: skip
ROOMS = (
    "registers", "indicators", "disclosure.own", "release", "models", "signals", "judging",
    "questions", "words", "figures", "workbook", "page", "batch.engines",
)  # fmt: skip
"""The rooms that the notebooks and pages of a release use, every module of them."""


COLLECT_AFTER = 50_000
"""New objects until the garbage collector looks for circles: a child lives for seconds, and a fifth of them went by looking."""


def warm_up() -> None:
    """Import everything. What is there now is left alone by the garbage collector, and so shared."""
    for name in (*LIBRARIES, *_modules()):
        import_module(name)
    _read_form_of_notebooks()
    _put_a_chart_together()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 100)


def _modules() -> Iterator[str]:
    for room in ROOMS:
        package = import_module(f"cfanalysis.{room}")
        yield from (each.name for each in walk_packages(package.__path__, f"{package.__name__}."))


def _read_form_of_notebooks() -> None:
    """What checks notebooks and their outputs is made from their form once, and kept."""
    from nbformat import validate
    from nbformat.v4 import new_code_cell, new_notebook, output_from_msg

    message = {"header": {"msg_type": "stream"}, "content": {"name": "stdout", "text": "x"}}
    validate(new_notebook(cells=[new_code_cell(outputs=[output_from_msg(message)])]))


def _put_a_chart_together() -> None:
    """Altair reads its schema for the first chart. Nothing is drawn: what draws must not be called before a fork."""
    import altair as alt

    axis = alt.Axis(title=None)
    alt.Chart(alt.Data(values=[])).mark_line().encode(x=alt.X("x:T", axis=axis)).to_dict()
