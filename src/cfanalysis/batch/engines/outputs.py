"""What the cells of a notebook show, kept as a notebook that a kernel ran would hold it."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import Any

from jupyter_client.jsonutil import json_default
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg


class CellOutputs:
    """The outputs of one cell after the other, and of every display that may be changed later.

    >>> shown = CellOutputs()
    >>> shown.write("stdout", "One, ")
    >>> shown.write("stdout", "two.")
    >>> shown.cell
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'One, two.'}]
    """

    def __init__(self) -> None:
        self.cell: list[NotebookNode] = []
        self._displays: dict[str, list[NotebookNode]] = {}
        self._clear_first = False

    def begin(self) -> None:
        """The next cell."""
        self.cell, self._clear_first = [], False

    def add(self, kind: str, content: dict[str, Any], display: str | None = None) -> None:
        """Keep an output. display: the name of one that may be changed later."""
        made = output_from_msg({"header": {"msg_type": kind}, "content": _as_sent(content)})
        self._clear_if_asked()
        self.cell.append(made)
        if display:
            self._displays.setdefault(display, []).append(made)

    def write(self, stream: str, text: str) -> None:
        """Keep printed words; those of a stream that nothing is shown between are one output."""
        self._clear_if_asked()
        printed = takewhile(lambda output: output.output_type == "stream", reversed(self.cell))
        last = next((output for output in printed if output.name == stream), None)
        if last is not None:
            last.text += text
        elif text:
            self.add("stream", {"name": stream, "text": text})

    def change(self, display: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Show something else in every display of a name, in earlier cells too."""
        for output in self._displays.get(display, []):
            output.update(_as_sent({"data": data, "metadata": metadata}))

    def clear(self, wait: bool) -> None:
        """Take back what the cell has shown, at once or when there is something else to show."""
        self._clear_first = wait
        if not wait:
            self.cell.clear()

    def _clear_if_asked(self) -> None:
        if self._clear_first:
            self.cell.clear()
            self._clear_first = False


def _as_sent(content: dict[str, Any]) -> Any:
    """The content after the wire between a kernel and its client: plain JSON."""
    return json.loads(json.dumps(content, default=json_default))
