"""What every page has, whatever is on it: style, hashes for the security policy, the day, the accessibility statement, whole files."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cfanalysis.figures.markup import visible
from cfanalysis.figures.style import STYLE
from cfanalysis.page.markdown import rendered

STATEMENT = "accessibility.html"
"""The accessibility statement, written beside the pages that link to it."""


@dataclass(frozen=True)
class Script:
    """One script or style sheet of a page and the hash that the content security policy lets through."""

    body: str

    @property
    def hash(self) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.body.encode()).digest()).decode()}'"


@cache
def read(name: str) -> str:
    """A file of this room."""
    return files("cfanalysis.page").joinpath(name).read_text(encoding="utf-8")


@cache
def style() -> Script:
    """The style sheet of a page: that of every output, and the page's own on top of it."""
    return Script(STYLE + read("page.css"))


def _seen(value: Any) -> Any:
    """What goes into a template, without characters that cannot be seen; markup made here is as it should be already."""
    return visible(value) if type(value) is str else value


STRICT: dict[str, Any] = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "finalize": _seen}
"""How templates are read: everything put into one is escaped unless it is already markup made here, and nothing may be missing."""


@cache
def template(name: str) -> Any:
    """One of the templates that are not a notebook's: the list of pages, the statement."""
    return Environment(loader=PackageLoader("cfanalysis.page"), **STRICT).get_template(name)  # noqa: S701 - STRICT escapes


def made_on() -> str:
    """The day the page was made: the only thing on it that changes from run to run. SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = datetime.fromtimestamp(int(fixed), tz=UTC) if fixed.isdigit() else datetime.now(tz=UTC)
    return f"{day.day} {day:%B %Y}"


@cache
def accessibility_page() -> str:
    """The accessibility statement as a page of its own."""
    body = rendered(read("accessibility.md"))
    return str(template("statement.html.j2").render(css=style().body, style_hash=style().hash, body=body))


def write_whole(path: Path, words: str | bytes) -> None:
    """Write a file by atomic rename: a reader finds the old one, the new one, or none, and never half of one."""
    body = words.encode("utf-8") if isinstance(words, str) else words
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
