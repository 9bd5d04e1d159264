"""What a page shows, in a form the audit of a whole run can read back from it: released counts and which cells are hidden."""

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
from cfanalysis.release.memory import Memory
from cfanalysis.release.publication import audit_records

_HELD = re.compile(r'<script type="application/json" class="cf-released">"([A-Za-z0-9+/=]*)"</script>')


def released_data(pieces: Sequence[Piece], *, authority: str, policy: Policy) -> str:
    """The released counts of a page as a packed block. Which hidden cells are small and which only guard them is left out."""
    records = [_public(piece.audit) for piece in pieces if isinstance(piece, (FigurePayload, TablePayload)) and piece.audit]
    held = {
        "authority": authority,
        "policy": policy.model_dump(),
        "records": [one for place, one in enumerate(records) if one not in records[:place]],
    }
    packed = zlib.compress(json.dumps(held, sort_keys=True, separators=(",", ":")).encode(), 9)
    return f'<script type="application/json" class="cf-released">"{base64.b64encode(packed).decode()}"</script>'


def _public(record: dict[str, Any]) -> dict[str, Any]:
    counts = {name: {**held, "role": [""] * len(held["role"])} for name, held in record["counts"].items()}
    return {**record, "counts": counts}


def read_released(page: Path) -> dict[str, Any]:
    """What ``released_data`` put into a page. Raises ReleaseError where there is nothing to read."""
    found = _HELD.search(page.read_text(encoding="utf-8"))
    if not found:
        raise ReleaseError(f"{page.name} holds no released data; it was not made by this version of cfanalysis")
    held: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return held


def audit_run(pages: Sequence[str | Path], before: Memory | None = None) -> int:
    """Prove that the pages of a run, read side by side, give no hidden count away. Returns how many hidden cells were proved.

    Pages of one authority under one policy are taken together. before: what earlier editions have published.
    Raises ReleaseError naming the table and row that could be worked out.
    """
    together: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rules: dict[str, Policy] = {}
    for path in pages:
        held = read_released(Path(path))
        policy = Policy.model_validate(held["policy"])
        rules[policy.name] = policy
        known = together.setdefault((held["authority"], policy.name), [])
        known += [record for record in held["records"] if record not in known]
    return sum(audit_records(records, rules[name], before) for (_, name), records in together.items())
