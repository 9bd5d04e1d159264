"""Pages: from an executed notebook to one HTML file that is safe to share, and the checks of a finished one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfanalysis.page.check import check_page
    from cfanalysis.page.exporter import PageExporter, export
    from cfanalysis.page.index import write_index
    from cfanalysis.page.workbook_file import write_workbook

_HOME = {
    "PageExporter": "exporter",
    "check_page": "check",
    "export": "exporter",
    "write_index": "index",
    "write_workbook": "workbook_file",
}

__all__ = ["PageExporter", "check_page", "export", "write_index", "write_workbook"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cfanalysis.page' has no attribute {name!r}")
    return getattr(import_module(f"cfanalysis.page.{_HOME[name]}"), name)
