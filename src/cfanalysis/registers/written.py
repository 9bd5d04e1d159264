"""Registers as a release file carries them: every entry as it was written, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from cfanalysis.foundation.yaml import fill, load_yaml
from cfanalysis.registers.reading import MODELS, Registers

NOTHING: Mapping[str, Any] = MappingProxyType({})
COLUMNS = ("register", "place", "entry")


def write_entries(paths: Mapping[str, Path | str | None], more: Mapping[str, Sequence[Mapping[str, Any]]] = NOTHING) -> pd.DataFrame:
    """The entries of register files, one a row: register, place, entry (JSON of what the file says).

    ``more`` are entries that come from elsewhere, by register; they stand after those of its file.
    """
    rows = []
    for kind in dict.fromkeys((*paths, *more)):
        path = paths.get(kind)
        data = load_yaml(Path(path))[0] if path is not None else None
        entries = [*(data or []), *more.get(kind, ())]
        rows += [(kind, place, json.dumps(entry, ensure_ascii=False, sort_keys=True)) for place, entry in enumerate(entries)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_entries(rows: pd.DataFrame) -> Registers:
    """The registers that such rows hold.

    Raises ParameterError for an entry that the models refuse.

    >>> read_entries(pd.DataFrame({"register": [], "place": [], "entry": []}))
    Registers(projections=(), events=(), actions=(), commentary=())
    """
    ordered = rows.sort_values(["register", "place"]) if len(rows) else rows
    held = {
        kind: tuple(
            fill(model, json.loads(entry), file=f"the release's {kind}") for entry in ordered.loc[ordered["register"] == kind, "entry"]
        )
        for kind, model in MODELS.items()
    }
    return Registers(**held)  # type: ignore[arg-type]
