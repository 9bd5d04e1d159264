"""One output as HTML, from its payload alone: the same in JupyterLab and on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfanalysis.figures.cells import SYMBOLS, Cells
from cfanalysis.figures.markup import region, table, text
from cfanalysis.figures.render import tidied
from cfanalysis.figures.theme import DARK_BLUE

KEY_MARKS = {
    "line": '<path d="M0,8H24" stroke="{c}" stroke-width="3" fill="none"/>',
    "dash": '<path d="M0,8H24" stroke="{c}" stroke-width="3" stroke-dasharray="6 4" fill="none"/>',
    "dots": '<path d="M0,8H24" stroke="{c}" stroke-width="2" stroke-dasharray="2 3" fill="none"/>',
    "band": '<rect x="1" y="1" width="22" height="14" fill="{c}" stroke="#6f777b"/>',
    "high": '<path d="M12,2L20,15H4Z" fill="{c}" stroke="#0b0c0c"/>',
    "low": '<path d="M12,15L20,2H4Z" fill="{c}" stroke="#0b0c0c"/>',
    "ring": '<circle cx="12" cy="8" r="5" fill="#fff" stroke="{c}" stroke-width="2"/>',
    "dot": '<circle cx="12" cy="8" r="5" fill="{c}"/>',
    "diamond": '<path d="M12,1L19,8L12,15L5,8Z" fill="{c}" stroke="#0b0c0c"/>',
}
"""Shapes of the key of a chart; each entry of a key is "shape|colour|words"."""

OVER_TIME = ("outlook", "lines", "spc", "comparison", "what_if")
"""Families whose newest figures stand on the right: where one is too wide for a screen, that is the end to begin with."""

SMALL = (132, 32)
"""Pixels of a small line chart."""

DRAWN = "Last three years"
"""What the column of small line charts is called."""

NOTHING = "There is nothing to list."

REASONS = ("cannot", "nobody can tell", "not shown", "too few", "too short")
"""What the title of a table without rows says where it tells why it has none."""

MOST_ROWS = 30
"""Rows of a table that stand open on a page; a longer one is opened by whoever wants it."""

MOST_DEFINITIONS = 3
"""Definitions that stand open under a figure or table; more are opened by whoever wants them."""


def block(payload: Mapping[str, Any], *, extra: str = "") -> str:
    """The HTML of one output. ``extra`` goes after the data of a figure or table (a page puts its download there)."""
    return {"figure": _figure, "table": _table, "headlines": _headlines, "note": _note}[payload["kind"]](payload, extra)


def _figure(payload: Mapping[str, Any], extra: str) -> str:
    name = text(payload["id"])
    drawing = tidied(payload["svg"], payload["alt"], "") if payload["svg"] else ""
    shown = Cells(tuple(payload["table"]["columns"]), tuple(payload["table"]["numeric"]), tuple(map(tuple, payload["table"]["rows"])))
    data = region(table(shown, payload["title"]), f"Data: {payload['title']}")
    along = " cf-time" if payload["family"] in OVER_TIME else ""
    return (
        f'<figure class="cf-figure" id="{name}"><h3>{text(payload["title"])}</h3>{_subtitle(payload)}{_key(payload["key"])}'
        f'<div class="cf-scroll cf-chart{along}" role="region" tabindex="0" '
        f'aria-label="{text("Chart: " + payload["title"])}">{drawing}</div>'
        f'<figcaption class="cf-caption">{_definitions(payload)}{_caption(payload, shown)}</figcaption>'
        f"<details><summary>Show the data<span class=cf-hide>: {text(payload['title'])}</span></summary>{data}{extra}</details></figure>"
    )


def _table(payload: Mapping[str, Any], extra: str) -> str:
    shown = Cells(tuple(payload["table"]["columns"]), tuple(payload["table"]["numeric"]), tuple(map(tuple, payload["table"]["rows"])))
    lines = [small_line(one) for one in payload.get("lines", ())]
    open_ = not payload.get("folded") and len(shown.rows) <= MOST_ROWS
    inner = table(shown, payload["title"], stacked=open_, beside=lines, drawn=DRAWN)
    written = region(inner, f"Table: {payload['title']}")
    if payload.get("folded"):
        return _under_a_summary(payload, shown, written + extra)
    if not shown.rows:
        head = f'<div class="cf-table" id="{text(payload["id"])}"><h3>{text(payload["title"])}</h3>'
        said = payload["note"] or ("" if says_why(payload["title"]) else NOTHING)
        return f"{head}{_paragraph(said) if said else ''}</div>"
    written = _folded(written, len(shown.rows), payload["title"])
    return (
        f'<div class="cf-table" id="{text(payload["id"])}"><h3>{text(payload["title"])}</h3>{_subtitle(payload)}{written}'
        f'<div class="cf-caption">{_definitions(payload)}{_caption(payload, shown)}</div>{extra}</div>'
    )


def says_why(title: str) -> bool:
    """Whether the title of a table without rows tells why it has none."""
    return any(reason in title for reason in REASONS)


def _under_a_summary(payload: Mapping[str, Any], shown: Cells, written: str) -> str:
    """A table that gives the whole of what stands above it in brief."""
    if not shown.rows:
        return ""
    head = f"<summary>Show the data: {text(payload['title'][:1].lower() + payload['title'][1:])}</summary>"
    said = f'<div class="cf-caption">{_caption(payload, shown)}</div>'
    return f'<div class="cf-table cf-under" id="{text(payload["id"])}"><details>{head}{written}{said}</details></div>'


def small_line(told: Mapping[str, Any]) -> str:
    """A small line chart from nought to its highest figure, drawn from its numbers alone; a gap stays a gap."""
    values, (width, height) = told["values"], SMALL
    known = [value for value in values if value is not None]
    if not known:
        return ""
    top = max(*known, 0.0) or 1.0
    across = (width - 6) / max(len(values) - 1, 1)
    places = [
        None if value is None else (3 + place * across, height - 3 - (height - 6) * value / top) for place, value in enumerate(values)
    ]
    pen, drawn = "M", []
    for place in places:
        if place is not None:
            drawn.append(f"{pen}{place[0]:.1f},{place[1]:.1f}")
        pen = "M" if place is None else "L"
    x, y = next(place for place in reversed(places) if place is not None)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    floor = f'<path d="M3,{height - 2.5}H{width - 3}" stroke="#b1b4b6"/>'
    line = f'<path d="{"".join(drawn)}" stroke="{DARK_BLUE}" stroke-width="1.5" fill="none"/>'
    end = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{DARK_BLUE}"/>'
    return f'<svg class="cf-small" {size} role="img" aria-label="{text(told["alt"])}">{floor}{line}{end}</svg>'


def _folded(written: str, rows: int, title: str) -> str:
    """A table too long to be read in passing, behind a summary that says how long it is."""
    if rows <= MOST_ROWS:
        return written
    return f"<details><summary>Show the table, {rows} rows<span class=cf-hide>: {text(title)}</span></summary>{written}</details>"


def _definitions(payload: Mapping[str, Any]) -> str:
    told = "".join(f"<p><strong>{text(name)}</strong>: {text(meaning)}</p>" for name, meaning in payload["definitions"].items())
    if len(payload["definitions"]) <= MOST_DEFINITIONS:
        return told
    return f"<details><summary>What these measures are<span class=cf-hide>: {text(payload['title'])}</span></summary>{told}</details>"


def _headlines(payload: Mapping[str, Any], extra: str) -> str:
    said = "".join(f"<li>{text(sentence)}" for sentence in payload["sentences"])
    return f'<div class="cf-headlines"><ul>{said}</ul></div>' if said else ""


def _note(payload: Mapping[str, Any], extra: str) -> str:
    title = f"<h3>{text(payload['title'])}</h3>" if payload["title"] else ""
    paragraphs = "".join(_paragraph(one) for one in payload["paragraphs"])
    terms = "".join(f"<dt>{text(term)}<dd>{text(meaning)}" for term, meaning in payload["terms"].items())
    kind = "cf-note cf-warning" if payload["role"] == "warning" else "cf-note"
    return f'<div class="{kind}">{title}{paragraphs}{f"<dl>{terms}</dl>" if terms else ""}</div>'


def _paragraph(words: str) -> str:
    return f"<p>{text(words)}</p>"


def _subtitle(payload: Mapping[str, Any]) -> str:
    return f'<p class="cf-sub">{text(payload["subtitle"])}</p>' if payload["subtitle"] else ""


def _key(entries: list[str]) -> str:
    """The key above a chart: the same shapes as in it, with words beside them."""
    items = []
    for entry in entries:
        shape, colour, words = entry.split("|", 2)
        mark = KEY_MARKS[shape].format(c=text(colour))
        items.append(f'<li><svg width="24" height="16" aria-hidden="true" focusable="false">{mark}</svg>{text(words)}')
    return f'<ul class="cf-key">{"".join(items)}</ul>' if items else ""


def _caption(payload: Mapping[str, Any], shown: Cells) -> str:
    said = [payload["note"], f"Source: {payload['source']}." if payload["source"] else ""]
    said += [f"[{symbol}] {SYMBOLS[symbol]}." for symbol in shown.symbols]
    return "".join(f"<p>{text(one.replace('..', '.'))}</p>" for one in said if one)
