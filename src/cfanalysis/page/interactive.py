"""Interactive charts: one Vega bundle per page, expressions interpreted instead of compiled, so the security policy needs no eval.

The drawings stay in the page; the script puts a live chart in the place of each, and where scripts are off nothing changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from cfanalysis.figures.markup import text
from cfanalysis.figures.render import VEGA_LITE

ZOOMED = ("outlook", "lines", "spc")
"""Families with a month axis: hold Shift and turn the wheel, or drag, to look closer. Without Shift the page scrolls as ever."""

ZOOM = {
    "name": "zoom",
    "select": {
        "type": "interval",
        "encodings": ["x"],
        "zoom": "wheel![event.shiftKey]",
        "translate": "[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!",
    },
    "bind": "scales",
}
PICK = {"name": "pick", "select": {"type": "point", "fields": ["series"], "on": "click", "toggle": "true"}}
FAINT = 0.15


@cache
def bundle() -> tuple[str, ...]:
    """The scripts every interactive page carries: Vega, its interpreter, and what sets the charts up."""
    room = files("cfanalysis.page")
    vendored = room.joinpath("vendor")
    licence = " ".join(vendored.joinpath("vega.LICENSE.txt").read_text(encoding="utf-8").split())
    names = ("vega.min.js", "vega-interpreter.js")
    libraries = "".join(vendored.joinpath(name).read_text(encoding="utf-8").strip() + "\n" for name in names)
    own = room.joinpath("interactive.js").read_text(encoding="utf-8")
    return f"/*! cf-bundle: vega, vega-interpreter. {licence} */\n{libraries}", own


def specification(family: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The Vega-Lite of a chart with what answers to the pointer added to it."""
    changed: dict[str, Any] = json.loads(json.dumps(spec))
    layers = changed.get("layer", [])
    if family in ZOOMED and layers:
        layers[0]["params"] = [*layers[0].get("params", []), ZOOM]
    if family == "lines":
        chosen = [layer for layer in layers if "detail" in layer.get("encoding", {})]
        for place, layer in enumerate(chosen):
            if layer["mark"]["type"] == "line" and "strokeDash" not in layer["mark"]:  # a target stays
                layer["encoding"]["opacity"] = {"condition": {"param": "pick", "value": 1}, "value": FAINT}
            if place == 0:
                layer["params"] = [*layer.get("params", []), PICK]
    return changed


@lru_cache(maxsize=256)
def _compiled(written: str) -> str:
    import vl_convert

    made = vl_convert.vegalite_to_vega(json.loads(written), vl_version=VEGA_LITE)
    return json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def held(figure: str, family: str, spec: dict[str, Any]) -> str:
    """One chart's specification as a block of data in the page: it is never run, and nothing in it can end the block."""
    written = _compiled(json.dumps(specification(family, spec), sort_keys=True))
    safe = written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" class="cf-spec" data-figure="{text(figure)}">{safe}</script>'


def held_all(figures: Sequence[tuple[str, str, dict[str, Any]]]) -> str:
    """The specifications of every chart of a page: (id on the page, family, Vega-Lite)."""
    return "\n".join(held(*figure) for figure in figures)
