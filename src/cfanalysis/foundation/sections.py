"""What the data-quality page tells, as one long table: section, row, column, and a text or a number."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cfanalysis.foundation.contracts import empty


def write_sections(sections: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of any columns as one long one; numbers stand in ``value``, everything else in ``text``.

    >>> write_sections({"files": pd.DataFrame({"file": ["a.csv"], "rows": [3]})})[["column", "text", "value"]].to_numpy().tolist()
    [['file', 'a.csv', nan], ['rows', '', 3.0]]
    """
    parts = [_long(section, frame) for section, frame in sections.items() if len(frame)]
    return pd.concat(parts, ignore_index=True) if parts else empty("quality")


def _long(section: str, frame: pd.DataFrame) -> pd.DataFrame:
    columns = [_column(section, str(name), frame[name].reset_index(drop=True)) for name in frame.columns]
    found = pd.concat(columns, ignore_index=True)
    return found.sort_values("row", kind="stable").reset_index(drop=True)


def _column(section: str, name: str, values: pd.Series) -> pd.DataFrame:
    number = pd.api.types.is_numeric_dtype(values)
    text = "" if number else values.fillna("").astype(str)
    return pd.DataFrame(
        {
            "section": section,
            "row": values.index,
            "column": name,
            "text": text,
            "value": values.astype(float) if number else float("nan"),
            "flag": "",
        }
    )


def read_section(quality: pd.DataFrame, section: str) -> pd.DataFrame:
    """One table back, its columns as they were; hidden numbers missing. A section that is not there has no columns."""
    rows = quality[quality["section"] == section]
    columns: dict[str, pd.Series] = {}
    for name in rows["column"].unique():
        cells = rows[rows["column"] == name].set_index("row")
        number = bool(cells["value"].notna().any() or (cells["flag"] != "").any())
        columns[str(name)] = cells["value"] if number else cells["text"]
    return pd.DataFrame(columns).reset_index(drop=True)
