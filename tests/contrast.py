"""The contrast of everything in a drawing against the white it stands on, computed from the SVG itself (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from cfanalysis.figures import theme

WORDS, MARKS = 4.5, 3.0
DECORATION = {theme.GRID.lower()}
"""Gridlines: nothing is told by them that the axis does not say."""

DRAWING = re.compile(r'<svg [^>]*role="img".*?</svg>', re.DOTALL)
SHAPES = ("path", "line", "rect", "circle")


def luminance(colour: tuple[float, ...]) -> float:
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, opacity: float = 1.0) -> float:
    """Of a colour, as seen through its opacity, against white."""
    seen = tuple(one * opacity + (1 - opacity) for one in channels(colour))
    return 1.05 / (luminance(seen) + 0.05)


def channels(colour: str) -> tuple[float, ...]:
    short = {"white": "#ffffff", "black": "#000000", "gray": "#808080"}.get(colour, colour)
    decimal = re.fullmatch(r"rgba?\((\d+), ?(\d+), ?(\d+).*\)", short)
    if decimal:
        return tuple(int(one) / 255 for one in decimal.groups())
    full = "".join(2 * one for one in short[1:]) if len(short) == 4 else short[1:]
    return tuple(int(full[place : place + 2], 16) / 255 for place in (0, 2, 4))


def paints(element: ElementTree.Element, faint: float) -> list[tuple[str, float]]:
    """The colours an element is drawn in, with their opacity; white and nothing left out."""
    found = []
    for name in ("fill", "stroke"):
        colour = element.get(name, "black" if name == "fill" else "none").lower()
        opacity = faint * float(element.get("opacity", 1)) * float(element.get(f"{name}-opacity", 1))
        if colour not in ("none", "transparent", "#fff", "#ffffff", "white") and opacity > 0 and float(element.get("stroke-width", 1)) > 0:
            found.append((colour, opacity))
    return found


def too_faint(drawing: str) -> Iterator[str]:
    """Every word and mark of a drawing that stands out too little. A mark is seen by its outline as well as by what fills it."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 - drawn by this project
    yield from _below(root, 1.0)


def _below(element: ElementTree.Element, faint: float) -> Iterator[str]:
    for child in element:
        tag = child.tag.split("}")[-1]
        if tag == "text":
            colour = child.get("fill", "black")
            if colour != "none" and child.get("stroke") is None and contrast(colour, faint * float(child.get("opacity", 1))) < WORDS:
                yield f"the words {''.join(child.itertext())!r} in {colour}"
        elif tag in SHAPES:
            painted = [one for one in paints(child, faint) if one[0] not in DECORATION]
            if painted and max(contrast(*one) for one in painted) < MARKS:
                yield f"a {tag} in {painted}"
        elif tag == "g":
            yield from _below(child, faint * float(child.get("opacity", 1)))


def words_and_marks(drawing: str) -> tuple[int, int]:
    """How many words and marks there are: what is computed must not be nothing."""
    root = ElementTree.fromstring(drawing)  # noqa: S314 - drawn by this project
    tags = [element.tag.split("}")[-1] for element in root.iter()]
    return tags.count("text"), sum(tags.count(shape) for shape in SHAPES)
