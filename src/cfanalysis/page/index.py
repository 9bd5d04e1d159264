"""The list of pages of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cfanalysis
from cfanalysis.page.shell import STATEMENT, accessibility_page, made_on, style, template, write_whole


def write_index(
    folder: str | Path, entries: Iterable[Mapping[str, Any]], *, title: str = "Pages", internal: bool = False, synthetic: bool = False
) -> Path:
    """Write index.html in the folder, and the accessibility statement beside it. The entries: ``index_page``."""
    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    write_whole(home / "index.html", index_page(home, entries, title=title, internal=internal, synthetic=synthetic))
    write_whole(home / STATEMENT, accessibility_page())
    return home / "index.html"


def index_page(
    folder: str | Path, entries: Iterable[Mapping[str, Any]], *, title: str = "Pages", internal: bool = False, synthetic: bool = False
) -> str:
    """A list of pages, to lie in the folder. Each entry: title, path (of a page in or under the folder; none if it failed), group, note,
    and ``pages``, entries of its own, folded away.

    A page that is not there is listed without a link, with its note saying why.
    """
    home = Path(folder)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(str(entry.get("group", "")), []).append(_listed(home, entry))
    return str(
        template("list.html.j2").render(
            title=title, groups=list(groups.items()), internal=internal, synthetic=synthetic, css=style().body, style_hash=style().hash,
            made=made_on(), version=cfanalysis.__version__, statement=STATEMENT,
        )
    )  # fmt: skip


def _listed(home: Path, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": str(entry["title"]), "href": _href(home, entry.get("path")), "note": str(entry.get("note", "")),
        "pages": [_listed(home, each) for each in entry.get("pages", ())],
    }  # fmt: skip


def _href(home: Path, path: object) -> str:
    if not path:
        return ""
    page = Path(str(path))
    page = page if page.is_absolute() else home / page
    if not page.exists() or not page.resolve().is_relative_to(home.resolve()):
        return ""
    return quote(page.resolve().relative_to(home.resolve()).as_posix())
