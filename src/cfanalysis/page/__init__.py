"""Pages: from an executed notebook to one HTML file that is safe to share, and the checks of a finished one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfanalysis.page.check import check_page
    from cfanalysis.page.exporter import export
    from cfanalysis.page.index import write_index

_HOME = {"export": "exporter", "write_index": "index", "check_page": "check"}

__all__ = ["check_page", "export", "write_index"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cfanalysis.page' has no attribute {name!r}")
    return getattr(import_module(f"cfanalysis.page.{_HOME[name]}"), name)
