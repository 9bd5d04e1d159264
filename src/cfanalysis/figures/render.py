"""From a Vega-Lite specification to SVG: drawn once by vl-convert, then made small, silent and safe to put in a page."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from cfanalysis.figures.markup import visible
from cfanalysis.foundation.errors import ReleaseError

VEGA_LITE = "6.4"
"""The Vega-Lite that Altair 6 writes for and vl-convert draws."""

SVG = "http://www.w3.org/2000/svg"

ELEMENTS = frozenset({"svg", "g", "path", "line", "rect", "text", "tspan", "circle", "defs", "clipPath", "title", "desc", "symbol", "use"})
ATTRIBUTES = frozenset(
    [
        "width",
        "height",
        "viewBox",
        "transform",
        "d",
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "opacity",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "dx",
        "dy",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
        "id",
        "clip-path",
        "role",
        "focusable",
        "aria-hidden",
        "aria-labelledby",
        "aria-label",
        "class",
        "preserveAspectRatio",
    ]
)
"""What a drawing may consist of: nothing that runs, links or loads."""

GEOMETRY = frozenset(["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "cx", "cy", "width", "height"])

_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_LAST_NUMBER = re.compile(r"\d+$")


_left: list[bool] = []
"""Whether drawings are left to the page in this process."""


def leave_drawings() -> None:
    """From now on this process draws nothing: whoever makes the page of what it shows does.

    For a process that runs a notebook for a page and for nothing else: what draws is slow to start.
    """
    _left.append(True)


def drawings_are_left() -> bool:
    """Whether ``leave_drawings`` was called in this process."""
    return bool(_left)


@lru_cache(maxsize=512)
def _drawn(specification: str) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.loads(specification), vl_version=VEGA_LITE))


def svg(specification: dict[str, Any], label: str, name: str) -> str:
    """The chart as SVG that fits its column, with ``label`` as its alternative text and ids that begin with ``name``."""
    return _drawn_and_tidied(json.dumps(specification, sort_keys=True, allow_nan=False), label, name)


@lru_cache(maxsize=128)
def _drawn_and_tidied(specification: str, label: str, name: str) -> str:
    return tidied(_drawn(specification), label, name)


def tidied(drawing: str, label: str, name: str) -> str:
    """A drawing without marks' own labels, empty groups, long decimals and anything not on the list of what may be there.

    Raises ReleaseError where the drawing holds an element that could run or load something.
    """
    drawing, label = visible(drawing), visible(label)
    if "<!" in drawing:
        raise ReleaseError("a chart holds a declaration (<!...), which may not be on a page")
    root = ElementTree.fromstring(drawing)  # noqa: S314 - no declarations, so no entities; every element is checked below
    _count_clips_from_one(root)
    _clean(root, name)
    width, height = root.get("width", "640"), root.get("height", "360")
    for key in list(root.attrib):
        if key not in ("viewBox",):
            del root.attrib[key]
    root.attrib.update({"role": "img", "aria-label": label, "focusable": "false", "width": width, "height": height})
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _count_clips_from_one(root: ElementTree.Element) -> None:
    """Vega counts clip paths over all drawings of a process; a drawing must not depend on those before it."""
    found = [each.get("id", "") for each in root.iter(f"{{{SVG}}}clipPath")]
    numbered = sorted((int(number[0]), name) for name in found if (number := _LAST_NUMBER.search(name)))
    counted = {name: _LAST_NUMBER.sub(str(place), name) for place, (_, name) in enumerate(numbered, start=1)}
    for element in root.iter():
        for key, form in (("id", "{}"), ("clip-path", "url(#{})")):
            value = element.get(key)
            new = next((to for name, to in counted.items() if value == form.format(name)), None)
            if new:
                element.set(key, form.format(new))


def _short(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")


def _clean(element: ElementTree.Element, name: str) -> None:
    for child in list(element):
        tag = child.tag.split("}")[-1] if isinstance(child.tag, str) else ""
        if tag not in ELEMENTS:
            raise ReleaseError(f"a chart holds the element <{tag or 'comment'}>, which may not be on a page")
        _clean(child, name)
        if _is_empty(child, tag):
            element.remove(child)
    for key, value in list(element.attrib.items()):
        plain = key.split("}")[-1]
        if plain not in ATTRIBUTES or plain in ("class", "role", "aria-hidden", "aria-label", "aria-labelledby", "focusable"):
            del element.attrib[key]
        elif plain in GEOMETRY:
            element.set(key, _NUMBER.sub(_short, value))
        elif plain == "id":
            element.set(key, f"{name}-{value}")
        elif plain == "clip-path":
            element.set(key, value.replace("url(#", f"url(#{name}-"))


def _is_empty(element: ElementTree.Element, tag: str) -> bool:
    """Groups with nothing in them, what only a pointer would find, and the invisible rectangles Vega draws behind and before everything."""
    if element.get("display") == "none" or element.get("opacity") == "0" or (tag == "path" and not element.get("d")):
        return True
    if tag == "path" and element.get("fill") is None and element.get("stroke") is None and element.get("opacity") is None:
        return element.get("d", "").replace("M0,0h0v0h0Z", "") == ""
    return tag == "g" and len(element) == 0
