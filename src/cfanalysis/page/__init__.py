"""Pages: from an executed notebook to one HTML file that is safe to share, and the checks of a finished one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfanalysis.page.about import PageAbout, read_about
    from cfanalysis.page.check import check_page
    from cfanalysis.page.exporter import PageExporter, export
    from cfanalysis.page.index import index_page, write_index
    from cfanalysis.page.released_data import audit_pages
    from cfanalysis.page.workbook_file import write_workbook, written_tables

_HOME = {
    "PageAbout": "about",
    "PageExporter": "exporter",
    "audit_pages": "released_data",
    "check_page": "check",
    "export": "exporter",
    "index_page": "index",
    "read_about": "about",
    "write_index": "index",
    "write_workbook": "workbook_file",
    "written_tables": "workbook_file",
}

__all__ = [
    "PageAbout",
    "PageExporter",
    "audit_pages",
    "check_page",
    "export",
    "index_page",
    "read_about",
    "write_index",
    "write_workbook",
    "written_tables",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cfanalysis.page' has no attribute {name!r}")
    return getattr(import_module(f"cfanalysis.page.{_HOME[name]}"), name)
