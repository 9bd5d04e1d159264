"""IPython without a kernel: runs cells in this process and keeps what they show."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from cfanalysis.batch.engines.outputs import CellOutputs

QUIET = Config({"HistoryManager": {"enabled": False}})
"""No file of what was run is kept."""


class _Publisher(DisplayPublisher):
    """What ``display()`` shows."""

    def publish(  # type: ignore[no-untyped-def]
        self, data, metadata=None, source=None, *, transient=None, update=False, **more
    ) -> None:
        outputs, name = self.shell.outputs, (transient or {}).get("display_id")
        if update:
            outputs.change(name, data, metadata or {})
        else:
            outputs.add("display_data", {"data": data, "metadata": metadata or {}}, display=name)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class _Hook(DisplayHook):
    """What the last line of a cell shows."""

    def write_output_prompt(self) -> None:
        """There is no prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        shell: Any = self.shell
        content = {"data": format_dict, "metadata": md_dict or {}}
        shell.outputs.add("execute_result", content | {"execution_count": self.prompt_count})


class CapturingShell(InteractiveShell):
    """An IPython shell whose outputs are kept in ``outputs``."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.outputs = CellOutputs()
        super().__init__(config=QUIET, **options)  # type: ignore[no-untyped-call]

    def run(self, source: str) -> bool:
        """Run a cell, its outputs in ``outputs.cell``. False where it stopped with an error."""
        self.outputs.begin()
        with _streams_kept(self.outputs):
            result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return bool(result.success) and all(output.output_type != "error" for output in self.outputs.cell)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.add("error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb})

    def enable_gui(self, gui: Any = None) -> None:
        """There are no windows."""


class _Stream(io.TextIOBase):
    """Standard output or error of a cell."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: CellOutputs) -> None:
        self.name, self._outputs = name, outputs

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._outputs.write(self.name, str(text))
        return len(text)


@contextmanager
def _streams_kept(outputs: CellOutputs) -> Iterator[None]:
    before = sys.stdout, sys.stderr, builtins.input
    sys.stdout, sys.stderr = _Stream("stdout", outputs), _Stream("stderr", outputs)
    builtins.input = _no_input
    try:
        yield
    finally:
        sys.stdout, sys.stderr, builtins.input = before


def _no_input(prompt: object = "") -> str:
    """As a kernel says it that has nobody to ask."""
    why = "raw_input was called, but this frontend does not support input requests."
    raise StdinNotImplementedError(why)
