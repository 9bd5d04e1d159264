"""What a page shows, in a form that can be read back from it and held against the release file: every figure under its address."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cfanalysis.foundation.contracts import ADDRESS, Release
from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.page.notebook import Piece
from cfanalysis.page.payload import FigurePayload, TablePayload

_HELD = re.compile(r'<script type="application/json" class="cf-released">"([A-Za-z0-9+/=]*)"</script>')

CLOSE = 1e-6
"""Rounding noise of a sum, far below one child."""

Told = tuple[str, str, tuple[str, ...], str, float | None]
"""What a page says of a figure: indicator, breakdown, periods that it adds up, part, and its value; None where it is not shown."""


def released_data(pieces: Sequence[Piece], *, authority: str, policy: Policy) -> str:
    """The figures of a page as a packed block, each once."""
    told = {
        json.dumps(figure)
        for piece in pieces
        if isinstance(piece, FigurePayload | TablePayload)
        for figure in piece.audit.get("figures", ())
    }
    held = {"authority": authority, "policy": policy.model_dump(), "figures": [json.loads(each) for each in sorted(told)]}
    packed = zlib.compress(json.dumps(held, sort_keys=True, separators=(",", ":")).encode(), 9)
    return f'<script type="application/json" class="cf-released">"{base64.b64encode(packed).decode()}"</script>'


def read_released(page: Path) -> dict[str, Any]:
    """What ``released_data`` put into a page. Raises ReleaseError where there is nothing to read."""
    return released_in(page.read_text(encoding="utf-8"), page.name)


def released_in(text: str, name: str) -> dict[str, Any]:
    """What ``released_data`` put into the text of the page called ``name``."""
    found = _HELD.search(text)
    if not found:
        raise ReleaseError(f"{name} holds no released data; it was not made by this version of cfanalysis")
    held: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return held


def audit_pages(pages: Iterable[str | Path], release: Release) -> int:
    """Hold every figure of some pages against the release file that they were made from. Returns how many were held.

    Raises ReleaseError naming the first page and figure that says otherwise, or that shows what the release hides.
    """
    figures = release["figures"]
    known = dict(zip(zip(*(figures[name] for name in ADDRESS), strict=True), figures["value"].to_numpy(float), strict=True))
    checked = 0
    for page in map(Path, pages):
        held = read_released(page)
        _same_release(page, held, release)
        for indicator, breakdown, periods, part, value in held["figures"]:
            _same_figure(page, (indicator, breakdown, tuple(periods), part, value), known)
            checked += 1
    return checked


def _same_release(page: Path, held: Mapping[str, Any], release: Release) -> None:
    about = release.about
    if (held["authority"], held["policy"]["name"]) != (about.authority, about.policy.name):
        raise ReleaseError(
            f"{page.name} is of {held['authority']} under {held['policy']['name']!r}, and the release file of {about.authority} under "
            f"{about.policy.name!r}; make the page again from this file"
        )


def _same_figure(page: Path, told: Told, known: Mapping[tuple[Any, ...], float]) -> None:
    indicator, breakdown, periods, part, value = told
    released = sum(known.get((indicator, breakdown, period, part), np.nan) for period in periods)
    if value is None or (np.isfinite(released) and abs(released - value) < CLOSE):
        return
    found = "is not shown" if np.isnan(released) else f"is {released:,.0f}"
    raise ReleaseError(
        f"{page.name}: {indicator} ({breakdown}), {periods[0]}{f' to {periods[-1]}' if len(periods) > 1 else ''}, {part}: the page says "
        f"{value:,.0f}, and in the release file it {found}"
    )
