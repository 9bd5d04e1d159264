"""Registers as a release file carries them: every entry as it was written, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cfanalysis.registers.reading import MODELS, Registers
from cfanalysis.strict_yaml import fill, load_yaml

COLUMNS = ("register", "place", "entry")


def write_entries(paths: Mapping[str, Path | str | None]) -> pd.DataFrame:
    """The entries of register files, one a row: register, place, entry (JSON of what the file says)."""
    rows = []
    for kind, path in paths.items():
        data = load_yaml(Path(path))[0] if path is not None else None
        rows += [(kind, place, json.dumps(entry, ensure_ascii=False, sort_keys=True)) for place, entry in enumerate(data or [])]
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
