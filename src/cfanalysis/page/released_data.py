"""The counts that a page shows, in a form that can be read back from it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cfanalysis.errors import ReleaseError
from cfanalysis.page.notebook import Piece
from cfanalysis.page.payload import FigurePayload, TablePayload
from cfanalysis.release import Policy

_HELD = re.compile(r'<script type="application/json" class="cf-released">"([A-Za-z0-9+/=]*)"</script>')


def released_data(pieces: Sequence[Piece], *, authority: str, policy: Policy) -> str:
    """The released counts of a page as a packed block."""
    records = [piece.audit for piece in pieces if isinstance(piece, (FigurePayload, TablePayload)) and piece.audit]
    held = {
        "authority": authority,
        "policy": policy.model_dump(),
        "records": [one for place, one in enumerate(records) if one not in records[:place]],
    }
    packed = zlib.compress(json.dumps(held, sort_keys=True, separators=(",", ":")).encode(), 9)
    return f'<script type="application/json" class="cf-released">"{base64.b64encode(packed).decode()}"</script>'


def read_released(page: Path) -> dict[str, Any]:
    """What ``released_data`` put into a page. Raises ReleaseError where there is nothing to read."""
    found = _HELD.search(page.read_text(encoding="utf-8"))
    if not found:
        raise ReleaseError(f"{page.name} holds no released data; it was not made by this version of cfanalysis")
    held: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return held
