"""From an executed notebook to one HTML file that opens from disk, holds everything it needs, and holds nothing else."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

import cfanalysis
from cfanalysis.errors import ReleaseError
from cfanalysis.figures.block import block
from cfanalysis.figures.markup import text, visible
from cfanalysis.figures.style import STYLE
from cfanalysis.months import month_label
from cfanalysis.page.downloads import link
from cfanalysis.page.glossary import definitions
from cfanalysis.page.interactive import bundle, held_all
from cfanalysis.page.markdown import headings, rendered
from cfanalysis.page.notebook import Code, Piece, Words, read_pieces
from cfanalysis.page.payload import FigurePayload, HeadlinesPayload, NotePayload, TablePayload
from cfanalysis.page.released_data import released_data
from cfanalysis.release import Policy
from cfanalysis.release import policy as named_policy
from cfanalysis.release.publication import audit_records

STATEMENT = "accessibility.html"
"""The accessibility statement, written beside the pages that link to it."""


@dataclass(frozen=True)
class Script:
    """One script of a page and the hash that the content security policy lets run."""

    body: str
    kind: str = ""

    @property
    def hash(self) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.body.encode()).digest()).decode()}'"


def export(
    notebook_path: str | Path,
    output_path: str | Path,
    *,
    title: str,
    authority: str,
    policy: str | Policy | Mapping[str, object],
    synthetic: bool,
    interactive: bool = False,
    show_code: bool = False,
    foot: Mapping[str, Any] | None = None,
) -> Path:
    """Write one page. It appears whole or not at all.

    ``foot`` is terms and their words (data date, edition, method ...); policy, version and accessibility statement are always there.
    Raises ReleaseError where a cell shows anything that is not the project's own, where a figure was released under another policy,
    or where what the page shows together would give a hidden count away.
    """
    rules, pieces = _policy(policy), read_pieces(Path(notebook_path), show_code=show_code)
    output = Path(output_path)
    _check_name(output, rules)
    _check_policies(pieces, rules)
    shown = [piece for piece in pieces if isinstance(piece, (FigurePayload, TablePayload))]
    audit_records([piece.audit for piece in shown if piece.audit], rules)
    page = render(
        pieces, title=title, authority=authority, policy=rules, synthetic=synthetic or any(piece.synthetic for piece in shown),
        interactive=interactive, foot=foot or {},
    )  # fmt: skip
    output.parent.mkdir(parents=True, exist_ok=True)
    write_whole(output, page)
    statement = output.parent / STATEMENT
    if not statement.exists() or statement.read_text(encoding="utf-8") != accessibility_page():
        write_whole(statement, accessibility_page())
    return output


def _policy(policy: str | Policy | Mapping[str, object]) -> Policy:
    return named_policy(policy)


def _check_name(output: Path, policy: Policy) -> None:
    if policy.banner and policy.banner not in output.name:
        raise ReleaseError(
            f"found the file name {output.name}, want one with {policy.banner} in it ({output.stem}-{policy.banner}.html): "
            "nothing is hidden on this page, and its name must say so"
        )


def _check_policies(pieces: Sequence[Piece], policy: Policy) -> None:
    """A page under one policy must not hold a figure released under a looser one."""
    for piece in pieces:
        if isinstance(piece, (FigurePayload, TablePayload)) and piece.policy not in (policy.name, "open"):
            raise ReleaseError(
                f"{piece.title!r} was released under the policy {piece.policy!r}, and this page is to be made under {policy.name!r}; "
                "run the notebook again with the page's policy"
            )


def render(
    pieces: Sequence[Piece], *, title: str, authority: str, policy: Policy, synthetic: bool, interactive: bool, foot: Mapping[str, Any]
) -> str:
    """The page as text. The same pieces give the same bytes, but for the one date that says when it was made."""
    figures = [(name, piece) for name, piece in _named(pieces) if isinstance(piece, FigurePayload)]
    live = interactive and bool(figures)
    running = [Script(body) for body in bundle()] if live else []
    held = held_all([(name, piece.family, piece.specification) for name, piece in figures]) if live else ""
    css = STYLE + _read("page.css")
    context = {
        "title": title, "authority": authority, "period": _period(pieces), "policy": policy, "synthetic": synthetic,
        "headlines": [block(piece.model_dump()) for piece in pieces if isinstance(piece, HeadlinesPayload)],
        "contents": _contents(pieces), "body": _body(pieces), "css": css, "style_hash": Script(css).hash,
        "scripts": [script.body for script in running], "script_hashes": [script.hash for script in running],
        "data": held + released_data(pieces, authority=authority, policy=policy),
        "glossary": definitions(pieces), "foot": _foot(pieces, foot), "made": made_on(), "version": cfanalysis.__version__,
        "statement": STATEMENT, "symbols": any(piece.hidden for piece in pieces if isinstance(piece, (FigurePayload, TablePayload))),
    }  # fmt: skip
    return str(template("page.html.j2").render(context))


def _named(pieces: Sequence[Piece]) -> list[tuple[str, FigurePayload | TablePayload]]:
    """Figures and tables with their ids; the same one twice keeps its ids apart."""
    named: list[tuple[str, FigurePayload | TablePayload]] = []
    seen: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, (FigurePayload, TablePayload)):
            seen[piece.id] += 1
            named.append((piece.id if seen[piece.id] == 1 else f"{piece.id}-{seen[piece.id]}", piece))
    return named


def _body(pieces: Sequence[Piece]) -> str:
    names = iter(_named(pieces))
    body = "\n".join(filter(None, (_piece(piece, names) for piece in pieces)))
    first = re.search(r"<h([23])", body)
    # figures before the first section get a heading of their own, for those who go through a page by its headings
    return f'<h2 class="cf-hide">Figures</h2>\n{body}' if first and first[1] == "3" else body


def _piece(piece: Piece, names: Iterator[tuple[str, FigurePayload | TablePayload]]) -> str:
    if isinstance(piece, Words):
        return rendered(piece.markdown)
    if isinstance(piece, Code):
        return (
            f'<details class="cf-code"><summary>Show the code</summary><pre tabindex="0"><code>{text(piece.source)}</code></pre></details>'
        )
    if isinstance(piece, (FigurePayload, TablePayload)):
        name, _ = next(names)
        return block({**piece.model_dump(), "id": name}, extra=link(piece.table, piece.title))
    if isinstance(piece, NotePayload) and piece.role != "foot":
        return block(piece.model_dump())
    return ""


def _contents(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    return [heading for piece in pieces if isinstance(piece, Words) for heading in headings(piece.markdown)]


def _period(pieces: Sequence[Piece]) -> str:
    spans = [piece.period for piece in pieces if isinstance(piece, (FigurePayload, TablePayload)) and piece.period]
    if not spans:
        return ""
    first, last = pd.Period(min(span[0] for span in spans), freq="M"), pd.Period(max(span[1] for span in spans), freq="M")
    return month_label(first) if first == last else f"{month_label(first)} to {month_label(last)}"


def _foot(pieces: Sequence[Piece], foot: Mapping[str, Any]) -> dict[str, Any]:
    notes = [piece for piece in pieces if isinstance(piece, NotePayload) and piece.role == "foot"]
    terms = {term: meaning for piece in notes for term, meaning in piece.terms.items()}
    return {
        "paragraphs": [one for piece in notes for one in piece.paragraphs],
        "terms": {**terms, **{str(k): str(v) for k, v in foot.items()}},
    }


def made_on() -> str:
    """The day the page was made: the only thing on it that changes from run to run. SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    day = datetime.fromtimestamp(int(fixed), tz=UTC) if fixed.isdigit() else datetime.now(tz=UTC)
    return f"{day.day} {day:%B %Y}"


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


@cache
def _read(name: str) -> str:
    return files("cfanalysis.page").joinpath(name).read_text(encoding="utf-8")


def _seen(value: Any) -> Any:
    """What goes into a template, without characters that cannot be seen; markup made here is as it should be already."""
    return visible(value) if type(value) is str else value


@cache
def template(name: str) -> Any:
    """One of the page's templates; everything put into it is escaped unless it is already markup made here."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cfanalysis.page", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, finalize=_seen
    )
    return environment.get_template(name)


@cache
def accessibility_page() -> str:
    """The accessibility statement as a page of its own."""
    css = STYLE + _read("page.css")
    body = rendered(_read("accessibility.md"))
    return str(template("statement.html.j2").render(css=css, style_hash=Script(css).hash, body=body))
