"""The style sheet of a single output, for JupyterLab; the page has its own on top of it (page/page.css)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def _read() -> str:
    return files("cfanalysis.figures").joinpath("output.css").read_text(encoding="utf-8")


STYLE = _read()
