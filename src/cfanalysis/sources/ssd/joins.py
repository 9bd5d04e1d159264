"""Tables joined by their keys, which two tables may write in different ways."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cfanalysis.sources.cells import as_text, distinct
from cfanalysis.sources.ids import clean_id
from cfanalysis.sources.ssd.columns import SsdTable


def clean(cells: pd.Series) -> pd.Series:
    """Identifiers as clean text, so that those of two tables can be compared."""
    codes, values = distinct(cells)
    words = np.empty(len(values), dtype=object)
    words[:] = [clean_id(as_text(value)) for value in values]
    return pd.Series(words[codes] if len(values) else words, index=cells.index, dtype=object)


def joined(keys: pd.Series, table: SsdTable | None, key: str, field: str) -> np.ndarray:
    """A field of another table by its key; blank where there is none. Of a key that comes again the first filled row is taken."""
    if table is None:
        return np.full(len(keys), "", dtype=object)
    told = pd.Series(table.cells[field].to_numpy(dtype=object), index=clean(table.cells[key]).to_numpy())
    told = told[(told.index != "") & (told.to_numpy() != "")]
    told = told[~told.index.duplicated()]
    place = told.index.get_indexer(pd.Index(clean(keys)))
    values = np.array([*told.tolist(), ""], dtype=object)
    return np.asarray(values[place])
